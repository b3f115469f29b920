"""The only writer of what a learner did: an append-only list of attempts, and events beside it.

The store is any SQLAlchemy URL of SQLite or PostgreSQL. Attempts are never changed or deleted.
Free text and profiles stand in tables of their own and can be erased without touching them.

Format 3::

    store      format                       one row; an older format is migrated, a newer one refused
    attempt    one row an answer            see model.Attempt; (learner, key) is unique
    content    hash, authored               what was answered, as JSON: each wording once
    free_text  attempt, text                what learners chose to keep
    event      one row an event, in order   see model.Event; no names and no free text
    profile    learner, name, profession, role

Format 2 had no ``content``, format 1 no ``attempt.harmful`` and no ``event.detail`` either.

Many threads and many processes write at once: JupyterLab answers widget messages on changing
threads, so no connection belongs to a thread, and each write is one transaction.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from math import isfinite
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from course.errors import JournalError
from course.model import Attempt, Event, Learner

T = TypeVar("T", Attempt, Event)
V = TypeVar("V")

FORMAT = 3
"""Version of the tables below."""

_MIGRATIONS = {
    1: ("ALTER TABLE attempt ADD COLUMN harmful BOOLEAN", "ALTER TABLE event ADD COLUMN detail TEXT"),
    2: (
        "CREATE TABLE content (hash VARCHAR(64) NOT NULL PRIMARY KEY, authored TEXT NOT NULL)",
        "CREATE INDEX event_by_learner ON event (learner, kind)",
    ),
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

_content = sa.Table(
    "content",
    _metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("authored", sa.Text, nullable=False),
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
    sa.Index("event_by_learner", "learner", "kind"),
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

_STORED = tuple(_attempt.c[field] for field in Attempt.__struct_fields__ if field != "text")
"""An attempt's fields in their order; its text, the last one, stands in a table of its own."""

_TOLD = (_event.c.kind, _event.c.learner, _event.c.at, _event.c.detail, _event.c.event)
"""An event's fields in their order."""

