"""The only writer of what a learner did: an append-only list of attempts, and events beside it.

The store is any SQLAlchemy URL of SQLite or PostgreSQL. Attempts are never changed or deleted.
Free text and profiles stand in tables of their own and can be erased without touching them.

Format 2::

    store      format                       one row; an older format is migrated, a newer one refused
    attempt    one row an answer            see model.Attempt; (learner, key) is unique
    free_text  attempt, text                what learners chose to keep
    event      one row an event, in order   see model.Event; no names and no free text
    profile    learner, name, profession, role

Format 1 had no ``attempt.harmful`` and no ``event.detail``.

Many threads and many processes write at once: JupyterLab answers widget messages on changing
threads, so no connection belongs to a thread, and each write is one transaction.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import platform
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from course.errors import JournalError
from course.model import Attempt, Event, Learner, Outcome

FORMAT = 2
"""Version of the tables below."""

_MIGRATIONS = {
    1: ("ALTER TABLE attempt ADD COLUMN harmful BOOLEAN", "ALTER TABLE event ADD COLUMN detail TEXT"),
}
"""What leads from each older format to the next one."""

BUSY_SECONDS = 5
"""How long a write waits for another process before it gives up; the page waits longer."""

_metadata = sa.MetaData()
_SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_store = sa.Table("store", _metadata, sa.Column("format", sa.Integer, nullable=False))

_attempt = sa.Table(
    "attempt",
    _metadata,
    sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
    sa.Column("attempt", sa.String(36), nullable=False, unique=True),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("learner", sa.String(64), nullable=False),
    sa.Column("activity", sa.String(60), nullable=False),
    sa.Column("variant", sa.String(10), nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("course", sa.String(32), nullable=False),
    sa.Column("practice", sa.String(64), nullable=False),
    sa.Column("form", sa.String(32)),
    sa.Column("attempt_no", sa.Integer),
    sa.Column("seed", sa.BigInteger),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("confidence", sa.String(16)),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("harmful", sa.Boolean),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("assurance", sa.String(16), nullable=False),
    sa.UniqueConstraint("learner", "key"),
    sa.Index("attempt_by_learner", "learner", "activity"),
    sqlite_autoincrement=True,
)

_free_text = sa.Table(
    "free_text",
    _metadata,
    sa.Column("attempt", sa.String(36), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

_event = sa.Table(
    "event",
    _metadata,
    sa.Column("seq", _SERIAL, primary_key=True, autoincrement=True),
    sa.Column("event", sa.String(36), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("learner", sa.String(64), nullable=False),
    sa.Column("seat", sa.String(64), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("detail", sa.Text),
    sa.Index("event_by_seat", "seat", "kind", "seq"),
    sqlite_autoincrement=True,
)

_profile = sa.Table(
    "profile",
    _metadata,
    sa.Column("learner", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("profession", sa.String(16)),
    sa.Column("role", sa.String(16)),
)


def journal_url() -> str:
    """Where answers are kept: ``COURSE_JOURNAL``, or a file in the user's own data folder."""
    return os.environ.get("COURSE_JOURNAL") or f"sqlite:///{user_folder() / 'journal.sqlite'}"


def user_folder() -> Path:
    """The folder that belongs to this user of the computer: journal and copies of the lessons."""
    import platformdirs  # only here: a lesson that is told its journal does not need it

    return platformdirs.user_data_path("friend-request-course", appauthor=False)


