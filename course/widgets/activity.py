"""The widget of an activity: shows its public part, submits answers, shows verdicts."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import msgspec

from course.errors import AnswerError
from course.examiner import Examiner
from course.model import Marked
from course.widgets.frame import Frame

LONGEST_STAY = 86_400.0
"""Seconds after which a time taken says nothing any more: a day."""


class ActivityWidget(Frame):
    """One activity for one learner. ``recorded`` is called after each answer that was committed."""

    def __init__(self, activity_id: str, examiner: Examiner, recorded: Callable[[], None]) -> None:
        view = examiner.view(activity_id)
        earlier = examiner.earlier(activity_id)
        self._id = activity_id
        self._examiner = examiner
        self._recorded = recorded
        super().__init__(
            kind=view.kind,
            view=msgspec.to_builtins(view),
            words=examiner.words(activity_id),
            shown=_shown(earlier) if earlier else None,
        )

    def handle(self, message: dict[str, Any]) -> None:
        """Submits an answer; the verdict is shown only once the attempt is committed."""
        if message.get("do") != "submit":
            raise AnswerError("The page asked for something unknown. Reload it and try again.")
        marked = self._examiner.submit(self._id, message.get("answer"), message["key"], _seconds(message))
        if marked is None:
            raise AnswerError("The answer is blank. Answer first, then send it.")
        self.shown = _shown(marked)
        self._recorded()


def _seconds(message: dict[str, Any]) -> float:
    seconds = message.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not isfinite(seconds) or seconds < 0:
        raise AnswerError("The time taken came in an unexpected form. Reload the page and answer again.")
    return min(float(seconds), LONGEST_STAY)


def _shown(marked: Marked) -> dict[str, Any]:
    attempt = marked.attempt
    shown = {"key": attempt.key, "at": attempt.at, "answer": attempt.answer, "text": attempt.text}
    if marked.verdict is None:
        return {**shown, "reworded": True}
    builtins = {"verdict": marked.verdict, "reasons": marked.reasons}
    return {**shown, **msgspec.to_builtins(builtins)}
