"""What the journal's tests share: an attempt to record, and other processes that use the same journal.

Run as a program it is such a process: ``python -m tests.journals write URL`` or ``... stranger URL``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from course.errors import JournalError
from course.journal import Journal, utc_now, uuid7
from course.model import Attempt, Outcome


def an_attempt(**changes: Any) -> Attempt:
    fields = {
        "attempt": uuid7(),
        "key": uuid7(),
        "learner": "learner-1",
        "activity": "pick-one",
        "variant": "everyone",
        "content": "c" * 64,
        "course": "0.1.0",
        "practice": "d" * 64,
        "answer": ["a"],
        "outcome": Outcome.WRONG,
        "points": 0.0,
        "at": utc_now(),
        "seconds": 1.5,
        "assurance": "self-attested",
    }
    return Attempt(**{**fields, **changes})


def said(call: Callable[[], Any]) -> str:
    """The sentence with which the journal refuses a call. It says what is wrong, then what to do."""
    try:
        call()
    except JournalError as error:
        sentence = str(error)
    else:
        raise AssertionError("The journal had nothing to say.")
    assert ". " in sentence and "\n" not in sentence, sentence
    return sentence


@contextmanager
def writers(url: str, count: int, *, each: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that open the journal at the same moment, then print the id of each attempt they recorded.

    Each writes ``each`` attempts. Whichever still run at the end are killed.
    """
    call = [sys.executable, "-m", "tests.journals", "write", url, str(each)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = [subprocess.Popen(call, text=True, **pipes) for _ in range(count)]
    try:
        for process in started:
            assert read_line(process) == "ready"
        for process in started:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().removesuffix("\n")


def said_to_a_stranger(url: str) -> str:
    """What a process without any rights of its own is told when it opens the journal and writes."""
    call = [sys.executable, "-m", "tests.journals", "stranger", url]
    done = subprocess.run(call, capture_output=True, text=True, timeout=30)
    assert not done.stderr, done.stderr
    return done.stdout.strip()


def _write(url: str, count: int) -> None:
    print("ready", flush=True)
    sys.stdin.readline()
    journal = Journal(url)
    for _ in range(count):
        attempt = journal.append(an_attempt(text="a few words " * 100), authored='"what was asked"')
        print(attempt.attempt, flush=True)


def _write_as_stranger(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Journal(f"sqlite:///{folder}/journal.sqlite").append(an_attempt())  # loads what a stranger may not read
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        Journal(url).append(an_attempt())
    except JournalError as error:
        print(error)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", url, count]:
            _write(url, int(count))
        case ["stranger", url]:
            _write_as_stranger(url)
