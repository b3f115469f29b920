"""Whoever answers by form alone does no better than chance, and does not pass the final check."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import get_args

import pytest

from benchmarks.forms import chance_to_pass, deal_many, forms_of
from course import forms, grading
from course.bank import Bank
from course.model import Activity, Answer, Choice, Connection, Mark, Order, Profession, Sort
from tests.answering import graded
from tests.conftest import ROOT

REAL = Bank(ROOT / "data", ROOT / "data" / "practice.yml")
EVERY = [REAL.activity(a.id, "clinic" if a.variant == "clinic" else "law") for a in REAL.all_authored()]
PROFESSIONS = get_args(Profession)

HEDGES = re.compile(r"\b(may|might|could|perhaps|usually|often|sometimes|generally|if|unless|some|first|ask)\b", re.I)

Pick = Callable[[str, Sequence[str]], int]
"""A guesser's habit: from a stem and the texts of the options to the number of one of them."""


def _common(stem: str, text: str) -> int:
    return len(set(re.findall(r"\w{4,}", stem.lower())) & set(re.findall(r"\w{4,}", text.lower())))


HABITS: dict[str, Pick] = {
    "longest": lambda stem, texts: max(range(len(texts)), key=lambda n: len(texts[n])),
    "first": lambda stem, texts: 0,
    "last": lambda stem, texts: len(texts) - 1,
    "most hedged": lambda stem, texts: max(range(len(texts)), key=lambda n: len(HEDGES.findall(texts[n]))),
    "most words of the stem": lambda stem, texts: max(range(len(texts)), key=lambda n: _common(stem, texts[n])),
    "random": lambda stem, texts: random.Random(stem).randrange(len(texts)),
}


def guess(activity: Activity, pick: Pick) -> Answer | None:
    """The answer that a habit gives; None where there is nothing to guess."""
    match activity:
        case Choice() | Connection():
            return [grading.letter(pick(activity.stem, [option.text for option in activity.options]))]
        case Sort():
            card_letters = (grading.letter(n) for n in range(len(activity.cards)))
            return {i: pick(card.text, activity.buckets) for i, card in zip(card_letters, activity.cards, strict=True)}
        case Order():
            shown = [step["id"] for step in grading.view(activity).body["steps"]]
            texts = {step["id"]: step["text"] for step in grading.view(activity).body["steps"]}
            order = []
            while shown:
                order.append(shown.pop(pick(activity.stem, [texts[i] for i in shown])))
            return order
    return None


GUESSED = [activity for activity in EVERY if guess(activity, HABITS["first"]) is not None]


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_earns_what_chance_earns(habit: str) -> None:
    earned = fmean(graded(a, guess(a, HABITS[habit])).points for a in GUESSED)
    chance = fmean(grading.kind_of(a).chance(a) for a in GUESSED)
    assert abs(earned - chance) <= 0.10, f"{earned:.2f} against {chance:.2f}"


@pytest.mark.parametrize("habit", HABITS)
@pytest.mark.parametrize("profession", PROFESSIONS)
def test_no_habit_passes_the_final_check_in_a_thousand_tries(profession: Profession, habit: str) -> None:
    passed = 0
    for number, form in enumerate(forms_of(REAL, profession, 1_000)):
        points, slipped = 0.0, False
        for item in form:
            assert isinstance(item, Choice)
            options = forms.shuffled(grading.view(item).body, number, item.id)["options"]
            stem = f"{number} {item.stem}" if habit == "random" else item.stem
            chosen = options[HABITS[habit](stem, [option["text"] for option in options])]
            verdict = graded(item, [chosen["id"]])
            points += verdict.points
            slipped = slipped or (item.critical and verdict.harmful)
        passed += points >= REAL.outline.passing and not slipped
    assert passed == 0


# --- the forms that are dealt ---


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_every_form_meets_the_blueprint_and_no_item_is_shown_too_often(profession: Profession) -> None:
    dealt = deal_many(REAL, profession)
    assert dealt.astray == 0
    assert set(dealt.sizes) == {(attempt_no, 20) for attempt_no in (1, 2, 3)}
    assert all(dealt.most_shown(attempt_no) <= 0.45 for attempt_no in (1, 2, 3))
    assert set(dealt.repeated[2]) == {0}
    assert set(dealt.repeated[3]) == {0}


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_random_guessing_passes_less_than_once_in_ten_thousand(profession: Profession) -> None:
    for form in forms_of(REAL, profession, 20):
        assert chance_to_pass(form, REAL.outline.passing, None) < 1e-4
        assert chance_to_pass(form, REAL.outline.passing, 0.9, 0.03) > 0.75


# --- the checks as they are written ---


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_sixty_items_are_kept_for_the_final_check(profession: Profession) -> None:
    pool = REAL.pool("final", profession)
    lessons = {i for ids in REAL.activities_by_lesson.values() for i in ids}
    assert len(pool) >= 60
    assert not lessons & {item.id for item in pool}


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_the_two_forms_before_are_parallel_and_share_no_item(profession: Profession) -> None:
    a, b = (REAL.pool(name, profession) for name in ("before-a", "before-b"))
    makeup = [sorted((i.objective, i.critical, i.level) for i in form) for form in (a, b)]
    assert makeup[0] == makeup[1]
    assert len(a) == len(b) == 10
    assert not {item.id for item in a} & {item.id for item in b}


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_law_and_clinic_are_served_alike(profession: Profession) -> None:
    share = sum(activity.variant == profession for activity in EVERY) / sum(a.variant != "everyone" for a in EVERY)
    assert 0.45 <= share <= 0.55


def test_a_critical_item_has_a_harmful_option_and_every_item_four() -> None:
    for profession in PROFESSIONS:
        for item in REAL.pool("final", profession):
            assert isinstance(item, Choice) and len(item.options) == 4
            assert not item.critical or any(option.mark is Mark.HARMFUL for option in item.options)
