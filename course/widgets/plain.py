"""The widgets that are no activity: a lesson's progress, and the start page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from course.errors import AnswerError
from course.model import START_PAGE, Learner, Lesson, Profession, Role
from course.tally import LessonProgress, Progress
from course.widgets.frame import Frame

PROFESSIONS: dict[Profession, str] = {"law": "A law firm", "clinic": "A clinic or health practice"}

ROLES: dict[Role, str] = {
    "support": "Front desk, office or support staff",
    "lawyer": "Lawyer or paralegal",
    "clinician": "Therapist, nurse or other clinician",
    "owner": "Owner or manager",
    "marketing": "Marketing",
}

LONGEST_NAME = 80


class ProgressWidget(Frame):
    """How far the learner is in one lesson, with the ways back, on and to the start page."""

    def __init__(self, lesson: str, lessons: Sequence[Lesson], progress: Callable[[], Progress]) -> None:
        self._lesson = lesson
        self._lessons = lessons
        self._progress = progress
        view = self._view()
        super().__init__(["progress"], view=view, words=view["words"])

    def refresh(self) -> None:
        """Shows what has been done since."""
        self.view = self._view()

    def _view(self) -> dict[str, Any]:
        here = next(n for n, lesson in enumerate(self._lessons) if lesson.id == self._lesson)
        state = self._progress().lessons[here]
        links = [{"file": f"{START_PAGE}.ipynb", "words": "Start page"}]
        links += [_link("Back", lesson) for lesson in self._lessons[max(here - 1, 0) : here]]
        links += [_link("Next", lesson) for lesson in self._lessons[here + 1 : here + 2]]
        where = f"Lesson {here + 1} of {len(self._lessons)}"
        return {
            "title": state.title,
            "done": state.done,
            "total": state.total,
            "words": f"{where}: {_in_words(state)}.",
            "links": links,
        }


class WelcomeWidget(Frame):
    """Asks once who is here, then shows where to go on.

    ``known`` lists who has sat here before, ``save`` keeps a profile, ``sit`` makes somebody (None:
    somebody new) the learner, and ``now`` gives the present learner and their progress.
    """

    def __init__(
        self,
        suggested: Profession,
        now: Callable[[], tuple[Learner, Progress]],
        known: Callable[[], list[Learner]],
        save: Callable[[Learner], None],
        sit: Callable[[str | None], None],
    ) -> None:
        self._suggested = suggested
        self._now = now
        self._known = known
        self._save = save
        self._sit = sit
        super().__init__(["welcome"], view=self._view(), words=self._in_words())

    def handle(self, message: dict[str, Any]) -> None:
        """Keeps a profile, or lets another learner sit down."""
        match message:
            case {"do": "profile", "name": str(name), "profession": profession, "role": role}:
                self._save(_profile(self._now()[0].id, name, profession, role))
            case {"do": "sit", "learner": str(learner)} if learner in {person.id for person in self._known()}:
                self._sit(learner)
            case {"do": "leave"}:
                self._sit(None)
            case _:
                raise AnswerError("The page asked for something unknown. Reload it and try again.")
        self.view = self._view()

    def _view(self) -> dict[str, Any]:
        learner, progress = self._now()
        return {
            "learner": {"name": learner.name},
            "known": [
                {"id": person.id, "name": person.name, "role": ROLES.get(person.role, "") if person.role else ""}
                for person in ([] if learner.name else self._known())
            ],
            "professions": PROFESSIONS,
            "roles": ROLES,
            "suggested": self._suggested,
            "words": f"{progress.done} of {progress.total} answered, about {progress.minutes_left} minutes left.",
            "next": _onward(progress),
            "lessons": [
                {
                    "file": f"{state.lesson}.ipynb",
                    "title": state.title,
                    "words": _in_words(state),
                    "share": round(100 * state.done / state.total) if state.total else 0,
                }
                for state in progress.lessons
            ],
        }

    def _in_words(self) -> str:
        states = self._now()[1].lessons
        return "\n".join([f"{n}. {state.title}: {_in_words(state)}" for n, state in enumerate(states, 1)])


def _profile(learner: str, name: str, profession: Any, role: Any) -> Learner:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise AnswerError(f"Write your name, in at most {LONGEST_NAME} characters.")
    if profession not in list(PROFESSIONS) or role not in list(ROLES):
        raise AnswerError("Choose where you work and what you do there.")
    return Learner(learner, name, profession, role)


def _link(way: str, lesson: Lesson) -> dict[str, str]:
    return {"file": f"{lesson.id}.ipynb", "words": f"{way}: {lesson.title}"}


def _onward(progress: Progress) -> dict[str, str] | None:
    if progress.next_lesson is None:
        return None
    state = next(lesson for lesson in progress.lessons if lesson.lesson == progress.next_lesson)
    verb = "Continue" if progress.done else "Begin"
    return {"file": f"{state.lesson}.ipynb", "words": f"{verb}: {state.title}"}


def _in_words(state: LessonProgress) -> str:
    if state.done == state.total:
        return f"all {state.total} answered"
    return f"{state.done} of {state.total} answered, about {state.minutes_left} minutes left"