class Journal:
    """What learners did, in one store.

    ``url`` is an SQLAlchemy URL of SQLite or PostgreSQL. Raises JournalError where the store can't
    be used safely; nothing is then changed in it. ``address`` is the URL with its path in full, for
    a process in another folder.
    """

    def __init__(self, url: str) -> None:
        place = _parse(url)
        self.address = place.render_as_string(hide_password=False)
        self._sqlite = Path(place.database or "") if place.get_backend_name() == "sqlite" else None
        if self._sqlite:
            _prepare_folder(self._sqlite)
        self._engine = _make_engine(place)
        self._writer = self._engine.execution_options(**{_WRITES: True})
        with self._said():
            self._prepare_patiently()

    # --- attempts ---

    def append(self, attempt: Attempt) -> Attempt:
        """Commits an attempt and returns it, or the one already recorded under its key.

        When this returns, the attempt is on disk. Raises JournalError if it is not.
        """
        row = {f: getattr(attempt, f) for f in attempt.__struct_fields__ if f not in ("answer", "text")}
        row["answer"] = _to_json(attempt.answer)
        with self._said():
            try:
                with self._writing() as connection:
                    connection.execute(_attempt.insert(), row)
                    if attempt.text is not None:
                        connection.execute(_free_text.insert(), {"attempt": attempt.attempt, "text": attempt.text})
            except IntegrityError:
                recorded = self._select(_attempt.c.learner == attempt.learner, _attempt.c.key == attempt.key)
                if not recorded:
                    raise
                return recorded[0]
        return attempt

    def attempts(self, learner: str) -> list[Attempt]:
        """A learner's attempts, oldest first."""
        with self._said():
            return self._select(_attempt.c.learner == learner)

    def latest(self, learner: str, activity: str) -> Attempt | None:
        """A learner's last attempt at an activity."""
        with self._said():
            found = self._select(_attempt.c.learner == learner, _attempt.c.activity == activity, last=True)
        return found[0] if found else None

    def _select(self, *where: sa.ColumnElement[bool], last: bool = False) -> list[Attempt]:
        query = (
            sa.select(_attempt, _free_text.c.text)
            .outerjoin(_free_text, _free_text.c.attempt == _attempt.c.attempt)
            .where(*where)
            .order_by(_attempt.c.seq.desc() if last else _attempt.c.seq)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(1) if last else query).mappings().all()
        return [_to_attempt(row) for row in rows]

    # --- events ---

    def record(self, kind: str, learner: str, detail: dict[str, Any]) -> None:
        """Commits an event of a learner's: a check begun or finished, a policy acknowledged."""
        with self._said(), self._writing() as connection:
            connection.execute(_event.insert(), self._event(kind, learner, detail))

    def events(self, learner: str) -> list[Event]:
        """What a learner did besides answering, oldest first."""
        query = sa.select(_event).where(_event.c.learner == learner).order_by(_event.c.seq)
        with self._said(), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Event(row["kind"], row["learner"], row["at"], json.loads(row["detail"] or "{}")) for row in rows]

    # --- learners ---

    def current_learner(self, fixed: str | None = None) -> Learner:
        """Who sits here now: the learner named by ``fixed``, or the last one to sit down.

        Where nobody has sat down yet, somebody without a name does.
        """
        with self._said():
            learner = fixed or self.last_seated()
            if learner is None:
                return self._sit(new_learner_id())
            return self._profile(learner)

    def known_learners(self) -> list[Learner]:
        """Everybody with a name who has sat here, the last one first."""
        query = (
            sa.select(_event.c.learner)
            .where(_event.c.seat == self._seat, _event.c.kind == "seat")
            .group_by(_event.c.learner)
            .order_by(sa.func.max(_event.c.seq).desc())
        )
        with self._said():
            with self._engine.connect() as connection:
                ids = connection.execute(query).scalars().all()
            return [learner for learner in map(self._profile, ids) if learner.name]

    def learners(self) -> list[str]:
        """The ids of all learners who have answered or begun anything, in no order that tells something."""
        query = sa.union(sa.select(_attempt.c.learner), sa.select(_event.c.learner)).order_by("learner")
        with self._said(), self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def sit_down(self, learner: str | None = None) -> Learner:
        """Makes a known learner, or a new one, the one who sits here."""
        with self._said():
            return self._sit(learner or new_learner_id())

    def save_profile(self, learner: Learner) -> None:
        """Keeps a learner's name, profession and role in place of earlier ones."""
        with self._said():
            try:
                self._write_profile(learner)
            except IntegrityError:  # written at the same moment from elsewhere: now there is a row to change
                self._write_profile(learner)

    def _write_profile(self, learner: Learner) -> None:
        row = {f: getattr(learner, f) for f in ("name", "profession", "role")}
        with self._writing() as connection:
            changed = connection.execute(_profile.update().where(_profile.c.learner == learner.id), row)
            if not changed.rowcount:
                connection.execute(_profile.insert(), {**row, "learner": learner.id})
            connection.execute(_event.insert(), self._event("profile", learner.id))

    @property
    def _seat(self) -> str:
        """A file has one seat; in a shared database every account on every computer is one."""
        if self._sqlite:
            return "here"
        return hashlib.sha256(f"{getpass.getuser()}@{platform.node()}".encode()).hexdigest()

    def last_seated(self) -> str | None:
        """Who sat down here last, if anybody has."""
        query = (
            sa.select(_event.c.learner)
            .where(_event.c.seat == self._seat, _event.c.kind == "seat")
            .order_by(_event.c.seq.desc())
            .limit(1)
        )
        with self._said(), self._engine.connect() as connection:
            found: str | None = connection.execute(query).scalar_one_or_none()
        return found

    def _sit(self, learner: str) -> Learner:
        with self._writing() as connection:
            connection.execute(_event.insert(), self._event("seat", learner))
        return self._profile(learner)

    def _event(self, kind: str, learner: str, detail: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            "event": uuid7(),
            "kind": kind,
            "learner": learner,
            "seat": self._seat,
            "at": utc_now(),
            "detail": None if detail is None else _to_json(detail),
        }

    def _profile(self, learner: str) -> Learner:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_profile).where(_profile.c.learner == learner)).mappings().first()
        return Learner(learner, row["name"], row["profession"], row["role"]) if row else Learner(learner)

    # --- the store ---

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction that takes SQLite's write lock at once: a later upgrade could not wait."""
        with self._writer.begin() as connection:
            yield connection

    def _prepare(self) -> None:
        """Makes the tables once, however many processes start at once."""
        with self._engine.connect() as connection:
            found = self._format(connection)
        if found is not None and found > FORMAT:
            raise JournalError(
                f"The journal was written by a newer version of the course (format {found}; this one knows {FORMAT}). "
                "Update the course, or name another journal in COURSE_JOURNAL. Nothing was changed."
            )
        if self._sqlite:
            with closing(self._engine.raw_connection()) as raw:
                raw.execute("PRAGMA journal_mode=WAL")
        if found == FORMAT:
            return
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(20130801)"))
            found = self._format(connection)  # another process may have been faster
            if found is None:
                _metadata.create_all(connection)
                connection.execute(_store.insert(), {"format": FORMAT})
            for older in range(found or FORMAT, FORMAT):
                for statement in _MIGRATIONS[older]:
                    connection.execute(sa.text(statement))
                connection.execute(_store.update(), {"format": older + 1})

    def _prepare_patiently(self) -> None:
        """Tries again while others prepare the same file, which SQLite does not wait for everywhere."""
        until = time.monotonic() + 3 * BUSY_SECONDS
        while True:
            try:
                return self._prepare()
            except (DBAPIError, sqlite3.Error) as error:
                if not _sqlite_name(error).startswith("SQLITE_BUSY") or time.monotonic() > until:
                    raise
            time.sleep(0.02)

    def _format(self, connection: sa.Connection) -> int | None:
        if not sa.inspect(connection).has_table("store"):
            return None
        found: int | None = connection.execute(sa.select(_store.c.format)).scalar_one_or_none()
        return found

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Turns the database's errors into one sentence with what to do."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise JournalError(self._sentence(error)) from error
        except UnicodeEncodeError:
            raise JournalError(
                "The text ends in half a symbol, which can't be kept. Take it out and try again."
            ) from None

    def _sentence(self, error: Exception) -> str:
        where = self._sqlite or "on the database server"
        for start, sentence in _SENTENCES.items():
            if _sqlite_name(error).startswith(start):
                return sentence.format(where=where)
        original = getattr(error, "orig", error)
        why = str(original).strip().partition("\n")[0]  # further lines may repeat what somebody wrote
        return f"The journal {where} can't be used ({why}). Tell whoever looks after the course."


