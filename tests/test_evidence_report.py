"""The report says who is done and what the group learned, and nothing of what is a person's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.journals import simulate
from course import forms
from course.bank import Bank
from course.evidence import pages
from course.evidence import report as made
from course.evidence.report import Report, Row, pseudonymous
from course.evidence.roster import Person, Roster, match
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Event, Learner, Outcome
from course.tally import ACKNOWLEDGED, ATTENDED
from tests import answering
from tests.conftest import ROOT
from tests.exams import with_checks
from tests.journals import an_attempt
from tests.signed import axe_finds, many, opened
from tests.test_proctor import Candidate

TODAY = datetime.now(UTC).date()
ANN, BEA = Learner("ann", "Ann Abel", "law", "lawyer"), Learner("bea", "Bea Brandt", "law", "support")
NASTY = "</style><script>alert('&')</script>"


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def an_event(learner: str, kind: str, days: int = 0, **detail: Any) -> Event:
    return Event(kind, learner, f"{ago(days)}T08:00:00.000Z", detail, f"{kind} {learner} {days}")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return Bank(with_checks(tmp_path_factory.mktemp("course") / "toy").data)


@pytest.fixture(scope="module")
def crowd(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A hundred people who took both checks."""
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('journal') / 'crowd.sqlite'}")
    simulate(journal, bank, 100, 8, seed=1)
    yield journal
    journal.close()


@pytest.fixture
def done(bank: Bank, journal: Journal) -> Journal:
    journal.save_profile(ANN)
    Candidate("before", bank, journal, ANN).take()
    examiner = LocalExaminer(bank, journal, ANN)
    for stop in bank.syllabus("law", "lawyer"):
        for name in stop.core:
            examiner.submit(name, answering.key(bank.activity(name, "law")), name, 1.0)
    Candidate("final", bank, journal, ANN).take()
    return journal


def reported(
    bank: Bank, everybody: Iterable[Any], learners: Iterable[Learner] = (), roster: Sequence[Person] = ()
) -> Report:
    everybody, profiles = list(everybody), {learner.id: learner for learner in learners}
    known = {learner: profiles.get(learner, Learner(learner)) for learner in [*profiles, *(e[0] for e in everybody)]}
    matched = match(Roster(tuple(roster), ()), known) if roster else None
    return made.report(bank, everybody, profiles, TODAY, "1.0", matched)


# --- people ---


def test_whoever_did_something_has_a_row_and_whoever_only_sat_down_has_none(bank: Bank, done: Journal) -> None:
    done.record(ACKNOWLEDGED, "ann", {"version": "1", "title": "the toy policy"})
    done.append(an_attempt(learner="cy"))
    done.save_profile(BEA)
    done.sit_down("nobody")
    cy, ann, bea = reported(bank, done.everybody(), done.profiles().values()).rows
    day = done.events("ann")[-1].at[:10]
    assert ann == Row("ann", "ann", ANN.name, "lawyer", 11, 11, day, day, "1", day, "", "", "", "", "self-attested")
    assert (cy.id, cy.name, cy.done, cy.finished, bea.name, bea.assurance) == ("cy", "", 1, "", BEA.name, "")


def test_everybody_on_the_roster_has_a_row_with_what_is_due(bank: Bank, done: Journal) -> None:
    some = [("bea", (), [an_event("bea", "seat")]), ("dan", [an_attempt(learner="dan")], ())]
    roster = [
        Person("1", "ann ABEL", "lawyer", due=TODAY - timedelta(400)),
        Person("bea", "Bea", due=TODAY - timedelta(1)),
        Person("profile-alone", due=TODAY - timedelta(1)),
        Person("3", "Eve", "owner", due=TODAY + timedelta(10)),
        Person("4", "Fay", due=TODAY + timedelta(100)),
        Person("5", "Gus", left=TODAY - timedelta(2), due=TODAY - timedelta(1)),
        Person("6", "Hal", due=TODAY - timedelta(9)),
    ]
    whole = reported(bank, [*done.everybody(), *some], [ANN, BEA, Learner("profile-alone", "Ida")], roster)
    assert "; ".join(f"{row.id} {row.learner} {row.name} {row.state}" for row in whole.rows) == (
        "dan dan  ; 1 ann Ann Abel done; bea bea Bea Brandt overdue; 3  Eve due; 4  Fay not yet due; 5  Gus left; "
        "6  Hal overdue; profile-alone profile-alone Ida overdue"
    )
    assert [(row.role, row.total, row.due) for row in whole.rows if row.id == "3"] == [("owner", 11, ago(-10))]
    assert re.search(r"<strong>7</strong> people.*<strong>3</strong> overdue, of 6 on the roster", pages.page(whole))
    assert whole.groups[0].people == 7 and pages.page(whole).count("not in the journal") == 4


