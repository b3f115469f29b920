"""What a practice can show for its training: who is done, acknowledged, passed, and what the group learned. Pure.

Practice answers, confidence and free text are the learner's own: nothing of them is said of a person, and sums only of
groups of five or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from math import inf

from msgspec import Struct, structs

from course import forms, policy
from course.bank import Bank
from course.evidence.issue import acknowledged
from course.evidence.items import SMALLEST, Item, Items
from course.evidence.roster import Matched, Person, due_state
from course.examiner import progress_of
from course.forms import Gain
from course.grading import letter
from course.model import Activity, Attempt, Choice, Connection, Event, Learner, Marking, Sitting, Story
from course.tally import Progress, Stop

SEAT = "seat"
"""The kind of event that says that somebody sat down at a computer, which is no training yet."""

Everybody = Iterable[tuple[str, Sequence[Attempt], Sequence[Event]]]


class Row(Struct, frozen=True):
    """One person of the report. Days are ISO 8601, in UTC; what has not happened is empty.

    ``id`` is the roster's, else the journal's, which is also ``learner``: empty for somebody who is not there.
    ``finished`` is when the last of the ``total`` required parts was done. ``version`` is the policy version
    acknowledged last; the day stands in ``acknowledged`` if that is the one in force. ``lapsed`` is when the final check
    was passed if that counts no longer. ``state`` is what the roster's day makes of it; empty for somebody who is not
    on it. ``assurance`` is how far the record can be trusted.
    """

    id: str
    learner: str
    name: str
    role: str
    done: int
    total: int
    finished: str
    acknowledged: str
    version: str
    passed: str
    lapsed: str
    attended: str
    due: str
    state: str
    assurance: str


class Group(Struct, frozen=True):
    """A group in sums: how many there are, and how many are finished, acknowledged, passed, attended."""

    name: str
    people: int
    finished: int
    acknowledged: int
    passed: int
    attended: int


class Question(Struct, frozen=True):
    """What was asked and what first answers say of it; ``earlier`` if its wording is not the present one."""

    title: str
    earlier: bool
    item: Item


class Report(Struct, frozen=True):
    """Everything that a report says. ``questions`` come hardest first, those with too few to say last.

    ``answers`` counts all that were read; ``unclear`` says which names of the roster fit several learners.
    """

    title: str
    practice: str
    version: str
    policy: str
    as_of: str
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    gain: Gain | None
    questions: tuple[Question, ...]
    answers: int
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

    ``matched`` is the roster held against the journal: everybody on it has a row, and so has whoever did more than to
    sit down. ``seen`` is told how many learners have been read.
    """
    found = {learner: person for person, learner in matched.found} if matched else {}
    items, rows, pairs, answers = Items(), [], [], 0
    for count, (learner_id, attempts, events) in enumerate(everybody, 1):
        person = found.pop(learner_id, None)
        if person or attempts or any(event.kind != SEAT for event in events):
            learner = profiles.get(learner_id, Learner(learner_id))
            rows.append(_row(bank, learner, person, attempts, events, today))
            pairs.append(forms.before_and_after(forms.sittings(events), attempts))
            items.add(attempts)
            answers += len(attempts)
        seen(count)
    absent = [(profiles.get(learner_id, Learner(learner_id)), person) for learner_id, person in found.items()]
    absent += [(Learner("", person.name, None, person.role), person) for person in (matched.missing if matched else ())]
    rows += [_row(bank, learner, person, (), (), today) for learner, person in absent]
    rows.sort(key=lambda row: (row.name.casefold(), row.id))
    return Report(
        title=bank.outline.title,
        practice=bank.practice.name,
        version=version,
        policy=f"{bank.practice.policy.title}, version {bank.practice.policy.version}",
        as_of=today.isoformat(),
        rows=tuple(rows),
        groups=_groups([row for row in rows if row.state != "left"]),
        gain=forms.gain([pair for pair in pairs if pair]),
        questions=_questions(bank, items),
        answers=answers,
        unclear=matched.unclear if matched else (),
    )


def pseudonymous(whole: Report) -> Report:
    """The same without names and without the roster's ids, which may be names: the journal's ids stay."""
    rows = [structs.replace(row, name="", id=row.learner) for row in whole.rows]
    several = f"Names on the roster that are not clear: {len(whole.unclear)}. The report with names says which."
    return structs.replace(
        whole, rows=tuple(sorted(rows, key=lambda row: row.id)), unclear=(several,) if whole.unclear else ()
    )


