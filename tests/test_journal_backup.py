"""A copy of a journal that is in use: whole, of one moment, and good to go on with. From SQLite and from PostgreSQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from course.journal import Journal
from course.model import Learner
from tests.journals import an_attempt, read_line, said, writers
from tests.postgresql import Server
from tests.test_journal import STORES, rows

TABLES = ("store", "attempt", "content", "free_text", "event", "profile")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        return server.new_store()
    (tmp_path / "journal").mkdir()
    return f"sqlite:///{tmp_path / 'journal' / 'journal.sqlite'}"


@pytest.fixture
def used(store: str) -> Journal:
    """A journal with something in every table."""
    journal = Journal(store)
    for name in ("Ann Lee", "Béa 🙂"):
        learner = journal.sit_down()
        journal.save_profile(Learner(learner.id, name, "law", "lawyer"))
        for n, harmful in enumerate((None, True, False)):
            attempt = an_attempt(learner=learner.id, key=f"k{n}", seed=2**62, points=1 / 3, harmful=harmful, text="né")
            journal.append(attempt, authored='"what was asked"')
        journal.record("began", learner.id, {"form": "final", "items": ["né 🙂"]})
    return journal


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A folder for copies."""
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def all_rows(url: str) -> dict[str, list[str]]:
    columns = {table.name: ", ".join(c.name for c in table.columns) for table in _tables()}
    return {name: sorted(map(repr, rows(url, f"SELECT {columns[name]} FROM {name}"))) for name in TABLES}


def _tables() -> list[sa.Table]:
    from course.journal import _metadata

    assert {table.name for table in _metadata.sorted_tables} == set(TABLES)
    return _metadata.sorted_tables


def test_a_copy_holds_every_row_and_is_one_file(used: Journal, copies: Path) -> None:
    used.backup(copies / "copy.sqlite")
    assert [file.name for file in copies.iterdir()] == ["copy.sqlite"]
    with closing(sqlite3.connect(copies / "copy.sqlite")) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    journal = Journal(url_of(copies / "copy.sqlite"))
    assert list(journal.everybody()) == list(used.everybody())
    assert (journal.profiles(), journal.contents()) == (used.profiles(), used.contents())
    assert dict(journal.texts()) == dict(used.texts())
    numbers = "SELECT seq, attempt FROM attempt UNION ALL SELECT seq, event FROM event ORDER BY attempt"
    assert rows(journal.address, numbers) == rows(used.address, numbers)


def test_an_empty_journal_can_be_copied(store: str, copies: Path) -> None:
    Journal(store).backup(copies / "copy.sqlite")
    assert list(Journal(url_of(copies / "copy.sqlite")).everybody()) == []


def test_a_copy_of_a_journal_in_use_is_of_one_moment_and_misses_nothing_from_before(store: str, copies: Path) -> None:
    with writers(store, 3, each=10_000) as processes:
        before = [read_line(process) for process in processes for _ in range(10)]
        for n in range(3):
            Journal(store).backup(copies / f"{n}.sqlite")
            before += [read_line(process) for process in processes]
        assert all(process.poll() is None for process in processes), "they write all the time"
    counted = []
    for n in range(3):
        copy = Journal(url_of(copies / f"{n}.sqlite"))
        attempts = copy.attempts("learner-1")
        assert {*before[: 30 + 3 * n]} <= {a.attempt for a in attempts}
        assert all(a.text for a in attempts) and len(copy.contents()) == 1
        assert rows(copy.address, "SELECT count(*) FROM free_text") == [(len(attempts),)]
        assert rows(copy.address, "PRAGMA integrity_check") == [("ok",)]
        counted.append(len(attempts))
    assert counted == sorted(counted)


def test_a_restored_copy_goes_on_where_the_journal_stood(used: Journal, copies: Path) -> None:
    used.backup(copies / "copy.sqlite")
    who = used.last_seated()
    assert who
    earlier = used.attempts(who)
    used.append(an_attempt(learner=who))
    journal = Journal(url_of((copies / "copy.sqlite").rename(copies / "journal.sqlite")))
    assert journal.append(an_attempt(learner=who, key="k1", answer=["z"])) == earlier[1], "sent again"
    new = journal.append(an_attempt(learner=who, text="after it"), authored="[]")
    journal.record("finished", who, {})
    assert Journal(journal.address).attempts(who) == [*earlier, new]
    assert journal.events(who)[-1].kind == "finished"
    assert journal.absorb(used.attempts(who)).conflicts == ()
    assert {a.attempt for a in used.attempts(who)} < {a.attempt for a in journal.attempts(who)}
    journal.backup(copies / "again.sqlite")


def test_who_sat_at_the_file_sits_at_its_copy(tmp_path: Path) -> None:
    journal = Journal(url_of(tmp_path / "journal.sqlite"))
    learner = journal.sit_down()
    journal.backup(tmp_path / "copy.sqlite")
    assert Journal(url_of(tmp_path / "copy.sqlite")).current_learner() == learner


