"""Kind ``mark``: the pieces of a draft that give something away. An answer is a list of letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import comb
from typing import Any

from course.errors import AnswerError
from course.grading import Submission, letter
from course.model import Answer, Marking, Note, Outcome, Phrase, Verdict


def body(activity: Marking) -> dict[str, Any]:
    return {"pieces": [{"id": i, "text": piece.text} for i, piece in _by_letter(activity).items()]}


def words(activity: Marking) -> str:
    pieces = (f"  {i}) {piece.text}" for i, piece in _by_letter(activity).items())
    return "\n".join(["Mark each piece that gives something away:", *pieces])


def parse(activity: Marking, raw: Answer) -> Submission | None:
    letters = _by_letter(activity)
    if not isinstance(raw, list) or not all(isinstance(i, str) and i in letters for i in raw):
        raise AnswerError("This answer names words that are not there. Reload the page and mark them again.")
    if len(set(raw)) != len(raw):
        raise AnswerError("This answer names the same words twice. Reload the page and mark them again.")
    return Submission(sorted(raw))


def grade(activity: Marking, answer: Answer) -> Verdict:
    """Pieces that were left alone and are harmless are not spoken of."""
    notes = []
    for i, piece in _by_letter(activity).items():
        if piece.reveals:
            notes.append(Note(i, "found" if i in answer else "missed", piece.feedback))
        elif i in answer:
            notes.append(Note(i, "harmless", piece.feedback))
    total, found = len(key(activity)), sum(note.mark == "found" for note in notes)
    extra = len(answer) - found
    headline = f"You found {found} of {total} that {'gives' if total == 1 else 'give'} something away"
    headline += f", and marked {extra} that {'does' if extra == 1 else 'do'} not" if extra else ""
    points = _points(activity, found, extra)
    return Verdict(Outcome.of(points), points, headline, (*notes, Note("", "", activity.feedback)))


def key(activity: Marking) -> Answer:
    return [i for i, piece in _by_letter(activity).items() if piece.reveals]


def mistakes(activity: Marking) -> Iterator[Answer]:
    best = key(activity)
    for i in _by_letter(activity):
        if i not in best:
            yield sorted([*best, i])
        elif len(best) > 1:
            yield [other for other in best if other != i]


def chance(activity: Marking) -> float:
    """The mean of the points over all ways of marking at least one piece."""
    total, harmless = _counts(activity)
    ways = product(range(total + 1), range(harmless + 1))
    points = (comb(total, f) * comb(harmless, e) * _points(activity, f, e) for f, e in ways)
    return sum(points) / float(2 ** (total + harmless) - 1)


def thinking(activity: Marking) -> float:
    """Four seconds a piece."""
    return 4 * len(activity.pieces)


def _points(activity: Marking, found: int, extra: int) -> float:
    """The share found less the share of the harmless ones marked; at least 0 (Youden's J, Youden 1950)."""
    total, harmless = _counts(activity)
    return max(0.0, found / total - extra / harmless)


def _counts(activity: Marking) -> tuple[int, int]:
    """How many pieces reveal something, and how many do not."""
    total = sum(piece.reveals for piece in activity.pieces)
    return total, len(activity.pieces) - total


def _by_letter(activity: Marking) -> dict[str, Phrase]:
    return {letter(n): piece for n, piece in enumerate(activity.pieces)}
