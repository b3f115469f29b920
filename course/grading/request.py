"""Kind ``request``: one of five actions on a request to connect. An answer is a list of one letter.

The actions are judged by the practice's line before they come here, so that they are graded as any choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from course.grading import Submission, choice
from course.model import Answer, Choice, Connection, Verdict


def body(activity: Connection) -> dict[str, Any]:
    return choice.body(_as_choice(activity))


def words(activity: Connection) -> str:
    return choice.words(_as_choice(activity))


def parse(activity: Connection, raw: Answer) -> Submission | None:
    return choice.parse(_as_choice(activity), raw)


def grade(activity: Connection, answer: Answer) -> Verdict:
    return choice.grade(_as_choice(activity), answer)


def key(activity: Connection) -> Answer:
    return choice.key(_as_choice(activity))


def mistakes(activity: Connection) -> Iterator[Answer]:
    return choice.mistakes(_as_choice(activity))


def chance(activity: Connection) -> float:
    """The mean of the points over the actions."""
    return choice.chance(_as_choice(activity))


def thinking(activity: Connection) -> float:
    """Ten seconds: the five actions are the same each time."""
    return 10


def _as_choice(activity: Connection) -> Choice:
    shared = {name: getattr(activity, name) for name in Choice.__struct_fields__ if name != "several"}
    return Choice(**shared)
