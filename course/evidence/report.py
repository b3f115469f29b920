"""What a practice can show for its training: who is done, acknowledged, passed, and what the group learned. Pure.

Practice answers, confidence and free text are the learner's own: nothing of them is said of a person, and sums only of
groups of five or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct, structs

from course import forms
from course.bank import Bank, content_hash
from course.evidence.items import Item, Items
from course.evidence.roster import Matched, Person, due_state
from course.examiner import progress_of
from course.forms import Gain
from course.grading import letter
from course.model import Attempt, Choice, Event, Learner
from course.tally import ACKNOWLEDGED, Progress

SMALLEST = 5
"""People below which nothing is said of a group."""

Everybody = Iterable[tuple[str, Sequence[Attempt], Sequence[Event]]]


class Row(Struct, frozen=True):
    """One person of the report. Days are ISO 8601; what has not happened is empty.

    ``finished`` is when the last required part was done, ``version`` the policy version acknowledged last, ``state``
    what the roster's due day makes of it; empty without one. ``assurance`` is how far the record can be trusted.
    """

    id: str
    name: str
    role: str
    done: int
    total: int
    finished: str
    acknowledged: str
    version: str
    passed: str
    attended: str
    due: str
    state: str
    assurance: str


class Group(Struct, frozen=True):
    """A group in sums: how many there are, and how many are finished, acknowledged, passed, attended."""

    name: str
    learners: int
    finished: int
    acknowledged: int
    passed: int
    attended: int


class Report(Struct, frozen=True):
    """Everything that a report says. ``small`` counts the groups that are too small to be shown."""

    title: str
    practice: str
    version: str
    policy: str
    as_of: str
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    small: int
    gain: Gain | None
    items: tuple[Item, ...]
    titles: Mapping[str, str]
    answers: int
    missing: tuple[Person, ...]
    unclear: tuple[str, ...]


def report(
    bank: Bank,
    everybody: Everybody,
    profiles: Mapping[str, Learner],
    today: date,
    version: str,
    matched: Matched | None = None,
    seen: Callable[[int], None] = lambda count: None,
) -> Report:
    """The report on a journal, read one learner after the other.

    ``matched`` is the roster held against the profiles; ``seen`` is told how many learners have been read.
    """
    people = {learner: person for person, learner in matched.found} if matched else {}
    items, rows, pairs, answers = Items(), [], [], 0
    for count, (learner_id, attempts, events) in enumerate(everybody, 1):
        learner = profiles.get(learner_id, Learner(learner_id))
        if attempts or any(event.kind != "seat" for event in events):
            progress = progress_of(bank, learner, attempts, events)
            required = [
                i for stop in bank.syllabus(learner.profession, learner.role) if stop.required for i in stop.core
            ]
            finished = finished_on(required, progress, attempts)
            rows.append(_row(learner, people.get(learner_id), progress, finished, attempts, events, today))
            pairs.append(forms.before_and_after(forms.sittings(events), attempts))
            items.add(attempts)
            answers += len(attempts)
        seen(count)
    rows.sort(key=lambda row: (row.name.casefold(), row.id))
    groups, small = _groups(rows)
    return Report(
        title=bank.outline.title,
        practice=bank.practice.name,
        version=version,
        policy=f"{bank.practice.policy.title}, version {bank.practice.policy.version}",
        as_of=today.isoformat(),
        rows=tuple(rows),
        groups=groups,
        small=small,
        gain=forms.gain([pair for pair in pairs if pair]),
        items=tuple(items.result(_options(bank))),
        titles={activity.id: bank.weave(activity.title) for activity in bank.all_authored()},
        answers=answers,
        missing=matched.missing if matched else (),
        unclear=matched.unclear if matched else (),
    )


def _row(
    learner: Learner,
    person: Person | None,
    progress: Progress,
    finished: str,
    attempts: Sequence[Attempt],
    events: Sequence[Event],
    today: date,
) -> Row:
    read = [event for event in events if event.kind == ACKNOWLEDGED] if progress.acknowledged else []
    due = person.due.isoformat() if person and person.due else ""
    return Row(
        id=person.id if person else learner.id,
        name=learner.name or (person.name if person else ""),
        role=learner.role or "",
        done=progress.done,
        total=progress.total,
        finished=finished,
        acknowledged=read[-1].at[:10] if read else "",
        version=str(read[-1].detail.get("version", "")) if read else "",
        passed=progress.passed[:10],
        attended=progress.attended[:10],
        due=due,
        state=due_state(person, date.fromisoformat(finished) if finished else None, today) if person else "",
        assurance=", ".join(sorted({attempt.assurance for attempt in attempts})),
    )


def finished_on(required: Iterable[str], progress: Progress, attempts: Sequence[Attempt]) -> str:
    """The day on which the last required activity was first answered, or the final check passed; empty before."""
    if progress.next_lesson is not None or not progress.total:
        return ""
    first: dict[str, str] = {}
    for attempt in attempts:
        first.setdefault(attempt.activity, attempt.at)
    return max([progress.passed, *(first[i] for i in required if i in first)], default="")[:10]


def _groups(rows: Sequence[Row]) -> tuple[tuple[Group, ...], int]:
    """Everybody, and those of each role; groups of fewer than five are counted only."""
    roles: dict[str, list[Row]] = {"Everybody": list(rows)}
    for row in rows:
        roles.setdefault(row.role or "No role given", []).append(row)
    large = {name: some for name, some in roles.items() if len(some) >= SMALLEST}
    groups = (
        Group(
            name,
            len(some),
            sum(bool(row.finished) for row in some),
            sum(bool(row.acknowledged) for row in some),
            sum(bool(row.passed) for row in some),
            sum(bool(row.attended) for row in some),
        )
        for name, some in sorted(large.items(), key=lambda pair: (pair[0] != "Everybody", pair[0]))
    )
    return tuple(groups), len(roles) - len(large)


def _options(bank: Bank) -> dict[tuple[str, str], Sequence[str]]:
    """The letters of every activity's options, by its id and the hash of its present wording."""
    found: dict[tuple[str, str], Sequence[str]] = {}
    for authored in bank.all_authored():
        if isinstance(authored, Choice):
            letters = [letter(n) for n in range(len(authored.options))]
            found[authored.id, content_hash(authored)] = letters
    return found


def pseudonymous(whole: Report) -> Report:
    """The same without names: ids stay, and so does who is due."""
    rows = tuple(structs.replace(row, name="") for row in whole.rows)
    missing = tuple(structs.replace(person, name="") for person in whole.missing)
    clear = tuple(f"{len(whole.unclear)} to be cleared up; see the report with names." for _ in whole.unclear[:1])
    return structs.replace(whole, rows=tuple(sorted(rows, key=lambda row: row.id)), missing=missing, unclear=clear)
