"""Rules that hold between notebooks and data: lessons show their own activities, all of them, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from course.checks.files import Authored
from course.errors import Fault
from course.model import Outline

CELL = re.compile(r'from course import (?P<verb>activity|progress|welcome)\n+(?P=verb)\((?:"(?P<id>[^"]*)")?\)\s*')
"""The only code a lesson holds: one import and one call, so that a cell works alone."""


def lesson_faults(authored: Authored, notebooks: Path) -> list[Fault]:
    """Every fault of the notebooks that course.yml names."""
    outline: Outline | None = authored.values.get("course.yml")
    faults: list[Fault] = []
    for lesson in outline.lessons if outline else ():
        path = notebooks / f"{lesson.id}.ipynb"
        if not path.exists():
            faults.append(
                Fault(path.name, 0, "the notebook of this lesson is missing. Add it, or take the lesson out.")
            )
            continue
        try:
            notebook = nbformat.read(path, as_version=4)
        except (ValueError, nbformat.ValidationError) as error:
            faults.append(Fault(path.name, 0, f"this is not a readable notebook ({type(error).__name__}). Restore it."))
            continue
        faults += _notebook_faults(path.name, notebook, lesson.id, authored.named.get(lesson.id, set()))
    return faults


def _notebook_faults(file: str, notebook: Any, lesson: str, ids: set[str]) -> Iterator[Fault]:
    shown: list[str] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        found = CELL.fullmatch(cell.source)
        if not found:
            say = f'cell {number} holds other code than one import and one call. Write: from course import activity, then activity("...").'
            yield Fault(file, 0, say)
        elif found["verb"] == "activity" and found["id"] not in ids:
            say = f"cell {number} shows '{found['id']}', which is not in activities/{lesson}.yml. Correct the id, or add it there."
            yield Fault(file, 0, say)
        elif found["verb"] == "activity" and found["id"] in shown:
            yield Fault(file, 0, f"cell {number} shows '{found['id']}' for the second time. Take one out.")
        elif found["verb"] == "progress" and found["id"] != lesson:
            yield Fault(file, 0, f'cell {number} shows the progress of another lesson. Write: progress("{lesson}").')
        if found and found["verb"] == "activity":
            shown.append(found["id"])
    for missing in sorted(ids - set(shown)):
        yield Fault(file, 0, f"'{missing}' of activities/{lesson}.yml is shown in no cell. Add one for it.")
