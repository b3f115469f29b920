"""Reads every authored file with the place of everything in it, and holds it against its type."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
from yaml.nodes import Node

from course import yaml12
from course.bank import activities_file, open_text
from course.errors import ContentError, Fault
from course.model import Activity, Articles, Claim, Outline, Practice, Source

KINDS = {kind.__struct_config__.tag: kind for kind in get_args(Activity)}

OTHER_FILES: dict[str, Any] = {
    "course.yml": Outline,
    "practice.yml": Practice,
    "claims.yml": dict[str, Claim],
    "sources.yml": dict[str, Source],
    "quotations.yml": Articles,
}


@dataclass
class Place:
    """One authored thing and where it stands."""

    file: str
    node: Node
    path: tuple[str | int, ...] = ()

    def fault(self, say: str, *further: str | int) -> Fault:
        """A fault at this place, or further inside it."""
        return Fault(self.file, yaml12.line_of(self.node, (*self.path, *further)), say)


@dataclass
class Authored:
    """What could be read of a data folder. What has a fault of form is left out of the types."""

    folder: Path
    places: dict[str, Place] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    activities: dict[str, list[tuple[Activity, Place]]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    """For each lesson, the ids of its activities, well-formed or not."""


def read_all(folder: Path, practice: Path | None = None) -> tuple[Authored, list[Fault]]:
    """Everything that can be read in a data folder, with the faults of form of all its files."""
    authored, faults = Authored(folder), []
    for name, kind in OTHER_FILES.items():
        faults += _read_other(authored, folder / name, name, kind)
    if practice:
        faults += _read_other(authored, practice, "own practice", Practice)
    outline: Outline | None = authored.values.get("course.yml")
    for lesson in outline.lessons if outline else ():
        faults += _read_activities(authored, lesson.id)
    if outline:
        known = {activities_file(folder, lesson.id).name for lesson in outline.lessons}
        for path in sorted((folder / "activities").glob("*.y*ml")):
            if path.name not in known:
                say = "no lesson in course.yml has this file's name. Name the file after its lesson."
                faults.append(Fault(path.name, 0, say))
    return authored, faults


def _read_other(authored: Authored, path: Path, name: str, kind: Any) -> list[Fault]:
    try:
        place, data = _read(path)
    except ContentError as error:
        return error.faults
    faults = list(_misfits(data, kind, place))
    authored.places[name] = place
    if not faults:
        authored.values[name] = msgspec.convert(data, kind)
    return faults


def _read_activities(authored: Authored, lesson: str) -> list[Fault]:
    authored.activities[lesson], authored.named[lesson] = [], set()
    try:
        whole, data = _read(activities_file(authored.folder, lesson))
    except ContentError as error:
        return error.faults
    if not isinstance(data, list):
        return [whole.fault("the file should be a list: every activity starts with '- kind: ...'.")]
    faults: list[Fault] = []
    for n, entry in enumerate(data):
        place = Place(whole.file, whole.node, (n,))
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            authored.named[lesson].add(entry["id"])
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if kind not in KINDS:
            faults.append(place.fault(f"the kind is {_shown(kind)}. Write one of: {', '.join(KINDS)}.", "kind"))
            continue
        misfits = list(_misfits(entry, KINDS[kind], place))
        faults += misfits
        if not misfits:
            authored.activities[lesson].append((msgspec.convert(entry, KINDS[kind]), place))
    return faults


def _read(path: Path) -> tuple[Place, Any]:
    node = yaml12.compose(open_text(path), path.name)
    return Place(path.name, node), yaml12.construct(node, path.name)


def _misfits(data: Any, kind: Any, place: Place) -> Iterator[Fault]:
    schema = msgspec.json.schema(kind)
    for error in jsonschema.Draft202012Validator(schema).iter_errors(data):
        yield from _in_words(error, place, ())


def _in_words(error: Any, place: Place, above: Sequence[str | int]) -> Iterator[Fault]:
    """One fault, or several, for what the schema validator found."""
    path = (*above, *error.relative_path)
    if error.validator == "anyOf":
        inner = [e for e in error.context if e.validator != "type" or "null" not in str(e.validator_value)]
        for found in inner or error.context:
            yield from _in_words(found, place, path)
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield place.fault(f"'{name}' is missing. Add it.", *path)
        return
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        for name in error.instance:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
                yield place.fault(f"'{name}' is not known here. {hint}", *path, name)
        return
    yield place.fault(_sentence(error), *path)


def _sentence(error: Any) -> str:
    value, limit = _shown(error.instance), error.validator_value
    match error.validator:
        case "enum":
            return f"{value} is not one of: {', '.join(map(str, limit))}. Write one of them."
        case "type":
            return f"{value} should be {_TYPES.get(limit, limit)}. Look at the indentation and the quotation marks."
        case "minLength":
            return "this text is empty. Write it."
        case "maxLength":
            return f"{value} is longer than {limit} characters. Shorten it."
        case "minItems":
            return f"there are {len(error.instance)} here and at least {limit} are needed. Add some."
        case "maxItems":
            return f"there are {len(error.instance)} here and at most {limit} are possible. Take some out."
        case "pattern":
            return f"{value} should be lower-case words and digits joined by hyphens, such as 'a-kind-no'."
        case _:
            return f"{value} does not fit ({error.message}). See the author's guide."


_TYPES = {
    "string": "a text",
    "array": "a list",
    "object": "a group of fields",
    "boolean": "true or false",
    "integer": "a whole number",
}


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    text = str(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"
