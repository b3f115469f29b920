"""Item analysis: what the first attempts say of each item, how sure that is, and when there is too little to say it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import atanh, sqrt, tanh
from random import Random
from statistics import StatisticsError, correlation, fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import journals
from course.evidence.items import Interval, Item, Items, fisher, wilson
from course.model import Attempt, Outcome
from tests.journals import an_attempt

A = an_attempt()
KEY = (A.activity, A.content)
OPTIONS = {KEY: "abcd"}


def an_answer(activity: str = A.activity, points: float = 1.0, answer: Any = None, **changes: Any) -> Attempt:
    """Lighter than ``an_attempt``: hundreds of thousands of them are needed."""
    fields = {f: getattr(A, f) for f in A.__struct_fields__}
    shared = {"activity": activity, "points": points, "outcome": Outcome.of(points), "answer": answer or ["a"]}
    return Attempt(**{**fields, **shared, **changes})


def analysed(
    people: Iterable[Sequence[Attempt]], options: Mapping[tuple[str, str], Sequence[str]] | None = None
) -> list[Item]:
    items = Items()
    for attempts in people:
        items.add(attempts)
    return items.result(options or {})


def alone(people: Iterable[Sequence[Attempt]], **options: Any) -> Item:
    (item,) = analysed(people, **options)
    return item


def near(interval: Interval | None, value: float, low: float, high: float) -> bool:
    assert interval
    return (interval.value, interval.low, interval.high) == pytest.approx((value, low, high), abs=6e-5)


# --- the intervals ---


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_facility_has_the_published_score_interval(right: int, of: int, low: float, high: float) -> None:
    """The examples of Newcombe 1998, Statistics in Medicine 17:857, table I, method 3."""
    assert near(wilson(right / of, of), right / of, low, high)


@given(st.floats(0, 1), st.integers(1, 10**7))
def test_an_interval_holds_its_value_and_stays_between_nothing_and_everything(mean: float, count: int) -> None:
    found = wilson(mean, count)
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize("r", [-0.9, -0.5, 0, 0.2, 0.99])
def test_a_correlation_has_fishers_interval(r: float) -> None:
    margin = 1.96 / sqrt(100)
    assert near(fisher(r, 103), r, tanh(atanh(r) - margin), tanh(atanh(r) + margin))


def test_a_perfect_correlation_has_one_too() -> None:
    assert fisher(1.0, 100) == Interval(1, 1, 1)
    assert fisher(-1.0, 100) == Interval(-1, -1, -1)


# --- what counts ---


def test_only_the_first_attempt_at_an_activity_counts_whatever_its_wording() -> None:
    learner = [an_answer(points=0), an_answer(points=1), an_answer(points=1, content="e" * 64)]
    found = alone([learner] * 30)
    assert (found.activity, found.content, found.learners) == (*KEY, 30)
    assert found.facility and found.facility.value == 0


def test_each_wording_is_an_item_of_its_own() -> None:
    old, new = [an_answer(points=0)], [an_answer(points=1, content="e" * 64)]
    found = analysed([old, new] * 30)
    assert [(item.content[0], item.facility and item.facility.value) for item in found] == [("c", 0), ("e", 1)]


def test_what_earns_no_points_takes_no_part() -> None:
    noted = an_answer("think-it-over", 0, outcome=Outcome.NOTED)
    learners = [[noted, an_answer("one", n % 2), an_answer("two", n % 2)] for n in range(100)]
    found = analysed(learners)
    assert [item.activity for item in found] == ["one", "two"]
    assert all(item.discrimination and item.discrimination.value == pytest.approx(1) for item in found)


@pytest.mark.parametrize("points", [-1.0, 1.5, 1e300, float("nan"), float("inf")])
def test_points_that_only_an_edited_journal_holds_change_nothing(points: float) -> None:
    sound = [[an_answer("one", n % 2), an_answer("two", n % 2)] for n in range(100)]
    edited = [[*attempts, an_answer("three", points)] for attempts in sound]
    assert analysed(edited) == analysed(sound)


def test_where_nobody_answered_there_are_no_items() -> None:
    assert analysed([]) == analysed([[]]) == []


# --- options nobody chose ---


def test_options_that_nobody_chose_at_first_are_named() -> None:
    learners = [[an_answer(answer=["a"]), an_answer(answer=["d"])] for _ in range(29)]
    assert alone([*learners, [an_answer(answer=["b", "c"])]], options=OPTIONS).unchosen == ("d",)
    assert alone([*learners, [an_answer(answer=["b"])]], options=OPTIONS).unchosen == ("c", "d")
    assert alone([*learners, [an_answer(answer=["b", "c", "d"])]], options=OPTIONS).unchosen == ()


@pytest.mark.parametrize("answer", [{"a": 0, "b": 1}, [0, 2, 1], [["a"], {"b": 1}], "ab", 7])
def test_an_answer_that_is_no_list_of_letters_chooses_none(answer: Any) -> None:
    learners = [[an_answer(answer=answer)]] * 30
    assert alone(learners).unchosen is None
    assert alone(learners, options=OPTIONS).unchosen == ("a", "b", "c", "d")


# --- too few to say ---


@pytest.mark.parametrize(
    ("learners", "said"),
    [
        (4, None),
        (5, (False, False, False)),
        (29, (False, False, False)),
        (30, (True, True, False)),
        (99, (True, True, False)),
        (100, (True, True, True)),
    ],
)
def test_nothing_is_said_of_fewer_learners_than_it_needs(learners: int, said: tuple[bool, ...] | None) -> None:
    people = [[an_answer(points=n % 2), an_answer("other", n % 2)] for n in range(learners)]
    found = [item for item in analysed(people, OPTIONS) if item.activity == A.activity]
    values = [(item.facility, item.unchosen, item.discrimination) for item in found]
    assert [tuple(value is not None for value in three) for three in values] == ([said] if said else [])


def test_whoever_answered_nothing_else_does_not_count_towards_discrimination() -> None:
    both = [[an_answer(points=n % 2), an_answer("other", n % 2)] for n in range(99)]
    only = [[an_answer(points=1)]] * 50
    item = analysed([*both, *only])[1]
    assert (item.activity, item.learners, item.discrimination) == (A.activity, 149, None)


@pytest.mark.parametrize("points", [0.0, 1.0, 1 / 3, 0.1])
def test_where_nothing_varies_no_discrimination_is_made_up(points: float) -> None:
    people = [[an_answer("same", points), *(an_answer(f"item {i}", n % 2) for i in range(3))] for n in range(1000)]
    found = {item.activity: item.discrimination for item in analysed(people)}
    assert found["same"] is None and found["item 0"] is not None
    rest_is_the_same = [
        [an_answer("varies", n % 2), *(an_answer(str(i), points) for i in range(7))] for n in range(1000)
    ]
    assert {item.activity: item.discrimination for item in analysed(rest_is_the_same)}["varies"] is None


# --- against a plainer way, and against what was put in ---

pointsets = st.lists(
    st.dictionaries(st.sampled_from("uvwxy"), st.sampled_from([0, 0.25, 1 / 3, 0.5, 1]), max_size=5),
    min_size=5,
    max_size=12,
)


@settings(deadline=None, max_examples=100)
@given(pointsets, st.integers(9, 20))
def test_sums_come_to_the_same_as_all_answers_kept(some: list[dict[str, float]], times: int) -> None:
    people = some * times  # enough of them that everything is said
    found = {item.activity: item for item in analysed([[an_answer(i, p) for i, p in one.items()] for one in people])}
    for activity in "uvwxy":
        points = [one[activity] for one in people if activity in one]
        pairs = [
            (one[activity], fmean(p for i, p in one.items() if i != activity))
            for one in people
            if activity in one and len(one) > 1
        ]
        assert (activity in found) == (len(points) >= 5)
        if len(points) >= 30:
            facility = found[activity].facility
            assert facility and facility.value == pytest.approx(fmean(points))
        if len(pairs) >= 100:
            there = found[activity].discrimination
            assert (there.value if there else None) == pytest.approx(plainly(pairs), abs=1e-6)


def plainly(pairs: Sequence[tuple[float, float]]) -> float | None:
    x, y = ([round(value, 12) for value in side] for side in zip(*pairs, strict=True))
    try:
        return correlation(x, y)
    except StatisticsError:
        return None


def rasch(random: Random, difficulties: Sequence[float]) -> list[Attempt]:
    """One learner's answers."""
    ability = random.gauss()
    return [
        an_answer(f"item {n}", float(random.random() < journals.chance(ability, d))) for n, d in enumerate(difficulties)
    ]


