"""The report says who is done and what the group learned, and nothing that is a person's own; who gets a certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.journals import simulate
from course.bank import Bank
from course.errors import EvidenceError
from course.evidence import issue, pages
from course.evidence import report as made
from course.evidence.certificate import content_hash
from course.evidence.report import Report, Row, pseudonymous
from course.evidence.roster import Person, Roster, match
from course.examiner import LocalExaminer
from course.forms import FINISHED, before_and_after, sittings
from course.journal import Journal
from course.model import Attempt, Event, Learner, Outcome
from course.tally import ACKNOWLEDGED, ATTENDED
from tests import answering
from tests.conftest import ROOT
from tests.exams import with_checks
from tests.journals import an_attempt
from tests.signed import axe_finds, many, opened
from tests.test_proctor import Candidate
from tests.toy import Toy

TODAY = datetime.now(UTC).date()
ANN, BEA = Learner("ann", "Ann Abel", "law", "lawyer"), Learner("bea", "Bea Brandt", "law", "support")
NASTY = "</style><script>alert('&')</script>"
Everybody = Sequence[tuple[str, Sequence[Attempt], Sequence[Event]]]


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def at(days: int) -> str:
    return f"{ago(days)}T08:00:00.000Z"


def an_event(learner: str, kind: str, days: int = 0, **detail: Any) -> Event:
    return Event(kind, learner, at(days), detail, f"{kind} {learner} {days}")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return with_checks(tmp_path_factory.mktemp("course") / "toy")


@pytest.fixture(scope="module")
def bank(toy: Toy) -> Bank:
    return Bank(toy.data)


@pytest.fixture(scope="module")
def crowd(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A hundred people who took both checks."""
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('journal') / 'crowd.sqlite'}")
    simulate(journal, bank, 100, 8, seed=1)
    yield journal
    journal.close()


def took_everything(bank: Bank, journal: Journal, learner: Learner) -> None:
    journal.save_profile(learner)
    Candidate("before", bank, journal, learner).take()
    examiner = LocalExaminer(bank, journal, learner)
    for stop in bank.syllabus(learner.profession, learner.role):
        for name in stop.core:
            examiner.submit(name, answering.key(bank.activity(name, learner.profession)), name, 1.0)
    Candidate("final", bank, journal, learner).take()


def reported(
    bank: Bank, everybody: Iterable[Any], learners: Iterable[Learner] = (), roster: Iterable[Person] | None = None
) -> Report:
    everybody, profiles = list(everybody), {learner.id: learner for learner in learners}
    known = {name: profiles.get(name, Learner(name)) for name, _, _ in everybody}
    matched = match(Roster(tuple(roster), ()), known) if roster is not None else None
    return made.report(bank, everybody, profiles, TODAY, "1.0", matched)


def by_id(whole: Report) -> dict[str, Row]:
    return {row.id: row for row in whole.rows}


# --- people ---


def test_whoever_did_something_has_a_row_and_whoever_only_sat_down_has_none(bank: Bank, journal: Journal) -> None:
    took_everything(bank, journal, ANN)
    journal.record(ACKNOWLEDGED, "ann", {"version": "1", "title": "the toy policy"})
    journal.append(an_attempt(learner="cy"))
    journal.save_profile(BEA)
    journal.sit_down("nobody")
    rows = by_id(reported(bank, journal.everybody(), journal.profiles().values()))
    day = journal.events("ann")[-1].at[:10]
    assert rows["ann"] == Row(
        *("ann", "ann", "Ann Abel", "lawyer", 11, 11, day, day, "1", day), "", "", "", "self-attested"
    )
    assert list(rows) == ["cy", "ann", "bea"]
    assert [(r.done, r.total, r.finished, r.assurance) for r in (rows["cy"], rows["bea"])] == [
        (1, 11, "", "self-attested"),
        (0, 11, "", ""),
    ]


