"""The real course: every activity can be answered, explains itself, and can't be guessed from its form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest

from course import grading
from course.bank import Bank
from course.model import (
    Activity,
    Choice,
    Compose,
    Connection,
    Feedback,
    Mark,
    Marking,
    Order,
    Outcome,
    Profession,
    Reflect,
    Sort,
    Verdict,
)
from tests.answering import graded, key, mistakes
from tests.conftest import ROOT

REAL = Bank(ROOT / "data", ROOT / "data" / "practice.yml")
EVERY = [REAL.activity(a.id, "clinic" if a.variant == "clinic" else "law") for a in REAL.all_authored()]
SINGLE = [a for a in EVERY if isinstance(a, Choice) and not a.several]
PROFESSIONS = get_args(Profession)

every_activity = pytest.mark.parametrize("activity", [pytest.param(a, id=f"{a.id}-{a.variant}") for a in EVERY])


def leaves(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)


# --- every activity ---


@every_activity
def test_a_blank_answer_is_unattempted(activity: Activity) -> None:
    blanks: list[Any] = [None, "", [], {}]
    assert [grading.parse(activity, blank) for blank in blanks] == [None] * 4


@every_activity
def test_the_key_is_correct_or_noted(activity: Activity) -> None:
    verdict = graded(activity, key(activity))
    if isinstance(activity, Reflect | Compose):
        assert verdict.outcome is Outcome.NOTED
    else:
        assert (verdict.outcome, verdict.points, verdict.harmful) == (Outcome.CORRECT, 1, False)


@every_activity
def test_every_mistake_loses_points_and_is_told_in_its_own_words(activity: Activity) -> None:
    if not isinstance(activity, Reflect | Compose):
        assert mistakes(activity)
    verdicts = [graded(activity, mistake) for mistake in mistakes(activity)]
    assert all(v.outcome in (Outcome.WRONG, Outcome.PARTIAL) and v.points < 1 for v in verdicts)
    said = [verdict.notes for verdict in (graded(activity, key(activity)), *verdicts)]
    assert all(said)
    assert len(set(said)) == len(said)


def feedbacks(activity: Activity) -> list[Feedback | str]:
    """What is said of each option, card, step or position."""
    match activity:
        case Choice() | Connection():
            return [option.feedback for option in activity.options]
        case Sort():
            return [*(card.feedback for card in activity.cards), activity.feedback]
        case Order():
            return [*(step.feedback for step in activity.steps), activity.feedback]
        case Reflect():
            return [*(position.says for position in activity.positions), activity.feedback]
        case Marking():
            return [*(piece.feedback for piece in activity.pieces), activity.feedback]
        case Compose():
            return [*(text for e in activity.exemplars for text in (e.text, e.why)), activity.feedback]


@every_activity
def test_nothing_is_said_twice_in_one_activity(activity: Activity) -> None:
    assert len(set(feedbacks(activity))) == len(feedbacks(activity))


@every_activity
def test_the_public_part_holds_no_feedback_and_no_key(activity: Activity) -> None:
    view = grading.view(activity)
    public = "\n".join([*leaves(msgspec.to_builtins(view)), grading.words(activity)])
    for secret in leaves(msgspec.to_builtins(feedbacks(activity))):
        assert secret not in public
    for parts in view.body.values():
        for part in parts if isinstance(parts, list) else ():
            assert isinstance(part, str) or set(part) in ({"id", "text"}, {"id", "asks"})


@every_activity
def test_what_stands_behind_an_activity_is_there(activity: Activity) -> None:
    assert set(activity.claims) <= set(REAL.claims)
    assert set(activity.sources) <= set(REAL.sources)
    assert activity.quote is None or activity.quote in REAL.articles.quotations
    reasons = REAL.reasons(activity)
    assert len(reasons) == len(activity.claims) + len(activity.sources) + bool(activity.quote)
    assert all(reason.says and reason.by for reason in reasons)


@every_activity
def test_an_activity_is_not_about_a_date_or_a_byline_alone(activity: Activity) -> None:
    assert not all(REAL.claims[claim].context for claim in activity.claims)


@every_activity
def test_answering_at_random_does_not_master_an_activity(activity: Activity) -> None:
    assert grading.kind_of(activity).chance(activity) <= 0.5


# --- the course as a whole ---


@pytest.mark.parametrize("profession", PROFESSIONS)
@pytest.mark.parametrize("lesson", list(REAL.activities_by_lesson))
def test_each_learner_meets_five_to_eight_activities_in_each_lesson(lesson: str, profession: Profession) -> None:
    met = [REAL.activity(activity_id, profession) for activity_id in REAL.activities_by_lesson[lesson]]
    core = [activity for activity in met if not activity.extra]
    assert 5 <= len(met) <= 8 or lesson in ("13-the-inbox", "15-write-your-line") or 3 <= len(core) <= 4
    assert all(activity.variant in ("everyone", profession) for activity in met)


def test_there_are_at_least_forty_five_activities() -> None:
    assert len(EVERY) >= 45


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_no_learner_meets_a_title_twice(profession: Profession) -> None:
    met = [REAL.activity(i, profession) for ids in REAL.activities_by_lesson.values() for i in ids]
    assert len({activity.title for activity in met}) == len(met)


def best(activity: Choice) -> int:
    return [option.mark for option in activity.options].index(Mark.BEST)


def test_the_longest_option_is_seldom_the_best_one() -> None:
    longest = [a.id for a in SINGLE if len(a.options[best(a)].text) == max(len(o.text) for o in a.options)]
    assert len(longest) <= 0.35 * len(SINGLE), longest


def test_the_best_option_stands_everywhere_equally_often() -> None:
    places = Counter(best(activity) for activity in SINGLE)
    shares = {grading.letter(place): places[place] / len(SINGLE) for place in range(4)}
    assert all(0.15 <= share <= 0.35 for share in shares.values()), shares


def test_an_answer_by_form_alone_does_not_pass() -> None:
    """Whoever always takes the same place, the longest or the shortest option earns well under a pass."""
    habits = {
        **{grading.letter(n): [min(n, len(a.options) - 1) for a in SINGLE] for n in range(4)},
        "longest": [max(range(len(a.options)), key=lambda n: len(a.options[n].text)) for a in SINGLE],
        "shortest": [min(range(len(a.options)), key=lambda n: len(a.options[n].text)) for a in SINGLE],
    }
    for habit, picks in habits.items():
        verdicts: list[Verdict] = [graded(a, [grading.letter(n)]) for a, n in zip(SINGLE, picks, strict=True)]
        assert sum(v.points for v in verdicts) / len(SINGLE) < 0.6, habit
