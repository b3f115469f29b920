"""The widgets that are no activity: a lesson's progress, the phrase book, the policy, and the start page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from course.errors import AnswerError
from course.model import LED_PAGE, START_PAGE, Learner, Policy, Practice, Profession, Role, Situation
from course.tally import LessonProgress, Progress, in_minutes
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

    def __init__(self, lesson: str, practice: Practice, progress: Callable[[], Progress]) -> None:
        self._lesson = lesson
        self._practice = practice
        self._progress = progress
        view = self._view()
        super().__init__(["progress"], view=view, words=view["words"])

    def refresh(self) -> None:
        """Shows what has been done since."""
        self.view = self._view()

    def _view(self) -> dict[str, Any]:
        states = self._progress().lessons
        here = next(n for n, state in enumerate(states) if state.lesson == self._lesson)
        state = states[here]
        links = [{"file": f"{START_PAGE}.ipynb", "words": "Start page"}]
        links += [_link("Back", lesson) for lesson in states[max(here - 1, 0) : here]]
        later = states[here + 1 :]
        onward = [lesson for lesson in later if lesson.required] if state.required else later  # the path first
        links += [_link("Next", lesson) for lesson in (onward or later)[:1]]
        where = f"Part {here + 1} of {len(states)}"
        return {
            "title": state.title,
            "done": state.done,
            "total": state.total,
            "words": f"{where}: {_in_words(state)}.",
            "review": reviewed(self._practice, self._lesson),
            "links": links,
        }


def reviewed(practice: Practice, lesson: str) -> str:
    """Who has read a lesson for this practice; the last one in its file counts."""
    found = [review for review in practice.review if review.lesson == lesson]
    if not found:
        return "Not yet reviewed by a licensed professional."
    review = found[-1]
    return f"Reviewed for {practice.name} by {review.by}, {review.role}, on {_day(review.on)}."


class PhrasesWidget(Frame):
    """The phrase book: words ready to copy, by situation."""

    def __init__(self, situations: Sequence[Situation]) -> None:
        shown = [{"title": s.title, "when": s.when, "wordings": msgspec.to_builtins(s.wordings)} for s in situations]
        super().__init__(["phrases"], view={"situations": shown}, words="\n\n".join(map(_situation_words, situations)))


def _situation_words(situation: Situation) -> str:
    return "\n".join([situation.title, situation.when, *(f"  - {w.text}" for w in situation.wordings)])


class CertificateWidget(Frame):
    """The learner's certificate: what is still to do for it, or a button that makes it.

    ``earned`` gives the day of the pass and until when it counts, both empty before; ``make`` writes the
    certificate and says where.
    """

    def __init__(self, earned: Callable[[], tuple[str, str]], make: Callable[[], str]) -> None:
        self._earned = earned
        self._make = make
        self._said = ""
        words = "Your certificate: it is made here as soon as the final check is passed."
        super().__init__(["certificate"], view=self._view(), words=words)

    def refresh(self) -> None:
        """Shows what has been done since."""
        self.view = self._view()

    def _view(self) -> dict[str, Any]:
        passed, until = self._earned()
        return {"passed": _moment(passed), "until": _moment(until), "said": self._said}

    def handle(self, message: dict[str, Any]) -> None:
        """Makes the certificate, and shows where it is. Raises CourseError where it can't be made."""
        if message.get("do") != "make":
            raise AnswerError("The page asked for something unknown. Reload it and try again.")
        self._said = self._make()
        self.refresh()


def _moment(at: str) -> str:
    return _day(date.fromisoformat(at[:10])) if at else ""


