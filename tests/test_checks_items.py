"""The author's checker on how choices are written: nothing in their form tells the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from course.checks import check
from tests.exams import item, with_checks
from tests.toy import FIRST, LESSON, SECOND, Toy, assert_said

STEM = "What do you do?"
TEXTS = ("Say no kindly", "Wait a day", "Say nothing", "Accept and chat")
"""The options of the toy course's first choice, from the best one to the harmful one."""

MORE = "data/pools/final-more.yml"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


# --- one choice: its stem, its four options from best to harmful, and what the checker says ---

PARTY = "Your client wants photos from the party. What do you do?"

FAULTY: dict[str, tuple[str, tuple[str, ...], list[str]]] = {
    "a stem that asks what is not so": (
        "Say which of these you would not do?",
        TEXTS,
        ["first.yml:9: the stem asks what is not so. Turn it round, or write the word in capitals: NOT."],
    ),
    "a stem that asks for the exception": ("Tell us what helps except this?", TEXTS, ["first.yml:9: the stem asks"]),
    "a stem that asks for the least": ("Who is least welcome?", TEXTS, ["first.yml:9: the stem asks what"]),
    "a stem that asks for a never": ("Tell us what you never do?", TEXTS, ["first.yml:9: the stem asks what is not"]),
    "none of the above": (
        STEM,
        (*TEXTS[:3], "None of the above"),
        ["first.yml:23: this option speaks of the other options. Write what somebody would do instead."],
    ),
    "all of the others": (STEM, ("All of the others", *TEXTS[1:]), ["first.yml:14: this option speaks of the other"]),
    "an option that holds another": (
        STEM,
        ("Say no kindly", "Wait, then say no kindly", "Say nothing", "Accept and chat"),
        ["first.yml:17: options a and b overlap: one holds the other's words. Reword one of them."],
    ),
    "an option that a later one holds": (
        STEM,
        ("Say no kindly", "Wait a day", "Say nothing", "Wait a day or two"),
        ["first.yml:23: options b and d overlap: "],
    ),
    "an option that the best one holds": (
        STEM,
        ("Say no kindly and at once", "Say no kindly", "Say nothing", "Accept and chat"),
        ["first.yml:17: options a and b overlap: "],
    ),
    "an option in capitals and with commas": (
        STEM,
        ("Say no kindly", "Say NO, kindly!", "Say nothing", "Accept and chat"),
        ["first.yml:17: options a and b overlap: "],
    ),
    "four words with which all begin": (
        STEM,
        ("You tell her that yes", "You tell her that no", "You tell her that perhaps", "You tell her that later"),
        ["first.yml:13: every option begins with 'You tell her that'. Move these words into the stem."],
    ),
    "an absolute word in a wrong option": (
        STEM,
        ("Say no kindly", "Wait a day", "Never say a word", "Accept and chat"),
        ["first.yml:20: 'Never' stands in wrong options only, which tells the guesser. Reword it."],
    ),
    "absolute words in two wrong options": (
        STEM,
        ("Say no kindly", "Wait, under no circumstances longer", "Always say nothing", "Accept and chat"),
        ["first.yml:17: 'under no circumstances' stands in wrong options only"],
    ),
    "three words of the stem in the best option": (
        PARTY,
        ("Keep the party photos from your client", *TEXTS[1:]),
        ["first.yml:14: the best option alone repeats the stem's words (client, party, photos). Reword one of"],
    ),
}