def test_an_earlier_copy_is_replaced(used: Journal, copies: Path) -> None:
    (copies / "copy.sqlite").write_text("an earlier one")
    for _ in range(2):
        used.append(an_attempt())
        used.backup(copies / "copy.sqlite")
        assert rows(url_of(copies / "copy.sqlite"), "SELECT count(*) FROM attempt") == rows(
            used.address, "SELECT count(*) FROM attempt"
        )
    assert [file.name for file in copies.iterdir()] == ["copy.sqlite"]


@pytest.mark.parametrize("name", ["a ? b #1 %41 & né 🙂.sqlite", "no ending", "file:x?mode=ro"])
def test_a_copy_gets_the_name_that_was_asked_for(name: str, used: Journal, copies: Path) -> None:
    used.backup(copies / name)
    assert [file.name for file in copies.iterdir()] == [name]
    with closing(sqlite3.connect(copies / name)) as copy:
        assert copy.execute("SELECT count(*) FROM attempt").fetchone() == (6,)


def test_a_copy_may_lie_on_a_network_share(used: Journal, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = [SimpleNamespace(mountpoint=str(copies), fstype="cifs")]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: mounts)
    used.backup(copies / "copy.sqlite")
    assert "network share" in said(lambda: Journal(url_of(copies / "copy.sqlite")))


# --- when it can't be written ---


@pytest.mark.parametrize(
    ("place", "why"), [("none/copy", "No such file"), ("a file/copy", "Not a"), (".", "directory")]
)
def test_a_place_that_can_not_be_written_to_is_named(place: str, why: str, used: Journal, copies: Path) -> None:
    (copies / "a file").write_text("in the way")
    sentence = said(lambda: used.backup(copies / place))
    assert str(copies / place) in sentence and why in sentence and "Name another place" in sentence
    assert [file.name for file in copies.iterdir()] == ["a file"]


def test_a_full_disk_leaves_the_earlier_copy_as_it_was(used: Journal, copies: Path) -> None:
    used.backup(copies / "copy.sqlite")
    before = (copies / "copy.sqlite").read_bytes()
    used.append(an_attempt(text="x" * 100_000))

    def small(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA max_page_count = 2")

    sa.event.listen(sa.Engine, "connect", small)
    try:
        sentence = said(lambda: used.backup(copies / "copy.sqlite"))
    finally:
        sa.event.remove(sa.Engine, "connect", small)
    assert sentence == f"The disk for {copies / 'copy.sqlite'} is full. Name another place."
    assert (copies / "copy.sqlite").read_bytes() == before
    assert [file.name for file in copies.iterdir()] == ["copy.sqlite"]


def test_a_journal_in_use_is_not_copied_onto(used: Journal, copies: Path) -> None:
    other = Journal(url_of(copies / "other.sqlite"))
    attempt = other.append(an_attempt())
    places = [copies / "other.sqlite"]
    if used.address.startswith("sqlite"):
        itself = Path(sa.make_url(used.address).database or "")
        (copies / "link").symlink_to(itself)
        places += [itself, itself.parent / ".." / itself.parent.name / itself.name, copies / "link"]
    before = all_rows(used.address)
    for place in places:
        assert f"{place} is a journal in use. Name another file" in said(lambda place=place: used.backup(place))
    used.append(an_attempt())
    assert other.attempts("learner-1") == [attempt] and before != all_rows(used.address)


@pytest.mark.parametrize("how", ["scribbled over", "cut short"])
def test_a_damaged_journal_does_not_replace_a_good_copy(how: str, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    journal = Journal(url_of(file))
    for _ in range(40):
        journal.append(an_attempt(text="a few words " * 50))
    journal.backup(tmp_path / "copy.sqlite")
    journal.close()
    good, whole = (tmp_path / "copy.sqlite").read_bytes(), file.read_bytes()
    page, middle = 4096, len(whole) // 2 // 4096 * 4096
    scribbled = whole[:middle] + b"\xa5" * (3 * page) + whole[middle + 3 * page :]
    file.write_bytes(scribbled if how == "scribbled over" else whole[:middle])
    sentence = said(lambda: Journal(url_of(file)).backup(tmp_path / "copy.sqlite"))
    assert f"{file} is damaged" in sentence and "restore a backup" in sentence
    assert (tmp_path / "copy.sqlite").read_bytes() == good
    assert {f.name for f in tmp_path.iterdir()} <= {"copy.sqlite", "journal.sqlite"} | {
        f"journal.sqlite-{end}" for end in ("wal", "shm")
    }


def test_a_server_that_can_not_be_read_leaves_nothing_half_written(server: Server, copies: Path) -> None:
    journal = Journal(server.new_store())
    journal.append(an_attempt())
    rows(journal.address, "DROP TABLE profile")
    assert "can't be used" in said(lambda: journal.backup(copies / "copy.sqlite"))
    assert list(copies.iterdir()) == []
