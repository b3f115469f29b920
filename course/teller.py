"""Tells a story to one learner: keeps where it stands, takes one choice at a time, and looks back at the end."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from course import __version__, plot
from course.bank import Bank, content_hash, content_json
from course.errors import AnswerError
from course.examiner import SELF_ATTESTED
from course.journal import Journal, utc_now, uuid7
from course.model import Attempt, Event, Learner, Outcome, Reason, Story

TURN, AGAIN = "turn", "again"
"""The kinds of event in which a story's position is kept."""


class Position(Struct, frozen=True):
    """Where a learner stands in a story: how often it was begun, and the choices made this time."""

    play: int
    path: tuple[int, ...]


class Teller:
    """One learner's way through one story."""

    def __init__(self, story_id: str, bank: Bank, journal: Journal, learner: Learner) -> None:
        self.story: Story = bank.story(story_id)
        self._authored = content_hash(bank.authored_story(story_id))
        self._bank = bank
        self._journal = journal
        self._learner = learner

    def position(self) -> Position:
        """Where the story stands. A play of another wording of the story is over."""
        return folded(self.story.id, self._authored, self._journal.events(self._learner.id))

    def choose(self, turn: int, number: int, seconds: float) -> None:
        """Commits one choice: the one numbered ``number``, made as the ``turn``-th of this play.

        At an ending the whole path is recorded as an attempt. Raises AnswerError for a
        choice that is not offered now, or that comes twice or out of order; nothing is then recorded.
        """
        position = self.position()
        if turn != len(position.path):
            raise AnswerError("The story stands elsewhere by now. Reload the page to go on from there.")
        state = plot.choose(self.story, plot.replay(self.story, position.path)[-1], number)
        if self.story.scenes[state.scene].ending:
            answered = content_json(self._bank.authored_story(self.story.id))
            self._journal.append(self._attempt(position.play, state.path, seconds), answered)
        detail = {"story": self.story.id, "play": position.play, "turn": turn, "choice": number}
        self._journal.record(TURN, self._learner.id, {**detail, "content": self._authored})

    def again(self, turn: int) -> None:
        """Takes the story up again at its ``turn``-th choice; what came before it stays. Only after an ending."""
        position = self.position()
        scene = self.story.scenes[plot.replay(self.story, position.path)[-1].scene]
        if not scene.ending or not 0 <= turn < len(position.path):
            raise AnswerError("The story has not come to that. Reload the page to see where it stands.")
        detail = {"story": self.story.id, "play": position.play + 1, "path": list(position.path[:turn])}
        self._journal.record(AGAIN, self._learner.id, {**detail, "content": self._authored})

    def reasons(self, claims: Sequence[str], sources: Sequence[str]) -> tuple[Reason, ...]:
        """What stands behind a turn."""
        return self._bank.reasons_of(claims, sources)

    def _attempt(self, play: int, path: tuple[int, ...], seconds: float) -> Attempt:
        points = plot.points(self.story, path)
        marks = [turn.mark for _, turn in plot.turns(self.story, path)]
        return Attempt(
            attempt=uuid7(),
            key=f"{self.story.id}:{play}",  # one a play, however often its end is sent
            learner=self._learner.id,
            activity=self.story.id,
            variant=self.story.profession,
            content=self._authored,
            course=__version__,
            practice=self._bank.practice_hash,
            answer=list(path),
            outcome=Outcome.of(points),
            points=points,
            harmful="harmful" in marks,
            at=utc_now(),
            seconds=round(seconds, 1),
            assurance=SELF_ATTESTED,
            form="story",
            attempt_no=play,
        )


def folded(story_id: str, content: str, events: Sequence[Event]) -> Position:
    """The position that a learner's events amount to. Of two turns with one number the first counts."""
    play, path = 1, []
    for event in events:
        detail = event.detail
        if event.kind not in (TURN, AGAIN) or detail["story"] != story_id or detail["content"] != content:
            continue
        if event.kind == AGAIN and detail["play"] == play + 1:
            play, path = play + 1, list(detail["path"])
        elif event.kind == TURN and (detail["play"], detail["turn"]) == (play, len(path)):
            path.append(detail["choice"])
    return Position(play, tuple(path))
