"""An activity and an answer to a verdict, kind by kind, on the toy course."""

from __future__ import annotations

import copy
from itertools import combinations, permutations, product
from statistics import fmean
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import grading
from course.errors import AnswerError
from course.model import Activity, Answer, Feedback, Order, Outcome, Reflect, Step
from tests.answering import (
    CLINIC_SORT,
    PICK_ONE,
    PICK_SEVERAL,
    PUT_IN_ORDER,
    SORT,
    THINK,
    TOY,
    graded,
    key,
    marks,
    mistakes,
    parsed,
)

ALL = [pytest.param(a, id=f"{a.id}-{a.variant}") for a in TOY.all_authored()]
every_activity = pytest.mark.parametrize("activity", ALL)


# --- what may be shown before an answer ---


@every_activity
def test_a_view_holds_the_question_and_no_key(activity: Activity) -> None:
    view = msgspec.json.encode(grading.view(activity)).decode()
    assert activity.stem in view
    assert "KEY-" in msgspec.json.encode(activity).decode()
    assert "KEY-" not in view


@every_activity
def test_the_words_hold_the_question_and_no_key(activity: Activity) -> None:
    words = grading.words(activity)
    assert activity.title in words and activity.stem in words
    assert "KEY-" not in words
    assert words == grading.words(activity)


@pytest.mark.parametrize("activity", [a for a in ALL if a.id != "think-it-over-everyone"])
def test_the_words_offer_what_the_view_offers(activity: Activity) -> None:
    (parts,) = [v for k, v in grading.view(activity).body.items() if k in ("options", "cards", "steps")]
    for part in parts:
        assert set(part) == {"id", "text"}
        assert f"{part['id']}) {part['text']}" in grading.words(activity)


def test_the_words_hold_scene_and_rule() -> None:
    words = grading.words(PICK_ONE)
    assert "Facebook, request from Robin Roe:\n  Add me!" in words
    assert "The rule: At Toy Practice, we say no kindly." in words


def test_a_view_says_for_whom_and_of_which_kind_it_is() -> None:
    view = grading.view(CLINIC_SORT)
    assert (view.id, view.variant, view.kind, view.title) == ("sort-them", "clinic", "sort", "Sort them, clinic")
    assert view.scene is None and view.rule is None


@settings(deadline=None)
@given(st.lists(st.text(min_size=1, max_size=9), min_size=3, max_size=7, unique=True))
def test_steps_are_never_shown_in_their_order(texts: list[str]) -> None:
    activity = order_of(*texts)
    shown = [step["text"] for step in grading.view(activity).body["steps"]]
    assert sorted(shown) == sorted(texts)
    assert shown != texts


def order_of(*texts: str) -> Order:
    steps = tuple(Step(text, f"Why {text}.") for text in texts)
    said = Feedback("It is done.", "It was asked for.", "Go on.")
    return Order(
        id="o", title="O", objective="greet", level="easy", stem="?", claims=("L1",), steps=steps, feedback=said
    )


# --- what is an answer ---


@every_activity
@pytest.mark.parametrize("blank", [None, "", [], {}], ids=repr)
def test_a_blank_answer_is_none(activity: Activity, blank: Answer) -> None:
    assert grading.parse(activity, blank) is None


@pytest.mark.parametrize(
    ("activity", "raw"),
    [
        (PICK_ONE, "a"),
        (PICK_ONE, {"a": True}),
        (PICK_ONE, 0),
        (PICK_ONE, False),
        (PICK_ONE, ["e"]),
        (PICK_ONE, [""]),
        (PICK_ONE, [0]),
        (PICK_ONE, [["a"]]),
        (PICK_ONE, ["a", "b"]),
        (PICK_ONE, ["a", "a"]),
        (PICK_SEVERAL, ["a", "a"]),
        (PICK_SEVERAL, ["a", "f"]),
        (PICK_SEVERAL, "ac"),
        (SORT, ["a"]),
        (SORT, {"a": 0, "b": 1}),
        (SORT, {"a": 0, "b": 1, "c": 2}),
        (SORT, {"a": 0, "b": 1, "c": -1}),
        (SORT, {"a": 0, "b": 1, "c": "0"}),
        (SORT, {"a": 0, "b": 1, "c": True}),
        (SORT, {"a": 0, "b": 1, "c": 0.0}),
        (SORT, {"a": 0, "b": 1, "c": 0, "d": 0}),
        (PUT_IN_ORDER, "abcd"),
        (PUT_IN_ORDER, ["a", "b", "c"]),
        (PUT_IN_ORDER, ["a", "b", "c", "c"]),
        (PUT_IN_ORDER, ["a", "b", "c", "e"]),
        (PUT_IN_ORDER, ["a", "b", "c", None]),
        (THINK, "a text"),
        (THINK, {"text": "a text"}),
        (THINK, {"keep": 1, "text": "a text"}),
        (THINK, {"keep": True}),
        (THINK, {"keep": True, "text": 7}),
        (THINK, {"keep": True, "text": "a text", "more": 1}),
    ],
    ids=lambda value: value.id if isinstance(value, Activity) else repr(value),
)
def test_a_misshapen_answer_is_refused(activity: Activity, raw: Answer) -> None:
    with pytest.raises(AnswerError):
        grading.parse(activity, raw)


def nested(depth: int) -> list[Any]:
    raw: list[Any] = ["a"]
    for _ in range(depth):
        raw = [raw]
    return raw


