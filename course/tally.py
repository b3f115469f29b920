"""A fold of the journal: what is done, what comes next, how much time is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from msgspec import Struct

from course.forms import Phase, Standing, period
from course.model import Attempt, Check, Event, Outcome

MASTERED = (Outcome.CORRECT, Outcome.NOTED)
"""The outcomes after which an activity needs no second look."""

ACKNOWLEDGED = "acknowledged"
"""The kind of event that says which version of the practice's policy a learner has read."""

ATTENDED = "attended"
"""The kind of event that says that somebody was in a session, as whoever led it wrote down."""

LED = "led"
"""The form under which the answers of a led session are recorded."""


class Stop(Struct, frozen=True):
    """One lesson as one learner meets it; lengths are in seconds.

    ``core`` holds the activities that belong to the lesson, ``extra`` further practice. A check has
    none of its own but a number of ``items``; its whole length stands in ``prose``.
    """

    lesson: str
    title: str
    required: bool
    core: Mapping[str, float]
    extra: Mapping[str, float]
    prose: float
    check: Check | None = None
    items: int = 0

    @property
    def seconds(self) -> float:
        """How long the lesson takes without its further practice."""
        return self.prose + sum(self.core.values())


class LessonProgress(Struct, frozen=True):
    """One lesson: how many of its activities were answered, and how many answered at their best.

    ``required`` says whether the learner's role has to take it. ``extra_done`` of ``extra_total`` count
    the further practice, which is never required. ``over`` says that nothing is left to do: of a check,
    that it was finished, and the final one passed.
    """

    lesson: str
    title: str
    total: int
    done: int
    mastered: int
    minutes_left: int
    minutes: int = 0
    required: bool = True
    extra_total: int = 0
    extra_done: int = 0
    over: bool = False


class Progress(Struct, frozen=True):
    """All lessons, and the first required one that still has something open (None when all is done).

    ``passed`` is when the final check was passed, ``valid_until`` until when that counts, ``attended`` when the last
    activity of a led session was answered or somebody was written down for one, ``acknowledged`` whether the practice's
    present policy was; each is empty or false before. ``lapsed`` is when it was passed if that counts no longer.
    """

    lessons: tuple[LessonProgress, ...]
    next_lesson: str | None
    passed: str = ""
    attended: str = ""
    acknowledged: bool = False
    valid_until: str = ""
    lapsed: str = ""

    @property
    def done(self) -> int:
        """Required activities answered."""
        return sum(lesson.done for lesson in self.lessons if lesson.required)

    @property
    def total(self) -> int:
        """Required activities there are."""
        return sum(lesson.total for lesson in self.lessons if lesson.required)

    @property
    def minutes_left(self) -> int:
        """Minutes that the open part of the required lessons should take."""
        return sum(lesson.minutes_left for lesson in self.lessons if lesson.required)


def fold(
    syllabus: Sequence[Stop],
    attempts: Iterable[Attempt],
    standings: Mapping[Check, Standing] | None = None,
    events: Iterable[Event] = (),
    led: Sequence[str] = (),
    policy: str = "",
    months: int = 0,
) -> Progress:
    """The progress that a learner's attempts and events amount to.

    An activity counts by its best attempt. ``standings`` tell how far each check is, ``led`` names the
    activities of the led session, ``policy`` the version in force, ``months`` how long a pass counts.
    """
    attempts, events, standings = list(attempts), list(events), standings or {}
    done = {a.activity for a in attempts}
    mastered = {a.activity for a in attempts if a.outcome in MASTERED}
    lessons = tuple(
        _fold_check(stop, standings.get(stop.check)) if stop.check else _fold_lesson(stop, done, mastered)
        for stop in syllabus
    )
    final = standings.get("final")
    return Progress(
        lessons,
        next((lesson.lesson for lesson in lessons if lesson.required and not lesson.over), None),
        passed=final.passed if final else "",
        attended=max(_attended(attempts, led), *(e.at for e in events if e.kind == ATTENDED), ""),
        acknowledged=any(e.kind == ACKNOWLEDGED and e.detail.get("version") == policy for e in events),
        valid_until=period(final.passed, months)[1] if final and final.passed and months else "",
        lapsed=final.lapsed if final else "",
    )


def _fold_lesson(stop: Stop, done: set[str], mastered: set[str]) -> LessonProgress:
    answered = sum(i in done for i in stop.core)
    left = sum(seconds for i, seconds in stop.core.items() if i not in done)
    whole = sum(stop.core.values())
    prose_left = stop.prose * left / whole if whole else 0
    return LessonProgress(
        lesson=stop.lesson,
        title=stop.title,
        total=len(stop.core),
        done=answered,
        mastered=sum(i in mastered for i in stop.core),
        minutes_left=ceil((left + prose_left) / 60),
        minutes=ceil(stop.seconds / 60),
        required=stop.required,
        extra_total=len(stop.extra),
        extra_done=sum(i in done for i in stop.extra),
        over=answered == len(stop.core),
    )


def _fold_check(stop: Stop, standing: Standing | None) -> LessonProgress:
    """A check counts as done once it is finished, the final one once it is passed."""
    done = 0
    if standing and standing.phase is Phase.DONE:
        done = stop.items
    elif standing and standing.phase is Phase.OPEN:
        done = min(standing.answered, stop.items)
    left = stop.seconds * (stop.items - done) / stop.items if stop.items else 0
    return LessonProgress(
        lesson=stop.lesson,
        title=stop.title,
        total=stop.items,
        done=done,
        mastered=done,
        minutes_left=ceil(left / 60),
        minutes=ceil(stop.seconds / 60),
        over=standing is not None and standing.phase is Phase.DONE,
    )


def _attended(attempts: Sequence[Attempt], led: Sequence[str]) -> str:
    """When the last of a led session's activities was answered in it; empty while one is open."""
    first: dict[str, str] = {}
    for attempt in attempts:
        if attempt.form == LED:
            first.setdefault(attempt.activity, attempt.at)
    return max(first[i] for i in led) if led and all(i in first for i in led) else ""


def in_minutes(count: int) -> str:
    """A length as people say it."""
    return "1 minute" if count == 1 else f"{count} minutes"
