"""The journal's older formats, and events with what they tell. On SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from course.journal import FORMAT, Journal
from course.model import Attempt, Event, Learner, Outcome
from tests.journals import an_attempt, said, writers
from tests.postgresql import Server
from tests.test_journal import STORES, at_once, rows

FORMAT_1 = """
CREATE TABLE store (format INTEGER NOT NULL);
CREATE TABLE attempt (
    seq {serial}, attempt VARCHAR(36) NOT NULL, key VARCHAR(64) NOT NULL, learner VARCHAR(64) NOT NULL,
    activity VARCHAR(60) NOT NULL, variant VARCHAR(10) NOT NULL, content VARCHAR(64) NOT NULL,
    course VARCHAR(32) NOT NULL, practice VARCHAR(64) NOT NULL, form VARCHAR(32), attempt_no INTEGER, seed BIGINT,
    answer TEXT NOT NULL, confidence VARCHAR(16), outcome VARCHAR(16) NOT NULL, points FLOAT NOT NULL,
    at VARCHAR(32) NOT NULL, seconds FLOAT NOT NULL, assurance VARCHAR(16) NOT NULL,
    UNIQUE (attempt), UNIQUE (learner, key)
);
CREATE INDEX attempt_by_learner ON attempt (learner, activity);
CREATE TABLE free_text (attempt VARCHAR(36) NOT NULL PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE event (
    seq {serial}, event VARCHAR(36) NOT NULL, kind VARCHAR(16) NOT NULL, learner VARCHAR(64) NOT NULL,
    seat VARCHAR(64) NOT NULL, at VARCHAR(32) NOT NULL, UNIQUE (event)
);
CREATE INDEX event_by_seat ON event (seat, kind, seq);
CREATE TABLE profile (
    learner VARCHAR(64) NOT NULL PRIMARY KEY, name TEXT NOT NULL, profession VARCHAR(16), role VARCHAR(16)
);
INSERT INTO store VALUES (1);
"""
"""The tables as they were before ``attempt.harmful`` and ``event.detail``."""

FORMAT_2 = [
    "ALTER TABLE attempt ADD COLUMN harmful BOOLEAN",
    "ALTER TABLE event ADD COLUMN detail TEXT",
    "UPDATE store SET format = 2",
]
"""What made of them the tables as they were before ``content``."""

SERIAL = {"sqlite": "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT", "postgresql": "BIGSERIAL NOT NULL PRIMARY KEY"}

AT = "2026-01-31T09:00:00.000Z"

OLD_ROWS = [
    """INSERT INTO attempt (attempt, key, learner, activity, variant, content, course, practice, form, attempt_no, seed,
       answer, confidence, outcome, points, at, seconds, assurance) VALUES
       ('one', 'k1', 'ann', 'pick-one', 'everyone', 'c1', '0.1.0', 'p1', NULL, NULL, NULL,
        '["d"]', NULL, 'wrong', 0.0, '2026-01-31T09:00:00.000Z', 12.5, 'self-attested'),
       ('two', 'k2', 'ann', 'think-it-over', 'law', 'c2', '0.1.0', 'p1', 'exam-a', 2, 4611686018427387904,
        '{"keep": true, "né": "🙂"}', 'sure', 'partial', 0.5, '2026-01-31T09:01:00.000Z', 86400.0, 'self-attested'),
       ('three', 'k1', 'bea', 'pick-one', 'clinic', 'c1', '0.1.0', 'p1', NULL, NULL, NULL,
        '["a"]', NULL, 'correct', 1.0, '2026-01-31T09:02:00.000Z', 0.0, 'self-attested')""",
    "INSERT INTO free_text VALUES ('two', 'Dear Ms. Vega, “thank you” 🙂')",
    """INSERT INTO event (event, kind, learner, seat, at) VALUES
       ('e1', 'seat', 'bea', 'here', '2026-01-31T09:00:00.000Z'),
       ('e2', 'profile', 'bea', 'here', '2026-01-31T09:00:00.000Z'),
       ('e3', 'seat', 'ann', 'here', '2026-01-31T09:00:00.000Z')""",
    "INSERT INTO profile VALUES ('ann', 'Ann Lee', 'law', 'lawyer'), ('bea', 'Bea', 'clinic', NULL)",
]

OLD: dict[str, list[Attempt]] = {
    "ann": [
        an_attempt(
            attempt="one", key="k1", learner="ann", content="c1", practice="p1", answer=["d"], at=AT, seconds=12.5
        ),
        an_attempt(
            attempt="two",
            key="k2",
            learner="ann",
            activity="think-it-over",
            variant="law",
            content="c2",
            practice="p1",
            form="exam-a",
            attempt_no=2,
            seed=2**62,
            answer={"keep": True, "né": "🙂"},
            confidence="sure",
            outcome=Outcome.PARTIAL,
            points=0.5,
            at="2026-01-31T09:01:00.000Z",
            seconds=86_400.0,
            text="Dear Ms. Vega, “thank you” 🙂",
        ),
    ],
    "bea": [
        an_attempt(
            attempt="three",
            key="k1",
            learner="bea",
            variant="clinic",
            content="c1",
            practice="p1",
            answer=["a"],
            outcome=Outcome.CORRECT,
            points=1.0,
            at="2026-01-31T09:02:00.000Z",
            seconds=0.0,
        )
    ],
}

TABLES = ("attempt", "free_text", "event", "profile")


def make_old(url: str, format: int = 1) -> str:
    """Lays a store of format 1 or 2 down at this address, as the course of that time did."""
    place = sa.make_url(url)
    tables = FORMAT_1.format(serial=SERIAL[place.get_backend_name()])
    if place.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(place.database or "")) as connection, connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript("\n".join([tables, *(f"{row};" for row in OLD_ROWS)]))
    else:
        for statement in [*tables.strip().rstrip(";").split(";"), *OLD_ROWS]:
            rows(url, statement)
    for statement in FORMAT_2 if format == 2 else ():
        rows(url, statement)
    return url


@pytest.fixture(params=STORES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        return server.new_store()
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"


@pytest.fixture(params=[1, 2])
def old(request: pytest.FixtureRequest, empty: str) -> str:
    """The address of a store of an older format."""
    return make_old(empty, request.param)


def contents(url: str, without: str = "") -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, read past the journal; ``without`` names columns that are left out."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table: [
                {name: value for name, value in row.items() if name not in without.split()}
                for row in connection.execute(sa.text(f"SELECT * FROM {table}")).mappings()
            ]
            for table in TABLES
        }
    engine.dispose()
    return found


def tables(url: str) -> dict[str, Any]:
    """The columns of every table, with their types and whether they may be empty, and its indexes with theirs."""
    engine = sa.create_engine(url)
    look = sa.inspect(engine)
    found = {
        table: (
            {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)},
            look.get_pk_constraint(table)["constrained_columns"],
            {index["name"]: index["column_names"] for index in look.get_indexes(table)},
        )
        for table in look.get_table_names()
    }
    engine.dispose()
    return found


# --- from an older format to the present one ---


def test_opening_an_older_store_keeps_every_row_as_it_was(old: str) -> None:
    before = contents(old, without="harmful detail")
    Journal(old)
    assert contents(old, without="harmful detail") == before
    assert [len(before[table]) for table in TABLES] == [3, 1, 3, 2]
    assert (
        rows(old, "SELECT DISTINCT harmful FROM attempt") == rows(old, "SELECT DISTINCT detail FROM event") == [(None,)]
    )
    assert rows(old, "SELECT format FROM store") == [(FORMAT,)]


def test_what_was_recorded_in_an_older_format_is_read_as_it_was_meant(old: str) -> None:
    journal = Journal(old)
    assert {learner: journal.attempts(learner) for learner in OLD} == OLD
    assert [attempt.harmful for attempt in journal.attempts("ann")] == [None, None]
    assert journal.latest("ann", "pick-one") == OLD["ann"][0]
    assert journal.events("bea") == [Event("seat", "bea", AT, {}, "e1"), Event("profile", "bea", AT, {}, "e2")]
    assert journal.current_learner("ann") == Learner("ann", "Ann Lee", "law", "lawyer")


def test_whoever_sat_here_before_the_migration_sits_here_after_it(tmp_path: Path) -> None:
    journal = Journal(make_old(f"sqlite:///{tmp_path / 'journal.sqlite'}"))
    assert journal.current_learner().id == "ann"
    assert [learner.name for learner in journal.known_learners()] == ["Ann Lee", "Bea"]


def test_a_migrated_store_has_the_tables_of_a_new_one(old: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    if old.startswith("postgresql"):
        new = request.getfixturevalue("server").new_store()
    Journal(old)
    Journal(new)
    assert tables(old) == tables(new)
    assert {"content", *TABLES} < set(tables(new))


def test_a_migrated_store_goes_on_where_it_stood(old: str) -> None:
    journal = Journal(old)
    again = journal.append(an_attempt(key="k1", learner="ann", answer=["b"]))
    assert again == OLD["ann"][0], "a submission from before the migration, sent again"
    new = journal.append(an_attempt(learner="ann", harmful=True, text="mine"))
    journal.record("began", "ann", {"form": "final"})
    assert Journal(old).attempts("ann") == [*OLD["ann"], new]
    assert [event.detail for event in Journal(old).events("ann")] == [{}, {"form": "final"}]


def test_what_format_2_kept_besides_is_there_after_the_migration(empty: str) -> None:
    make_old(empty, 2)
    rows(empty, "UPDATE attempt SET harmful = (attempt = 'one') WHERE attempt <> 'two'")
    rows(empty, """UPDATE event SET kind = 'began', detail = '{"form":"né 🙂"}' WHERE event = 'e3'""")
    journal = Journal(empty)
    assert [a.harmful for who in OLD for a in journal.attempts(who)] == [True, None, False]
    assert journal.events("ann") == [Event("began", "ann", AT, {"form": "né 🙂"}, "e3")]


def test_a_migrated_store_keeps_the_wordings_that_are_answered_from_then_on(old: str) -> None:
    journal = Journal(old)
    assert journal.contents() == {}
    journal.append(an_attempt(learner="ann", content="c1"), authored='"now known"')
    assert Journal(old).contents() == {"c1": '"now known"'}
    assert [(who, len(attempts), len(events)) for who, attempts, events in journal.everybody()] == [
        ("ann", 3, 1),
        ("bea", 1, 2),
    ]


def test_a_store_is_migrated_once(old: str) -> None:
    Journal(old)
    after = contents(old)
    Journal(old)
    assert contents(old) == after
    assert rows(old, "SELECT format FROM store") == [(FORMAT,)]


def test_many_processes_may_migrate_at_once_and_lose_nothing(old: str) -> None:
    count = 10 if old.startswith("sqlite") else 5
    before = contents(old, without="harmful detail")
    with writers(old, count, each=2) as processes:
        ended = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [(error, status) for _, error, status in ended] == [("", 0)] * count
    assert rows(old, "SELECT format FROM store") == [(FORMAT,)]
    after = contents(old, without="harmful detail")
    assert [row for row in after["attempt"] if row["learner"] in OLD] == before["attempt"]
    assert {a.attempt for a in Journal(old).attempts("learner-1")} == {
        i for printed, *_ in ended for i in printed.split()
    }
    assert len(after["attempt"]) == 3 + 2 * count
    assert {table: after[table] for table in ("event", "profile")} == {t: before[t] for t in ("event", "profile")}


def test_many_threads_may_migrate_at_once(old: str) -> None:
    journals = at_once(6, lambda _: Journal(old))
    assert all(journal.attempts("ann") == OLD["ann"] for journal in journals)
    assert rows(old, "SELECT format FROM store") == [(FORMAT,)]


def test_whoever_waited_for_another_process_does_not_migrate_again(server: Server) -> None:
    old, count = make_old(server.new_store()), 4
    waiting = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    with server.connect(sa.make_url(old).database or "") as other, ThreadPoolExecutor(count) as pool:
        with other.transaction():
            other.execute("LOCK TABLE attempt IN ACCESS EXCLUSIVE MODE")
            opened = [pool.submit(Journal, old) for _ in range(count)]
            while other.execute(waiting).fetchone() != (count,) and not any(one.done() for one in opened):
                pass  # until each has seen format 1 and stands in line
        assert all(one.result(timeout=20).attempts("ann") == OLD["ann"] for one in opened)
    assert rows(old, "SELECT format FROM store") == [(FORMAT,)]


@pytest.mark.parametrize(
    ("in_the_way", "away"),
    [  # not ours: a later step meets it
        ("ALTER TABLE event ADD COLUMN detail INTEGER", "ALTER TABLE event DROP COLUMN detail"),
        ("CREATE TABLE content (street TEXT)", "DROP TABLE content"),
        ("CREATE INDEX event_by_learner ON event (at)", "DROP INDEX event_by_learner"),
    ],
)
def test_a_migration_that_can_not_be_finished_changes_nothing(in_the_way: str, away: str, empty: str) -> None:
    old = make_old(empty)
    rows(old, in_the_way)
    before, stood = contents(old), tables(old)
    for _ in range(2):
        assert "can't be used" in said(lambda: Journal(old))
        assert (contents(old), tables(old)) == (before, stood)
        assert rows(old, "SELECT format FROM store") == [(1,)]
    rows(old, away)
    assert Journal(old).attempts("ann") == OLD["ann"]


# --- events ---


def test_an_event_comes_back_with_all_that_it_tells(empty: str) -> None:
    detail = {
        "form": "final",
        "seed": 2**53 - 1,
        "items": ["a", "né 🙂"],
        "nothing": None,
        "in": {"yes": True, "n": 0.5},
    }
    journal = Journal(empty)
    journal.record("began", "ann", detail)
    (event,) = Journal(empty).events("ann")
    assert (event.kind, event.learner, event.detail) == ("began", "ann", detail)
    assert event.at.endswith("Z") and event.at > AT


def test_events_come_oldest_first_and_are_one_learners_own(empty: str) -> None:
    journal = Journal(empty)
    for n, who in enumerate(("ann", "bea", "ann", "ann")):
        journal.record("began", who, {"n": n})
    assert [event.detail for event in journal.events("ann")] == [{"n": 0}, {"n": 2}, {"n": 3}]
    assert [event.detail for event in journal.events("bea")] == [{"n": 1}]
    assert journal.events("cleo") == []


def test_what_the_journal_notes_itself_tells_nothing_more(empty: str) -> None:
    journal = Journal(empty)
    learner = journal.sit_down()
    journal.save_profile(Learner(learner.id, "Dana Roe", "law", "lawyer"))
    assert [(event.kind, event.detail) for event in journal.events(learner.id)] == [("seat", {}), ("profile", {})]


def test_recording_an_event_seats_nobody(empty: str) -> None:
    journal = Journal(empty)
    here = journal.sit_down()
    journal.record("began", "somebody-else", {"form": "final"})
    assert journal.current_learner() == here


def test_the_same_event_may_be_recorded_again(empty: str) -> None:
    journal = Journal(empty)
    for _ in range(2):
        journal.record("began", "ann", {"form": "final"})
    assert len(journal.events("ann")) == 2


def test_many_threads_lose_no_event(empty: str) -> None:
    journal = Journal(empty)

    def write(thread: int) -> None:
        for n in range(10):
            journal.record("began", "ann", {"n": [thread, n]})

    at_once(6, write)
    told = [event.detail["n"] for event in journal.events("ann")]
    assert sorted(told) == [[thread, n] for thread in range(6) for n in range(10)]
    assert all([n for t, n in told if t == thread] == list(range(10)) for thread in range(6))


def test_an_event_that_can_not_be_kept_is_said(journal: Journal, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "journal.sqlite", isolation_level=None)) as other:
        other.execute("DROP TABLE event")
    assert "can't be used" in said(lambda: journal.record("began", "ann", {}))
    assert "can't be used" in said(lambda: journal.events("ann"))
    assert "half a symbol" in said(
        lambda: Journal(f"sqlite:///{tmp_path / 'new.sqlite'}").record("k", "a", {"t": "\ud800"})
    )
