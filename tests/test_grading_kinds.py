"""How each kind counts, and what it says: choice, sort, order and reflect, on the toy course."""

from __future__ import annotations

import pytest

from course import grading
from course.errors import AnswerError
from course.grading.reflect import LONGEST_TEXT
from course.model import Feedback, Outcome, Sort
from tests.answering import PICK_ONE, PICK_SEVERAL, PUT_IN_ORDER, SORT, THINK, graded, key, marks

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