PROFILE, FORGOTTEN = "profile", "forgotten"
"""The kinds of event that tell when a name was given and when it was erased."""


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
        # several queries that see one moment, which SQLite gives anyway
        self._reader = self._engine if self._sqlite else self._engine.execution_options(isolation_level=_ONE_MOMENT)
        self._kept: set[str] = set()
        with self._said():
            self._prepare_patiently()

    # --- attempts ---

    def append(self, attempt: Attempt, authored: str = "") -> Attempt:
        """Commits an attempt and returns it, or the one already recorded under its key.

        ``authored`` is the content that was answered, as JSON; each wording is kept once. When this
        returns, the attempt is on disk. Raises JournalError if it is not.
        """
        with self._said():
            try:
                with self._writing() as connection:
                    connection.execute(_attempt.insert(), _row(attempt))
                    if attempt.text is not None:
                        connection.execute(_free_text.insert(), {"attempt": attempt.attempt, "text": attempt.text})
                    if authored and attempt.content not in self._kept:
                        connection.execute(_add(_content), {"hash": attempt.content, "authored": authored})
                if authored:
                    self._kept.add(attempt.content)
            except IntegrityError:
                recorded = self._select(_attempt.c.learner == attempt.learner, _attempt.c.key == attempt.key)
                if not recorded:
                    raise
                return recorded[0]
        return attempt

    def contents(self) -> dict[str, str]:
        """Every wording that was answered, as JSON, by its hash."""
        with self._said(), self._engine.connect() as connection:
            return {row.hash: row.authored for row in connection.execute(sa.select(_content))}

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
            sa.select(*_STORED, _free_text.c.text)
            .outerjoin(_free_text, _free_text.c.attempt == _attempt.c.attempt)
            .where(*where)
            .order_by(_attempt.c.seq.desc() if last else _attempt.c.seq)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.limit(1) if last else query).all()
        return [_to_attempt(row) for row in rows]

    # --- events ---

    def record(self, kind: str, learner: str, detail: dict[str, Any]) -> None:
        """Commits an event of a learner's: a check begun or finished, a policy acknowledged."""
        with self._said(), self._writing() as connection:
            connection.execute(_event.insert(), self._event(kind, learner, detail))

    def events(self, learner: str) -> list[Event]:
        """What a learner did besides answering, oldest first."""
        query = sa.select(*_TOLD).where(_event.c.learner == learner).order_by(_event.c.seq)
        with self._said(), self._engine.connect() as connection:
            return [_to_event(row) for row in connection.execute(query)]

    # --- everybody at once ---

    def everybody(self) -> Iterator[tuple[str, list[Attempt], list[Event]]]:
        """Each learner with all attempts, without their free text, and all events, oldest first.

        Rows are fetched as they are needed: one learner's are in memory at a time.
        """
        order = "BINARY" if self._sqlite else "C"  # as Python orders text, whatever the database's language
        attempts = sa.select(*_STORED).order_by(_attempt.c.learner.collate(order), _attempt.c.seq)
        events = sa.select(*_TOLD).order_by(_event.c.learner.collate(order), _event.c.seq)
        with self._said(), self._reader.connect().execution_options(yield_per=2_000) as connection:
            answered = _by_learner(map(_to_attempt, connection.execute(attempts)))
            done = _by_learner(map(_to_event, connection.execute(events)))
            yield from _together(answered, done)

    def profiles(self) -> dict[str, Learner]:
        """Every profile, by its learner's id."""
        with self._said(), self._engine.connect() as connection:
            return {row.learner: _to_learner(row) for row in connection.execute(sa.select(_profile))}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that learners chose to keep, with its attempt's id."""
        with self._said(), self._engine.connect().execution_options(yield_per=500) as connection:
            for row in connection.execute(sa.select(_free_text)):
                yield row.attempt, row.text

    def absorb(
        self,
        attempts: Sequence[Attempt] = (),
        events: Sequence[Event] = (),
        profiles: Iterable[Learner] = (),
        contents: Mapping[str, str] | None = None,
    ) -> Absorbed:
        """Adds what came from elsewhere, all of it or none: by attempt and event id, so that twice is the same as once.

        What is here stays as it is; where the same id, or the same key of a learner, says something else,
        the id is given back and nothing of it is taken. A text or a name is added where there is none, but
        nothing that a learner had erased here. Raises JournalError, for what this course would not write, too.
        """
        with self._said(), self._writing() as connection:
            self._take_turns(connection)
            new, known, conflicts = self._sift(connection, attempts)
            unseen, differing = self._sift_events(connection, events)
            _refuse_damaged([*new, *unseen])
            _insert(connection, _attempt.insert(), [_row(a) for a in new])
            _insert(connection, _event.insert(), [self._event_row(e) for e in unseen])
            _insert(connection, _add(_content), [{"hash": h, "authored": a} for h, a in (contents or {}).items()])
            told, named = [a for a in (*new, *known) if a.text is not None], list(profiles)
            last = self._last_profiles(connection, [*(a.learner for a in told), *(p.id for p in named)])
            forgotten = {learner: at for (learner, kind), at in last.items() if kind == FORGOTTEN}
            told = [a for a in told if a.at > forgotten.get(a.learner, "")]
            named = [p for p in named if p.id not in forgotten or last.get((p.id, PROFILE), "") > forgotten[p.id]]
            _insert(connection, _add(_free_text), [{"attempt": a.attempt, "text": a.text} for a in told])
            _insert(connection, _add(_profile), [_profile_row(p) for p in named])
        return Absorbed(len(new), len(unseen), tuple(dict.fromkeys([*conflicts, *differing])))

    def _sift(
        self, connection: sa.Connection, attempts: Sequence[Attempt]
    ) -> tuple[list[Attempt], list[Attempt], list[str]]:
        """Those that are not here, those that are, and the ids of those whose id or key something else has here."""
        here: dict[str, Attempt] = {}
        keys: set[tuple[str, str]] = set()
        for some in _chunks(attempts):
            query = sa.select(*_STORED).where(_attempt.c.attempt.in_([a.attempt for a in some]))
            here |= {a.attempt: a for a in map(_to_attempt, connection.execute(query))}
            others = [a for a in some if a.attempt not in here]
            pairs = sa.select(_attempt.c.learner, _attempt.c.key).where(
                _attempt.c.learner.in_({a.learner for a in others}), _attempt.c.key.in_([a.key for a in others])
            )
            keys |= {(row.learner, row.key) for row in connection.execute(pairs)}
        new, known, conflicts = [], [], []
        for attempt in attempts:
            bare = msgspec.structs.replace(attempt, text=None)
            if here.get(attempt.attempt) == bare:
                known.append(attempt)
            elif attempt.attempt in here or (attempt.learner, attempt.key) in keys:
                conflicts.append(attempt.attempt)
            else:
                new.append(attempt)
                here[attempt.attempt] = bare
                keys.add((attempt.learner, attempt.key))
        return new, known, conflicts

    def _sift_events(self, connection: sa.Connection, events: Sequence[Event]) -> tuple[list[Event], list[str]]:
        """Those that are not here, and the ids of those that are and say something else."""
        here: dict[str, Event] = {}
        for some in _chunks(events):
            query = sa.select(*_TOLD).where(_event.c.event.in_([e.id for e in some]))
            here |= {e.id: e for e in map(_to_event, connection.execute(query))}
        new, conflicts = [], []
        for event in events:
            if event.id not in here:
                new.append(event)
                here[event.id] = event
            elif here[event.id] != event:
                conflicts.append(event.id)
        return new, conflicts

    def _last_profiles(self, connection: sa.Connection, learners: Iterable[str]) -> dict[tuple[str, str], str]:
        """When each of these learners last gave a name and was last forgotten, by learner and kind of event."""
        found: dict[tuple[str, str], str] = {}
        for some in _chunks(list(dict.fromkeys(learners))):
            query = (
                sa.select(_event.c.learner, _event.c.kind, sa.func.max(_event.c.at))
                .where(_event.c.learner.in_(some), _event.c.kind.in_((PROFILE, FORGOTTEN)))
                .group_by(_event.c.learner, _event.c.kind)
            )
            found |= {(learner, kind): at for learner, kind, at in connection.execute(query)}
        return found

    def backup(self, file: Path) -> None:
        """Copies a journal that may be in use into a file, as one moment saw it; a file of that name is replaced.

        Raises JournalError; what was there before is then still there.
        """
        if file.resolve() == (self._sqlite and self._sqlite.resolve()) or Path(f"{file}-wal").exists():
            raise JournalError(f"{file} is a journal in use. Name another file for the copy.")
        try:
            with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as folder:
                copy = Path(folder) / file.name
                self._copy(copy)
                copy.replace(file)
        except OSError as error:
            raise JournalError(f"{file} can't be written ({error.strerror}). Name another place.") from None
        except (SQLAlchemyError, sqlite3.Error) as error:
            if _sqlite_name(error) == "SQLITE_FULL":
                raise JournalError(f"The disk for {file} is full. Name another place.") from None
            raise JournalError(self._sentence(error)) from error

    def _copy(self, file: Path) -> None:
        engine = _make_engine(sa.URL.create("sqlite", database=str(file)))
        try:
            if self._sqlite:
                with closing(self._engine.raw_connection()) as there, closing(engine.raw_connection()) as here:
                    here.execute("PRAGMA locking_mode=EXCLUSIVE")  # the copy may lie on a network share
                    there.driver_connection.backup(here.driver_connection)  # type: ignore[union-attr]
                    here.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read from anywhere
                    if here.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                        raise JournalError(_SENTENCES["SQLITE_CORRUPT"].format(where=self._sqlite))
                return
            with self._reader.connect().execution_options(yield_per=2_000) as source, engine.begin() as copy:
                _metadata.create_all(copy)
                for table in _metadata.sorted_tables:
                    for rows in source.execute(sa.select(table)).mappings().partitions():
                        copy.execute(table.insert(), [dict(row) for row in rows])
        finally:
            engine.dispose()

    def close(self) -> None:
        """Lets go of the store; a file is then whole, without companions."""
        self._engine.dispose()

    def forget(self, learner: str) -> int:
        """Erases a learner's name, profession, role and texts; gives the number of texts.

        Attempts and events stay under the pseudonym, so that counts stay right. What was erased is gone from
        a file and its log, too; a database server frees its disk by its own rules, and earlier copies keep
        what they hold. Raises JournalError where nobody here has that id, or where traces could be left.
        """
        if learner not in self.learners():
            raise JournalError(f"Nobody in this journal has the id '{learner}'. Look for a typing mistake.")
        mine = sa.select(_attempt.c.attempt).where(_attempt.c.learner == learner)
        with self._said(), self._writing() as connection:
            erased = connection.execute(_free_text.delete().where(_free_text.c.attempt.in_(mine))).rowcount
            connection.execute(_profile.delete().where(_profile.c.learner == learner))
            connection.execute(_event.insert(), self._event(FORGOTTEN, learner))
        if self._sqlite:
            self._scrub()
        return erased

    def _scrub(self) -> None:
        """Writes the file anew and empties its log.

        SQLite's ``secure_delete`` would not do: rows that were moved leave copies between the rows of a page.
        """
        try:
            with closing(self._engine.raw_connection()) as raw:
                raw.execute("VACUUM")
                left = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() != (0, 0, 0)
        except (SQLAlchemyError, sqlite3.Error):
            left = True
        if left:
            raise JournalError(
                f"Name and texts are erased, but the file {self._sqlite} could not be written anew, and traces of them may "
                "be left in it. Close the course and whatever else reads the file, see that its disk has space, and "
                "do this again."
            )

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
        row = _profile_row(learner)
        with self._writing() as connection:
            changed = connection.execute(_profile.update().where(_profile.c.learner == learner.id), row)
            if not changed.rowcount:
                connection.execute(_profile.insert(), row)
            connection.execute(_event.insert(), self._event(PROFILE, learner.id))

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

    def _event_row(self, event: Event) -> dict[str, Any]:
        """A row of an event from elsewhere: nobody sits down here by it."""
        detail = _to_json(dict(event.detail)) if event.detail else None
        row = {"event": event.id, "kind": event.kind, "learner": event.learner, "seat": "elsewhere", "at": event.at}
        return {**row, "detail": detail}

    def _profile(self, learner: str) -> Learner:
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(_profile).where(_profile.c.learner == learner)).first()
        return _to_learner(row) if row else Learner(learner)

    # --- the store ---

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """One transaction that takes SQLite's write lock at once: a later upgrade could not wait."""
        with self._writer.begin() as connection:
            yield connection

    def _take_turns(self, connection: sa.Connection) -> None:
        """Waits until nobody else has this part of a transaction under way; in a file nobody has anyway."""
        if not self._sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(20130801)"))

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
            self._take_turns(connection)
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
_ONE_MOMENT = "REPEATABLE READ"


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


