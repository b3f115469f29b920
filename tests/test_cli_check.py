"""``course check`` for people and for programs: warnings, JSON, and the day against which sources are held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from course.cli import main
from tests.toy import FIRST, SECOND, Toy

Printed = pytest.CaptureFixture[str]
EARLY, LATE = "2030-01-01", "2030-01-02"
"""The day by which the toy course's two sources are to be looked at again, and the next one."""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The course that the command finds."""
    toy = Toy(tmp_path / "a course")
    monkeypatch.setenv("COURSE_DATA", str(toy.data))
    return toy


def checked(printed: Printed, *options: str) -> tuple[int, list[str]]:
    """The exit status and the lines that ``course check`` prints; nothing goes to standard error."""
    status = main(["check", *options])
    out, err = printed.readouterr()
    assert err == ""
    return status, out.splitlines()


def as_json(printed: Printed, *options: str) -> tuple[int, Any]:
    """The exit status and what ``course check --json`` prints."""
    status, lines = checked(printed, "--json", *options)
    return status, json.loads("\n".join(lines))


# --- for people ---


def test_a_warning_is_marked_as_one_and_does_not_fail_the_check(toy: Toy, capsys: Printed) -> None:
    toy.change(FIRST, "text: Wait a day", "text: Utilize a day")
    assert checked(capsys, "--as-of", EARLY) == (
        0,
        [
            "first.yml:1: 'utilize' is on the list of words to avoid (style.yml). Write: use. (warning)",
            "0 faults and 1 warning in 6 activities.",
        ],
    )


def test_warnings_come_before_faults_each_on_one_line(toy: Toy, capsys: Printed) -> None:
    toy.change(SECOND, "claims: [L2]", "claims: [L8]")
    status, lines = checked(capsys, "--as-of", LATE)
    assert status == 1
    assert [line.split(": ")[0] for line in lines[:-1]] == ["sources.yml:1", "sources.yml:2", "second.yml:7"]
    assert [line.endswith(" (warning)") for line in lines] == [True, True, False, False]
    assert lines[-1] == "1 fault and 2 warnings in 6 activities."


# --- the day ---


def test_sources_are_held_against_the_day_that_is_named(toy: Toy, capsys: Printed) -> None:
    assert checked(capsys, "--as-of", EARLY) == (0, ["0 faults and 0 warnings in 6 activities."])
    status, lines = checked(capsys, "--as-of", LATE)
    assert status == 0
    assert lines[0].startswith("sources.yml:1: 'A1' was to be looked at again by 2030-01-01. Read it, ")
    assert lines[2:] == ["0 faults and 2 warnings in 6 activities."]


def test_without_a_day_sources_are_held_against_today(toy: Toy, capsys: Printed) -> None:
    toy.change("data/sources.yml", "own text, review: 2030-01-01", "own text, review: 2001-01-01")
    toy.change("data/sources.yml", "judgement, review: 2030-01-01", "judgement, review: 9999-12-31")
    status, lines = checked(capsys)
    assert status == 0
    assert [line.split(" was to be ")[0] for line in lines[:-1]] == ["sources.yml:1: 'A1'"]


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "31.3.2026", ""])
def test_a_day_that_is_none_is_a_wrong_call(toy: Toy, capsys: Printed, day: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["check", "--as-of", day])
    out, err = capsys.readouterr()
    assert (stopped.value.code, out) == (2, "")
    assert f"'{day}' is no day. Write it like 2026-03-31." in err


# --- for programs ---


def test_the_json_of_a_good_course_says_what_covers_what(toy: Toy, capsys: Printed) -> None:
    assert as_json(capsys, "--as-of", EARLY) == (
        0,
        {
            "faults": [],
            "warnings": [],
            "activities": 6,
            "claims": {
                "L1": {"taught": 1, "assessed": 1, "context": True},
                "L2": {"taught": 4, "assessed": 3, "context": False},
                "C1": {"taught": 2, "assessed": 2, "context": False},
            },
            "scenarios": {"S1": 1},
        },
    )


def test_the_json_can_be_read_by_people_too(toy: Toy, capsys: Printed) -> None:
    toy.change("data/scenarios.yml", "S1:", '"Straße":')
    _, lines = checked(capsys, "--json")
    assert '    "Straße": 0' in lines


def test_the_json_of_a_faulty_course_says_the_same_as_the_lines(toy: Toy, capsys: Printed) -> None:
    toy.change(SECOND, "claims: [L2]", "claims: [L8]")
    toy.change(FIRST, "text: Accept and chat", "text: None of the above")
    status, lines = checked(capsys, "--as-of", LATE)
    assert (status, len(lines)) == (1, 5)
    status, found = as_json(capsys, "--as-of", LATE)
    said = [f"{fault['file']}:{fault['line']}: {fault['say']}" for fault in found["faults"]]
    warned = [f"{warning['file']}:{warning['line']}: {warning['say']} (warning)" for warning in found["warnings"]]
    assert status == 1
    assert [*warned, *said] == lines[:-1]
    assert set(found["faults"][0]) == {"file", "line", "say"}


def test_warnings_do_not_fail_the_check_as_json_either(toy: Toy, capsys: Printed) -> None:
    status, found = as_json(capsys, "--as-of", LATE)
    assert (status, found["faults"], len(found["warnings"])) == (0, [], 2)


def test_the_json_of_a_course_that_cannot_be_read_is_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    status, found = as_json(capsys)
    assert (status, found["activities"], found["claims"], found["scenarios"]) == (1, 0, {}, {})
    assert {name: found["faults"][0][name] for name in ("file", "line")} == {"file": "claims.yml", "line": 0}


# --- the same rules where the course is opened ---


def test_a_course_opens_whatever_its_craft_and_is_refused_for_what_breaks_it_alone(toy: Toy, capsys: Printed) -> None:
    toy.change(FIRST, "text: Accept and chat", "text: None of the above")
    toy.change("data/claims.yml", "L1:", "L9: {says: Nobody teaches it.}\nL1:")
    toy.change(SECOND, "objective: part", "objective: leave")
    _, (*lines, _) = checked(capsys, "--as-of", EARLY)
    assert len(lines) == 4
    assert main(["start", "--no-browser"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[:-1] == [line for line in lines if line.startswith("second.yml:4: 'leave' is not")]
