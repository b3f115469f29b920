"""Two windows, late answers, changed pools and odd names: what went wrong once and must not again."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from course import forms
from course.bank import Bank
from course.errors import AnswerError, ContentError
from course.examiner import LocalExaminer
from course.forms import Phase
from course.journal import Journal
from course.model import Check
from tests.test_bank import own_practice
from tests.test_journal import at_once
from tests.test_proctor import LAWYER, Candidate, change_pool, dealt_from
from tests.toy import FIRST, Toy

CHECKS: tuple[Check, ...] = get_args(Check)


@pytest.fixture
def bank(checks: Toy) -> Bank:
    return Bank(checks.data)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_begun_in_two_windows_at_the_same_moment_is_one_sitting(
    check: Check, bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, first = Candidate(check, bank, journal), Candidate(check, bank, journal), forms.form_before

    def meanwhile(learner: str) -> forms.Form:
        monkeypatch.setattr(forms, "form_before", first)
        other.begin()
        return first(learner)

    monkeypatch.setattr(forms, "form_before", meanwhile)  # called after the standing was looked up
    one.proctor.begin()
    assert len(forms.sittings(journal.events("ann"))) == 1


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_begun_in_many_windows_at_once_is_one_sitting(check: Check, bank: Bank, journal: Journal) -> None:
    windows = [Candidate(check, bank, journal) for _ in range(6)]
    at_once(6, lambda n: windows[n].proctor.begin())
    assert len(forms.sittings(journal.events("ann"))) == 1
    assert len({str(window.orders()) for window in windows}) == 1
    windows[0].take()
    assert [window.phase for window in windows] == [Phase.DONE] * 6


def test_an_answer_committed_after_the_end_changes_no_result(
    bank: Bank, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Candidate("final", bank, journal), Candidate("final", bank, journal)
    items = one.begin().items
    for item in items:
        one.answer(item)
    record = one.proctor._examiner.record

    def meanwhile(*arguments: object) -> object:
        other.proctor.finish()  # between the look at the sitting and the commit of the answer
        return record(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(one.proctor._examiner, "record", meanwhile)
    one.answer(items[0], "harmful", key="late")
    came = one.proctor.standing().result
    assert came and came.points == 4


def test_a_check_is_not_done_before_it_is_finished(bank: Bank, journal: Journal) -> None:
    before = Candidate("before", bank, journal)
    for item in before.begin().items:
        before.answer(item)
    assert before.phase is Phase.OPEN
    assert LocalExaminer(bank, journal, LAWYER).progress().next_lesson == "before"


def test_progress_and_the_check_agree_on_a_sitting_whose_item_is_gone(
    checks: Toy, bank: Bank, journal: Journal
) -> None:
    final = Candidate("final", bank, journal)
    for item in final.begin().items[:3]:
        final.answer(item)
    since = change_pool(checks, "final", drop=dealt_from("final", final.sitting)[:1])
    assert Candidate("final", since, journal).phase is Phase.READY
    assert LocalExaminer(since, journal, LAWYER).progress().lessons[-1].done == 0


def test_a_key_used_again_for_another_item_is_not_taken_for_its_answer(bank: Bank, journal: Journal) -> None:
    final = Candidate("final", bank, journal)
    first, second = final.begin().items[:2]
    final.answer(first, key="k")
    with pytest.raises(AnswerError, match="the name of another one"):
        final.answer(second, key="k")
    assert [attempt.activity for attempt in journal.attempts(final.learner.id)] == [first]


def test_an_old_submission_sent_again_does_not_take_the_place_of_a_newer_one(bank: Bank, journal: Journal) -> None:
    final = Candidate("final", bank, journal)
    item = final.begin().items[0]
    for key, mark in (("1", "poor"), ("2", "best")):
        final.answer(item, mark, key=key)
    said = final.answer(item, "poor", key="1")
    assert said == final.proctor.earlier(item), "what the page shows is what counts"


def test_a_page_named_first_in_a_sentence_is_the_page_too(checks: Toy, tmp_path: Path) -> None:
    checks.change(FIRST, "text: Wait a day", 'text: "The Toy Practice Page: look there"')
    without = Bank(checks.data, own_practice(tmp_path, name="Oak", page=None))  # type: ignore[arg-type]
    assert without.is_elsewhere(without.authored("pick-one"))


def test_a_file_that_can_not_be_opened_is_said(checks: Toy) -> None:
    checks.remove("data/activities/second.yml")
    (checks.data / "activities" / "second.yml").mkdir()
    with pytest.raises(ContentError):
        Bank(checks.data).authored("put-in-order")
