"""What a practice's line makes of every request: properties over all combinations of request and practice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import get_args

import pytest
from msgspec.structs import replace

from course import policy
from course.bank import Bank
from course.errors import CourseError
from course.model import Mark, Network, PolicyTable, Practice, Profession, Request, Row, Shares, Stance, Who
from course.policy import ACTIONS, Decision, decide, is_stricter
from tests.conftest import ROOT, TOY_COURSE

REAL = Bank(ROOT / "data", ROOT / "data" / "practice.yml")
TABLE = REAL.policy
GOOD = (Mark.BEST, Mark.ACCEPTABLE)
STANCES = get_args(Stance)
SERVED = ("client", "former-client", "prospective-client")


def requests() -> Iterator[Request]:
    for who, network, shares, sensitive, by in product(
        get_args(Who), get_args(Network), get_args(Shares), (False, True), ("them", "us")
    ):
        yield Request(who, network, shares, sensitive, "us" if by == "us" else "them")


def practices() -> Iterator[Practice]:
    for profession, page, linkedin, stance in product(get_args(Profession), ("P", None), (True, False), STANCES):
        yield replace(REAL.practice, profession=profession, page=page, linkedin=linkedin, stance=stance)


@pytest.fixture(scope="module")
def everything() -> list[tuple[Request, Practice, Decision]]:
    return [(r, p, decide(r, p, TABLE)) for r in requests() for p in practices()]


Everything = list[tuple[Request, Practice, Decision]]


def test_exactly_one_action_is_best_and_every_one_is_judged_and_reasoned(everything: Everything) -> None:
    for _, _, decision in everything:
        marks = [decision.actions[action].mark for action in ACTIONS]
        assert marks.count(Mark.BEST) == 1
        assert decision.actions[decision.best].mark is Mark.BEST
        assert all(decision.actions[action].why and decision.actions[action].do for action in ACTIONS)
        assert decision.claims or decision.sources


def test_opponents_jurors_and_others_clients_are_accepted_by_nobody(everything: Everything) -> None:
    for request, _, decision in everything:
        if request.who in ("opponent", "juror", "others-client"):
            assert decision.actions["accept"].mark is Mark.HARMFUL


def test_a_redirect_never_names_a_page_that_is_not_there(everything: Everything) -> None:
    for _, practice, decision in everything:
        if decision.where == "page":
            assert practice.page is not None or decision.actions["redirect"].mark not in GOOD


def test_a_sensitive_matter_gets_no_redirect_that_exposes(everything: Everything) -> None:
    for request, _, decision in everything:
        if request.sensitive and request.who in (*SERVED, "relative", "friend-and-client"):
            assert decision.actions["redirect"].mark not in GOOD


def test_a_stricter_stance_never_accepts_what_a_laxer_one_declines(everything: Everything) -> None:
    accepted = {
        (request, practice.profession, practice.page, practice.linkedin, practice.stance)
        for request, practice, decision in everything
        if decision.actions["accept"].mark in GOOD
    }
    ordered = [(s, x) for s, x in product(STANCES, repeat=2) if is_stricter(s, x, TABLE)]
    assert ordered
    for request, profession, page, linkedin, stance in accepted:
        for strict, lax in ordered:
            if stance == strict:
                assert (request, profession, page, linkedin, lax) in accepted


def test_strictness_is_a_partial_order() -> None:
    for a, b, c in product(STANCES, repeat=3):
        assert not is_stricter(a, a, TABLE)
        assert not (is_stricter(a, b, TABLE) and is_stricter(b, a, TABLE))
        if is_stricter(a, b, TABLE) and is_stricter(b, c, TABLE):
            assert is_stricter(a, c, TABLE)
    assert any(
        not is_stricter(a, b, TABLE) and not is_stricter(b, a, TABLE) for a in STANCES for b in STANCES if a != b
    )


def test_what_would_be_best_elsewhere_is_said(everything: Everything) -> None:
    by_stance = {
        (request, p.profession, p.page, p.linkedin, p.stance): decision.best for request, p, decision in everything
    }
    for request, p, decision in everything:
        for action, stances in decision.elsewhere.items():
            for stance in stances:
                assert stance != p.stance
                assert by_stance[request, p.profession, p.page, p.linkedin, stance] == action
        assert sum(map(len, decision.elsewhere.values())) == len(STANCES) - 1


def test_where_professionals_differ_both_sides_are_named(everything: Everything) -> None:
    differing = {decision.row for _, _, decision in everything if decision.sides}
    assert len(differing) >= 5
    for _, _, decision in everything:
        assert len(decision.sides) != 1
        assert all(side.claims or side.sources for side in decision.sides)


def test_every_row_but_the_last_decides_something(everything: Everything) -> None:
    used = {decision.row for _, _, decision in everything}
    assert {row.id for row in TABLE.rows[:-1]} <= used


def test_the_table_rests_on_claims_and_sources_that_are_there() -> None:
    for row in TABLE.rows:
        for reasons in (row, *row.differ):
            assert set(reasons.claims) <= set(REAL.claims)
            assert set(reasons.sources) <= set(REAL.sources)


def test_the_articles_stances_decide_as_the_articles_do() -> None:
    client = Request("client", "facebook", "mixed")
    here = {s: decide(client, replace(REAL.practice, stance=s, linkedin=True), TABLE).best for s in STANCES}
    assert here["network-by-network"] == here["page-only"] == "redirect"
    assert here["no-contact"] == "speak"
    at_work = Request("client", "linkedin", "work")
    there = {s: decide(at_work, replace(REAL.practice, stance=s, linkedin=True), TABLE).best for s in STANCES}
    assert (there["network-by-network"], there["page-only"], there["no-contact"]) == ("accept", "redirect", "speak")


def test_the_first_row_that_applies_decides_and_none_is_said() -> None:
    table = Bank(TOY_COURSE).policy
    practice = Bank(TOY_COURSE).practice
    assert decide(Request("juror", "x", "work"), practice, table).row == "juror"
    assert decide(Request("client", "x", "work"), practice, table).row == "anybody"
    short = PolicyTable(table.stricter, table.actions, table.places, rows=(table.rows[0],))
    with pytest.raises(CourseError, match="No row"):
        decide(Request("client", "x", "work"), practice, short)


def test_a_row_applies_only_if_all_its_conditions_hold() -> None:
    row: Row = TABLE.rows[0]
    practice = REAL.practice
    met = [request for request in requests() if policy.applies(row.when, request, practice)]
    assert met and all(request.who in row.when.who for request in met)
