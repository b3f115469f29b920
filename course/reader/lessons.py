"""Lays fresh copies of the lessons into the learner's own folder, signed as trusted."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat.sign import NotebookNotary

from course import grading
from course.bank import Bank, notebooks_folder
from course.checks.lessons import CELL, read_notebook
from course.errors import CourseError, StartError
from course.model import LED_PAGE, START_PAGE

COPIES = "Your changed copies"
"""Folder for lessons that the learner has edited: the next start restores the lesson beside them."""

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

LAID = ".laid.json"
"""What was laid down last, to tell the learner's edits from a new version of the course."""


def lesson_files(bank: Bank) -> dict[str, str]:
    """Each notebook's file name with the title that its page bears, start page first."""
    files = {f"{START_PAGE}.ipynb": "Start here"}
    files |= {f"{lesson.id}.ipynb": lesson.title for lesson in bank.outline.lessons}
    return files | ({f"{LED_PAGE}.ipynb": bank.outline.led.title} if bank.outline.led else {})


def lay_down(bank: Bank, target: Path, notebooks: Path | None = None) -> dict[str, dict[str, Any]]:
    """Writes every lesson into ``target``, in the name of the practice in use, and signs it.

    A lesson that the learner has edited is moved into a folder of its own first. Gives, for each
    file, its title and the hashes of its cells. Raises StartError where the folder can't be written.
    """
    source = notebooks or notebooks_folder(bank.folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        before = _laid_before(target)
        manifest = {}
        for file, title in lesson_files(bank).items():
            notebook = _woven(bank, source / file)
            _keep_edits(target / file, before.get(file), _hashes(notebook))
            _write(target / file, nbformat.writes(notebook))
            NotebookNotary().sign(notebook)
            manifest[file] = {"title": f"{bank.weave(title)} · {bank.outline.title}", "cells": _hashes(notebook)}
        _write(target / LAID, json.dumps(manifest))
    except OSError as error:
        raise StartError(
            f"The lessons can't be written to {target} ({error.strerror}). Make room there, or ask for the right to write."
        ) from None
    return manifest


def _woven(bank: Bank, path: Path) -> Any:
    try:
        notebook = read_notebook(path)
    except (OSError, ValueError):
        raise StartError(
            f"The lesson {path} is missing or damaged. Get it again from where the course came from."
        ) from None
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = bank.weave(cell.source)
        for output in cell.get("outputs", []):
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = _in_own_words(bank, cell.source) or bank.weave(output.data["text/plain"])
        cell.metadata.update(editable=False, deletable=False)
    notebook.metadata.setdefault("kernelspec", KERNEL)  # without one, JupyterLab asks the learner
    return notebook


def _in_own_words(bank: Bank, source: str) -> str:
    """What an activity's cell says for the practice in use; empty for any other cell."""
    found = CELL.fullmatch(source)
    if not found or found["verb"] != "activity":
        return ""
    try:
        return grading.words(bank.activity(found["id"]))
    except CourseError:  # said in its place when the page is opened
        return ""


def _hashes(notebook: Any) -> list[str]:
    return [f"{cell.cell_type}:{hashlib.sha256(cell.source.encode()).hexdigest()}" for cell in notebook.cells]


def _laid_before(target: Path) -> dict[str, list[str]]:
    try:
        found = json.loads((target / LAID).read_text(encoding="utf-8"))
        return {file: lesson["cells"] for file, lesson in found.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _keep_edits(path: Path, *ours: list[str] | None) -> None:
    """Moves a lesson aside whose cells are not those that were laid down, then or now."""
    if not path.exists():
        return
    try:
        if _hashes(read_notebook(path)) in ours:
            return
    except ValueError:
        pass  # so badly edited that it is no notebook any more: kept all the same
    copies = path.parent / COPIES
    copies.mkdir(exist_ok=True)
    number = 1
    while (copies / f"{path.stem} ({number}){path.suffix}").exists():
        number += 1
    path.replace(copies / f"{path.stem} ({number}){path.suffix}")


def _write(path: Path, text: str) -> None:
    """All of it or none: a stop in mid-write leaves the file that was there."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".laying-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