GOOD: dict[str, tuple[str, tuple[str, ...]]] = {
    "NOT in capitals": ("Say which of these you would NOT do?", TEXTS),
    "a not before the question": ("You do not know her. Tell us what you do?", TEXTS),
    "a not without a question": ("Tell us what you do, not why.", TEXTS),
    "a knot in a question": ("Tell us which knot holds?", TEXTS),
    "none of the family": (STEM, (*TEXTS[:3], "None of the family is told")),
    "the words of another, not in a row": (STEM, ("Say no kindly", "Say no less kindly", "Say nothing", "Accept")),
    "three words with which all begin": (
        STEM,
        ("You tell her yes", "You tell her no", "You tell her so", "You tell her to"),
    ),
    "four words with which all but one begin": (
        STEM,
        ("You tell her that yes", "You tell her that no", "You tell her that perhaps", "They tell her that later"),
    ),
    "an absolute word in the best option alone": (STEM, ("Always say no kindly", *TEXTS[1:])),
    "absolute words in wrong options and the best one": (STEM, ("Always say no kindly", "Never wait", *TEXTS[2:])),
    "nevertheless": (STEM, ("Say no kindly", "Nevertheless wait", *TEXTS[2:])),
    "two words of the stem in the best option": (PARTY, ("Keep the party photos", *TEXTS[1:])),
    "three words of the stem, one in a wrong option too": (
        PARTY,
        ("Keep the party photos from your client", "Wait for your client", *TEXTS[2:]),
    ),
    "three words of the stem in a wrong option": (PARTY, (*TEXTS[:3], "Send your client the party photos")),
    "short words of the stem in the best option": (
        "Does your aunt see what they post in May? Say so.",
        ("Your aunt does see what they post", *TEXTS[1:]),
    ),
}


def reword(toy: Toy, stem: str, texts: tuple[str, ...]) -> None:
    """Gives the first choice another stem and other options; their marks stay."""
    for old, new in zip((STEM, *TEXTS), (stem, *texts), strict=True):
        toy.change(FIRST, f": {old}\n", f": {json.dumps(new)}\n")


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in FAULTY.items()])
def test_a_flaw_in_one_choice_is_said_at_its_line(toy: Toy, case: tuple[str, tuple[str, ...], list[str]]) -> None:
    stem, texts, expected = case
    reword(toy, stem, texts)
    assert_said(toy.lines(), expected)


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in GOOD.items()])
def test_what_only_looks_like_a_flaw_is_none(toy: Toy, case: tuple[str, tuple[str, ...]]) -> None:
    reword(toy, *case)
    assert toy.lines() == []


def test_a_choice_of_several_is_not_held_to_clues_but_to_overlap(toy: Toy) -> None:
    toy.change(FIRST, "text: Does not fit", "text: Never fits")
    assert toy.lines() == []
    toy.change(FIRST, "text: Never fits", "text: Never fits one")
    assert_said(toy.lines(), ["first.yml:39: options a and b overlap: "])


def test_a_flaw_in_an_item_of_a_check_is_said_too(tmp_path: Path) -> None:
    toy = with_checks(tmp_path / "a course")
    toy.change("data/pools/before-b.yml", "Third of b-greet", "None of the others")
    assert_said(toy.lines(), ["before-b.yml:15: this option speaks of the other options."])


# --- the choices of one file together ---


def choices(places: str, longer: int = 0, by: str = ", at length", further: int = 0) -> list[dict[str, Any]]:
    """One choice for each of ``places``, where its best option stands.

    The best option of the first ``longer`` ones is lengthened ``by`` some words; each gets ``further`` wrong options.
    """
    made = [item(f"more-{n}", "greet", False, "abcd".index(place)) for n, place in enumerate(places)]
    for choice in made[:longer]:
        best = next(option for option in choice["options"] if option["mark"] == "best")
        best["text"] += by
    for choice in made:
        wrong = next(option for option in choice["options"] if option["mark"] == "poor")
        choice["options"] += [{**wrong, "text": f"Wrong {n}"} for n in range(further)]
    return made


def said_of(toy: Toy, made: list[dict[str, Any]]) -> list[str]:
    """What the checker says of a file with these choices, one on each line."""
    toy.write(MORE, "\n".join(f"- {json.dumps(choice)}" for choice in made))
    return toy.lines()


@pytest.fixture
def checks(tmp_path: Path) -> Toy:
    return with_checks(tmp_path / "a course")


def test_the_best_option_is_the_longest_at_most_once_beyond_chance(checks: Toy) -> None:
    assert said_of(checks, choices("abcd", longer=2)) == []
    assert said_of(checks, choices("abcd", longer=3)) == [
        "final-more.yml:1: the best option is the longest in 3 of 4 choices of this file, where chance gives 1.0. "
        "Shorten it, or lengthen another, in some of: more-0, more-1, more-2."
    ]


