"""The author's checker on what learners write and mark, on the coach's words and on the phrase book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from course.checks import check
from tests.toy import Toy, assert_said
from tests.writing import DRAFT, KIND_NO, LEAK, NO_WAY_ON, REPLY, SAY_NO, add, examples, pieces

COACH, PHRASES = "data/coach.yml", "data/phrases.yml"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


def doubted(toy: Toy) -> list[str]:
    """What the coach is said to find fault with, in a course without a fault."""
    report = check(toy.data, toy.notebooks)
    assert report.faults == []
    return [str(warning) for warning in report.warnings if "the coach finds fault" in str(warning)]


def test_good_activities_are_neither_faulted_nor_doubted(toy: Toy) -> None:
    add(toy, {**SAY_NO, "skip": ["explains"]}, REPLY, DRAFT)
    assert doubted(toy) == []


ALIKE = "some pieces have to reveal something, and some not. Change one."
WORDS = {"id": "civil", "asks": "?", "met": "+", "unmet": "-", "mend": "!"}
UNKNOWN, DECLINE = "the coach does not look for", "confidential, declines, gracious, redirects, explains."
ACTIVITIES: list[tuple[dict[str, Any], str, Any, str]] = [
    (DRAFT, "pieces", pieces(True, True, True), ALIKE),
    (DRAFT, "pieces", pieces(False, False, False), ALIKE),
    (SAY_NO, "scene", None, "there is nothing to answer. Add 'scene' with shape, network, who and text."),
    (SAY_NO, "criteria", [WORDS], "data/coach.yml fills in the criteria. Take them out here."),
    (SAY_NO, "skip", ["explains", "civil"], f"{UNKNOWN} 'civil' here. It does for: {DECLINE}"),
    (
        REPLY,
        "skip",
        ["safe", "offline", "civil"],
        "a criterion is asked for, skipped or avoided, and one has to be left.",
    ),
    (REPLY, "avoid", {"explains": "!"}, f"{UNKNOWN} 'explains' here. It does for: safe, civil, offline."),
]


@pytest.mark.parametrize(("activity", "field", "value", "said"), ACTIVITIES)
def test_an_activity_that_could_not_be_done_is_named(
    toy: Toy, activity: dict[str, Any], field: str, value: Any, said: str
) -> None:
    faulty = {**activity, field: value}
    line = add(toy, faulty) + (list(faulty).index(field) if value else 0)
    assert_said(toy.lines(), [f"second.yml:{line}: {said}"])
    started = check(toy.data, toy.notebooks, craft=False).faults
    assert [str(fault) for fault in started] == toy.lines()


DECLINES = '  - {id: declines, asks: "Is it a no?", met: It is a no., unmet: It is no no yet., mend: Say no.}\n'
OTHERS = f"can't stand here. Write each of these once: {DECLINE}"
MISSING = "coach.yml:1: there are no words for 'declines'. Add them."
TWICE = [f"phrases.yml:{line}: 'a-request' stands here 2 times. Give each its own id." for line in (1, 9)]
SOME = "phrases.yml:13: no wording here is for every practice. Add one without variant, page, linkedin and stances."
FOR = ("variant: clinic", "page: true", "linkedin: true", "stances: [page-only]")
FILES: list[tuple[str, str, str, list[str]]] = [
    (COACH, "{id: declines", "{id: polite", [MISSING, f"coach.yml:2: 'polite' {OTHERS}"]),
    (COACH, DECLINES, DECLINES * 2, [f"coach.yml:3: 'declines' {OTHERS}"]),
    (COACH, DECLINES, "", [MISSING]),
    (PHRASES, "id: a-review", "id: a-request", TWICE),
    *((PHRASES, "at any time.}", f"at any time., {whom}}}", [SOME]) for whom in FOR),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), FILES)
def test_words_that_do_not_fit_are_named(toy: Toy, file: str, old: str, new: str, expected: list[str]) -> None:
    toy.change(file, old, new)
    assert_said(toy.lines(), expected)


def test_a_task_without_any_words_is_named(toy: Toy) -> None:
    text = (toy.folder / COACH).read_text(encoding="utf-8")
    toy.write(COACH, text[: text.index("public-reply:")])
    names = ("civil", "offline", "safe")
    assert_said(toy.lines(), [f"coach.yml:1: there are no words for '{name}'. Add them." for name in names])


AVOID = {"redirects": "All would see."}
DOUBTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["confidential", "explains", "gracious", "redirects"]),
    ({"skip": ["explains", "gracious", "redirects"]}, ["confidential"]),
    ({"exemplars": examples(KIND_NO), "avoid": AVOID}, ["redirects"]),
    ({"exemplars": examples(NO_WAY_ON), "avoid": AVOID}, []),
]


@pytest.mark.parametrize(("changes", "names"), DOUBTS)
def test_an_example_that_the_coach_faults_is_doubted(toy: Toy, changes: dict[str, Any], names: list[str]) -> None:
    doubtful = {**SAY_NO, "exemplars": [*examples(KIND_NO)[:1], *examples(LEAK)[:1]], **changes}
    line = add(toy, doubtful) + list(doubtful).index("exemplars")
    said = "the coach finds fault with this text"
    assert_said(doubted(toy), [f"second.yml:{line}: {said}: {name} (decline). Reword it," for name in names])


def test_a_leak_in_the_phrase_book_is_doubted_and_nothing_else(toy: Toy) -> None:
    toy.change(PHRASES, "Thank you! Please follow our Page.", f'"{LEAK}"')
    assert_said(doubted(toy), ["phrases.yml:7: the coach finds fault with this text: confidential (decline). "])


def test_a_cell_for_a_phrase_book_that_is_not_there_is_named(toy: Toy) -> None:
    path = toy.notebooks / "second.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(nbformat.v4.new_code_cell('from course import phrase_book\n\nphrase_book("declin")'))
    nbformat.write(notebook, path)
    assert_said(toy.lines(), ["second.ipynb:0: the phrase book has no 'declin' (cell "])
