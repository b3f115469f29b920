"""The checks' own arithmetic: which items are dealt, what the answers come to, what comes next, what was learned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from course import forms, grading
from course.errors import CourseError
from course.forms import Phase, Result, Standing
from course.model import Activity, Attempt, Check, Event, Form, Share, Sitting
from tests import exams
from tests.conftest import ROOT
from tests.journals import an_attempt

OBJECTIVES = ("greet", "part", "wait")
FORMS: tuple[Form, ...] = get_args(Form)

quick = settings(max_examples=60, deadline=None)
learners = st.text(min_size=1, max_size=20)
seeds = st.integers(0, 2**53 - 1)


def items(prefix: str, objective: str, critical: bool, count: int) -> list[Activity]:
    return msgspec.convert(exams.items(prefix, objective, critical, count), list[Activity])


@st.composite
def shares(draw: st.DrawFn) -> Share:
    final = draw(st.integers(0, 4))
    return Share(before=1, final=final, critical=draw(st.integers(0, final)))


blueprints = st.fixed_dictionaries({objective: shares() for objective in OBJECTIVES})


def needed(blueprint: Mapping[str, Share]) -> Counter[tuple[str, bool]]:
    """How many critical and how many other items each objective has in a final check."""
    needs: Counter[tuple[str, bool]] = Counter()
    for objective, share in blueprint.items():
        needs[objective, True] += share.critical
        needs[objective, False] += share.final - share.critical
    return +needs


def a_pool(blueprint: Mapping[str, Share], times: int, prefix: str = "pool") -> list[Activity]:
    """Items for so many final checks that share none."""
    return [
        item
        for (objective, critical), count in needed(blueprint).items()
        for item in items(named(prefix, objective, critical), objective, critical, times * count)
    ]


def named(prefix: str, objective: str, critical: bool) -> str:
    return f"{prefix}-{objective}-{'slip' if critical else 'other'}"


def kinds(dealt: Iterable[Activity]) -> Counter[tuple[str, bool]]:
    return Counter((item.objective, item.critical) for item in dealt)


def ids(dealt: Iterable[Activity]) -> list[str]:
    return [item.id for item in dealt]


# --- which form ---


def test_two_halves_of_the_learners_get_the_two_forms() -> None:
    got = Counter(forms.form_before(f"learner-{n}") for n in range(2000))
    assert set(got) == {"before-a", "before-b"}
    assert min(got.values()) > 900


@pytest.mark.parametrize("form", ["before-a", "before-b"])
def test_the_other_form_is_the_other_one(form: Form) -> None:
    other = forms.other_form(form)
    assert {form, other} == {"before-a", "before-b"}
    assert forms.other_form(other) == form


@quick
@given(learner=learners, form=st.sampled_from(FORMS), attempt_no=st.integers(1, 9))
def test_a_seed_is_a_number_that_any_json_reader_keeps(learner: str, form: Form, attempt_no: int) -> None:
    seed = forms.seed_of(learner, form, attempt_no)
    assert 0 <= seed < 2**53
    assert int(float(seed)) == seed == forms.seed_of(learner, form, attempt_no)


def test_each_learner_each_form_and_each_try_has_a_seed_of_its_own() -> None:
    given = {forms.seed_of(f"learner-{n}", form, no) for n in range(50) for form in FORMS for no in range(1, 6)}
    assert len(given) == 50 * len(FORMS) * 5


# --- dealing ---


@quick
@given(blueprint=blueprints, times=st.integers(1, 3), seed=seeds)
def test_every_form_that_is_dealt_meets_the_blueprint(blueprint: dict[str, Share], times: int, seed: int) -> None:
    dealt = forms.deal(a_pool(blueprint, times), blueprint, seed)
    assert kinds(dealt) == needed(blueprint)
    assert len(set(ids(dealt))) == len(dealt)


@quick
@given(blueprint=blueprints, seed=seeds, data=st.data())
def test_the_parallel_form_is_part_of_what_the_blueprint_asks_for(
    blueprint: dict[str, Share], seed: int, data: st.DataObject
) -> None:
    parallel = [item for item in a_pool(blueprint, 1, "parallel") if data.draw(st.booleans())]
    dealt = forms.deal(a_pool(blueprint, 1), blueprint, seed, given=parallel)
    assert set(ids(parallel)) <= set(ids(dealt))
    assert kinds(dealt) == needed(blueprint)
    assert len(set(ids(dealt))) == len(dealt)


@quick
@given(blueprint=blueprints, tries=st.integers(2, 4), learner=learners)
def test_no_try_shares_an_item_with_an_earlier_one_while_the_pool_suffices(
    blueprint: dict[str, Share], tries: int, learner: str
) -> None:
    pool = a_pool(blueprint, tries)
    seen: list[str] = []
    for attempt_no in range(1, tries + 1):
        dealt = ids(forms.deal(pool, blueprint, forms.seed_of(learner, "final", attempt_no), seen))
        assert not set(dealt) & set(seen)
        seen += dealt
    assert sorted(seen) == sorted(ids(pool))


@quick
@given(blueprint=blueprints, seed=seeds, extra=st.integers(0, 2))
def test_where_the_pool_is_short_everything_unseen_comes_first(
    blueprint: dict[str, Share], seed: int, extra: int
) -> None:
    pool = a_pool(blueprint, 1) + [
        item for need in needed(blueprint) for item in items(named("more", *need), *need, extra)
    ]
    first = forms.deal(pool, blueprint, seed)
    second = forms.deal(pool, blueprint, seed + 1, ids(first))
    fresh = kinds(item for item in second if item not in first)
    assert fresh == Counter({need: min(extra, count) for need, count in needed(blueprint).items() if extra})
    assert kinds(second) == needed(blueprint)


@quick
@given(blueprint=blueprints, seed=seeds, chance=st.randoms(use_true_random=False))
def test_the_order_of_the_files_decides_nothing(blueprint: dict[str, Share], seed: int, chance: Random) -> None:
    pool = a_pool(blueprint, 2)
    mixed = chance.sample(pool, len(pool))
    assert forms.deal(mixed, blueprint, seed) == forms.deal(pool, blueprint, seed)
    assert forms.mixed(mixed, seed) == forms.mixed(pool, seed)


def test_other_learners_get_other_items_in_another_order() -> None:
    blueprint = {"greet": Share(before=1, final=4, critical=2)}
    pool = a_pool(blueprint, 3)
    dealt = [forms.deal(pool, blueprint, forms.seed_of(f"learner-{n}", "final", 1)) for n in range(200)]
    assert {item for form in dealt for item in ids(form)} == set(ids(pool))
    assert {item for form in dealt for item in ids(form)[:1]} == set(ids(pool)), "each item stands first for somebody"


@pytest.mark.parametrize(
    ("critical", "other", "said"),
    [(1, 2, "needs 2 critical items on 'greet', and there are 1"), (2, 0, "needs 2 other items on 'greet'")],
)
def test_a_pool_that_is_too_small_is_said_with_what_to_do(critical: int, other: int, said: str) -> None:
    pool = items("slip", "greet", True, critical) + items("other", "greet", False, other)
    with pytest.raises(CourseError, match=rf"{said}.*course check"):
        forms.deal(pool, {"greet": Share(before=1, final=4, critical=2)}, 7)


def test_what_is_given_is_not_asked_of_the_pool() -> None:
    blueprint = {"greet": Share(before=1, final=3, critical=2), "part": Share(before=1, final=1)}
    assert forms.needs(blueprint) == {
        ("greet", True): 2,
        ("greet", False): 1,
        ("part", True): 0,
        ("part", False): 1,
    }
    given = items("given", "greet", True, 2) + items("given-part", "part", False, 1)
    assert forms.needs(blueprint, given) == {
        ("greet", True): 0,
        ("greet", False): 1,
        ("part", True): 0,
        ("part", False): 0,
    }


# --- three fresh critical items ---


@quick
@given(seed=seeds, objective=st.sampled_from(OBJECTIVES), data=st.data())
def test_fresh_critical_items_are_unseen_and_on_the_objective_that_slipped_first(
    seed: int, objective: str, data: st.DataObject
) -> None:
    pool = [item for o in OBJECTIVES for item in items(f"slip-{o}", o, True, 4) + items(f"other-{o}", o, False, 2)]
    critical = [item for item in pool if item.critical]
    seen = data.draw(st.lists(st.sampled_from(ids(critical)), unique=True, max_size=len(critical) - 3))
    dealt = forms.deal_remedy(pool, objective, seed, seen)
    assert len(set(ids(dealt))) == 3 and all(item.critical for item in dealt)
    assert not set(ids(dealt)) & set(seen)
    unseen = [item for item in critical if item.objective == objective and item.id not in seen]
    assert sum(item.objective == objective for item in dealt) == min(3, len(unseen))


def test_where_every_critical_item_was_seen_those_seen_least_come_again() -> None:
    pool = items("slip", "greet", True, 5)
    seen = [*ids(pool), "slip-0", "slip-3"]
    assert sorted(ids(forms.deal_remedy(pool, "greet", 7, seen))) == ["slip-1", "slip-2", "slip-4"]


def test_the_fresh_items_on_one_objective_are_not_the_same_for_everybody() -> None:
    pool = items("slip", "greet", True, 6)
    assert len({tuple(ids(forms.deal_remedy(pool, "greet", seed, ()))) for seed in range(20)}) > 1


# --- the order of options ---


def body(item: Activity) -> dict[str, Any]:
    return grading.kind_of(item).body(item)


@quick
@given(seed=seeds)
def test_shuffled_options_are_the_same_ones_with_the_same_letters(seed: int) -> None:
    (item,) = items("one", "greet", False, 1)
    before = body(item)
    shuffled = forms.shuffled(before, seed, item.id)
    assert {o["id"]: o["text"] for o in shuffled["options"]} == {o["id"]: o["text"] for o in before["options"]}
    assert len(shuffled["options"]) == 4 and shuffled.keys() == before.keys()
    assert before == body(item), "what was given is left as it was"
    assert forms.shuffled(before, seed, item.id) == shuffled


def test_each_option_stands_in_each_place_for_somebody() -> None:
    (item,) = items("one", "greet", False, 1)
    places = {
        (place, option["id"])
        for seed in range(100)
        for place, option in enumerate(forms.shuffled(body(item), seed, item.id)["options"])
    }
    assert len(places) == 4 * 4


def test_two_items_of_one_sitting_are_shuffled_apart() -> None:
    one, other = items("one", "greet", False, 2)
    orders = {tuple(o["id"] for o in forms.shuffled(body(one), 7, f"item-{n}")["options"]) for n in range(40)}
    assert one.id != other.id and len(orders) > 10


# --- the same everywhere ---


def what_is_dealt() -> str:
    """All that a learner's id decides, as text."""
    blueprint = {"greet": Share(before=1, final=4, critical=2), "part": Share(before=1, final=2)}
    pool, told = a_pool(blueprint, 2), []
    for learner in ("ann", "bea", "né 🙂"):
        seed = forms.seed_of(learner, "final", 2)
        dealt = forms.deal(pool, blueprint, seed, ["pool-greet-slip-0"])
        options = [[o["id"] for o in forms.shuffled(body(item), seed, item.id)["options"]] for item in dealt]
        remedy = forms.deal_remedy(pool, "greet", seed, ids(dealt))
        told.append([forms.form_before(learner), seed, ids(dealt), options, ids(remedy), ids(forms.mixed(pool, seed))])
    return json.dumps(told)


