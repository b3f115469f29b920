"""The author's checker on whole files: missing, unreadable, damaged, and spoilt at random."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.bank import Bank
from tests.conftest import TOY_COURSE
from tests.toy import FIRST, LESSON, START, Toy, assert_said


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: choice\n", "first.yml:1: the file should be a list. Begin every activity with '- kind: ...'."),
        ("", "first.yml:1: the file is empty."),
        ("# only a remark\n", "first.yml:1: the file is empty."),
        ("- kind: choice\n\ttitle: A tab\n", "first.yml:2: this is not readable as YAML: "),
    ],
)
def test_a_file_that_cannot_be_used_is_one_fault_not_one_for_each_cell(toy: Toy, text: str, said: str) -> None:
    toy.write(FIRST, text)
    assert_said(toy.lines(), [said])


@pytest.mark.parametrize("name", ["course.yml", "practice.yml", "claims.yml", "activities/first.yml"])
def test_a_missing_file_is_said(toy: Toy, name: str) -> None:
    toy.remove(f"data/{name}")
    assert_said(toy.lines(), [f"{Path(name).name}:0: the file is missing. Restore it, or"])


def test_a_file_that_is_not_utf_8_is_said(toy: Toy) -> None:
    (toy.data / "claims.yml").write_bytes("L1: {says: Überall}".encode("latin-1"))
    assert_said(toy.lines(), ["claims.yml:0: the file is not UTF-8 text."])


def test_windows_line_ends_and_a_byte_order_mark_are_no_faults(toy: Toy) -> None:
    path = toy.data / "activities" / "first.yml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert toy.lines() == []


def test_a_file_that_no_lesson_names_is_said(toy: Toy) -> None:
    toy.write("data/activities/third.yaml", "- kind: choice\n")
    assert_said(toy.lines(), ["third.yaml:0: no lesson in course.yml has this file's name."])


@pytest.mark.parametrize("file", [LESSON, START])
def test_a_missing_notebook_is_said(toy: Toy, file: str) -> None:
    toy.remove(file)
    assert_said(toy.lines(), [f"{Path(file).name}:0: this notebook is missing."])


NO_SOURCE = {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": []}
DAMAGED = ["", "not JSON", "[]", "null", "{}", '{"cells": 1}', '{"nbformat": 99}']
DAMAGED.append(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [NO_SOURCE]}))


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_notebook_is_said(toy: Toy, text: str) -> None:
    toy.write(LESSON, text)
    assert_said(toy.lines(), ["first.ipynb:0: this is not a readable notebook. Restore it."])


def test_a_faulty_practice_of_ones_own_is_named_in_full(toy: Toy, tmp_path: Path) -> None:
    own = tmp_path / "practice.yml"
    text = (toy.data / "practice.yml").read_text(encoding="utf-8")
    own.write_text(text.replace("profession: law", "profession: bank"), encoding="utf-8")
    assert_said([str(f) for f in toy.faults(own)], [f"{own}:2: 'bank' is not one of: clinic, law."])


def test_a_missing_practice_of_ones_own_is_named_in_full(toy: Toy, tmp_path: Path) -> None:
    assert_said(
        [str(f) for f in toy.faults(tmp_path / "none.yml")], [f"{tmp_path / 'none.yml'}:0: the file is missing."]
    )


FILES = sorted(path.relative_to(TOY_COURSE) for path in TOY_COURSE.rglob("*.yml"))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[Path, str]:
    """One of the toy course's files, with up to three small accidents."""
    file = draw(st.sampled_from(FILES))
    lines = (TOY_COURSE / file).read_text(encoding="utf-8").splitlines()
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["delete", "repeat", "swap", "insert"])):
            case "delete" if len(lines) > 1:
                del lines[n]
            case "repeat":
                lines.insert(n, lines[n])
            case "swap" if len(lines[n]) > 1:
                at = draw(st.integers(0, len(lines[n]) - 2))
                lines[n] = lines[n][:at] + lines[n][at + 1] + lines[n][at] + lines[n][at + 2 :]
            case "insert":
                at = draw(st.integers(0, len(lines[n])))
                odd = draw(
                    st.sampled_from(
                        [":", "- ", "[", "]", "{", '"', "'", "&a ", "*a", "!", "|", "\t", "12", "\x00", "?"]
                    )
                )
                lines[n] = lines[n][:at] + odd + lines[n][at:]
    return file, "\n".join(lines)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("spoilt") / "course")


@settings(max_examples=150, deadline=None)
@given(mutation=mutations())
def test_no_accident_in_a_file_brings_the_checker_down(spoilt: Toy, mutation: tuple[Path, str]) -> None:
    file, text = mutation
    spoilt.write(f"data/{file}", text)
    try:
        faults = spoilt.faults()
        bank = Bank(spoilt.data) if not faults else None
        read = [*bank.all_authored()] if bank else []
    finally:
        spoilt.write(f"data/{file}", (TOY_COURSE / file).read_text(encoding="utf-8"))
    assert faults == sorted(set(faults))
    assert all(fault.say[-1] in ".?" and "\n" not in str(fault) for fault in faults)
    assert all(0 <= fault.line <= text.count("\n") + 2 for fault in faults if fault.file == file.name)
    assert faults or len(read) == 6  # what the checker lets pass can be read
