"""A message to compose and the phrase book on a page: what they say to it and take from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from course.bank import Bank
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Learner
from course.widgets import ActivitiesWidget, PhrasesWidget
from tests.pages import Page, nothing, one, refusal, state
from tests.test_widgets import ACTIVITIES
from tests.toy import Toy
from tests.writing import DRAFT, KIND_NO, REPLY, SAY_NO, add

ANSWERS: dict[str, Any] = {**ACTIVITIES, "draft": ["b"]}
DRAFTS = {"say-no": 5, "reply": 3}
LOOK = {"do": "look", "key": "k", "activity": "say-no", "answer": {"text": KIND_NO}}
WRONG: dict[str, list[Any]] = {
    "activity": ["nobody", ["say-no"], None],
    "do": [["look"], "Look"],
    "answer": [None, KIND_NO, {"text": 5}, {"text": "x" * 5_001}, {"keep": False}],
}


@pytest.fixture
def examiner(tmp_path: Path, journal: Journal) -> LocalExaminer:
    toy = Toy(tmp_path / "course")
    add(toy, SAY_NO, REPLY, DRAFT)
    return LocalExaminer(Bank(toy.data), journal, Learner("ada", profession="law"))


@pytest.fixture
def page(examiner: LocalExaminer) -> Page:
    return Page(ActivitiesWidget([*DRAFTS, *ANSWERS], examiner, nothing))


# --- a message to compose ---


@pytest.mark.parametrize("activity", DRAFTS)
def test_a_look_at_a_draft_is_answered_and_nothing_is_recorded(
    activity: str, page: Page, examiner: LocalExaminer, journal: Journal
) -> None:
    before = state(page.widget)
    (reply,) = page.send({**LOOK, "activity": activity})
    assert reply == {"key": "k", "looked": msgspec.to_builtins(examiner.look(activity, LOOK["answer"]))}
    assert len([note for note in reply["looked"]["notes"] if note["part"]]) == DRAFTS[activity]
    assert "KEY-" not in str(reply) + before and KIND_NO not in str(reply) + before
    assert (state(page.widget), journal.attempts("ada")) == (before, [])


@pytest.mark.parametrize("activity", ANSWERS)
def test_no_other_kind_can_be_looked_at_before_it_is_answered(activity: str, page: Page, journal: Journal) -> None:
    replies = page.send({**LOOK, "activity": activity, "answer": ANSWERS[activity]})
    assert "asked for something unknown" in refusal(replies) and "KEY-" not in state(page.widget)
    assert journal.attempts("ada") == []
    assert page.submit(ANSWERS[activity], activity=activity) == [{"key": "k"}]


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_a_look_with_one_field_wrong_is_refused(field: str, value: Any, page: Page) -> None:
    assert "has a fault" not in refusal(page.send({**LOOK, field: value}))


def test_a_kept_text_comes_back_with_the_examples_and_one_not_kept_is_gone(page: Page, examiner: LocalExaminer) -> None:
    page.submit({"keep": True, "own": {}, "text": {"first": "Nein", "last": "No, thanks"}}, "k1", "say-no")
    again = Page(one("say-no", examiner)).shown("say-no")
    assert again == page.shown("say-no") and again["text"] == '{"first": "Nein", "last": "No, thanks"}'
    assert KIND_NO in again["verdict"]["notes"][0]["say"] and "text" not in again["answer"]
    page.submit({"keep": False}, "k2", "say-no")
    assert page.shown("say-no")["text"] is None


# --- the phrase book ---


def test_the_phrase_book_says_and_shows_each_situation_with_its_words(toy_bank: Bank) -> None:
    first, second = (PhrasesWidget(toy_bank.phrases("law", "decline")) for _ in range(2))
    texts = ["Thank you for asking! This account is for my family. Please call the office."]
    texts += ["Thank you! Please follow our Page.", "Thank you! I am a lawyer."]
    words = ["Somebody asks", "It is the first time.", *(f"  - {text}" for text in texts)]
    assert repr(first) == repr(second) == "\n".join(words)
    (shown,) = first.view["situations"]
    assert (shown["title"], shown["when"]) == ("Somebody asks", "It is the first time.")
    assert [wording["text"] for wording in shown["wordings"]] == texts
    assert [wording["note"] for wording in shown["wordings"]] == [None, None, "For lawyers."]
    assert repr(PhrasesWidget(toy_bank.phrases("law"))).startswith(f"{first!r}\n\nSomebody writes\n")