def test_the_same_learner_and_try_give_the_same_form_in_another_process() -> None:
    call = [sys.executable, "-c", "from tests.test_forms import what_is_dealt; print(what_is_dealt())"]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT, check=True)
    assert done.stdout.strip() == what_is_dealt()


# --- sittings ---

BEGUN, END = "2026-05-01T09:00:00.000Z", "2026-05-01T10:00:00.000Z"
A_DAY_LATER, JUST_BEFORE = "2026-05-02T10:00:00.000Z", "2026-05-02T09:59:59.999Z"

FOUR = ("slip-0", "slip-1", "greet-0", "part-0")
FINAL = Sitting("final", 1, 7, FOUR, critical=FOUR[:2], parallel=("slip-1", "part-0"), begun=BEGUN, finished=END)
REMEDY = Sitting("remedy", 1, 8, ("slip-2", "slip-3", "slip-4"), critical=("slip-2", "slip-3", "slip-4"), begun=END)
REMEDY = replace(REMEDY, finished=A_DAY_LATER)
BEFORE = Sitting("before-a", 1, 9, ("a-greet", "a-part"), critical=("a-greet",), begun=BEGUN, finished=END)


def began(sitting: Sitting, at: str = "", **changes: Any) -> Event:
    detail = {k: v for k, v in asdict(sitting).items() if k not in ("begun", "finished")}
    return Event(forms.BEGAN, "ann", at or sitting.begun, {**detail, **changes})


