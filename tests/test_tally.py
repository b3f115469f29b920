"""A fold of the journal: what is done, what comes next, how much time is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.forms import Phase, Result, Standing
from course.model import Attempt, Event, Outcome
from course.tally import ACKNOWLEDGED, LED, LessonProgress, Progress, Stop, fold

ACTIVITIES = {"first": ("a", "b", "c"), "second": ("d", "e")}
MINUTES = {"first": 4, "second": 6}
EVERYTHING = [i for ids in ACTIVITIES.values() for i in ids]


def attempt(activity: str, outcome: Outcome = Outcome.CORRECT, form: str | None = None, at: str = "") -> Attempt:
    return Attempt(
        attempt="1",
        key="k",
        learner="ada",
        activity=activity,
        variant="everyone",
        content="0",
        course="0",
        practice="0",
        answer=["a"],
        outcome=outcome,
        points=0.0,
        at=at or "2026-01-01T00:00:00Z",
        seconds=1.0,
        assurance="self-attested",
        form=form,
    )


def stop(lesson: str, ids: Sequence[str], extra: Sequence[str] = (), required: bool = True) -> Stop:
    """A lesson of so many minutes, half of them prose."""
    half = 30 * MINUTES[lesson]
    return Stop(
        lesson, lesson.title(), required, dict.fromkeys(ids, half / max(1, len(ids))), dict.fromkeys(extra, 60), half
    )


def folded(*attempts: Attempt, activities: Mapping[str, Sequence[str]] = ACTIVITIES) -> Progress:
    return fold([stop(lesson, ids) for lesson, ids in activities.items()], attempts)


def test_before_the_first_answer_everything_is_open() -> None:
    progress = folded()
    assert progress.lessons == (
        LessonProgress("first", "First", total=3, done=0, mastered=0, minutes_left=4, minutes=4),
        LessonProgress("second", "Second", total=2, done=0, mastered=0, minutes_left=6, minutes=6),
    )
    assert (progress.done, progress.total, progress.minutes_left, progress.next_lesson) == (0, 5, 10, "first")


@pytest.mark.parametrize(
    ("outcome", "mastered"),
    [(Outcome.WRONG, 0), (Outcome.PARTIAL, 0), (Outcome.CORRECT, 1), (Outcome.NOTED, 1)],
)
def test_any_answer_is_done_and_only_the_best_is_mastered(outcome: Outcome, mastered: int) -> None:
    first, second = folded(attempt("a", outcome)).lessons
    assert (first.done, first.mastered) == (1, mastered)
    assert (second.done, second.mastered) == (0, 0)


@pytest.mark.parametrize("outcomes", [(Outcome.CORRECT, Outcome.WRONG), (Outcome.WRONG, Outcome.CORRECT)])
def test_the_best_attempt_counts_whenever_it_was_made(outcomes: tuple[Outcome, ...]) -> None:
    first, _ = folded(*(attempt("a", outcome) for outcome in outcomes)).lessons
    assert (first.done, first.mastered) == (1, 1)


def test_the_minutes_left_follow_the_open_share_and_are_rounded_up() -> None:
    left = [folded(*map(attempt, "abc"[:n])).lessons[0].minutes_left for n in range(4)]
    assert left == [4, 3, 2, 0]  # of 4 minutes: all, two thirds, one third, nothing


def test_the_next_lesson_is_the_first_one_with_something_open() -> None:
    assert folded(*map(attempt, "ab")).next_lesson == "first"
    assert folded(*map(attempt, "abc")).next_lesson == "second"
    assert folded(*map(attempt, "de")).next_lesson == "first"


def test_a_lesson_is_over_when_it_is_answered_even_if_not_at_its_best() -> None:
    progress = folded(*(attempt(i, Outcome.WRONG) for i in EVERYTHING))
    assert (progress.next_lesson, progress.minutes_left, progress.done) == (None, 0, 5)


def test_a_lesson_without_activities_is_over_and_takes_no_time() -> None:
    progress = folded(activities={"first": (), "second": ("d",)})
    assert progress.lessons[0] == LessonProgress(
        "first", "First", total=0, done=0, mastered=0, minutes_left=0, minutes=2, over=True
    )
    assert progress.next_lesson == "second"


def test_an_answer_to_an_activity_that_is_gone_counts_nowhere() -> None:
    assert folded(attempt("gone")) == folded()


@settings(deadline=None)
@given(st.lists(st.builds(attempt, st.sampled_from([*EVERYTHING, "gone"]), st.sampled_from(list(Outcome)[1:]))))
def test_progress_never_falls_back_and_never_leaves_its_bounds(attempts: list[Attempt]) -> None:
    before = folded()
    for n in range(1, len(attempts) + 1):
        now = folded(*attempts[:n])
        assert now.done >= before.done and now.minutes_left <= before.minutes_left
        for lesson, minutes in zip(now.lessons, (4, 6), strict=True):
            assert 0 <= lesson.mastered <= lesson.done <= lesson.total
            assert 0 <= lesson.minutes_left <= minutes
            assert (lesson.minutes_left == 0) == (lesson.done == lesson.total)
        before = now
    assert folded(*reversed(attempts)) == before


# --- what is required, and what is not ---


def test_a_lesson_that_a_role_does_not_have_to_take_is_open_and_counts_nowhere() -> None:
    progress = fold([stop("first", "abc", required=False), stop("second", "de")], [attempt("a")])
    assert [lesson.required for lesson in progress.lessons] == [False, True]
    assert (progress.done, progress.total, progress.minutes_left, progress.next_lesson) == (0, 2, 6, "second")
    assert progress.lessons[0].done == 1


def test_further_practice_is_counted_apart() -> None:
    (lesson,) = fold([stop("first", "ab", extra="xyz")], map(attempt, "axy")).lessons
    assert (lesson.done, lesson.total, lesson.extra_done, lesson.extra_total) == (1, 2, 2, 3)


# --- checks, attendance, policy ---

FINAL = Stop("final", "Final", True, {}, {}, prose=600, check="final", items=20)


@pytest.mark.parametrize(
    ("standing", "done", "left", "passed"),
    [
        (Standing(Phase.READY), 0, 10, ""),
        (Standing(Phase.OPEN, answered=5), 5, 8, ""),
        (Standing(Phase.WAITING, result=Result(12, 20, ())), 0, 10, ""),
        (Standing(Phase.REMEDY, result=Result(17, 20, ("a",))), 0, 10, ""),
        (Standing(Phase.DONE, passed="2026-05-01T10:00:00Z"), 20, 0, "2026-05-01T10:00:00Z"),
    ],
)
def test_a_check_is_done_once_it_is_passed(standing: Standing, done: int, left: int, passed: str) -> None:
    progress = fold([FINAL], [], {"final": standing})
    assert (progress.lessons[0].done, progress.lessons[0].minutes_left, progress.passed) == (done, left, passed)
    assert progress.next_lesson == (None if passed else "final")


def test_a_led_session_is_attended_when_all_of_it_was_answered_there() -> None:
    first, last = (attempt(i, form=LED, at=f"2026-05-0{n}T10:00:00Z") for n, i in enumerate("ab", 1))
    again = attempt("a", form=LED, at="2026-06-01T10:00:00Z")
    assert fold([], [first, attempt("b")], led="ab").attended == ""
    assert fold([], [first, last, again], led="ab").attended == "2026-05-02T10:00:00Z"
    assert fold([], [first, last]).attended == ""


def test_a_policy_is_acknowledged_in_its_present_version() -> None:
    read = Event(ACKNOWLEDGED, "ada", "2026-01-01T00:00:00Z", {"version": "1"})
    assert fold([], [], events=[read], policy="1").acknowledged
    assert not fold([], [], events=[read], policy="2").acknowledged
    assert not fold([], [], policy="1").acknowledged