@every_activity
@pytest.mark.parametrize("raw", [["a"] * 5_000, {"a": "x" * 30_000}, nested(100_000)], ids=["long", "wide", "deep"])
def test_an_answer_of_any_size_is_refused_and_nothing_else(activity: Activity, raw: Answer) -> None:
    with pytest.raises(AnswerError, match="too long"):
        grading.parse(activity, raw)


def test_letters_are_kept_in_one_order() -> None:
    assert parsed(PICK_SEVERAL, ["c", "a"]) == ["a", "c"]
    assert list(parsed(SORT, {"c": 0, "a": 0, "b": 1})) == ["a", "b", "c"]


def test_one_card_left_over_is_said_as_one() -> None:
    with pytest.raises(AnswerError, match="1 card is not placed"):
        grading.parse(SORT, {"a": 0, "b": 1})


# --- verdicts, whatever the kind ---


@every_activity
def test_the_key_is_correct_or_noted(activity: Activity) -> None:
    verdict = graded(activity, key(activity))
    wanted = (Outcome.NOTED, 0.0) if isinstance(activity, Reflect) else (Outcome.CORRECT, 1.0)
    assert (verdict.outcome, verdict.points) == wanted
    assert verdict.notes and verdict.headline and not verdict.harmful


@every_activity
def test_each_mistake_loses_points_and_is_told_in_its_own_words(activity: Activity) -> None:
    verdicts = [graded(activity, mistake) for mistake in mistakes(activity)]
    assert all(v.outcome in (Outcome.WRONG, Outcome.PARTIAL) and v.points < 1 for v in verdicts)
    said = [v.notes for v in (graded(activity, key(activity)), *verdicts)]
    assert len(set(said)) == len(said)
    assert all(said)


def test_there_is_a_mistake_for_each_thing_that_can_be_got_wrong() -> None:
    assert mistakes(PICK_ONE) == [["b"], ["c"], ["d"]]
    assert mistakes(PICK_SEVERAL) == [["c"], ["a", "b", "c"], ["a"], ["a", "c", "e"]]
    assert [marks(graded(SORT, m)) for m in mistakes(SORT)] == [
        {"a": "misplaced", "b": "right", "c": "right"},
        {"a": "right", "b": "misplaced", "c": "right"},
        {"a": "right", "b": "right", "c": "misplaced"},
    ]
    assert len(mistakes(PUT_IN_ORDER)) == 3
    assert mistakes(THINK) == []


def every_answer(activity: Activity) -> list[Answer]:
    body = grading.view(activity).body
    match grading.kind_name(activity):
        case "choice":
            letters = [option["id"] for option in body["options"]]
            most = len(letters) if body["several"] else 1
            return [list(way) for n in range(1, most + 1) for way in combinations(letters, n)]
        case "sort":
            cards = [card["id"] for card in body["cards"]]
            ways = product(range(len(body["buckets"])), repeat=len(cards))
            return [dict(zip(cards, way, strict=True)) for way in ways]
        case "order":
            return [list(way) for way in permutations(step["id"] for step in body["steps"])]
    return [{"keep": False}]


@every_activity
def test_the_chance_level_is_the_mean_over_every_answer(activity: Activity) -> None:
    brute = fmean(graded(activity, answer).points for answer in every_answer(activity))
    assert grading.kind_of(activity).chance(activity) == pytest.approx(brute)


@every_activity
def test_the_key_alone_is_worth_all_points(activity: Activity) -> None:
    best = [answer for answer in every_answer(activity) if graded(activity, answer).points == 1]
    if activity is PICK_SEVERAL:
        assert best == [["a", "c"], ["a", "c", "d"]]  # what is acceptable may be ticked or left
    elif activity is not THINK:
        assert best == [key(activity)]


letters = st.sampled_from("abcdefg")
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | letters,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3) | letters, inner, max_size=5),
    max_leaves=12,
)
answers = st.one_of(
    json,
    st.lists(letters, max_size=5),
    st.permutations("abcd"),
    st.dictionaries(letters, st.integers(-1, 2), max_size=4),
    st.fixed_dictionaries(
        {"a": st.integers(0, 1), "b": st.integers(0, 1)}, optional={"c": st.integers(0, 1) | st.booleans()}
    ),
    st.fixed_dictionaries({"keep": st.booleans()}, optional={"text": st.none() | st.text(), "more": json}),
)


@every_activity
@settings(deadline=None)
@given(raw=answers)
def test_any_json_is_blank_refused_or_graded_in_keeping_with_its_points(activity: Activity, raw: Answer) -> None:
    before = copy.deepcopy(raw)
    try:
        submission = grading.parse(activity, raw)
    except AnswerError:
        return
    if submission is None:
        return
    verdict = grading.kind_of(activity).grade(activity, submission.answer)
    assert repr(raw) == repr(before)
    assert verdict == grading.kind_of(activity).grade(activity, copy.deepcopy(submission.answer))
    assert grading.parse(activity, submission.answer if submission.text is None else raw) == submission
    assert msgspec.json.decode(msgspec.json.encode(submission.answer)) == submission.answer
    assert 0 <= verdict.points <= 1
    if isinstance(activity, Reflect):
        assert (verdict.outcome, verdict.points) == (Outcome.NOTED, 0)
    else:
        wanted = {0.0: Outcome.WRONG, 1.0: Outcome.CORRECT}.get(verdict.points, Outcome.PARTIAL)
        assert verdict.outcome is wanted
    assert not (verdict.harmful and verdict.points)