_SENTENCES = {
    "SQLITE_READONLY": "The journal {where} can only be read. Ask for the right to write to it and its folder.",
    "SQLITE_CANTOPEN": "The journal {where} can't be opened. Check that its folder is there and may be written to.",
    "SQLITE_FULL": "The disk that holds the journal {where} is full. Free some space, then answer again.",
    "SQLITE_IOERR": "The disk that holds the journal {where} reports a fault. Check it, then answer again.",
    "SQLITE_BUSY": "The journal {where} is held by another program. Close that program, then answer again.",
    "SQLITE_NOTADB": "The file {where} is not a journal. Name another file in COURSE_JOURNAL, or restore a backup.",
    "SQLITE_CORRUPT": "The journal {where} is damaged. Keep the file, restore a backup, and start the course again.",
}

_WRITES = "course_writes"


def _sqlite_name(error: Exception) -> str:
    """SQLite's own name for an error, whether SQLAlchemy has wrapped it or not."""
    return str(getattr(getattr(error, "orig", error), "sqlite_errorname", ""))


def _parse(url: str) -> sa.URL:
    """The place that a URL names; a file by its full path, whatever folder the program is in later."""
    try:
        place = sa.make_url(url)
        backend = place.get_backend_name()
        place.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise _no_journal(str(error)) from None
    if backend == "postgresql":
        return place
    if backend != "sqlite":
        raise _no_journal(f"{backend} is neither SQLite nor PostgreSQL")
    if not place.database or place.database.startswith((":memory:", "file:")):
        raise _no_journal("it names no file")
    return place.set(drivername="sqlite", database=str(Path(place.database).absolute()))


