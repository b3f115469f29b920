"""The verbs of a lesson's cells. Each works alone, in a fresh kernel, in any order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from math import ceil
from typing import Any
from weakref import WeakSet

import msgspec
import yaml

from course import tally
from course.bank import Bank
from course.errors import AnswerError, CourseError, UnknownActivity
from course.examiner import LocalExaminer
from course.journal import Journal, journal_url, user_folder
from course.model import LED_PAGE, Check, Learner, Lesson, Practice, Task
from course.proctor import Proctor
from course.tally import Progress
from course.teller import Teller
from course.widgets import (
    AcknowledgeWidget,
    ActivitiesWidget,
    CertificateWidget,
    CheckWords,
    LineWidget,
    PhrasesWidget,
    ProgressWidget,
    SittingWidget,
    StoryWidget,
    WelcomeWidget,
)

_refreshed: WeakSet[ProgressWidget | CertificateWidget] = WeakSet()


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


def activities(name: str, paged: bool = True) -> ActivitiesWidget | Sorry:
    """All activities of a lesson as one set, one at a time or (``paged=False``) all at once.

    Forty questions in one set are drawn several times faster than in forty cells. ``led-session`` names
    the activities that are done together in a session; answers given there are recorded as attendance.
    """
    try:
        title, ids = _set(name)
        examiner = _examiner(tally.LED if name == LED_PAGE else None)
        return ActivitiesWidget(ids, examiner, _refresh, _bank().weave(title), paged)
    except CourseError as error:
        return Sorry(error)


def _set(name: str) -> tuple[str, Sequence[str]]:
    led = _bank().outline.led
    if name == LED_PAGE and led:
        return led.title, led.activities
    ids = _bank().activities_by_lesson.get(name, ())
    if not ids:
        raise UnknownActivity(f"There is no lesson called '{name}' with activities. Look for a typing mistake.")
    return _lesson(name).title, ids


def progress(lesson: str) -> ProgressWidget | Sorry:
    """How far the learner is in a lesson, as a picture and as words."""
    try:
        _lesson(lesson)
        widget = ProgressWidget(lesson, _bank().practice, lambda: _examiner().progress())
    except CourseError as error:
        return Sorry(error)
    _refreshed.add(widget)
    return widget


def sitting(check: Check) -> SittingWidget | Sorry:
    """The check before the lessons (``"before"``) or the final one (``"final"``)."""
    try:
        bank, learner = _bank(), _learner()
        syllabus = bank.syllabus(learner.profession, learner.role)
        stop = next((stop for stop in syllabus if stop.check == check), None)
        if stop is None:
            raise UnknownActivity(f"This course has no check called '{check}'. Look for a typing mistake.")
        words = CheckWords(stop.title, stop.items, ceil(stop.seconds / 60), bank.outline.passing, bank.practice.ask)
        titles = {stop.lesson: stop.title for stop in syllabus}
        return SittingWidget(Proctor(check, bank, _journal(), learner), words, titles, _refresh)
    except CourseError as error:
        return Sorry(error)


def story(story_id: str) -> StoryWidget | Sorry:
    """A story, at the scene where the learner stopped."""
    try:
        return StoryWidget(Teller(story_id, _bank(), _journal(), _learner()), _refresh)
    except CourseError as error:
        return Sorry(error)


def phrase_book(task: Task) -> PhrasesWidget | Sorry:
    """Words ready to copy, by situation: for a kind no (``"decline"``) or in public (``"public-reply"``)."""
    try:
        situations = _bank().phrases(_learner().profession, task)
        if not situations:
            raise UnknownActivity(f"The phrase book has nothing under '{task}'. Look for a typing mistake.")
        return PhrasesWidget(situations)
    except CourseError as error:
        return Sorry(error)


def our_line() -> LineWidget | Sorry:
    """The practice writes its own line, and keeps it as a page and as a practice file."""
    try:
        return LineWidget(_bank().practice, _bank().policy, _keep_line)
    except CourseError as error:
        return Sorry(error)


def _keep_line(practice: Practice, page: str) -> str:
    """Writes the page, its PDF and the practice file into the learner's own folder."""
    folder = user_folder() / "Our line"
    text, pdf, pack = folder / "our-line.md", folder / "our-line.pdf", folder / "practice.yml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text.write_text(page, encoding="utf-8")
        values = msgspec.to_builtins(practice)
        pack.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100), encoding="utf-8")
    except OSError as error:
        raise AnswerError(f"The pages can't be written to {folder} ({error.strerror}). Make room there.") from None
    # In a process of its own: a lesson's kernel needs no typesetter.
    printed = _called("handout", str(pdf), "--from", str(text))
    said = f"Kept in {folder}: our-line.md, practice.yml and our-line.pdf."
    if printed.returncode:
        said = f"Kept in {folder}: our-line.md and practice.yml. The PDF could not be made: {printed.stderr.strip()}"
    return f'{said} Open the course with it: course start --practice "{pack}"'


