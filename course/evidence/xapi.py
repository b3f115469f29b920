"""What a learner did as xAPI 1.0.3 statements, ready for a Learning Record Store. Pure.

=============  =========================================  ================================================
verb           when                                       id of the statement
=============  =========================================  ================================================
answered       an activity, an item or a story was done   the attempt's own
attempted      a sitting of a check began                 derived from the id of the event that began it
completed      a sitting was finished                     derived from the id of the event that finished it
passed/failed  that decided the final check               the same; one id for both, so never both of them
=============  =========================================  ================================================

Everything that has a name of ours lies below ``<the practice's website>/friend-request-course``, which is itself the
course: ``/activities/<id>`` is an activity, ``/activities/<id>/<hash>`` one wording of it, ``/checks/before`` and
``/checks/final`` are the checks, ``/checks/final/remedy`` the few critical items after one slip, and
``/extensions/<name>`` what a context tells besides: ``course-version``, ``content`` (SHA-256 of what was answered, of
a sitting as ``certificate.content_hash``), ``practice`` (SHA-256), ``assurance``, ``form``, ``try``.

A wording has an id of its own because the options of an activity are part of what its id stands for, and that must
never change (xAPI 1.0.3, part two, 2.4.4.1). No free text and no confidence is told, nor how learners judged
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args
from urllib.parse import quote, urlsplit
from uuid import UUID, uuid5

from msgspec import Struct

from course import forms, grading
from course.bank import Bank
from course.errors import EvidenceError
from course.evidence import certificate
from course.examiner import SELF_ATTESTED
from course.forms import Phase
from course.model import (
    Activity,
    Answer,
    Attempt,
    Check,
    Event,
    Form,
    Learner,
    Outcome,
    Sitting,
    Story,
)

Statement = dict[str, Any]
"""One statement as JSON has it."""

VERSION = "1.0.3"
"""The version of xAPI that the statements keep to."""

LANGUAGE = "en-US"
PLATFORM = "JupyterLab"

_ADL = "http://adlnet.gov/expapi"
_INTERACTION = f"{_ADL}/activities/cmi.interaction"
_IDS = UUID("93eee948-b4b8-4c86-bdaf-4289e193d87e")
"""The namespace of derived ids. It stays as it is for ever: another one would send everything again."""


class Course(Struct, frozen=True):
    """What statements tell of the course as it is now.

    ``home`` is the practice's website, which ids begin with; ``passing`` the points that pass the final check;
    ``checks`` are the titles of the checks. ``definitions`` describes what is asked by the hash of its content,
    ``types`` names the interaction type of each activity.
    """

    home: str
    title: str
    passing: float
    checks: Mapping[Check, str]
    definitions: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, str]

    @property
    def base(self) -> str:
        """The course's own id, which everything else that is named lies below."""
        return f"{self.home}/friend-request-course"


# --- the course as it is now --------------------------------------------------------------------


def course_of(bank: Bank) -> Course:
    """What statements tell of a bank's course, for either profession, in the name of the practice in use."""
    definitions, types = {}, {}
    for authored, profession, content in bank.wordings():
        asked = bank.story(authored.id) if isinstance(authored, Story) else bank.activity(authored.id, profession)
        definitions[content] = _definition(asked)
        types[asked.id] = definitions[content]["interactionType"]
    checks = {lesson.check: bank.weave(lesson.title) for lesson in bank.outline.lessons if lesson.check}
    home = home_page(bank.practice.website)
    return Course(home, bank.weave(bank.outline.title), bank.outline.passing, checks, definitions, types)


def home_page(website: str) -> str:
    """A practice's website as an address, ``https://`` unless it says otherwise. Raises EvidenceError."""
    home = website.strip()
    home = home if "://" in home else f"https://{home}"
    try:
        parts = urlsplit(home)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        fits = fits and not re.search(r'[\x00-\x20<>"{}|\\^`?#@]', home)
    except ValueError:
        fits = False
    if not fits:
        raise EvidenceError(
            f"The practice's website, '{website}', is no web address, and ids have to begin with one. "
            "Write it in practice.yml like harborstreet.example."
        )
    return home.rstrip("/")


def _definition(asked: Activity | Story) -> dict[str, Any]:
    about = asked.opening if isinstance(asked, Story) else asked.stem
    shared = {"name": _said(asked.title), "description": _said(about), "type": _INTERACTION}
    return {**shared, **({"interactionType": "other"} if isinstance(asked, Story) else _interaction(asked))}


