"""Simulated journals hold what the real course would have recorded, and what was put into them can be found again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from uuid import UUID

import pytest

from benchmarks.journals import difficulties, facility, simulate
from course import forms, tally
from course.bank import Bank
from course.evidence.items import Items
from course.examiner import LocalExaminer
from course.forms import Phase
from course.journal import Journal
from course.model import Attempt, Check, Event, Learner
from course.proctor import Proctor
from tests.conftest import ROOT
from tests.exams import with_checks

LEARNERS, ITEMS = 100, 8
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
Person = tuple[Learner, list[Attempt], list[Event]]


def a_journal(folder: Path, name: str) -> Journal:
    return Journal(f"sqlite:///{folder / name}.sqlite")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return Bank(with_checks(tmp_path_factory.mktemp("course") / "toy").data)


@pytest.fixture(scope="module")
def simulated(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    journal = a_journal(tmp_path_factory.mktemp("journal"), "simulated")
    simulate(journal, bank, LEARNERS, ITEMS, seed=1, day=YESTERDAY)
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def people(simulated: Journal) -> list[Person]:
    profiles = simulated.profiles()
    return [(profiles[learner], attempts, events) for learner, attempts, events in simulated.everybody()]


def test_the_seed_decides_everything_but_the_day(bank: Bank, simulated: Journal, tmp_path: Path) -> None:
    again, other = a_journal(tmp_path, "again"), a_journal(tmp_path, "other")
    simulate(again, bank, LEARNERS, ITEMS, seed=1, day=YESTERDAY)
    simulate(other, bank, LEARNERS, ITEMS, seed=2, day=YESTERDAY)
    assert list(again.everybody()) == list(simulated.everybody())
    assert again.profiles() == simulated.profiles()
    assert not set(other.learners()) & set(simulated.learners())


def test_a_group_learns_each_day_and_the_last_one_on_the_day_named(people: list[Person]) -> None:
    days = {attempts[-1].at[:10] for _, attempts, _ in people}
    assert days == {(YESTERDAY - timedelta(days=n)).isoformat() for n in range(4)}


def test_everybody_answers_each_of_their_items_once_and_a_few_twice(people: list[Person]) -> None:
    assert len(people) == LEARNERS
    assert all(len({a.activity for a in attempts}) == ITEMS for _, attempts, _ in people)
    assert 0 < sum(len(attempts) for _, attempts, _ in people) - LEARNERS * ITEMS < LEARNERS
    assert all(learner.name and learner.role and learner.profession for learner, _, _ in people)


def test_time_passes_and_ids_tell_it(people: list[Person]) -> None:
    for _, attempts, events in people:
        assert all(one.at < next.at and one.attempt < next.attempt for one, next in pairwise(attempts))
        assert all(one.at <= next.at for one, next in pairwise(events))
        for name in [*(a.attempt for a in attempts), *(a.key for a in attempts), *(e.id for e in events)]:
            assert (UUID(name).version, UUID(name).variant) == (7, "specified in RFC 4122")


def test_answers_of_people_who_learn_together_stand_mixed(simulated: Journal, tmp_path: Path) -> None:
    """As they do in a journal that many share, so that reading one person's is as slow as it really is."""
    simulated.backup(tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        rows = [row[0] for row in copy.execute("SELECT learner FROM attempt ORDER BY seq")]
    assert sum(one != next for one, next in pairwise(rows)) > len(rows) / 2


def test_every_attempt_is_one_that_the_examiner_would_have_recorded(
    bank: Bank, people: list[Person], tmp_path: Path
) -> None:
    learner, attempts, _ = people[0]
    examiner = LocalExaminer(bank, a_journal(tmp_path, "real"), learner)
    same = [field for field in Attempt.__struct_fields__ if field not in ("attempt", "at")]
    for attempt in attempts:
        sitting = next((s for s in forms.sittings(people[0][2]) if s.form == attempt.form), None)
        confidence = attempt.confidence
        real = examiner.record(attempt.activity, attempt.answer, attempt.key, attempt.seconds, confidence, sitting)  # type: ignore[arg-type]
        assert [getattr(real, field) for field in same] == [getattr(attempt, field) for field in same]


def test_the_courses_own_activities_are_recorded_in_their_present_wording(tmp_path: Path) -> None:
    bank, journal = Bank(ROOT / "data"), a_journal(tmp_path, "own")
    simulate(journal, bank, learners=2, items=100, seed=1)
    wordings = journal.contents()
    for learner, attempts, _ in journal.everybody():
        examiner = LocalExaminer(bank, a_journal(tmp_path, learner), Learner(learner, "", bank.practice.profession))
        for attempt in attempts:
            real = examiner.submit(attempt.activity, attempt.answer, attempt.key, 1)
            assert real and (real.attempt.content, real.attempt.points) == (attempt.content, attempt.points)
            assert attempt.content in wordings
    assert all(hashlib.sha256(said.encode()).hexdigest() == key for key, said in wordings.items())


@pytest.mark.parametrize("check", ["before", "final"])
def test_sittings_are_dealt_and_kept_as_the_proctor_does(
    check: Check, bank: Bank, people: list[Person], simulated: Journal, tmp_path: Path
) -> None:
    for learner, _, events in people[:5]:
        real = a_journal(tmp_path, learner.id)
        Proctor(check, bank, real, learner).begin()
        kept = next(event.detail for event in real.events(learner.id))
        assert kept in [event.detail for event in events]
        sitting = Proctor(check, bank, simulated, learner).standing().sitting
        assert sitting and sitting.finished and len(sitting.counted) == len(sitting.items) == len(kept["items"])


def test_some_pass_and_some_do_not_and_all_acknowledge(bank: Bank, people: list[Person], simulated: Journal) -> None:
    progress = [LocalExaminer(bank, simulated, learner).progress() for learner, _, _ in people]
    assert all(one.acknowledged for one in progress)
    assert 0.05 < fmean(bool(one.passed) for one in progress) < 0.95
    assert all(events[-1].kind == tally.ACKNOWLEDGED for _, _, events in people)
    assert {one.phase for one in (Proctor("before", bank, simulated, p).standing() for p, _, _ in people)} == {
        Phase.DONE
    }


def test_the_facility_that_was_put_in_is_found_in_the_journal(bank: Bank, tmp_path: Path) -> None:
    journal, items = a_journal(tmp_path, "many"), Items()
    true = simulate(journal, bank, learners=600, items=ITEMS, seed=3)
    for _, attempts, _ in journal.everybody():
        items.add(attempts)
    found = items.result({})
    inside = [i.facility.low <= true[i.activity] <= i.facility.high for i in found if i.facility]
    assert {item.activity for item in found} == set(true) and len(inside) == len(true)
    assert fmean(inside) >= 0.9


def test_the_middle_difficulty_is_answered_by_half_and_easy_ones_by_more() -> None:
    assert [round(d, 6) for d in difficulties(5)] == [-2, -1, 0, 1, 2]
    easy, middle, hard = facility(-2), facility(0), facility(2)
    assert middle == pytest.approx(0.5) and easy == pytest.approx(1 - hard) and 0.82 < easy < 0.88


@pytest.mark.parametrize("items", [5, 9])
def test_more_items_than_there_are_is_said(items: int, bank: Bank, journal: Journal) -> None:
    with pytest.raises(ValueError, match=f"6 to 8 items here, not {items}"):
        simulate(journal, bank, 1, items, seed=1)
