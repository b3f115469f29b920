"""The checks before and after the lessons: which items a learner gets, and what the answers come to. Pure.

A *pool* holds the items that may be dealt, a *form* the items that one learner gets, a *sitting* is one
try at a form. Which items are dealt follows from the learner and the try alone, so that a form can be
dealt again and be the same.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import sqrt
from statistics import fmean, stdev
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from course.errors import CourseError, JournalError
from course.model import Activity, Attempt, Check, Event, Form, Share, Sitting

T = TypeVar("T")

WAIT = timedelta(days=1)
"""Between a final check that was not passed and the next try."""

TRIES = 3
"""Tries at the final check after which somebody has to help."""

REMEDY_ITEMS = 3
"""Fresh critical items after a passing score with one critical slip."""

REMEDY_POINTS = 2.0
"""Points of those that are enough, if none was answered harmfully."""

SMALLEST_GROUP = 20
"""Learners below which no gain is reported."""


# --- dealing -----------------------------------------------------------------------------------


def seed_of(learner: str, form: Form, attempt_no: int) -> int:
    """A number below 2**53 that is the learner's own for this try at this form."""
    return int.from_bytes(_digest(learner, form, attempt_no)[:8]) >> 11


def form_before(learner: str) -> Form:
    """Which of the two forms a learner gets before the lessons; the other one is part of the final check."""
    return "before-a" if _digest(learner, "which form")[0] % 2 else "before-b"


def other_form(form: Form) -> Form:
    """The parallel form."""
    return "before-b" if form == "before-a" else "before-a"


def deal(
    pool: Iterable[Activity],
    blueprint: Mapping[str, Share],
    seed: int,
    seen: Iterable[str] = (),
    given: Sequence[Activity] = (),
) -> list[Activity]:
    """The items of a final check, in the order in which they are shown.

    For each objective as many items as the blueprint says, as many of them critical; ``given`` are
    items that belong to it anyway. Items that the learner has seen least are dealt first, and among
    those the seed decides. Raises CourseError where the pool can't fill the blueprint.
    """
    times = Counter(seen)
    by_need: dict[tuple[str, bool], list[Activity]] = {}
    for item in sorted(pool, key=lambda item: (times[item.id], _digest(seed, item.id))):
        by_need.setdefault((item.objective, item.critical), []).append(item)
    dealt = list(given)
    for need, count in needs(blueprint, given).items():
        found = by_need.get(need, [])
        if len(found) < count:
            raise CourseError(
                f"The final check needs {count} {_kind(need[1])} items on '{need[0]}', and there are {len(found)}. "
                "Ask whoever looks after the course to run 'course check'."
            )
        dealt += found[: max(0, count)]
    return mixed(dealt, seed)


def deal_remedy(pool: Iterable[Activity], objective: str, seed: int, seen: Iterable[str]) -> list[Activity]:
    """Critical items that the learner has seen least, those on ``objective`` first."""
    times = Counter(seen)
    critical = [item for item in pool if item.critical]
    critical.sort(key=lambda i: (times[i.id], i.objective != objective, _digest(seed, i.id)))
    return critical[:REMEDY_ITEMS]


def needs(blueprint: Mapping[str, Share], given: Iterable[Activity] = ()) -> dict[tuple[str, bool], int]:
    """How many items the pool has to give for each objective, critical or not, besides those given."""
    there = Counter((item.objective, item.critical) for item in given)
    wanted = {}
    for objective, share in blueprint.items():
        wanted[objective, True] = share.critical - there[objective, True]
        wanted[objective, False] = share.final - share.critical - there[objective, False]
    return wanted


def mixed(items: Iterable[Activity], seed: int) -> list[Activity]:
    """The items in an order that the seed decides."""
    return sorted(items, key=lambda item: _digest(seed, "order", item.id))


def shuffled(body: Mapping[str, Any], seed: int, item: str) -> dict[str, Any]:
    """The public part of an item with its options in an order that the seed decides; their ids stay."""
    options = sorted(body["options"], key=lambda option: _digest(seed, item, option["id"]))
    return {**body, "options": options}


