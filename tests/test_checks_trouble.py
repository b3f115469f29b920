"""What once brought the checker down or made it say what is not so."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from course.checks import check
from tests.test_checks_pools import page
from tests.toy import FIRST, LESSON, SECOND, Toy, assert_said

OUTLINE, BEFORE = "data/course.yml", "data/pools/before-a.yml"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


def test_a_stem_that_begins_with_a_capital_is_negative_too(toy: Toy) -> None:
    toy.change(FIRST, "stem: What do you do?", "stem: Which of these do you not do?")
    assert_said(toy.lines(), ["first.yml:9: the stem asks what is not so."])


def test_part_of_a_word_is_no_overlap(toy: Toy) -> None:
    toy.change(FIRST, "text: Wait a day", "text: Accept and cha")
    assert toy.lines() == []


def test_a_malformed_item_is_not_said_to_be_missing(checks: Toy) -> None:
    checks.change(BEFORE, '"stem"', '"stemm"')
    assert_said(checks.lines(), ["before-a.yml:9: 'stemm' is not known here."])


def test_activities_of_an_unreadable_file_are_not_said_to_be_in_no_lesson(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", "led: {title: Together, activities: [put-in-order]}\nobjectives:")
    page(toy, "led-session", 'activities("led-session")')
    toy.write(SECOND, "- {")
    assert_said(toy.lines(), ["second.yml:2: this is not readable as YAML"])


def test_an_item_with_an_unknown_claim_is_not_about_context(checks: Toy) -> None:
    checks.change(BEFORE, '"L2"', '"L9"')
    assert_said(checks.lines(), ["before-a.yml:11: 'L9' is not in claims.yml."])


@pytest.mark.parametrize("name", ["final", "bogus"])
def test_a_lesson_shows_no_sitting(checks: Toy, name: str) -> None:
    notebook = nbformat.read(checks.folder / LESSON, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(f'from course import sitting\n\nsitting("{name}")'))
    nbformat.write(notebook, checks.folder / LESSON)
    assert len(checks.lines()) == 1


def test_the_page_of_a_check_shows_no_set(checks: Toy) -> None:
    page(checks, "before", 'sitting("before")', 'activities("before")')
    assert len(checks.lines()) == 1


def test_an_item_before_outside_the_blueprint_is_said(checks: Toy) -> None:
    checks.change(OUTLINE, ", part: {before: 1, final: 1}}", "}")
    assert checks.lines() != []


def test_a_check_needs_a_blueprint(checks: Toy) -> None:
    checks.change(OUTLINE, "blueprint:", "#")
    checks.change(OUTLINE, "passing: 3", "passing: 0")
    assert checks.lines() != []


def test_a_value_within_a_word_is_not_read(toy: Toy) -> None:
    toy.change("data/practice.yml", "ask: Pat Toy", "ask: Pat To")
    assert_said(toy.lines(), ["practice.yml:9: 'Pat To' stands in no lesson"])


def test_a_broken_style_file_gives_no_warnings(toy: Toy) -> None:
    toy.change("data/style.yml", "instead", "insted")
    assert check(toy.data, toy.notebooks).warnings == []


def test_a_misspelt_role_of_a_track_is_a_fault_and_no_traceback(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", "tracks: {lawyr: [first]}\nobjectives:")
    assert toy.lines()[0].startswith("course.yml:11: Invalid enum value 'lawyr'. See the author's guide")
