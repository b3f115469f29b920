"""``course coach`` and the phrase book's handout, as somebody types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course import coach
from tests.conftest import ROOT, TOY_COURSE
from tests.test_paper import streams
from tests.writing import COLD, KIND_NO

every_task = pytest.mark.parametrize("task", list(coach.CRITERIA))


def course(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command, around = [sys.executable, "-m", "course", *arguments], {"COURSE_DATA": str(TOY_COURSE), **environment}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **around}, input=given, capture_output=True, timeout=60)


def judged(task: str, *messages: dict[str, Any], **environment: str) -> list[dict[str, Any]]:
    """What is said of messages that are all well-formed."""
    given = "\n".join(json.dumps(message, ensure_ascii=False) for message in messages)
    done = course("coach", task, given=given.encode(), **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


@every_task
def test_each_message_gets_a_yes_or_no_for_each_label(task: str) -> None:
    for n, line in enumerate(judged(task, *({"id": n, "text": text} for n, text in enumerate((KIND_NO, COLD))))):
        assert set(line) == {"id", "labels"} and line["id"] == n
        assert set(line["labels"]) == set(coach.CRITERIA[task]) and len(line["labels"]) in (3, 5)
        assert all(isinstance(met, bool) for met in line["labels"].values())


def test_a_kind_no_is_told_from_a_cold_one() -> None:
    kind, cold = (line["labels"] for line in judged("decline", {"text": KIND_NO}, {"text": COLD}))
    assert all(kind.values()) and cold == {**kind, "gracious": False, "explains": False, "redirects": False}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_an_id_of_any_type_comes_back_in_its_place(encoding: str) -> None:
    ids = [7, -1.5, 10**30, "Жанна 😀\n", "", None, True, ["a", {"b": None}], {"é": [0]}]
    messages = [{"id": given, "text": KIND_NO} for given in ids]
    said = judged("decline", *messages, {"text": KIND_NO}, PYTHONIOENCODING=encoding)  # Windows writes the latter
    assert [repr(line["id"]) for line in said] == list(map(repr, [*ids, None]))


def test_a_prompt_that_is_null_is_none() -> None:
    message = {"id": 0, "text": "Thank you, we are so glad about your new porch!"}
    prompts: tuple[dict[str, Any], ...] = ({}, {"prompt": None}, {"prompt": "My new porch is a dream!"})
    bare, null, held = (line["labels"] for line in judged("public-reply", *({**message, **p} for p in prompts)))
    assert bare == null and set(held) == set(bare)


@every_task
def test_an_empty_text_meets_nothing_and_gives_nothing_away(task: str) -> None:
    for line in judged(task, {"text": ""}, {"text": " \n"}):
        assert [name for name, met in line["labels"].items() if met] == [coach.CRITERIA[task][0]]


FAULTY = [b"not JSON", b"[]", b'"text"', b'{"id": 1}', b'{"text": 5}', b'{"text": "a", "prompt": 5}']
FAULTY += [b'{"text": "\xff"}', b'{"text": "a", "id": ' + b"[" * 99_999]


@pytest.mark.parametrize("faulty", FAULTY, ids=lambda line: repr(line[:30]))
def test_a_faulty_line_is_named_and_the_others_are_judged(faulty: bytes) -> None:
    good = [json.dumps({"id": n, "text": KIND_NO}).encode() for n in range(2)]
    done = course("coach", "decline", given=b"\n".join([good[0], b"", faulty, b"  ", good[1]]))
    assert (done.returncode, [json.loads(line)["id"] for line in done.stdout.splitlines()]) == (1, [0, 1])
    (said,) = done.stderr.decode().splitlines()
    assert said.startswith("line 3: ") and "Write one message as JSON" in said


def test_no_input_gives_no_output() -> None:
    done = course("coach", "decline")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("call", ["coach", "coach praise", "handout nowhere/out.pdf --phrases --from README.md"])
def test_a_wrong_call_is_answered_by_its_usage(call: str) -> None:
    done = course(*call.split())
    assert (done.returncode, done.stdout) == (2, b"") and done.stderr.startswith(b"usage: course ")


def test_the_phrase_book_is_written_as_a_pdf(tmp_path: Path) -> None:
    done = course("handout", str(tmp_path / "book.pdf"), "--phrases")
    assert (done.returncode, done.stderr) == (0, b"") and b"book.pdf" in done.stdout
    whole = streams((tmp_path / "book.pdf").read_bytes())
    assert whole.startswith(b"%PDF") and b"Toy Course: phrase book" in whole
    assert whole.count(b"/H3") == 2  # a heading for each situation
