"""The author's checker on language: what a busy reader stumbles over is warned of, and stops no course."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import nbformat
import pytest

from course.checks import check
from course.checks.language import grade_of
from tests.exams import with_checks
from tests.toy import FIRST, LESSON, SECOND, START, Toy, assert_said


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


def warned(toy: Toy) -> list[str]:
    """Every warning, while the sources are fresh; none of these courses has a fault."""
    report = check(toy.data, toy.notebooks, as_of=date(2030, 1, 1))
    assert report.faults == []
    return [str(warning) for warning in report.warnings]


def words(*counts: int) -> str:
    """A text of sentences with so many words each."""
    return " ".join(f"{'so ' * (count - 1)}it." for count in counts)


# --- each case: the file, what stands there, what is put there, and what the checker warns of ---

STEM, OPTION, BEGIN = "stem: What do you do?", "text: Wait a day", "At Toy Practice we begin here."
UNEXPLAINED = "is not explained. Write it out, or add it to style.yml if everybody knows it."
LONG = "a sentence has 26 words and 25 is the aim: 'so so so"

WARNED: dict[str, tuple[str, str, str, list[str]]] = {
    "a sentence of 26 words": (FIRST, STEM, f"stem: {words(26)}", [f"first.yml:1: {LONG}"]),
    "a sentence of 26 words after a short one": (FIRST, STEM, f"stem: {words(2, 26)}", [f"first.yml:1: {LONG}"]),
    "a sentence of 26 words in a feedback": (SECOND, "KEY-thanks.", words(26), [f"second.yml:1: {LONG}"]),
    "a sentence of 26 words in prose": (LESSON, BEGIN, words(26), [f"first.ipynb:0: cell 1: {LONG}"]),
    "a sentence of 26 words on the start page": (
        START,
        "# Toy Course",
        f"# Toy Course\\n\\n{words(26)}",
        [f"00-start-here.ipynb:0: cell 1: {LONG}"],
    ),
    "a stem of 61 words": (
        FIRST,
        STEM,
        f"stem: {words(20, 20, 21)}",
        ["first.yml:9: the stem has 61 words and 60 is the aim. Shorten it, or move some into 'scene'."],
    ),
    "an option of 31 words": (
        FIRST,
        OPTION,
        f"text: {words(15, 16)}",
        ["first.yml:17: this option has 31 words and 30 is the aim. Shorten it."],
    ),
    "a word to avoid": (
        FIRST,
        OPTION,
        "text: Utilize a day",
        ["first.yml:1: 'utilize' is on the list of words to avoid (style.yml). Write: use."],
    ),
    "a word to avoid in prose": (LESSON, BEGIN, "We utilize it.", ["first.ipynb:0: cell 1: 'utilize' is on the list"]),
    "an abbreviation": (SECOND, "text: Say why", "text: Say what HIPAA is", [f"second.yml:1: 'HIPAA' {UNEXPLAINED}"]),
    "an abbreviation in prose": (LESSON, BEGIN, "We keep to HIPAA.", [f"first.ipynb:0: cell 1: 'HIPAA' {UNEXPLAINED}"]),
    "an abbreviation on a link": (
        LESSON,
        BEGIN,
        "See [HIPAA](https://example.org).",
        [f"first.ipynb:0: cell 1: 'HIPAA' {UNEXPLAINED}"],
    ),
    "two abbreviations, one of them twice": (
        FIRST,
        OPTION,
        "text: Ask the ABA, the FTC or the ABA",
        [f"first.yml:1: 'ABA' {UNEXPLAINED}", f"first.yml:1: 'FTC' {UNEXPLAINED}"],
    ),
}

SILENT: dict[str, tuple[str, str, str]] = {
    "a sentence of 25 words": (FIRST, STEM, f"stem: {words(25)}"),
    "two sentences of 25 words": (FIRST, STEM, f"stem: {words(25, 25)}"),
    "a sentence of 25 words in prose": (LESSON, BEGIN, words(25)),
    "a heading and a sentence": (LESSON, "# First lesson", f"# {'word ' * 14}"),
    "a stem of 60 words": (FIRST, STEM, f"stem: {words(20, 20, 20)}"),
    "an option of 30 words": (FIRST, OPTION, f"text: {words(15, 15)}"),
    "a word within another": (FIRST, OPTION, "text: Reutilize the utilizer"),
    "an abbreviation in brackets": (FIRST, OPTION, "text: Ask the federal agency (FTC)"),
    "an abbreviation before brackets": (FIRST, OPTION, "text: Ask the FTC (the federal agency)"),
    "an abbreviation on the list": (FIRST, OPTION, "text: Show the KEY"),
    "NOT": (FIRST, STEM, "stem: Say which of these you would NOT do?"),
    "a text in capitals": (FIRST, OPTION, "text: DO SAY SO"),
    "one capital": (FIRST, OPTION, "text: Follow plan B"),
    "the address of a link": (LESSON, BEGIN, "See [the rule](https://example.org/HIPAA)."),
    "a comment": (LESSON, BEGIN, f"{BEGIN} <!-- On HIPAA. {words(26)} -->"),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in WARNED.items()])
def test_what_a_reader_stumbles_over_is_warned_of(toy: Toy, case: tuple[str, str, str, list[str]]) -> None:
    *change, expected = case
    toy.change(*change)
    assert_said(warned(toy), expected)


@pytest.mark.parametrize("change", [pytest.param(c, id=name) for name, c in SILENT.items()])
def test_what_reads_well_is_not_warned_of(toy: Toy, change: tuple[str, str, str]) -> None:
    toy.change(*change)
    assert warned(toy) == []


def test_an_item_of_a_check_is_warned_of_too(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change("data/pools/before-b.yml", "What do you do about b-greet?", words(26))
    assert_said(warned(toy), [f"before-b.yml:2: {LONG}"])


def test_names_that_no_learner_reads_are_no_abbreviations(toy: Toy) -> None:
    toy.change("data/sources.yml", "A1:", "ABA-one:")
    toy.change(FIRST, "[A1, T1]", "[ABA-one, T1]")
    toy.change("data/scenarios.yml", "S1:", "FTC-one:")
    toy.change(FIRST, "[S1]", "[FTC-one]")
    assert warned(toy) == []


def test_an_abbreviation_explained_in_one_text_is_not_explained_in_another(toy: Toy) -> None:
    toy.change(FIRST, OPTION, "text: Ask the federal agency (FTC)")
    toy.change(FIRST, "text: Say nothing", "text: Ask the FTC nothing")
    assert_said(warned(toy), [f"first.yml:1: 'FTC' {UNEXPLAINED}"])


# --- the grade of a lesson ---

EASY = "We say no in a kind way to all of them. "
HARD = (
    "Confidentiality obligations necessitate extraordinary deliberation regarding professional communication at all. "
)
"""Ten words each, so that three of them are just enough to be measured."""


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("The cat sat on the mat.", 0.39 * 6 + 11.8 * 6 / 6 - 15.59),
        ("The cat sat. The dog ran off!", 0.39 * 7 / 2 + 11.8 * 7 / 7 - 15.59),
        ("The doctor sat on the doctor.", 0.39 * 6 + 11.8 * 8 / 6 - 15.59),
        ("The doctor’s cat sat.", 0.39 * 4 + 11.8 * 5 / 4 - 15.59),
        ("", 0),
        ("12, 13.", 0),
    ],
)
def test_the_grade_is_that_of_flesch_and_kincaid(text: str, grade: float) -> None:
    assert grade_of(text) == pytest.approx(grade)


def add_prose(toy: Toy, *texts: str) -> None:
    """Adds Markdown cells to the second lesson, whose own passages are too short to be measured."""
    path = toy.notebooks / "second.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [nbformat.v4.new_markdown_cell(text) for text in texts]
    nbformat.write(notebook, path)


def of_two_syllables(count: int) -> str:
    """Two sentences of 25 words, of one syllable each but for ``count`` of two."""
    return 2 * f"{'so ' * (24 - count)}{'doctor ' * count}it. "


READS = "second.yml:0: this lesson reads at grade"


GRADES: dict[str, tuple[list[str], list[str]]] = {
    "hard": ([3 * HARD] * 5, [READS]),
    "hard, and too few": ([3 * HARD] * 4, []),
    "hard, and too short": ([(3 * HARD).replace(" at all", " still", 1)] * 5, []),
    "easy": ([3 * EASY] * 5, []),
    "hard in the middle": ([3 * HARD] * 3 + [3 * EASY] * 2, [READS]),
    "easy in the middle": ([3 * HARD] * 2 + [3 * EASY] * 3, []),
    "over 8": ([of_two_syllables(5)] * 5, [f"{READS} 8.3, and 8 is the aim. Use shorter sentences and plainer words."]),
    "under 8": ([of_two_syllables(4)] * 5, []),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in GRADES.items()])
def test_the_middle_passage_of_a_lesson_is_measured(toy: Toy, case: tuple[list[str], list[str]]) -> None:
    passages, expected = case
    add_prose(toy, *passages)
    assert_said(warned(toy), expected)