def finished(sitting: Sitting, at: str = "") -> Event:
    return Event(
        forms.FINISHED, "ann", at or sitting.finished, {"form": sitting.form, "attempt_no": sitting.attempt_no}
    )


def test_a_sitting_is_read_from_its_beginning_and_its_end() -> None:
    assert forms.sittings([began(FINAL), finished(FINAL)]) == [FINAL]
    assert forms.sittings([began(FINAL)]) == [replace(FINAL, finished="")]
    assert forms.sittings([]) == []


def test_sittings_come_oldest_first_and_other_events_are_none() -> None:
    seat = Event("seat", "ann", BEGUN, {})
    events = [seat, began(BEFORE), began(FINAL), finished(BEFORE), seat, finished(FINAL), began(REMEDY)]
    assert forms.sittings(events) == [BEFORE, FINAL, replace(REMEDY, finished="")]


def test_begun_twice_is_begun_once_and_finished_twice_is_finished_once() -> None:
    again = began(FINAL, at=END, seed=99, items=["other"])
    twice = [began(FINAL), again, finished(FINAL), finished(FINAL, at=A_DAY_LATER), again]
    assert forms.sittings(twice) == [FINAL]


def test_an_end_without_a_beginning_is_nothing() -> None:
    second = replace(FINAL, attempt_no=2, finished="")
    assert forms.sittings([finished(FINAL), began(second)]) == [second]


