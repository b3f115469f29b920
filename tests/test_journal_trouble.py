"""When the journal can't be used: one sentence that says what to do, and nothing that was there is lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from course.journal import FORMAT, Journal, network_share
from tests.journals import an_attempt, said, said_to_a_stranger


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal with some answers in it, all in the file itself and none left in its log."""
    file = tmp_path / "journal.sqlite"
    journal = Journal(url_of(file))
    for n in range(60):
        journal.append(an_attempt(key=f"key {n}", text="a few words " * 50))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 0.1)


def answers(url: str) -> list[str]:
    return [attempt.key for attempt in Journal(url).attempts("learner-1")]


# --- the address ---


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nonsense://",
        "C:\\Users\\dana\\journal.sqlite",
        "/home/dana/journal.sqlite",
        "mysql://dana@localhost/answers",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:journal.sqlite?mode=ro&uri=true",
        "sqlite+nonsense:///journal.sqlite",
        "postgresql+nonsense://localhost/answers",
        "postgresql+psycopg://dana:hunter2@localhost:port/answers",
    ],
)
def test_an_address_that_names_no_journal_is_answered_with_one_that_would(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sentence = said(lambda: Journal(url))
    assert "Write sqlite:////full/path/journal.sqlite or postgresql+psycopg://" in sentence
    assert "hunter2" not in sentence
    assert list(tmp_path.iterdir()) == []


def test_a_relative_address_stays_the_same_file_when_the_program_goes_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    journal = Journal("sqlite:///journal.sqlite")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    attempt = journal.append(an_attempt())
    assert list(Path().iterdir()) == []
    assert Journal(url_of(tmp_path / "journal.sqlite")).attempts("learner-1") == [attempt]


def test_a_folder_is_not_a_journal(tmp_path: Path) -> None:
    assert "names a folder" in said(lambda: Journal(url_of(tmp_path)))


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file")
    sentence = said(lambda: Journal(url_of(tmp_path / "in the way" / "journal.sqlite")))
    assert str(tmp_path / "in the way") in sentence
    assert "Name another one in COURSE_JOURNAL" in sentence


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    url = url_of(tmp_path / "new" / "né" / "journal.sqlite")
    Journal(url).append(an_attempt(key="k"))
    assert answers(url) == ["k"]


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smbfs", "fuse.sshfs", "fuse.rclone", "9p"])
def test_a_network_share_is_refused_before_a_file_is_made(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint=str(tmp_path), fstype=kind)]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: mounts)
    file = tmp_path / "journal.sqlite"
    sentence = said(lambda: Journal(url_of(file)))
    assert f"network share ({kind})" in sentence
    assert not file.exists()


def test_a_link_that_leads_to_a_network_share_is_seen_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "share")
    mounts = [SimpleNamespace(mountpoint=str(tmp_path / "share"), fstype="nfs")]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: mounts)
    assert network_share(tmp_path / "link") == "nfs"
    assert network_share(tmp_path) is None


def test_a_windows_share_is_a_network_share() -> None:
    assert network_share(Path(r"\\server\answers")) == "a Windows share"


# --- the file ---


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ms. Vega, thank you for your note. " * 500)
    before = letter.read_bytes()
    assert "is not a journal" in said(lambda: Journal(url_of(letter)))
    assert letter.read_bytes() == before


