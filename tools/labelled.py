"""Reads the coach's labelled messages: one a line, with marks such as ``[x:your file]`` on the telling words.

    decline:       profession|network|flags|text          flags D declines, G gracious, H hard, or -
    public-reply:  profession|flags|prompt|text           flags C civil, H hard, or -

The other labels follow from the marks: e explains, r redirects, o offers privacy, x reveals. Messages of the shape
of ``course coach`` (YAML or JSON lines, each with text, prompt and labels) are read, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

MARK = re.compile(r"\[([daerxwco]):([^\[\]]*)\]")


@dataclass(frozen=True)
class Message:
    """A message, the post that it answers, what it does, and where its telling words stand."""

    text: str
    prompt: str
    labels: dict[str, bool]
    spans: tuple[tuple[str, int, int], ...] = ()


def read(path: Path) -> list[Message]:
    """The messages of one file, whose name begins with its task. Raises ValueError with the line of a faulty one."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".txt":
        entries = yaml.safe_load(text)
        return [Message(e["text"].strip(), e.get("prompt", "").strip(), e["labels"]) for e in entries]
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found.append(_message(line))
        except ValueError as error:
            raise ValueError(f"{path}:{number}: {error}") from None
    return found


def _message(line: str) -> Message:
    _, second, third, marked = line.split("|")
    text, spans = _strip(marked)
    marks = {mark for mark, _, _ in spans}
    if re.fullmatch(r"[CH]+|-", second):
        labels = {"safe": "x" not in marks, "offline": "o" in marks, "civil": "C" in second}
        return Message(text, third, labels, spans)
    labels = {
        "declines": "D" in third,
        "gracious": "G" in third,
        "explains": "e" in marks,
        "redirects": "r" in marks,
        "confidential": "x" not in marks,
    }
    return Message(text, "", labels, spans)


def _strip(marked: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    text, spans, after = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[after : mark.start()]
        spans.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        after = mark.end()
    return text + marked[after:], tuple(spans)
