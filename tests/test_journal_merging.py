"""Journals that come together, are copied and forget somebody. On SQLite and on PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from course.journal import Absorbed, Journal
from course.model import Attempt, Event, Learner
from tests.journals import an_attempt, said
from tests.postgresql import Server
from tests.test_journal import STORES, at_once, rows

NewStore = Callable[[], str]
NOTHING_NEW = Absorbed(0, 0, ())


@pytest.fixture(params=STORES)
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> NewStore:
    """Gives the address of one more empty store."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        return server.new_store
    numbers = iter(range(100))
    return lambda: f"sqlite:///{tmp_path / f'journal {next(numbers)}.sqlite'}"


@pytest.fixture
def journal(new_store: NewStore) -> Journal:
    """The journal into which others are put."""
    return Journal(new_store())


def an_event(**changes: Any) -> Event:
    fields = {"kind": "began", "learner": "ann", "at": "2026-01-31T09:00:00.000Z", "detail": {"n": 1}, "id": "e1"}
    return Event(**{**fields, **changes})


def a_laptop(url: str) -> Journal:
    """A journal of two people, with names, texts and wordings."""
    journal = Journal(url)
    for person in (Learner("ann", "Ann Lee", "law", "lawyer"), Learner("bea", "Bea")):
        journal.sit_down(person.id)
        journal.save_profile(person)
        for n in range(3):
            text = f"{person.name} wrote {n}" if n else None
            attempt = an_attempt(learner=person.id, content=f"c{n}", points=n / 3, harmful=n == 1, text=text)
            journal.append(attempt, authored=f'"wording {n}"')
        journal.record("began", person.id, {"form": "final", "né": [1, None, "🙂"]})
    return journal


def everything(journal: Journal) -> dict[str, Any]:
    """All that a journal holds of what people did, in an order that does not tell when it came there."""
    return {
        "attempts": {a.attempt: a for who in journal.learners() for a in journal.attempts(who)},
        "events": {e.id: e for who in journal.learners() for e in journal.events(who)},
        "names": journal.profiles(),
        "texts": dict(journal.texts()),
        "contents": journal.contents(),
    }


def take(into: Journal, source: Journal) -> list[Absorbed]:
    """Puts a whole journal into another one, learner by learner."""
    names, texts, contents = source.profiles(), dict(source.texts()), source.contents()
    return [
        into.absorb([replace(a, text=texts.get(a.attempt)) for a in attempts], events, [names[who]], contents)
        for who, attempts, events in source.everybody()
    ]


# --- what comes from elsewhere ---


def test_what_comes_from_elsewhere_is_all_there(journal: Journal, new_store: NewStore) -> None:
    laptop = a_laptop(new_store())
    assert take(journal, laptop) == [Absorbed(3, 3, ())] * 2
    assert everything(journal) == everything(laptop)
    for who in ("ann", "bea"):
        assert (journal.attempts(who), journal.events(who)) == (laptop.attempts(who), laptop.events(who))


def test_nobody_sits_down_here_by_having_sat_elsewhere(journal: Journal, new_store: NewStore) -> None:
    take(journal, a_laptop(new_store()))
    assert journal.last_seated() is None and journal.known_learners() == []


def test_twice_is_the_same_as_once(journal: Journal, new_store: NewStore) -> None:
    laptop = a_laptop(new_store())
    take(journal, laptop)
    once = everything(journal)
    assert take(journal, laptop) == [NOTHING_NEW] * 2
    attempts, events = laptop.attempts("ann"), laptop.events("ann")
    assert journal.absorb(attempts * 2, events * 2, [Learner("ann", "Ann Lee")] * 2) == NOTHING_NEW
    assert everything(journal) == once
    assert Journal(new_store()).absorb(attempts * 2, events * 2, [Learner("ann")] * 2) == Absorbed(3, 3, ())