@pytest.mark.parametrize("damage", ["scribbled over", "cut short"])
def test_a_damaged_journal_is_left_as_it_is(damage: str, file: Path) -> None:
    whole = file.read_bytes()
    page = 4096
    damaged = whole[:page] + b"\xa5" * (len(whole) - page) if damage == "scribbled over" else whole[: len(whole) // 2]
    file.write_bytes(damaged)
    sentence = said(lambda: answers(url_of(file)))
    assert "is damaged" in sentence and "restore a backup" in sentence
    said(lambda: Journal(url_of(file)).append(an_attempt()))
    assert file.read_bytes() == damaged
    file.write_bytes(whole)
    assert len(answers(url_of(file))) == 60


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_newer_journal_is_refused_and_not_one_byte_of_it_changes(mode: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE store SET format = ?", [FORMAT + 1])
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = file.with_name("newer.sqlite")
    shutil.copy(file, copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute(f"PRAGMA journal_mode={mode}").fetchone() == (mode.lower(),)
    before = copy.read_bytes()
    sentence = said(lambda: Journal(url_of(copy)))
    assert f"format {FORMAT + 1}" in sentence and "Update the course" in sentence
    assert copy.read_bytes() == before


@contextmanager
def open_to_strangers(folder_mode: int, file_mode: int) -> Iterator[Path]:
    """A journal in a folder that everybody may enter, with these rights on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "journal.sqlite"
        Journal(url_of(file)).append(an_attempt(key="before"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file.chmod(file_mode)
        folder.chmod(folder_mode)
        yield file
        folder.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights to files in another way")
@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o444), (0o777, 0o444)])
def test_a_journal_that_can_only_be_read_says_so_and_keeps_its_answers(folder_mode: int, file_mode: int) -> None:
    with open_to_strangers(folder_mode, file_mode) as file:
        before = file.read_bytes()
        assert "can only be read. Ask for the right to write" in said_to_a_stranger(url_of(file))
        assert file.read_bytes() == before
        file.chmod(0o600)
        assert answers(url_of(file)) == ["before"]


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights to files in another way")
def test_a_folder_without_rights_is_named() -> None:
    with open_to_strangers(0o555, 0o444) as file:
        assert "can't be opened" in said_to_a_stranger(url_of(file.with_name("new.sqlite")))
        assert "Permission denied" in said_to_a_stranger(url_of(file.parent / "new" / "journal.sqlite"))
        file.parent.chmod(0o000)
        assert "Permission denied" in said_to_a_stranger(url_of(file))


def test_a_full_disk_records_nothing_and_the_answer_can_be_sent_again(file: Path) -> None:
    def no_page_more(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # taken as: as many as there are

    journal = Journal(url_of(file))
    attempt = an_attempt(key="k", text="x" * 20_000)
    sa.event.listen(sa.Engine, "begin", no_page_more)
    try:
        sentence = said(lambda: journal.append(attempt))
    finally:
        sa.event.remove(sa.Engine, "begin", no_page_more)
    assert "is full. Free some space, then answer again" in sentence
    assert len(answers(url_of(file))) == 60
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert Journal(url_of(file)).append(attempt) == attempt
    assert answers(url_of(file))[60:] == ["k"]


@contextmanager
def held(file: Path, how: str = "EXCLUSIVE") -> Iterator[None]:
    """Another program that keeps the file, or (``IMMEDIATE``) its writing, to itself."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute(f"BEGIN {how}")
        yield
        other.execute("ROLLBACK")


@pytest.mark.usefixtures("impatient")
def test_a_journal_held_by_another_program_can_be_read_and_not_written(file: Path) -> None:
    journal = Journal(url_of(file))
    attempt = an_attempt(key="k")
    with held(file):
        assert "held by another program. Close that program" in said(lambda: journal.append(attempt))
        assert len(journal.attempts("learner-1")) == 60
    assert journal.append(attempt) == attempt
    assert answers(url_of(file))[60:] == ["k"]


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("how", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_first_start_does_not_wait_for_ever_for_another_program(how: str, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    with held(file, how):
        assert "held by another program" in said(lambda: Journal(url_of(file)))
    assert answers(url_of(file)) == []


def test_a_first_start_is_more_patient_than_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 1)
    file = tmp_path / "journal.sqlite"
    with ThreadPoolExecutor(1) as pool:
        with held(file):
            waiting = pool.submit(Journal, url_of(file))
            assert not wait([waiting], timeout=1.2).done
        assert waiting.result(timeout=10).attempts("learner-1") == []


def test_a_write_waits_for_one_that_is_under_way(file: Path) -> None:
    journal = Journal(url_of(file))
    with ThreadPoolExecutor(1) as pool:
        with held(file):
            waiting = pool.submit(journal.append, an_attempt(key="k"))
            assert not wait([waiting], timeout=0.2).done
        assert waiting.result(timeout=5).key == "k"


def test_another_programs_database_is_not_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE store (street TEXT)")
    before = file.read_bytes()
    said(lambda: Journal(url_of(file)))
    assert file.read_bytes() == before


def test_text_that_no_store_can_hold_is_refused_whole(file: Path) -> None:
    journal = Journal(url_of(file))
    assert "can't be kept" in said(lambda: journal.append(an_attempt(text="half a symbol: \ud83d")))
    assert len(answers(url_of(file))) == 60
