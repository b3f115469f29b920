"""The phrase book: words that a practice could use, in its own name."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from course.bank import Bank
from course.model import Profession, Task
from tests.conftest import ROOT
from tests.toy import Toy

DATA = ROOT / "data"
PRESETS = sorted((DATA / "presets").glob("*.yml"))

BOOK = """
- id: asked
  title: Ask Pat Toy
  task: decline
  when: Somebody asks at Toy Practice.
  wordings:
    - {text: Toy Practice has 555-0100 and toy.example., note: Ask Pat Toy.}
    - {text: Law, variant: law}
    - {text: Clinic, variant: clinic}
    - {text: Follow the Toy Practice Page, page: true}
    - {text: LinkedIn, linkedin: true}
    - {text: Strict, stances: [no-contact, page-only]}
    - {text: All of it, variant: law, page: true, stances: [network-by-network]}
- {id: only-there, title: There, task: decline, when: There., wordings: [{text: Over there., linkedin: true}]}
- {id: praised, title: Praise, task: public-reply, when: Praise., wordings: [{text: Thank you.}]}
"""
FOLLOW = "Follow the Toy Practice Page"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path / "course")
    toy.write("data/phrases.yml", BOOK)
    return toy


def bank(toy: Toy, **changes: str) -> Bank:
    """The toy course for another practice: with other values in its file, or without those that are empty."""
    text = (toy.data / "practice.yml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if line.split(":")[0] not in changes]
    own = toy.folder / "own.yml"
    own.write_text("\n".join([*kept, *(f"{k}: {v}" for k, v in changes.items() if v)]), encoding="utf-8")
    return Bank(toy.data, own)


@pytest.mark.parametrize(
    ("changes", "profession", "expected"),
    [
        ({}, None, ["Law", FOLLOW, "All of it"]),
        ({}, "clinic", ["Clinic", FOLLOW]),
        ({"profession": "clinic"}, None, ["Clinic", FOLLOW]),
        ({"profession": "clinic"}, "law", ["Law", FOLLOW, "All of it"]),
        ({"page": ""}, None, ["Law"]),
        ({"page": "", "linkedin": "true"}, "clinic", ["Clinic", "LinkedIn"]),
        ({"stance": "page-only"}, None, ["Law", FOLLOW, "Strict"]),
        ({"stance": "no-contact", "page": ""}, "clinic", ["Clinic", "Strict"]),
    ],
)
def test_only_what_the_practice_could_say_is_in_its_book(
    toy: Toy, changes: dict[str, str], profession: Profession | None, expected: list[str]
) -> None:
    everybodys, *others = bank(toy, **changes).phrases(profession)[0].wordings
    assert everybodys.text.startswith("Toy Practice") and [wording.text for wording in others] == expected


def test_a_situation_of_another_task_or_without_words_for_the_practice_is_left_out(toy: Toy) -> None:
    def ids(task: Task | None = None, **changes: str) -> list[str]:
        return [situation.id for situation in bank(toy, **changes).phrases("law", task)]

    assert (ids(), ids("decline"), ids("public-reply")) == (["asked", "praised"], ["asked"], ["praised"])
    assert ids(linkedin="true") == ["asked", "only-there", "praised"]


def test_the_values_of_the_practice_stand_in_its_book(toy: Toy) -> None:
    own = {"name": "Elm Law", "phone": "555-0199", "website": "elm.example", "page": "the Elm Page", "ask": "Kim Elm"}
    asked = bank(toy, **own).phrases("law")[0]
    assert (asked.title, asked.when, asked.wordings[0].note) == (
        "Ask Kim Elm",
        "Somebody asks at Elm Law.",
        "Ask Kim Elm.",
    )
    said = [wording.text for wording in asked.wordings]
    assert said == ["Elm Law has 555-0199 and elm.example.", "Law", "Follow the Elm Page", "All of it"]


# --- the real book ---


@pytest.mark.parametrize("profession", get_args(Profession))
@pytest.mark.parametrize("preset", PRESETS, ids=lambda path: path.stem)
def test_every_situation_has_words_for_every_practice_and_names_no_other(preset: Path, profession: Profession) -> None:
    own, example = Bank(DATA, preset), Bank(DATA, DATA / "practice.yml")
    book = own.phrases(profession)
    assert book and [found.id for found in book] == [found.id for found in example.phrases(profession)]
    for situation in book:
        assert situation.wordings
        for text in (situation.title, situation.when, *(f"{w.text} {w.note}" for w in situation.wordings)):
            assert not any(foreign in text for foreign in ("Harbor Street", "harborstreet", example.practice.phone))