def _digest(*parts: object) -> bytes:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).digest()


def _kind(critical: bool) -> str:
    return "critical" if critical else "other"


# --- what was done -----------------------------------------------------------------------------

BEGAN, FINISHED = "began", "finished"
"""The kinds of event in which a sitting is kept."""


class _Finished(Struct, frozen=True):
    """What the event of a sitting's end tells."""

    form: Form
    attempt_no: int
    counted: tuple[str, ...] = ()


def sittings(events: Iterable[Event]) -> list[Sitting]:
    """Every sitting that a learner's events tell of, oldest first. Begun twice is begun once.

    Raises JournalError with the id of an event that tells something else, because somebody edited it.
    """
    found: dict[tuple[str, int], Sitting] = {}
    for event in events:
        if event.kind == BEGAN:
            sitting = _told(event, {**event.detail, "begun": event.at, "finished": ""}, Sitting)
            found.setdefault((sitting.form, sitting.attempt_no), sitting)
        elif event.kind == FINISHED:
            end = _told(event, event.detail, _Finished)
            key = (end.form, end.attempt_no)
            if key in found and not found[key].finished:
                found[key] = msgspec.structs.replace(found[key], finished=event.at, counted=end.counted)
    return list(found.values())


def _told(event: Event, detail: Mapping[str, Any], kind: type[T]) -> T:
    try:
        return msgspec.convert(detail, kind)
    except msgspec.ValidationError as error:
        raise JournalError.of_row(f"event {event.id} in the journal", error) from None


def is_of(sitting: Sitting, check: Check) -> bool:
    """Whether a sitting belongs to this check. Remedial items belong to the final one."""
    return sitting.form.startswith("before-") == (check == "before")


def answers(sitting: Sitting, attempts: Iterable[Attempt]) -> dict[str, Attempt]:
    """The last answer to each item of a sitting; of a finished one, those that counted then."""
    last = {}
    for attempt in attempts:
        mine = (attempt.form, attempt.attempt_no) == (sitting.form, sitting.attempt_no)
        if mine and (not sitting.counted or attempt.attempt in sitting.counted):
            last[attempt.activity] = attempt
    return last


def still_there(all_sittings: Iterable[Sitting], items: Collection[str]) -> list[Sitting]:
    """The sittings that can be gone on with or looked back at, in a course that has these ``items``.

    One that was left open, and of which an item is gone since, is as if never begun.
    """
    return [sitting for sitting in all_sittings if sitting.finished or set(sitting.items) <= set(items)]


class Result(Struct, frozen=True):
    """What a finished sitting came to. ``slips`` are the critical items that were answered harmfully."""

    points: float
    of: int
    slips: tuple[str, ...]


def result(sitting: Sitting, attempts: Iterable[Attempt]) -> Result:
    """The result of a sitting; an item without an answer earns nothing."""
    given = answers(sitting, attempts)
    return Result(
        points=sum(given[item].points for item in sitting.items if item in given),
        of=len(sitting.items),
        slips=tuple(item for item in sitting.critical if item in given and given[item].harmful),
    )


# --- what comes next ---------------------------------------------------------------------------


class Phase(StrEnum):
    """Where a learner stands with a check."""

    READY = "ready"
    OPEN = "open"
    REMEDY = "remedy"
    WAITING = "waiting"
    DONE = "done"


class Standing(Struct, frozen=True):
    """Where a learner stands: the last sitting, what it came to, and from when the next try may begin.

    ``answered`` counts the items answered in it. ``tries`` counts finished tries at the final check. ``passed`` is when it was passed,
    ``lapsed`` when it was and counts no longer.
    """

    phase: Phase
    sitting: Sitting | None = None
    result: Result | None = None
    answered: int = 0
    tries: int = 0
    next_from: str = ""
    passed: str = ""
    lapsed: str = ""