def test_the_chance_to_be_the_longest_falls_with_the_number_of_options(checks: Toy) -> None:
    assert_said(
        said_of(checks, choices("abcd", longer=2, further=4)),
        ["final-more.yml:1: the best option is the longest in 2 of 4 choices of this file, where chance gives 0.5."],
    )


def test_a_best_option_as_long_as_another_is_not_the_longest(checks: Toy) -> None:
    tie = choices("abcd", longer=4, by="!")
    lengths = [sorted(len(option["text"]) for option in choice["options"]) for choice in tie]
    assert all(longest == next_to_it for *_, next_to_it, longest in lengths)
    assert said_of(checks, tie) == []


def test_the_first_of_the_longest_ones_is_named(checks: Toy) -> None:
    made = choices("abcd", longer=3)
    assert_said(said_of(checks, [made[3], *made[:3]]), ["final-more.yml:2: the best option is the longest in 3 of 4"])


@pytest.mark.parametrize(
    ("good", "too_many"),
    [("aaab", "aaaa"), (9 * "a" + 3 * "bbccd", 10 * "a" + 2 * "bbccddd")],
    ids=["two beyond chance", "half of chance"],
)
def test_the_best_option_stands_in_one_place_hardly_more_often_than_chance(
    checks: Toy, good: str, too_many: str
) -> None:
    assert len(good) == len(too_many)
    count, of = too_many.count("a"), len(too_many)
    assert said_of(checks, choices(good)) == []
    assert said_of(checks, choices(too_many)) == [
        f"final-more.yml:1: the best option stands at a in {count} of {of} choices of this file, where chance gives "
        f"{of / 4:.1f}. Change the order of options in some of them."
    ]


def test_the_place_is_named_by_its_letter_at_the_first_choice_that_has_it(checks: Toy) -> None:
    assert_said(
        said_of(checks, choices("addddd")),
        ["final-more.yml:2: the best option stands at d in 5 of 6 choices of this file, where chance gives 1.5."],
    )


def test_each_file_is_looked_at_by_itself(checks: Toy) -> None:
    made = choices("aaaa", longer=2)
    checks.write("data/pools/final-other.yml", json.dumps(made[1:3]))
    assert said_of(checks, [made[0], made[3]]) == []


# --- what is left out when the course is opened ---

CRAFT = [
    (FIRST, f"stem: {STEM}", "stem: Tell me what you would not do?"),
    (FIRST, "text: Accept and chat", "text: None of the above"),
    ("data/claims.yml", "C1:", "C9: {says: Nobody teaches it.}\nC1:"),
    ("data/scenarios.yml", "S1:", "S9: {profession: law, says: Nobody uses it.}\nS1:"),
    ("data/sources.yml", "seen: own text", "seen: unverified"),
    (LESSON, "we begin here.", "we begin here. <!-- teaches: C8 -->"),
    (SECOND, "text: Say why", "text: Say WHY"),
]
BREAKING = [
    (FIRST, "claims: [L1, L2]", "claims: [L1, L7]"),
    (SECOND, "objective: part", "objective: leave"),
    ("data/practice.yml", "jurisdiction: Toyland", "jurisdiction: TODO"),
    ("data/course.yml", "title: Toy Course", "passing: 1\ntitle: Toy Course"),
    (LESSON, r"progress(\"first\")", r"progress(\"second\")"),
]


@pytest.mark.parametrize("flaw", CRAFT, ids=[new for _, _, new in CRAFT])
def test_how_well_it_is_made_does_not_keep_a_course_from_opening(toy: Toy, flaw: tuple[str, str, str]) -> None:
    toy.change(*flaw)
    with_craft = check(toy.data, toy.notebooks)
    without = check(toy.data, toy.notebooks, craft=False)
    assert with_craft.faults or with_craft.warnings
    assert (without.faults, without.warnings, without.activities) == ([], [], 6)


@pytest.mark.parametrize("fault", BREAKING, ids=[new for _, _, new in BREAKING])
def test_what_breaks_a_course_is_said_when_it_opens(toy: Toy, fault: tuple[str, str, str]) -> None:
    toy.change(*fault)
    said = check(toy.data, toy.notebooks, craft=False).faults
    assert len(said) == 1
    assert said == toy.faults()
