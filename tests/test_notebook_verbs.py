"""The verbs of a lesson's cells, each in a process as fresh as a kernel, on the toy course."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.journal import Journal
from tests.conftest import ROOT, TOY_COURSE

PICK_ONE = """Pick one

Facebook, request from Robin Roe:
  Add me!

The rule: At Toy Practice, we say no kindly.

What do you do?

Choose one:
  a) Say no kindly
  b) Wait a day
  c) Say nothing
  d) Accept and chat"""

START = (
    "1. First lesson: 0 of 3 answered, about 2 minutes left\n2. Second lesson: 0 of 2 answered, about 2 minutes left"
)

ANSWER = """
def answer(widget, activity, answer, key):
    widget.send = replies.append
    message = {"do": "submit", "activity": activity, "key": key, "answer": answer, "seconds": 1}
    widget._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
replies = []
"""


def cell(source: str, **settings: str) -> str:
    """What a cell prints in a fresh process. It may not write to standard error."""
    environment = {**os.environ, "COURSE_DATA": str(TOY_COURSE), **settings}
    call = [sys.executable, "-W", "error", "-c", source]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, env=environment, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.removesuffix("\n")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("from course import activity; print(activity('pick-one'))", PICK_ONE),
        ("from course import progress; print(progress('first'))", "Part 1 of 2: 0 of 3 answered"),
        ("from course import welcome; print(welcome())", START),
        ("from course import activities; print(activities('first'))", "First lesson\n\n\nPick one\n"),
        ("import course.tally; from course import progress; print(progress('second'))", "Part 2 of 2: 0 of 2"),
        ("import course; print(course.activity('pick-one'))", PICK_ONE),
        ("from course import *; print(repr(progress('first')))", "Part 1 of 2: 0 of 3 answered"),
    ],
)
def test_each_verb_works_alone_in_a_fresh_process(source: str, shown: str) -> None:
    assert cell(source).startswith(shown)


def test_a_cell_shows_the_same_words_at_every_run() -> None:
    source = "from course import activity; print(repr(activity('put-in-order')))"
    first = cell(source)
    assert "Put these in order:" in first
    assert cell(source, PYTHONHASHSEED="1") == cell(source, PYTHONHASHSEED="2") == first


def test_all_verbs_together_come_from_one_line() -> None:
    shown = cell(
        "from course import activities, activity, progress, welcome\n"
        "print([type(w).__name__ for w in (activities('first'), activity('pick-one'), progress('first'), welcome())])"
    )
    assert shown == "['ActivitiesWidget', 'ActivitiesWidget', 'ProgressWidget', 'WelcomeWidget']"


def test_an_unknown_activity_says_so_in_its_cell_and_the_others_go_on() -> None:
    shown = cell(
        "from course import activity\n"
        "sorry = activity('pick-noen')\n"
        "print(repr(sorry)); print(sorry._repr_mimebundle_()['text/plain'] == repr(sorry)); print(activity('pick-one'))"
    )
    sentence, same, rest = shown.split("\n", 2)
    assert "no activity called 'pick-noen'" in sentence and "typing mistake" in sentence
    assert (same, rest) == ("True", PICK_ONE)


@pytest.mark.parametrize("verb", ["progress", "activities"])
def test_an_unknown_lesson_says_so_in_its_cell(verb: str) -> None:
    sentence = cell(f"from course import {verb}; print({verb}('frist'))")
    assert "no lesson called 'frist'" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("verb", ["activity('pick-one')", "progress('first')", "welcome()", "activities('first')"])
def test_a_journal_that_can_not_be_used_says_so_in_the_cell(verb: str, tmp_path: Path) -> None:
    sentence = cell(f"from course import *; print({verb})", COURSE_JOURNAL=f"sqlite:///{tmp_path}")
    assert "COURSE_JOURNAL names a folder. Name a file in it" in sentence
    assert "\n" not in sentence


def test_a_file_with_a_fault_says_so_and_the_other_lessons_go_on(tmp_path: Path) -> None:
    for file in TOY_COURSE.rglob("*.yml"):
        copy = tmp_path / file.relative_to(TOY_COURSE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(file.read_text() + ("\n- kind: [" if file.stem == "second" else ""))
    source = "from course import activity; print(activity('{}'))"
    assert cell(source.format("pick-one"), COURSE_DATA=str(tmp_path)) == PICK_ONE
    assert cell(source.format("put-in-order"), COURSE_DATA=str(tmp_path)).startswith("second.yml:")


def test_an_answer_moves_the_lessons_progress_and_is_there_in_the_next_kernel() -> None:
    moved = cell(
        ANSWER + "from course import activity, progress\n"
        "bar = progress('first')\n"
        "answer(activity('pick-one'), 'pick-one', ['d'], 'k1')\n"
        "print(bar.view['words'], replies)"
    )
    assert moved == "Part 1 of 2: 1 of 3 answered, about 1 minute left. [{'key': 'k1'}]"
    again = cell(
        "from course import activity, progress\n"
        "print(activity('pick-one').shown['pick-one']['answer'], progress('first'), '\\n', activity('pick-one'))"
    )
    assert again.startswith("['d'] Part 1 of 2: 1 of 3 answered")
    assert again.endswith(PICK_ONE)


def test_a_named_learner_answers_under_that_name_and_keeps_the_seat() -> None:
    journal = Journal(os.environ["COURSE_JOURNAL"])
    here = journal.current_learner()
    source = (
        ANSWER + "from course import activity, welcome\n"
        "page = welcome(); page.send = replies.append\n"
        "answer(activity('pick-one'), 'pick-one', ['a'], 'k1')\n"
        "leave = {'do': 'leave', 'key': 'k2'}\n"
        "page._handle_msg({'content': {'data': {'method': 'custom', 'content': leave}}, 'buffers': []})\n"
        "answer(activity('pick-one'), 'pick-one', ['b'], 'k3')\n"
    )
    cell(source, COURSE_LEARNER="employee-7")
    assert [attempt.answer for attempt in journal.attempts("employee-7")] == [["a"], ["b"]]
    assert journal.current_learner() == here
    assert journal.attempts(here.id) == []


def test_whoever_only_imports_the_course_loads_no_widgets() -> None:
    heavy = "{'anywidget', 'sqlalchemy', 'yaml', 'pandas', 'jupyterlab'}"
    assert cell(f"import sys, course; print({heavy} & set(sys.modules))") == "set()"


def test_a_lesson_loads_nothing_heavy() -> None:
    heavy = "{'pandas', 'numpy', 'matplotlib', 'sklearn', 'pydantic', 'jupyterlab', 'jsonschema'}"
    source = f"import sys; from course import activity; activity('pick-one'); print({heavy} & set(sys.modules))"
    assert cell(source) == "set()"


def test_a_verb_that_does_not_exist_is_an_ordinary_mistake() -> None:
    with pytest.raises(ImportError, match="quiz"):
        from course import quiz  # noqa: F401
