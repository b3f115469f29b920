"""YAML with the words of YAML 1.2; every fault with its line; no text ends the process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course import yaml12
from course.bank import open_text
from course.errors import ContentError
from tests.conftest import ROOT, TOY_COURSE

YAML_BITS = [*"[]{}-?:,#&*!|>'\"%@`~ \n\t\r", "\n  ", "- ", ": ", "a", "no", "!!int ", "&x ", "*x", "---\n", "9", "1.5"]


def read(text: str) -> Any:
    return yaml12.construct(yaml12.compose(text, "toy.yml"), "toy.yml")


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ContentError) as raised:
        read(text)
    assert {fault.file for fault in raised.value.faults} == {"toy.yml"}
    return [(fault.line, fault.say) for fault in raised.value.faults]


def one_fault(text: str) -> tuple[int, str]:
    (fault,) = faults(text)
    return fault


# --- the words of YAML 1.2 ---


@pytest.mark.parametrize("word", ["no", "No", "yes", "on", "off", "y", "n", "True", "FALSE", "Null", "NULL"])
def test_a_word_that_older_yaml_took_for_a_switch_is_a_word(word: str) -> None:
    assert read(f"{word}: {word}") == {word: word}


@pytest.mark.parametrize(
    "text", ["2024-05-12", "12-11", "1:30", "0x1f", "0o17", "1_000", "1e3", ".5", "5.", ".inf", ".nan", "<<", "="]
)
def test_what_only_looks_like_a_date_or_a_number_stays_text(text: str) -> None:
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-3", -3),
        ("+4", 4),
        ("017", 17),
        ("1.5", 1.5),
        ("-0.25", -0.25),
    ],
)
def test_numbers_booleans_and_null_have_their_types(text: str, value: object) -> None:
    found = read(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["true", "null", "~", "7", "1.5"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_stands_in_quotation_marks_is_text(text: str, quote: str) -> None:
    assert read(f"a: {quote}{text}{quote}") == {"a": text}


def test_a_number_too_long_to_count_with_stays_text() -> None:
    assert read(f"a: {'9' * 5000}") == {"a": "9" * 5000}


def test_a_key_is_the_text_that_stands_there() -> None:
    assert read("1: a\ntrue: b\nnull: c\n2024-05-12: d") == {"1": "a", "true": "b", "null": "c", "2024-05-12": "d"}


def test_a_folded_text_keeps_its_paragraphs() -> None:
    assert read("a: >-\n  one\n  two\n\n  three") == {"a": "one two\nthree"}


def test_a_byte_order_mark_from_windows_is_passed_over() -> None:
    assert read("\ufeffa: 1") == {"a": 1}


# --- every fault, with its line ---


def test_every_duplicate_key_is_found_with_its_line_and_the_first_one() -> None:
    found = faults("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\na: 5\n")
    assert [line for line, _ in found] == [5, 6, 7]
    assert "'c'" in found[0][1] and "first on line 3" in found[0][1]
    assert "'a'" in found[2][1] and "first on line 1" in found[2][1]


def test_the_same_key_in_two_places_is_no_duplicate() -> None:
    assert read("- a: 1\n- a: 2") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: &x [1]\nb: *x", "a: &x k\n*x : 1", "- &x\n  a: 1\n- *x"])
def test_an_alias_is_refused(text: str) -> None:
    _, say = one_fault(text)
    assert "alias" in say and "Write the text out" in say


def test_a_text_that_contains_itself_is_refused() -> None:
    assert "alias" in one_fault("&a [*a]")[1]


@pytest.mark.parametrize("tag", ["!!str", "!!int", "!!bool", "!!map", "!!python/none", "!own", "!<own>"])
def test_a_tag_is_refused_whatever_it_says(tag: str) -> None:
    line, say = one_fault(f"a: 1\nb: {tag} x")
    assert line == 2
    assert "tag" in say and "Take it out" in say


def test_a_tag_on_a_key_is_refused() -> None:
    assert "tag" in one_fault("!own a: 1")[1]


@pytest.mark.parametrize("key", ["[a, b]", "{a: b}"])
def test_a_key_that_is_no_word_is_refused(key: str) -> None:
    line, say = one_fault(f"x: 1\n? {key}\n: 2")
    assert line == 2
    assert "stray bracket" in say


def test_faults_of_different_sorts_are_found_in_one_run() -> None:
    assert [line for line, _ in faults("a: !own 1\nb: &x 2\nc: *x\nb: 3\n? [d]\n: 4")] == [1, 2, 4, 5]


# --- what is not YAML at all ---


@pytest.mark.parametrize(
    ("text", "line", "advice"),
    [
        ("a: 1\nb: she said: no", 2, "quotation marks around"),
        ("a: 1\nb:\n\t- c", 3, "spaces, not tabs"),
        ("a: 1\nb: @home", 2, "quotation marks around a text that starts with a symbol"),
        ('a: 1\nb: "x" y', 2, "indentation and the quotation marks"),
        ("- a\nb: c", 2, "indentation"),
        ("a: 1\n--- \nb: 2", 2, "indentation"),
    ],
)
def test_a_slip_of_form_is_said_with_its_line_and_what_to_do(text: str, line: int, advice: str) -> None:
    found, say = one_fault(text)
    assert found == line
    assert "not readable as YAML" in say and advice in say


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n"])
def test_an_empty_file_is_said(text: str) -> None:
    line, say = one_fault(text)
    assert line == 1
    assert "empty" in say


@pytest.mark.parametrize("text", ["a: \x00", "a: \x07", "a: \ud800"])
def test_a_character_that_no_text_holds_is_said(text: str) -> None:
    assert "UTF-8" in one_fault(text)[1]


def test_a_file_that_is_not_utf_8_is_said_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "latin.yml"
    path.write_bytes("title: Café".encode("latin-1"))
    with pytest.raises(ContentError, match=r"latin\.yml:0: .*not UTF-8.*Save it again"):
        open_text(path)


def test_a_missing_file_and_a_folder_in_its_place_are_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"gone\.yml:0: .*missing"):
        open_text(tmp_path / "gone.yml")
    (tmp_path / "folder.yml").mkdir()
    with pytest.raises(ContentError, match=r"folder\.yml:0: .*can't be read"):
        open_text(tmp_path / "folder.yml")


# --- no text ends the process ---

NESTED = "\n".join(
    [
        "import sys",
        "if sys.argv[1] == 'without libyaml': sys.modules['yaml.cyaml'] = None",
        "from course import yaml12",
        "from course.errors import ContentError",
        "for text in ['[' * 10_000, '{a: ' * 10_000, '- ' * 10_000, '? ' * 10_000, '[' * 10_000 + ']' * 10_000]:",
        "    try: yaml12.compose(text, 'deep.yml')",
        "    except ContentError as error: print(error)",
    ]
)


@pytest.mark.parametrize("parser", ["with libyaml", "without libyaml"])
def test_deep_nesting_is_said_and_does_not_end_the_process(parser: str) -> None:
    done = subprocess.run([sys.executable, "-c", NESTED, parser], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-500:]
    said = done.stdout.splitlines()
    assert len(said) == 5
    assert all(line.startswith("deep.yml:1: ") and "nested" in line for line in said)


WITHOUT_LIBYAML = "\n".join(
    [
        "import json, sys, pathlib",
        "sys.modules['yaml.cyaml'] = None",
        "from course import yaml12",
        "for path in map(pathlib.Path, sys.argv[1:]):",
        "    print(json.dumps(yaml12.construct(yaml12.compose(path.read_text('utf-8'), path.name), path.name)))",
    ]
)


def test_without_libyaml_the_files_read_the_same() -> None:
    paths = sorted(TOY_COURSE.rglob("*.yml"))
    command = [sys.executable, "-c", WITHOUT_LIBYAML, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert [json.loads(line) for line in done.stdout.splitlines()] == [read(open_text(path)) for path in paths]


def test_as_much_nesting_as_is_allowed_is_read() -> None:
    value = read("[" * (yaml12.DEEPEST - 1) + "x" + "]" * (yaml12.DEEPEST - 1))
    for _ in range(yaml12.DEEPEST - 1):
        (value,) = value
    assert value == "x"
    assert "nested" in one_fault("[" * yaml12.DEEPEST + "x" + "]" * yaml12.DEEPEST)[1]


def test_many_things_beside_each_other_are_not_nested() -> None:
    assert len(read("- {a: [b]}\n" * 500)) == 500


@settings(deadline=None)
@given(st.one_of(st.text(st.characters(), max_size=80), st.lists(st.sampled_from(YAML_BITS), max_size=30).map("".join)))
@example("!!int abc")
@example("!!map x")
@example("a: " + "9" * 5000)
@example("\ud800")
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        read(text)
    except ContentError as error:
        assert error.faults
        assert all(f.file == "toy.yml" and 1 <= f.line <= len(text) + 2 for f in error.faults)


# --- the line of a place ---


def test_a_path_leads_to_its_line_or_to_the_last_place_on_the_way() -> None:
    node = yaml12.compose("- id: a\n  options:\n    - text: x\n      mark: best\n- id: b\n", "toy.yml")
    assert yaml12.line_of(node, []) == 1
    assert yaml12.line_of(node, [0, "options", 0, "mark"]) == 4
    assert yaml12.line_of(node, [1, "id"]) == 5
    assert yaml12.line_of(node, [0, "options", 0, "feedback"]) == 3
    assert yaml12.line_of(node, [0, "options", 7, "mark"]) == 2
    assert yaml12.line_of(node, [9]) == 1
