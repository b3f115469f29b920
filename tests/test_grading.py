"""An activity and an answer to a verdict, kind by kind, on the toy course."""

from __future__ import annotations

import copy
from itertools import combinations, permutations, product
from statistics import fmean
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import grading
from course.bank import Bank
from course.errors import AnswerError
from course.grading.reflect import LONGEST_TEXT
from course.model import Activity, Answer, Feedback, Order, Outcome, Reflect, Sort, Step, Verdict
from tests.conftest import TOY_COURSE

TOY = Bank(TOY_COURSE, TOY_COURSE / "practice.yml")
ALL = [pytest.param(a, id=f"{a.id}-{a.variant}") for a in TOY.all_authored()]
PICK_ONE, PICK_SEVERAL = TOY.authored("pick-one"), TOY.authored("pick-several")
SORT, CLINIC_SORT = TOY.authored("sort-them"), TOY.authored("sort-them", "clinic")
PUT_IN_ORDER, THINK = TOY.authored("put-in-order"), TOY.authored("think-it-over")

every_activity = pytest.mark.parametrize("activity", ALL)


def parsed(activity: Activity, raw: Answer) -> Answer:
    submission = grading.parse(activity, raw)
    assert submission is not None
    return submission.answer


def graded(activity: Activity, raw: Answer) -> Verdict:
    return grading.kind_of(activity).grade(activity, parsed(activity, raw))


def key(activity: Activity) -> Answer:
    return grading.kind_of(activity).key(activity)


def mistakes(activity: Activity) -> list[Answer]:
    return list(grading.kind_of(activity).mistakes(activity))


def marks(verdict: Verdict) -> dict[str, str]:
    return {note.part: str(note.mark) for note in verdict.notes if note.part}


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


@given(st.lists(st.text(min_size=1, max_size=9), min_size=3, max_size=7, unique=True))
def test_steps_are_never_shown_in_their_order(texts: list[str]) -> None:
    activity = order_of(*texts)
    shown = [step["text"] for step in grading.view(activity).body["steps"]]
    assert sorted(shown) == sorted(texts)
    assert shown != texts


def order_of(*texts: str) -> Order:
    steps = tuple(Step(text, f"Why {text}.") for text in texts)
    said = Feedback("It is done.", "It was asked for.", "Go on.")
    return Order(id="o", title="O", level="easy", stem="?", claims=("L1",), steps=steps, feedback=said)


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
    ids=lambda value: value.id if isinstance(value, msgspec.Struct) else repr(value),
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


def test_the_letters_of_a_choice_are_kept_in_one_order() -> None:
    assert parsed(PICK_SEVERAL, ["c", "a"]) == ["a", "c"]


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
        wanted = {0: Outcome.WRONG, 1: Outcome.CORRECT}.get(verdict.points, Outcome.PARTIAL)
        assert verdict.outcome is wanted
    assert not (verdict.harmful and verdict.points)


# --- choice ---


@pytest.mark.parametrize(
    ("letter", "outcome", "points", "harmful"),
    [
        ("a", Outcome.CORRECT, 1, False),
        ("b", Outcome.PARTIAL, 0.5, False),
        ("c", Outcome.WRONG, 0, False),
        ("d", Outcome.WRONG, 0, True),
    ],
)
def test_each_mark_has_its_points(letter: str, outcome: Outcome, points: float, harmful: bool) -> None:
    verdict = graded(PICK_ONE, [letter])
    assert (verdict.outcome, verdict.points, verdict.harmful) == (outcome, points, harmful)


def test_only_the_chosen_options_feedback_is_given() -> None:
    assert [note.part for note in graded(PICK_ONE, ["b"]).notes] == ["b"]
    (note,) = graded(PICK_ONE, ["b"]).notes
    assert note.say == Feedback("KEY-fair happens.", "KEY-fair why.", "KEY-fair do.")
    assert marks(graded(PICK_SEVERAL, ["b", "c"])) == {"b": "poor", "c": "best"}


