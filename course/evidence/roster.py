"""Who is to be trained, by when: a list of people as CSV, held against the learners of a journal. Pure.

The list has a line with the names of its columns, ``id,name,role,joined,left,due``, of which only ``id`` has to be
there, then one person a row. A row that can't be read is named by its line; the others are used.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, get_args

from msgspec import Struct

from course.errors import Fault
from course.model import Learner, Role

COLUMNS = ("id", "name", "role", "joined", "left", "due")
"""What is read of the list."""

SOON = timedelta(days=30)
"""How long before the day on which it is due somebody's training counts as due."""

State = Literal["done", "due", "overdue", "left", "not yet due"]


class Person(Struct, frozen=True):
    """Somebody who is to be trained. Days that the list leaves empty are None."""

    id: str
    name: str = ""
    role: Role | None = None
    joined: date | None = None
    left: date | None = None
    due: date | None = None


class Roster(Struct, frozen=True):
    """The people of the rows that could be read, what is wrong with the others, and the columns that were not read."""

    people: tuple[Person, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...] = ()


class Matched(Struct, frozen=True):
    """A roster held against the learners of a journal.

    ``found`` pairs a person with a learner's id; whoever is not there is ``missing``. ``others`` are the ids of learners
    whom the roster does not name, and ``unclear`` says, a sentence each, of which names there are several;
    ``doubtful`` are the ids of those people on the roster who bear one and may be there.
    """

    found: tuple[tuple[Person, str], ...]
    missing: tuple[Person, ...]
    others: tuple[str, ...]
    unclear: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


# --- reading -----------------------------------------------------------------------------------

BEGIN = f"Begin the file with the line {','.join(COLUMNS)}, then write one person a line"
QUOTES = "a quotation mark is missing, or stands where none belongs. Put the whole field in a pair of them"


def read(data: bytes, file: str) -> Roster:
    """The roster in a CSV file's bytes: UTF-8, with commas or semicolons. ``file`` is its name in the faults."""
    text = data.decode("utf-8-sig", "surrogateescape")  # what is not UTF-8 is found in its own row
    lines = list(io.StringIO(text, newline=""))
    head = next((n for n, line in enumerate(lines) if line.strip()), None)
    if head is None:
        return Roster((), (Fault(file, 0, f"the file is empty. {BEGIN}."),))
    delimiter, columns = _header(lines[head])
    if wrong := _wrong_header(columns):
        return Roster((), (Fault(file, head + 1, wrong),))
    people: dict[str, Person] = {}
    lines_of: dict[str, int] = {}
    faults = []
    for line, fields in _rows(lines, head + 1, columns, delimiter):
        if not any(field.strip() for field in fields):
            continue
        person = fields if isinstance(fields, str) else _person(columns, fields)
        if isinstance(person, Person) and person.id in people:
            person = f"the id '{person.id}' stands in line {lines_of[person.id]} already. Keep one of the two"
        if isinstance(person, str):
            faults.append(Fault(file, line, f"{person}. This row was not used."))
        else:
            people[person.id] = person
            lines_of[person.id] = line
    if not people and not faults:
        faults.append(Fault(file, 0, f"the file names nobody. {BEGIN}."))
    return Roster(tuple(people.values()), tuple(faults), tuple(c for c in columns if c and c not in COLUMNS))


def _header(line: str) -> tuple[str, list[str]]:
    """What separates the columns, and their names."""
    for delimiter in (",", ";"):
        try:
            columns = [name.strip().casefold() for name in next(csv.reader([line], delimiter=delimiter))]
        except csv.Error:  # longer than any line of names
            continue
        if "id" in columns:
            return delimiter, columns
    return ",", [line.strip()]


def _rows(
    lines: Sequence[str], at: int, columns: Sequence[str], delimiter: str
) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its first line's number, or what is wrong with it; after a fault the next line is a row again."""
    ours = [n for n, name in enumerate(columns) if name in COLUMNS]
    while at < len(lines):
        reader = csv.reader((lines[n] for n in range(at, len(lines))), delimiter=delimiter, strict=True)
        begun = at
        try:
            for row in reader:
                if reader.line_num > begun - at + 1 and any(
                    "\n" in row[n] or "\r" in row[n] for n in ours if n < len(row)
                ):
                    raise csv.Error("what is ours never runs over several lines: a quotation mark is missing")
                yield begun + 1, row
                begun = at + reader.line_num
            return
        except csv.Error:
            yield begun + 1, QUOTES
            at = begun + 1


