"""Kind ``reflect``: free text for oneself. An answer says whether the learner keeps the text.

Text that is not to be kept never leaves the browser: the answer is then ``{"keep": false}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from course.errors import AnswerError
from course.grading import Submission
from course.model import Answer, Note, Outcome, Reflect, Verdict

LONGEST_TEXT = 5_000
"""Characters above which a text is refused."""

NO_TEXT = "There is no text to keep. Write it again, or untick 'keep'."


def body(activity: Reflect) -> dict[str, Any]:
    return {"longest": LONGEST_TEXT}


def words(activity: Reflect) -> str:
    return "Write a few lines for yourself, with invented names only."


def parse(activity: Reflect, raw: Answer) -> Submission | None:
    if not keeps(raw, {"keep", "text"}):
        return Submission({"keep": False})
    text = raw.get("text")
    if not isinstance(text, str):
        raise AnswerError(NO_TEXT)
    if not text.strip():
        return None
    refuse_long(text)
    return Submission({"keep": True}, text)


def keeps(raw: Answer, known: set[str]) -> bool:
    """Whether the text is to be kept. Raises AnswerError for another form, and for a text that should not have come."""
    if not isinstance(raw, dict) or set(raw) - known or not isinstance(raw.get("keep"), bool):
        raise AnswerError("This answer has an unexpected form. Reload the page and write it again.")
    if not raw["keep"] and raw.get("text") is not None:
        raise AnswerError("A text came along that was not to be kept, so nothing was recorded. Reload the page.")
    return bool(raw["keep"])


def refuse_long(text: str) -> None:
    """Raises AnswerError for a text that is too long to be kept."""
    if len(text) > LONGEST_TEXT:
        raise AnswerError(f"This text is longer than {LONGEST_TEXT:,} characters. Shorten it and send it again.")


def grade(activity: Reflect, answer: Answer) -> Verdict:
    notes = [Note(position.who, "example", position.says) for position in activity.positions]
    notes.append(Note("", "", activity.feedback))
    return Verdict(Outcome.NOTED, 0.0, "Noted. Here is what others say", tuple(notes))


def key(activity: Reflect) -> Answer:
    return {"keep": False}


def mistakes(activity: Reflect) -> Iterator[Answer]:
    """None: nothing here can be got wrong."""
    return iter(())


def chance(activity: Reflect) -> float:
    """There are no points to be had."""
    return 0.0


def thinking(activity: Reflect) -> float:
    """A minute to write."""
    return 60