def certificate() -> CertificateWidget | Sorry:
    """The learner's certificate, made here once the final check is passed."""
    try:
        learner = _learner()

        def earned() -> tuple[str, str]:
            now = _examiner_of(learner).progress()
            return now.passed, now.valid_until

        widget = CertificateWidget(earned, lambda: _make_certificate(learner.id))
    except CourseError as error:
        return Sorry(error)
    _refreshed.add(widget)
    return widget


def _make_certificate(learner: str) -> str:
    """Has the certificate written into the learner's own folder, in a process of its own: it needs a typesetter."""
    made = _called("certificate", "--learner", learner, "--folder", str(user_folder() / "Certificate"))
    if made.returncode:
        raise AnswerError(
            made.stderr.strip() or "The certificate could not be made. Tell whoever installed the course."
        )
    return made.stdout.strip()


def _called(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What a call of the command says."""
    call = [sys.executable, "-m", "course", *arguments]
    return subprocess.run(call, capture_output=True, text=True)


def acknowledge() -> AcknowledgeWidget | Sorry:
    """The practice's own policy, to be confirmed as read."""
    try:
        policy, learner = _bank().practice.policy, _learner()
        detail = {"version": policy.version, "title": policy.title, "practice": _bank().practice_hash}
        return AcknowledgeWidget(
            policy,
            now=lambda: _examiner_of(learner).progress().acknowledged,
            acknowledge=lambda: _journal().record(tally.ACKNOWLEDGED, learner.id, detail),
        )
    except CourseError as error:
        return Sorry(error)


def welcome() -> WelcomeWidget | Sorry:
    """The start page: who is here, and where to go on."""
    try:
        led = _bank().outline.led
        return WelcomeWidget(
            _bank().practice,
            _bank().weave(led.title) if led else "",
            now=_now,
            known=_known,
            save=_journal().save_profile,
            sit=_sit,
        )
    except CourseError as error:
        return Sorry(error)


def _lesson(lesson: str) -> Lesson:
    for found in _bank().outline.lessons:
        if found.id == lesson:
            return found
    raise UnknownActivity(f"There is no lesson called '{lesson}'. Look for a typing mistake.")


@cache
def _bank() -> Bank:
    return Bank()


@cache
def _journal() -> Journal:
    return Journal(journal_url())


def _fixed_learner() -> str | None:
    return os.environ.get("COURSE_LEARNER") or None


def _learner() -> Learner:
    """Whoever sits here now: two people may share a computer."""
    return _journal().current_learner(_fixed_learner())


def _examiner(form: str | None = None) -> LocalExaminer:
    return _examiner_of(_learner(), form)


def _examiner_of(learner: Learner, form: str | None = None) -> LocalExaminer:
    return LocalExaminer(_bank(), _journal(), learner, form)


def _now() -> tuple[Learner, Progress]:
    learner = _learner()
    return learner, _examiner_of(learner).progress()


def _known() -> list[Learner]:
    return [] if _fixed_learner() else _journal().known_learners()


def _sit(learner: str | None) -> None:
    if not _fixed_learner():
        _journal().sit_down(learner)


def _refresh() -> None:
    for widget in list(_refreshed):
        widget.refresh()
