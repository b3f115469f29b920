"""The author's checker on the checks before and after the lessons, the tracks, the led session, and their pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.exams import item
from tests.toy import FIRST, LESSON, SECOND, START, Toy, assert_said

OUTLINE, BEFORE, MORE = "data/course.yml", "data/pools/before-a.yml", "data/pools/final-more.yml"
LED = "led: {title: Together, activities: [put-in-order, pick-one]}\n"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Without checks."""
    return Toy(tmp_path / "a course")


def page(toy: Toy, name: str, *calls: str) -> None:
    """Writes a notebook with one cell for each call."""
    cells = [nbformat.v4.new_code_cell(f"from course import {call.split('(')[0]}\n\n{call}") for call in calls]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), toy.notebooks / f"{name}.ipynb")


# --- the outline of a course without checks: what comes before its objectives, and what the checker says ---

NO_TRACK = "there is no track for clinician, support, owner, marketing. Add the lessons that this role has to take."
OTHERS = "clinician: [], support: [], owner: [first], marketing: [second, first]"

OUTLINES: dict[str, tuple[str, list[str]]] = {
    "no tracks": ("tracks: {}\n", []),
    "a track for each role": (f"tracks: {{lawyer: [first], {OTHERS}}}\n", []),
    "roles without a track": ("tracks: {lawyer: [first]}\n", [f"course.yml:11: {NO_TRACK}"]),
    "a track with no such lesson": (
        f"tracks:\n  {OTHERS.replace(', ', chr(10) + '  ', 3)}\n  lawyer:\n    - first\n    - third\n",
        ["course.yml:18: 'third' is not a lesson, or is a check. Correct it, or take it out."],
    ),
    "a blueprint of known objectives": ("blueprint: {greet: {before: 0, final: 2, critical: 2}}\n", []),
    "more critical items than items": (
        "blueprint:\n  part: {before: 0, final: 1}\n  greet: {before: 0, final: 2, critical: 3}\n",
        ["course.yml:13: more critical items than items. Lower 'critical'."],
    ),
    "a blueprint of an unknown objective": (
        "blueprint: {leave: {before: 0, final: 2}}\n",
        ["course.yml:11: 'leave' is not under 'objectives'. Correct it."],
    ),
    "as many points as items": ("blueprint: {greet: {before: 0, final: 2}}\npassing: 2\n", []),
    "more points than items": (
        "blueprint: {greet: {before: 0, final: 2}}\npassing: 2.5\n",
        ["course.yml:12: 2.5 points pass and the final check has 2 items. Lower 'passing'."],
    ),
    "more points than items of two objectives": (
        "passing: 4\nblueprint: {greet: {before: 0, final: 2}, part: {before: 9, final: 1}}\n",
        ["course.yml:11: 4 points pass and the final check has 3 items."],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in OUTLINES.items()])
def test_the_outline_does_not_contradict_itself(toy: Toy, case: tuple[str, list[str]]) -> None:
    more, expected = case
    toy.change(OUTLINE, "objectives:", f"{more}objectives:")
    assert_said(toy.lines(), expected)


def test_a_check_is_no_lesson_of_a_track(checks: Toy) -> None:
    checks.change(OUTLINE, "objectives:", f"tracks: {{lawyer: [first, final], {OTHERS}}}\nobjectives:")
    assert_said(checks.lines(), ["course.yml:13: 'final' is not a lesson, or is a check."])


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (OUTLINE, "course.yml:10: 'leave' is not under 'objectives'. Correct it, or add it there."),
        (SECOND, "second.yml:4: 'leave' is not an objective of course.yml. Write one of: greet, part."),
    ],
    ids=["lesson", "activity"],
)
def test_every_objective_is_one_of_the_course(toy: Toy, file: str, said: str) -> None:
    toy.change(file, "objective: part", "objective: leave")
    assert toy.lines() == [said]
    toy.change(file, "objective: leave", "objective: greet")
    assert toy.lines() == []