# --- what the answers come to ---

POINTS = {"best": 1.0, "acceptable": 0.5, "poor": 0.0, "harmful": 0.0}
WORDS = {mark[0]: mark for mark in POINTS}


def answered(sitting: Sitting, marks: str) -> list[Attempt]:
    """An answer to each item, by the first letter of its mark: b, a, p or h; a dash leaves the item open."""
    return [an_answer(sitting, item, WORDS[c]) for item, c in zip(sitting.items, marks, strict=True) if c != "-"]


def an_answer(sitting: Sitting, item: str, mark: str) -> Attempt:
    return an_attempt(
        activity=item,
        points=POINTS[mark],
        harmful=mark == "harmful",
        form=sitting.form,
        attempt_no=sitting.attempt_no,
    )


def test_the_last_answer_to_an_item_counts() -> None:
    attempts = answered(FINAL, "hppb") + answered(FINAL, "b-a-") + answered(FINAL, "a---")
    last = forms.answers(FINAL, attempts)
    assert {item: attempt.points for item, attempt in last.items()} == dict(zip(FOUR, (0.5, 0, 0.5, 1), strict=True))
    assert forms.result(FINAL, attempts) == Result(2.0, 4, ())


def test_an_answer_of_another_sitting_or_of_a_lesson_counts_nowhere() -> None:
    mine = answered(FINAL, "aaaa")
    others = [
        *answered(replace(FINAL, attempt_no=2), "hhhh"),
        *answered(replace(FINAL, form="remedy"), "hhhh"),
        *(replace(attempt, form=None, attempt_no=None, harmful=True) for attempt in mine),
    ]
    assert forms.result(FINAL, mine + others) == Result(2.0, 4, ())


@pytest.mark.parametrize(
    ("marks", "points", "slips"),
    [
        ("bbbb", 4.0, ()),
        ("aaaa", 2.0, ()),
        ("pppp", 0.0, ()),
        ("hhhh", 0.0, FOUR[:2]),
        ("bhbb", 3.0, ("slip-1",)),
        ("bbhh", 2.0, ()),
        ("b---", 1.0, ()),
        ("----", 0.0, ()),
    ],
)
def test_points_add_up_and_only_harmful_answers_to_critical_items_are_slips(
    marks: str, points: float, slips: tuple[str, ...]
) -> None:
    assert forms.result(FINAL, answered(FINAL, marks)) == Result(points, 4, slips)


def test_an_answer_from_before_harm_was_kept_is_no_slip() -> None:
    attempts = [replace(attempt, harmful=None) for attempt in answered(FINAL, "hhbb")]
    assert forms.result(FINAL, attempts) == Result(2.0, 4, ())


# --- what comes next ---


def standing(
    sittings: Sequence[Sitting],
    attempts: Sequence[Attempt] = (),
    check: Check = "final",
    passing: float = 3,
    now: str = END,
) -> Standing:
    return forms.standing(check, sittings, attempts, passing, now)