def test_the_facility_that_was_put_in_lies_in_its_interval_as_often_as_that_says() -> None:
    difficulties = journals.difficulties(40)
    true = {f"item {n}": journals.facility(d) for n, d in enumerate(difficulties)}
    inside = []
    for seed in range(20):
        random = Random(seed)
        for item in analysed(rasch(random, difficulties) for _ in range(300)):
            assert item.facility and item.discrimination
            inside.append(item.facility.low <= true[item.activity] <= item.facility.high)
    assert len(inside) == 800
    assert 0.93 <= fmean(inside) <= 0.98


def test_an_item_that_all_answer_by_chance_does_not_discriminate_and_others_do() -> None:
    random, difficulties = Random(1), journals.difficulties(20)
    people = [[*rasch(random, difficulties), an_answer("coin", random.randrange(2))] for _ in range(1000)]
    found = {item.activity: item.discrimination for item in analysed(people)}
    coin = found.pop("coin")
    assert coin and coin.low < 0 < coin.high
    assert all(other and other.low > 0.1 for other in found.values())


def test_memory_does_not_grow_with_learners() -> None:
    items = Items()

    def after(learners: int) -> int:
        for _ in range(learners):
            items.add([an_answer(str(n), points=n % 2) for n in range(20)])
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        assert grown(after, 100, 1000) < 5_000
    finally:
        tracemalloc.stop()


def grown(after: Callable[[int], int], some: int, more: int) -> int:
    """Bytes in use after ``more`` learners beyond those after ``some``."""
    before = after(some)
    return after(more) - before