@pytest.mark.parametrize("last", ["put-in-order", "before", "final"])
def test_the_path_is_finished_on_the_day_of_its_last_part(last: str, bank: Bank, done: Journal) -> None:
    attempts = [replace(a, at=ago(2 if a.activity == last else 9)) for a in done.attempts("ann")]
    attempts += [replace(a, at=ago(0)) for a in attempts if not a.form]  # again, which changes nothing
    whens = [ago(2 if e.detail.get("form", "").startswith(last) else 9) for e in done.events("ann")]
    events = [replace(e, at=f"{day}T08:00:00Z") for e, day in zip(done.events("ann"), whens, strict=True)]
    (row,) = reported(bank, [("ann", attempts, events)], [ANN]).rows
    assert (row.finished, row.passed) == (ago(2), ago(2 if last == "final" else 9))
    (row,) = reported(bank, [("ann", [a for a in attempts if a.activity != "sort-them"], events)], [ANN]).rows
    assert (row.finished, row.done) == ("", 10)
    lapsed = reported(bank, [("ann", attempts, [replace(e, at=f"{ago(400)}T08:00:00Z") for e in events])], [ANN])
    assert lapsed.rows[0].finished == lapsed.rows[0].passed == ""
    assert f'lapsed; was <span class="day">{ago(400)}' in pages.page(lapsed)


def test_an_acknowledgement_counts_for_the_version_in_force(bank: Bank) -> None:
    for read, day, version in (("", "", ""), ("0", "", "0"), ("01", ago(1), "1"), ("10", ago(0), "1")):
        events = [an_event("ann", ACKNOWLEDGED, n, version=each) for n, each in enumerate(read)]
        whole = reported(bank, [("ann", (), [*events, an_event("ann", ATTENDED, 3)])])
        assert [(row.acknowledged, row.version, row.attended) for row in whole.rows] == [(day, version, ago(3))]
        assert ("not yet; version 0 was" in pages.page(whole)) == (read == "0")


# --- groups ---


def groups(bank: Bank, roles: dict[str, int]) -> list[tuple[str, int]]:
    people = [Learner(f"{role} {n}", "", "law", role or None) for role in roles for n in range(roles[role])]  # type: ignore[arg-type]
    whole = reported(bank, [(who.id, (), [an_event(who.id, "profile")]) for who in people], people)
    return [(group.name, group.people) for group in whole.groups]


def test_roles_of_fewer_than_five_stand_together(bank: Bank) -> None:
    assert groups(bank, {"lawyer": 4}) == []
    assert groups(bank, {"lawyer": 5, "": 6}) == [("Everybody", 11), ("Lawyer", 5), ("No role given", 6)]
    assert groups(bank, {"lawyer": 9, "support": 4}) == [("Everybody", 13)]
    for small in ({"support": 4, "owner": 1}, {"support": 2, "owner": 7}):
        others = ("Other roles", sum(small.values()))
        assert groups(bank, {"lawyer": 9, **small}) == [("Everybody", 9 + others[1]), ("Lawyer", 9), others]


@many
@given(st.dictionaries(st.sampled_from(["lawyer", "clinician", "support", "owner", ""]), st.integers(0, 9)))
def test_no_smaller_group_follows_from_those_that_are_shown(bank: Bank, roles: dict[str, int]) -> None:
    everybody, *rest = [count for _, count in groups(bank, roles)] or [0]
    assert everybody == (sum(roles.values()) if sum(roles.values()) >= 5 else 0)
    assert not rest or (min(rest) >= 5 and sum(rest) == everybody)


def test_what_was_learned_is_said_from_twenty_people_on(bank: Bank, crowd: Journal) -> None:
    people = list(crowd.everybody())
    few, enough = reported(bank, people[:19]), reported(bank, people[:20])
    assert few.gain is None and "Too few to say: what was learned" in pages.page(few)
    pairs = [forms.before_and_after(forms.sittings(events), attempts) for _, attempts, events in people[:20]]
    assert enough.gain and enough.gain == forms.gain([pair for pair in pairs if pair])
    assert f"Before: {enough.gain.before:.0%}<svg" in pages.page(enough)


# --- questions ---


def test_questions_come_hardest_first_by_their_titles(bank: Bank, crowd: Journal) -> None:
    questions = reported(bank, crowd.everybody()).questions
    known = [question.item.facility.value for question in questions if question.item.facility]
    assert len(known) > 3 and known == sorted(known) and not any(q.item.facility for q in questions[len(known) :])
    assert all(q.title == bank.authored(q.item.activity).title and not q.earlier for q in questions)


