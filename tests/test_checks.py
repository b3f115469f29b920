"""The author's checker: what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.checks import check
from tests.conftest import ROOT, TOY_COURSE, TOY_NOTEBOOKS
from tests.toy import FIRST, LESSON, SECOND, START, Toy, assert_said

SCENE = "{shape: request, network: Facebook, who: Robin Roe, text: Add me!}"
OPTION = "    - {text: Number %d, mark: poor, feedback: {happens: It does., why: It is., do: Do it.}}\n"
FAMILY = "Beach photo, bucket: Family"
AUTHORS = '{L: "A lawyer, 2013", C: "A vendor, 2014"}'


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


def test_the_toy_course_has_no_fault() -> None:
    report = check(TOY_COURSE, TOY_NOTEBOOKS)
    assert (report.faults, report.warnings, report.activities) == ([], [], 6)


def test_the_course_itself_has_no_fault() -> None:
    report = check(ROOT / "data", ROOT / "notebooks")
    assert report.faults == []
    assert report.activities > 200


# Each case: the file, what stands there, what is put there, and all that the checker then says.
FORM = {
    "a misspelt field": (FIRST, "stem: What", "stemm: What", ["first.yml:9: 'stemm' is not known here. Did you mean"]),
    "an odd field": (FIRST, "rule: At", "xyzzy: At", ["first.yml:8: 'xyzzy' is not known here. Known here: kind, id"]),
    "a missing field": (FIRST, "  level: easy\n", "", ["first.yml:1: 'level' is missing. Add it."]),
    "a wrong mark": (FIRST, "mark: best", "mark: bets", ["first.yml:15: 'bets' is not one of: acceptable, best,"]),
    "a text for a list": (FIRST, "[L1, L2]", "L1", ["first.yml:10: 'L1' stands here where a list should. Put it into"]),
    "a number for a text": (
        FIRST,
        "Pick one",
        "12",
        ["first.yml:3: 12 stands here where a text should. Put quotation"],
    ),
    "a list for a text": (FIRST, "l2-words", "[l2-words]", ["first.yml:12: a list stands here where a text should."]),
    "a word for a switch": (
        FIRST,
        "l: true",
        "l: yes",
        ["first.yml:34: 'yes' stands here where true or false should."],
    ),
    "a text for fields": (FIRST, SCENE, "hello", ["first.yml:7: 'hello' stands here where a group of fields should."]),
    "an empty text": (FIRST, "Pick one", '""', ["first.yml:3: this text is empty. Write it."]),
    "no text at all": (FIRST, "Pick one", "", ["first.yml:3: this text is empty. Write it."]),
    "too many options": (
        FIRST,
        "    - text: Wait a day",
        "".join(OPTION % n for n in range(5)) + "    - text: Wait a day",
        ["first.yml:13: this list holds 9 and at most 8 are possible. Take some out."],
    ),
    "too few buckets": (FIRST, "[Anyone, Family]", "[Anyone]", ["first.yml:60: this list holds 1 and at least 2 are"]),
    "too many points": (
        "data/course.yml",
        "title",
        "passing: 400\ntitle",
        ["course.yml:1: 400 is too much. Write 40 or"],
    ),
    "too few points": (
        "data/course.yml",
        "title",
        "passing: -1\ntitle",
        ["course.yml:1: -1 is too little. Write 0 or"],
    ),
    "no day": (
        "data/sources.yml",
        "2030-01-01",
        "2030-02-30",
        ["sources.yml:1: '2030-02-30' is no day. Write it like 2026-03-31."],
    ),
    "a day in other words": (
        "data/sources.yml",
        "2030-01-01",
        "1 May 2030",
        ["sources.yml:1: '1 May 2030' is no day. Write it like 2026-03-31."],
    ),
    "a duplicate key": (FIRST, "  level", "  title: Two\n  level", ["first.yml:5: 'title' stands here for the second"]),
    "a fault inside a scene": (
        FIRST,
        SCENE,
        "\n    shape: letter\n    network: Facebook\n    whom: Robin Roe\n    text: Add me!",
        ["first.yml:8: 'letter' is not one of: message, post,", "first.yml:10: 'whom' is not known here. Did you mean"],
    ),
    "an unknown kind": (FIRST, "kind: choice", "kind: quiz", ["first.yml:1: 'quiz' is no kind of activity. Write one"]),
    "a list for a kind": (
        FIRST,
        "kind: choice",
        "kind: [a]",
        ["first.yml:1: a list is no kind of activity. Write one"],
    ),
    "no kind": (
        FIRST,
        "- kind: choice\n  id",
        "- id",
        ["first.yml:1: the kind is missing. Write one of: choice, sort,"],
    ),
    "a text for an activity": (SECOND, "- kind", "- hello\n- kind", ["second.yml:1: 'hello' stands here. Begin every"]),
    "an id of a quotation": ("data/quotations.yml", "l2-words", "L2 words", ["quotations.yml:3: 'L2 words' can't be"]),
    "a colon without quotation marks": (FIRST, "Pick one", "Pick: one", ["first.yml:3: this is not readable as YAML"]),
}

CONTENT = {
    "two best": (
        FIRST,
        "mark: acceptable",
        "mark: best",
        ["first.yml:13: 2 options are marked best and one has to be."],
    ),
    "no best": (FIRST, "mark: best", "mark: poor", ["first.yml:13: 0 options are marked best and one has to be."]),
    "an option twice": (FIRST, "Wait a day", "Say no kindly", ["first.yml:13: 'Say no kindly' stands here 2 times."]),
    "a card twice": (FIRST, "Court forms", "Opening hours", ["first.yml:61: 'Opening hours' stands here 2 times."]),
    "a step twice": (SECOND, "Say why", "Thank her", ["second.yml:8: 'Thank her' stands here 2 times. Keep it once."]),
    "an unknown bucket": (
        FIRST,
        FAMILY,
        "Beach photo, bucket: Famly",
        [
            "first.yml:60: no card belongs into 'Family'.",
            "first.yml:63: the bucket 'Famly' is not one of: Anyone / Family",
        ],
    ),
    "a bucket without a card": (FIRST, FAMILY, "Beach photo, bucket: Anyone", ["first.yml:60: no card belongs into"]),
    "a law variant twice": (
        FIRST,
        "variant: clinic",
        "variant: law",
        [
            "first.yml:53: 'sort-them' is there for law.",
            "first.yml:68: 'sort-them' for law stands already in first.yml:53",
        ],
    ),
    "law and everyone": (
        FIRST,
        "  variant: clinic\n",
        "",
        ["first.yml:53: 'sort-them' is there for everyone and law."],
    ),
    "an unknown claim": (FIRST, "[L1, L2]", "[L1, L9]", ["first.yml:10: 'L9' is not in claims.yml. Correct it, or"]),
    "an unknown source": (FIRST, "[A1, T1]", "[A1, T9]", ["first.yml:11: 'T9' is not in sources.yml. Correct it, or"]),
    "an unknown quote": (FIRST, "l2-words", "l3-words", ["first.yml:12: 'l3-words' is not in quotations.yml."]),
    "an unknown scenario": (FIRST, "[S1]", "[S1, S31]", ["first.yml:6: 'S31' is not in scenarios.yml. Correct it, or"]),
    "a long quotation": (
        "data/quotations.yml",
        "a few words",
        "word " * 21,
        ["quotations.yml:3: this quotation has 21"],
    ),
    "one quotation too many": (
        "data/quotations.yml",
        "  l2-words: {claim: L2, words: a few words}",
        "".join(f"  l2-words{n}: {{claim: L2, words: a few words}}\n" for n in range(12))
        + "  l2-words: {claim: L2, words: a few words}",
        ["quotations.yml:15: this is one quotation too many of its article; 12 are"],
    ),
    "a claim without article": (
        "data/quotations.yml",
        AUTHORS,
        '{C: "A vendor, 2014"}',
        ["quotations.yml:3: no article is called 'L'. Add it under 'articles'."],
    ),
    "a quotation of nothing": ("data/quotations.yml", "L2,", "L7,", ["quotations.yml:3: 'L7' is not in claims.yml."]),
}

LESSONS = {
    "an unknown activity": (
        LESSON,
        r"activity(\"pick-one\")",
        r"activity(\"pick-two\")",
        [
            "first.ipynb:0: 'pick-one' of activities/first.yml is shown in no cell.",
            "first.ipynb:0: cell 3 shows 'pick-two', which is not in activities/first.yml.",
        ],
    ),
    "an activity twice": (
        LESSON,
        r"activity(\"pick-several\")",
        r"activity(\"pick-one\")",
        [
            "first.ipynb:0: 'pick-several' of activities/first.yml is shown in no cell.",
            "first.ipynb:0: cell 4 shows 'pick-one' for the second time.",
        ],
    ),
    "another lesson's progress": (
        LESSON,
        r"progress(\"first\")",
        r"progress(\"second\")",
        ['first.ipynb:0: cell 2 shows the progress of another lesson. Write: progress("first").'],
    ),
    "foreign code": (LESSON, r"progress(\"first\")", "print(1)", ["first.ipynb:0: cell 2 holds other code than one"]),
    "no lesson named": (
        LESSON,
        r"progress(\"first\")",
        "progress()",
        ["first.ipynb:0: cell 2 holds other code than one"],
    ),
    "foreign code on the start page": (START, "welcome()", "print(1)", ["00-start-here.ipynb:0: cell 2 holds other"]),
    "an activity on the start page": (
        START,
        r"from course import welcome\n" + '",\n    "' + r"\n" + '",\n    "welcome()',
        r"from course import activity\n" + '",\n    "' + r"activity(\"pick-one\")",
        ["00-start-here.ipynb:0: cell 2 shows 'pick-one', which is not in"],
    ),
    "a bad id": (
        FIRST,
        "id: pick-one",
        "id: Pick One",
        [
            "first.ipynb:0: 'Pick One' of activities/first.yml is shown in no cell.",
            "first.ipynb:0: cell 3 shows 'pick-one', which is not in activities/first.yml.",
            "first.yml:2: 'Pick One' can't be used as a name. Join lower-case words",
        ],
    ),
    "an id twice": (
        FIRST,
        "id: pick-several",
        "id: pick-one",
        [
            "first.ipynb:0: cell 4 shows 'pick-several', which is not in activities/first.yml.",
            "first.yml:28: 'pick-one' for everyone stands already in first.yml:2. Give one another id.",
        ],
    ),
    "a lesson twice": (
        "data/course.yml",
        "id: second",
        "id: first",
        ["course.yml:8: 'first' is taken already.", "second.yml:0: no lesson in course.yml has this file's name."],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=name) for name, c in (FORM | CONTENT | LESSONS).items()])
def test_one_change_gives_its_faults_and_no_others(toy: Toy, case: tuple[str, str, str, list[str]]) -> None:
    file, old, new, expected = case
    toy.change(file, old, new)
    assert_said(toy.lines(), expected)


@pytest.mark.parametrize("mark", ["best", "poor"])
def test_with_several_some_options_are_best_and_some_are_not(toy: Toy, mark: str) -> None:
    first, second = (toy.data / "activities" / "first.yml").read_text(encoding="utf-8").split("  several: true")
    for other in ("best", "acceptable", "poor", "harmful"):
        second = second.replace(f"mark: {other}", f"mark: {mark}")
    toy.write(FIRST, f"{first}  several: true{second}")
    assert_said(toy.lines(), ["first.yml:35: with 'several', some options have to be best and some not."])


def test_the_variants_of_an_activity_are_of_one_kind(toy: Toy) -> None:
    text = (toy.data / "activities" / "second.yml").read_text(encoding="utf-8").split("\n\n")[0]
    law = text.replace("put-in-order", "sort-them\n  variant: clinic")
    clinic = (toy.data / "activities" / "first.yml").read_text(encoding="utf-8").split("\n\n")
    toy.write(FIRST, "\n\n".join([*clinic[:3], law]))
    assert_said(toy.lines(), ["first.yml:67: the variants of 'sort-them' differ in kind. Use the same kind for both."])


def test_a_malformed_variant_is_not_said_to_be_absent(toy: Toy) -> None:
    toy.change(FIRST, "  title: Sort them, lawyers\n", "")
    assert_said(toy.lines(), ["first.yml:52: 'title' is missing."])


def test_all_faults_are_found_in_one_run_in_the_order_of_files_and_lines(toy: Toy) -> None:
    toy.change(FIRST, "mark: best", "mark: bets")
    toy.change(FIRST, "title: Pick one", "titel: Pick one")
    toy.change(FIRST, "bucket: Family", "bucket: Famly")
    toy.change(SECOND, "level: hard", "level: very")
    toy.change("data/practice.yml", "profession: law", "profession: bank")
    toy.change("data/quotations.yml", "a few words", "word " * 21)
    toy.change(LESSON, r"progress(\"first\")", "print(1)")
    expected = [
        "first.ipynb:0: cell 2 ",
        "first.yml:3: 'titel' ",
        "first.yml:15: 'bets' ",
        "first.yml:60: no card ",
        "first.yml:63: the bucket ",
        "practice.yml:2: 'bank' ",
        "quotations.yml:3: this quotation ",
        "second.yml:5: 'very' ",
    ]
    assert_said(toy.lines(), expected)


def test_a_fault_in_the_outline_does_not_hide_those_of_the_activities(toy: Toy) -> None:
    toy.change("data/course.yml", "id: first", "id: 4")
    toy.change(FIRST, "mark: best", "mark: bets")
    assert_said(toy.lines(), ["course.yml:5: 4 stands here ", "first.yml:15: 'bets' "])
