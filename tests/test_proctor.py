"""A learner's way through a check: what is dealt, what is taken, what is withheld, and when it goes on.

On the toy course with its two checks and a real journal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course import forms
from course.bank import Bank
from course.errors import AnswerError, ContentError, CourseError, UnknownActivity
from course.forms import Phase, Standing
from course.grading import letter
from course.journal import Journal
from course.model import Attempt, Check, Choice, Confidence, Event, Learner, Marked, Profession, Sitting
from course.proctor import Proctor
from tests import exams
from tests.conftest import ROOT
from tests.toy import Toy

CHECKS: tuple[Check, ...] = get_args(Check)
LAWYER, THERAPIST = Learner("ann", "Ann", "law", "lawyer"), Learner("ann", "Ann", "clinic", "clinician")


@dataclass
class Candidate:
    """Somebody who takes a check in one window."""

    check: Check
    bank: Bank
    journal: Journal
    learner: Learner = LAWYER
    proctor: Proctor = field(init=False)

    def __post_init__(self) -> None:
        self.proctor = Proctor(self.check, self.bank, self.journal, self.learner)

    @property
    def sitting(self) -> Sitting:
        """The last sitting of this check."""
        sitting = self.proctor.standing().sitting
        assert sitting
        return sitting

    @property
    def phase(self) -> Phase:
        return self.proctor.standing().phase

    def begin(self) -> Sitting:
        self.proctor.begin()
        return self.sitting

    def letters(self, item: str, mark: str = "best") -> list[str]:
        """The answer to an item that gets this mark."""
        authored = self.bank.authored(item, self.learner.profession)
        assert isinstance(authored, Choice)
        return [letter(n) for n, option in enumerate(authored.options) if option.mark == mark]

    def answer(self, item: str, mark: str = "best", key: str = "", confidence: Confidence = "sure") -> Marked | None:
        key = key or f"{self.sitting.form} {self.sitting.attempt_no} {item} {mark}"
        return self.proctor.submit(item, self.letters(item, mark), key, 2.5, confidence)

    def take(self, marks: Mapping[str, str] | None = None, otherwise: str = "best") -> Standing:
        """Begins, answers every item and finishes. ``marks`` gives those that are not answered ``otherwise``."""
        for item in self.begin().items:
            self.answer(item, (marks or {}).get(item, otherwise))
        self.proctor.finish()
        return self.proctor.standing()

    def slip(self, count: int) -> Standing:
        """Takes the check with so many harmful answers to critical items and the best ones otherwise."""
        return self.take(dict.fromkeys(self.begin().critical[:count], "harmful"))

    def recorded(self) -> tuple[list[Attempt], list[Event]]:
        """All that is known of the learner."""
        return self.journal.attempts(self.learner.id), self.journal.events(self.learner.id)

    def orders(self) -> dict[str, list[str]]:
        """The letters of each item's options as they are shown, item by item as those are shown."""
        return {i: [option["id"] for option in self.proctor.view(i).body["options"]] for i in self.sitting.items}


