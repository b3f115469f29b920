"""Item analysis: how hard each item was, how well it tells learners apart, which options nobody chose. Pure.

Only a learner's first attempt at an activity counts: later ones are answered knowing what was said of the first.
An item is one wording of one activity, so that a reworded one begins anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt, tanh

from msgspec import Struct, field

from course.model import Answer, Attempt, Outcome

SMALLEST = 5
"""Learners below which nothing at all is said of an item."""

FOR_FACILITY, FOR_DISCRIMINATION = 30, 100
"""Learners from which on each is given; options that nobody chose from as many as facility."""

Z = 1.96
"""Standard errors to either side of a 95 % interval."""

_STEADY = 1e-9
"""A variance below this is rounding and no difference between learners."""


class Interval(Struct, frozen=True):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


class Item(Struct, frozen=True):
    """What the first attempts say of one wording, ``content``, of an activity. None: too few learners to say it.

    ``facility`` is the mean of the points, from 0 to 1. ``discrimination`` correlates the item's points with
    the learner's mean points on everything else; None, too, where either does not vary. ``unchosen`` are the
    letters that nobody chose; None, too, where the item has no options.
    """

    activity: str
    content: str
    learners: int
    facility: Interval | None
    discrimination: Interval | None
    unchosen: tuple[str, ...] | None


class Items:
    """Collects one learner after the other; memory grows with the items and not with the learners."""

    def __init__(self) -> None:
        self._sums: defaultdict[tuple[str, str], _Sums] = defaultdict(_Sums)

    def add(self, attempts: Sequence[Attempt]) -> None:
        """Takes in all attempts of one learner, oldest first.

        What earns no points (``noted``) takes no part, nor do points outside 0 to 1, which only an edited
        journal holds.
        """
        first: dict[str, Attempt] = {}
        for attempt in attempts:
            if attempt.outcome is not Outcome.NOTED:
                first.setdefault(attempt.activity, attempt)
        counted = [attempt for attempt in first.values() if 0 <= attempt.points <= 1]
        total, others = sum(attempt.points for attempt in counted), len(counted) - 1
        for attempt in counted:
            sums = self._sums[attempt.activity, attempt.content]
            sums.add(attempt.points, attempt.answer)
            if others:
                sums.add_pair(attempt.points, (total - attempt.points) / others)

    def result(self, options: Mapping[tuple[str, str], Sequence[str]]) -> list[Item]:
        """Every item that at least five learners answered, by activity and content.

        ``options`` gives the letters of those items that have options to choose.
        """
        return [
            self._item(key, options.get(key, ())) for key in sorted(self._sums) if self._sums[key].learners >= SMALLEST
        ]

    def _item(self, key: tuple[str, str], letters: Sequence[str]) -> Item:
        sums = self._sums[key]
        enough = sums.learners >= FOR_FACILITY
        together = sums.correlation() if sums.pairs >= FOR_DISCRIMINATION else None
        return Item(
            *key,
            learners=sums.learners,
            facility=wilson(sums.points / sums.learners, sums.learners) if enough else None,
            discrimination=None if together is None else fisher(together, sums.pairs),
            unchosen=tuple(i for i in letters if i not in sums.chosen) if enough and letters else None,
        )


def wilson(mean: float, count: int) -> Interval:
    """A mean of ``count`` values from 0 to 1 with its score interval (Wilson 1927, JASA 22:209).

    The interval is that of a proportion. Values between 0 and 1 with the same mean vary less (Bhatia and
    Davis 2000, American Mathematical Monthly 107:353), so that for partial points it is wide enough.
    """
    square = Z * Z / count
    middle = (mean + square / 2) / (1 + square)
    half = Z * sqrt(mean * (1 - mean) / count + square / (4 * count)) / (1 + square)
    return Interval(mean, max(0.0, min(mean, middle - half)), min(1.0, max(mean, middle + half)))


def fisher(r: float, count: int) -> Interval:
    """A correlation over ``count`` > 3 pairs with the interval of its z (Fisher 1921, Metron 1:3).

    ``tanh(atanh(r) ± t)``, written so that it holds for a perfect correlation, too.
    """
    t = tanh(Z / sqrt(count - 3))
    return Interval(r, (r - t) / (1 - r * t), (r + t) / (1 + r * t))


class _Sums(Struct):
    """What is kept of one item; ``x`` are its points, ``y`` the same learner's mean points on everything else."""

    learners: int = 0
    points: float = 0.0
    chosen: set[str] = field(default_factory=set)
    pairs: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, points: float, answer: Answer) -> None:
        self.learners += 1
        self.points += points
        if isinstance(answer, list):  # a list of letters, or the numbers of a story's choices
            self.chosen.update(letter for letter in answer if isinstance(letter, str))

    def add_pair(self, x: float, y: float) -> None:
        self.pairs += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    def correlation(self) -> float | None:
        """Of an item with the rest, itself left out (Henrysson 1963, Psychometrika 28:211)."""
        n = self.pairs
        x, y = self.x / n, self.y / n
        vary_x, vary_y = self.xx / n - x * x, self.yy / n - y * y
        if min(vary_x, vary_y) < _STEADY:
            return None
        return max(-1.0, min(1.0, (self.xy / n - x * y) / sqrt(vary_x * vary_y)))
