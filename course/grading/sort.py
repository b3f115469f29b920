"""Kind ``sort``: each card into its bucket. An answer maps a card's letter to a bucket's number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from course.errors import AnswerError
from course.grading import Submission, letter
from course.model import Answer, Card, Note, Outcome, Sort, Verdict


def body(activity: Sort) -> dict[str, Any]:
    return {
        "buckets": list(activity.buckets),
        "cards": [{"id": i, "text": card.text} for i, card in _by_letter(activity).items()],
    }


def words(activity: Sort) -> str:
    cards = [f"  {i}) {card.text}" for i, card in _by_letter(activity).items()]
    return "\n".join([f"Put each card where it belongs: {' / '.join(activity.buckets)}", *cards])


def parse(activity: Sort, raw: Answer) -> Submission | None:
    cards, buckets = _by_letter(activity), range(len(activity.buckets))
    if not isinstance(raw, dict) or not all(
        i in cards and isinstance(b, int) and not isinstance(b, bool) and b in buckets for i, b in raw.items()
    ):
        raise AnswerError("This answer names a card or a place that is not there. Reload the page and sort again.")
    left = len(cards) - len(raw)
    if left:
        raise AnswerError(f"{left} {'card is' if left == 1 else 'cards are'} not placed yet. Place every card first.")
    return Submission({i: raw[i] for i in sorted(raw)})


def grade(activity: Sort, answer: Answer) -> Verdict:
    cards = _by_letter(activity)
    right = {i for i, card in cards.items() if activity.buckets[answer[i]] == card.bucket}
    notes = [Note(i, "right" if i in right else "misplaced", card.feedback) for i, card in cards.items()]
    notes.append(Note("", "", activity.feedback))
    points = len(right) / len(cards)
    return Verdict(
        Outcome.of(points), points, f"{len(right)} of {len(cards)} cards are where they belong", tuple(notes)
    )


def key(activity: Sort) -> Answer:
    return {i: activity.buckets.index(card.bucket) for i, card in _by_letter(activity).items()}


def mistakes(activity: Sort) -> Iterator[Answer]:
    best = key(activity)
    for i, place in best.items():
        yield {**best, i: (place + 1) % len(activity.buckets)}


def chance(activity: Sort) -> float:
    """One divided by the number of buckets."""
    return 1 / len(activity.buckets)


def thinking(activity: Sort) -> float:
    """Four seconds a card."""
    return 4 * len(activity.cards)


def _by_letter(activity: Sort) -> dict[str, Card]:
    return {letter(n): card for n, card in enumerate(activity.cards)}