@pytest.mark.parametrize("check", get_args(Check))
def test_before_its_beginning_a_check_is_ready(check: Check) -> None:
    other = FINAL if check == "before" else BEFORE
    assert standing([], check=check) == Standing(Phase.READY)
    assert standing([other], answered(other, "b" * len(other.items)), check) == Standing(Phase.READY)


def test_an_open_check_tells_how_many_items_are_answered() -> None:
    begun = replace(FINAL, finished="")
    assert standing([begun], answered(FINAL, "b-p-") + answered(FINAL, "h---")) == Standing(
        Phase.OPEN, begun, answered=2
    )


@pytest.mark.parametrize(
    ("marks", "passing", "phase"),
    [
        ("bbbb", 3, Phase.DONE),
        ("bbaa", 3, Phase.DONE),
        ("bbbp", 3, Phase.DONE),
        ("bbbh", 3, Phase.DONE),
        ("aabb", 3.5, Phase.WAITING),
        ("bbap", 3, Phase.WAITING),
        ("hbbb", 3, Phase.REMEDY),
        ("bhbb", 3, Phase.REMEDY),
        ("hbba", 3, Phase.WAITING),
        ("hhbb", 2, Phase.WAITING),
        ("hhhh", 0, Phase.WAITING),
        ("hppp", 0, Phase.REMEDY),
    ],
)
def test_points_and_slips_decide_what_comes_next(marks: str, passing: float, phase: Phase) -> None:
    came = standing([FINAL], answered(FINAL, marks), passing=passing)
    assert (came.phase, came.sitting, came.tries) == (phase, FINAL, 1)
    assert came.result == forms.result(FINAL, answered(FINAL, marks))
    assert came.passed == (END if phase is Phase.DONE else "")
    assert came.next_from == (A_DAY_LATER if phase is Phase.WAITING else "")


@pytest.mark.parametrize(
    ("marks", "phase"),
    [
        ("bbb", Phase.DONE),
        ("bbp", Phase.DONE),
        ("baa", Phase.DONE),
        ("aaa", Phase.WAITING),
        ("bap", Phase.WAITING),
        ("bbh", Phase.WAITING),
        ("hhh", Phase.WAITING),
    ],
)
def test_two_points_of_three_fresh_items_and_no_slip_pass_after_one_slip(marks: str, phase: Phase) -> None:
    attempts = answered(FINAL, "hbbb") + answered(REMEDY, marks)
    came = standing([FINAL, REMEDY], attempts, now=A_DAY_LATER)
    assert (came.phase, came.sitting, came.tries) == (phase, REMEDY, 1)
    assert came.passed == (A_DAY_LATER if phase is Phase.DONE else "")
    assert bool(came.next_from) == (phase is Phase.WAITING)


def test_fresh_items_that_are_open_are_an_open_check() -> None:
    begun = replace(REMEDY, finished="")
    came = standing([FINAL, begun], answered(FINAL, "hbbb") + answered(REMEDY, "b--"))
    assert came == Standing(Phase.OPEN, begun, answered=1, tries=1)


@pytest.mark.parametrize(
    ("now", "phase"), [(END, Phase.WAITING), (JUST_BEFORE, Phase.WAITING), (A_DAY_LATER, Phase.READY)]
)
def test_the_clock_opens_the_next_try_after_a_day(now: str, phase: Phase) -> None:
    came = standing([FINAL], answered(FINAL, "pppp"), now=now)
    assert (came.phase, came.next_from, came.tries) == (phase, A_DAY_LATER, 1)


def test_the_clock_does_not_close_three_fresh_items() -> None:
    assert standing([FINAL], answered(FINAL, "hbbb"), now="2027-01-01T00:00:00.000Z").phase is Phase.REMEDY


def test_what_was_passed_stays_passed() -> None:
    later = replace(FINAL, attempt_no=2, finished=A_DAY_LATER)
    attempts = answered(FINAL, "bbbb") + answered(later, "hhhh")
    for sittings in ([FINAL, later], [FINAL, replace(later, finished="")]):
        came = standing(sittings, attempts)
        assert (came.phase, came.passed, came.sitting) == (Phase.DONE, END, FINAL)


