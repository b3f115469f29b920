"""Grade, record, return: the one door through which an activity reaches the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, get_args

from course import __version__, forms, grading, policy, tally
from course.bank import Bank, content_hash, content_json
from course.errors import AnswerError
from course.journal import Journal, utc_now, uuid7
from course.model import (
    Activity,
    Answer,
    Attempt,
    Check,
    Confidence,
    Connection,
    Event,
    Learner,
    Marked,
    Outcome,
    Sitting,
    Verdict,
    View,
)
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

    def submit(
        self, activity_id: str, answer: Answer, key: str, seconds: float, confidence: Confidence | None = None
    ) -> Marked | None:
        """Grades and commits an answer, then returns the verdict; None for a blank answer.

        ``key`` identifies the submission: sent again, it gives the same attempt. ``seconds`` is how
        long the learner took, ``confidence`` how sure they say to be. Raises AnswerError and
        JournalError; nothing is then recorded.
        """

    def progress(self) -> Progress:
        """What the learner has done so far."""


class LocalExaminer:
    """An examiner in the learner's own process, for one learner.

    ``form`` names what the answers are given in, where they are not given in a lesson.
    """

    assurance = SELF_ATTESTED

    def __init__(self, bank: Bank, journal: Journal, learner: Learner, form: str | None = None) -> None:
        self.bank = bank
        self.journal = journal
        self.learner = learner
        self._form = form

    def view(self, activity_id: str) -> View:
        authored = self.bank.authored(activity_id, self.learner.profession)
        return grading.view(self._activity(activity_id), self.bank.is_elsewhere(authored), self._echo(authored))

    def _echo(self, authored: Activity) -> str:
        """What the learner's last answer to an earlier request has led to."""
        if not isinstance(authored, Connection) or authored.after is None:
            return ""
        attempt = self.journal.latest(self.learner.id, authored.after)
        if attempt is None:
            return ""
        action = policy.ACTIONS[grading.position(attempt.answer[0])]
        return self.bank.weave(authored.echoes[action])

    def words(self, activity_id: str) -> str:
        return grading.words(self._activity(activity_id))

    def earlier(self, activity_id: str) -> Marked | None:
        attempt = self.journal.latest(self.learner.id, activity_id)
        return self.marked(attempt) if attempt else None

    def look(self, activity_id: str, answer: Answer) -> Verdict:
        return grading.look(self._activity(activity_id), answer) or UNATTEMPTED

    def submit(
        self, activity_id: str, answer: Answer, key: str, seconds: float, confidence: Confidence | None = None
    ) -> Marked | None:
        attempt = self.record(activity_id, answer, key, seconds, confidence)
        return self.marked(attempt) if attempt else None

    def record(
        self,
        activity_id: str,
        answer: Answer,
        key: str,
        seconds: float,
        confidence: Confidence | None = None,
        sitting: Sitting | None = None,
    ) -> Attempt | None:
        """Grades an answer and commits it, as part of a sitting if there is one; None for a blank answer."""
        activity = self._activity(activity_id)
        submission = grading.parse(activity, answer)
        if submission is None:
            return None
        verdict = grading.kind_of(activity).grade(activity, submission.answer)
        answered = self._answered(activity_id)
        attempt = Attempt(
            attempt=uuid7(),
            key=key,
            learner=self.learner.id,
            activity=activity_id,
            variant=activity.variant,
            content=content_hash(*answered),
            course=__version__,
            practice=self.bank.practice_hash,
            answer=submission.answer,
            outcome=verdict.outcome,
            points=verdict.points,
            harmful=verdict.harmful,
            at=utc_now(),
            seconds=round(seconds, 1),
            assurance=self.assurance,
            form=sitting.form if sitting else self._form,
            attempt_no=sitting.attempt_no if sitting else None,
            seed=sitting.seed if sitting else None,
            confidence=confidence,
            text=submission.text,
        )
        recorded = self.journal.append(attempt, content_json(*answered))
        if recorded.activity != activity_id:
            raise AnswerError("This answer came under the name of another one. Reload the page and answer again.")
        return recorded

    def marked(self, attempt: Attempt) -> Marked:
        """An attempt with what is said of it."""
        if attempt.content != content_hash(*self._answered(attempt.activity)):
            return Marked(attempt, None)
        activity = self._activity(attempt.activity)
        verdict = grading.kind_of(activity).grade(activity, attempt.answer)
        return Marked(attempt, verdict, self.bank.reasons(activity))

    def progress(self) -> Progress:
        learner = self.learner
        return progress_of(self.bank, learner, self.journal.attempts(learner.id), self.journal.events(learner.id))

    def _activity(self, activity_id: str) -> Activity:
        return self.bank.activity(activity_id, self.learner.profession)

    def _answered(self, activity_id: str) -> tuple[Any, ...]:
        profession = self.learner.profession
        return self.bank.wording(self.bank.authored(activity_id, profession), profession)


def progress_of(bank: Bank, learner: Learner, attempts: Sequence[Attempt], events: Sequence[Event]) -> Progress:
    """What a learner's attempts and events amount to in this course."""
    outline, months = bank.outline, bank.practice.valid_months
    sat = forms.sittings(events)
    if any(not sitting.finished for sitting in sat):  # only then is it worth reading every pool
        sat = forms.still_there(sat, bank.objectives(learner.profession or bank.practice.profession))
    return tally.fold(
        bank.syllabus(learner.profession, learner.role),
        attempts,
        {check: forms.standing(check, sat, attempts, outline.passing, utc_now(), months) for check in get_args(Check)},
        events,
        outline.led.activities if outline.led else (),
        bank.practice.policy.version,
        months,
    )
