"""The widget of activities: what it says to a page and takes from it. The page is tested in a browser."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import JournalError
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Marked
from course.widgets import ActivitiesWidget
from tests.pages import ANY_JSON, Page, many, nearly, nothing, one, refusal, state

ACTIVITIES = {
    "pick-one": ["d"],
    "pick-several": ["b"],
    "sort-them": {"a": 1, "b": 1, "c": 1},
    "put-in-order": ["a", "b", "c", "d"],
    "think-it-over": {"keep": False},
}


@pytest.fixture
def page(examiner: LocalExaminer) -> Page:
    return Page(one("pick-one", examiner))


# --- an activity ---


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_what_an_activity_says_of_itself_is_its_words_at_every_run(activity: str, examiner: LocalExaminer) -> None:
    first, second = (one(activity, examiner) for _ in range(2))
    assert repr(first) == repr(second) == examiner.words(activity)
    assert not re.search(r"0x[0-9a-f]{6}|KEY-", repr(first))


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_key_and_feedback_stay_behind_until_there_is_an_answer(activity: str, examiner: LocalExaminer) -> None:
    page = Page(one(activity, examiner))
    assert "KEY-" not in state(page.widget)
    assert page.send({"do": "hello", "key": "hello"}) == [{"key": "hello", "beside": False}]
    assert "KEY-" not in state(page.widget)
    assert page.submit(ACTIVITIES[activity], activity=activity) == [{"key": "k"}]
    assert "KEY-" in state(page.widget)
    assert "KEY-" not in repr(page.widget)


def test_a_wrong_answer_shows_the_feedback_of_the_chosen_option_alone(page: Page) -> None:
    page.submit(["d"])
    assert set(re.findall(r"KEY-(\w+)", state(page.widget))) == {"harm"}


def test_what_was_answered_earlier_is_shown_again(page: Page, examiner: LocalExaminer) -> None:
    page.submit(["b"])
    assert Page(one("pick-one", examiner)).shown() == page.shown()
    assert page.shown()["answer"] == ["b"]
    assert page.shown()["verdict"]["headline"].startswith("A fair choice")


def test_a_reworded_question_shows_that_it_was_and_no_verdict(page: Page, examiner: LocalExaminer) -> None:
    page.submit(["b"])
    earlier = examiner.earlier("pick-one")
    assert earlier is not None
    examiner.earlier = lambda _: Marked(earlier.attempt, None)  # type: ignore[method-assign]
    shown = Page(one("pick-one", examiner)).shown()
    assert shown["reworded"] is True
    assert "verdict" not in shown and "KEY-" not in str(shown)


def test_whoever_waits_for_answers_is_told_after_the_verdict_is_shown(examiner: LocalExaminer) -> None:
    seen: list[Any] = []
    page = Page(one("pick-one", examiner, lambda: seen.append(page.shown()["verdict"]["points"])))
    page.submit([])
    page.submit(["z"])
    assert seen == []
    page.submit(["a"])
    assert seen == [1.0]


def test_a_verdict_is_shown_only_after_the_commit(
    page: Page, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, shown_at_commit = journal.append, []

    def watched(*given: Any) -> Any:
        shown_at_commit.append(page.shown())
        return append(*given)

    monkeypatch.setattr(journal, "append", watched)
    page.submit(["a"])
    assert shown_at_commit == [{}]
    assert page.shown()["verdict"]["points"] == 1


def test_an_answer_that_could_not_be_kept_is_refused_and_nothing_is_shown(
    page: Page, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.submit(["b"], "k1")
    before = page.shown()

    def full(*_given: Any) -> Any:
        raise JournalError("The disk is full. Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", full)
        assert page.submit(["a"], "k2") == [{"key": "k2", "refused": "The disk is full. Free some space."}]
    assert page.shown() == before
    assert page.submit(["a"], "k2") == [{"key": "k2"}]


def test_a_fault_of_the_course_itself_is_said_and_logged(
    page: Page, journal: Journal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: Any) -> Any:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(journal, "append", broken)
    with caplog.at_level(logging.ERROR):
        sentence = refusal(page.submit(["a"]))
    assert "The course itself has a fault. Reload the page" in sentence and "a fault" in caplog.text
    assert page.shown() == {}


def test_a_blank_answer_is_refused_with_what_to_do(page: Page, examiner: LocalExaminer) -> None:
    assert "Answer first" in refusal(page.submit([]))
    assert examiner.progress().done == 0


# --- whatever a page may send ---

SUBMISSION = {"do": "submit", "activity": "pick-one", "key": "k", "answer": ["a"], "seconds": 1.5}


@pytest.mark.parametrize(
    "change",
    [
        {"do": "grade"},
        {"do": None},
        {"key": ""},
        {"key": "k" * 65},
        {"key": 7},
        {"activity": "pick-several"},
        {"activity": ["pick-one"]},
        {"answer": [["a"]]},
        {"answer": "a" * 30_000},
        {"seconds": -1},
        {"seconds": True},
        {"seconds": "1"},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
    ],
)
def test_a_message_with_one_field_wrong_is_refused(change: dict[str, Any], page: Page, examiner: LocalExaminer) -> None:
    assert "has a fault" not in refusal(page.send({**SUBMISSION, **change}))
    assert examiner.earlier("pick-one") is None
    assert page.shown() == {}


@pytest.mark.parametrize(("seconds", "kept"), [(0, 0), (1.26, 1.3), (10**400, 86_400)])
def test_the_time_taken_counts_to_a_day(seconds: float, kept: float, page: Page, examiner: LocalExaminer) -> None:
    page.send({**SUBMISSION, "seconds": seconds})
    earlier = examiner.earlier("pick-one")
    assert earlier is not None and earlier.attempt.seconds == kept


@many
@given(message=ANY_JSON | nearly(**SUBMISSION), activity=st.sampled_from(list(ACTIVITIES)))
def test_a_message_is_recorded_or_refused_with_a_sentence(
    message: Any, activity: str, examiner: LocalExaminer, journal: Journal
) -> None:
    if isinstance(message, dict) and message.get("activity") == "pick-one":
        message = {**message, "activity": activity}
    learner = journal.current_learner().id
    before = len(journal.attempts(learner))
    page = Page(one(activity, examiner))
    shown = page.shown(activity)
    (reply,) = page.send(message)
    more = len(journal.attempts(learner)) - before
    if "refused" in reply:
        assert more == 0 and page.shown(activity) == shown
        assert ". " in reply["refused"] and "has a fault" not in reply["refused"]
    else:
        assert message["do"] in ("submit", "hello")
        assert more == 0 or page.shown(activity)["answer"] == message["answer"]


# --- a set ---


def test_a_set_says_its_title_and_each_activity(examiner: LocalExaminer) -> None:
    widget = ActivitiesWidget(list(ACTIVITIES), examiner, nothing, "Everything", paged=True)
    assert repr(widget).startswith("Everything\n")
    assert all(examiner.words(activity) in repr(widget) for activity in ACTIVITIES)


def test_an_answer_in_a_set_shows_the_feedback_of_that_activity_alone(examiner: LocalExaminer) -> None:
    page = Page(ActivitiesWidget(list(ACTIVITIES), examiner, nothing, "Everything"))
    assert "KEY-" not in state(page.widget)
    page.submit(["d"])
    page.submit(ACTIVITIES["think-it-over"], "k2", "think-it-over")
    said = set(re.findall(r"KEY-(\w+)", state(page.widget)))
    assert said == {"harm", "position", "noted"}
    assert [bool(page.shown(activity)) for activity in ACTIVITIES] == [True, False, False, False, True]
