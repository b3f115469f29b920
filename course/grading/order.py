"""Kind ``order``: steps into their order. An answer lists the steps' letters, first step first.

The file lists the steps in the right order, so learners see them mixed: the letters follow the
mixed order, which is the same for everybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import combinations, permutations
from statistics import fmean
from typing import Any

from course.errors import AnswerError
from course.grading import Submission, letter
from course.model import Answer, Note, Order, Outcome, Step, Verdict


def body(activity: Order) -> dict[str, Any]:
    return {"steps": [{"id": i, "text": step.text} for i, step in _mixed(activity).items()]}


def words(activity: Order) -> str:
    steps = [f"  {i}) {step.text}" for i, step in _mixed(activity).items()]
    return "\n".join(["Put these in order:", *steps])


def parse(activity: Order, raw: Answer) -> Submission | None:
    letters = list(_mixed(activity))
    if not isinstance(raw, list) or not all(isinstance(i, str) for i in raw) or sorted(raw) != letters:
        raise AnswerError("This answer does not hold every step once. Reload the page and order them again.")
    return Submission(list(raw))


def grade(activity: Order, answer: Answer) -> Verdict:
    steps, best = _mixed(activity), key(activity)
    notes = [
        Note(i, _place(answer.index(i), best.index(i)), steps[i].feedback if answer.index(i) == best.index(i) else "")
        for i in answer
    ]
    notes.append(Note("", "", activity.feedback))
    points = _points(answer, best)
    here = sum(given == right for given, right in zip(answer, best, strict=True))
    return Verdict(Outcome.of(points), points, f"{here} of {len(best)} are in their place", tuple(notes))


def key(activity: Order) -> Answer:
    mixed = _mixed(activity)
    return sorted(mixed, key=lambda i: activity.steps.index(mixed[i]))


def mistakes(activity: Order) -> Iterator[Answer]:
    best = key(activity)
    for n in range(len(best) - 1):
        yield [*best[:n], best[n + 1], best[n], *best[n + 2 :]]


def chance(activity: Order) -> float:
    """The mean of the points over every possible order."""
    best = key(activity)
    return fmean(_points(list(way), best) for way in permutations(best))


def thinking(activity: Order) -> float:
    """Eight seconds a step."""
    return 8 * len(activity.steps)


def _points(answer: list[str], best: list[str]) -> float:
    """Kendall's tau (Kendall 1938): pairs in the right order less pairs in the wrong one, over all; at least 0."""
    place = {i: n for n, i in enumerate(answer)}
    pairs = [place[first] < place[later] for first, later in combinations(best, 2)]
    return max(0, 2 * sum(pairs) - len(pairs)) / len(pairs)


def _place(given: int, right: int) -> str:
    if given == right:
        return "right"
    return "earlier" if right < given else "later"


def _mixed(activity: Order) -> dict[str, Step]:
    """The steps by their letter, mixed by a hash of their text; never in the right order by accident."""
    steps = sorted(activity.steps, key=lambda step: hashlib.sha256(step.text.encode()).digest())
    if steps == list(activity.steps):
        steps = [*steps[1:], steps[0]]
    return {letter(n): step for n, step in enumerate(steps)}
