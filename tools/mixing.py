"""Makes further messages for training out of written ones: sentences left out, and sentences of another put in.

What a message reveals, offers or explains stands in some sentence of it, so that the labels of a mixture follow from
its marks. Where they do not follow, the label is left open and teaches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tools.labelled import Message

SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+(?=\s|$)|[.!?]|$)*\S*\s*")
KEPT, ADDED, MOVED = 0.8, 0.5, 0.3
"""How often a sentence stays, one of another message comes in, and the order changes."""


def sentences(message: Message) -> list[Message]:
    """A message's sentences, each with the marks that stand in it."""
    found = []
    for part in SENTENCE.finditer(message.text):
        text = part.group().rstrip()
        begin, end = part.start(), part.start() + len(text)
        spans = tuple(
            (mark, max(first, begin) - begin, min(last, end) - begin)
            for mark, first, last in message.spans
            if first < end and begin < last
        )
        found.append(Message(text, message.prompt, message.labels, spans))
    return found


def mix(message: Message, other: Message, random: Any) -> Message:
    """A message less some of its sentences, and at times with one of another message's."""
    parts = [part for part in sentences(message) if random.random() < KEPT] or sentences(message)[:1]
    guest = random.choice(sentences(other)) if random.random() < ADDED else None
    if guest and _fits(guest):
        parts.insert(random.randrange(len(parts) + 1), guest)
    else:
        guest = None
    if random.random() < MOVED:
        random.shuffle(parts)
    text, spans = "", []
    for part in parts:
        text += " " if text else ""
        spans += [(mark, first + len(text), last + len(text)) for mark, first, last in part.spans]
        text += part.text
    labels = _labels({mark for mark, _, _ in spans}, [message, *([guest] if guest else [])])
    return replace(message, text=text, labels=labels, spans=tuple(spans))


def _fits(guest: Message) -> bool:
    """Whether a sentence means the same under another post: it reveals, offers or thanks in itself."""
    marks = {mark for mark, _, _ in guest.spans}
    return "safe" not in guest.labels or bool(marks & set("xow"))


def _labels(marks: set[str], sources: Sequence[Message]) -> dict[str, Any]:
    """What a mixture does, by the marks in it; None where they do not tell."""

    def tone(name: str) -> bool | None:
        if "c" in marks:
            return False
        warm = all(source.labels[name] for source in sources) and ("w" in marks or name == "civil")
        return True if warm else None

    if "safe" in sources[0].labels:
        return {"safe": "x" not in marks, "offline": "o" in marks, "civil": tone("civil")}
    return {
        "declines": None if ("d" in marks) == ("a" in marks) else "d" in marks,
        "gracious": tone("gracious"),
        "explains": "e" in marks,
        "redirects": "r" in marks,
        "confidential": "x" not in marks,
    }