# --- an item of a check: what is changed in it, and what the checker says at this field ---


def options(*marks: str) -> list[dict[str, Any]]:
    """Options with these marks, in other words each."""
    feedback = {"happens": "It does.", "why": "It is.", "do": "Do it."}
    return [{"text": f"Way {n}", "mark": mark, "feedback": feedback} for n, mark in enumerate(marks)]


ITEMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a good one": ({}, []),
    "an objective of the course": ({"objective": "part"}, []),
    "another objective": (
        {"objective": "leave"},
        ["final-more.yml:3: 'leave' is not an objective of course.yml. Write one of: greet, part."],
    ),
    "a choice of several": (
        {"kind": "choice", "several": True},
        ["final-more.yml:3: an item of a check is a choice of one option. Write it so, or move it into a lesson."],
    ),
    "three options": (
        {"options": options("best", "poor", "harmful")},
        ["final-more.yml:3: an item of a check needs 4 options and this one has 3. Add what is missing."],
    ),
    "five options": ({"options": options("best", "poor", "poor", "acceptable", "harmful")}, []),
    "professionals differ": (
        {"differ": True},
        ["final-more.yml:3: professionals differ on this, so it can't be in a check. Move it into a lesson."],
    ),
    "professionals do not differ": ({"differ": False}, []),
    "critical, and nothing harmful": (
        {"critical": True, "options": options("best", "poor", "poor", "acceptable")},
        ["final-more.yml:3: a critical item needs an option that is harmful. Mark one, or take 'critical' out."],
    ),
    "not critical, and nothing harmful": ({"critical": False, "options": options(*["best", *3 * ["poor"]])}, []),
    "a source that is reported": (
        {"sources": ["R1"]},
        ["final-more.yml:3: this item rests on reported sources alone. Add one that was read in its own text, or let"],
    ),
    "two sources that are reported": (
        {"sources": ["R1", "R2"]},
        ["final-more.yml:3: this item rests on reported sources alone."],
    ),
    "a source that was read and one that is reported": ({"sources": ["R1", "A1"]}, []),
    "our judgement and a source that is reported": ({"sources": ["T1", "R1"]}, []),
    "context": (
        {"claims": ["L1"]},
        ["final-more.yml:3: this item asks for context only, such as a date or a byline. Name a claim that bears on"],
    ),
    "context and a claim": ({"claims": ["L1", "L2"]}, []),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in ITEMS.items()])
def test_an_item_of_a_check_can_be_graded_and_defended(checks: Toy, case: tuple[dict[str, Any], list[str]]) -> None:
    changes, expected = case
    reported = "{title: A toy report, says: They say so., seen: reported, review: 2030-01-01}"
    checks.change("data/sources.yml", "A1:", f"R1: {reported}\nR2: {reported}\nA1:")
    # What is changed comes first, so that it stands on the third line.
    checks.write(MORE, json.dumps([{**changes, **item("more", "greet", True), **changes}], indent=1))
    assert_said(checks.lines(), expected)


def test_in_a_lesson_an_activity_need_not_be_fit_for_a_check(toy: Toy) -> None:
    toy.change("data/sources.yml", "seen: our judgement", "seen: reported")
    toy.change(FIRST, "sources: [A1, T1]", "differ: true\n  critical: true\n  sources: [T1]")
    toy.change(FIRST, "mark: harmful", "mark: poor")
    toy.change(FIRST, "claims: [L1, L2]", "claims: [L1]")
    assert toy.lines() == []


def test_an_item_of_a_check_is_no_sort(checks: Toy) -> None:
    text = (checks.data / "activities" / "first.yml").read_text(encoding="utf-8").split("\n\n")[2]
    checks.write(MORE, text.replace("sort-them", "sort-more").replace("  variant: law\n", ""))
    assert_said(checks.lines(), ["final-more.yml:1: an item of a check is a choice of one option."])


