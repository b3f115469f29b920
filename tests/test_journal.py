"""The journal: what was recorded is there, whoever writes and however they end. On SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from course import journal as journal_module
from course.journal import Journal, new_learner_id, utc_now, uuid7
from course.model import Attempt, Learner, Outcome
from tests.journals import an_attempt, read_line, writers

STORES = ["sqlite", "postgresql"]


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What stands in the store itself, read past the journal."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(sa.text(query))
        found = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return found


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """The results of calls that start at the same moment, each on a thread of its own."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        barrier.wait(10)
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


# --- attempts ---


def test_every_field_of_an_attempt_comes_back_as_it_was_written(store: str) -> None:
    attempt = an_attempt(
        answer={"a": 1, "b": [True, None, "né ’ 你好 🙂"]},
        outcome=Outcome.PARTIAL,
        points=1 / 3,
        harmful=False,
        seconds=86_400.0,
        form="exam-a",
        attempt_no=2,
        seed=2**62,
        confidence="sure",
        text="Dear Ms. Vega,\n“thank you” 🙂",
    )
    assert None not in (getattr(attempt, field) for field in Attempt.__struct_fields__)
    assert Journal(store).append(attempt) == attempt
    assert Journal(store).attempts("learner-1") == [attempt]


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_comes_back_as_that_outcome(outcome: Outcome, journal: Journal) -> None:
    journal.append(an_attempt(outcome=outcome))
    assert [attempt.outcome for attempt in journal.attempts("learner-1")] == [outcome]


def test_attempts_come_oldest_first_and_are_one_learners_own(store: str) -> None:
    journal = Journal(store)
    first, other, second = (journal.append(an_attempt(learner=who)) for who in ("ann", "bea", "ann"))
    assert journal.attempts("ann") == [first, second]
    assert journal.attempts("bea") == [other]
    assert journal.attempts("cleo") == []


def test_latest_is_the_last_attempt_at_that_activity(store: str) -> None:
    journal = Journal(store)
    journal.append(an_attempt(activity="pick-one"))
    last = journal.append(an_attempt(activity="pick-one"))
    journal.append(an_attempt(activity="sort-them"))
    journal.append(an_attempt(activity="pick-one", learner="somebody-else"))
    assert journal.latest("learner-1", "pick-one") == last
    assert journal.latest("learner-1", "put-in-order") is None


def test_the_same_key_sent_again_gives_the_first_attempt(store: str) -> None:
    journal = Journal(store)
    first = journal.append(an_attempt(key="k", answer=["a"], text="mine"))
    again = journal.append(an_attempt(key="k", answer=["b"], text="changed"))
    assert again == first
    assert journal.attempts("learner-1") == [first]
    assert rows(store, "SELECT count(*) FROM free_text") == [(1,)]


def test_two_learners_may_have_the_same_key(store: str) -> None:
    journal = Journal(store)
    ann, bea = (journal.append(an_attempt(key="k", learner=who)) for who in ("ann", "bea"))
    assert ann.attempt != bea.attempt
    assert (journal.attempts("ann"), journal.attempts("bea")) == ([ann], [bea])


def test_the_same_key_from_two_threads_at_once_is_recorded_once(store: str) -> None:
    journal = Journal(store)
    for n in range(15):
        one, other = at_once(2, lambda _, n=n: journal.append(an_attempt(key=f"key {n}")))
        assert one == other
    assert len(journal.attempts("learner-1")) == 15


# --- many at once ---


def test_many_threads_lose_nothing(store: str) -> None:
    journal = Journal(store)
    written = at_once(8, lambda _: [journal.append(an_attempt()).attempt for _ in range(25)])
    assert {a.attempt for a in journal.attempts("learner-1")} == {i for ids in written for i in ids}
    assert len(journal.attempts("learner-1")) == 8 * 25


def test_several_processes_lose_nothing(store: str) -> None:
    with writers(store, 4, each=25) as processes:
        printed = [line for process in processes for line in process.communicate(timeout=60)[0].split()]
    assert len(printed) == 4 * 25
    assert sorted(a.attempt for a in Journal(store).attempts("learner-1")) == sorted(printed)


def test_many_first_starts_at_once_make_one_store(store: str) -> None:
    count = 30 if store.startswith("sqlite") else 10
    with writers(store, count, each=0) as processes:
        ended = [(process.communicate(timeout=60), process.returncode) for process in processes]
    assert [(error, status) for (_, error), status in ended] == [("", 0)] * count
    assert rows(store, "SELECT format FROM store") == [(journal_module.FORMAT,)]


def test_what_a_killed_process_had_acknowledged_is_in_the_journal(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'journal.sqlite'}"
    acknowledged: list[str] = []
    for n in range(8):
        with writers(store, 1, each=10_000) as (process,):
            acknowledged += [read_line(process) for _ in range(7 * n + 1)]
            process.kill()
            acknowledged += process.communicate(timeout=30)[0].splitlines()
            assert process.returncode != 0
        recorded = {a.attempt: a.text for a in Journal(store).attempts("learner-1")}
        assert set(acknowledged) <= set(recorded)
        assert all(recorded.values())
        assert rows(store, "PRAGMA integrity_check") == [("ok",)]


