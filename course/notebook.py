"""The verbs of a lesson's cells. Each works alone, in a fresh kernel, in any order."""

from __future__ import annotations

import os
from functools import cache
from typing import Any
from weakref import WeakSet

from course.bank import Bank
from course.errors import CourseError, UnknownActivity
from course.examiner import LocalExaminer
from course.journal import Journal, journal_url
from course.model import Learner
from course.tally import Progress
from course.widgets import ActivitiesWidget, ProgressWidget, WelcomeWidget

_progress_widgets: WeakSet[ProgressWidget] = WeakSet()


class Sorry:
    """Stands where a widget can't: one sentence on what is wrong and what to do."""

    def __init__(self, error: CourseError) -> None:
        self._sentence = str(error)

    def __repr__(self) -> str:
        return self._sentence

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str]:
        return {"text/plain": self._sentence}


def activity(activity_id: str) -> ActivitiesWidget | Sorry:
    """One activity, with the learner's last answer to it.

    An unknown id or a file with a fault gives a sentence in this cell; the others go on.
    """
    try:
        return ActivitiesWidget([activity_id], _examiner(), _refresh)
    except CourseError as error:
        return Sorry(error)


def activities(lesson: str, paged: bool = True) -> ActivitiesWidget | Sorry:
    """All activities of a lesson as one set, one at a time or (``paged=False``) all at once.

    Forty questions in one set are drawn several times faster than in forty cells.
    """
    try:
        ids = _bank().activities_by_lesson.get(lesson, ())
        if not ids:
            raise UnknownActivity(f"There is no lesson called '{lesson}' with activities. Look for a typing mistake.")
        title = next(found.title for found in _bank().outline.lessons if found.id == lesson)
        return ActivitiesWidget(ids, _examiner(), _refresh, _bank().weave(title), paged)
    except CourseError as error:
        return Sorry(error)


def progress(lesson: str) -> ProgressWidget | Sorry:
    """How far the learner is in a lesson, as a picture and as words."""
    try:
        if lesson not in _bank().activities_by_lesson:
            raise UnknownActivity(f"There is no lesson called '{lesson}'. Look for a typing mistake.")
        widget = ProgressWidget(lesson, _bank().outline.lessons, lambda: _examiner().progress())
    except CourseError as error:
        return Sorry(error)
    _progress_widgets.add(widget)
    return widget


def welcome() -> WelcomeWidget | Sorry:
    """The start page: who is here, and where to go on."""
    try:
        return WelcomeWidget(
            suggested=_bank().practice.profession,
            now=_now,
            known=_known,
            save=_journal().save_profile,
            sit=_sit,
        )
    except CourseError as error:
        return Sorry(error)


@cache
def _bank() -> Bank:
    return Bank()


@cache
def _journal() -> Journal:
    return Journal(journal_url())


def _fixed_learner() -> str | None:
    return os.environ.get("COURSE_LEARNER") or None


def _examiner() -> LocalExaminer:
    """For whoever sits here now: two people may share a computer."""
    return LocalExaminer(_bank(), _journal(), _journal().current_learner(_fixed_learner()))


def _now() -> tuple[Learner, Progress]:
    learner = _journal().current_learner(_fixed_learner())
    return learner, LocalExaminer(_bank(), _journal(), learner).progress()


def _known() -> list[Learner]:
    return [] if _fixed_learner() else _journal().known_learners()


def _sit(learner: str | None) -> None:
    if not _fixed_learner():
        _journal().sit_down(learner)


def _refresh() -> None:
    for widget in list(_progress_widgets):
        widget.refresh()