@pytest.mark.parametrize("name", ["spare", "finale", "before", "before-c", "before-aa"])
def test_a_pool_with_another_name_is_said(checks: Toy, name: str) -> None:
    checks.write(f"data/pools/{name}.yml", json.dumps([item("more", "greet", True)]))
    assert checks.lines() == [f"{name}.yml:0: a pool is called before-a, before-b or final-... Rename the file."]


# --- whether the pools fill the blueprint ---

GREET = "greet: {before: 1, final: 3, critical: 2}"
PART = "part: {before: 1, final: 1}"


def for_both(say: str) -> list[str]:
    """What is said of a toy course's blueprint, once for each profession."""
    return [f"course.yml:14: {say.format(profession)}" for profession in ("clinic", "law")]


FILLING: dict[str, tuple[str, str, list[str]]] = {
    "all critical items": (GREET, "greet: {before: 1, final: 8, critical: 8}", []),
    "a critical item too few": (
        GREET,
        "greet: {before: 1, final: 9, critical: 9}",
        for_both("the pool of the final check has 8 critical items on 'greet' for {} and needs 9. Write more in"),
    ),
    "all items that are not critical": (GREET, "greet: {before: 1, final: 7, critical: 2}", []),
    "an item too few": (
        GREET,
        "greet: {before: 1, final: 8, critical: 2}",
        for_both("the pool of the final check has 5 items that are not critical on 'greet' for {} and needs 6."),
    ),
    "as many critical items before as in all": (GREET, "greet: {before: 1, final: 3, critical: 1}", []),
    "more critical items before than in all": (
        GREET,
        "greet: {before: 1, final: 3}",
        [
            *for_both("before-a holds 1 more critical items on 'greet' for {} than the whole final check has. Change"),
            *for_both("before-b holds 1 more critical items on 'greet' for {} than the whole final check has. Change"),
        ],
    ),
    "more items before than in all": (
        PART,
        "part: {before: 1, final: 1, critical: 1}",
        [
            *for_both("before-a holds 1 more items that are not critical on 'part' for {} than the whole final check"),
            *for_both("before-b holds 1 more items that are not critical on 'part' for {} than the whole final check"),
            *for_both("the pool of the final check has 0 critical items on 'part' for {} and needs 1."),
        ],
    ),
    "an item too few before": (
        PART,
        "part: {before: 2, final: 2}",
        [
            *for_both("before-a has 1 items on 'part' for {} and needs exactly 2. Add or take out items in pools/befo"),
            *for_both("before-b has 1 items on 'part' for {} and needs exactly 2. Add or take out items in pools/befo"),
        ],
    ),
    "an item too many before": (
        PART,
        "part: {before: 0, final: 1}",
        [
            *for_both("before-a has 1 items on 'part' for {} and needs exactly 0. Add or take out items in pools/befo"),
            *for_both("before-b has 1 items on 'part' for {} and needs exactly 0. Add or take out items in pools/befo"),
        ],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in FILLING.items()])
def test_the_pools_fill_the_blueprint(checks: Toy, case: tuple[str, str, list[str]]) -> None:
    old, new, expected = case
    checks.change(OUTLINE, old, new)
    assert_said(checks.lines(), expected)


def test_each_profession_has_its_own_items(checks: Toy) -> None:
    checks.change(BEFORE, '"id": "a-greet"', '"id": "a-greet", "variant": "law"')
    assert_said(checks.lines(), ["course.yml:14: before-a has 0 items on 'greet' for clinic and needs exactly 1."])
    checks.write(
        "data/pools/before-a-clinic.yml", json.dumps([{**item("a-greet", "greet", True), "variant": "clinic"}])
    )
    assert checks.lines() == []


