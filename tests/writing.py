"""What learners write and mark, on the toy course: a kind no, a reply in public, and a draft that tells too much."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import nbformat

from course.model import Compose, Marking
from tests.answering import TOY
from tests.toy import SECOND, Toy

NO_WAY_ON = "Thank you so much for asking, Robin! I keep this account for my family, so I can't accept it."
KIND_NO = f"{NO_WAY_ON} Please call the office at 555-0100."
COLD = "No. Stop sending me requests here."
LEAK = "I can't accept your request because of your divorce case, and you still owe us the last bill."
THANKS = "Thank you for your kind words. Please call us at any time at 555-0100."


def examples(text: str) -> list[dict[str, str]]:
    return [{"text": text, "why": "KEY-thanks."}, {"text": f"Hello! {text}", "why": "KEY-hello."}]


def pieces(*reveals: bool) -> list[dict[str, Any]]:
    letters = zip("abcdefghijkl", reveals, strict=False)
    return [{"text": f"Piece {i}", "reveals": yes, "feedback": f"KEY-{i}."} for i, yes in letters]


FEEDBACK = {"happens": "KEY-h.", "why": "KEY-w.", "do": "KEY-d."}
COMMON = {"title": "In words", "objective": "part", "level": "easy", "claims": ["L2"], "feedback": FEEDBACK}
POST = {"shape": "review", "network": "Google", "who": "Robin Roe", "text": "They fixed my knee!"}
SAY_NO: dict[str, Any] = {
    "kind": "compose",
    "id": "say-no",
    **COMMON,
    "scene": POST,
    "stem": "How do you say no?",
    "task": "decline",
}
SAY_NO["exemplars"] = examples(KIND_NO)
REPLY = {**SAY_NO, "id": "reply", "task": "public-reply", "exemplars": examples(THANKS)}
DRAFT: dict[str, Any] = {"kind": "mark", "id": "draft", **COMMON, "stem": "What would you take out?"}
DRAFT["pieces"] = pieces(False, True, False, True, False)


def message(authored: dict[str, Any] = SAY_NO, **changes: Any) -> Compose:
    """As the bank gives it: with the coach's words filled in."""
    whole = {"criteria": msgspec.to_builtins(TOY.coaching[authored["task"]]), **authored, **changes}
    return msgspec.convert(whole, Compose)


def draft(*reveals: bool) -> Marking:
    """The draft above, or one of pieces that reveal something or not."""
    return msgspec.convert({**DRAFT, "pieces": pieces(*reveals)} if reveals else DRAFT, Marking)


def add(toy: Toy, *activities: dict[str, Any]) -> int:
    """Puts activities into the second lesson, each field on a line of its own; gives the line of the first."""
    text, path = (toy.folder / SECOND).read_text(encoding="utf-8").rstrip() + "\n", toy.notebooks / "second.ipynb"
    first, notebook = text.count("\n") + 1, nbformat.read(path, 4)
    for activity in activities:
        text += "- " + "\n  ".join(f"{name}: {json.dumps(value)}" for name, value in activity.items()) + "\n"
        source = f'from course import activity\n\nactivity("{activity["id"]}")'
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    toy.write(SECOND, text)  # JSON is YAML
    nbformat.write(notebook, path)
    return first