def test_everybody_on_the_roster_has_a_row_with_what_is_due(bank: Bank, journal: Journal) -> None:
    took_everything(bank, journal, ANN)
    seated: Everybody = [("bea", (), [an_event("bea", "seat")]), ("dan", [an_attempt(learner="dan")], ())]
    day = lambda days: date.fromisoformat(ago(days))  # noqa: E731
    roster = [
        Person("1", "ann ABEL", "lawyer", due=day(400)),
        Person("bea", "Bea", due=day(1)),
        Person("3", "Eve", "owner", due=day(-10)),
        Person("4", "Fay", due=day(-100)),
        Person("5", "Gus", left=day(2), due=day(9)),
        Person("6", "Hal", due=day(5)),
    ]
    whole = reported(bank, [*journal.everybody(), *seated], [ANN, BEA], roster)
    states = {row.id: (row.learner, row.name, row.state) for row in whole.rows}
    assert states == {
        "1": ("ann", "Ann Abel", "done"),
        "bea": ("bea", "Bea Brandt", "overdue"),
        "dan": ("dan", "", ""),
        "3": ("", "Eve", "due"),
        "4": ("", "Fay", "not yet due"),
        "5": ("", "Gus", "left"),
        "6": ("", "Hal", "overdue"),
    }
    assert (by_id(whole)["3"].role, by_id(whole)["bea"].due) == ("owner", ago(1))
    shown = pages.page(whole)
    assert "<strong>2</strong> overdue, of 5 on the roster" in shown and "<strong>6</strong> people" in shown
    assert whole.groups[0].people == 6 and shown.count("not in the journal") == 4


def test_somebody_on_the_roster_of_whom_only_the_profile_is_there_has_a_row(bank: Bank) -> None:
    matched = match(Roster((Person("ann"),), ()), {"ann": ANN})
    whole = made.report(bank, [], {"ann": ANN}, TODAY, "1.0", matched)
    assert [(row.id, row.learner, row.name, row.total) for row in whole.rows] == [("ann", "ann", "Ann Abel", 11)]


@pytest.mark.parametrize("last", ["put-in-order", "before", "final"])
def test_the_path_is_finished_on_the_day_of_its_last_part(last: str, bank: Bank, journal: Journal) -> None:
    took_everything(bank, journal, ANN)
    attempts = [replace(a, at=at(2 if a.activity == last else 9)) for a in journal.attempts("ann")]
    attempts += [replace(a, attempt=f"{n}", at=at(0)) for n, a in enumerate(attempts) if not a.form]
    events = [replace(e, at=at(2 if e.detail.get("form", "").startswith(last) else 9)) for e in journal.events("ann")]
    (row,) = reported(bank, [("ann", attempts, events)], [ANN]).rows
    assert (row.finished, row.passed) == (ago(2), ago(2 if last == "final" else 9))
    without = [attempt for attempt in attempts if attempt.activity != "sort-them"]
    (row,) = reported(bank, [("ann", without, events)], [ANN]).rows
    assert (row.finished, row.done) == ("", 10)


@pytest.mark.parametrize(
    ("read", "day", "version"),
    [((), "", ""), (("0",), "", "0"), (("0", "1"), ago(1), "1"), (("1", "0"), ago(0), "1")],
)
def test_an_acknowledgement_counts_for_the_version_in_force_alone(
    read: Sequence[str], day: str, version: str, bank: Bank
) -> None:
    events = [an_event("ann", ACKNOWLEDGED, n, version=v) for n, v in enumerate(read)]
    whole = reported(bank, [("ann", (), [*events, an_event("ann", ATTENDED, 3)])])
    assert [(r.acknowledged, r.version, r.attended) for r in whole.rows] == [(day, version, ago(3))]
    assert ("not yet; version 0 was" in pages.page(whole)) == (read == ("0",))


# --- groups ---


def of_roles(bank: Bank, roles: Mapping[str, int]) -> Report:
    people = [Learner(f"{role} {n}", "", "law", role or None) for role, count in roles.items() for n in range(count)]  # type: ignore[arg-type]
    return reported(bank, [(p.id, (), [an_event(p.id, "profile")]) for p in people], people)


