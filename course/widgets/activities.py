"""The widget of activities: shows their public parts, submits answers, shows verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from threading import Lock
from typing import Any

import msgspec

from course.errors import AnswerError
from course.examiner import Examiner
from course.model import Marked
from course.widgets.frame import Frame

LONGEST_STAY = 86_400.0
"""Seconds after which a time taken says nothing any more: a day."""


class ActivitiesWidget(Frame):
    """Activities for one learner, in one widget: a single one, or a set under a title.

    A set shows one activity at a time, or all at once; ``paged`` says with which it begins.
    ``recorded`` is called after each answer that was committed.
    """

    def __init__(
        self,
        ids: Sequence[str],
        examiner: Examiner,
        recorded: Callable[[], None],
        title: str = "",
        paged: bool = False,
    ) -> None:
        items = [examiner.view(activity_id) for activity_id in ids]
        earlier = {activity_id: examiner.earlier(activity_id) for activity_id in ids}
        self._examiner = examiner
        self._recorded = recorded
        self._lock = Lock()
        super().__init__(
            kinds=sorted({item.kind for item in items}),
            view={"title": title, "paged": paged, "items": msgspec.to_builtins(items)},
            words="\n\n\n".join([*([title] if title else []), *map(examiner.words, ids)]),
            shown={activity_id: shown(marked) for activity_id, marked in earlier.items() if marked},
        )
        self._ids = set(ids)
        self._drafts = {item.id for item in items if item.drafts}

    def handle(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Looks at a draft, or submits an answer; its verdict is shown only once the attempt is committed."""
        do, activity_id = message.get("do"), message.get("activity")
        known = {"submit": self._ids, "look": self._drafts}.get(do) if isinstance(do, str) else None
        if known is None or not isinstance(activity_id, str) or activity_id not in known:
            raise AnswerError("The page asked for something unknown. Reload it and try again.")
        if do == "look":
            return {"looked": msgspec.to_builtins(self._examiner.look(activity_id, message.get("answer")))}
        marked = self._examiner.submit(activity_id, message.get("answer"), message["key"], seconds_taken(message))
        if marked is None:
            raise AnswerError("The answer is blank. Answer first, then send it.")
        with self._lock:  # two answers may be on two threads
            self.shown = {**self.shown, activity_id: shown(marked)}
            if any(item["after"] == activity_id for item in self.view["items"]):
                self.view = {**self.view, "items": [self._echoing(item, activity_id) for item in self.view["items"]]}
        self._recorded()
        return None

    def _echoing(self, item: dict[str, Any], answered: str) -> dict[str, Any]:
        """An item as it reads now that another one was answered."""
        return msgspec.to_builtins(self._examiner.view(item["id"])) if item["after"] == answered else item


def seconds_taken(message: dict[str, Any]) -> float:
    """The time that a page says an answer took. Raises AnswerError where that is no time."""
    seconds = message.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < inf:
        raise AnswerError("The time taken came in an unexpected form. Reload the page and answer again.")
    return float(min(seconds, LONGEST_STAY))


def shown(marked: Marked) -> dict[str, Any]:
    """What the page may know of an answer that was committed."""
    attempt = marked.attempt
    known = {"key": attempt.key, "at": attempt.at, "answer": attempt.answer, "text": attempt.text}
    if marked.withheld:
        return {**known, "withheld": True, "confidence": attempt.confidence}
    if marked.verdict is None:
        return {**known, "reworded": True}
    builtins = {"verdict": marked.verdict, "reasons": marked.reasons}
    return {**known, **msgspec.to_builtins(builtins)}
