"""Rules that hold between notebooks and data: lessons show their own activities, all of them, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from course.checks.files import Authored
from course.errors import Fault
from course.model import START_PAGE, Outline

CELL = re.compile(
    r"from course import (?:"
    r"welcome\n+welcome\(\)"
    r'|(?P<verb>activity|activities|progress)\n+(?P=verb)\("(?P<id>[^"]*)"\)'
    r")\s*"
)
"""The only code a lesson holds: one import and one call, so that a cell works alone."""


def read_notebook(path: Path) -> Any:
    """A notebook. Raises OSError where the file can't be had, ValueError where it is no notebook."""
    text = path.read_text(encoding="utf-8")
    try:
        notebook = nbformat.convert(nbformat.reader.reads(text), 4)
        nbformat.validate(notebook)
    except Exception as error:  # on a damaged file nbformat raises whatever it stumbles over
        raise ValueError(f"{path} is not a notebook") from error
    return notebook


def lesson_faults(authored: Authored, notebooks: Path) -> list[Fault]:
    """Every fault of the start page and of the notebooks that course.yml names."""
    outline: Outline | None = authored.values.get("course.yml")
    faults: list[Fault] = []
    ids: dict[str, set[str]] = {START_PAGE: set(), **authored.named}
    for lesson in (START_PAGE, *(lesson.id for lesson in outline.lessons)) if outline else ():
        path = notebooks / f"{lesson}.ipynb"
        try:
            notebook = read_notebook(path)
        except FileNotFoundError:
            faults.append(
                Fault(path.name, 0, "this notebook is missing. Add it, or take its lesson out of course.yml.")
            )
        except (OSError, ValueError):
            faults.append(Fault(path.name, 0, "this is not a readable notebook. Restore it."))
        else:
            faults += _notebook_faults(path.name, notebook, lesson, ids.get(lesson))
    return faults


def _notebook_faults(file: str, notebook: Any, lesson: str, ids: set[str] | None) -> Iterator[Fault]:
    """``ids`` are those of the lesson's activities, or None where their file could not be read."""
    shown: list[str] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        found = CELL.fullmatch(cell.source)
        if not found:
            say = f'cell {number} holds other code than one import and one call. Write: from course import activity, then activity("...").'
            yield Fault(file, 0, say)
        elif found["verb"] == "progress" and found["id"] != lesson:
            yield Fault(file, 0, f'cell {number} shows the progress of another lesson. Write: progress("{lesson}").')
        elif found["verb"] == "activities":
            if found["id"] != lesson:
                say = f'cell {number} shows the set of another lesson. Write: activities("{lesson}").'
                yield Fault(file, 0, say)
            shown += ids or ()
        elif found["verb"] == "activity":
            if ids is not None and found["id"] not in ids:
                say = f"cell {number} shows '{found['id']}', which is not in activities/{lesson}.yml. Correct the id, or add it there."
                yield Fault(file, 0, say)
            elif found["id"] in shown:
                yield Fault(file, 0, f"cell {number} shows '{found['id']}' for the second time. Take one out.")
            shown.append(found["id"])
    for missing in sorted((ids or set()) - set(shown)):
        yield Fault(file, 0, f"'{missing}' of activities/{lesson}.yml is shown in no cell. Add one for it.")
