"""The widget of a check: begins it, takes its answers, and shows what they came to at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import msgspec

from course.errors import AnswerError
from course.forms import TRIES, Phase, Result, Standing
from course.model import Marked, Outcome, Sitting
from course.proctor import Proctor
from course.tally import in_minutes
from course.widgets.activities import seconds_taken, shown
from course.widgets.frame import Frame


class CheckWords(msgspec.Struct, frozen=True):
    """What a check's panel says besides its figures: its title, its length, and whom to ask."""

    title: str
    items: int
    minutes: int
    passing: float
    ask: str


class SittingWidget(Frame):
    """One learner's way through a check, from its first word to the review of what was missed.

    ``lessons`` gives the title of each lesson, for the way back to it. ``recorded`` is called after
    whatever was committed.
    """

    def __init__(
        self, proctor: Proctor, words: CheckWords, lessons: Mapping[str, str], recorded: Callable[[], None]
    ) -> None:
        self._proctor = proctor
        self._say = words
        self._lessons = lessons
        self._recorded = recorded
        self._lock = Lock()
        view, answers = self._draw()
        length = f"{words.title}: {words.items} questions, about {in_minutes(words.minutes)}."
        super().__init__(["choice", "sitting"], view=view, words=length, shown=answers)

    def handle(self, message: dict[str, Any]) -> None:
        """Begins or finishes the check, or submits one answer; nothing is said of it before the end."""
        match message:
            case {"do": "begin"}:
                self._proctor.begin()
                self._redraw()
            case {"do": "finish"}:
                self._proctor.finish()
                self._redraw()
            case {"do": "submit", "activity": str(activity_id)}:
                marked = self._proctor.submit(
                    activity_id,
                    message.get("answer"),
                    message["key"],
                    seconds_taken(message),
                    message.get("confidence"),
                )
                if marked is None:
                    raise AnswerError("The answer is blank. Answer first, then send it.")
                with self._lock:
                    self.shown = {**self.shown, activity_id: shown(marked)}
            case _:
                raise AnswerError("The page asked for something unknown. Reload it and try again.")
        self._recorded()

    def _redraw(self) -> None:
        with self._lock:
            view, answers = self._draw()
            with self.hold_sync():
                self.shown = answers
                self.view = view

    def _draw(self) -> tuple[dict[str, Any], dict[str, Any]]:
        standing = self._proctor.standing()
        sitting = standing.sitting
        answered = self._proctor.answered_in(sitting) if sitting else {}
        view: dict[str, Any] = {"panel": self._panel(standing, answered), "title": "", "paged": True, "items": []}
        if sitting and standing.phase is Phase.OPEN:
            view["items"] = [msgspec.to_builtins(self._proctor.view_in(sitting, i)) for i in sitting.items]
        elif sitting:
            view["paged"] = False
            view["items"] = [self._review(sitting, i, answered[i]) for i in missed(answered)]
        return view, {i: shown(found) for i, found in answered.items()}

    def _review(self, sitting: Sitting, item: str, marked: Marked) -> dict[str, Any]:
        lesson = self._proctor.lesson_of(item)
        link = {"file": f"{lesson}.ipynb", "words": f"Read again: {self._lessons[lesson]}"} if lesson else None
        sure = "You were sure of this one." if marked.attempt.confidence == "sure" else ""
        return {**msgspec.to_builtins(self._proctor.view_in(sitting, item)), "closed": True, "note": sure, "link": link}

    # --- what the panel says ---

    def _panel(self, standing: Standing, answered: Mapping[str, Marked]) -> dict[str, Any]:
        say = self._say
        panel: dict[str, Any] = {"title": say.title, "words": [], "begin": "", "finish": "", "opens": ""}
        if standing.phase is Phase.OPEN:
            panel["words"] = [
                "Nothing is said of your answers before the end. You can change each of them until you finish.",
                "You may stop at any time and go on later: what you have saved is kept.",
            ]
            panel["finish"] = "Finish and see the result"
            return panel
        if standing.result is not None:
            panel["words"] = [*self._came_to(standing), *_looked_back(answered)]
        if standing.phase is Phase.READY:
            panel["words"] += self._before_beginning(standing)
            panel["begin"] = "Begin" if standing.result is None else "Begin the next try"
        elif standing.phase is Phase.REMEDY:
            panel["begin"] = "Begin the three questions"
        elif standing.phase is Phase.WAITING:
            panel["opens"] = standing.next_from
        return panel

    def _before_beginning(self, standing: Standing) -> list[str]:
        say = self._say
        length = f"{say.items} questions, about {in_minutes(say.minutes)}. You may stop at any time and go on later."
        if self._proctor.check == "before":
            return [
                "Answer as you would today, before you have read anything. There is nothing to pass here: this "
                "shows you where to look, and later what you have learned.",
                length,
            ]
        return [
            f"It is passed with {figure(say.passing)} of {say.items} points, if no answer would break a confidence "
            "where that matters most. The best answer earns 1 point, a fair one half a point.",
            "These are other questions than the last time." if standing.tries else "",
            length,
        ]

    def _came_to(self, standing: Standing) -> list[str]:
        came_to = standing.result
        assert came_to and standing.sitting
        points = f"{figure(came_to.points)} of {came_to.of} points"
        if self._proctor.check == "before":
            return [f"{points}. It counts toward nothing: it is where you start from."]
        if standing.phase is Phase.DONE:
            return [f"Passed, with {points}. Well done."]
        if standing.phase is Phase.REMEDY:
            lesson = self._proctor.lesson_of(came_to.slips[0])
            return [
                f"{points}: enough. But one answer would have broken somebody's confidence. Read "
                f"“{self._lessons.get(lesson, 'its lesson')}” again, then answer three fresh questions of that kind."
            ]
        return [*self._not_passed(standing, came_to, points)]

    def _not_passed(self, standing: Standing, came_to: Result, points: str) -> list[str]:
        slips = len(came_to.slips)
        broken = f"{slips} {'answer' if slips == 1 else 'answers'} would have broken somebody's confidence"
        said = [f"Not passed yet: {points}{f', and {broken}' if slips else ''}."]
        if standing.tries >= TRIES:
            said.append(
                f"That was try {standing.tries}. Show this page to {self._say.ask}, who will go through it with you "
                "before you try again."
            )
        return said


def missed(answered: Mapping[str, Marked]) -> list[str]:
    """The items without the best answer: those first of which the learner was sure, harmful ones before others."""
    open_ones = [i for i, marked in answered.items() if marked.attempt.outcome is not Outcome.CORRECT]
    return sorted(
        open_ones,
        key=lambda i: (
            not (answered[i].attempt.confidence == "sure" and answered[i].attempt.outcome is Outcome.WRONG),
            not answered[i].attempt.harmful,
            answered[i].attempt.points,
        ),
    )


def _looked_back(answered: Mapping[str, Marked]) -> list[str]:
    count = len(missed(answered))
    if not count:
        return ["Every answer was the best one here."]
    one = (
        "One question is worth a second look. It stands"
        if count == 1
        else f"{count} questions are worth a second look. They stand"
    )
    return [f"{one} below, with what happens, why, and what to do. Those you were sure of come first."]


def figure(points: float) -> str:
    """Points as people write them: 16, or 16.5."""
    return f"{points:g}"
