"""Statements: what is told of each kind of answer and of the checks, that others find it well-formed, and what is not told."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from course.bank import Bank
from course.errors import EvidenceError
from course.evidence import certificate, xapi
from course.evidence.xapi import Statement, course_of, home_page, statements
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Learner, Profession
from course.teller import Teller
from tests import lrs, writing
from tests.conftest import ROOT
from tests.journals import an_attempt
from tests.stories import remembering
from tests.test_bank import own_practice
from tests.test_proctor import LAWYER, THERAPIST, Candidate, a_day_passes
from tests.test_requests import REQUEST, add
from tests.toy import FIRST, Toy

HOME = "https://toy.example"
BASE = f"{HOME}/friend-request-course"
ADL = "http://adlnet.gov/expapi"
EXTENSIONS = f"{BASE}/extensions"
LESSONS: dict[str, Any] = {
    "pick-one": ["b"],
    "pick-several": ["a", "c"],
    "sort-them": {"a": 0, "b": 1, "c": 1},
    "put-in-order": ["d", "c", "b", "a"],
    "think-it-over": {"keep": True, "text": "SECRET thoughts"},
    "say-no": {"keep": True, "own": {}, "text": {"first": "SECRET draft", "last": "SECRET words"}},
    "draft": ["b", "c"],
    "monday-asks": ["a"],
}


@pytest.fixture
def toy(checks: Toy) -> Toy:
    """The toy course with both checks and one activity of every kind, a story among them."""
    writing.add(checks, writing.SAY_NO, writing.DRAFT)
    add(checks, REQUEST)
    (checks.data / "stories").mkdir()
    checks.write("data/stories/toy-story.yml", json.dumps(msgspec.to_builtins(remembering())))
    lesson = "  - {id: tale, title: A tale, objective: greet, stories: [toy-story]}\n"
    checks.change("data/course.yml", "objectives:", f"{lesson}objectives:")
    return checks


@pytest.fixture
def bank(toy: Toy) -> Bank:
    return Bank(toy.data)


def answer_all(bank: Bank, journal: Journal, learner: Learner = LAWYER) -> None:
    answers = LESSONS if learner.profession == "law" else {**LESSONS, "sort-them": {"a": 0, "b": 1}}
    for activity, answer in answers.items():
        assert LocalExaminer(bank, journal, learner).submit(activity, answer, f"{activity} {learner.id}", 2.5)
    teller = Teller("toy-story", bank, journal, learner)
    teller.choose(0, 0, 2.5)
    teller.choose(1, 2, 2.5)


def take_checks(bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch, *slips: int) -> None:
    """The check before, and the final one once for each number of slips; the last is left open if it is negative."""
    for item in (before := Candidate("before", bank, journal)).begin().items:
        before.answer(item, confidence="fairly")
    before.proctor.finish()
    final = Candidate("final", bank, journal)
    for count in slips:
        if count < 0:
            final.begin()
        else:
            final.slip(count)
        a_day_passes(monkeypatch)


def told(bank: Bank, journal: Journal, learner: Learner = LAWYER, names: bool = False) -> list[Statement]:
    return list(statements(learner, journal.attempts("ann"), journal.events("ann"), course_of(bank), names))


def verb(statement: Statement) -> str:
    return str(statement["verb"]["id"]).removeprefix(f"{ADL}/verbs/")


def of_checks(all_told: list[Statement]) -> list[tuple[str, str]]:
    """What is told of the checks: the verb and the check."""
    return [(verb(s), s["object"]["id"].removeprefix(f"{BASE}/checks/")) for s in all_told if verb(s) != "answered"]


# --- what others say of them ---


def test_every_statement_fits_the_model_that_others_keep(
    toy: Toy, bank: Bank, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(bank, journal)
    take_checks(bank, journal, monkeypatch, 2, 1, 1, 0)
    made = [*told(bank, journal), *told(bank, journal, names=True)]
    made += told(
        Bank(toy.data, own_practice(tmp_path, name="Cabinet Éluard", website="https://éluard.example/équipe/")), journal
    )
    toy.change(FIRST, "What do you do?", "What do you do now?")
    made += told(Bank(toy.data), journal)
    assert {verb(s) for s in made} == {"answered", "attempted", "completed", "passed", "failed"}
    types = {s["object"]["definition"]["interactionType"] for s in made if verb(s) == "answered"}
    assert types == {"choice", "sequencing", "matching", "long-fill-in", "other"}
    assert [fault for fault in lrs.faults(made) if fault] == []


def test_the_model_that_others_keep_finds_what_is_wrong(bank: Bank, journal: Journal) -> None:
    answer_all(bank, journal)
    good = told(bank, journal)[0]
    wrong: list[Statement] = [
        {**good, "id": "one"},
        {**good, "mood": "fine"},
        {**good, "result": {"score": {"scaled": 7}}},
        {**good, "actor": {**good["actor"], "name": ""}},
        {**good, "object": {**good["object"], "definition": {"interactionType": "guess"}}},
    ]
    assert all(lrs.faults(wrong)) and lrs.faults([good]) == [""]


def test_all_that_the_course_itself_asks_is_described_as_others_want_it() -> None:
    course = course_of(Bank(ROOT / "data", ROOT / "data" / "practice.yml"))
    assert len(course.definitions) > 200
    attempts = [an_attempt(content=content) for content in course.definitions]
    made = list(statements(Learner("ann"), attempts, [], course))
    assert [s["object"]["definition"] for s in made] == list(course.definitions.values())
    assert [fault for fault in lrs.faults(made) if fault] == []


# --- answers ---


@pytest.mark.parametrize(
    ("activity", "kind", "response", "right"),
    [
        ("pick-one", "choice", "b", "a"),
        ("pick-several", "choice", "a[,]c", "a[,]c"),
        ("monday-asks", "choice", "a", None),
        ("draft", "choice", "b[,]c", "b[,]d"),
        ("sort-them", "matching", "a[.]0[,]b[.]1[,]c[.]1", "a[.]0[,]b[.]1[,]c[.]0"),
        ("put-in-order", "sequencing", "d[,]c[,]b[,]a", None),
        ("think-it-over", "long-fill-in", None, None),
        ("say-no", "long-fill-in", None, None),
        ("toy-story", "other", "0[,]2", None),
    ],
)
def test_an_answer_is_told_in_the_form_of_its_kind(
    activity: str, kind: str, response: str | None, right: str | None, bank: Bank, journal: Journal
) -> None:
    answer_all(bank, journal)
    (attempt,) = [a for a in journal.attempts("ann") if a.activity == activity]
    (statement,) = [s for s in told(bank, journal) if s["id"] == attempt.attempt]
    asked, result = statement["object"], statement["result"]
    assert statement["timestamp"] == attempt.at and attempt.at.endswith("Z") and verb(statement) == "answered"
    assert asked["id"] == f"{BASE}/activities/{activity}/{attempt.content[:16]}"
    assert (asked["definition"]["type"], asked["definition"]["interactionType"]) == (
        f"{ADL}/activities/cmi.interaction",
        kind,
    )
    assert result.get("response") == response
    if right:
        assert asked["definition"]["correctResponsesPattern"] == [right]
    parts = [part["id"] for name in ("choices", "source", "target") for part in asked["definition"].get(name, [])]
    pattern = "".join(asked["definition"].get("correctResponsesPattern", []))
    assert set(pattern.replace("[,]", " ").replace("[.]", " ").split()) <= set(parts)
    if kind == "long-fill-in":
        assert result == {"completion": True, "duration": "PT2.5S"}
    else:
        assert result["score"] == {"scaled": round(attempt.points, 4)}
        assert result["success"] is (attempt.points == 1)
    assert statement["context"]["extensions"] == {
        f"{EXTENSIONS}/course-version": attempt.course,
        f"{EXTENSIONS}/content": attempt.content,
        f"{EXTENSIONS}/practice": attempt.practice,
        f"{EXTENSIONS}/assurance": "self-attested",
        **({f"{EXTENSIONS}/form": "story", f"{EXTENSIONS}/try": 1} if activity == "toy-story" else {}),
    }


@pytest.mark.parametrize(("learner", "profession"), [(LAWYER, "law"), (THERAPIST, "clinic"), (Learner("ann"), "law")])
def test_everything_that_can_be_answered_is_described(
    learner: Learner, profession: Profession, bank: Bank, journal: Journal
) -> None:
    answer_all(bank, journal, replace(learner, profession=profession))
    for statement in told(bank, journal):
        assert statement["object"]["definition"]["name"]["en-US"]
        assert statement["object"]["definition"]["description"]["en-US"]


def test_an_answer_to_an_earlier_wording_stays_told_under_that_wording_without_its_options(
    toy: Toy, bank: Bank, journal: Journal
) -> None:
    answer_all(bank, journal)
    before = {s["id"]: s for s in told(bank, journal)}
    toy.change(FIRST, "Say no kindly", "Say no at once")
    toy.change(FIRST, "id: pick-several", "id: pick-many")
    after = {s["id"]: s for s in told(Bank(toy.data), journal)}
    changed = {i for i in before if before[i] != after[i]}
    attempts = {a.attempt: a.activity for a in journal.attempts("ann")}
    assert sorted(attempts[i] for i in changed) == ["pick-one", "pick-several"]
    for i in changed:
        kind = "choice" if attempts[i] == "pick-one" else "other"
        definition = {"type": f"{ADL}/activities/cmi.interaction", "interactionType": kind}
        assert after[i] == {**before[i], "object": {**before[i]["object"], "definition": definition}}


def test_free_text_confidence_and_names_are_not_told(
    bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(bank, journal)
    take_checks(bank, journal, monkeypatch, 0)
    assert any(a.text and "SECRET" in a.text for a in journal.attempts("ann"))
    assert {a.confidence for a in journal.attempts("ann")} == {None, "fairly", "sure"}
    said = json.dumps(told(bank, journal))
    for secret in ("SECRET", '"sure"', "fairly", "onfidence", "Ann", "keep", "seed"):
        assert secret not in said, secret


def test_a_person_is_an_account_under_a_pseudonym_and_named_only_if_asked(bank: Bank, journal: Journal) -> None:
    answer_all(bank, journal)
    account = {"objectType": "Agent", "account": {"homePage": HOME, "name": "ann"}}
    assert all(s["actor"] == account for s in told(bank, journal))
    assert all(s["actor"] == {**account, "name": "Ann"} for s in told(bank, journal, names=True))
    assert all(s["actor"] == account for s in told(bank, journal, Learner("ann"), names=True))


# --- the checks ---

BEFORE = [("attempted", "before"), ("completed", "before")]
TAKEN = [("attempted", "final"), ("completed", "final")]
AFTER_A_SLIP = [("attempted", "final/remedy"), ("completed", "final/remedy")]


@pytest.mark.parametrize(
    ("slips", "expected"),
    [
        ((), []),
        ((-1,), TAKEN[:1]),
        ((0,), [*TAKEN, ("passed", "final")]),
        ((2,), [*TAKEN, ("failed", "final")]),
        ((1,), TAKEN),
        ((1, 0), [*TAKEN, *AFTER_A_SLIP, ("passed", "final")]),
        ((1, 1), [*TAKEN, *AFTER_A_SLIP, ("failed", "final")]),
        ((2, 0), [*TAKEN, ("failed", "final"), *TAKEN, ("passed", "final")]),
    ],
)
def test_what_is_told_of_the_checks_is_what_was_decided(
    slips: tuple[int, ...],
    expected: list[tuple[str, str]],
    bank: Bank,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_checks(bank, journal, monkeypatch, *slips)
    assert of_checks(told(bank, journal)) == [*BEFORE, *expected]


def test_a_finished_check_tells_its_score_and_where_its_answers_come_from(
    bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_checks(bank, journal, monkeypatch, 1, 0)
    made = told(bank, journal)
    final = next(s for s in made if (verb(s), s["object"]["id"]) == ("completed", f"{BASE}/checks/final"))
    assert final["result"] == {"completion": True, "score": {"scaled": 0.75, "raw": 3, "min": 0, "max": 4}}
    answered = [a for a in journal.attempts("ann") if a.form == "final"]
    assert final["context"]["extensions"] == {
        f"{EXTENSIONS}/course-version": answered[0].course,
        f"{EXTENSIONS}/practice": bank.practice_hash,
        f"{EXTENSIONS}/content": certificate.content_hash(a.content for a in answered),
        f"{EXTENSIONS}/assurance": "self-attested",
        f"{EXTENSIONS}/form": "final",
        f"{EXTENSIONS}/try": 1,
    }
    assert made[-1]["result"] == {"success": True}  # passed by the items after the slip: no score of the check's own
    parents = Counter(s["context"]["contextActivities"]["parent"][0]["id"] for s in made if verb(s) == "answered")
    assert parents == {f"{BASE}/checks/before": 2, f"{BASE}/checks/final": 4, f"{BASE}/checks/final/remedy": 3}


def test_a_changed_pass_mark_never_leads_to_both_verdicts(
    bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_checks(bank, journal, monkeypatch, 0)
    attempts, events, course = journal.attempts("ann"), journal.events("ann"), course_of(bank)
    passed = list(statements(LAWYER, attempts, events, course))[-1]
    failed = list(statements(LAWYER, attempts, events, replace(course, passing=9)))[-1]
    assert (verb(passed), verb(failed)) == ("passed", "failed")
    assert passed["id"] == failed["id"]


# --- the same for ever ---


def test_what_was_told_once_is_told_again_in_the_same_words_whatever_follows(
    bank: Bank, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(bank, journal)
    so_far = told(bank, journal)
    take_checks(bank, journal, monkeypatch, 2, 1, -1)
    then = told(bank, journal)
    Candidate("final", bank, journal).take()
    all_told = {s["id"]: s for s in told(bank, journal)}
    assert len(all_told) == len(told(bank, journal)) > len(then) > len(so_far)
    assert all(all_told[s["id"]] == s for s in [*so_far, *then])
    assert all(UUID(i).version in (5, 7) for i in all_told)
    journal.backup(tmp_path / "elsewhere.sqlite")
    assert told(bank, Journal(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")) == list(all_told.values())


def test_ids_are_those_of_the_first_day() -> None:
    """They are written down here: other ones would send everything again to every LRS."""
    assert str(xapi._IDS) == "93eee948-b4b8-4c86-bdaf-4289e193d87e"


# --- the practice's website ---


@pytest.mark.parametrize(
    ("website", "home"),
    [
        ("toy.example", HOME),
        (" toy.example/ ", HOME),
        ("http://toy.example/us/", "http://toy.example/us"),
        ("https://toy.example:8443", "https://toy.example:8443"),
    ],
)
def test_a_website_becomes_an_address(website: str, home: str) -> None:
    assert home_page(website) == home


@pytest.mark.parametrize(
    "website", ["", "our page", "ftp://toy.example", "https://", "toy.example?a=b", "https://[", "a@b", "a:b"]
)
def test_what_is_no_website_is_said(website: str) -> None:
    with pytest.raises(EvidenceError, match=r"is no web address.* Write it in practice\.yml"):
        home_page(website)


@given(st.text())
def test_any_website_becomes_an_address_or_is_said(website: str) -> None:
    try:
        home = home_page(website)
    except EvidenceError:
        return
    assert home_page(home) == home and home.startswith(("http://", "https://"))