def _no_journal(why: str) -> JournalError:
    return JournalError(
        "COURSE_JOURNAL does not name a journal that can be opened. Write sqlite:////full/path/journal.sqlite "
        f"or postgresql+psycopg://user@host/name ({why})."
    )


def _prepare_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        is_folder = file.is_dir()
    except OSError as error:
        raise JournalError(
            f"The folder {file.parent} can't be used ({error.strerror}). Name another one in COURSE_JOURNAL."
        ) from None
    if is_folder:
        raise JournalError("COURSE_JOURNAL names a folder. Name a file in it: sqlite:////full/path/journal.sqlite")
    share = network_share(file.parent)
    if share:
        raise JournalError(
            f"The journal {file} lies on a network share ({share}), where answers can be lost. "
            "Name a file on this computer, or a PostgreSQL server, in COURSE_JOURNAL."
        )


def _make_engine(place: sa.URL) -> sa.Engine:
    if place.get_backend_name() == "sqlite":
        engine = sa.create_engine(place, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
        sa.event.listen(engine, "connect", _on_connect)
        sa.event.listen(engine, "begin", _on_begin)
        return engine
    waits = {"connect_timeout": BUSY_SECONDS, "options": f"-c lock_timeout={BUSY_SECONDS}s"}
    waits = {name: value for name, value in waits.items() if name not in place.query}
    try:
        return sa.create_engine(place, pool_pre_ping=True, connect_args=waits)
    except ImportError as error:
        raise JournalError(
            f"The journal is on a PostgreSQL server, and the driver for it is missing ({error}). "
            "Install it with: pip install 'psycopg[binary]'. Then write postgresql+psycopg://user@host/name "
            "in COURSE_JOURNAL."
        ) from None


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
    connection.execute("PRAGMA synchronous=FULL")


def _on_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _to_attempt(row: Any) -> Attempt:
    fields = {f: row[f] for f in Attempt.__struct_fields__ if f not in ("answer", "outcome")}
    return Attempt(**fields, answer=json.loads(row["answer"]), outcome=Outcome(row["outcome"]))


def new_learner_id() -> str:
    """A pseudonym: it says nothing about the person."""
    return f"learner-{secrets.token_hex(8)}"


def utc_now() -> str:
    """The present time in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uuid7() -> str:
    """An id that sorts by time (UUID version 7, RFC 9562 section 5.7)."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "afp", "9p", "ncpfs", "davfs", "sshfs", "fuse.rclone", "webdav")
"""File systems on which SQLite's write-ahead log can lose answers (sqlite.org/wal.html, "Disadvantages")."""


def network_share(folder: Path) -> str | None:
    """The kind of network file system that a folder lies on, or None where it lies on this computer."""
    if str(folder).startswith("\\\\"):
        return "a Windows share"
    import psutil  # only here: it costs 20 ms on the way to the first question

    here = os.path.realpath(folder)
    mounts = [m for m in psutil.disk_partitions(all=True) if Path(here).is_relative_to(m.mountpoint)]
    if not mounts:
        return None
    kind = max(mounts, key=lambda m: len(m.mountpoint)).fstype.lower()
    return kind if any(name in kind for name in NETWORK_FILE_SYSTEMS) else None
