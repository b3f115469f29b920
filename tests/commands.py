"""What the tests of the command share: calls in this process or in one of their own, and a journal of two people."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from course.cli import main
from course.journal import Journal
from course.model import Learner
from tests.conftest import ROOT
from tests.journals import an_attempt

DANA, BO = Learner("dana", "Dana Vega", "law", "support"), Learner("bo", "=1+1 Bo 🙂", "law", "lawyer")
SECRET = "Wörter of my own 🙂"


class Done(NamedTuple):
    """What a call came to."""

    status: object
    out: str
    err: str


class Command:
    """The command, called in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Done:
        status: object
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            status = stopped.code
        return Done(status, *self._capsys.readouterr())


def in_process(*arguments: str, typed: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "course", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, env=env, input=typed, capture_output=True, timeout=60)


def fill(journal: Journal) -> Journal:
    """Dana and Bo have answered; Dana has written something for herself."""
    for learner in (DANA, BO):
        journal.sit_down(learner.id)
        journal.save_profile(learner)
        journal.append(an_attempt(learner=learner.id, confidence="guess"))
    journal.append(an_attempt(learner="dana", text=SECRET))
    return journal


def assert_one_sentence(done: Done, *said: str) -> None:
    """Nothing but one line on standard error that says what is wrong and what to do; a fault was found."""
    assert (done.status, done.out, done.err.count("\n")) == (1, "", 1), done
    assert all(words in done.err for words in said) and ". " in done.err and done.err.endswith(".\n"), done.err


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))