class AcknowledgeWidget(Frame):
    """Asks the learner to confirm that they have read the practice's own policy, in its present version.

    ``now`` says whether this version is confirmed, ``acknowledge`` records that it is.
    """

    def __init__(self, policy: Policy, now: Callable[[], bool], acknowledge: Callable[[], None]) -> None:
        self._policy = policy
        self._now = now
        self._acknowledge = acknowledge
        words = f"I have read {policy.title}, version {policy.version}. You find it {policy.where}."
        super().__init__(["acknowledge"], view=self._view(), words=words)

    def handle(self, message: dict[str, Any]) -> None:
        """Records that the version on the page was read."""
        if message.get("do") != "acknowledge" or message.get("version") != self._policy.version:
            raise AnswerError("The page shows another version of the policy. Reload it and try again.")
        if not self._now():
            self._acknowledge()
        self.view = self._view()

    def _view(self) -> dict[str, Any]:
        policy = self._policy
        told = {name: getattr(policy, name) for name in ("title", "version", "where", "changed")}
        return {**told, "done": self._now()}


class WelcomeWidget(Frame):
    """Asks once who is here, then shows where to go on.

    ``practice`` is the one whose staff learns, ``led`` the title of a session that somebody leads, if
    there is one. ``known`` lists who has sat here before, ``save`` keeps a profile, ``sit`` makes somebody (None:
    somebody new) the learner, and ``now`` gives the present learner and their progress.
    """

    def __init__(
        self,
        practice: Practice,
        led: str,
        now: Callable[[], tuple[Learner, Progress]],
        known: Callable[[], list[Learner]],
        save: Callable[[Learner], None],
        sit: Callable[[str | None], None],
    ) -> None:
        self._practice = practice
        self._led = led
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
            "suggested": self._practice.profession,
            "words": _whole(progress),
            "next": _onward(progress),
            "lessons": [_row(state) for state in progress.lessons if state.required],
            "open": [_row(state) for state in progress.lessons if not state.required],
            "led": {"file": f"{LED_PAGE}.ipynb", "words": self._led} if self._led else None,
            "practice": _about(self._practice),
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


def _link(way: str, lesson: LessonProgress) -> dict[str, str]:
    return {"file": f"{lesson.lesson}.ipynb", "words": f"{way}: {lesson.title}"}


def _onward(progress: Progress) -> dict[str, str] | None:
    if progress.next_lesson is None:
        return None
    state = next(lesson for lesson in progress.lessons if lesson.lesson == progress.next_lesson)
    verb = "Continue" if progress.done else "Begin"
    return {"file": f"{state.lesson}.ipynb", "words": f"{verb}: {state.title}"}


def _row(state: LessonProgress) -> dict[str, Any]:
    return {
        "file": f"{state.lesson}.ipynb",
        "title": state.title,
        "words": _in_words(state),
        "share": round(100 * state.done / state.total) if state.total else 0,
    }


def _about(practice: Practice) -> dict[str, Any]:
    """What staff of the practice should have at hand; all of it stands in the practice's own file."""
    facts = [
        ("Our line", practice.line),
        ("When unsure, or when something went wrong", f"ask {practice.ask}"),
        ("Public replies", f"approved by {practice.approver}"),
        ("Our policy", f"{practice.policy.title}, version {practice.policy.version}, {practice.policy.where}"),
        (
            "Where we are",
            ", ".join([*([practice.page] if practice.page else []), *practice.networks, practice.website]),
        ),
        ("Phone", practice.phone),
        ("Whose rules", practice.jurisdiction),
    ]
    return {"name": practice.name, "note": practice.note or "", "facts": [{"term": t, "text": x} for t, x in facts]}


def _whole(progress: Progress) -> str:
    said = f"{progress.done} of {progress.total} answered, about {in_minutes(progress.minutes_left)} left."
    if progress.passed:
        said += f" The final check was passed on {_day(datetime.fromisoformat(progress.passed))}."
    elif progress.attended:
        said += f" You attended a session on {_day(datetime.fromisoformat(progress.attended))}; the final check is still to come."
    return said


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _in_words(state: LessonProgress) -> str:
    if state.total and state.done == state.total:
        said = f"all {state.total} answered{'' if state.over else ', not finished yet'}"
    else:
        said = f"{state.done} of {state.total} answered, about {in_minutes(state.minutes_left)} left"
    if state.extra_total:
        said += f"; {state.extra_done} of {state.extra_total} extra ones"
    return said