def period(passed: str, months: int) -> tuple[str, str]:
    """From when until when a pass is valid that was earned at the UTC time ``passed``.

    It ends with the day of the same number ``months`` later, or the last day of that month, at its end in UTC.
    """
    start = datetime.fromisoformat(passed)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    last = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    end = datetime.combine(last, time(23, 59, 59), UTC)
    return _moment(start.replace(microsecond=0)), _moment(end)


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def standing(
    check: Check,
    all_sittings: Iterable[Sitting],
    attempts: Sequence[Attempt],
    passing: float,
    now: str,
    months: int = 0,
) -> Standing:
    """Where a learner stands with a check at the UTC time ``now``.

    The final check is passed with ``passing`` points and no critical slip. With exactly one slip, three fresh critical
    items follow at once; otherwise the next try follows after a day. A pass counts for so many ``months`` (0: for ever);
    then the check can be taken anew.
    """
    mine = [sitting for sitting in all_sittings if is_of(sitting, check)]
    if not mine:
        return Standing(Phase.READY)
    tries, lapsed = sum(bool(sitting.finished) and sitting.form == "final" for sitting in mine), ""
    for sitting in mine:
        if not sitting.finished or not _passes(sitting, came_to := result(sitting, attempts), passing):
            continue
        if months and check == "final" and period(sitting.finished, months)[1] < now:
            lapsed = sitting.finished
        else:
            return Standing(Phase.DONE, sitting, came_to, tries=tries, passed=sitting.finished)
    last = mine[-1]
    if not last.finished:
        return Standing(Phase.OPEN, last, answered=len(answers(last, attempts)), tries=tries, lapsed=lapsed)
    came_to = result(last, attempts)
    if last.form == "final" and came_to.points >= passing and len(came_to.slips) == 1:
        return Standing(Phase.REMEDY, last, came_to, tries=tries, lapsed=lapsed)
    next_from = _later(last.finished, WAIT)
    phase = Phase.READY if next_from <= now else Phase.WAITING
    return Standing(phase, last, came_to, tries=tries, next_from=next_from, lapsed=lapsed)


def _passes(sitting: Sitting, came_to: Result, passing: float) -> bool:
    if sitting.form == "final":
        return came_to.points >= passing and not came_to.slips
    return sitting.form != "remedy" or (came_to.points >= REMEDY_POINTS and not came_to.slips)


def _later(moment: str, by: timedelta) -> str:
    later = datetime.fromisoformat(moment) + by
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- what was learned --------------------------------------------------------------------------


class Gain(Struct, frozen=True):
    """Mean shares of the points before and after, and the mean difference with its 95 % interval."""

    learners: int
    before: float
    after: float
    gain: float
    low: float
    high: float


def gain(pairs: Sequence[tuple[float, float]]) -> Gain | None:
    """What a group learned: each pair holds one learner's share of the points on the two parallel forms.

    None for fewer than 20 learners: the forms are too short to say anything of a person. The interval is
    the mean difference plus or minus 1.96 standard errors (normal approximation).
    """
    if len(pairs) < SMALLEST_GROUP:
        return None
    differences = [after - before for before, after in pairs]
    middle, margin = fmean(differences), 1.96 * stdev(differences) / sqrt(len(pairs))
    return Gain(
        len(pairs), fmean(b for b, _ in pairs), fmean(a for _, a in pairs), middle, middle - margin, middle + margin
    )


def before_and_after(all_sittings: Iterable[Sitting], attempts: Sequence[Attempt]) -> tuple[float, float] | None:
    """A learner's share of the points on the form before and on the parallel one in the first final check."""
    finished = [sitting for sitting in all_sittings if sitting.finished and sitting.items]
    before = next((sitting for sitting in finished if is_of(sitting, "before")), None)
    after = next((sitting for sitting in finished if sitting.parallel), None)
    if not before or not after:
        return None
    given = answers(after, attempts)
    came_to = result(before, attempts)
    return came_to.points / came_to.of, fmean(given[i].points if i in given else 0.0 for i in after.parallel)