@pytest.mark.parametrize(
    ("roles", "shown"),
    [
        ({"lawyer": 4}, []),
        ({"lawyer": 5, "": 6}, ["Everybody 11", "Lawyer 5", "No role given 6"]),
        ({"lawyer": 5, "support": 4}, ["Everybody 9"]),
        ({"lawyer": 9, "support": 4, "owner": 1}, ["Everybody 14", "Lawyer 9", "Other roles 5"]),
    ],
)
def test_a_role_of_fewer_than_five_is_not_shown(roles: Mapping[str, int], shown: list[str], bank: Bank) -> None:
    assert [f"{group.name} {group.people}" for group in of_roles(bank, roles).groups] == shown


@many
@given(st.dictionaries(st.sampled_from(["lawyer", "clinician", "support", "owner", ""]), st.integers(0, 9)))
def test_no_smaller_group_follows_from_those_that_are_shown(bank: Bank, roles: dict[str, int]) -> None:
    everybody, *rest = [group.people for group in of_roles(bank, roles).groups] or [0]
    assert everybody == (sum(roles.values()) if sum(roles.values()) >= 5 else 0)
    assert not rest or (min(rest) >= 5 and sum(rest) == everybody)


def test_what_was_learned_is_said_from_twenty_people_on(bank: Bank, crowd: Journal) -> None:
    people = list(crowd.everybody())
    few, enough = reported(bank, people[:19]), reported(bank, people[:20])
    assert few.gain is None and "Too few to say: what was learned" in pages.page(few)
    pairs = [pair for _, attempts, events in people[:20] if (pair := before_and_after(sittings(events), attempts))]
    assert enough.gain and enough.gain.learners == len(pairs) == 20
    assert enough.gain.gain == pytest.approx(sum(after - before for before, after in pairs) / 20)
    assert f"Before {enough.gain.before:.0%}, after {enough.gain.after:.0%}" in pages.page(enough)


# --- questions ---


def test_questions_come_hardest_first_by_their_titles(bank: Bank, crowd: Journal) -> None:
    questions = reported(bank, crowd.everybody()).questions
    given = [q.item.facility.value for q in questions if q.item.facility]
    assert len(given) > 3 and given == sorted(given) and not any(q.earlier for q in questions)
    assert {q.title for q in questions} <= {activity.title for activity in bank.all_authored()}
    assert all(q.item.facility is None for q in questions[len(given) :])


def test_what_was_chosen_is_known_of_every_kind_with_letters_and_of_present_wordings(journal: Journal) -> None:
    real = Bank(ROOT / "data")
    one = {type(a).__name__: a for a in real.all_authored() if a.variant != "clinic" and not a.stances}
    chosen = {name: ["b"] for name in ("Choice", "Connection", "Marking")}
    examiner = LocalExaminer(real, journal, ANN)
    for name, answer in chosen.items():
        examiner.submit(one[name].id, answer, name, 1.0)
    answered = journal.attempts("ann")
    reworded = [replace(answered[0], content="e" * 64)]
    people = [(f"p{n}", answered if n < 30 else reworded, ()) for n in range(60)]
    found = {(q.item.activity, q.earlier): q for q in reported(real, people).questions}
    for name in chosen:
        assert found[one[name].id, False].item.unchosen and "b" not in found[one[name].id, False].item.unchosen
    assert found[one["Connection"].id, False].item.unchosen == ("a", "c", "d", "e")
    assert found[answered[0].activity, True].item.unchosen is None
    shown = pages.page(reported(real, people))
    assert f"{answered[0].activity}, in an earlier wording" in shown and "a, c, d, e" in shown


# --- what a report does not say ---


