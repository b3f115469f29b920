"""A fold of the journal: what is done, what comes next, how much time is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from course.model import Attempt, Lesson, Outcome

MASTERED = (Outcome.CORRECT, Outcome.NOTED)
"""The outcomes after which an activity needs no second look."""


class LessonProgress(Struct, frozen=True):
    """One lesson: how many of its activities were answered, and how many answered at their best."""

    lesson: str
    title: str
    total: int
    done: int
    mastered: int
    minutes_left: int


class Progress(Struct, frozen=True):
    """All lessons, and the first one that still has something open (None when all is done)."""

    lessons: tuple[LessonProgress, ...]
    next_lesson: str | None

    @property
    def done(self) -> int:
        """Activities answered."""
        return sum(lesson.done for lesson in self.lessons)

    @property
    def total(self) -> int:
        """Activities there are."""
        return sum(lesson.total for lesson in self.lessons)

    @property
    def minutes_left(self) -> int:
        """Minutes that the open part of the lessons should take."""
        return sum(lesson.minutes_left for lesson in self.lessons)


def fold(lessons: Sequence[Lesson], activities: Mapping[str, Sequence[str]], attempts: Iterable[Attempt]) -> Progress:
    """The progress that a learner's attempts amount to. An activity counts by its best attempt."""
    done: set[str] = set()
    mastered: set[str] = set()
    for attempt in attempts:
        done.add(attempt.activity)
        if attempt.outcome in MASTERED:
            mastered.add(attempt.activity)
    folded = tuple(_fold_lesson(lesson, activities[lesson.id], done, mastered) for lesson in lessons)
    return Progress(folded, next((f.lesson for f in folded if f.done < f.total), None))


def _fold_lesson(lesson: Lesson, ids: Sequence[str], done: set[str], mastered: set[str]) -> LessonProgress:
    answered = sum(i in done for i in ids)
    open_share = (len(ids) - answered) / len(ids) if ids else 0
    return LessonProgress(
        lesson=lesson.id,
        title=lesson.title,
        total=len(ids),
        done=answered,
        mastered=sum(i in mastered for i in ids),
        minutes_left=-int(-lesson.minutes * open_share // 1),
    )
