"""The author's checker on what is taught and asked: claims, scenarios, and the sources behind them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from course.checks import check
from tests.exams import item, with_checks
from tests.toy import FIRST, LESSON, SECOND, START, Toy, assert_said

CLAIMS, SCENARIOS, SOURCES = "data/claims.yml", "data/scenarios.yml", "data/sources.yml"
BEGIN = "we begin here."
"""The end of the prose of the first lesson."""


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """With a claim about which nothing is known yet."""
    toy = Toy(tmp_path / "a course")
    toy.change(CLAIMS, "L1:", "L9: {says: A new claim.}\nL1:")
    return toy


UNTAUGHT = "claims.yml:1: 'L9' is taught nowhere. Name it in an activity, or in a comment <!-- teaches: L9 --> of a"
UNASKED = "claims.yml:1: 'L9' bears on a decision and nothing asks for it. Name it in a graded activity, or mark it"

# --- claims: what is changed, and all that the checker then says ---

CONTEXT = (CLAIMS, "A new claim.", "A new claim., context: true")
PROSE = (LESSON, BEGIN, f"{BEGIN} <!-- teaches: L9 -->")
GRADED = (FIRST, "claims: [L1, L2]", "claims: [L1, L2, L9]")
REFLECT = (SECOND, "stem: What would you say?\n  claims: [L2]", "stem: What would you say?\n  claims: [L9]")

Changes = list[tuple[str, str, str]]
TAUGHT: dict[str, tuple[Changes, list[str]]] = {
    "a claim alone": ([], [UNASKED, UNTAUGHT]),
    "context that nothing teaches": ([CONTEXT], [UNTAUGHT]),
    "context that prose teaches": ([CONTEXT, PROSE], []),
    "context that an activity teaches": ([CONTEXT, REFLECT], []),
    "a claim that prose alone teaches": ([PROSE], [UNASKED]),
    "a claim that a reflection alone names": ([REFLECT], [UNASKED]),
    "a claim that a graded activity names": ([GRADED], []),
    "prose on the start page": ([CONTEXT, (START, "# Toy Course", "# Toy Course\\n<!--teaches: L9-->")], []),
    "another comment": ([CONTEXT, (LESSON, BEGIN, f"{BEGIN} <!-- L9 -->")], [UNTAUGHT]),
    "prose that names a claim": ([CONTEXT, (LESSON, BEGIN, f"{BEGIN} It teaches: L9 -->")], [UNTAUGHT]),
    "two claims in a comment": ([CONTEXT, (LESSON, BEGIN, f"{BEGIN} <!-- teaches: L2,L9 -->")], []),
    "three claims, with spaces": ([CONTEXT, (LESSON, BEGIN, f"{BEGIN} <!-- teaches: L2, C1  L9 -->")], []),
    "two comments": ([CONTEXT, (LESSON, BEGIN, f"<!-- teaches: L2 --> {BEGIN} <!-- teaches: L9 -->")], []),
    "a comment with an unknown claim": (
        [GRADED, (LESSON, BEGIN, f"{BEGIN} <!-- teaches: L2, L8 -->")],
        ["first.ipynb:0: cell 1 teaches 'L8', which is not in claims.yml. Correct it."],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in TAUGHT.items()])
def test_every_claim_is_taught_and_asked(toy: Toy, case: tuple[Changes, list[str]]) -> None:
    changes, expected = case
    for change in changes:
        toy.change(*change)
    assert_said(toy.lines(), expected)


def test_an_item_of_a_check_asks_for_a_claim_and_does_not_teach_it(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change(CLAIMS, "L1:", "L9: {says: A new claim.}\nL1:")
    assert_said(toy.lines(), [UNASKED, UNTAUGHT])
    toy.change("data/pools/final.yml", '"L2"', '"L9"')
    assert_said(toy.lines(), [UNTAUGHT])


# --- scenarios ---

SCENARIO = "scenarios.yml:2: no activity for clinic uses 'S2'. Write one and name it under 'scenarios'."
USES = "  scenarios: [S2]\n"

USED: dict[str, tuple[tuple[str, str, str] | None, list[str]]] = {
    "by none": (None, [SCENARIO]),
    "by one for everyone": ((FIRST, "scenarios: [S1]", "scenarios: [S1, S2]"), []),
    "by one for its profession": ((FIRST, "  variant: clinic\n", f"  variant: clinic\n{USES}"), []),
    "by one for the other profession alone": ((FIRST, "  variant: law\n", f"  variant: law\n{USES}"), [SCENARIO]),
    "by a reflection": ((SECOND, "  stem: What would", f"{USES}  stem: What would"), []),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in USED.items()])
def test_every_scenario_is_used_for_its_profession(
    tmp_path: Path, case: tuple[tuple[str, str, str] | None, list[str]]
) -> None:
    toy = Toy(tmp_path / "a course")
    toy.write(SCENARIOS, "S1: {profession: law, says: A toy case.}\nS2: {profession: clinic, says: Another.}\n")
    change, expected = case
    if change:
        toy.change(*change)
    assert toy.lines() == expected


def test_an_item_of_a_check_uses_a_scenario(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.write(SCENARIOS, "S1: {profession: law, says: A toy case.}\nS2: {profession: clinic, says: Another.}\n")
    assert toy.lines() == [SCENARIO]
    toy.write("data/pools/final-more.yml", json.dumps([{**item("more", "greet", True), "scenarios": ["S2"]}]))
    assert toy.lines() == []


# --- what can't be read may hold what seems to be missing ---

UNREADABLE: dict[str, tuple[str, str, str, list[str]]] = {
    "an activity": (FIRST, "level: easy", "level: very", ["first.yml:5: 'very' is not one of"]),
    "a file of activities": (FIRST, "- kind", "{", ["first.yml:1: this is not readable as YAML"]),
    "the outline": ("data/course.yml", "title:", "titel:", ["course.yml:1: 'titel' is not known here."]),
    "a notebook": (LESSON, "nbformat", "nbf", ["first.ipynb:0: this is not a readable notebook."]),
    "the claims": (CLAIMS, "says", "sais", ["claims.yml:1: 'sais' is not known here."]),
    "the scenarios": (SCENARIOS, "says", "sais", ["scenarios.yml:1: 'sais' is not known here."]),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in UNREADABLE.items()])
def test_nothing_is_said_to_be_missing_while_a_part_cannot_be_read(
    toy: Toy, case: tuple[str, str, str, list[str]]
) -> None:
    toy.change(SCENARIOS, "S1:", "S9: {profession: law, says: Nobody uses it.}\nS1:")
    assert len(toy.lines()) == 3
    file, old, new, expected = case
    toy.change(file, old, new)
    assert_said(toy.lines(), expected)


def test_nothing_is_said_to_be_missing_while_an_item_of_a_check_cannot_be_read(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change(CLAIMS, "L1:", "L9: {says: A new claim.}\nL1:")
    toy.change(LESSON, BEGIN, f"{BEGIN} <!-- teaches: L9 -->")
    asks = {**item("more", "greet", True), "claims": ["L9"]}
    toy.write("data/pools/final-more.yml", json.dumps([{**asks, "level": "very"}]))
    assert_said(toy.lines(), ["final-more.yml:1: 'very' is not one of"])
    toy.write("data/pools/final-more.yml", json.dumps([asks]))
    assert toy.lines() == []


# --- sources ---


def warned(toy: Toy, as_of: date | None) -> list[str]:
    return [str(warning) for warning in check(toy.data, toy.notebooks, as_of=as_of).warnings]


def test_a_source_that_nobody_verified_is_said(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "a course")
    toy.change(SOURCES, "seen: our judgement", "seen: unverified")
    assert toy.lines() == ["sources.yml:2: 'T1' is not verified. Verify it, or take it out."]
    toy.change(SOURCES, "seen: unverified", "seen: reported")
    assert toy.lines() == []


def test_a_source_is_warned_of_once_its_day_has_passed(tmp_path: Path) -> None:
    toy = Toy(tmp_path / "a course")
    toy.change(SOURCES, "own text, review: 2030-01-01", "own text, review: 2031-05-09")
    assert warned(toy, date(2030, 1, 1)) == []
    late = "was to be looked at again by"
    assert_said(warned(toy, date(2030, 1, 2)), [f"sources.yml:2: 'T1' {late} 2030-01-01. Read it, correct what"])
    assert_said(warned(toy, date(2031, 5, 9)), [f"sources.yml:2: 'T1' {late} 2030-01-01."])
    both = [f"sources.yml:1: 'A1' {late} 2031-05-09.", f"sources.yml:2: 'T1' {late} 2030-01-01."]
    assert_said(warned(toy, date(2031, 5, 10)), both)
    assert check(toy.data, toy.notebooks, as_of=date(2031, 5, 10)).faults == []


def test_without_a_day_sources_are_held_against_today(tmp_path: Path) -> None:
    toy, today = Toy(tmp_path / "a course"), datetime.now(UTC).date()
    toy.change(SOURCES, "own text, review: 2030-01-01", f"own text, review: {today - timedelta(days=1)}")
    toy.change(SOURCES, "judgement, review: 2030-01-01", f"judgement, review: {today + timedelta(days=1)}")
    assert_said(warned(toy, None), ["sources.yml:1: 'A1' was to be looked at again by"])


# --- what covers what ---


def test_the_counts_tell_how_often_each_claim_and_scenario_is_met(toy: Toy) -> None:
    toy.change(SCENARIOS, "S1:", "S9: {profession: law, says: Nobody uses it.}\nS1:")
    toy.change(LESSON, BEGIN, f"{BEGIN} <!-- teaches: L9, L2 -->")
    assert check(toy.data, toy.notebooks).counts == {
        "claims": {
            "L9": {"taught": 1, "assessed": 0, "context": False},
            "L1": {"taught": 1, "assessed": 1, "context": True},
            "L2": {"taught": 5, "assessed": 3, "context": False},
            "C1": {"taught": 2, "assessed": 2, "context": False},
        },
        "scenarios": {"S9": 0, "S1": 1},
    }