def test_two_journals_come_together(journal: Journal, new_store: NewStore) -> None:
    one, other = a_laptop(new_store()), Journal(new_store())
    kept = other.append(an_attempt(learner="ann", content="c1"), authored='"wording 1"')
    there = other.append(an_attempt(learner="cleo"))
    other.save_profile(Learner("cleo", "Cleo"))
    journal.absorb([kept, there], other.events("cleo"), other.profiles().values(), other.contents())
    take(journal, one)
    both = everything(one), everything(other)
    assert everything(journal) == {part: both[0][part] | both[1][part] for part in both[0]}


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return everything(a_laptop(f"sqlite:///{tmp_path_factory.mktemp('laptop') / 'journal.sqlite'}"))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_in_whatever_split_and_order_it_comes_to_the_same(data: st.DataObject, pieces: dict[str, Any]) -> None:
    kinds = ("attempts", "events", "names", "contents")
    all_of_them = [(kind, key) for kind in kinds for key in pieces[kind]]
    again = data.draw(st.lists(st.sampled_from(all_of_them)))
    order = data.draw(st.permutations(all_of_them + again))
    size = data.draw(st.integers(1, len(order)))
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(f"sqlite:///{folder}/journal.sqlite")
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            attempts, events, names, contents = (
                {key: pieces[kind][key] for this, key in batch if this == kind} for kind in kinds
            )
            done = journal.absorb(list(attempts.values()), list(events.values()), names.values(), contents)
            assert not done.conflicts
        assert everything(journal) == pieces
        journal.close()


def test_more_than_one_question_holds_is_taken_in_one_go(journal: Journal) -> None:
    attempts = [an_attempt(learner=f"learner-{n % 7}") for n in range(1_000)]
    events = [an_event(id=f"e{n}", learner=f"learner-{n % 7}") for n in range(1_000)]
    assert journal.absorb(attempts[:500]) == Absorbed(500, 0, ())
    assert journal.absorb(attempts, events) == Absorbed(500, 1_000, ())
    assert {a.attempt for who in journal.learners() for a in journal.attempts(who)} == {a.attempt for a in attempts}


def test_the_same_from_many_sides_at_once_is_there_once(journal: Journal) -> None:
    journals = [Journal(journal.address) for _ in range(5)]
    attempts, events = [an_attempt(text="mine") for _ in range(50)], [an_event(id=f"e{n}") for n in range(50)]
    done = at_once(
        5, lambda n: journals[n].absorb(attempts[::-1] if n % 2 else attempts, events, [Learner("ann", "Ann")])
    )
    assert [sum(d.attempts for d in done), sum(d.events for d in done)] == [50, 50]
    assert not any(d.conflicts for d in done)
    assert len(journal.attempts("learner-1")) == len(journal.events("ann")) == len(dict(journal.texts())) == 50


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": ["b"]},
        {"points": 1.0},
        {"at": "2020-01-01T00:00:00.000Z"},
        {"learner": "bea"},
        {"key": "other"},
        {"content": "e" * 64},
        {"harmful": True},
    ],
)
def test_an_attempt_that_says_something_else_is_named_and_not_taken(changes: dict[str, Any], journal: Journal) -> None:
    here = journal.append(an_attempt(learner="ann", key="k", text="mine"))
    forged, new = replace(here, text="theirs", **changes), an_attempt(learner="ann")
    assert journal.absorb([forged, new]) == Absorbed(1, 0, (here.attempt,))
    assert journal.attempts("ann") == [here, new] and journal.attempts("bea") == []


def test_another_attempt_under_a_learners_key_is_named_and_not_taken(journal: Journal) -> None:
    here = journal.append(an_attempt(learner="ann", key="story:1"))
    clash, twin = an_attempt(learner="ann", key="story:1", text="x"), an_attempt(learner="bea", key="story:1")
    assert journal.absorb([clash, twin]) == Absorbed(1, 0, (clash.attempt,))
    assert (journal.attempts("ann"), journal.attempts("bea")) == ([here], [twin])


