"""The author's checker: every fault of the authored files in one run, each with what to do."""

from __future__ import annotations

from pathlib import Path

from course.checks.content import content_faults
from course.checks.files import Authored, read_all
from course.checks.lessons import lesson_faults
from course.errors import Fault

__all__ = ["Authored", "check"]


def check(folder: Path, notebooks: Path, practice: Path | None = None) -> tuple[list[Fault], Authored]:
    """Every fault in a data folder and its notebooks, in the order of files and lines.

    Gives also what could be read, faulty or not. ``practice`` is checked besides the folder's own.
    """
    authored, faults = read_all(folder, practice)
    faults += content_faults(authored)
    faults += lesson_faults(authored, notebooks)
    return sorted(set(faults)), authored