@pytest.mark.parametrize(
    ("ticked", "points", "harmful"),
    [
        ("ac", 1, False),
        ("acd", 1, False),
        ("a", 0.5, False),
        ("abc", 0.5, False),
        ("ab", 0, False),
        ("b", 0, False),
        ("bd", 0, False),
        ("d", 0, False),
        ("ace", 0, True),
        ("abcde", 0, True),
    ],
)
def test_each_good_tick_earns_a_share_and_each_poor_one_takes_one(ticked: str, points: float, harmful: bool) -> None:
    verdict = graded(PICK_SEVERAL, list(ticked))
    assert (verdict.points, verdict.harmful) == (points, harmful)


@pytest.mark.parametrize(
    ("ticked", "headline"),
    [
        ("ac", "2 of 2 that fit"),
        ("a", "1 of 2 that fit"),
        ("abc", "2 of 2 that fit, and 1 that does not"),
        ("ace", "hurt"),
    ],
)
def test_the_headline_counts_what_was_found(ticked: str, headline: str) -> None:
    assert headline in graded(PICK_SEVERAL, list(ticked)).headline


# --- sort ---


@pytest.mark.parametrize(
    ("buckets", "outcome", "right"),
    [((0, 1, 0), Outcome.CORRECT, 3), ((0, 0, 0), Outcome.PARTIAL, 2), ((1, 0, 1), Outcome.WRONG, 0)],
)
def test_the_share_of_cards_in_their_bucket_is_the_points(
    buckets: tuple[int, ...], outcome: Outcome, right: int
) -> None:
    assert isinstance(SORT, Sort)
    verdict = graded(SORT, dict(zip("abc", buckets, strict=True)))
    assert (verdict.outcome, verdict.points) == (outcome, right / 3)
    assert f"{right} of 3" in verdict.headline
    assert [note.say for note in verdict.notes] == [*(card.feedback for card in SORT.cards), SORT.feedback]
    assert list(marks(verdict).values()).count("right") == right


# --- order ---


@pytest.mark.parametrize(
    ("places", "points"),
    [("1234", 1), ("2134", 4 / 6), ("1243", 4 / 6), ("2143", 2 / 6), ("3124", 2 / 6), ("2341", 0), ("4321", 0)],
)
def test_pairs_in_order_less_pairs_out_of_order_are_the_points(places: str, points: float) -> None:
    best = key(PUT_IN_ORDER)
    verdict = graded(PUT_IN_ORDER, [best[int(place) - 1] for place in places])
    assert verdict.points == pytest.approx(points)


def test_a_step_out_of_its_place_is_told_the_direction_and_not_the_place() -> None:
    first, second, third, fourth = key(PUT_IN_ORDER)
    verdict = graded(PUT_IN_ORDER, [second, third, first, fourth])
    assert marks(verdict) == {second: "later", third: "later", first: "earlier", fourth: "right"}
    said = {note.part: note.say for note in verdict.notes}
    assert (said[first], said[second], said[third]) == ("", "", "")
    assert said[fourth] == "KEY-phone."
    assert "1 of 4" in verdict.headline


# --- reflect ---


def test_text_that_is_not_to_be_kept_is_refused() -> None:
    with pytest.raises(AnswerError, match="not to be kept"):
        grading.parse(THINK, {"keep": False, "text": "private"})


def test_text_to_be_kept_stands_apart_from_the_answer() -> None:
    assert grading.parse(THINK, {"keep": True, "text": " mine "}) == grading.Submission({"keep": True}, " mine ")
    assert grading.parse(THINK, {"keep": False}) == grading.Submission({"keep": False}, None)


def test_blank_text_to_be_kept_is_a_blank_answer() -> None:
    assert grading.parse(THINK, {"keep": True, "text": " \n"}) is None


def test_a_text_longer_than_the_limit_is_refused() -> None:
    assert grading.parse(THINK, {"keep": True, "text": "x" * LONGEST_TEXT}) is not None
    with pytest.raises(AnswerError, match="longer than 5,000"):
        grading.parse(THINK, {"keep": True, "text": "x" * (LONGEST_TEXT + 1)})


def test_what_others_say_is_shown_as_an_example() -> None:
    verdict = graded(THINK, {"keep": False})
    assert marks(verdict) == {"A lawyer": "example", "A nurse": "example"}
