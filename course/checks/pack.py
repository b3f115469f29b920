"""Rules for the practice pack: nothing unset, nothing that contradicts itself, nothing that goes unused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from course.bank import WOVEN, texts_of
from course.checks.files import Authored
from course.errors import Fault
from course.model import Outline, Practice

UNSET = re.compile(r"\b(todo|tbd|xxx|fixme|your (practice|firm|clinic|name|phone))\b|[<\[{]", re.IGNORECASE)
TOKEN = re.compile(r"\{\{?\s*\w+\s*\}?\}|<<\w+>>|\[\[\w+\]\]|\$\{\w+\}")
PERSONAL = ("facebook", "instagram", "tiktok", "snapchat")
"""Networks that are used for private life; a practice that is on professional sites only is on none of them."""


def pack_faults(authored: Authored, own: str | None, whole: bool) -> Iterator[Fault]:
    """Every fault of the folder's practice, and of the file ``own`` that is used in its place.

    ``whole`` says that everything could be read: only then is it known what no text uses.
    """
    for file in ("practice.yml", *([own] if own else [])):
        practice: Practice | None = authored.values.get(file)
        if practice is not None:
            yield from _unset_faults(authored, file, practice)
            yield from _contradictions(authored, file, practice)
    default: Practice | None = authored.values.get("practice.yml")
    if default is not None:
        yield from _clash_faults(authored, default)
        if whole:
            yield from _unused_faults(authored, default)
    yield from _token_faults(authored)


def _unset_faults(authored: Authored, file: str, practice: Practice) -> Iterator[Fault]:
    place = authored.places[file]
    for name, value in msgspec.to_builtins(practice).items():
        for text in texts_of(value):
            if UNSET.search(text) or not text.strip():
                yield place.fault(f"'{text[:40]}' stands where a value of your own should. Write it.", name)


def _contradictions(authored: Authored, file: str, practice: Practice) -> Iterator[Fault]:
    place = authored.places[file]
    if practice.stance == "page-only" and practice.page is None:
        yield place.fault(
            "the stance points to the Page, and there is none. Name the Page, or change the stance.", "stance"
        )
    if practice.linkedin and practice.stance in ("page-only", "no-contact"):
        say = f"the stance is {practice.stance}, and contacts on LinkedIn are allowed. Write 'linkedin: false', or change the stance."
        yield place.fault(say, "linkedin")
    if practice.stance == "professional-sites":
        for n, network in enumerate(practice.networks):
            if network.lower() in PERSONAL:
                say = (
                    f"the stance is professional sites only, and {network} is used. Take it out, or change the stance."
                )
                yield place.fault(say, "networks", n)
    outline: Outline | None = authored.values.get("course.yml")
    lessons = {lesson.id for lesson in outline.lessons} if outline else None
    for n, review in enumerate(practice.review):
        if lessons is not None and review.lesson not in lessons:
            yield place.fault(f"'{review.lesson}' is no lesson of this course. Correct it.", "review", n, "lesson")


def _clash_faults(authored: Authored, default: Practice) -> Iterator[Fault]:
    """Two values with the same words could not be told apart when one's own are put in."""
    seen: dict[str, str] = {}
    for name in WOVEN:
        value = getattr(default, name)
        if value is not None and seen.setdefault(value, name) != name:
            say = (
                f"'{value}' is also the value of '{seen[value]}'. The example practice needs a different word for each."
            )
            yield authored.places["practice.yml"].fault(say, name)


def _unused_faults(authored: Authored, default: Practice) -> Iterator[Fault]:
    """Values that no sentence of the course holds, so that a practice's own would never be read."""
    texts = [text for cells in authored.prose.values() for text in cells.values()]
    texts += [text for activity, _ in authored.everything for text in texts_of(msgspec.to_builtins(activity))]
    for name in WOVEN:
        value = getattr(default, name)
        if value is not None and not any(re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) for text in texts):
            say = f"'{value}' stands in no lesson and in no activity, so nobody would read it. Use it, or correct it."
            yield authored.places["practice.yml"].fault(say, name)


def _token_faults(authored: Authored) -> Iterator[Fault]:
    say = "'{}' looks like a blank to be filled, and nothing fills it. Write the example practice's value; it is replaced."
    for activity, place in authored.everything:
        for text in texts_of(msgspec.to_builtins(activity)):
            for found in TOKEN.findall(text):
                yield place.fault(say.format(found))
    for file, cells in authored.prose.items():
        for number, text in cells.items():
            for found in TOKEN.findall(text):
                yield Fault(file, 0, f"in cell {number} {say.format(found)}")