def test_options_are_known_of_every_kind_with_letters_and_of_present_wordings_alone(journal: Journal) -> None:
    real = Bank(ROOT / "data", ROOT / "data" / "practice.yml")
    one = {type(a).__name__: a for a in real.all_authored() if a.variant != "clinic" and not a.stances}
    asked = [one[kind] for kind in ("Choice", "Connection", "Marking")]
    for activity in asked:
        LocalExaminer(real, journal, ANN).submit(activity.id, ["b"], activity.id, 1.0)
    answered = journal.attempts("ann")
    reworded = [replace(answered[0], content="e" * 64)]
    whole = reported(real, [(f"p{n}", answered if n < 30 else reworded, ()) for n in range(60)])
    unchosen = {(q.title, q.earlier): q.item.unchosen for q in whole.questions}
    assert all((left := unchosen[activity.title, False]) and "b" not in left for activity in asked)
    assert unchosen[asked[1].title, False] == ("a", "c", "d", "e") and unchosen[asked[0].title, True] is None
    assert f"{asked[0].id}, in an earlier wording" in pages.page(whole) and "<td>a, c, d, e</td>" in pages.page(whole)


# --- what a report does not say, and its page ---


def test_nothing_of_an_answer_in_a_lesson_shows_in_the_report(bank: Bank) -> None:
    own = {"answer": ["d"], "points": 0.5, "outcome": Outcome.PARTIAL, "confidence": "guess", "seconds": 98765.0}
    attempts = an_attempt(), an_attempt(text="My secret", **own)
    few, others = (reported(bank, [(f"p{n}", [attempt], ()) for n in range(4)]) for attempt in attempts)
    assert few == others and not few.questions
    whole = reported(bank, [(f"p{n}", attempts[1:], ()) for n in range(200)])
    assert whole.rows[0] == few.rows[0] and whole.questions
    assert not re.search("My secret|guess|98765", pages.page(whole) + repr(whole))


def test_names_that_are_not_alone_come_with_ids_and_with_pseudonyms_no_name_is_left_anywhere(bank: Bank) -> None:
    roster = [Person("zorn.q", "Quill Zorn"), Person("xu.may", "May Xu"), Person("fox.u", "Uma Fox")]
    learners = [Learner("l-1", "Quill Zorn"), Learner("l-2", "Quill Zorn"), Learner("l-3", "May Xu")]
    named = reported(bank, [(who.id, (), [an_event(who.id, "profile")]) for who in learners], learners, roster)
    assert "zorn.q" in named.unclear[0] and len(named.rows) == 5
    assert re.findall("quiet[^<]*>([^<]*)</span></th>", pages.page(named)) == ["l-1", "l-2", "zorn.q"]
    without = pseudonymous(named)
    assert not re.search("(?i)zorn|quill|may|xu|fox|uma", pages.page(without) + repr(without))
    assert [row.id for row in without.rows] == ["", "", "l-1", "l-2", "l-3"] and len(without.unclear) == 1


def test_what_people_and_files_say_is_text_and_never_markup(bank: Bank, crowd: Journal) -> None:
    whole = reported(bank, crowd.everybody())
    row = Row(*(1 if field in ("done", "total") else f"{field} {NASTY}" for field in Row.__struct_fields__))
    item = replace(whole.questions[0].item, activity=NASTY)
    question, group = replace(whole.questions[0], title=NASTY, item=item), replace(whole.groups[0], name=NASTY)
    parts = {"rows": (row,), "groups": (group,), "questions": (question,), "unclear": (f"u {NASTY}",)}
    page = pages.page(replace(whole, **dict.fromkeys(("title", "practice", "version", "policy"), NASTY), **parts))
    assert "<script" not in page and page.count("</style>") == 1 and "alert('" not in page
    for field in ("name", "role", "finished", "lapsed", "acknowledged", "version", "attended", "due", "state", "u"):
        assert f"{field} &lt;/style&gt;&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in page


def test_a_browser_and_axe_find_nothing_amiss(bank: Bank, crowd: Journal, tmp_path: Path) -> None:
    learners = [Learner("one", "Ann Abel"), Learner("other", "Ann Abel"), *crowd.profiles().values()]
    roster = [Person(learner.id, due=TODAY - timedelta(1)) for learner in learners[2:30]]
    full = reported(bank, crowd.everybody(), learners, [*roster, Person("twin", "Ann Abel")])
    assert full.gain and full.unclear and len(full.groups) == 3 and full.questions
    page = pages.page(full)
    assert not re.search(r"\bsrc=|href=|url\(|@import|https?:|<script", page)
    for said, picture in re.findall(r"([^<>]*)<svg([^>]*)>", page):
        assert re.search(r"\d+ of \d+|\d%", said) and 'aria-hidden="true"' in picture
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with opened(tmp_path / "report.html") as shown:
        assert axe_finds(shown) == []
        shown.set_viewport_size({"width": 320, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= 320
        assert axe_finds(shown) in ([], ["color-contrast"])  # a cell half out of sight has none to be measured
