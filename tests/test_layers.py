"""Imports point one way: down the floors of the house, and never across one."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLOORS = (
    ("errors",),
    ("model", "yaml12"),
    ("coach", "forms", "plot", "policy"),
    ("tally", "storymap", "line"),
    ("grading",),
    ("bank", "journal"),
    ("examiner",),
    ("proctor", "teller"),
    ("widgets", "checks", "paper", "evidence"),
    ("notebook", "reader"),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
HEAVY = ("jsonschema", "nbformat", "jupyterlab", "jupyter_server", "numpy", "pandas")
ON_SCREEN = {"anywidget", "ipywidgets", "traitlets", "IPython"}

MODULES = sorted((ROOT / "course").rglob("*.py"))
every_module = pytest.mark.parametrize("path", [pytest.param(m, id=str(m.relative_to(ROOT))) for m in MODULES])


def imports(source: str) -> Iterator[str]:
    """What a module imports anywhere in it, with dots; relative imports start with one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = "." * node.level + (node.module or "")
            yield from (f"{whole}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The file or folder directly in ``course/`` that a module belongs to."""
    return path.relative_to(ROOT / "course").parts[0].removesuffix(".py")


def wrong_ways(here: str, source: str) -> list[str]:
    """The imports of a module in the room ``here`` that do not point down."""
    names = list(imports(source))
    wrong = [name for name in names if name.startswith(".")]
    for name in names:
        parts = name.split(".")
        there = parts[1] if parts[0] == "course" and len(parts) > 1 else here
        if there not in FLOOR:
            wrong += [] if there == "__version__" else [name]
        elif there != here and FLOOR[there] >= FLOOR[here]:
            wrong.append(name)
    return wrong


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} - {"__init__"} == set(FLOOR)


@every_module
def test_imports_point_down(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if room(path) == "__init__":
        assert all(n.startswith("course.notebook") for n in imports(source) if n.startswith("course"))
    else:
        assert wrong_ways(room(path), source) == []


@pytest.mark.parametrize(
    ("here", "source", "wrong"),
    [
        ("bank", "from course.model import Claim", []),
        ("bank", "from course import yaml12, __version__", []),
        ("grading", "from course.grading import letter", []),
        ("bank", "from course.examiner import Examiner", ["course.examiner.Examiner"]),
        ("bank", "from course import journal", ["course.journal"]),
        ("bank", "import course.cli", ["course.cli"]),
        ("bank", "def f():\n    from course.cli import main", ["course.cli.main"]),
        ("widgets", "from course.checks.files import read_all", ["course.checks.files.read_all"]),
        ("notebook", "from course import activity", ["course.activity"]),
        ("bank", "from .model import Claim", [".model.Claim"]),
    ],
)
def test_an_import_that_does_not_point_down_is_found(here: str, source: str, wrong: list[str]) -> None:
    assert wrong_ways(here, source) == wrong


@every_module
def test_only_what_a_learner_sees_knows_of_widgets(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path.read_text(encoding="utf-8"))}
    assert room(path) in ("widgets", "notebook") or not used & ON_SCREEN


def loaded_by(statement: str) -> set[str]:
    """The packages that a fresh process has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_a_lesson_loads_nothing_heavy() -> None:
    loaded = loaded_by("from course import activity, progress, welcome")
    assert "anywidget" in loaded
    assert not loaded & set(HEAVY)


def test_the_command_line_loads_neither_widgets_nor_anything_heavy() -> None:
    loaded = loaded_by("import course.cli")
    assert "sqlalchemy" in loaded
    assert not loaded & {*HEAVY, *ON_SCREEN}