def test_of_two_that_clash_in_one_go_the_first_is_taken(journal: Journal) -> None:
    first = an_attempt(learner="ann", key="k", text="mine")
    changed, clash = replace(first, answer=["b"]), an_attempt(learner="ann", key="k")
    event = an_event()
    done = journal.absorb([first, changed, clash], [event, replace(event, at="2020-01-01T00:00:00.000Z")])
    assert done == Absorbed(1, 1, (first.attempt, clash.attempt, "e1"))
    assert (journal.attempts("ann"), journal.events("ann")) == ([first], [event])


@pytest.mark.parametrize(
    "changes", [{"kind": "finished"}, {"learner": "bea"}, {"at": "2020-01-01T00:00:00.000Z"}, {"detail": {"n": 2}}]
)
def test_an_event_that_says_something_else_is_named_and_not_taken(changes: dict[str, Any], journal: Journal) -> None:
    event = an_event()
    journal.absorb(events=[event])
    assert journal.absorb(events=[replace(event, **changes)]) == Absorbed(0, 0, ("e1",))
    assert journal.events("ann") == [event] and journal.events("bea") == []


def test_names_texts_and_wordings_that_are_here_stay_and_missing_ones_are_added(journal: Journal) -> None:
    mine, bare = an_attempt(learner="ann", content="c", text="mine"), an_attempt(learner="ann", content="c")
    journal.append(mine, authored='"here"')
    journal.append(bare)
    journal.save_profile(Learner("ann", "Ann", "law", "owner"))
    come = [replace(mine, text="theirs"), replace(bare, text="added")]
    people = [Learner("ann", "Somebody", "clinic"), Learner("bea", "Bea")]
    assert journal.absorb(come, profiles=people, contents={"c": '"there"', "d": '"new"'}) == NOTHING_NEW
    assert dict(journal.texts()) == {mine.attempt: "mine", bare.attempt: "added"}
    assert journal.profiles() == {"ann": Learner("ann", "Ann", "law", "owner"), "bea": Learner("bea", "Bea")}
    assert journal.contents() == {"c": '"here"', "d": '"new"'}


def test_what_can_not_be_kept_whole_is_not_kept_at_all(journal: Journal) -> None:
    broken = an_attempt(text="half a symbol: \ud83d")
    whole = an_attempt(learner="ann")
    assert "half a symbol" in said(
        lambda: journal.absorb([whole, broken], [an_event()], [Learner("ann", "Ann")], {"c": "[]"})
    )
    assert not any(everything(journal).values())
    assert journal.absorb([whole], [an_event()]) == Absorbed(1, 1, ())


# --- somebody is forgotten ---


def test_name_and_texts_go_and_what_counts_stays(journal: Journal) -> None:
    a_laptop(journal.address)
    before, events = everything(journal), journal.events("ann")
    assert journal.forget("ann") == 2
    after = everything(journal)
    assert after["names"] == {"bea": Learner("bea", "Bea")}
    assert after["attempts"] == {
        i: replace(a, text=None) if a.learner == "ann" else a for i, a in before["attempts"].items()
    }
    assert set(after["texts"].values()) == {"Bea wrote 1", "Bea wrote 2"}
    assert [e.kind for e in journal.events("ann")] == [*(e.kind for e in events), "forgotten"]
    assert journal.events("ann")[:-1] == events and after["contents"] == before["contents"]
    for table in ("attempt", "event", "free_text", "profile", "content", "store"):
        assert "Ann" not in str(rows(journal.address, f"SELECT * FROM {table}"))
    assert journal.forget("ann") == 0


def test_who_is_forgotten_is_not_offered_a_seat_and_may_go_on(journal: Journal) -> None:
    a_laptop(journal.address)
    assert [learner.name for learner in journal.known_learners()] == ["Bea", "Ann Lee"]
    journal.forget("bea")
    assert [learner.name for learner in journal.known_learners()] == ["Ann Lee"]
    assert journal.current_learner() == Learner("bea")
    new = journal.append(an_attempt(learner="bea", text="new words"))
    journal.save_profile(Learner("bea", "B."))
    assert journal.attempts("bea")[-1] == new and journal.current_learner().name == "B."