def a_day_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the proctor's clock shows a day and a minute more than the computer's."""

    def later() -> str:
        return (datetime.now(UTC) + timedelta(days=1, minutes=1)).isoformat(timespec="milliseconds")[:23] + "Z"

    monkeypatch.setattr("course.proctor.utc_now", later)


def change_pool(checks: Toy, name: str, keep: Sequence[str] = (), drop: Sequence[str] = (), **changes: Any) -> Bank:
    """The bank of the same course without some items of a pool, or with changed ones."""
    path = checks.data / "pools" / f"{name}.yml"
    pool = [
        item for item in json.loads(path.read_text()) if item["id"] not in drop and (not keep or item["id"] in keep)
    ]
    path.write_text(json.dumps([{**item, **changes} for item in pool]))
    return Bank(checks.data)


@pytest.fixture
def bank(checks: Toy) -> Bank:
    return Bank(checks.data)


@pytest.fixture
def before(bank: Bank, journal: Journal) -> Candidate:
    return Candidate("before", bank, journal)


@pytest.fixture
def final(bank: Bank, journal: Journal) -> Candidate:
    return Candidate("final", bank, journal)


def refusal(call: Any) -> str:
    """The sentence with which the proctor refuses a call."""
    with pytest.raises(AnswerError) as raised:
        call()
    assert str(raised.value).endswith(".")
    return str(raised.value)


def kinds(bank: Bank, items: Sequence[str]) -> Counter[tuple[str, bool]]:
    return Counter((item.objective, item.critical) for item in map(bank.authored, items))


# --- what is dealt ---

BY_FORM = {"before-a": {"a-greet", "a-part"}, "before-b": {"b-greet", "b-part"}}
BLUEPRINT = {("greet", True): 2, ("greet", False): 1, ("part", False): 1}


@pytest.mark.parametrize("name", ["ann", "bea", "cleo", "dora", "eve", "fay"])
def test_before_the_lessons_one_form_and_in_the_final_check_the_other(name: str, bank: Bank, journal: Journal) -> None:
    learner = Learner(name)
    first, last = (Candidate(check, bank, journal, learner).begin() for check in CHECKS)
    assert first.form == forms.form_before(name)
    assert set(first.items) == BY_FORM[first.form]
    assert set(last.parallel) == BY_FORM[forms.other_form(first.form)] and set(last.parallel) < set(last.items)
    assert kinds(bank, last.items) == BLUEPRINT
    assert set(last.critical) == {item for item in last.items if bank.authored(item).critical}


def test_a_second_try_meets_the_blueprint_with_other_items_alone(
    final: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = final.take(otherwise="poor").sitting
    a_day_passes(monkeypatch)
    second = final.begin()
    assert first and (second.form, second.attempt_no, second.parallel) == ("final", 2, ())
    assert kinds(final.bank, second.items) == BLUEPRINT
    assert not set(first.items) & set(second.items)


def test_no_item_comes_twice_while_the_pool_suffices(final: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day_passes(monkeypatch)
    seen: list[str] = []
    for otherwise in ("poor", "poor", "poor"):
        came = final.take(otherwise=otherwise)
        assert came.sitting and came.phase is Phase.READY
        seen += came.sitting.items
    assert len(seen) == len(set(seen)) == 12


def what_is_dealt(data: str, url: str, learner: str) -> str:
    """Begins both checks; then all items and options in their order, as text."""
    begun = [Candidate(check, Bank(Path(data)), Journal(url), Learner(learner)) for check in CHECKS]
    for candidate in begun:
        candidate.begin()
    return json.dumps([candidate.orders() for candidate in begun])


def test_the_same_learner_gets_the_same_form_and_order_of_options_in_another_process(
    checks: Toy, tmp_path: Path
) -> None:
    program = "import sys; from tests.test_proctor import what_is_dealt; print(what_is_dealt(*sys.argv[1:]))"
    here, there = (f"sqlite:///{tmp_path / name}.sqlite" for name in ("here", "there"))
    call = [sys.executable, "-c", program, str(checks.data), there, "ann"]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT, check=True)
    assert done.stdout.strip() == what_is_dealt(str(checks.data), here, "ann") != "[]"


def test_two_learners_side_by_side_see_their_options_in_another_order(bank: Bank, journal: Journal) -> None:
    orders = set()
    for n in range(12):
        candidate = Candidate("before", bank, journal, Learner(f"learner-{n}"))
        candidate.begin()
        orders |= {(item, *options) for item, options in candidate.orders().items()}
    assert len(orders) > 12


def test_the_order_stays_when_the_learner_comes_back(final: Candidate) -> None:
    begun = final.begin()
    shown = final.orders()
    again = Candidate("final", final.bank, final.journal)
    assert (again.sitting, again.orders()) == (begun, shown)
    assert list(shown) == list(begun.items)
    assert all(sorted(letters) == list("abcd") for letters in shown.values())


@pytest.mark.parametrize("spoilt", ["final", "before-a", "before-b"])
def test_a_pool_that_can_not_be_read_is_said_and_no_check_with_items_missing_begins(
    spoilt: str, checks: Toy, journal: Journal
) -> None:
    checks.write(f"data/pools/{spoilt}.yml", "- kind: [")
    learner = Learner(next(name for name in map(str, range(99)) if forms.form_before(name) == "before-b"))
    final = Candidate("final", Bank(checks.data), journal, learner)
    if spoilt == "before-b":  # this learner's form before: no part of their final check
        assert kinds(final.bank, final.begin().items) == BLUEPRINT
        return
    with pytest.raises(ContentError, match=rf"{spoilt}\.yml:"):
        final.begin()
    assert final.recorded() == ([], []) and final.phase is Phase.READY


def test_a_pool_that_is_too_small_is_said_and_nothing_begins(checks: Toy, journal: Journal) -> None:
    final = Candidate("final", change_pool(checks, "final", keep=["slip-0", "part-0"]), journal)
    with pytest.raises(CourseError, match=r"needs 1 other items on 'greet', and there are 0"):
        final.begin()
    assert final.recorded() == ([], [])


# --- one sitting, however often it is begun ---


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_begun_twice_is_one_sitting(check: Check, bank: Bank, journal: Journal) -> None:
    one, other = Candidate(check, bank, journal), Candidate(check, bank, journal)
    begun = one.begin()
    one.answer(begun.items[0])
    events = journal.events("ann")
    assert other.begin() == one.begin() == begun
    assert journal.events("ann") == events and one.proctor.standing().answered == 1


def test_both_checks_stand_apart(before: Candidate, final: Candidate) -> None:
    before.begin()
    assert final.phase is Phase.READY
    final.take()
    assert (before.phase, final.phase) == (Phase.OPEN, Phase.DONE)
    assert len(before.sitting.items) == 2


def test_two_learners_stand_apart(before: Candidate) -> None:
    before.take()
    other = Candidate("before", before.bank, before.journal, Learner("bea"))
    assert other.phase is Phase.READY
    assert other.begin().attempt_no == 1 and other.proctor.earlier(other.sitting.items[0]) is None


# --- answers ---


def test_an_attempt_tells_in_which_sitting_it_was_made_and_how_sure_the_learner_was(final: Candidate) -> None:
    sitting = final.begin()
    marked = final.answer(sitting.items[0], confidence="guess")
    (attempt,) = final.journal.attempts("ann")
    assert marked == Marked(attempt, None, withheld=True)
    assert (attempt.form, attempt.attempt_no, attempt.seed) == ("final", 1, sitting.seed)
    assert (attempt.confidence, attempt.seconds, attempt.activity) == ("guess", 2.5, sitting.items[0])


@pytest.mark.parametrize("check", CHECKS)
def test_the_last_answer_before_the_end_counts(check: Check, bank: Bank, journal: Journal) -> None:
    candidate = Candidate(check, bank, journal)
    sitting = candidate.begin()
    for mark in ("harmful", "poor", "best", "acceptable"):
        candidate.answer(sitting.items[0], mark)
    came = candidate.take(dict.fromkeys(sitting.items[:1], "acceptable"))
    assert came.result == forms.Result(len(sitting.items) - 0.5, len(sitting.items), ())
    earlier = candidate.proctor.earlier(sitting.items[0])
    assert earlier and earlier.attempt.answer == candidate.letters(sitting.items[0], "acceptable")


def test_a_submission_sent_again_is_recorded_once(final: Candidate) -> None:
    item = final.begin().items[0]
    first = final.answer(item, "poor", key="k")
    assert final.answer(item, "poor", key="k") == first
    assert final.answer(item, "best", key="k") == first
    assert len(final.journal.attempts("ann")) == 1
    assert final.proctor.standing().answered == 1


def test_an_answer_can_not_be_sent_before_the_beginning(final: Candidate) -> None:
    assert "not open" in refusal(lambda: final.proctor.submit("slip-0", ["a"], "k", 1.0, "sure"))
    assert "not open" in refusal(final.proctor.finish)
    assert "does not belong" in refusal(lambda: final.proctor.view("slip-0"))
    assert "does not belong" in refusal(lambda: final.proctor.earlier("slip-0"))
    assert final.recorded() == ([], [])


def test_open_items_keep_a_check_from_being_finished(final: Candidate) -> None:
    items = final.begin().items
    events = final.journal.events("ann")
    assert refusal(final.proctor.finish) == "4 questions are still open. Answer first."
    for item in items[1:]:
        final.answer(item)
        final.answer(item, "poor")
    assert refusal(final.proctor.finish) == "1 question is still open. Answer first."
    assert final.journal.events("ann") == events and final.phase is Phase.OPEN


def test_after_the_end_no_answer_is_taken(final: Candidate) -> None:
    came = final.take(otherwise="poor")
    kept = final.recorded()
    assert came.sitting
    for item in came.sitting.items:
        submit = lambda item=item: final.proctor.submit(item, ["a"], f"late {item}", 1.0, "sure")  # noqa: E731
        assert refusal(submit) == "This check is not open. Reload the page."
    assert "not open" in refusal(final.proctor.finish)
    assert "can't be begun now" in refusal(final.proctor.begin)
    assert final.recorded() == kept and final.proctor.standing() == came


@pytest.mark.parametrize("item", ["pick-one", "a-part-2", "", "b-greet"])
def test_an_item_that_was_not_dealt_is_refused(item: str, bank: Bank, journal: Journal) -> None:
    name = next(name for name in map(str, range(99)) if forms.form_before(name) == "before-a")
    before = Candidate("before", bank, journal, Learner(name))
    before.begin()
    kept = before.recorded()
    assert "does not belong" in refusal(lambda: before.proctor.submit(item, ["a"], "k", 1.0, "sure"))
    assert "does not belong" in refusal(lambda: before.proctor.earlier(item))
    with pytest.raises((AnswerError, UnknownActivity)):
        before.proctor.view(item)
    assert before.recorded() == kept


@pytest.mark.parametrize("confidence", [None, "", "very", "Sure", 1, True, ["sure"], {"sure": 1}])
def test_an_answer_without_a_known_confidence_is_refused(confidence: Any, final: Candidate) -> None:
    item = final.begin().items[0]
    kept = final.recorded()
    assert "how sure" in refusal(lambda: final.proctor.submit(item, ["a"], "k", 1.0, confidence))
    assert final.recorded() == kept


@pytest.mark.parametrize("answer", [["z"], ["a", "b"], "a", 3, {"a": 1}, [["a"]], [None], ["a"] * 20_000])
def test_an_answer_of_the_wrong_shape_is_refused(answer: Any, final: Candidate) -> None:
    item = final.begin().items[0]
    kept = final.recorded()
    refusal(lambda: final.proctor.submit(item, answer, "k", 1.0, "sure"))
    assert final.recorded() == kept


@pytest.mark.parametrize("blank", [None, "", [], {}])
def test_a_blank_answer_is_no_answer(blank: Any, final: Candidate) -> None:
    item = final.begin().items[0]
    kept = final.recorded()
    assert final.proctor.submit(item, blank, "k", 1.0, "sure") is None
    assert final.recorded() == kept


# --- what is withheld ---


@pytest.mark.parametrize("check", CHECKS)
def test_before_the_end_nothing_is_said_of_an_answer(check: Check, bank: Bank, journal: Journal) -> None:
    candidate = Candidate(check, bank, journal)
    for item in candidate.begin().items:
        for mark in ("harmful", "best"):
            said = candidate.answer(item, mark)
            earlier = candidate.proctor.earlier(item)
            assert earlier and said == earlier == Marked(earlier.attempt, None, (), withheld=True)
        view = candidate.proctor.view(item)
        assert view.confidence
        shown = msgspec.json.encode(view).decode() + candidate.proctor.words(item)
        assert "KEY" not in shown and "mark" not in shown and "harmful" not in shown
    assert candidate.proctor.standing().result is None


def test_at_the_end_everything_is_said(final: Candidate) -> None:
    came = final.take(otherwise="poor")
    assert came.sitting and came.result and came.result.points == 0
    for item in came.sitting.items:
        marked = final.proctor.earlier(item)
        assert marked and marked.verdict and not marked.withheld
        assert f"KEY {item} poor." in str(marked.verdict) and [reason.id for reason in marked.reasons] == ["L2"]


def test_an_item_reworded_since_keeps_its_points_and_has_no_verdict(checks: Toy, final: Candidate) -> None:
    came = final.take()
    assert came.sitting
    item = next(item for item in came.sitting.items if item not in came.sitting.parallel)
    since = Candidate("final", change_pool(checks, "final", stem="Reworded?"), final.journal)
    assert since.proctor.standing() == came
    marked = since.proctor.earlier(item)
    assert marked and marked.verdict is None and not marked.withheld


def test_an_item_taken_out_since_keeps_its_points_and_is_not_shown(checks: Toy, final: Candidate) -> None:
    came = final.take()
    assert came.sitting
    item = next(item for item in came.sitting.items if item not in came.sitting.parallel)
    since = Candidate("final", change_pool(checks, "final", drop=[item]), final.journal)
    assert since.proctor.standing() == came
    assert since.proctor.earlier(item) is None and since.proctor.lesson_of(item) == ""


# --- what comes next ---


def test_one_slip_with_enough_points_leads_to_three_fresh_critical_items_at_once(final: Candidate) -> None:
    came = final.slip(1)
    assert came.phase is Phase.REMEDY and came.sitting and came.result and len(came.result.slips) == 1
    fresh = final.begin()
    assert (fresh.form, fresh.attempt_no, len(fresh.items)) == ("remedy", 1, 3)
    assert set(fresh.critical) == set(fresh.items) and not set(fresh.items) & set(came.sitting.items)
    assert all(final.bank.authored(item).critical for item in fresh.items)


@pytest.mark.parametrize(
    ("marks", "phase"),
    [
        (["best", "best", "poor"], Phase.DONE),
        (["best", "best", "harmful"], Phase.WAITING),
        (["poor"] * 3, Phase.WAITING),
    ],
)
def test_three_fresh_items_pass_the_check_or_lead_to_a_days_wait(
    marks: list[str], phase: Phase, final: Candidate
) -> None:
    final.slip(1)
    fresh = final.begin()
    came = final.take(dict(zip(fresh.items, marks, strict=True)))
    assert (came.phase, came.tries) == (phase, 1)
    assert bool(came.passed) == (phase is Phase.DONE)


def test_after_failed_fresh_items_the_whole_check_comes_again(
    final: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = [final.slip(1), final.take(otherwise="poor")]
    assert "can't be begun now" in refusal(final.proctor.begin)
    a_day_passes(monkeypatch)
    again = final.begin()
    assert (again.form, again.attempt_no, again.parallel) == ("final", 2, ())
    assert kinds(final.bank, again.items) == BLUEPRINT
    assert not set(again.items) & {item for standing in came if standing.sitting for item in standing.sitting.items}
    assert final.take().phase is Phase.DONE


def test_two_slips_lead_to_a_days_wait_even_with_enough_points(checks: Toy, journal: Journal) -> None:
    checks.change("data/course.yml", "passing: 3", "passing: 2")
    came = Candidate("final", Bank(checks.data), journal).slip(2)
    assert came.result and came.result.points == 2 and len(came.result.slips) == 2
    assert came.phase is Phase.WAITING


def test_too_few_points_lead_to_a_days_wait_and_the_clock_opens_the_next_try(
    final: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = final.take(otherwise="acceptable")
    assert came.result and (came.result.points, came.phase) == (2.0, Phase.WAITING)
    waited = datetime.fromisoformat(came.next_from) - datetime.fromisoformat(final.sitting.finished)
    assert waited == timedelta(days=1)
    assert "can't be begun now" in refusal(final.proctor.begin)
    monkeypatch.setattr("course.proctor.utc_now", lambda: came.next_from)
    assert final.phase is Phase.READY and final.begin().attempt_no == 2


def test_a_passed_check_can_not_be_begun_again(
    before: Candidate, final: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (before.take(otherwise="harmful").phase, final.take().phase) == (Phase.DONE, Phase.DONE)
    a_day_passes(monkeypatch)
    for candidate in (before, final):
        assert "can't be begun now" in refusal(candidate.proctor.begin)


def test_the_tries_are_counted(final: Candidate, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day_passes(monkeypatch)
    assert [final.take(otherwise="poor").tries for _ in range(3)] == [1, 2, 3]


def test_the_way_back_leads_to_the_lesson_that_teaches_the_objective(final: Candidate) -> None:
    assert {i: final.proctor.lesson_of(i) for i in ("slip-0", "part-0", "a-part", "gone")} == {
        "slip-0": "first",
        "part-0": "second",
        "a-part": "second",
        "gone": "",
    }


# --- when the course or the learner changes in mid-check ---


def dealt_from(name: str, sitting: Sitting) -> list[str]:
    """The items of a sitting that stand in the pool of this name."""
    return [item for item in sitting.items if (item in sitting.parallel) == (name != "final")]


@pytest.mark.parametrize("answered", [0, 1, 3, 4])
def test_an_open_sitting_whose_item_is_gone_is_as_if_never_begun_and_a_new_one_can_be_finished(
    answered: int, checks: Toy, final: Candidate
) -> None:
    left = final.begin()
    for item in left.items[:answered]:
        final.answer(item, "poor")
    gone = dealt_from("final", left)[0]
    since = Candidate("final", change_pool(checks, "final", drop=[gone]), final.journal)
    assert since.proctor.standing() == Standing(Phase.READY)
    new = since.begin()
    assert gone not in new.items and kinds(since.bank, new.items) == BLUEPRINT
    assert new.parallel, "no try is over, so the parallel form is still to come"
    assert since.begin() == new and since.proctor.standing().answered == 0
    came = since.take()
    assert (came.phase, came.tries) == (Phase.DONE, 1)


def test_one_item_gone_after_another_ends_in_a_check_that_can_be_finished(checks: Toy, final: Candidate) -> None:
    for _ in range(3):
        gone = dealt_from("final", final.begin())
        final = Candidate("final", change_pool(checks, "final", drop=gone), final.journal)
        assert final.phase is Phase.READY
    assert final.take().phase is Phase.DONE


def test_fresh_items_of_which_one_is_gone_are_dealt_again(checks: Toy, final: Candidate) -> None:
    final.slip(1)
    gone = final.begin().items[0]
    since = Candidate("final", change_pool(checks, "final", drop=[gone]), final.journal)
    assert since.phase is Phase.REMEDY
    fresh = since.begin()
    assert (fresh.form, len(fresh.items)) == ("remedy", 3) and gone not in fresh.items
    assert since.take().phase is Phase.DONE


def test_an_item_that_comes_back_does_not_open_what_was_finished_since(checks: Toy, final: Candidate) -> None:
    gone = dealt_from("final", final.begin())
    whole = (checks.data / "pools" / "final.yml").read_text()
    came = Candidate("final", change_pool(checks, "final", drop=gone), final.journal).take()
    checks.write("data/pools/final.yml", whole)
    assert Candidate("final", Bank(checks.data), final.journal).proctor.standing() == came


@pytest.fixture
def two_worlds(checks: Toy) -> Bank:
    """The bank of a course whose pools hold other items for each profession."""
    for path in (checks.data / "pools").iterdir():
        pool = json.loads(path.read_text())
        theirs = [{**item, "id": f"{item['id']}-c", "variant": "clinic"} for item in pool]
        path.write_text(json.dumps([{**item, "variant": "law"} for item in pool] + theirs))
    return Bank(checks.data)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("answered", [0, 1, "all"])
def test_whoever_changes_profession_in_mid_check_is_not_stuck(
    answered: int | str, check: Check, two_worlds: Bank, journal: Journal
) -> None:
    lawyer = Candidate(check, two_worlds, journal, LAWYER)
    begun = lawyer.begin()
    for item in begun.items if answered == "all" else begun.items[: int(answered)]:
        lawyer.answer(item)
    therapist = Candidate(check, two_worlds, journal, THERAPIST)
    assert therapist.phase is Phase.READY
    assert all(item.endswith("-c") for item in therapist.begin().items)
    assert therapist.take().phase is Phase.DONE
    assert Candidate(check, two_worlds, journal, LAWYER).phase is Phase.DONE


def test_whoever_changes_profession_and_back_goes_on_where_they_were(two_worlds: Bank, journal: Journal) -> None:
    lawyer, therapist = (Candidate("final", two_worlds, journal, who) for who in (LAWYER, THERAPIST))
    begun = lawyer.begin()
    lawyer.answer(begun.items[0])
    therapist.answer(therapist.begin().items[0])
    assert lawyer.begin() == begun and lawyer.proctor.standing().answered == 1
    assert lawyer.take().phase is Phase.DONE


@pytest.mark.parametrize("profession", ["law", "clinic", None])
def test_each_profession_gets_its_own_items_and_without_one_the_practices_own(
    profession: Profession | None, two_worlds: Bank, journal: Journal
) -> None:
    final = Candidate("final", two_worlds, journal, Learner("ann", profession=profession))
    assert {item.endswith("-c") for item in final.begin().items} == {profession == "clinic"}
    assert final.take().phase is Phase.DONE


def test_a_sitting_of_items_for_everyone_goes_on_after_a_change_of_profession(final: Candidate) -> None:
    begun = final.begin()
    final.answer(begun.items[0])
    therapist = Candidate("final", final.bank, final.journal, THERAPIST)
    assert therapist.begin() == begun and therapist.proctor.standing().answered == 1


# --- whatever is done, in whatever order ---

ACTIONS = st.sampled_from(["begin", "finish", "day", "reload"]) | st.tuples(
    st.integers(0, 3), st.sampled_from(exams.MARKS), st.sampled_from(["fresh", "again"])
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actions=st.lists(ACTIONS, max_size=30), learner=st.uuids().map(str))
def test_no_order_of_steps_opens_two_sittings_or_changes_a_finished_one(
    actions: list[Any], learner: str, bank: Bank, journal: Journal
) -> None:
    candidate = Candidate("final", bank, journal, Learner(learner))
    results: dict[tuple[str, int], forms.Result] = {}
    with pytest.MonkeyPatch.context() as patch:
        for n, action in enumerate(actions):
            kept = candidate.recorded()
            try:
                match action:
                    case "begin":
                        candidate.proctor.begin()
                    case "finish":
                        candidate.proctor.finish()
                    case "day":
                        a_day_passes(patch)
                    case "reload":
                        candidate = Candidate("final", bank, journal, Learner(learner))
                    case (place, mark, "again"):
                        candidate.answer(candidate.sitting.items[place % len(candidate.sitting.items)], mark)
                    case (place, mark, _):
                        items = candidate.sitting.items
                        candidate.answer(items[place % len(items)], mark, key=f"key {n}")
            except (AnswerError, AssertionError):  # refused, or there is no sitting to answer in
                assert candidate.recorded() == kept
            attempts, events = candidate.recorded()
            sittings = forms.sittings(events)
            assert sum(not sitting.finished for sitting in sittings) <= 1
            for sitting in sittings:
                if sitting.finished:
                    assert set(forms.answers(sitting, attempts)) == set(sitting.items)
                    came = forms.result(sitting, attempts)
                    assert results.setdefault((sitting.form, sitting.attempt_no), came) == came
            assert {(a.form, a.attempt_no) for a in attempts} <= {(s.form, s.attempt_no) for s in sittings}