def test_nothing_of_an_answer_in_a_lesson_shows_in_the_report_of_a_few(bank: Bank) -> None:
    same = {"attempt": "1", "key": "1", "at": at(1)}
    one = an_attempt(**same)
    other = an_attempt(
        **same, answer=["d"], confidence="guess", text="My secret", points=0.5, outcome=Outcome.PARTIAL, seconds=99.0
    )
    few = [reported(bank, [(f"p{n}", [attempt], ()) for n in range(4)]) for attempt in (one, other)]
    assert few[0] == few[1] and pages.page(few[0]) == pages.page(few[1])
    many_of_them = reported(bank, [(f"p{n}", [other], ()) for n in range(200)])
    said = pages.page(many_of_them) + repr(many_of_them)
    assert many_of_them.questions and not re.search("My secret|'guess'|99.0", said)


def test_with_pseudonyms_no_name_is_left_anywhere(bank: Bank) -> None:
    roster = [Person("abel.ann", "Ann Abel"), Person("brandt.b", "Bea Brandt"), Person("doe.cy", "Cy Doe")]
    twins = [Learner("l-1", "Ann Abel"), Learner("l-2", "Ann Abel"), Learner("l-3", "Bea Brandt")]
    named = reported(bank, [(who.id, (), [an_event(who.id, "profile")]) for who in twins], twins, roster)
    assert "Ann Abel" in named.unclear[0] and len(named.rows) == 5
    without = pseudonymous(named)
    assert not re.search("(?i)abel|brandt|doe|ann", f"{pages.page(without)} {msgspec.json.encode(without)!r}")
    assert [row.id for row in without.rows] == ["", "", "l-1", "l-2", "l-3"] and len(without.unclear) == 1


# --- the page ---


def test_what_people_and_files_say_is_text_and_never_markup(bank: Bank, crowd: Journal) -> None:
    whole = reported(bank, crowd.everybody(), [ANN], [Person("x")])
    row = Row(*[n + 1 if isinstance(n := getattr(whole.rows[0], f), int) else NASTY for f in Row.__struct_fields__])
    row = replace(row, due=ago(1), state="due")
    texts = {name: NASTY for name in ("title", "practice", "version", "policy")}
    question = replace(whole.questions[0], title=NASTY, item=replace(whole.questions[0].item, activity=NASTY))
    group = replace(whole.groups[0], name=NASTY)
    nasty = replace(whole, **texts, rows=(row,), groups=(group,), questions=(question,), unclear=(NASTY,))
    page = pages.page(nasty)
    assert "<script" not in page and page.count("</style>") == 1
    assert page.count("&lt;/style&gt;&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;") >= 14


def test_a_browser_and_axe_find_nothing_amiss_and_nothing_is_fetched(
    bank: Bank, crowd: Journal, tmp_path: Path
) -> None:
    profiles = crowd.profiles()
    roster = [Person(learner, due=date.fromisoformat(ago(1))) for learner in [*list(profiles)[:30], "missing"]]
    roster.append(Person("twins", "Max Ito"))
    whole = reported(bank, crowd.everybody(), profiles.values(), roster)
    assert whole.gain and whole.unclear and {row.state for row in whole.rows} >= {"overdue", ""}
    for name, one in {"full": whole, "empty": reported(bank, [])}.items():
        page = pages.page(one)
        assert not re.search(r"\bsrc=|href=|url\(|@import|https?:|<script", page)
        pictures = re.findall(r"([^<>]*)<svg([^>]*)>", page)
        assert pictures if name == "full" else not pictures
        for said, picture in pictures:
            equivalent = said if 'aria-hidden="true"' in picture else picture.partition("aria-label=")[2]
            assert re.search(r"\d+ of \d+|\d %|\d%", equivalent), (said, picture)
        file = tmp_path / f"{name}.html"
        file.write_text(page, encoding="utf-8")
        with opened(file) as shown:
            assert axe_finds(shown) == []
            shown.set_viewport_size({"width": 320, "height": 800})
            assert shown.evaluate("document.documentElement.scrollWidth") <= 320
