"""A copy of the toy course that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

from course.checks import check
from course.errors import Fault
from tests.conftest import TOY_COURSE, TOY_NOTEBOOKS

FIRST, SECOND = "data/activities/first.yml", "data/activities/second.yml"
LESSON, START = "notebooks/first.ipynb", "notebooks/00-start-here.ipynb"


class Toy:
    """``data/`` and ``notebooks/`` of a course, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.notebooks = folder / "notebooks"
        shutil.copytree(TOY_COURSE, self.data)
        shutil.copytree(TOY_NOTEBOOKS, self.notebooks)

    def change(self, file: str, old: str, new: str) -> None:
        """Puts ``new`` where ``old`` stands first."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} holds no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.folder / file).write_text(text, encoding="utf-8")

    def remove(self, file: str) -> None:
        (self.folder / file).unlink()

    def faults(self, practice: Path | None = None) -> list[Fault]:
        return check(self.data, self.notebooks, practice).faults

    def lines(self) -> list[str]:
        """What an author reads."""
        return [str(fault) for fault in self.faults()]


def assert_said(lines: list[str], expected: list[str]) -> None:
    """Every line begins as expected, and there is no other one."""
    assert len(lines) == len(expected), lines
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(start)
