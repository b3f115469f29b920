"""The widget of a story: one scene at a time, what came of each choice, and a look back at the end."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import msgspec

from course import plot, storymap
from course.errors import AnswerError
from course.model import Turn
from course.teller import Position, Teller
from course.widgets.activities import seconds_taken
from course.widgets.frame import Frame

ENDINGS = {
    "good": "It came out well.",
    "acceptable": "It came out, and could have come out better.",
    "hard": "It came out hard. Everybody in it can still act well tomorrow.",
}


class StoryWidget(Frame):
    """A story told by a ``teller``. ``recorded`` is called after each choice that was committed."""

    def __init__(self, teller: Teller, recorded: Callable[[], None]) -> None:
        self._teller = teller
        self._recorded = recorded
        told = teller.story
        words = f"{told.title}\n\n{told.opening}\n\nThe rule: {told.rule}"
        super().__init__(["story"], view=self._view(), words=words)

    def handle(self, message: dict[str, Any]) -> None:
        """Takes one choice, or takes the story up again at an earlier one."""
        match message:
            case {"do": "choose", "turn": int(turn), "choice": int(number)} if _are_numbers(turn, number):
                self._teller.choose(turn, number, seconds_taken(message))
            case {"do": "again", "turn": int(turn)} if _are_numbers(turn):
                self._teller.again(turn)
            case _:
                raise AnswerError("The page asked for something unknown. Reload it and try again.")
        self.view = self._view()
        self._recorded()

    def _view(self) -> dict[str, Any]:
        told, position = self._teller.story, self._teller.position()
        states = plot.replay(told, position.path)
        state = states[-1]
        scene = told.scenes[state.scene]
        made = plot.turns(told, position.path)
        view: dict[str, Any] = {
            "title": told.title,
            "opening": told.opening,
            "rule": told.rule,
            "turn": len(position.path),
            "place": scene.place,
            "text": plot.told(scene, state),
            "card": msgspec.to_builtins(scene.card),
            "choices": [{"number": n, "text": scene.choices[n].text} for n in plot.offered(told, state)],
            "said": _said(made[-1][1]) if made else None,
            "ending": ENDINGS[scene.ending] if scene.ending else "",
            "map": self._map({step.scene for step in states}, bool(scene.ending)),
        }
        if scene.ending:
            view["debrief"] = self._debrief(position)
        return view

    def _map(self, visited: set[str], ended: bool) -> dict[str, Any]:
        named = set(self._teller.story.scenes) if ended else visited
        picture = storymap.picture(self._teller.story, visited, named)
        encoded = base64.b64encode(picture.encode()).decode()
        words = storymap.in_words(self._teller.story, named)
        return {"picture": f"data:image/svg+xml;base64,{encoded}", "words": words}

    def _debrief(self, position: Position) -> dict[str, Any]:
        """The path taken, with a better choice where there was one, beside one that can be defended throughout."""
        told = self._teller.story
        taken = []
        for state, (scene, turn) in zip(
            plot.replay(told, position.path), plot.turns(told, position.path), strict=False
        ):
            best = told.scenes[scene].choices[plot.best_offered(told, state)]
            taken.append(
                {
                    "place": told.scenes[scene].place,
                    **_said(turn),
                    "better": "" if turn.mark is best.mark else best.text,
                    "reasons": msgspec.to_builtins(self._teller.reasons(turn.claims, turn.sources)),
                }
            )
        path = plot.defensible(told)
        way = [
            {"place": told.scenes[scene].place, "text": turn.text, "why": turn.feedback.why}
            for scene, turn in plot.turns(told, path)
        ]
        return {"taken": taken, "defensible": way}


def _are_numbers(*values: int) -> bool:
    """To Python true and false are numbers; to a page they are none."""
    return not any(isinstance(value, bool) for value in values)


def _said(turn: Turn) -> dict[str, Any]:
    return {"text": turn.text, "mark": str(turn.mark), "say": msgspec.to_builtins(turn.feedback)}