def test_each_write_goes_through_a_log_that_reaches_the_disk(journal: Journal) -> None:
    seen: list[tuple[str, int]] = []

    def look(connection: sa.Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO attempt"):
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
            seen.append((mode, connection.exec_driver_sql("PRAGMA synchronous").scalar_one()))

    sa.event.listen(sa.Engine, "after_cursor_execute", look)
    try:
        at_once(4, lambda _: journal.append(an_attempt()))
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", look)
    full = 2
    assert seen == [("wal", full)] * 4


# --- what can be erased ---


def test_free_text_stands_in_its_own_table_alone(store: str) -> None:
    Journal(store).append(an_attempt(text="my own words"))
    assert rows(store, "SELECT text FROM free_text") == [("my own words",)]
    assert "my own words" not in json.dumps(rows(store, "SELECT * FROM attempt"))
    assert "my own words" not in json.dumps(rows(store, "SELECT * FROM event"))


def test_an_attempt_without_text_writes_none(store: str) -> None:
    Journal(store).append(an_attempt())
    assert rows(store, "SELECT count(*) FROM free_text") == [(0,)]


def test_attempts_stay_whole_when_text_and_profile_are_erased(store: str) -> None:
    journal = Journal(store)
    learner = journal.sit_down()
    journal.save_profile(Learner(learner.id, "Dana Roe", "law", "lawyer"))
    attempt = journal.append(an_attempt(learner=learner.id, text="my own words"))
    before = rows(store, "SELECT * FROM attempt")
    rows(store, "DELETE FROM free_text")
    rows(store, "DELETE FROM profile")
    assert rows(store, "SELECT * FROM attempt") == before
    (left,) = Journal(store).attempts(learner.id)
    assert left.text is None
    assert (left.attempt, left.answer, left.outcome) == (attempt.attempt, attempt.answer, attempt.outcome)
    assert journal.current_learner() == Learner(learner.id)


def test_a_name_stands_in_the_profile_alone(store: str) -> None:
    journal = Journal(store)
    learner = journal.sit_down()
    journal.save_profile(Learner(learner.id, "Dana Roe", "law", "lawyer"))
    journal.append(an_attempt(learner=learner.id))
    assert "Dana" in json.dumps(rows(store, "SELECT * FROM profile"))
    assert "Dana" not in json.dumps(rows(store, "SELECT * FROM attempt") + rows(store, "SELECT * FROM event"))


# --- who sits here ---


def test_whoever_comes_first_has_an_id_and_no_name_and_stays_the_same(store: str) -> None:
    nobody = Journal(store).current_learner()
    assert nobody == Learner(nobody.id)
    assert Journal(store).current_learner() == nobody
    assert Journal(store).known_learners() == []


def test_two_people_of_one_name_are_two_learners(store: str) -> None:
    journal = Journal(store)
    people = [Learner(journal.sit_down().id, "Dana Roe", "law", role) for role in ("lawyer", "support")]
    for person in people:
        journal.save_profile(person)
    assert people[0].id != people[1].id
    assert journal.known_learners() == people[::-1]


def test_whoever_sat_down_last_sits_here(store: str) -> None:
    journal = Journal(store)
    ann, bea = journal.sit_down(), journal.sit_down()
    assert journal.current_learner() == bea
    assert journal.sit_down(ann.id) == ann
    assert Journal(store).current_learner() == ann


def test_a_named_learner_answers_without_sitting_down(store: str) -> None:
    journal = Journal(store)
    here = journal.sit_down()
    assert journal.current_learner("employee-7") == Learner("employee-7")
    journal.save_profile(Learner("employee-7", "Ann", "clinic", "clinician"))
    assert journal.current_learner("employee-7").name == "Ann"
    assert journal.current_learner() == here
    assert journal.known_learners() == []


def test_a_profile_can_be_changed_and_the_last_one_counts(store: str) -> None:
    journal = Journal(store)
    learner = journal.sit_down()
    for name in ("Dana", "Dana Roe"):
        journal.save_profile(Learner(learner.id, name, "clinic", "owner"))
    assert journal.current_learner() == Learner(learner.id, "Dana Roe", "clinic", "owner")
    assert len(journal.known_learners()) == 1


def test_a_profile_saved_twice_at_once_is_saved(store: str) -> None:
    journal = Journal(store)
    for n in range(10):
        at_once(2, lambda _, n=n: journal.save_profile(Learner(f"learner {n}", "Dana", "law", "lawyer")))
        assert journal.current_learner(f"learner {n}").name == "Dana"


def test_a_pseudonym_is_never_given_twice() -> None:
    assert len({new_learner_id() for _ in range(1000)}) == 1000


# --- ids and times ---


def test_ids_are_uuids_of_version_seven() -> None:
    for text in (uuid7() for _ in range(200)):
        parsed = uuid.UUID(text)
        assert (parsed.version, parsed.variant, str(parsed)) == (7, uuid.RFC_4122, text)


def test_ids_sort_by_the_millisecond_in_which_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_700_000_000_000_000_000
    made = []
    for n in range(300):
        monkeypatch.setattr("course.journal.time.time_ns", lambda n=n: now + n * 1_000_000)
        made.append(uuid7())
    assert sorted(made) == made
    assert uuid.UUID(made[0]).int >> 80 == now // 1_000_000


def test_times_are_utc_and_sort_as_text() -> None:
    earlier, later = utc_now(), utc_now()
    assert earlier <= later
    assert earlier.endswith("Z")
    assert len(earlier) == len("2026-01-31T09:00:00.000Z")