def _interaction(activity: Activity) -> dict[str, Any]:
    """What is chosen from and what is right, read off what the activity's kind draws: kinds need not be listed here."""
    kind = grading.kind_of(activity)
    right = [_response(kind.key(activity))]
    match kind.body(activity):
        case {"options": parts} | {"pieces": parts}:
            return {"interactionType": "choice", "choices": _parts(parts), "correctResponsesPattern": right}
        case {"steps": parts}:
            return {"interactionType": "sequencing", "choices": _parts(parts), "correctResponsesPattern": right}
        case {"cards": cards, "buckets": buckets}:
            places = [{"id": str(n), "description": _said(bucket)} for n, bucket in enumerate(buckets)]
            found = {"source": _parts(cards), "target": places, "correctResponsesPattern": right}
            return {"interactionType": "matching", **found}
        case {"longest": _}:
            return {"interactionType": "long-fill-in"}
    return {"interactionType": "other"}


def _parts(parts: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    return [{"id": part["id"], "description": _said(part["text"])} for part in parts]


def _said(text: str) -> dict[str, str]:
    return {LANGUAGE: text}


# --- one learner --------------------------------------------------------------------------------


def statements(
    learner: Learner, attempts: Sequence[Attempt], events: Sequence[Event], course: Course, names: bool = False
) -> Iterator[Statement]:
    """Everything that one learner did: the answers, then the sittings of the checks, each in their order.

    The same attempts and events give the same statements, whenever and wherever they are made. The learner is an account
    of the practice under the pseudonym; with ``names`` the person's name, where it is known, stands beside that.
    """
    account = {"objectType": "Agent", "account": {"homePage": course.home, "name": learner.id}}
    actor = {**account, "name": learner.name} if names and learner.name else account
    for attempt in attempts:
        yield {"actor": actor, **_answered(attempt, course)}
    for sitting in forms.sittings(events):
        for told in _sat(sitting, events, attempts, course):
            yield {"actor": actor, **told}


def _answered(attempt: Attempt, course: Course) -> Statement:
    activity = f"{course.base}/activities/{quote(attempt.activity, safe='')}"
    reworded = {"type": _INTERACTION, "interactionType": course.types.get(attempt.activity, "other")}
    asked = {
        "objectType": "Activity",
        "id": f"{activity}/{quote(attempt.content[:16], safe='')}",
        "definition": course.definitions.get(attempt.content, reworded),
    }
    around: dict[str, Any] = {"grouping": [_whole(course), {"objectType": "Activity", "id": activity}]}
    if attempt.form in get_args(Form):
        around["parent"] = [_check(attempt.form, course)]
    known = {**_origin(attempt), "content": attempt.content}
    context = _context(course, attempt.form, attempt.attempt_no, known, around)
    return _statement(attempt.attempt, "answered", asked, attempt.at, context, _result(attempt))


def _result(attempt: Attempt) -> dict[str, Any]:
    result: dict[str, Any] = {"completion": True}
    if attempt.outcome is not Outcome.NOTED:
        result["success"] = attempt.outcome is Outcome.CORRECT
        result["score"] = {"scaled": round(attempt.points, 4)}
    if response := _response(attempt.answer):
        result["response"] = response
    if 0 <= attempt.seconds < 1e9:  # a page's clock can be wrong
        result["duration"] = f"PT{attempt.seconds:.1f}S"
    return result


def _response(answer: Answer) -> str:
    """An answer as xAPI writes it (1.0.3, part two, 2.4.4.1, "Response Patterns"); empty for what is one's own."""
    if isinstance(answer, list):
        return "[,]".join(map(str, answer))
    if isinstance(answer, dict) and "keep" not in answer:
        return "[,]".join(f"{card}[.]{bucket}" for card, bucket in answer.items())
    return ""


# --- a sitting ----------------------------------------------------------------------------------


def _sat(sitting: Sitting, events: Sequence[Event], attempts: Sequence[Attempt], course: Course) -> Iterator[Statement]:
    """What is told of one sitting: that it began; once it is finished, what it came to and what that decided."""
    around = {"grouping": [_whole(course)]}
    taken = _check(sitting.form, course)
    began = _event(events, forms.BEGAN, sitting, sitting.begun)
    context = _context(course, sitting.form, sitting.attempt_no, {"assurance": SELF_ATTESTED}, around)
    yield _statement(_derived(began, "attempted"), "attempted", taken, began.at, context)
    if not sitting.finished:
        return
    finished = _event(events, forms.FINISHED, sitting, sitting.finished)
    context = _context(course, sitting.form, sitting.attempt_no, _origin_of_all(sitting, attempts), around)
    score = _score(sitting, attempts)
    result = {"completion": True, **score}
    yield _statement(_derived(finished, "completed"), "completed", taken, finished.at, context, result)
    if verdict := _verdict(sitting, attempts, course.passing):
        # what follows a slip decides the final check, of whose points its own are no part
        result = {"success": verdict == "passed", **(score if sitting.form == "final" else {})}
        whole = _check("final", course)
        yield _statement(_derived(finished, "decided"), verdict, whole, finished.at, context, result)


def _origin_of_all(sitting: Sitting, attempts: Sequence[Attempt]) -> dict[str, str]:
    """Where the answers that counted come from; they are trusted as far as the least of them."""
    given = list(forms.answers(sitting, attempts).values())
    if not given:
        return {"assurance": SELF_ATTESTED}
    weakest = next((a for a in given if a.assurance == SELF_ATTESTED), given[-1])
    content = certificate.content_hash(a.content for a in given)
    return {**_origin(given[-1]), "assurance": weakest.assurance, "content": content}


def _verdict(sitting: Sitting, attempts: Sequence[Attempt], passing: float) -> str:
    """What a finished sitting decided; empty for the check before, and where remedial items follow first."""
    if forms.is_of(sitting, "before"):
        return ""
    phase = forms.standing("final", [sitting], attempts, passing, sitting.finished).phase
    return "passed" if phase is Phase.DONE else "" if phase is Phase.REMEDY else "failed"


def _score(sitting: Sitting, attempts: Sequence[Attempt]) -> dict[str, Any]:
    came_to = forms.result(sitting, attempts)
    if not came_to.of:
        return {}
    points = round(came_to.points, 4)
    return {"score": {"scaled": round(points / came_to.of, 4), "raw": points, "min": 0, "max": came_to.of}}


def _event(events: Iterable[Event], kind: str, sitting: Sitting, at: str) -> Event:
    """The event that began or finished a sitting."""
    this = (sitting.form, sitting.attempt_no)
    mine = (e for e in events if e.kind == kind and (e.detail["form"], e.detail["attempt_no"]) == this)
    return next(event for event in mine if event.at == at)


def _derived(event: Event, what: str) -> str:
    return str(uuid5(_IDS, f"{event.id} {what}"))


# --- parts of a statement -----------------------------------------------------------------------


def _statement(
    name: str,
    verb: str,
    what: Mapping[str, Any],
    at: str,
    context: Mapping[str, Any],
    result: Mapping[str, Any] | None = None,
) -> Statement:
    """A statement but for its actor."""
    told = {"id": name, "verb": {"id": f"{_ADL}/verbs/{verb}", "display": _said(verb)}, "object": what}
    return {**told, **({"result": result} if result else {}), "context": context, "timestamp": at}


def _whole(course: Course) -> dict[str, Any]:
    definition = {"type": f"{_ADL}/activities/course", "name": _said(course.title)}
    return {"objectType": "Activity", "id": course.base, "definition": definition}


def _check(form: str | None, course: Course) -> dict[str, Any]:
    """The check that a form belongs to; the items after a slip are an activity of their own."""
    check: Check = "before" if form in ("before-a", "before-b") else "final"
    title, path = course.checks.get(check, check), str(check)
    if form == "remedy":
        title, path = f"{title}: further questions", "final/remedy"
    definition = {"type": f"{_ADL}/activities/assessment", "name": _said(title)}
    return {"objectType": "Activity", "id": f"{course.base}/checks/{path}", "definition": definition}


def _origin(attempt: Attempt) -> dict[str, str]:
    return {"course-version": attempt.course, "practice": attempt.practice, "assurance": attempt.assurance}


def _context(
    course: Course, form: str | None, attempt_no: int | None, known: Mapping[str, str], around: Mapping[str, Any]
) -> dict[str, Any]:
    """Where, in which language and as part of what; the rest that is known stands under names of ours."""
    told = {**known, "form": form, "try": attempt_no}
    extensions = {f"{course.base}/extensions/{name}": value for name, value in told.items() if value is not None}
    return {"platform": PLATFORM, "language": LANGUAGE, "contextActivities": around, "extensions": extensions}