def test_nobody_is_made_up_by_forgetting_them(journal: Journal) -> None:
    a_laptop(journal.address)
    before = everything(journal)
    assert "Nobody in this journal has the id 'anne'" in said(lambda: journal.forget("anne"))
    assert everything(journal) == before


def test_what_was_forgotten_here_does_not_come_back_from_elsewhere(journal: Journal, new_store: NewStore) -> None:
    laptop = a_laptop(new_store())
    take(journal, laptop)
    journal.forget("ann")
    take(journal, laptop)
    late = replace(laptop.attempts("ann")[1], attempt="late", key="late")  # written before, comes after
    journal.absorb([late], profiles=[Learner("ann", "Ann Lee")])
    assert set(journal.profiles()) == {"bea"}
    assert set(dict(journal.texts()).values()) == {"Bea wrote 1", "Bea wrote 2"}
    assert len(journal.attempts("ann")) == 4


def test_who_gives_a_name_after_being_forgotten_brings_it_along(journal: Journal, new_store: NewStore) -> None:
    laptop = a_laptop(new_store())
    laptop.forget("ann")
    laptop.save_profile(Learner("ann", "A. L."))
    new = laptop.append(an_attempt(learner="ann", text="new words", at="2100-01-01T00:00:00.000Z"))
    rows(
        laptop.address,
        "UPDATE event SET at = '2099-01-01T00:00:00.000Z' WHERE learner = 'ann' AND seq = (SELECT max(seq) FROM event)",
    )
    take(journal, laptop)
    assert journal.profiles()["ann"] == Learner("ann", "A. L.")
    assert [a.text for a in journal.attempts("ann") if a.text] == [new.text]


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.fixture
def careless() -> Iterator[None]:
    """SQLite as most builds are: what is deleted stays in the file until something else takes its place."""

    def off(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    sa.event.listen(sa.Engine, "connect", off)
    yield
    sa.event.remove(sa.Engine, "connect", off)


@pytest.mark.usefixtures("careless")
@pytest.mark.parametrize("new_store", ["sqlite"], indirect=True)
def test_no_byte_of_it_is_left_in_the_file_or_its_log(new_store: NewStore, tmp_path: Path) -> None:
    journal = Journal(new_store())
    other = Journal(journal.address)  # somebody else has it open
    attempts: list[Attempt] = []
    for n in range(40):  # long and short ones, among others', so that pages fill, split and move
        for who in ("ann", "bea"):
            attempts.append(an_attempt(learner=who, text=f"{who}-wrote-{n:02} " + "words " * (7 * n * n % 900)))
    journal.absorb(attempts)
    for name in ("Ann Formerly", "Ann-" + "Lee" * 900, "Ann Atlast"):
        other.save_profile(Learner("ann", name))
    before = bytes_in(tmp_path)
    assert b"ann-wrote-39" in before and b"Ann Atlast" in before
    assert journal.forget("ann") == 40
    for left in (bytes_in(tmp_path), Path(sa.make_url(journal.address).database or "").read_bytes()):
        assert b"ann-wrote" not in left and b"Ann" not in left
        assert all(b"bea-wrote-%02d" % n in left for n in range(40))
    assert other.append(an_attempt(learner="ann")) in journal.attempts("ann")
    assert rows(journal.address, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("new_store", ["sqlite"], indirect=True)
def test_if_traces_may_be_left_it_is_said_and_can_be_done_again(
    new_store: NewStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 0.1)
    journal = a_laptop(new_store())
    reading = journal.everybody()
    next(reading)
    sentence = said(lambda: journal.forget("ann"))
    assert "Name and texts are erased, but" in sentence and "do this again" in sentence
    assert "ann" not in journal.profiles() and len(dict(journal.texts())) == 2
    reading.close()  # type: ignore[attr-defined]
    assert journal.forget("ann") == 0
    assert b"Ann wrote" not in bytes_in(tmp_path) and b"Ann Lee" not in bytes_in(tmp_path)
