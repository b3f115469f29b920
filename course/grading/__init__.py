"""An activity and an answer to a verdict: pure functions, one module a kind.

A kind's module offers what ``Kind`` lists. It is found by the kind's name, so that a new kind needs
no entry in a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol, cast

from msgspec import Struct

from course.errors import AnswerError
from course.model import Activity, Answer, Connection, Feedback, Verdict, View

LARGEST_ANSWER = 20_000
"""Characters of JSON above which an answer is refused."""


class Submission(Struct, frozen=True):
    """A well-formed answer; free text stands apart, so that it can be kept apart and erased."""

    answer: Answer
    text: str | None = None


class Kind(Protocol):
    """What the module of each kind offers."""

    def body(self, activity: Any) -> dict[str, Any]:
        """What its ES module draws before an answer: no mark, no feedback, no key."""

    def words(self, activity: Any) -> str:
        """The public part as text, for a page on which no widget can be shown."""

    def parse(self, activity: Any, raw: Answer) -> Submission | None:
        """A well-formed answer, None for a blank one. Raises AnswerError for anything else."""

    def grade(self, activity: Any, answer: Answer) -> Verdict:
        """The verdict on a well-formed answer."""

    def key(self, activity: Any) -> Answer:
        """The best answer."""

    def mistakes(self, activity: Any) -> Iterator[Answer]:
        """One answer for each thing that can be got wrong."""

    def chance(self, activity: Any) -> float:
        """The expected points of somebody who answers at random."""

    def thinking(self, activity: Any) -> float:
        """Seconds to decide and to answer, beyond the time to read."""


WORDS_A_MINUTE = 238
"""Reading speed from which lengths are computed: adults who read non-fiction in silence, on average over 190 studies
(Brysbaert 2019, Journal of Memory and Language 109)."""


def reading(text: str) -> float:
    """Seconds to read a text."""
    return 60 * len(text.split()) / WORDS_A_MINUTE


def seconds(activity: Activity) -> float:
    """How long an activity takes: to read it, to decide, and to read what is said of one answer."""
    kind = kind_of(activity)
    said = kind.grade(activity, kind.key(activity)).notes
    feedback = " ".join(text for note in said for text in _sentences(note.say))
    return seconds_to_answer(activity) + reading(feedback)


def seconds_to_answer(activity: Activity) -> float:
    """How long it takes to read an activity and to decide."""
    return reading(words(activity)) + kind_of(activity).thinking(activity)


def _sentences(say: Feedback | str) -> list[str]:
    return [say] if isinstance(say, str) else [say.happens, say.why, say.do]


def kind_name(activity: Activity) -> str:
    """The name of an activity's kind, as authors write it."""
    return cast(str, activity.__struct_config__.tag)


def kind_of(activity: Activity) -> Kind:
    """The module that grades this kind of activity."""
    return cast(Kind, import_module(f"{__name__}.{kind_name(activity)}"))


def view(activity: Activity, elsewhere: bool = False, echo: str = "") -> View:
    """The public part of an activity.

    ``elsewhere`` says that its rule is not the practice's own, ``echo`` what an earlier answer led to.
    """
    request = activity if isinstance(activity, Connection) else None
    return View(
        id=activity.id,
        variant=activity.variant,
        kind=kind_name(activity),
        title=activity.title,
        stem=activity.stem,
        rule=activity.rule,
        scene=activity.scene,
        body=kind_of(activity).body(activity),
        elsewhere=elsewhere,
        drafts=hasattr(kind_of(activity), "look"),
        day=(request and request.day) or "",
        after=(request and request.after) or "",
        echo=echo,
    )


def words(activity: Activity) -> str:
    """The public part of an activity as plain text, the same at every call."""
    parts = [activity.title]
    if scene := activity.scene:
        parts.append(f"{scene.network}, {scene.shape} from {scene.who}:\n  {scene.text}")
    if activity.rule:
        parts.append(f"The rule: {activity.rule}")
    parts.append(activity.stem)
    parts.append(kind_of(activity).words(activity))
    return "\n\n".join(part.strip() for part in parts)


def parse(activity: Activity, raw: Answer) -> Submission | None:
    """A well-formed answer to this activity, None for a blank one.

    Raises AnswerError where the shape, the type or the size does not fit.
    """
    if raw is None or raw in ("", [], {}):
        return None
    if _is_too_long(raw):
        raise AnswerError("This answer is too long to be kept. Shorten it and send it again.")
    return kind_of(activity).parse(activity, raw)


def look(activity: Activity, raw: Answer) -> Verdict | None:
    """What is said of an answer that is not to be recorded; None for a blank one.

    A kind that helps with a draft (``compose``) has a ``look`` of its own. Raises AnswerError as ``parse`` does.
    """
    kind = kind_of(activity)
    if own := getattr(kind, "look", None):
        return cast(Verdict, own(activity, raw))
    submission = parse(activity, raw)
    return kind.grade(activity, submission.answer) if submission else None


def _is_too_long(raw: Answer) -> bool:
    try:
        return len(repr(raw)) > LARGEST_ANSWER
    except RecursionError:  # lists within lists, without end
        return True


def letter(position: int) -> str:
    """The letter by which an option, card or step is known: a for the first one."""
    return "abcdefghijklmnopqrstuvwxyz"[position]


def position(of: str) -> int:
    """The position that a letter stands for."""
    return ord(of) - ord("a")