def test_without_a_check_no_pool_has_to_be_filled(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", f"blueprint: {{{GREET}}}\nobjectives:")
    assert toy.lines() == []


# --- the pages of the checks: their calls, and what the checker says ---

ONE_CELL = 'before.ipynb:0: one cell has to show what this page is for. Write once: sitting("before").'
SITTING = 'sitting("before")'

PAGES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "a sitting": ((SITTING,), []),
    "all that a check shows": (('progress("before")', SITTING, "acknowledge()"), []),
    "nothing": ((), [ONE_CELL]),
    "a sitting twice": ((SITTING, SITTING), [ONE_CELL]),
    "the other check": (
        ('sitting("final")',),
        ["before.ipynb:0: cell 1 shows a check that is not this page's. Take it out", ONE_CELL],
    ),
    "a sitting of nothing": (
        ("sitting()",),
        ["before.ipynb:0: cell 1 holds other code than one import and one call.", ONE_CELL],
    ),
    "a policy by name": (
        (SITTING, 'acknowledge("policy")'),
        ["before.ipynb:0: cell 2 holds other code than one import and one call."],
    ),
    "the progress of a lesson": (
        (SITTING, 'progress("first")'),
        ['before.ipynb:0: cell 2 shows the progress of another lesson. Write: progress("before").'],
    ),
    "an activity of a lesson": (
        (SITTING, 'activity("pick-one")'),
        ["before.ipynb:0: cell 2 shows 'pick-one', which is not in activities/before.yml."],
    ),
    "an item": (
        (SITTING, 'activity("a-greet")'),
        ["before.ipynb:0: cell 2 shows 'a-greet', which is not in activities/before.yml."],
    ),
    "the set of a lesson": ((SITTING, 'activities("first")'), ["before.ipynb:0: cell 2 shows the set of another"]),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in PAGES.items()])
def test_the_page_of_a_check_shows_its_sitting_once(checks: Toy, case: tuple[tuple[str, ...], list[str]]) -> None:
    calls, expected = case
    page(checks, "before", *calls)
    assert_said(checks.lines(), expected)


def test_a_check_needs_its_page_and_no_file_of_activities(checks: Toy) -> None:
    assert checks.lines() == []
    checks.remove("notebooks/final.ipynb")
    assert_said(checks.lines(), ["final.ipynb:0: this notebook is missing. Add it, or take its lesson out"])


@pytest.mark.parametrize("file", [LESSON, START])
def test_the_policy_can_be_confirmed_on_any_page(toy: Toy, file: str) -> None:
    notebook = nbformat.read(toy.folder / file, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("from course import acknowledge\n\nacknowledge()"))
    nbformat.write(notebook, toy.folder / file)
    assert toy.lines() == []


# --- the led session ---

LED_CELL = 'led-session.ipynb:0: one cell has to show what this page is for. Write once: activities("led-session").'
TOGETHER = 'activities("led-session")'

LED_PAGES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "its activities": ((TOGETHER,), []),
    "nothing": ((), [LED_CELL]),
    "its activities twice": ((TOGETHER, TOGETHER), [LED_CELL]),
    "the set of a lesson": (
        ('activities("first")',),
        ['led-session.ipynb:0: cell 1 shows the set of another lesson. Write: activities("led-', LED_CELL],
    ),
    "one of its activities": (
        (TOGETHER, 'activity("pick-one")'),
        ["led-session.ipynb:0: cell 2 shows 'pick-one', which is not in activities/led-session.yml."],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in LED_PAGES.items()])
def test_the_page_of_the_led_session_shows_its_activities_once(
    toy: Toy, case: tuple[tuple[str, ...], list[str]]
) -> None:
    calls, expected = case
    toy.change(OUTLINE, "objectives:", f"{LED}objectives:")
    page(toy, "led-session", *calls)
    assert_said(toy.lines(), expected)


