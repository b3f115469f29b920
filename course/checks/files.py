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
from course.bank import activities_file, misfit, open_text, pool_files, stories_folder
from course.errors import ContentError, Fault
from course.model import (
    Activity,
    Articles,
    Claim,
    Criterion,
    Ledger,
    Outline,
    PolicyTable,
    Practice,
    Scenario,
    Situation,
    Source,
    Story,
    Style,
    Task,
)

KINDS = {kind.__struct_config__.tag: kind for kind in get_args(Activity)}

OTHER_FILES: dict[str, Any] = {
    "course.yml": Outline,
    "practice.yml": Practice,
    "claims.yml": dict[str, Claim],
    "sources.yml": dict[str, Source],
    "quotations.yml": Articles,
    "scenarios.yml": dict[str, Scenario],
    "style.yml": Style,
    "ids.yml": Ledger,
    "policy.yml": PolicyTable,
    "coach.yml": dict[Task, tuple[Criterion, ...]],
    "phrases.yml": tuple[Situation, ...],
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
    pools: dict[str, list[tuple[Activity, Place]]] = field(default_factory=dict)
    """The items of the checks, by the file they stand in."""
    stories: dict[str, tuple[Story, Place]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    """For each lesson whose file could be read, the ids of its activities, well-formed or not."""
    malformed: set[str] = field(default_factory=set)
    """The ids of activities with a fault of form."""
    notebooks: dict[str, Any] = field(default_factory=dict)
    """The lessons' notebooks that could be read, by file name."""

    @property
    def files(self) -> list[tuple[str, list[tuple[Activity, Place]]]]:
        """Every file's name with its activities, the lessons first; a lesson and a pool may share a name."""
        return [*self.activities.items(), *self.pools.items()]

    @property
    def everything(self) -> list[tuple[Activity, Place]]:
        """All activities, those of the lessons first."""
        return [pair for _, pairs in self.files for pair in pairs]

    @property
    def prose(self) -> dict[str, dict[int, str]]:
        """The Markdown cells of each notebook, by their number from 1."""
        return {
            file: {n: cell.source for n, cell in enumerate(notebook.cells, 1) if cell.cell_type == "markdown"}
            for file, notebook in self.notebooks.items()
        }


def read_all(folder: Path, practice: Path | None = None) -> tuple[Authored, list[Fault]]:
    """Everything that can be read in a data folder, with the faults of form of all its files."""
    authored, faults = Authored(folder), []
    for name, kind in OTHER_FILES.items():
        faults += _read_other(authored, folder / name, name, kind)
    if practice:
        faults += _read_other(authored, practice, str(practice), Practice)
    found = sorted((folder / "activities").glob("*.y*ml"))
    outline: Outline | None = authored.values.get("course.yml")
    taught = [lesson.id for lesson in outline.lessons if not lesson.check and not lesson.stories] if outline else []
    lessons = taught if outline else [path.stem for path in found]
    for lesson in dict.fromkeys(lessons):
        faults += _read_activities(authored, lesson, activities_file(folder, lesson), authored.activities)
    for path in pool_files(folder):
        faults += _read_activities(authored, path.stem, path, authored.pools)
    for path in sorted(stories_folder(folder).glob("*.yml")):
        faults += _read_other(authored, path, path.name, Story)
        if path.name in authored.values:
            authored.stories[path.stem] = (authored.values[path.name], authored.places[path.name])
    for path in found:
        if outline and path.name not in {activities_file(folder, lesson).name for lesson in lessons}:
            say = (
                "no lesson in course.yml has this file's name. Name it after its lesson, or take it out of the folder."
            )
            faults.append(Fault(path.name, 0, say))
    return authored, faults


def read_story(path: Path) -> tuple[Story, Place]:
    """One story with its place. Raises ContentError with every fault of its form."""
    authored = Authored(path.parent)
    faults = _read_other(authored, path, str(path), Story)
    if faults:
        raise ContentError(faults)
    return authored.values[str(path)], authored.places[str(path)]


def _read_other(authored: Authored, path: Path, name: str, kind: Any) -> list[Fault]:
    try:
        place, data = _read(path, name)
    except ContentError as error:
        return error.faults
    faults = list(_misfits(data, kind, place))
    authored.places[name] = place
    if not faults:
        try:
            authored.values[name] = msgspec.convert(data, kind)
        except msgspec.ValidationError as error:  # the schema does not hold the names of a group to a list
            faults.append(misfit(error, place.node, name, "See the author's guide for what may stand here."))
    return faults


def _read_activities(
    authored: Authored, name: str, path: Path, into: dict[str, list[tuple[Activity, Place]]]
) -> list[Fault]:
    into[name] = []
    try:
        whole, data = _read(path, path.name)
    except ContentError as error:
        return error.faults
    if not isinstance(data, list):
        return [whole.fault("the file should be a list. Begin every activity with '- kind: ...'.")]
    ids: set[str] = set()
    if into is authored.activities:
        authored.named[name] = ids
    faults: list[Fault] = []
    for n, entry in enumerate(data):
        place = Place(whole.file, whole.node, (n,))
        if not isinstance(entry, dict):
            faults.append(place.fault(f"{_shown(entry)} stands here. Begin every activity with '- kind: ...'."))
            continue
        named = entry.get("id")
        if isinstance(named, str):
            ids.add(named)
        misfits = list(_activity_misfits(entry, place))
        if not misfits:
            try:
                into[name].append((msgspec.convert(entry, KINDS[entry["kind"]]), place))
            except msgspec.ValidationError as error:
                fault = misfit(error, whole.node, whole.file, "See the author's guide for what may stand here.")
                faults.append(place.fault(fault.say))
        elif isinstance(named, str):
            authored.malformed.add(named)
        faults += misfits
    return faults


def _activity_misfits(entry: dict[str, Any], place: Place) -> Iterator[Fault]:
    kind = entry.get("kind")
    if isinstance(kind, str) and kind in KINDS:
        yield from _misfits(entry, KINDS[kind], place)
    else:
        wrong = "the kind is missing" if kind is None else f"{_shown(kind)} is no kind of activity"
        yield place.fault(f"{wrong}. Write one of: {', '.join(KINDS)}.", "kind")


def _read(path: Path, name: str) -> tuple[Place, Any]:
    """The place and the data of a file, which its faults call ``name``."""
    try:
        node = yaml12.compose(open_text(path), path.name)
        return Place(name, node), yaml12.construct(node, path.name)
    except ContentError as error:
        raise ContentError([Fault(name, fault.line, fault.say) for fault in error.faults]) from None


_Validator = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)
"""To JSON Schema 4.0 is a whole number; to the types that are read it is none."""


_DAYS = jsonschema.FormatChecker(["date"])


def _misfits(data: Any, kind: Any, place: Place) -> Iterator[Fault]:
    schema = msgspec.json.schema(kind)
    for error in _Validator(schema, format_checker=_DAYS).iter_errors(data):
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
        misspelt = {_meant(name, error) for name in error.instance}
        for name in error.validator_value:
            if name not in error.instance and name not in misspelt:
                yield place.fault(f"'{name}' is missing. Add it.", *path)
        return
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        for name in error.instance:
            if name not in known:
                meant = _meant(name, error)
                hint = f"Did you mean '{meant}'?" if meant else f"Known here: {', '.join(known)}."
                yield place.fault(f"'{name}' is not known here. {hint}", *path, name)
        return
    if "propertyNames" in error.relative_schema_path:
        path = (*path, error.instance)
    yield place.fault(_sentence(error), *path)


def _meant(name: str, error: Any) -> str | None:
    """The field that a misspelt name stands for, where that field is not there itself."""
    known = error.schema["properties"]
    open_ones = [other for other in known if other not in error.instance]
    near = difflib.get_close_matches(name, open_ones, 1) if name not in known else []
    return near[0] if near else None


def _sentence(error: Any) -> str:
    value, limit = _shown(error.instance), error.validator_value
    match error.validator:
        case "enum":
            return f"{value} is not one of: {', '.join(map(str, limit))}. Write one of them."
        case "type":
            return _wrong_type(error.instance, limit)
        case "minLength":
            return "this text is empty. Write it."
        case "maxLength":
            return f"{value} is longer than {limit} characters. Shorten it."
        case "minItems":
            return f"this list holds {len(error.instance)} and at least {limit} are needed. Add what is missing."
        case "maxItems":
            return f"this list holds {len(error.instance)} and at most {limit} are possible. Take some out."
        case "minimum":
            return f"{value} is too little. Write {limit} or more."
        case "maximum":
            return f"{value} is too much. Write {limit} or less."
        case "format" | "pattern" if error.schema.get("format") == "date":
            return f"{value} is no day. Write it like 2026-03-31."
        case "pattern":
            return f"{value} can't be used as a name. Join lower-case words and digits by hyphens: a-kind-no."
        case _:
            return f"{value} does not fit ({error.message}). See the author's guide."


_TYPES = {
    "string": ("a text", "Put quotation marks around it."),
    "array": ("a list", "Put it into square brackets, or on lines that begin with '- '."),
    "object": ("a group of fields", "Write 'field: value' on lines of their own, indented alike."),
    "boolean": ("true or false", "Write one of the two."),
    "integer": ("a whole number", "Write it in digits, without quotation marks."),
}


def _wrong_type(value: Any, needed: str) -> str:
    words, advice = _TYPES[needed]
    if needed == "string" and value is None:
        return "this text is empty. Write it."
    if needed == "string" and isinstance(value, dict | list):
        advice = "Look at the indentation and the brackets."
    return f"{_shown(value)} stands here where {words} should. {advice}"


def _shown(value: Any) -> str:
    """What an author sees in the file."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a group of fields"
        case list():
            return "a list"
        case int() | float():
            return str(value)
    text = str(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"
