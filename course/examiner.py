"""Grade, record, return: the one door through which an activity reaches the rest."""

from __future__ import annotations

from typing import Protocol

from course import __version__, grading, tally
from course.bank import Bank, content_hash
from course.journal import Journal, utc_now, uuid7
from course.model import Activity, Answer, Attempt, Learner, Marked, Outcome, Verdict, View
from course.tally import Progress

SELF_ATTESTED = "self-attested"
"""Recorded on a computer that the learner controls, which could change the record."""

UNATTEMPTED = Verdict(Outcome.UNATTEMPTED, 0.0, "Nothing is answered yet", ())


class Examiner(Protocol):
    """What a widget may ask. Everything behind it can move to another process."""

    def view(self, activity_id: str) -> View:
        """The public part of an activity."""

    def words(self, activity_id: str) -> str:
        """The public part as text."""

    def earlier(self, activity_id: str) -> Marked | None:
        """The learner's last attempt, if there is one."""

    def look(self, activity_id: str, answer: Answer) -> Verdict:
        """The verdict on an answer; nothing is recorded."""

    def submit(self, activity_id: str, answer: Answer, key: str, seconds: float) -> Marked | None:
        """Grades and commits an answer, then returns the verdict; None for a blank answer.

        ``key`` identifies the submission: sent again, it gives the same attempt. ``seconds`` is how
        long the learner took. Raises AnswerError and JournalError; nothing is then recorded.
        """

    def progress(self) -> Progress:
        """What the learner has done so far."""


class LocalExaminer:
    """An examiner in the learner's own process, for one learner."""

    assurance = SELF_ATTESTED

    def __init__(self, bank: Bank, journal: Journal, learner: Learner) -> None:
        self._bank = bank
        self._journal = journal
        self._learner = learner

    def view(self, activity_id: str) -> View:
        return grading.view(self._activity(activity_id))

    def words(self, activity_id: str) -> str:
        return grading.words(self._activity(activity_id))

    def earlier(self, activity_id: str) -> Marked | None:
        attempt = self._journal.latest(self._learner.id, activity_id)
        return self._marked(attempt) if attempt else None

    def look(self, activity_id: str, answer: Answer) -> Verdict:
        activity = self._activity(activity_id)
        submission = grading.parse(activity, answer)
        return grading.kind_of(activity).grade(activity, submission.answer) if submission else UNATTEMPTED

    def submit(self, activity_id: str, answer: Answer, key: str, seconds: float) -> Marked | None:
        activity = self._activity(activity_id)
        submission = grading.parse(activity, answer)
        if submission is None:
            return None
        verdict = grading.kind_of(activity).grade(activity, submission.answer)
        attempt = Attempt(
            attempt=uuid7(),
            key=key,
            learner=self._learner.id,
            activity=activity_id,
            variant=activity.variant,
            content=self._content(activity_id),
            course=__version__,
            practice=self._bank.practice_hash,
            answer=submission.answer,
            outcome=verdict.outcome,
            points=verdict.points,
            at=utc_now(),
            seconds=round(seconds, 1),
            assurance=self.assurance,
            text=submission.text,
        )
        return self._marked(self._journal.append(attempt))

    def progress(self) -> Progress:
        attempts = self._journal.attempts(self._learner.id)
        return tally.fold(self._bank.outline.lessons, self._bank.activities_by_lesson, attempts)

    def _activity(self, activity_id: str) -> Activity:
        return self._bank.activity(activity_id, self._learner.profession)

    def _content(self, activity_id: str) -> str:
        return content_hash(self._bank.authored(activity_id, self._learner.profession))

    def _marked(self, attempt: Attempt) -> Marked:
        if attempt.content != self._content(attempt.activity):
            return Marked(attempt, None)
        activity = self._activity(attempt.activity)
        verdict = grading.kind_of(activity).grade(activity, attempt.answer)
        return Marked(attempt, verdict, self._bank.reasons(activity))
