"""``course import`` and ``course attended``: what comes from elsewhere is taken in once, or it is said why not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from course.evidence import bundle, signing
from course.forms import BEGAN, FINISHED
from course.journal import FORMAT, Journal
from course.model import Attempt, Event, Learner
from tests.commands import BO, DANA, SECRET, Command, assert_one_sentence, fill
from tests.journals import an_attempt
from tests.signed import KEY, members, packed, write
from tests.test_journal_migration import FORMAT_1, FORMAT_2, OLD, OLD_ROWS, SERIAL
from tests.toy import Toy


@pytest.fixture
def course(checks: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in a folder of its own."""
    monkeypatch.setenv("COURSE_DATA", str(checks.data))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Command(capsys)


@pytest.fixture
def laptop() -> Iterator[Journal]:
    """Another journal, ``laptop.sqlite``, in use."""
    journal = Journal("sqlite:///laptop.sqlite")
    yield journal
    journal.close()


def everything(journal: Journal) -> Any:
    """What a journal holds of people, and the wordings that they answered."""
    people = {who: (journal.attempts(who), journal.events(who)) for who in journal.learners()}
    return people, journal.profiles(), journal.contents()


def close(journal: Journal) -> Path:
    """The journal's file, from which nothing is left in a log."""
    journal.close()
    return Path(journal.address.removeprefix("sqlite:///"))


def edit(file: Path, *statements: str) -> Path:
    """Changes a file behind the course's back."""
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA journal_mode=DELETE")
    return file


def here() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in Path().iterdir()}


# --- journals ---


def test_a_journal_is_taken_in_once_and_not_one_byte_of_it_changes(
    course: Command, journal: Journal, laptop: Journal
) -> None:
    fill(laptop).append(an_attempt(learner="bo", content="c"), authored='"what was asked"')
    there = everything(laptop)
    close(laptop)
    before = here()
    done = course("import", "laptop.sqlite")
    assert done == (0, "laptop.sqlite: 4 new answers, 4 new events, 0 conflicts.\n", "")
    assert everything(journal) == there and here() == before and journal.last_seated() is None
    done = course("import", "laptop.sqlite", "laptop.sqlite")
    assert done == (0, "laptop.sqlite: 0 new answers, 0 new events, 0 conflicts.\n" * 2, "")
    assert everything(journal) == there and here() == before


def test_a_journal_in_use_is_taken_in_as_of_one_moment(
    course: Command, journal: Journal, laptop: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(laptop)
    before, copy = here(), shutil.copyfile

    def written_meanwhile(source: Path, target: Path) -> None:
        copy(source, target)
        laptop.forget("bo")  # writes what stood in the log into the file

    monkeypatch.setattr("shutil.copyfile", written_meanwhile)
    assert set(before) == {"laptop.sqlite", "laptop.sqlite-wal", "laptop.sqlite-shm"}
    assert course("import", "laptop.sqlite").status == 0
    assert everything(journal) == everything(laptop)
    assert {**here(), "laptop.sqlite-shm": b""} == {**before, "laptop.sqlite-shm": b""}


def test_a_copied_journal_and_its_log_are_taken_in_and_stay_two_files(
    course: Command, journal: Journal, laptop: Journal
) -> None:
    fill(laptop)
    for name in ("laptop.sqlite", "laptop.sqlite-wal"):
        shutil.copy(name, name.replace("laptop", "stick"))
    before = here()
    assert course("import", "stick.sqlite").status == 0
    assert everything(journal) == everything(laptop) and set(here()) == set(before)


@pytest.mark.parametrize("older", [1, 2])
def test_a_journal_of_an_older_version_is_read_and_left_as_it_is(older: int, course: Command, journal: Journal) -> None:
    with closing(sqlite3.connect("old.sqlite")) as old:
        old.executescript(FORMAT_1.format(serial=SERIAL["sqlite"]))
        for statement in (*OLD_ROWS, *(FORMAT_2 if older == 2 else ())):
            old.execute(statement)
        old.commit()
    before = here()
    assert course("import", "old.sqlite").status == 0
    assert {who: journal.attempts(who) for who in OLD} == OLD and here() == before
    assert journal.profiles()["ann"].name == "Ann Lee"


def a_letter() -> None:
    Path("bad").write_text("Dear Ms. Vega, " * 500)


def another_programs_database() -> None:
    edit(Path("bad"), "CREATE TABLE shop (street TEXT)")


def cut_off() -> None:
    whole = close(fill(Journal("sqlite:///bad"))).read_bytes()
    Path("bad").write_bytes(whole[: len(whole) // 2 + 100])


def scribbled_over() -> None:
    file = close(fill(Journal("sqlite:///bad")))
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'attempt'").fetchone()
    whole = file.read_bytes()
    file.write_bytes(whole[: (page - 1) * 4096] + b"\xa5" * 4096 + whole[page * 4096 :])


def newer() -> None:
    edit(close(Journal("sqlite:///bad")), f"UPDATE store SET format = {FORMAT + 1}")


def cut_evidence() -> None:
    write(fill(Journal("sqlite:///j")), Path("bad"))
    Path("bad").write_bytes(Path("bad").read_bytes()[:-300])


def newer_evidence() -> None:
    manifest = msgspec.to_builtins(write(fill(Journal("sqlite:///j")), Path("bad")))
    token = signing.sign({"manifest": {**manifest, "format": 2}}, KEY)
    packed(Path("bad"), {**members(Path("bad")), bundle.SIGNATURE: token.encode()})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: None, "bad: The file can't be read (No such file or directory). Look for a typing mistake"),
        (lambda: Path("bad").mkdir(), "bad: The file can't be read (Is a directory)"),
        (lambda: Path("bad").touch(), "neither a journal nor evidence"),
        (a_letter, "neither a journal nor evidence"),
        (another_programs_database, "neither a journal nor evidence"),
        (cut_off, "is damaged or cut off. Ask for it once more"),
        (scribbled_over, "is damaged or cut off. Ask for it once more"),
        (newer, f"newer version of the course (format {FORMAT + 1}"),
        (cut_evidence, "bad is cut off or damaged. Ask for the original file"),
        (newer_evidence, "newer version of the course wrote this file (format 2)"),
    ],
)
def test_a_file_that_can_not_be_taken_in_is_said_and_the_others_are(
    make: Callable[[], object], said: str, course: Command, journal: Journal, laptop: Journal
) -> None:
    make()
    laptop.append(an_attempt())
    done = course("import", "bad", "laptop.sqlite")
    assert (done.status, done.out) == (1, "laptop.sqlite: 1 new answer, 0 new events, 0 conflicts.\n")
    assert said in done.err and done.err.startswith("bad: ") and done.err.count("\n") == 1
    assert everything(journal) == everything(laptop)


