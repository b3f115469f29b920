"""Item-writing flaws: what lets a test-wise learner answer without knowing, or trips one who does know.

The rules follow Haladyna, Downing and Rodriguez, "A review of multiple-choice item-writing guidelines"
(Applied Measurement in Education 15, 2002), as far as a program can see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from course.checks.files import Authored, Place
from course.errors import Fault
from course.grading import letter
from course.model import Choice, Mark

ABSOLUTE = re.compile(r"\b(always|never|absolutely|under no circumstances)\b", re.IGNORECASE)
OF_THE_ABOVE = re.compile(r"\b(all|none|both|neither) of the (above|below|others|other options)\b", re.IGNORECASE)
NEGATIVE = re.compile(
    r"\b(?:[Ww]hich|[Ww]hat|(?:^|[.?!:]\s+)Who)\b(?:(?!\b(?:who|that|if|when|because)\b)[^.?!:])*"
    r"\b(?:not|never|except|least)\b[^.?!:]*\?"
)
"""A question for what is not so. A "not" in a clause of its own ("a client who did not pay") is none."""

LONG_WORD = re.compile(r"[a-z]{5,}")

SLACK = 1
"""How far the longest options of a lesson may be the best ones beyond chance."""

PLACE_SLACK = 2
"""How far the best options of a lesson may stand in one place beyond chance."""

CLUE_WORDS = 3
"""Longer words of the stem in the best option alone that give it away."""

SAME_START = 4
"""Words with which all options begin that belong into the stem."""


def item_faults(authored: Authored) -> Iterator[Fault]:
    """Every flaw of every choice, and of the choices of each file together."""
    for _, pairs in authored.files:
        single = []
        for activity, place in pairs:
            if isinstance(activity, Choice):
                yield from _stem_faults(activity, place)
                yield from _option_faults(activity, place)
                if not activity.several and _best(activity) is not None:
                    single.append((activity, place))
                    yield from _clue_faults(activity, place)
        yield from _length_faults(single)
        yield from _place_faults(single)


def _stem_faults(activity: Choice, place: Place) -> Iterator[Fault]:
    if NEGATIVE.search(activity.stem):
        yield place.fault("the stem asks what is not so. Turn it round, or write the word in capitals: NOT.", "stem")


def _option_faults(activity: Choice, place: Place) -> Iterator[Fault]:
    texts = [option.text for option in activity.options]
    for n, text in enumerate(texts):
        if OF_THE_ABOVE.search(text):
            say = "this option speaks of the other options. Write what somebody would do instead."
            yield place.fault(say, "options", n, "text")
        for m, other in enumerate(texts[:n]):
            if text != other and (_holds(text, other) or _holds(other, text)):
                say = f"options {letter(m)} and {letter(n)} overlap: one holds the other's words. Reword one of them."
                yield place.fault(say, "options", n, "text")
    start = _common_start([text.split() for text in texts])
    if len(start) >= SAME_START:
        say = f"every option begins with '{' '.join(start)}'. Move these words into the stem."
        yield place.fault(say, "options")


def _clue_faults(activity: Choice, place: Place) -> Iterator[Fault]:
    best = _best(activity)
    assert best is not None
    wrong = [option.text for n, option in enumerate(activity.options) if n != best]
    if any(ABSOLUTE.search(text) for text in wrong) and not ABSOLUTE.search(activity.options[best].text):
        n = next(n for n, o in enumerate(activity.options) if n != best and ABSOLUTE.search(o.text))
        found = ABSOLUTE.search(activity.options[n].text)
        word = found.group() if found else ""
        say = f"'{word}' stands in wrong options only, which tells the guesser. Reword it."
        yield place.fault(say, "options", n, "text")
    stem = set(LONG_WORD.findall(activity.stem.lower()))
    shared = set(LONG_WORD.findall(activity.options[best].text.lower())) & stem
    alone = sorted(word for word in shared if not any(word in text.lower() for text in wrong))
    if len(alone) >= CLUE_WORDS:
        say = f"the best option alone repeats the stem's words ({', '.join(alone)}). Reword one of the two."
        yield place.fault(say, "options", best, "text")


def _length_faults(single: Sequence[tuple[Choice, Place]]) -> Iterator[Fault]:
    """The best option is the longest one more often than chance, over a file."""
    longest = [(a, p) for a, p in single if _is_longest(a)]
    chance = sum(1 / len(activity.options) for activity, _ in single)
    if longest and len(longest) - chance > SLACK:
        ids = ", ".join(dict.fromkeys(activity.id for activity, _ in longest))
        say = (
            f"the best option is the longest in {len(longest)} of {len(single)} choices of this file, where chance "
            f"gives {chance:.1f}. Shorten it, or lengthen another, in some of: {ids}."
        )
        yield longest[0][1].fault(say)


def _place_faults(single: Sequence[tuple[Choice, Place]]) -> Iterator[Fault]:
    """The best option stands in one place more often than chance, over a file."""
    for n in range(max((len(activity.options) for activity, _ in single), default=0)):
        here = [(a, p) for a, p in single if _best(a) == n]
        chance = sum(1 / len(activity.options) for activity, _ in single if n < len(activity.options))
        if len(here) - chance > max(PLACE_SLACK, chance / 2):
            say = (
                f"the best option stands at {letter(n)} in {len(here)} of {len(single)} choices of this file, where "
                f"chance gives {chance:.1f}. Change the order of options in some of them."
            )
            yield here[0][1].fault(say)


def _best(activity: Choice) -> int | None:
    marks = [option.mark for option in activity.options]
    return marks.index(Mark.BEST) if Mark.BEST in marks else None


def _is_longest(activity: Choice) -> bool:
    best = _best(activity)
    lengths = [len(option.text) for option in activity.options]
    return best is not None and all(lengths[best] > other for n, other in enumerate(lengths) if n != best)


def _holds(text: str, other: str) -> bool:
    """Whether one text has the other's words in it, in a row."""
    return f" {_plain(other)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _common_start(texts: Sequence[Sequence[str]]) -> list[str]:
    start = []
    for words in zip(*texts, strict=False):
        if len(set(words)) > 1:
            break
        start.append(words[0])
    return start
