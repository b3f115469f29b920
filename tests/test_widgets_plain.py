"""The progress of a lesson and the start page: what they say to a page and take from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given

from course.bank import Bank
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Learner
from course.widgets import ProgressWidget, WelcomeWidget
from tests.pages import ANY_JSON, Page, many, nearly, one, refusal, state

PROFILE = {"do": "profile", "key": "k", "name": "Ann", "profession": "law", "role": "lawyer"}
SEAT = {"do": "sit", "key": "k", "learner": "learner-1"}


# --- progress ---


def test_progress_says_where_the_learner_is_and_where_to_go(examiner: LocalExaminer, toy_bank: Bank) -> None:
    widget = ProgressWidget("first", toy_bank.practice, examiner.progress)
    assert repr(widget) == "Part 1 of 2: 0 of 3 answered, about 2 minutes left."
    assert [link["file"] for link in widget.view["links"]] == ["00-start-here.ipynb", "second.ipynb"]
    last = ProgressWidget("second", toy_bank.practice, examiner.progress)
    assert [link["file"] for link in last.view["links"]] == ["00-start-here.ipynb", "first.ipynb"]
    assert "KEY-" not in state(widget)


def test_an_answer_moves_the_lessons_progress(examiner: LocalExaminer, toy_bank: Bank) -> None:
    progress = ProgressWidget("first", toy_bank.practice, examiner.progress)
    page = Page(one("pick-one", examiner, progress.refresh))
    page.submit(["z"])
    assert progress.view["done"] == 0
    page.submit(["d"])
    assert (progress.view["done"], progress.view["total"]) == (1, 3)
    assert "1 of 3 answered" in progress.view["words"]


# --- the start page ---


@dataclass
class Desk:
    """A start page on a real journal, as the notebook's verb lays it out."""

    journal: Journal
    bank: Bank
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = Page(
            WelcomeWidget(
                self.bank.practice, "", self.now, self.journal.known_learners, self.journal.save_profile, self._sit
            )
        )

    def now(self) -> tuple[Learner, Any]:
        learner = self.journal.current_learner()
        return learner, LocalExaminer(self.bank, self.journal, learner).progress()

    def _sit(self, learner: str | None) -> None:
        self.journal.sit_down(learner)

    @property
    def view(self) -> dict[str, Any]:
        return dict(self.page.widget.view)

    def sign_in(self, **changes: Any) -> list[dict[str, Any]]:
        return self.page.send({**PROFILE, **changes})


@pytest.fixture
def desk(journal: Journal, toy_bank: Bank) -> Desk:
    return Desk(journal, toy_bank)


def test_the_start_page_says_each_lesson_at_every_run(desk: Desk, toy_bank: Bank) -> None:
    words = "1. First lesson: 0 of 3 answered, about 2 minutes left\n2. Second lesson: 0 of 2 answered, about 2 minutes left"
    assert repr(desk.page.widget) == repr(Desk(desk.journal, toy_bank).page.widget) == words
    assert "KEY-" not in state(desk.page.widget)
    assert desk.view["suggested"] == "law"


def test_whoever_says_their_name_is_greeted_and_sent_on(desk: Desk) -> None:
    assert desk.sign_in(name="  Ann\n Lee ", profession="clinic", role="clinician") == [{"key": "k"}]
    learner = desk.journal.current_learner()
    assert learner == Learner(learner.id, "Ann Lee", "clinic", "clinician")
    assert desk.view["learner"] == {"name": "Ann Lee"}
    assert desk.view["next"] == {"file": "first.ipynb", "words": "Begin: First lesson"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Write your name"),
        ({"name": " \t\n"}, "Write your name"),
        ({"name": "x" * 81}, "at most 80"),
        ({"profession": "bakery"}, "Choose where you work"),
        ({"profession": None}, "Choose where you work"),
        ({"role": None}, "Choose where you work"),
        ({"profession": ["law"]}, "Choose where you work"),
        ({"role": {}}, "Choose where you work"),
        ({"name": 7}, "unknown"),
        ({"do": "sit", "learner": "learner-nobody"}, "unknown"),
    ],
)
def test_a_profile_that_does_not_fit_is_refused(changes: dict[str, Any], sentence: str, desk: Desk) -> None:
    assert sentence in refusal(desk.sign_in(**changes))
    assert desk.view["learner"] == {"name": ""}
    assert desk.journal.known_learners() == []


def test_a_name_with_markup_stays_the_text_it_is(desk: Desk) -> None:
    name = "<img src=x onerror=alert(1)> & *Ann*"
    desk.sign_in(name=name)
    assert desk.view["learner"]["name"] == desk.journal.current_learner().name == name


def test_somebody_else_sits_down_and_the_first_one_comes_back(desk: Desk) -> None:
    desk.sign_in(name="Ann")
    ann = desk.journal.current_learner()
    assert desk.view["known"] == []
    assert desk.page.send({"do": "leave", "key": "k"}) == [{"key": "k"}]
    assert desk.view["learner"] == {"name": ""}
    assert desk.view["known"] == [{"id": ann.id, "name": "Ann", "role": "Lawyer or paralegal"}]
    assert desk.page.send({"do": "sit", "learner": ann.id, "key": "k"}) == [{"key": "k"}]
    assert desk.journal.current_learner() == ann


def test_two_people_of_one_name_keep_their_answers_apart(desk: Desk) -> None:
    desk.sign_in(name="Dana Roe")
    first = desk.journal.current_learner()
    LocalExaminer(desk.bank, desk.journal, first).submit("pick-one", ["a"], "k", 1.0)
    desk.page.send({"do": "leave", "key": "k"})
    desk.sign_in(name="Dana Roe", role="support")
    second = desk.journal.current_learner()
    assert first.id != second.id
    assert desk.view["words"].startswith("0 of 5")
    desk.page.send({"do": "leave", "key": "k"})
    assert [person["id"] for person in desk.view["known"]] == [second.id, first.id]
    desk.page.send({"do": "sit", "learner": first.id, "key": "k"})
    assert desk.view["words"].startswith("1 of 5")


@many
@given(message=ANY_JSON | nearly(**PROFILE) | nearly(**SEAT))
@example(message={**PROFILE, "profession": ["law"]})
def test_the_start_page_does_as_asked_or_says_why_not(message: Any, desk: Desk) -> None:
    before = desk.now()[0]
    (reply,) = desk.page.send(message)
    if "refused" in reply:
        assert reply["refused"].endswith(".") and "has a fault" not in reply["refused"]
        assert desk.now()[0] == before
    else:
        assert message["do"] in ("profile", "leave", "hello")