DAMAGE = {
    "UPDATE attempt SET outcome = 'x'": "attempt",
    "UPDATE attempt SET points = 'NaN'": "attempt",
    "UPDATE attempt SET points = 9e999": "attempt",
    "UPDATE attempt SET answer = '[\"a'": "attempt",
    "UPDATE attempt SET at = 'yesterday'": "attempt",
    "UPDATE event SET at = '2026-02-30T09:00:00.000Z'": "event",
    "UPDATE event SET kind = x'00'": "event",
    f"UPDATE event SET detail = '{{\"a\": {'[' * 99_999}'": "event",
    f"UPDATE event SET kind = '{BEGAN}', detail = '{{\"form\": 3}}'": "event",
    f"UPDATE event SET kind = '{FINISHED}', detail = '{{\"form\": [1]}}'": "event",
    "UPDATE profile SET role = 'king'": "profile of dana",
}


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage[:60])
def test_a_row_edited_by_hand_is_named_and_nothing_is_taken_or_written(
    damage: str, course: Command, journal: Journal, laptop: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(close(fill(laptop)), f"{damage} WHERE learner = 'dana'")
    before = here()
    for call in (["import", "laptop.sqlite"], ["report"], ["export", "xapi", "out"]):
        assert_one_sentence(course(*call), f"The {DAMAGE[damage]}", "is not as the course wrote it", "Correct that row")
        monkeypatch.setenv("COURSE_JOURNAL", "sqlite:///laptop.sqlite")
    assert everything(journal) == ({}, {}, {}) and set(here()) - {
        f"laptop.sqlite-{end}" for end in ("wal", "shm")
    } == set(before)


def test_a_conflict_is_named_and_what_is_here_stays(course: Command, journal: Journal, laptop: Journal) -> None:
    mine = fill(journal).attempts("dana")[0]
    laptop.absorb([replace(mine, answer=["b"]), an_attempt(learner="dana")])
    done = course("import", "laptop.sqlite")
    assert (done.status, done.out) == (1, "laptop.sqlite: 1 new answer, 0 new events, 1 conflict.\n")
    assert done.err.startswith(f"laptop.sqlite: the record {mine.attempt} says something else here. ")
    assert journal.attempts("dana")[0] == mine and len(journal.attempts("dana")) == 3


def test_two_learners_of_one_name_are_kept_apart_and_named_once(
    course: Command, journal: Journal, laptop: Journal
) -> None:
    fill(journal)
    laptop.save_profile(Learner("dana-2", "dana  VEGA"))
    done = course("import", "laptop.sqlite")
    said = "The name 'dana vega' belongs to several learners (dana, dana-2), who are kept apart.\n"
    assert (done.status, done.err) == (0, "") and done.out.endswith(said)
    assert set(journal.profiles()) == {"dana", "bo", "dana-2"}
    assert "several learners" not in course("import", "laptop.sqlite").out


def test_a_clock_that_ran_backwards_is_said_and_the_order_stays(
    course: Command, journal: Journal, laptop: Journal
) -> None:
    for day in ("2026-05-02", "1970-01-01", "2026-05-03"):
        laptop.append(an_attempt(at=f"{day}T00:00:00.000Z"))
    write(laptop, Path("e.zip"))
    for file in ("laptop.sqlite", "e.zip"):
        done = course("import", file)
        assert (done.status, done.err) == (0, "") and "a clock ran backwards for 1 learner. Their answers" in done.out
        assert journal.attempts("learner-1") == laptop.attempts("learner-1")


# --- evidence ---


def test_an_evidence_file_is_taken_in_once_a_part_at_a_time(
    course: Command, journal: Journal, laptop: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(laptop)
    write(laptop, Path("e.zip"))
    sizes, absorb = [], Journal.absorb

    def watched(self: Journal, attempts: Any, events: Any, *others: Any) -> Any:
        sizes.append(len(attempts) + len(events))
        return absorb(self, attempts, events, *others)

    monkeypatch.setattr(Journal, "absorb", watched)
    monkeypatch.setattr("course.cli.evidence.AT_ONCE", 3)
    assert course("import", "e.zip") == (0, "e.zip: 3 new answers, 4 new events, 0 conflicts.\n", "")
    assert sizes == [0, 3, 3, 1]
    assert course("import", "e.zip") == (0, "e.zip: 0 new answers, 0 new events, 0 conflicts.\n", "")
    assert everything(journal)[1] == {} and SECRET not in str(everything(journal))
    assert journal.attempts("bo") == laptop.attempts("bo") and journal.events("dana") == laptop.events("dana")


@pytest.mark.parametrize(
    "record",
    [
        an_attempt(attempt="one", at="soon"),
        Event("attended", "dana", "9999-12-31T00:00:00Z", {}, "one"),
        Event(FINISHED, "dana", "2026-01-31T00:00:00Z", {"form": "final"}, "one"),
    ],
)
def test_a_forged_record_in_a_signed_file_is_not_taken_in(
    record: Attempt | Event, course: Command, journal: Journal
) -> None:
    attempts, events = ([record], []) if isinstance(record, Attempt) else ([], [record])
    forged = SimpleNamespace(everybody=lambda: iter([("dana", attempts, events)]), contents=dict)
    write(forged, Path("e.zip"))
    kind = "attempt" if attempts else "event"
    assert_one_sentence(course("import", "e.zip"), f"e.zip: The {kind} one", "is not as the course wrote it")
    assert everything(journal)[0] == {}


# --- attendance ---


def attended(journal: Journal) -> dict[str, list[str]]:
    told = {
        who: [event.at[:10] for event in journal.events(who) if event.kind == "attended"] for who in journal.learners()
    }
    return {who: days for who, days in told.items() if days}


def test_who_was_there_is_written_down_once_and_whoever_is_unknown_gets_a_learner(
    course: Command, journal: Journal
) -> None:
    fill(journal)
    Path("l.csv").write_text("id,name,role\nbo,,\nd1,DANA vega,\ne7,Eli Evans,owner\ne8,,\n", encoding="utf-8")
    done = course("attended", "l.csv", "--on", "2026-05-04")
    assert done == (0, "4 of 4 people are written down for 2026-05-04, 4 of them now.\n", "")
    once = everything(journal)
    assert attended(journal) == {who: ["2026-05-04"] for who in ("bo", "dana", "e7", "e8")}
    assert once[1] == {"bo": BO, "dana": DANA, "e7": Learner("e7", "Eli Evans", None, "owner"), "e8": Learner("e8")}
    assert course("attended", "l.csv", "--on", "2026-05-04").out.endswith("2026-05-04, 0 of them now.\n")
    assert everything(journal) == once
    assert course("attended", "l.csv").status == 0 and len(attended(journal)["e7"]) == 2


def test_a_name_that_several_bear_is_named_and_the_others_are_written_down(course: Command, journal: Journal) -> None:
    fill(journal).save_profile(Learner("dana-2", "Dana Vega"))
    Path("l.csv").write_text("id,name,role\nd1,Dana Vega,\nbo,,\ne8,,\ne9,Dan,\nf1,Fay,king\n", encoding="utf-8")
    done = course("attended", "l.csv", "--on", "2026-05-04")
    assert (done.status, done.out) == (1, "3 of 4 people are written down for 2026-05-04, 3 of them now.\n")
    fault, unclear = done.err.splitlines()
    assert fault.startswith("l.csv:6: 'king' is no role") and "2 learners (dana, dana-2)" in unclear
    assert set(attended(journal)) == {"bo", "e8", "e9"}
