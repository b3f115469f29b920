"""The roster: every bad row is named, every good one is used, and nobody is guessed."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from course.evidence.roster import COLUMNS, SOON, Person, Roster, due_state, match, read
from course.model import Learner, Role

HEAD = "id,name,role,joined,left,due\n"
ANN = Person("7", "Ann Lee", "lawyer", date(2025, 1, 31), None, date(2026, 1, 31))
GOOD = "7,Ann Lee,lawyer,2025-01-31,,2026-01-31\n"


def of(text: str | bytes) -> Roster:
    return read(text if isinstance(text, bytes) else text.encode(), "people.csv")


def said(text: str | bytes) -> list[str]:
    return [str(fault) for fault in of(text).faults]


# --- what can be read ---


def test_a_person_is_read_with_all_that_is_said_of_them() -> None:
    assert of(HEAD + GOOD) == Roster((ANN,), ())
    assert of(HEAD + "8,,,,,\n").people == (Person("8"),)


@pytest.mark.parametrize("head", ["", "\ufeff", "\n\n", "\ufeff\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_what_spreadsheets_write_is_understood(head: str, end: str, delimiter: str) -> None:
    text = HEAD + GOOD + ',,,,,\n\n8," Bo ""B"" ",Owner,,,\n'
    written = head + text.replace(",", delimiter).replace("\n", end)
    assert of(written) == Roster((ANN, Person("8", 'Bo "B"', "owner")), ())


def test_a_field_in_quotation_marks_may_hold_either_separator() -> None:
    for delimiter in ",;":
        head = HEAD.replace(",", delimiter)
        assert of(head + delimiter.join(("8", '"Lee, Bo; B."', "", "", "", ""))).people == (Person("8", "Lee, Bo; B."),)


def test_columns_come_in_any_order_and_all_but_the_id_may_be_missing() -> None:
    assert of("Due , ID,NAME\n2026-01-31,7,Ann\n").people == (Person("7", "Ann", due=date(2026, 1, 31)),)
    assert of("id\n7\n8\n").people == (Person("7"), Person("8"))


def test_columns_that_are_not_read_are_said() -> None:
    roster = of('id,"Phone, home",name,dew,\n7,"1\n2",Ann,2026-01-31,\n')
    assert roster == Roster((Person("7", "Ann"),), (), ("phone, home", "dew"))


def test_a_line_is_counted_as_an_editor_counts_it() -> None:
    (sentence,) = said('id,notes,due\n7,"one\ntwo\n\nfour",\n8,,never\n')
    assert sentence.startswith("people.csv:6: 'never' is no day")


days = st.dates(min_value=date(1990, 1, 1))
names = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20).map(str.strip)


@st.composite
def people(draw: st.DrawFn) -> Person:
    joined = draw(st.none() | days)
    later = st.none() | (st.dates(min_value=joined) if joined else days)
    role: Role | None = draw(st.none() | st.sampled_from(get_args(Role)))
    return Person(draw(names.filter(bool)), draw(names), role, joined, draw(later), draw(later))


@given(st.lists(people(), unique_by=lambda person: person.id, min_size=1), st.sampled_from(",;"), st.booleans())
def test_whatever_a_program_writes_comes_back(written: list[Person], delimiter: str, quoted: bool) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows(asdict(person) for person in written)
    assert of(text.getvalue()) == Roster(tuple(written), ())


def test_a_large_practice_is_read_whole() -> None:
    count = 100_000
    text = HEAD + "".join(f"p{n},Name {n},support,2025-01-31,,{'x' if n % 1000 == 0 else ''}\n" for n in range(count))
    roster = of(text)
    assert (len(roster.people), len(roster.faults)) == (count - 100, 100)
    assert [fault.line for fault in roster.faults] == list(range(2, count + 2, 1000))
    learners = {f"l{n}": Learner(f"l{n}", f"NAME {n}") for n in range(count)}
    assert len(match(roster, learners).found) == count - 100


# --- what is wrong ---


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("8,Bo,lawyer,,\n", "5 fields, and there are 6 columns. Write an empty field"),
        ("8,Lee, Bo,lawyer,,,\n", "7 fields, and there are 6 columns. Put a field that holds the separator"),
        (",Bo,lawyer,,,\n", "the id is missing"),
        ("8,Bo,boss,,,\n", "'boss' is no role; there are lawyer, clinician, support, owner, marketing"),
        ("8,Bo,,31.1.2026,,\n", "'31.1.2026' is no day; write 'joined' as 2026-01-31"),
        ("8,Bo,,,20260131,\n", "'20260131' is no day; write 'left'"),
        ("8,Bo,,,,2026-02-30\n", "'2026-02-30' is no day; write 'due'"),
        ("8,Bo,,,,٢٠٢٦-٠١-٣١\n", "is no day"),
        ("8,Bo,,2026-02-01,,2026-01-31\n", "'due' comes before 'joined'"),
        ("8,Bo,,2026-02-01,2026-01-31,\n", "'left' comes before 'joined'"),
        ("7,Bo,,,,\n", "the id '7' stands in line 2 already"),
        ("8,B\0o,,,,\n", "a field holds bytes that are no text"),
        ('8,"Bo,lawyer,,,\n', "a quotation mark is missing"),
        ('8,"Bo"o,lawyer,,,\n', "a quotation mark is missing, or stands where none belongs"),
        ('8,"Bo\nLee",lawyer,,,\n', "a quotation mark is missing"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_the_others_are_used(row: str, what: str) -> None:
    roster = of(HEAD + GOOD + "\n" + row + GOOD.replace("7", "9", 1))
    assert [person.id for person in roster.people] == ["7", "9"]
    first = str(roster.faults[0])
    assert first.startswith("people.csv:4: ") and what in first and first.endswith("This row was not used.")


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    (sentence,) = said(HEAD + ",Ann,boss,2026-02-01,never,2026-01-31\n")
    for what in ("the id is missing", "'boss' is no role", "'never' is no day", "'due' comes before 'joined'"):
        assert what in sentence


def test_a_row_that_is_not_utf_8_is_named_and_the_others_are_used() -> None:
    roster = of((HEAD + GOOD + "8,Zoë,,,,\n").encode("cp1252") + "9,Zoë,,,,\n".encode())
    assert roster.people == (ANN, Person("9", "Zoë"))
    assert [fault.line for fault in roster.faults] == [3] and "CSV UTF-8" in str(roster.faults[0])


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "people.csv:0: the file is empty. Begin the file with the line id,name,role"),
        (b" \r\n\n", "people.csv:0: the file is empty"),
        (b"\xef\xbb\xbf", "people.csv:0: the file is empty"),
        (HEAD.encode(), "people.csv:0: the file names nobody"),
        (b"\nname,due\nAnn,\n", "people.csv:2: there is no column 'id'"),
        (b"id,name,ID\n7,Ann,8\n", "people.csv:1: the column 'id' stands there twice"),
        ((HEAD + GOOD).encode("utf-16"), "people.csv:1: the file is not UTF-8 text"),
        (b"x" * 200_000, "people.csv:1: there is no column 'id'"),
    ],
)
def test_a_file_that_is_no_roster_is_answered_with_what_one_is(data: bytes, what: str) -> None:
    assert of(data).people == ()
    (sentence,) = said(data)
    assert sentence.startswith(what)


def test_one_lost_quotation_mark_does_not_swallow_the_rows_after_it() -> None:
    rows = [f"{n},{chr(34) if n in (3, 60) else ''}Name {n},,,,\n" for n in range(100)]
    roster = of(HEAD + "".join(rows))
    assert [fault.line for fault in roster.faults] == [5, 62]
    assert len(roster.people) == 98


@given(st.binary() | st.text().map(str.encode) | st.text(st.sampled_from('",;\r\n\0é7 -')).map(str.encode))
def test_no_file_whatever_is_answered_with_a_traceback(data: bytes) -> None:
    for whole in (data, HEAD.encode() + data, HEAD.replace(",", ";").encode("utf-8-sig") + data):
        roster = of(whole)
        assert roster.people or roster.faults
        assert len({person.id for person in roster.people}) == len(roster.people)
        match(roster, {person.id: Learner(person.id, person.name) for person in roster.people})


@given(st.data())
def test_a_file_spoiled_at_one_place_loses_no_more_than_two_rows(data: st.DataObject) -> None:
    rows = [f'{n},"Name, {n}",lawyer,2025-01-31,,2026-01-31' for n in range(20)]
    whole = "\n".join(rows).encode() + b"\n"
    at = data.draw(st.integers(0, len(whole) - 1))
    spoiled = whole[:at] + data.draw(st.binary(max_size=1)) + whole[at + 1 :]
    roster = of(HEAD.encode() + spoiled)
    untouched = {Person(str(n), f"Name, {n}", "lawyer", date(2025, 1, 31), None, date(2026, 1, 31)) for n in range(20)}
    assert len(untouched & set(roster.people)) >= 18


# --- who is who ---


def matched(rows: str, *learners: Learner) -> Any:
    return match(of(HEAD + rows), {learner.id: learner for learner in learners})


def test_a_person_is_found_by_the_id_whatever_the_name() -> None:
    found = matched("7,Ann Lee,,,,\n8,Bo,,,,\n", Learner("7", "Somebody"), Learner("x"))
    assert found.found == ((Person("7", "Ann Lee"), "7"),)
    assert (found.missing, found.others, found.unclear) == ((Person("8", "Bo"),), ("x",), ())


@pytest.mark.parametrize("name", ["Ann Lee", "ANN LEE", " ann \u00a0 lee ", "Ａnn Lee"])
def test_a_person_is_found_by_a_name_that_nobody_else_bears(name: str) -> None:
    found = matched("7,Ann Lee,,,,\n", Learner("x", name), Learner("y", "Ann"), Learner("z"))
    assert found.found == ((Person("7", "Ann Lee"), "x"),)
    assert (found.missing, found.others, found.unclear) == ((), ("y", "z"), ())


def test_two_of_a_name_are_named_and_never_guessed() -> None:
    two_people = matched("7,Ann Lee,,,,\n8,ann lee,,,,\n", Learner("x", "Ann Lee"))
    two_learners = matched("7,Ann Lee,,,,\n", Learner("x", "Ann Lee"), Learner("y", "ANN LEE"))
    for result, sentence in (
        (two_people, "'ann lee' is the name of 2 people (7, 8) on the roster and of 1 learner (x)"),
        (two_learners, "'ann lee' is the name of 1 person (7) on the roster and of 2 learners (x, y)"),
    ):
        assert result.found == () and len(result.unclear) == 1
        assert result.unclear[0].startswith(sentence) and "Write the learner's id" in result.unclear[0]
    assert len(two_people.missing) == 2 and two_learners.others == ("x", "y")


def test_an_id_settles_a_name_that_two_bear_for_the_one_who_has_it_alone() -> None:
    result = matched("7,Ann Lee,,,,\n8,Ann Lee,,,,\n", Learner("7", "Ann Lee"), Learner("x", "Ann Lee"))
    assert result.found == ((Person("7", "Ann Lee"), "7"),)
    assert (len(result.missing), result.others, len(result.unclear)) == (1, ("x",), 1)
    settled = matched("7,Ann Lee,,,,\n", Learner("7", "Ann Lee"), Learner("x", "Ann Lee"))
    assert (settled.found[0][1], settled.others, settled.unclear) == ("7", ("x",), ())


def test_nobody_is_found_by_having_no_name() -> None:
    result = matched("7,,,,,\n", Learner("x"))
    assert (result.found, len(result.missing), result.others, result.unclear) == ((), 1, ("x",), ())


def test_a_learner_is_given_to_one_person_alone() -> None:
    result = matched("7,Ann Lee,,,,\nx,Bo,,,,\n", Learner("x", "Ann Lee"))
    assert result.found == ((Person("x", "Bo"), "x"),) and [p.id for p in result.missing] == ["7"]


@given(st.lists(st.tuples(st.sampled_from("abcxyz"), st.sampled_from(["", "N", "n", "M"])), unique_by=lambda p: p[0]))
def test_everybody_is_found_or_missing_and_every_learner_found_or_other(pairs: list[tuple[str, str]]) -> None:
    learners = {i: Learner(i, name) for i, name in zip("xyzuvw", ("N", "m", "", "N", "o", ""), strict=True)}
    roster = Roster(tuple(Person(i, name) for i, name in pairs), ())
    result = match(roster, learners)
    assert {p for p, _ in result.found} | set(result.missing) == set(roster.people)
    assert len(result.found) + len(result.missing) == len(roster.people)
    assert sorted([*(learner for _, learner in result.found), *result.others]) == sorted(learners)


# --- what is due ---

TODAY = date(2026, 1, 31)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("fields", "finished_on", "state"),
    [
        ({"due": TODAY - DAY}, TODAY, "done"),
        ({"left": TODAY - DAY}, TODAY - 9 * DAY, "done"),
        ({"due": TODAY - DAY}, None, "overdue"),
        ({"due": TODAY}, None, "due"),
        ({"due": TODAY + SOON}, None, "due"),
        ({"due": TODAY + SOON + DAY}, None, "not yet due"),
        ({}, None, "not yet due"),
        ({"joined": TODAY + DAY, "due": TODAY + 2 * DAY}, None, "not yet due"),
        ({"joined": TODAY, "due": TODAY + 2 * DAY}, None, "due"),
        ({"due": TODAY - DAY, "left": TODAY}, None, "left"),
        ({"due": TODAY - DAY, "left": TODAY + DAY}, None, "overdue"),
    ],
)
def test_where_somebody_stands(fields: dict[str, Any], finished_on: date | None, state: str) -> None:
    assert due_state(Person("7", **fields), finished_on, TODAY) == state
