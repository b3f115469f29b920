"""The ``course`` command as somebody types it: what it says, where, and its exit status."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course import __version__
from course.bank import Bank
from course.cli import main
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Learner
from tests.conftest import ROOT
from tests.toy import FIRST, SECOND, Toy

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """The course that the command finds."""
    toy = Toy(tmp_path / "a course")
    monkeypatch.setenv("COURSE_DATA", str(toy.data))
    return toy


def course(*arguments: str, **environment: str) -> Done:
    command = [sys.executable, "-m", "course", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def assert_one_sentence(done: Done, said: str) -> None:
    """Nothing but one line on standard error that says what is wrong; a fault was found."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


# --- check ---


def test_check_of_a_good_course_says_so(toy: Toy) -> None:
    done = course("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 faults and 0 warnings in 6 activities.\n", "")


def test_check_of_a_faulty_course_names_one_fault_a_line(toy: Toy) -> None:
    toy.change(FIRST, "mark: best", "mark: bets")
    toy.change(SECOND, "claims: [L2]", "claims: [L9]")
    done = course("check")
    *faults, last = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert len(faults) == 2
    assert all(re.match(r"[\w-]+\.yml:\d+: \S.*\. \S.*\.$", fault) for fault in faults)
    assert [fault.split(": ")[0] for fault in faults] == ["first.yml:15", "second.yml:7"]
    assert last.startswith("2 faults and 0 warnings in ")


def test_check_of_a_damaged_notebook_says_nothing_on_the_side(toy: Toy) -> None:
    toy.change("notebooks/first.ipynb", '"source": [', '"sauce": [')
    done = course("check")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("first.ipynb:0: ")


def test_check_looks_at_a_practice_of_ones_own(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.yml"
    own.write_text("name: Mine\n", encoding="utf-8")
    monkeypatch.setenv("COURSE_PRACTICE", str(own))
    assert main(["check"]) == 1
    assert f"{own}:1: 'phone' is missing." in capsys.readouterr().out


def test_check_of_a_folder_that_is_not_there_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("claims.yml:0: the file is missing.")


# --- status ---


@pytest.fixture
def answered(toy: Toy, journal: Journal) -> Learner:
    """Ana, who has answered two of the toy course's five activities."""
    learner = Learner("learner-ana", "Ana Test", "law", "support")
    journal.sit_down(learner.id)
    journal.save_profile(learner)
    examiner = LocalExaminer(Bank(toy.data), journal, learner)
    assert examiner.submit("pick-one", ["a"], "key-1", 1.0)
    assert examiner.submit("put-in-order", ["a", "b", "c", "d"], "key-2", 1.0)
    return learner


def test_status_says_in_words_how_far_somebody_is(answered: Learner) -> None:
    done = course("status")
    first, *lessons, final, policy = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert first.startswith("Ana Test: 2 of 5 answered, about ")
    assert [" ".join(line.split()[:5]) for line in lessons] == ["First lesson 1 of 3", "Second lesson 1 of 2"]
    assert (final.strip(), policy.strip()) == (
        "Final check: not passed yet",
        "The practice's policy: not confirmed yet",
    )


def test_status_as_json_is_for_programs(answered: Learner) -> None:
    done = course("status", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert found["learner"] == answered.id
    assert [(lesson["lesson"], lesson["done"], lesson["total"]) for lesson in found["lessons"]] == [
        ("first", 1, 3),
        ("second", 1, 2),
    ]


def test_status_of_another_learner(answered: Learner) -> None:
    assert course("status", "--learner", "learner-bo").stdout.startswith("learner-bo: 0 of 5 answered")
    assert course("status", COURSE_LEARNER="learner-bo").stdout.startswith("learner-bo: 0 of 5 answered")


# --- wrong calls ---


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ([], "required: CALL"),
        (["begin"], "invalid choice: 'begin'"),
        (["check", "--fast"], "unrecognized arguments: --fast"),
        (["start", "--port", "http"], "'http' is no port. Write a number from 1 to 65535, such as 8888."),
        (["start", "--port", "0"], "'0' is no port."),
        (["start", "--port", "65536"], "'65536' is no port."),
        (["start", "--port", "-1"], "'-1' is no port."),
        (["start", "--port"], "expected one argument"),
    ],
)
def test_a_wrong_call_is_answered_by_its_usage(call: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(call)
    printed = capsys.readouterr()
    assert (stopped.value.code, printed.out) == (2, "")
    assert printed.err.startswith("usage: course ")
    assert said in printed.err


def test_a_wrong_call_ends_the_process_with_2() -> None:
    assert course("begin").returncode == 2


def test_the_version_can_be_asked_for() -> None:
    assert course("--version").stdout == f"{__version__}\n"


def test_the_readme_names_every_call_of_the_command() -> None:
    help_text = course("--help").stdout
    calls = re.findall(r"^    (\w+) ", help_text, re.MULTILINE)
    assert {"start", "check", "status"} <= set(calls)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [call for call in calls if f"course {call}" not in readme] == []


# --- trouble ---


@pytest.mark.parametrize("call", [["status"], ["start", "--no-browser"]])
def test_trouble_with_the_journal_is_one_sentence(toy: Toy, tmp_path: Path, call: list[str]) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear journal, " * 100, encoding="utf-8")
    assert_one_sentence(course(*call, COURSE_JOURNAL=f"sqlite:///{other}"), "is not a journal.")
    assert other.read_text(encoding="utf-8") == "Dear journal, " * 100


def test_an_address_that_is_no_journal_is_one_sentence(toy: Toy) -> None:
    assert_one_sentence(course("status", COURSE_JOURNAL="my answers"), "does not name a journal that can be opened.")


def test_start_refuses_a_faulty_course_in_the_words_of_check(toy: Toy, tmp_path: Path) -> None:
    toy.change(FIRST, "mark: best", "mark: bets")
    toy.change(FIRST, "claims: [C1]", "claims: [C9]")
    *faults, _ = course("check").stdout.splitlines()
    done = course("start", "--no-browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(faults) == 2
    assert done.stderr.splitlines()[:-1] == faults
    assert done.stderr.endswith("Mend the lines above and try again.\n")
    assert not (tmp_path / "data home").exists()


def test_start_refuses_a_practice_file_that_is_not_there(
    toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_PRACTICE", "set by --practice, and put back afterwards")
    assert main(["start", "--no-browser", "--practice", str(tmp_path / "none.yml")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{tmp_path / 'none.yml'}:0: the file is missing.")


@pytest.mark.parametrize(
    ("call", "unbuffered"),
    [(["check"], ""), (["status", "--json"], ""), (["status", "--json"], "1"), (["--help"], "")],
)
def test_a_reader_that_has_gone_is_no_error(toy: Toy, call: list[str], unbuffered: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # like "| head -1" once it has seen its line
    command = [sys.executable, "-m", "course", *call]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_course_command_is_the_same_as_the_module() -> None:
    script = Path(sys.executable).parent / "course"
    done = subprocess.run([script, "--version"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{__version__}\n"
