"""Warnings about language: what a busy reader stumbles over. None of them stops a course."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from statistics import median

import msgspec

from course.bank import texts_of
from course.checks.files import Authored, Place
from course.errors import Fault
from course.model import Activity, Choice, Style

GRADE = 8.0
"""School grade (US) that the middle passage of a lesson may have at most."""

SENTENCE, STEM, OPTION = 25, 60, 30
"""Words that a sentence, a stem and an option may have at most."""

FEWEST_WORDS = 30
"""Words below which a passage is not measured: a short imperative misleads the formula."""

ENOUGH_PASSAGES = 5
"""Passages below which a lesson has no middle to speak of."""

NOT_PROSE = re.compile(r"<!--.*?-->|\[([^\]]*)\]\([^)]*\)|[*_#>`|]", re.DOTALL)
ABBREVIATION = re.compile(r"\b[A-Z][A-Z]+\b")
ENDS = re.compile(r"(?<=[.!?:])[\"”')\]]*\s+")


def language_warnings(authored: Authored) -> Iterator[Fault]:
    """Every warning about the language of activities and prose."""
    style: Style | None = authored.values.get("style.yml")
    if style is None:
        return  # every abbreviation would seem unknown
    for name, pairs in authored.files:
        passages = [_passage(activity) for activity, _ in pairs]
        passages += [_plain(text) for text in authored.prose.get(f"{name}.ipynb", {}).values()]
        yield from _grade_warnings(f"{name}.yml", passages)
        for activity, place in pairs:
            yield from _length_warnings(activity, place)
            for text in texts_of(_said(activity)):
                for say in _text_warnings(text, style):
                    yield place.fault(say)
    for file, cells in authored.prose.items():
        for number, text in cells.items():
            for say in _text_warnings(_plain(text), style):
                yield Fault(file, 0, f"cell {number}: {say}")


def grade_of(text: str) -> float:
    """The Flesch-Kincaid grade of a text (Kincaid and others 1975), its syllables as pyphen hyphenates them.

    Hyphenation finds some syllables less than the ear, so the grade comes out a little low.
    """
    import pyphen  # only here: opening the course needs no dictionary

    dictionary = pyphen.Pyphen(lang="en_US")
    words = re.findall(r"[A-Za-z]+(?:['’][a-z]+)?", text)
    sentences = [part for part in ENDS.split(text) if part.strip()]
    if not words or not sentences:
        return 0.0
    syllables = sum(len(dictionary.positions(word)) + 1 for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _grade_warnings(file: str, passages: Iterable[str]) -> Iterator[Fault]:
    grades = [grade_of(text) for text in passages if len(text.split()) >= FEWEST_WORDS]
    if len(grades) >= ENOUGH_PASSAGES and median(grades) > GRADE:
        say = f"this lesson reads at grade {median(grades):.1f}, and {GRADE:g} is the aim. Use shorter sentences and plainer words."
        yield Fault(file, 0, say)


def _length_warnings(activity: Activity, place: Place) -> Iterator[Fault]:
    count = len(activity.stem.split())
    if count > STEM:
        yield place.fault(
            f"the stem has {count} words and {STEM} is the aim. Shorten it, or move some into 'scene'.", "stem"
        )
    for n, option in enumerate(activity.options if isinstance(activity, Choice) else ()):
        count = len(option.text.split())
        if count > OPTION:
            yield place.fault(
                f"this option has {count} words and {OPTION} is the aim. Shorten it.", "options", n, "text"
            )


def _text_warnings(text: str, style: Style) -> Iterator[str]:
    for sentence in ENDS.split(text):
        count = len(sentence.split())
        if count > SENTENCE:
            yield f"a sentence has {count} words and {SENTENCE} is the aim: '{sentence[:50]}…'. Make it two."
    for word, instead in style.instead.items():
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
            yield f"'{word}' is on the list of words to avoid (style.yml). Write: {instead}."
    for short in sorted(set(ABBREVIATION.findall(text)) - set(style.abbreviations)):
        if not _explained(short, text) and text.upper() != text and short != "NOT":
            yield f"'{short}' is not explained. Write it out, or add it to style.yml if everybody knows it."


def _explained(short: str, text: str) -> bool:
    """Whether brackets beside it say what it means."""
    return bool(re.search(rf"\({short}\)|{short} \(", text))


def _said(activity: Activity) -> object:
    """What is shown of an activity, without ids and marks."""
    hidden = {
        "id",
        "kind",
        "objective",
        "claims",
        "sources",
        "scenarios",
        "quote",
        "stances",
        "level",
        "variant",
        "mark",
        "task",
        "skip",
    }

    def shown(value: object) -> object:
        if isinstance(value, dict):
            return {key: shown(item) for key, item in value.items() if key not in hidden}
        return [shown(item) for item in value] if isinstance(value, list) else value

    return shown(msgspec.to_builtins(activity))


def _passage(activity: Activity) -> str:
    return " ".join(text if text[-1] in '.!?"”' else f"{text}." for text in texts_of(_said(activity)))


def _plain(text: str) -> str:
    lines = (line for line in NOT_PROSE.sub(r"\1", text).splitlines() if line.strip())
    return "\n".join(line if line.rstrip()[-1] in ".!?:" else f"{line}." for line in lines)
