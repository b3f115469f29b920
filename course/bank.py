"""The only reader of ``data/``: what is asked, why, and in which practice's name."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from yaml.nodes import Node

from course import yaml12
from course.errors import ContentError, Fault, UnknownActivity
from course.model import (
    Activity,
    Articles,
    Claim,
    Outline,
    Practice,
    Profession,
    Reason,
    Source,
)

T = TypeVar("T")

WOVEN = ("name", "page", "website", "phone", "ask")
"""The values of a practice that stand in prose and activities and are replaced by one's own."""


class Bank:
    """The authored content of one folder, in the name of one practice.

    ``folder`` holds the data files; without it, ``COURSE_DATA`` or the checkout's ``data/`` does.
    ``practice`` is a file to use in place of the folder's ``practice.yml``; without it,
    ``COURSE_PRACTICE`` names one. Raises ContentError where the outline or a practice has a fault.
    """

    def __init__(self, folder: Path | None = None, practice: Path | None = None) -> None:
        self.folder = folder or data_folder()
        chosen = practice or _from_environment("COURSE_PRACTICE")
        self.outline = read(self.folder / "course.yml", Outline)
        self.default_practice = read(self.folder / "practice.yml", Practice)
        self.practice = read(chosen, Practice) if chosen else self.default_practice

    @cached_property
    def practice_hash(self) -> str:
        """SHA-256 of the practice in use, which every attempt records."""
        return _sha256(self.practice)

    # --- activities ---

    @cached_property
    def _files(self) -> dict[str, list[Activity] | ContentError]:
        return {lesson.id: self._read_lesson(lesson.id) for lesson in self.outline.lessons}

    def _read_lesson(self, lesson: str) -> list[Activity] | ContentError:
        """One faulty file must not take the other lessons down with it."""
        try:
            return read(activities_file(self.folder, lesson), list[Activity])
        except ContentError as error:
            return error

    @cached_property
    def _authored(self) -> dict[tuple[str, str], Activity]:
        return {(a.id, a.variant): a for a in self.all_authored()}

    def all_authored(self) -> Iterator[Activity]:
        """Every activity of every readable file, as its author wrote it."""
        for activities in self._files.values():
            if not isinstance(activities, ContentError):
                yield from activities

    @cached_property
    def activities_by_lesson(self) -> dict[str, tuple[str, ...]]:
        """The ids of each lesson's activities, in the order in which they are met."""
        return {
            lesson: () if isinstance(found, ContentError) else tuple(dict.fromkeys(a.id for a in found))
            for lesson, found in self._files.items()
        }

    def authored(self, activity_id: str, profession: Profession | None = None) -> Activity:
        """The variant of an activity that is for this profession, as its author wrote it.

        Without a profession, the practice's own decides. Raises UnknownActivity where no file
        holds the id, and ContentError where it may stand in a file that can't be read.
        """
        for variant in (profession or self.practice.profession, "everyone"):
            if (activity_id, variant) in self._authored:
                return self._authored[activity_id, variant]
        faults = [f for e in self._files.values() if isinstance(e, ContentError) for f in e.faults]
        if faults:
            raise ContentError(faults)
        raise UnknownActivity(
            f"There is no activity called '{activity_id}'. Look for a typing mistake in this cell, "
            "or ask whoever looks after the course to run 'course check'."
        )

    def activity(self, activity_id: str, profession: Profession | None = None) -> Activity:
        """The same as ``authored``, in the name of the practice in use."""
        authored = self.authored(activity_id, profession)
        if self.practice == self.default_practice:
            return authored
        woven = _map_texts(msgspec.to_builtins(authored), self.weave)
        return msgspec.convert(woven, type(authored))

    def weave(self, text: str) -> str:
        """A text of the default practice with the values of the practice in use in it."""
        return self._token.sub(lambda found: self._own[found.group()], text)

    @cached_property
    def _own(self) -> dict[str, str]:
        return {getattr(self.default_practice, f): getattr(self.practice, f) for f in WOVEN}

    @cached_property
    def _token(self) -> re.Pattern[str]:
        longest_first = sorted(self._own, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(token)}(?!\w)" for token in longest_first))

    # --- reasons ---

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """What the articles say, by claim id."""
        return read(self.folder / "claims.yml", dict[str, Claim])

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The authorities, by source id."""
        return read(self.folder / "sources.yml", dict[str, Source])

    @cached_property
    def articles(self) -> Articles:
        """The two articles and the words quoted from them."""
        return read(self.folder / "quotations.yml", Articles)

    def reasons(self, activity: Activity) -> tuple[Reason, ...]:
        """What stands behind an activity's verdict: a quotation, claims and authorities."""
        reasons = []
        if activity.quote:
            quotation = self.articles.quotations[activity.quote]
            by = self._article(quotation.claim)
            reasons.append(Reason(id=quotation.claim, says=quotation.words, by=by, seen="quotation"))
        for claim in activity.claims:
            reasons.append(Reason(id=claim, says=self.claims[claim].says, by=self._article(claim)))
        for name in activity.sources:
            source = self.sources[name]
            says = self.weave(source.says)
            reasons.append(Reason(id=name, says=says, by=source.title, url=source.url, seen=source.seen))
        return tuple(reasons)

    def _article(self, claim: str) -> str:
        return self.articles.articles[claim[0]]


def content_hash(authored: Activity) -> str:
    """SHA-256 of an activity as authored: it changes whenever anything in it is reworded."""
    return _sha256(authored)


def _sha256(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


def data_folder() -> Path:
    """Where the data files are: ``COURSE_DATA``, or ``data/`` beside the program."""
    return _from_environment("COURSE_DATA") or Path(__file__).parent.parent / "data"


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None


def notebooks_folder(folder: Path) -> Path:
    """Where the lessons of a data folder are: in ``notebooks/`` beside it."""
    return folder.absolute().parent / "notebooks"


def activities_file(folder: Path, lesson: str) -> Path:
    """The file that holds a lesson's activities."""
    return folder / "activities" / f"{lesson}.yml"


def open_text(path: Path) -> str:
    """The text of an authored file. Raises ContentError where it can't be had."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        say = "the file is missing. Restore it, or correct what names it, such as a lesson in course.yml."
    except UnicodeDecodeError:
        say = "the file is not UTF-8 text. Save it again as UTF-8."
    except OSError as error:
        say = f"the file can't be read ({error.strerror}). Check its name and its permissions."
    raise ContentError([Fault(path.name, 0, say)])


def read(path: Path, kind: type[T]) -> T:
    """One file as the type that it should hold.

    Raises ContentError: with every fault of the YAML itself, else with the first that does not fit
    the type (the author's checker finds the others).
    """
    node = yaml12.compose(open_text(path), path.name)
    data = yaml12.construct(node, path.name)
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ContentError([_misfit(error, node, path.name)]) from None


def _misfit(error: msgspec.ValidationError, node: Node, file: str) -> Fault:
    what, _, where = str(error).partition(" - at `$")
    path = [int(n) if n else k for n, k in re.findall(r"\[(\d+)\]|\.?([^.\[\]`]+)", where)]
    return Fault(file, yaml12.line_of(node, path), f"{what}. Run 'course check' for what to do.")


def _map_texts(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_map_texts(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _map_texts(item, change) for key, item in value.items()}
    return value
