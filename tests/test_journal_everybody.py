"""The journal read whole: each wording once, each learner once, one after the other. On SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from course import journal as journal_module
from course.journal import Journal
from course.model import Attempt, Event, Learner
from tests.journals import an_attempt, said, writers
from tests.postgresql import Server
from tests.test_journal import at_once, rows

ASKED = '{"id":"pick-one","stem":"né ’ 你好 🙂"}'


# --- what was asked ---


def test_each_wording_is_kept_once_however_often_it_is_answered(store: str) -> None:
    for journal in (Journal(store), Journal(store)):
        for _ in range(2):
            journal.append(an_attempt(content="first"), authored=ASKED)
        journal.append(an_attempt(content="second"), authored="[]")
    assert sorted(rows(store, "SELECT * FROM content")) == [("first", ASKED), ("second", "[]")]
    assert Journal(store).contents() == {"first": ASKED, "second": "[]"}


def test_a_wording_that_comes_late_is_kept_all_the_same(store: str) -> None:
    journal = Journal(store)
    journal.append(an_attempt(content="c"))
    assert journal.contents() == {}
    journal.append(an_attempt(content="c"), authored=ASKED)
    assert journal.contents() == {"c": ASKED}


def test_an_answer_that_is_not_recorded_keeps_no_wording(store: str) -> None:
    journal = Journal(store)
    said(lambda: journal.append(an_attempt(content="c", text="half a symbol: \ud83d"), authored=ASKED))
    assert journal.contents() == {}
    journal.append(an_attempt(content="c"), authored=ASKED)
    assert journal.contents() == {"c": ASKED}


def test_an_answer_sent_again_changes_no_wording(store: str) -> None:
    journal = Journal(store)
    for authored in (ASKED, "[]"):
        journal.append(an_attempt(key="k", content=authored), authored=authored)
    assert journal.contents() == {ASKED: ASKED}


def test_many_threads_keep_one_wording(store: str) -> None:
    journals = [Journal(store) for _ in range(4)]
    for n in range(10):
        at_once(8, lambda t, n=n: journals[t % 4].append(an_attempt(content=f"c{n}"), authored=ASKED))
    assert Journal(store).contents() == {f"c{n}": ASKED for n in range(10)}
    assert len(Journal(store).attempts("learner-1")) == 80


def test_many_processes_keep_one_wording(store: str) -> None:
    with writers(store, 5, each=3) as processes:
        ended = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert [(error, status) for _, error, status in ended] == [("", 0)] * 5
    assert Journal(store).contents() == {"c" * 64: '"what was asked"'}


# --- everybody ---


def fill(journal: Journal, learners: int, each: int) -> list[str]:
    """Attempts of many learners in turns, two events of each."""
    ids = [f"learner-{n:03}" for n in range(learners)]
    for turn in range(each):
        journal.absorb([an_attempt(learner=who, points=turn) for who in ids])
    for kind in ("began", "finished"):
        journal.absorb(events=[Event(kind, who, "2026-01-31T09:00:00.000Z", {}, f"{kind} {who}") for who in ids])
    return ids


def agrees(journal: Journal) -> list[str]:
    """The learners in their order, if everybody together is what each is alone, without texts."""
    found = [(who, attempts, events) for who, attempts, events in journal.everybody()]
    for who, attempts, events in found:
        assert attempts == [replace(attempt, text=None) for attempt in journal.attempts(who)]
        assert events == journal.events(who)
        assert attempts or events
    ids = [who for who, *_ in found]
    assert sorted(ids) == ids == sorted(journal.learners())
    return ids


def test_an_empty_journal_has_nobody(store: str) -> None:
    assert agrees(Journal(store)) == []


def test_everybody_comes_once_with_all_that_they_did(store: str) -> None:
    journal = Journal(store)
    for n in range(3):
        for who in ("bea", "Zoe", "ann", "élodie"):
            journal.append(an_attempt(learner=who, text=f"mine {n}", answer={"né": n}))
            journal.record("began", who, {"n": n})
    assert agrees(journal) == ["Zoe", "ann", "bea", "élodie"]


def test_who_only_answered_and_who_only_began_are_among_them(store: str) -> None:
    journal = Journal(store)
    for who in ("b", "d", "a"):
        journal.append(an_attempt(learner=who))
    for who in ("c", "b", "e"):
        journal.record("began", who, {})
    assert agrees(journal) == ["a", "b", "c", "d", "e"]
    assert [(len(a), len(e)) for _, a, e in journal.everybody()] == [(1, 0), (1, 1), (0, 1), (1, 0), (0, 1)]


def test_many_rows_are_all_there_and_one_learners_are_read_at_a_time(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(store)
    ids = fill(journal, learners=300, each=15)
    read: list[Attempt] = []
    to_attempt = journal_module._to_attempt

    def counted(row: Any) -> Attempt:
        read.append(to_attempt(row))
        return read[-1]

    monkeypatch.setattr(journal_module, "_to_attempt", counted)
    for n, (who, attempts, events) in enumerate(journal.everybody(), 1):
        assert (who, [a.points for a in attempts]) == (ids[n - 1], list(range(15)))
        assert [event.kind for event in events] == ["began", "finished"]
        assert len(read) <= 15 * (n + 1) + 1, "read before somebody asked"
    assert n == len(ids)


def test_what_is_written_while_everybody_is_read_is_not_half_seen(store: str) -> None:
    journal = Journal(store)
    fill(journal, learners=3, each=1)
    reading = journal.everybody()
    seen = [next(reading)]
    for who in ("learner-002", "learner-003"):
        journal.append(an_attempt(learner=who))
        journal.record("began", who, {})
    seen += reading
    assert [(who, len(attempts), len(events)) for who, attempts, events in seen] == [
        (f"learner-00{n}", 1, 2) for n in range(3)
    ]
    assert len(agrees(journal)) == 4


def test_reading_that_is_broken_off_holds_nobody_up(store: str) -> None:
    journal = Journal(store)
    fill(journal, learners=3, each=1)
    for _ in range(20):  # more than there are connections
        reading = journal.everybody()
        next(reading)
        reading.close()  # type: ignore[attr-defined]
    journal.append(an_attempt())
    journal.save_profile(Learner("learner-000", "Ann"))
    assert journal.forget("learner-000") == 0


def test_a_database_that_orders_names_as_a_language_does_gives_each_learner_once(server: Server) -> None:
    psycopg = pytest.importorskip("psycopg")
    with server.connect("postgres") as connection:
        try:
            connection.execute("CREATE DATABASE spoken TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
        except psycopg.Error as error:
            pytest.skip(f"this server knows no language: {error}")
    journal = Journal(server.url("spoken"))
    for who in ("a", "B", "c", "D", "é", "Z"):
        journal.append(an_attempt(learner=who))
    for who in ("a", "D", "Z"):
        journal.record("began", who, {})
    assert rows(server.url("spoken"), "SELECT learner FROM attempt ORDER BY learner") != [("B",), ("D",)]
    assert agrees(journal) == ["B", "D", "Z", "a", "c", "é"]


# --- rows that somebody has edited ---


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("UPDATE attempt SET answer = '[\"a' WHERE learner = 'ann'", "attempt one"),
        ("UPDATE attempt SET outcome = 'splendid' WHERE learner = 'ann'", "attempt one"),
        ("UPDATE event SET detail = '{\"form\"' WHERE learner = 'ann'", "event e1"),
        ("UPDATE event SET detail = '[1]' WHERE learner = 'ann'", "event e1"),
    ],
)
def test_a_row_edited_by_hand_is_named_and_hides_nobody_else(edit: str, named: str, store: str) -> None:
    journal = Journal(store)
    mine, other = an_attempt(attempt="one", learner="ann"), an_attempt(learner="bea")
    journal.absorb([mine, other], [Event("began", "ann", "2026-01-31T09:00:00.000Z", {"n": 1}, "e1")])
    rows(store, edit)
    read = journal.attempts if named.startswith("attempt") else journal.events
    for call in (lambda: read("ann"), lambda: list(journal.everybody())):
        sentence = said(call)
        assert f"The {named} in the journal is not as the course wrote it" in sentence
        assert "Correct that row, or restore a backup" in sentence
    assert journal.attempts("bea") == [other]


def test_a_number_that_somebody_wrote_as_a_word_is_named(journal: Journal) -> None:
    journal.append(an_attempt(attempt="one", learner="ann"))
    rows(journal.address, "UPDATE attempt SET points = 'many'")
    assert "attempt one" in said(lambda: journal.attempts("ann"))
    assert "attempt one" in said(lambda: journal.latest("ann", "pick-one"))
