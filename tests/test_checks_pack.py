"""The author's checker on the practice: nothing unset, nothing that contradicts itself, nothing unread."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course.checks import check
from tests.conftest import ROOT
from tests.exams import item, with_checks
from tests.toy import FIRST, LESSON, SECOND, START, Toy, assert_said

PRACTICE = "data/practice.yml"
PRESETS = sorted((ROOT / "data" / "presets").glob("*.yml"))

PLACE, PAGE, SITE = "Toyland", "page: the Toy Practice Page\n", "website: toy.example\n"
SITES_ONLY, PAGE_ONLY = ("network-by-network", "professional-sites"), ("network-by-network", "page-only")
REVIEW = "review: [{lesson: %s, by: Pat Toy, role: lawyer, on: 2026-03-31}]\n"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


@pytest.fixture
def own(toy: Toy) -> Path:
    """A practice of one's own beside the toy course, with other values."""
    path = toy.folder / "own.yml"
    path.write_text((toy.data / "practice.yml").read_text(encoding="utf-8").replace("Toy", "Real"), encoding="utf-8")
    return path


# --- values: what stands in the file, what is put there, and all that the checker then says ---

Changes = list[tuple[str, str]]

FAULTY: dict[str, tuple[Changes, list[str]]] = {
    "TODO": ([(PLACE, "TODO")], ["practice.yml:3: 'TODO' stands where a value of your own should. Write it."]),
    "a word in the midst": ([(PLACE, "the state of xxx")], ["practice.yml:3: 'the state of xxx' stands where"]),
    "angle brackets": ([(PLACE, "<state>")], ["practice.yml:3: '<state>' stands where a value of your own should."]),
    "square brackets": ([(PLACE, '"[state]"')], ["practice.yml:3: '[state]' stands where a value of your own"]),
    "braces": ([(PLACE, '"{state}"')], ["practice.yml:3: '{state}' stands where a value of your own should."]),
    "a blank": ([(PLACE, '" "')], ["practice.yml:3: ' ' stands where a value of your own should. Write it."]),
    "a value inside another": ([("in the drawer", "tbd")], ["practice.yml:11: 'tbd' stands where a value of your own"]),
    "the Page without a Page": (
        [PAGE_ONLY, (PAGE, "")],
        ["practice.yml:4: the stance points to the Page, and there is none. Name the Page, or change the stance."],
    ),
    "professional sites and others": (
        [SITES_ONLY, (SITE, f"{SITE}networks:\n  - LinkedIn\n  - Facebook\n  - TikTok\n")],
        [
            "practice.yml:10: the stance is professional sites only, and Facebook is used. Take it out, or change the",
            "practice.yml:11: the stance is professional sites only, and TikTok is used.",
        ],
    ),
    "a review of no lesson": (
        [(SITE, SITE + REVIEW % "third")],
        ["practice.yml:8: 'third' is no lesson of this course. Correct it."],
    ),
}

GOOD: dict[str, Changes] = {
    "a place like a blank": [(PLACE, "Todos Santos, Custodo County, at your side")],
    "professional sites": [SITES_ONLY, (SITE, f"{SITE}networks: [LinkedIn]\n")],
    "personal networks, network by network": [(SITE, f"{SITE}networks: [LinkedIn, Facebook]\n")],
    "the Page": [PAGE_ONLY],
    "no Page and another stance": [(PAGE, ""), ("network-by-network", "no-contact")],
    "a review of a lesson": [(SITE, SITE + REVIEW % "second")],
}

DEFAULT: dict[str, tuple[Changes, list[str]]] = {
    "two values with the same words": (
        [("Quin Toy", "Pat Toy")],
        [
            "practice.yml:10: 'Pat Toy' is also the value of 'ask'. The example practice needs a different word for each."
        ],
    ),
    "a value that stands nowhere": (
        [("Pat Toy", "Tim Toy")],
        ["practice.yml:9: 'Tim Toy' stands in no lesson and in no activity, so nobody would read it. Use it, or"],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in (FAULTY | DEFAULT).items()])
def test_a_fault_of_the_practice_is_said_at_its_line(toy: Toy, case: tuple[Changes, list[str]]) -> None:
    changes, expected = case
    for old, new in changes:
        toy.change(PRACTICE, old, new)
    assert_said(toy.lines(), expected)


@pytest.mark.parametrize("changes", [pytest.param(c, id=name) for name, c in GOOD.items()])
def test_a_good_practice_has_no_fault(toy: Toy, changes: Changes) -> None:
    for old, new in changes:
        toy.change(PRACTICE, old, new)
    assert toy.lines() == []


UNSET = ["todo", "TBD", "xxx", "FixMe", "your practice", "Your firm", "your clinic", "Your Name", "your phone"]


