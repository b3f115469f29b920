"""Kind request: one case, decided by each practice's own line, and an answer that comes back days later."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from course.bank import Bank
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Connection, Learner, Outcome
from course.policy import ACTIONS, Decision
from course.widgets import ActivitiesWidget
from tests.answering import graded, key
from tests.pages import Page, nothing
from tests.toy import FIRST, Toy

HAPPENS = {action: f"KEY {action} happens." for action in ACTIONS}
REQUEST = {
    "kind": "request",
    "id": "monday-asks",
    "title": "Monday asks",
    "objective": "greet",
    "level": "easy",
    "day": "monday",
    "scene": {"shape": "request", "network": "Facebook", "who": "Robin Roe, client", "text": "Add me!"},
    "request": {"who": "client", "network": "facebook", "shares": "mixed"},
    "stem": "What do you do about Monday?",
    "happens": HAPPENS,
    "claims": ["L2"],
}
ECHOES = {action: f"Since you chose to {action}, this came." for action in ACTIONS}
LATER = {
    **REQUEST,
    "id": "wednesday-asks",
    "title": "Wednesday asks",
    "day": "wednesday",
    "after": "monday-asks",
    "echoes": ECHOES,
}
JUROR = {
    **REQUEST,
    "id": "juror-asks",
    "title": "A juror asks",
    "request": {"who": "juror", "network": "x", "shares": "work"},
}


def add(toy: Toy, *requests: dict[str, object]) -> None:
    text = (toy.data / "activities" / "first.yml").read_text(encoding="utf-8")
    toy.write(FIRST, text + "\n" + "".join(f"- {json.dumps(request)}\n" for request in requests))  # JSON is YAML


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path / "course")
    add(toy, REQUEST, JUROR, LATER)
    return toy


@pytest.fixture
def bank(toy: Toy) -> Bank:
    return Bank(toy.data)


def test_the_line_of_the_practice_gives_the_key(bank: Bank) -> None:
    client, juror = bank.activity("monday-asks"), bank.activity("juror-asks")
    assert key(client) == ["b"] and key(juror) == ["d"]
    verdict = graded(client, ["b"])
    assert (verdict.outcome, verdict.points) == (Outcome.CORRECT, 1)
    (note,) = verdict.notes
    assert note.say.happens == "KEY redirect happens." and note.say.why == "KEY-any-redirect-why."
    assert graded(juror, ["a"]).harmful


def test_the_line_by_which_a_request_was_decided_is_kept_with_it(bank: Bank, journal: Journal) -> None:
    marked = LocalExaminer(bank, journal, Learner("ann")).submit("monday-asks", ["b"], "k", 1.0)
    assert marked
    ((hashed, kept),) = journal.contents().items()
    assert marked.attempt.content == hashed == hashlib.sha256(kept.encode()).hexdigest()
    asked = bank.authored("monday-asks")
    assert isinstance(asked, Connection)
    read = msgspec.json.decode(kept, type=tuple[Connection, Decision])
    assert read == (asked, bank.decide(asked.request, None))


def test_one_case_teaches_practices_that_differ(toy: Toy, tmp_path: Path) -> None:
    strict = tmp_path / "strict.yml"
    text = (toy.data / "practice.yml").read_text(encoding="utf-8")
    strict.write_text(text.replace("network-by-network", "page-only"), encoding="utf-8")
    table = (toy.data / "policy.yml").read_text(encoding="utf-8")
    row = table[table.index("  - id: anybody") :].replace("id: anybody", "id: lax")
    lax = row.replace("when: {}", "when: {stance: [network-by-network]}").replace("mark: poor", "mark: best", 1)
    toy.write(
        "data/policy.yml",
        table.replace(
            "  - id: anybody", lax.replace("redirect: {mark: best", "redirect: {mark: poor") + "  - id: anybody"
        ),
    )
    assert key(Bank(toy.data).activity("monday-asks")) == ["a"]
    assert key(Bank(toy.data, strict).activity("monday-asks")) == ["b"]


def test_a_redirect_names_the_place_that_the_practice_has(bank: Bank) -> None:
    activity = bank.activity("monday-asks")
    assert isinstance(activity, Connection)
    assert activity.options[1].text == "Point to the Toy Practice Page."


def test_what_was_chosen_on_monday_comes_back_on_wednesday(bank: Bank, journal: Journal) -> None:
    examiner = LocalExaminer(bank, journal, Learner("ada"))
    page = Page(ActivitiesWidget(["monday-asks", "wednesday-asks"], examiner, nothing, "Inbox"))
    monday, wednesday = page.widget.view["items"]
    assert (monday["day"], monday["echo"], wednesday["day"], wednesday["echo"]) == ("monday", "", "wednesday", "")
    page.submit(["c"], activity="monday-asks")
    assert page.widget.view["items"][1]["echo"] == ECHOES["speak"]
    page.submit(["a"], key="k2", activity="monday-asks")
    assert page.widget.view["items"][1]["echo"] == ECHOES["accept"]
    again = ActivitiesWidget(["wednesday-asks"], LocalExaminer(bank, journal, Learner("ada")), nothing)
    assert again.view["items"][0]["echo"] == ECHOES["accept"]


def test_another_line_makes_an_earlier_verdict_void_and_keeps_the_answer(toy: Toy, journal: Journal) -> None:
    LocalExaminer(Bank(toy.data), journal, Learner("ada")).submit("monday-asks", ["b"], "k", 1)
    table = (toy.data / "policy.yml").read_text(encoding="utf-8")
    toy.write("data/policy.yml", table.replace("KEY-any-redirect-why.", "Another reason."))
    marked = LocalExaminer(Bank(toy.data), journal, Learner("ada")).earlier("monday-asks")
    assert marked and marked.verdict is None and marked.attempt.answer == ["b"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"happens": {"accept": "Yes."}}, "'redirect' is missing. Say what follows it."),
        ({"scene": None}, "a request needs its card."),
        ({"after": "nobody-asks", "echoes": ECHOES}, "there is no request 'nobody-asks' for this one to follow."),
        ({"after": "monday-asks"}, "'accept' is missing. Say what follows it."),
        ({"request": {"who": "client", "network": "letter", "shares": "work"}}, "'letter' is not one of: facebook,"),
    ],
)
def test_a_faulty_request_is_named(toy: Toy, change: dict[str, object], said: str) -> None:
    add(toy, {k: v for k, v in {**REQUEST, "id": "faulty", **change}.items() if v is not None})
    assert any(said in fault for fault in toy.lines())
