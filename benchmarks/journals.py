"""Journals by simulation: learners with an ability, items with a difficulty, so that what is found can be checked.

By the Rasch model (Rasch 1960, Probabilistic Models for Some Intelligence and Attainment Tests) the chance of a right
answer is the logistic function of the ability less the difficulty. Abilities are drawn from the standard normal
distribution; difficulties are spread evenly from -2 to 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import exp
from random import Random
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict

from course import __version__, forms, grading, tally
from course.bank import Bank, content_hash, content_json
from course.examiner import SELF_ATTESTED
from course.journal import Journal
from course.model import (
    Activity,
    Answer,
    Attempt,
    Choice,
    Connection,
    Event,
    Form,
    Learner,
    Marking,
    Role,
    Sitting,
    Verdict,
)

GROUP = 30
"""Learners who take the course on the same day: their answers stand mixed in the journal."""

TWICE = 0.05
"""The chance that an activity of a lesson is answered once more, then rightly."""

FIRST_NAMES = ("Ana", "Bo", "Chidi", "Dana", "Eli", "Fay", "Gita", "Hugo", "Ines", "Jo", "Kim", "Lea", "Max", "Noor")
LAST_NAMES = ("Abel", "Brandt", "Castro", "Doe", "Evans", "Fujita", "Grant", "Hale", "Ito", "Jones", "Kaya", "Lund")
ROLES: tuple[Role, ...] = ("lawyer", "support")


def difficulties(count: int) -> list[float]:
    """Evenly from -2 to 2."""
    return [4 * n / (count - 1) - 2 for n in range(count)]


def chance(ability: float, difficulty: float) -> float:
    """The chance of a right answer."""
    return 1 / (1 + exp(difficulty - ability))


def facility(difficulty: float) -> float:
    """The mean chance of a right answer over all abilities, by Gauss-Hermite quadrature."""
    abilities, weights = np.polynomial.hermite_e.hermegauss(41)
    return float(np.average([chance(ability, difficulty) for ability in abilities], weights=weights))


def simulate(
    journal: Journal, bank: Bank, learners: int, items: int, seed: int, day: date | None = None
) -> dict[str, float]:
    """Fills a journal; gives the true facility of each activity that was answered.

    Each learner is of the practice's profession and answers ``items`` activities: those of a check before and a
    final one, dealt as ``course.proctor`` deals them, and the first ones of the lessons, a few of them twice.
    Then the practice's policy is acknowledged. A group learns each day, the last one on ``day`` (yesterday, so that
    what was passed still counts). All of it follows from ``seed`` and ``day``.
    """
    course, random = _Course(bank, items), Random(seed)
    contents, answered = course.contents, set[str]()
    groups = range(0, learners, GROUP)
    last = datetime.combine(day or datetime.now(UTC).date() - timedelta(days=1), time(8), UTC)
    for days, first in zip(reversed(range(len(groups))), groups, strict=True):
        morning = last - timedelta(days=days)
        group = [_Taking(course, random, morning) for _ in range(first, min(first + GROUP, learners))]
        for taking in group:
            taking.take()
        attempts = sorted((a for taking in group for a in taking.attempts), key=lambda attempt: attempt.at)
        events = sorted((e for taking in group for e in taking.events), key=lambda event: event.at)
        journal.absorb(attempts, events, [taking.learner for taking in group], contents)
        contents = {}  # they are there now
        answered |= {attempt.activity for attempt in attempts}
    return {name: facility(course.items[name].difficulty) for name in course.items if name in answered}


class _Given(Struct, frozen=True):
    """An answer and what it comes to."""

    answer: Answer
    verdict: Verdict


class _Item(Struct, frozen=True):
    """An activity with its difficulty, its best answer, and answers that earn nothing."""

    id: str
    variant: str
    content: str
    difficulty: float
    right: _Given
    wrong: tuple[_Given, ...]


class _Course:
    """What is answered: the pools of the checks, and the activities of lessons whose answers are lists of letters."""

    def __init__(self, bank: Bank, count: int) -> None:
        self.bank = bank
        self.profession = bank.practice.profession
        self.before: dict[Form, list[Activity]] = {
            "before-a": bank.pool("before-a", self.profession),
            "before-b": bank.pool("before-b", self.profession),
        }
        self.final = bank.pool("final", self.profession)
        shares = bank.outline.blueprint.values()
        taught = list(self._taught())
        left = count - sum(share.before + share.final for share in shares)
        if not 0 <= left <= len(taught):
            most = count - left + len(taught)
            raise ValueError(f"A learner can answer {count - left} to {most} items here, not {count}.")
        self.taught = [activity.id for activity in taught[:left]]
        # The checks' items come first, so that they are the easier ones and some learners pass.
        activities = [*self.before["before-a"], *self.before["before-b"], *self.final, *taught[:left]]
        self.contents: dict[str, str] = {}
        self.items = {
            activity.id: self._item(activity.id, difficulty)
            for activity, difficulty in zip(activities, difficulties(len(activities)), strict=True)
        }

    def _taught(self) -> Iterator[Activity]:
        for ids in self.bank.activities_by_lesson.values():
            for activity_id in ids:
                activity = self.bank.authored(activity_id, self.profession)
                if isinstance(activity, Choice | Connection | Marking):
                    yield activity

    def _item(self, activity_id: str, difficulty: float) -> _Item:
        authored = self.bank.authored(activity_id, self.profession)
        activity = self.bank.activity(activity_id, self.profession)
        kind = grading.kind_of(activity)
        parts = activity.pieces if isinstance(activity, Marking) else activity.options  # type: ignore[union-attr]
        single = [_given(activity, [grading.letter(n)]) for n in range(len(parts))]
        return _Item(
            activity_id,
            activity.variant,
            self._content(authored),
            difficulty,
            right=_given(activity, kind.key(activity)),
            wrong=tuple(given for given in single if given.verdict.points == 0),
        )

    def _content(self, authored: Activity) -> str:
        """The hash under which answers to an activity are recorded; keeps the wording beside."""
        wording = self.bank.wording(authored, self.profession)
        found = content_hash(*wording)
        self.contents[found] = content_json(*wording)
        return found


def _given(activity: Activity, answer: Answer) -> _Given:
    return _Given(answer, grading.kind_of(activity).grade(activity, answer))


class _Taking:
    """One learner's way through the course, from a ``morning`` on."""

    def __init__(self, course: _Course, random: Random, morning: datetime) -> None:
        name = f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"
        role = random.choice(ROLES)
        self.learner = Learner(f"learner-{random.getrandbits(64):016x}", name, course.profession, role)
        self.attempts: list[Attempt] = []
        self.events: list[Event] = []
        self._course = course
        self._random = random
        self._ability = random.gauss()
        self._now = morning + timedelta(seconds=random.uniform(0, 600))

    def take(self) -> None:
        course, learner = self._course, self.learner.id
        before = forms.form_before(learner)
        self._sit(before, course.before[before])
        for activity_id in course.taught:
            self._answer(course.items[activity_id])
            if self._random.random() < TWICE:
                self._answer(course.items[activity_id], ability=float("inf"))
        parallel = course.before[forms.other_form(before)]
        seed = forms.seed_of(learner, "final", 1)
        blueprint = course.bank.outline.blueprint
        self._sit("final", forms.deal(course.final, blueprint, seed, (), parallel), parallel)
        policy = course.bank.practice.policy
        detail = {"version": policy.version, "title": policy.title, "practice": course.bank.practice_hash}
        self._record(tally.ACKNOWLEDGED, detail)

    def _sit(self, form: Form, dealt: Iterable[Activity], parallel: Sequence[Activity] = ()) -> None:
        """A sitting from its beginning to its end, in events as ``course.proctor`` records them."""
        seed = forms.seed_of(self.learner.id, form, 1)
        items = forms.mixed(dealt, seed)
        sitting = Sitting(
            form,
            1,
            seed,
            items=tuple(item.id for item in items),
            critical=tuple(item.id for item in items if item.critical),
            parallel=tuple(item.id for item in parallel),
        )
        kept = {n: value for n, value in asdict(sitting).items() if n not in ("begun", "finished", "counted")}
        self._record(forms.BEGAN, kept)
        counted = [self._answer(self._course.items[item], sitting).attempt for item in sitting.items]
        self._record(forms.FINISHED, {"form": form, "attempt_no": 1, "counted": counted})

    def _answer(self, item: _Item, sitting: Sitting | None = None, ability: float | None = None) -> Attempt:
        random = self._random
        ability = self._ability if ability is None else ability
        right = random.random() < chance(ability, item.difficulty)
        given = item.right if right else random.choice(item.wrong)
        seconds = round(random.uniform(4, 60), 1)
        self._now += timedelta(seconds=seconds)
        attempt = Attempt(
            attempt=self._id(),
            key=self._id(),
            learner=self.learner.id,
            activity=item.id,
            variant=item.variant,
            content=item.content,
            course=__version__,
            practice=self._course.bank.practice_hash,
            answer=given.answer,
            outcome=given.verdict.outcome,
            points=given.verdict.points,
            at=self._at(),
            seconds=seconds,
            assurance=SELF_ATTESTED,
            harmful=given.verdict.harmful,
            form=sitting.form if sitting else None,
            attempt_no=sitting.attempt_no if sitting else None,
            seed=sitting.seed if sitting else None,
            confidence=random.choice(("sure", "fairly", "guess")) if sitting else None,
        )
        self.attempts.append(attempt)
        return attempt

    def _record(self, kind: str, detail: dict[str, Any]) -> None:
        self.events.append(Event(kind, self.learner.id, self._at(), detail, self._id()))

    def _at(self) -> str:
        return self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _id(self) -> str:
        """A UUID version 7 (RFC 9562 section 5.7) of the simulated time."""
        moment, bits = int(self._now.timestamp() * 1000), self._random.getrandbits(74)
        value = moment << 80 | 0x7 << 76 | bits >> 62 << 64 | 0x2 << 62 | bits & (1 << 62) - 1
        text = f"{value:032x}"
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