@pytest.mark.parametrize("word", UNSET)
def test_a_word_that_stands_for_a_value_is_none(toy: Toy, word: str) -> None:
    toy.change(PRACTICE, PLACE, f"Where {word} is")
    assert toy.lines() == [f"practice.yml:3: 'Where {word} is' stands where a value of your own should. Write it."]


# --- a practice of one's own ---


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in FAULTY.items()])
def test_a_practice_of_ones_own_is_held_to_the_same(toy: Toy, own: Path, case: tuple[Changes, list[str]]) -> None:
    changes, expected = case
    for old, new in changes:
        toy.change("own.yml", old.replace("Toy", "Real"), new)
    wanted = [line.replace("practice.yml", str(own)) for line in expected]
    assert_said([str(fault) for fault in toy.faults(own)], wanted)


def test_ones_own_values_may_be_alike_and_need_stand_in_no_lesson(toy: Toy, own: Path) -> None:
    toy.change("own.yml", "ask: Pat Real", "ask: Quin Real")
    assert toy.faults(own) == []


@pytest.mark.parametrize("preset", [pytest.param(path, id=path.stem) for path in PRESETS])
def test_a_preset_can_be_used_as_it_is(preset: Path) -> None:
    faults = check(ROOT / "data", ROOT / "notebooks", preset, craft=False).faults
    assert [fault for fault in faults if fault.file == str(preset)] == []


# --- where a value is read ---


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (START, "At Toy Practice", "Tim Toy is at Toy Practice"),
        (LESSON, "we begin here.", "Tim Toy begins here."),
        (FIRST, "text: Wait a day", "text: Ask Tim Toy"),
        (FIRST, "happens: KEY-poor happens.", "happens: Tim Toy hears of it."),
        (SECOND, "says: KEY-position two.", "says: Tim Toy knows."),
    ],
    ids=["start page", "lesson", "option", "feedback", "position"],
)
def test_a_value_is_read_wherever_it_stands(toy: Toy, file: str, old: str, new: str) -> None:
    toy.change(PRACTICE, "Pat Toy", "Tim Toy")
    assert len(toy.lines()) == 1
    toy.change(file, old, new)
    assert toy.lines() == []


def test_a_value_is_read_in_an_item_of_a_check(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change(PRACTICE, "Pat Toy", "Tim Toy")
    assert len(toy.lines()) == 1
    toy.write("data/pools/final-more.yml", json.dumps([{**item("more", "greet", True), "rule": "Ask Tim Toy."}]))
    assert toy.lines() == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (START, "nbformat", "nbf", "00-start-here.ipynb:0: this is not a readable notebook."),
        (FIRST, "level: easy", "level: very", "first.yml:5: 'very' is not one of"),
        ("data/style.yml", "instead", "insted", "style.yml:1: 'insted' is not known here."),
    ],
    ids=["notebook", "activity", "other file"],
)
def test_no_value_is_said_to_be_unused_while_a_part_cannot_be_read(
    toy: Toy, file: str, old: str, new: str, said: str
) -> None:
    toy.change(PRACTICE, "Pat Toy", "Tim Toy")
    toy.change(file, old, new)
    assert_said(toy.lines(), [said])


def test_a_review_is_not_held_against_an_outline_that_cannot_be_read(toy: Toy) -> None:
    toy.change(PRACTICE, SITE, SITE + REVIEW % "third")
    toy.change("data/course.yml", "title:", "titel:")
    assert_said(toy.lines(), ["course.yml:1: 'titel' is not known here."])


# --- blanks that nothing fills ---


@pytest.mark.parametrize("blank", ["{{name}}", "{{ name }}", "{name}", "<<name>>", "[[name]]", "${name}"])
def test_a_blank_in_a_text_is_said(toy: Toy, blank: str) -> None:
    toy.change(SECOND, "says: KEY-position one.", f'says: "Call {blank} at once."')
    toy.change(LESSON, "we begin here.", f"{blank} begins here.")
    blank_said = f"'{blank}' looks like a blank to be filled, and nothing fills it. Write the example practice's value;"
    assert_said(toy.lines(), [f"first.ipynb:0: in cell 1 {blank_said}", f"second.yml:15: {blank_said}"])


def test_a_blank_in_an_item_of_a_check_is_said(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change("data/pools/before-a.yml", "What do you do about", "What does {{name}} do about")
    assert_said(toy.lines(), ["before-a.yml:2: '{{name}}' looks like a blank to be filled"])


@pytest.mark.parametrize("text", ["Say no (name)", "Say no [name]", "Say no < name >", "Say no {}", "Say no for $5"])
def test_brackets_are_no_blanks(toy: Toy, text: str) -> None:
    toy.change(SECOND, "says: KEY-position one.", f'says: "{text}"')
    toy.change(LESSON, "we begin here.", f"we begin here. {text}.")
    assert toy.lines() == []