def test_only_finished_final_checks_are_tries() -> None:
    tries = [replace(FINAL, attempt_no=n) for n in (1, 2, 3)]
    assert standing([BEFORE, *tries]).tries == 3
    assert standing([*tries[:2], replace(tries[2], finished="")]).tries == 2
    assert standing([tries[0], REMEDY]).tries == 1


@pytest.mark.parametrize("marks", ["bb", "pp", "hh"])
def test_the_check_before_is_done_once_it_is_finished_whatever_it_came_to(marks: str) -> None:
    attempts = answered(BEFORE, marks)
    came = standing([BEFORE], attempts, "before", passing=99)
    assert (came.phase, came.passed, came.tries) == (Phase.DONE, END, 0)
    assert came.result == forms.result(BEFORE, attempts)


# --- what was learned ---


@pytest.mark.parametrize("count", [0, 1, 19])
def test_no_gain_is_reported_of_fewer_than_twenty_learners(count: int) -> None:
    assert forms.gain([(0.2, 0.9)] * count) is None


def test_the_gain_of_made_up_pairs_is_the_one_computed_by_hand() -> None:
    gain = forms.gain([(0.5, 0.6), (0.5, 0.8)] * 10)
    assert gain is not None
    margin = 1.96 * 0.1 / 19**0.5  # each difference is 0.1 from their mean: s = 0.1 * sqrt(20 / 19), over sqrt(20)
    assert gain.learners == 20
    assert (gain.before, gain.after, gain.gain) == pytest.approx((0.5, 0.7, 0.2))
    assert (gain.low, gain.high) == pytest.approx((0.2 - margin, 0.2 + margin))


def test_where_everybody_gained_the_same_there_is_nothing_to_be_unsure_of() -> None:
    gain = forms.gain([(n / 40, n / 40 + 0.25) for n in range(20)])
    assert gain is not None
    assert (gain.gain, gain.low, gain.high) == pytest.approx((0.25, 0.25, 0.25))


share = st.floats(0, 1)


@quick
@given(pairs=st.lists(st.tuples(share, share), min_size=20, max_size=40))
def test_the_gain_lies_within_its_interval_and_a_loss_is_its_mirror(pairs: list[tuple[float, float]]) -> None:
    gain, loss = forms.gain(pairs), forms.gain([(after, before) for before, after in pairs])
    assert gain is not None and loss is not None
    assert gain.low <= gain.gain <= gain.high
    assert (gain.before, gain.after) == pytest.approx((loss.after, loss.before))
    assert (gain.gain, gain.low, gain.high) == pytest.approx((-loss.gain, -loss.high, -loss.low))


def test_before_and_after_are_shares_of_the_two_parallel_forms() -> None:
    attempts = answered(BEFORE, "ap") + answered(FINAL, "babp")
    assert forms.before_and_after([BEFORE, FINAL], attempts) == (0.25, 0.25)
    attempts = answered(BEFORE, "hb") + answered(FINAL, "pbpb")
    assert forms.before_and_after([BEFORE, FINAL], attempts) == (0.5, 1.0)


def test_after_is_the_first_final_check_alone() -> None:
    second = replace(FINAL, attempt_no=2, parallel=())
    attempts = answered(BEFORE, "pp") + answered(FINAL, "pppp") + answered(second, "bbbb")
    assert forms.before_and_after([BEFORE, FINAL, second], attempts) == (0.0, 0.0)


@pytest.mark.parametrize(
    "sittings", [[], [BEFORE], [FINAL], [BEFORE, replace(FINAL, finished="")], [replace(BEFORE, finished=""), FINAL]]
)
def test_whoever_has_not_finished_both_has_no_before_and_after(sittings: list[Sitting]) -> None:
    assert forms.before_and_after(sittings, answered(BEFORE, "bb") + answered(FINAL, "bbbb")) is None


# --- how long a pass counts ---


@pytest.mark.parametrize(
    ("passed", "months", "until"),
    [
        ("2026-11-23T08:00:00Z", 12, "2027-11-23T23:59:59Z"),
        ("2026-01-31T23:30:00.500Z", 1, "2026-02-28T23:59:59Z"),
        ("2028-02-29T00:00:00Z", 12, "2029-02-28T23:59:59Z"),
        ("2026-12-01T00:00:00Z", 1, "2027-01-01T23:59:59Z"),
    ],
)
def test_a_pass_counts_to_the_end_of_the_same_day_some_months_later(passed: str, months: int, until: str) -> None:
    assert forms.period(passed, months)[1] == until
