"""Deals the items of a check, collects the answers, and closes it: an examiner that says nothing before the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from msgspec.structs import asdict, replace

from course import forms
from course.bank import Bank
from course.errors import AnswerError
from course.examiner import LocalExaminer
from course.forms import Phase, Standing
from course.journal import Journal, utc_now
from course.model import (
    Activity,
    Answer,
    Attempt,
    Check,
    Choice,
    Confidence,
    Form,
    Learner,
    Marked,
    Profession,
    Sitting,
    View,
)


class Proctor:
    """One learner's way through the check before the lessons, or through the final one."""

    def __init__(self, check: Check, bank: Bank, journal: Journal, learner: Learner) -> None:
        self.check = check
        self._examiner = LocalExaminer(bank, journal, learner)
        self._bank = bank
        self._journal = journal
        self._learner = learner
        self._profession: Profession = learner.profession or bank.practice.profession

    # --- where the learner stands ---

    def standing(self) -> Standing:
        """Where the learner stands with this check now."""
        return self._standing(self._dealt())

    def _standing(self, dealt: list[Sitting]) -> Standing:
        there = forms.still_there(dealt, self._items)
        attempts = self._journal.attempts(self._learner.id)
        passing, months = self._bank.outline.passing, self._bank.practice.valid_months
        return forms.standing(self.check, there, attempts, passing, utc_now(), months)

    def begin(self) -> None:
        """Deals the next form and commits it. Does nothing where one is open.

        Raises AnswerError where it is not yet time, and CourseError where the pool can't fill a form.
        """
        dealt = self._dealt()  # read once: two windows that begin at once then deal the same sitting
        standing = self._standing(dealt)
        if standing.phase is Phase.OPEN:
            return
        if standing.phase not in (Phase.READY, Phase.REMEDY):
            raise AnswerError("This check can't be begun now. Reload the page to see when it can.")
        values = asdict(self._deal(standing, dealt))
        kept = {name: value for name, value in values.items() if name not in ("begun", "finished", "counted")}
        self._journal.record(forms.BEGAN, self._learner.id, kept)

    def finish(self) -> None:
        """Closes the open sitting. Raises AnswerError while an item is unanswered."""
        sitting = self._open()
        answered = self._answered(sitting)
        left = len(sitting.items) - len(answered)
        if left:
            raise AnswerError(f"{left} {'question is' if left == 1 else 'questions are'} still open. Answer first.")
        counted = [attempt.attempt for attempt in answered.values()]
        detail = {"form": sitting.form, "attempt_no": sitting.attempt_no, "counted": counted}
        self._journal.record(forms.FINISHED, self._learner.id, detail)

    # --- an examiner for the items of a sitting ---

    def view(self, activity_id: str) -> View:
        """The public part of an item, its options in this sitting's own order."""
        return self.view_in(self._holding(activity_id), activity_id)

    def view_in(self, sitting: Sitting, activity_id: str) -> View:
        """The same for a sitting that is known to hold the item: nothing has to be read for it."""
        view = self._examiner.view(activity_id)
        return replace(view, body=forms.shuffled(view.body, sitting.seed, activity_id), confidence=True)

    def words(self, activity_id: str) -> str:
        """The public part as text."""
        return self._examiner.words(activity_id)

    def earlier(self, activity_id: str) -> Marked | None:
        """The last answer in this sitting; what is said of it is withheld until the sitting is finished."""
        return self.answered_in(self._holding(activity_id)).get(activity_id)

    def answered_in(self, sitting: Sitting) -> dict[str, Marked]:
        """The last answer to each item of a sitting, in its order, as far as the items are still there."""
        given = self._answered(sitting)
        there = {item: given[item] for item in sitting.items if item in given and item in self._items}
        if sitting.finished:
            return {item: self._examiner.marked(attempt) for item, attempt in there.items()}
        return {item: Marked(attempt, None, withheld=True) for item, attempt in there.items()}

    def submit(
        self, activity_id: str, answer: Answer, key: str, seconds: float, confidence: Confidence | None = None
    ) -> Marked | None:
        """Commits an answer to the open sitting; the last one before the end counts. See ``Examiner.submit``."""
        sitting = self._open()
        if activity_id not in sitting.items:
            raise AnswerError("This question does not belong to the check that is open. Reload the page.")
        if confidence not in get_args(Confidence):
            raise AnswerError("Say how sure you are, then send your answer.")
        attempt = self._examiner.record(activity_id, answer, key, seconds, confidence, sitting)
        return self.earlier(activity_id) if attempt else None  # a newer answer stands, whatever comes twice

    def lesson_of(self, activity_id: str) -> str:
        """The lesson to go back to after an item was missed: the one that teaches its objective."""
        objective = self._items.get(activity_id)
        taught = (lesson for lesson in self._bank.outline.lessons if not lesson.check)
        return next((lesson.id for lesson in taught if lesson.objective == objective), "")

    # --- dealing ---

    def _deal(self, standing: Standing, dealt_before: list[Sitting]) -> Sitting:
        before = forms.form_before(self._learner.id)
        form: Form = before if self.check == "before" else "remedy" if standing.phase is Phase.REMEDY else "final"
        attempt_no = 1 + sum(sitting.form == form for sitting in dealt_before)
        seed = forms.seed_of(self._learner.id, form, attempt_no)
        seen = [item for sitting in dealt_before for item in sitting.items]
        parallel: list[Activity] = []
        if form == "remedy":
            assert standing.result
            objective = self._items.get(standing.result.slips[0], "")
            dealt = forms.deal_remedy(self._pool("final"), objective, seed, seen)
        elif form == "final":
            parallel = [] if standing.tries else self._pool(forms.other_form(before))
            dealt = forms.deal(self._pool("final"), self._bank.outline.blueprint, seed, seen, parallel)
        else:
            dealt = forms.mixed(self._pool(form), seed)
        return Sitting(
            form,
            attempt_no,
            seed,
            items=tuple(item.id for item in dealt),
            critical=tuple(item.id for item in dealt if item.critical),
            parallel=tuple(item.id for item in parallel),
        )

    def _pool(self, name: str) -> list[Activity]:
        return [item for item in self._bank.pool(name, self._profession) if isinstance(item, Choice)]

    def _dealt(self) -> list[Sitting]:
        """Every sitting that was ever dealt to the learner."""
        return forms.sittings(self._journal.events(self._learner.id))

    @property
    def _items(self) -> Mapping[str, str]:
        return self._bank.objectives(self._profession)

    def _open(self) -> Sitting:
        standing = self.standing()
        if standing.phase is not Phase.OPEN or standing.sitting is None:
            raise AnswerError("This check is not open. Reload the page.")
        return standing.sitting

    def _holding(self, activity_id: str) -> Sitting:
        """The last sitting that holds an item."""
        sitting = self.standing().sitting
        if sitting is None or activity_id not in sitting.items:
            raise AnswerError("This question does not belong to the check that is open. Reload the page.")
        return sitting

    def _answered(self, sitting: Sitting) -> dict[str, Attempt]:
        return forms.answers(sitting, self._journal.attempts(self._learner.id))
