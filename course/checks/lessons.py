"""Rules that hold between notebooks and data: lessons show their own activities, all of them, once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from course import coach
from course.checks.files import Authored
from course.errors import Fault
from course.model import FACILITATOR, LED_PAGE, START_PAGE, Outline

CELL = re.compile(
    r"from course import (?:"
    r"(?P<plain>welcome|acknowledge|certificate|our_line)\n+(?P=plain)\(\)"
    r'|(?P<verb>activity|activities|progress|sitting|story|phrase_book)\n+(?P=verb)\("(?P<id>[^"]*)"\)'
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


def read_notebooks(authored: Authored, folder: Path) -> list[Fault]:
    """Reads the start page and the notebooks that course.yml names; gives the faults of those that can't be read."""
    faults = []
    optional = [FACILITATOR] if (folder / f"{FACILITATOR}.ipynb").exists() else []
    for lesson in (*_pages(authored), *optional):
        path = folder / f"{lesson}.ipynb"
        try:
            authored.notebooks[path.name] = read_notebook(path)
        except FileNotFoundError:
            say = "this notebook is missing. Add it, or take its lesson out of course.yml."
            faults.append(Fault(path.name, 0, say))
        except (OSError, ValueError):
            faults.append(Fault(path.name, 0, "this is not a readable notebook. Restore it."))
    return faults


def _pages(authored: Authored) -> list[str]:
    outline: Outline | None = authored.values.get("course.yml")
    if outline is None:
        return []
    return [START_PAGE, *(lesson.id for lesson in outline.lessons), *([LED_PAGE] if outline.led else [])]


def lesson_faults(authored: Authored) -> Iterator[Fault]:
    """Every fault of the notebooks that could be read."""
    outline: Outline | None = authored.values.get("course.yml")
    checks = {lesson.id: lesson.check for lesson in outline.lessons if lesson.check} if outline else {}
    told = {lesson.id: set(lesson.stories) for lesson in outline.lessons if lesson.stories} if outline else {}
    plain: dict[str, set[str]] = {page: set() for page in (START_PAGE, LED_PAGE, *checks)}
    ids: dict[str, set[str]] = {**plain, **told, **authored.named}
    for file, notebook in authored.notebooks.items():
        lesson = file.removesuffix(".ipynb")
        yield from _notebook_faults(file, notebook, lesson, ids.get(lesson), checks.get(lesson))
        needed = {**checks, LED_PAGE: LED_PAGE}.get(lesson)
        if needed:
            verb = "activities" if lesson == LED_PAGE else "sitting"
            found = [CELL.fullmatch(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
            if sum(bool(cell and (cell["verb"], cell["id"]) == (verb, needed)) for cell in found) != 1:
                yield Fault(file, 0, f'one cell has to show what this page is for. Write once: {verb}("{needed}").')


def _notebook_faults(file: str, notebook: Any, lesson: str, ids: set[str] | None, check: str | None) -> Iterator[Fault]:
    """``check`` is the one that the page is for. ``ids`` are those of the lesson's activities, or None where their file could not be read."""
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
        elif found["verb"] == "sitting" and found["id"] != check:
            yield Fault(
                file, 0, f"cell {number} shows a check that is not this page's. Take it out, or correct its name."
            )
        elif found["verb"] == "phrase_book" and found["id"] not in coach.CRITERIA:
            say = f"the phrase book has no '{found['id']}' (cell {number}). Write one of: {', '.join(coach.CRITERIA)}."
            yield Fault(file, 0, say)
        elif found["verb"] == "activities":
            if found["id"] != lesson or check:
                say = f'cell {number} shows the set of another lesson. Write: activities("{lesson}").'
                yield Fault(file, 0, say)
            shown += ids or ()
        elif found["verb"] in ("activity", "story"):
            if ids is not None and found["id"] not in ids:
                say = f"cell {number} shows '{found['id']}', which is not in activities/{lesson}.yml. Correct the id, or add it there."
                yield Fault(file, 0, say)
            elif found["id"] in shown:
                yield Fault(file, 0, f"cell {number} shows '{found['id']}' for the second time. Take one out.")
            shown.append(found["id"])
    for missing in sorted((ids or set()) - set(shown)):
        yield Fault(file, 0, f"'{missing}' of activities/{lesson}.yml is shown in no cell. Add one for it.")