def test_a_led_session_needs_its_page(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", f"{LED}objectives:")
    assert_said(toy.lines(), ["led-session.ipynb:0: this notebook is missing."])


def test_without_a_led_session_nobody_looks_at_its_page(toy: Toy) -> None:
    toy.write("notebooks/led-session.ipynb", "{}")
    assert toy.lines() == []


def test_the_facilitators_notes_are_looked_at_where_there_are_any(toy: Toy) -> None:
    page(toy, "facilitator", "acknowledge()")
    assert toy.lines() == []
    page(toy, "facilitator", "acknowledge(1)")
    assert_said(toy.lines(), ["facilitator.ipynb:0: cell 1 holds other code than one import and one call."])
    toy.write("notebooks/facilitator.ipynb", "{}")
    assert_said(toy.lines(), ["facilitator.ipynb:0: this is not a readable notebook."])


@pytest.mark.parametrize("missing", ["pick-two", "a-greet"])
def test_a_led_session_holds_activities_of_the_lessons(checks: Toy, missing: str) -> None:
    outline = f"led:\n  title: Together\n  activities:\n    - put-in-order\n    - {missing}\nobjectives:"
    checks.change(OUTLINE, "objectives:", outline)
    page(checks, "led-session", TOGETHER)
    assert checks.lines() == [f"course.yml:17: '{missing}' is in no lesson. Correct the id of the led session."]


def test_a_malformed_activity_of_a_led_session_is_not_said_to_be_in_no_lesson(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", f"{LED}objectives:")
    page(toy, "led-session", TOGETHER)
    toy.change(FIRST, "level: easy", "level: very")
    assert_said(toy.lines(), ["first.yml:5: 'very' is not one of"])


def test_a_lesson_does_not_show_the_led_session(toy: Toy) -> None:
    toy.change(OUTLINE, "objectives:", f"{LED}objectives:")
    page(toy, "led-session", TOGETHER)
    page(toy, "second", 'progress("second")', TOGETHER)
    assert_said(toy.lines(), ['second.ipynb:0: cell 2 shows the set of another lesson. Write: activities("second").'])


# --- all together ---


def test_faults_of_every_kind_are_found_in_one_run_each_on_one_line(checks: Toy) -> None:
    checks.change(FIRST, "stem: What do you do?", "stem: Tell me what you would not do?")
    checks.change(SECOND, "objective: part", "objective: leave")
    checks.change("data/claims.yml", "L1:", "L9: {says: A new claim., context: true}\nL1:")
    checks.change("data/sources.yml", "seen: our judgement", "seen: unverified")
    checks.change("data/practice.yml", "Toyland", "TODO")
    checks.change(LESSON, "we begin here.", "we begin here. <!-- teaches: L8 -->")
    checks.change(OUTLINE, "passing: 3", "passing: 5")
    checks.change(BEFORE, "Third of a-greet", "None of the above")
    checks.change("data/pools/final.yml", '"critical": true', '"critical": true, "differ": true')
    checks.write("data/pools/spare.yml", json.dumps([item("spare", "greet", False)]))
    page(checks, "final", 'sitting("before")')
    lines = checks.lines()
    expected = [
        "before-a.yml:33: this option speaks of the other options.",
        "claims.yml:1: 'L9' is taught nowhere.",
        "course.yml:15: 5 points pass and the final check has 4 items.",
        "final.ipynb:0: cell 1 shows a check that is not this page's.",
        "final.ipynb:0: one cell has to show what this page is for.",
        "final.yml:8: professionals differ on this, so it can't be in a check.",
        "first.ipynb:0: cell 1 teaches 'L8', which is not in claims.yml.",
        "first.yml:9: the stem asks what is not so.",
        "practice.yml:3: 'TODO' stands where a value of your own should.",
        "second.yml:4: 'leave' is not an objective of course.yml.",
        "sources.yml:2: 'T1' is not verified.",
        "spare.yml:0: a pool is called before-a, before-b or final-...",
    ]
    assert_said(lines, expected)
    assert all(re.fullmatch(r"[\w-]+\.(yml|ipynb):\d+: \S.*[.?]", line) for line in lines)