# --- people ------------------------------------------------------------------------------------


def _row(
    bank: Bank,
    learner: Learner,
    person: Person | None,
    attempts: Sequence[Attempt],
    events: Sequence[Event],
    today: date,
) -> Row:
    progress = progress_of(bank, learner, attempts, events)
    syllabus = bank.syllabus(learner.profession, learner.role)
    finished = finished_on(syllabus, progress, attempts, forms.sittings(events))
    read = acknowledged(events, bank.practice.policy.version)
    return Row(
        id=person.id if person else learner.id,
        learner=learner.id,
        name=learner.name or (person.name if person else ""),
        role=learner.role or (person.role if person else None) or "",
        done=progress.done,
        total=progress.total,
        finished=finished,
        acknowledged=read.at[:10] if read and progress.acknowledged else "",
        version=str(read.detail.get("version", "")) if read else "",
        passed=progress.passed[:10],
        lapsed=progress.lapsed[:10],
        attended=progress.attended[:10],
        due=person.due.isoformat() if person and person.due else "",
        state=due_state(person, date.fromisoformat(finished) if finished else None, today) if person else "",
        assurance=", ".join(sorted({attempt.assurance for attempt in attempts})),
    )


def finished_on(
    syllabus: Iterable[Stop], progress: Progress, attempts: Iterable[Attempt], sittings: Iterable[Sitting]
) -> str:
    """The day on which the last required part was done, empty before: an activity by its first answer."""
    if progress.next_lesson is not None or not progress.total:
        return ""
    first: dict[str, str] = {}
    for attempt in attempts:
        first.setdefault(attempt.activity, attempt.at)
    core = [first[activity] for stop in syllabus if stop.required for activity in stop.core]
    before = [sitting.finished for sitting in sittings if forms.is_of(sitting, "before")]
    return max([progress.passed, *core, *before])[:10]


# --- groups ------------------------------------------------------------------------------------


def _groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Everybody, and those of each role; roles of fewer than five stand together.

    Their sum would follow from everybody's, so that, where they are fewer than five even together, the next larger role
    stands with them.
    """
    if len(rows) < SMALLEST:
        return ()
    roles: dict[str, list[Row]] = {}
    for row in rows:
        roles.setdefault(row.role or "no role given", []).append(row)
    shown: dict[str, list[Row]] = {}
    others: list[Row] = []
    for name, some in sorted(roles.items(), key=lambda pair: (len(pair[1]), pair[0])):
        if len(some) < SMALLEST or 0 < len(others) < SMALLEST:
            others += some
        else:
            shown[name] = some
    groups = [_group("everybody", rows), *(_group(name, shown[name]) for name in sorted(shown))]
    return (*groups, _group("other roles", others)) if shown and others else tuple(groups)


def _group(name: str, rows: Sequence[Row]) -> Group:
    return Group(
        name.capitalize(),
        len(rows),
        sum(bool(row.finished) for row in rows),
        sum(bool(row.acknowledged) for row in rows),
        sum(bool(row.passed) for row in rows),
        sum(bool(row.attended) for row in rows),
    )


# --- questions ---------------------------------------------------------------------------------


def _questions(bank: Bank, items: Items) -> tuple[Question, ...]:
    present = {(asked.id, content): asked for asked, _, content in bank.wordings()}
    by_id = {asked.id: asked for asked in present.values()}

    def question(item: Item) -> Question:
        key = item.activity, item.content
        asked = present.get(key) or by_id.get(item.activity)
        return Question(_title(bank, asked) if asked else item.activity, key not in present, item)

    found = items.result({key: _letters(asked) for key, asked in present.items()})
    found.sort(key=lambda item: item.facility.value if item.facility else inf)
    return tuple(map(question, found))


def _title(bank: Bank, asked: Activity | Story) -> str:
    """The title as learners read it."""
    keeps = not isinstance(asked, Story) and bank.is_elsewhere(asked)
    return asked.title if keeps else bank.weave(asked.title)


def _letters(asked: Activity | Story) -> Sequence[str]:
    """What there is to choose; nothing where an answer is no choice of letters."""
    if isinstance(asked, Choice):
        return [letter(n) for n in range(len(asked.options))]
    if isinstance(asked, Marking):
        return [letter(n) for n in range(len(asked.pieces))]
    return [letter(n) for n in range(len(policy.ACTIONS))] if isinstance(asked, Connection) else ()
