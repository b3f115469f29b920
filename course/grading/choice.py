"""Kind ``choice``: one option, or every one that fits. An answer is a list of letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from statistics import fmean
from typing import Any

from course.errors import AnswerError
from course.grading import Submission, letter
from course.model import POINTS, Answer, Choice, Mark, Note, Option, Outcome, Verdict

HEADLINES = {
    Mark.BEST: "The best choice here",
    Mark.ACCEPTABLE: "A fair choice, and there is a better one",
    Mark.POOR: "There is a better choice",
    Mark.HARMFUL: "This could hurt someone",
}


def body(activity: Choice) -> dict[str, Any]:
    return {
        "several": activity.several,
        "options": [{"id": i, "text": option.text} for i, option in _by_letter(activity).items()],
    }


def words(activity: Choice) -> str:
    how = "Choose every one that fits:" if activity.several else "Choose one:"
    return "\n".join([how, *(f"  {i}) {option.text}" for i, option in _by_letter(activity).items())])


def parse(activity: Choice, raw: Answer) -> Submission | None:
    letters = _by_letter(activity)
    if not isinstance(raw, list) or not all(isinstance(i, str) and i in letters for i in raw):
        raise AnswerError("This answer names an option that is not there. Reload the page and choose again.")
    if len(set(raw)) != len(raw):
        raise AnswerError("This answer names an option twice. Reload the page and choose again.")
    if len(raw) > 1 and not activity.several:
        raise AnswerError("Only one option can be chosen here. Choose one and send it again.")
    return Submission(sorted(raw))


def grade(activity: Choice, answer: Answer) -> Verdict:
    chosen = {i: option for i, option in _by_letter(activity).items() if i in answer}
    notes = tuple(Note(i, option.mark, option.feedback) for i, option in chosen.items())
    if not activity.several:
        (option,) = chosen.values()
        return Verdict(
            outcome=Outcome.of(POINTS[option.mark]),
            points=POINTS[option.mark],
            headline=HEADLINES[option.mark],
            notes=notes,
            harmful=option.mark is Mark.HARMFUL,
        )
    points = _points(activity, list(chosen.values()))
    harmful = any(option.mark is Mark.HARMFUL for option in chosen.values())
    return Verdict(Outcome.of(points), points, _headline(activity, chosen, harmful), notes, harmful)


def key(activity: Choice) -> Answer:
    return [i for i, option in _by_letter(activity).items() if option.mark is Mark.BEST]


def mistakes(activity: Choice) -> Iterator[Answer]:
    best = key(activity)
    for i, option in _by_letter(activity).items():
        if not activity.several and option.mark is not Mark.BEST:
            yield [i]
        elif activity.several and option.mark in (Mark.POOR, Mark.HARMFUL):
            yield sorted([*best, i])
        elif activity.several and option.mark is Mark.BEST and len(best) > 1:
            yield [other for other in best if other != i]


def chance(activity: Choice) -> float:
    """The mean of the points over the options, or over all ways of ticking at least one."""
    options = activity.options
    if not activity.several:
        return fmean(POINTS[option.mark] for option in options)
    ways = [list(way) for n in range(1, len(options) + 1) for way in combinations(options, n)]
    return fmean(_points(activity, way) for way in ways)


def thinking(activity: Choice) -> float:
    """Fifteen seconds to choose one; five for each option where several may fit."""
    return 5 * len(activity.options) if activity.several else 15


def _by_letter(activity: Choice) -> dict[str, Option]:
    return {letter(n): option for n, option in enumerate(activity.options)}


def _points(activity: Choice, chosen: list[Option]) -> float:
    """Each best option ticked earns its share, each poor one takes a share; a harmful one ends it."""
    marks = [option.mark for option in chosen]
    if Mark.HARMFUL in marks:
        return 0.0
    total = sum(option.mark is Mark.BEST for option in activity.options)
    return max(0, marks.count(Mark.BEST) - marks.count(Mark.POOR)) / total


def _headline(activity: Choice, chosen: dict[str, Option], harmful: bool) -> str:
    if harmful:
        return HEADLINES[Mark.HARMFUL]
    marks = [option.mark for option in chosen.values()]
    total = sum(option.mark is Mark.BEST for option in activity.options)
    found = f"You found {marks.count(Mark.BEST)} of {total} that fit"
    extra = marks.count(Mark.POOR)
    return f"{found}, and {extra} that {'does' if extra == 1 else 'do'} not" if extra else found