class Absorbed(msgspec.Struct, frozen=True):
    """How many attempts and events were new, and the ids of those that say something else here."""

    attempts: int
    events: int
    conflicts: tuple[str, ...]


def _add(table: sa.Table) -> sa.TextClause:
    """Adds a row unless there is one of its key, even one that is being written now; both databases say this alike."""
    names = [column.name for column in table.columns]
    values = ", ".join(f":{name}" for name in names)
    return sa.text(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values}) ON CONFLICT DO NOTHING")


def _insert(connection: sa.Connection, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:  # without any, SQLAlchemy would add a row of defaults
        connection.execute(statement, rows)


def _row(attempt: Attempt) -> dict[str, Any]:
    return {**{c.name: getattr(attempt, c.name) for c in _STORED}, "answer": _to_json(attempt.answer)}


def _profile_row(learner: Learner) -> dict[str, Any]:
    return {"learner": learner.id, "name": learner.name, "profession": learner.profession, "role": learner.role}


def _to_attempt(row: Sequence[Any]) -> Attempt:
    """An attempt from its stored fields, in their order."""
    fields = dict(zip(Attempt.__struct_fields__, row, strict=False))
    try:
        fields["answer"] = msgspec.json.decode(fields["answer"])
        attempt = msgspec.convert(fields, Attempt)
        _check(attempt)
        return attempt
    except _DAMAGE as error:
        raise JournalError.of_row(f"attempt {fields['attempt']} in the journal", error) from None


def _to_event(row: Sequence[Any]) -> Event:
    """An event from its stored fields, in their order."""
    fields = dict(zip(Event.__struct_fields__, row, strict=True))
    try:
        fields["detail"] = msgspec.json.decode(fields["detail"] or "{}", type=dict[str, Any])
        event = msgspec.convert(fields, Event)
        _check(event)
        return event
    except _DAMAGE as error:
        raise JournalError.of_row(f"event {fields['id']} in the journal", error) from None


def _to_learner(row: Sequence[Any]) -> Learner:
    """A learner from a stored profile."""
    try:
        return msgspec.convert(dict(zip(Learner.__struct_fields__, row, strict=True)), Learner)
    except _DAMAGE as error:
        raise JournalError.of_row(f"profile of {row[0]} in the journal", error) from None


_DAMAGE = (ValueError, TypeError, RecursionError)
"""What reading a row edited by hand may raise; msgspec's errors are among them."""

_MOMENT = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")


def _check(record: Attempt | Event) -> None:
    """Raises ValueError unless the record's time and points can be compared and counted with."""
    if not _MOMENT.fullmatch(record.at):
        raise ValueError(f"'{record.at}' is no time in UTC like 2026-01-31T09:00:00.000Z")
    datetime.fromisoformat(record.at)  # a day that the month does not have
    if isinstance(record, Attempt) and not isfinite(record.points):
        raise ValueError(f"{record.points} are no points")


def _refuse_damaged(records: Iterable[Attempt | Event]) -> None:
    for record in records:
        try:
            _check(record)
        except ValueError as error:
            row = f"attempt {record.attempt}" if isinstance(record, Attempt) else f"event {record.id}"
            raise JournalError.of_row(row, error) from None


def _by_learner(rows: Iterable[T]) -> Iterator[tuple[str, list[T]]]:
    for learner, group in groupby(rows, key=attrgetter("learner")):
        yield learner, list(group)


def _together(
    answered: Iterator[tuple[str, list[Attempt]]], done: Iterator[tuple[str, list[Event]]]
) -> Iterator[tuple[str, list[Attempt], list[Event]]]:
    """Two lists in the order of their learners as one."""
    one, other = next(answered, None), next(done, None)
    while one or other:
        learner = min(pair[0] for pair in (one, other) if pair)
        attempts = one[1] if one and one[0] == learner else []
        events = other[1] if other and other[0] == learner else []
        yield learner, attempts, events
        one = next(answered, None) if attempts else one
        other = next(done, None) if events else other


def _chunks(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """Few enough at a time for any database's list of values."""
    return (values[n : n + 400] for n in range(0, len(values), 400))


@contextmanager
def copied(file: Path) -> Iterator[Journal]:
    """Another journal's file as one moment saw it, in a private copy, where an older one is migrated.

    The file stays as it is. Raises JournalError for one that is no journal, is damaged, or comes from a newer version.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        copy = Path(folder) / "journal.sqlite"
        try:
            _copy_file(file, copy)
            with closing(sqlite3.connect(copy)) as here:
                if here.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise JournalError(_NO_COPY["SQLITE_CORRUPT"])
                here.execute("SELECT format FROM store")
        except OSError as error:
            raise JournalError(f"The file can't be read ({error.strerror}). Ask for the right to read it.") from None
        except sqlite3.Error as error:
            sentence = _NO_COPY.get(_sqlite_name(error), f"The file can't be read ({error}). Close what uses it.")
            raise JournalError(sentence) from None
        journal = Journal(f"sqlite:///{copy}")
        try:
            yield journal
        finally:
            journal.close()


_NOT_OURS = "There is neither a journal nor evidence in this file. Look for a typing mistake."
_NO_COPY = {
    "SQLITE_CORRUPT": "This journal is damaged or cut off. Ask for it once more, or for a backup of it.",
    "SQLITE_NOTADB": _NOT_OURS,
    "SQLITE_ERROR": _NOT_OURS,
}


def _copy_file(file: Path, copy: Path) -> None:
    """Through SQLite where somebody may be writing; else byte by byte, which leaves no companions beside the file."""
    if Path(f"{file}-shm").exists():
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as there,
            closing(sqlite3.connect(copy)) as here,
        ):
            return there.backup(here)
    shutil.copyfile(file, copy)
    if Path(f"{file}-wal").exists():
        shutil.copyfile(f"{file}-wal", f"{copy}-wal")
    return None


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