def _wrong_header(columns: Sequence[str]) -> str:
    """What is wrong with the names of the columns, if anything."""
    if "id" not in columns:
        if any(map(_unreadable, columns)):
            return "the file is not UTF-8 text. Save it again as 'CSV UTF-8'."
        return f"there is no column 'id'. {BEGIN}."
    twice = next((name for name in COLUMNS if columns.count(name) > 1), None)
    return f"the column '{twice}' stands there twice. Take one of them out." if twice else ""


def _person(columns: Sequence[str], fields: Sequence[str]) -> Person | str:
    """The person of one row, or everything that is wrong with it."""
    counted = f"the row has {len(fields)} fields, and there are {len(columns)} columns"
    if len(fields) < len(columns):
        return f"{counted}. Write an empty field where there is nothing to say"
    if len(fields) > len(columns):
        return f"{counted}. Put a field that holds the separator in quotation marks"
    row = {name: field.strip() for name, field in zip(columns, fields, strict=False) if name in COLUMNS}
    if any(map(_unreadable, row.values())):
        return "a field holds bytes that are no text. Save the file again as 'CSV UTF-8'"
    wrong = [] if row["id"] else ["the id is missing"]
    role = next((role for role in get_args(Role) if role == row.get("role", "").casefold()), None)
    if row.get("role") and role is None:
        wrong.append(f"'{row['role']}' is no role; there are {', '.join(get_args(Role))}")
    days: dict[str, date] = {}
    for name in ("joined", "left", "due"):
        if written := row.get(name):
            if day := _day(written):
                days[name] = day
            else:
                wrong.append(f"'{written}' is no day; write '{name}' as 2026-01-31")
    wrong += [
        f"'{name}' comes before 'joined'"
        for name in ("left", "due")
        if "joined" in days and name in days and days[name] < days["joined"]
    ]
    return "; ".join(wrong) or Person(row["id"], row.get("name", ""), role, **days)


def _unreadable(field: str) -> bool:
    """Whether a field holds what no name and no day does: bytes that are not UTF-8, and control characters."""
    return not field.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in field)


def _day(written: str) -> date | None:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


# --- matching ----------------------------------------------------------------------------------


def match(roster: Roster, learners: Mapping[str, Learner]) -> Matched:
    """Finds each person's learner: by the id, else by a name that one person and one learner alone bear.

    ``learners`` are all of the journal, by id, with their names where they gave one.
    """
    found = {person.id: person.id for person in roster.people if person.id in learners}
    people = _by_name((person.name, person.id) for person in roster.people)
    named = _by_name((learner.name, learner.id) for learner in learners.values())
    unclear, doubtful = [], list[str]()
    for name, ids in people.items():
        bearers = named.get(name, [])
        if len(ids) == len(bearers) == 1:
            if ids[0] not in found and bearers[0] not in found:
                found[ids[0]] = bearers[0]
        elif bearers and not all(i in found for i in ids):
            doubtful += [i for i in ids if i not in found]
            unclear.append(
                f"'{name}' is the name of {_counted(ids, 'person', 'people')} on the roster and of "
                f"{_counted(bearers, 'learner', 'learners')}. Write the learner's id as the person's id."
            )
    taken = set(found.values())
    return Matched(
        tuple((person, found[person.id]) for person in roster.people if person.id in found),
        tuple(person for person in roster.people if person.id not in found),
        tuple(learner for learner in learners if learner not in taken),
        tuple(unclear),
        tuple(doubtful),
    )


def namesakes(learners: Iterable[Learner]) -> dict[str, list[str]]:
    """The ids of those who bear the same name, whatever its capitals and spaces, by that name."""
    named = _by_name((learner.name, learner.id) for learner in learners)
    return {name: ids for name, ids in named.items() if len(ids) > 1}


def _by_name(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The ids of those who bear each name, whatever its capitals and spaces; whoever has none is left out."""
    found: dict[str, list[str]] = {}
    for name, who in named:
        folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        if folded:
            found.setdefault(folded, []).append(who)
    return found


def _counted(ids: Sequence[str], one: str, several: str) -> str:
    return f"{len(ids)} {one if len(ids) == 1 else several} ({', '.join(ids)})"


# --- what is due -------------------------------------------------------------------------------


def due_state(person: Person, finished_on: date | None, today: date) -> State:
    """Where somebody stands. Due begins ``SOON`` before the day; that day itself is not yet overdue.

    Whoever left without being done is not waited for, nor is anybody before they joined or without a day.
    """
    if finished_on:
        return "done"
    if person.left and person.left <= today:
        return "left"
    if person.due is None or (person.joined and today < person.joined):
        return "not yet due"
    if person.due < today:
        return "overdue"
    return "due" if person.due - today <= SOON else "not yet due"
