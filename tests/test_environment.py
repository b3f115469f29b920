"""The files by which the course is set up say the same."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIRED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRA = [Requirement(line) for group in PROJECT["optional-dependencies"].values() for line in group]
OTHERS = [r for r in [*REQUIRED, *EXTRA] if r.name != PROJECT["name"]]  # one group may name another
PINNED = [
    line
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
VERSIONS = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in PINNED)}


@pytest.fixture(scope="module")
def conda() -> list[Any]:
    found: list[Any] = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    return found


def test_the_conda_environment_names_python_as_the_project_does(conda: list[Any]) -> None:
    assert f"python{PROJECT['requires-python']}" in conda


@pytest.mark.parametrize("name", ["jupyterlab", "ipywidgets", "nbval"])
def test_the_conda_environment_names_the_same_versions(conda: list[Any], name: str) -> None:
    (required,) = [r for r in REQUIRED if r.name == name]
    named = [Requirement(line) for line in conda if isinstance(line, str)]
    assert [r.specifier for r in named if r.name == name] == [required.specifier]
    assert str(required.specifier)


def test_the_conda_environment_installs_the_project_itself_through_pip(conda: list[Any]) -> None:
    assert "pip" in conda
    assert conda[-1] == {"pip": ["-e ."]}


def test_the_conda_environment_names_nothing_twice_and_nothing_that_the_project_does_not(conda: list[Any]) -> None:
    names = [Requirement(line).name for line in conda if isinstance(line, str)]
    assert sorted(names) == ["ipywidgets", "jupyterlab", "nbval", "pip", "python"]


def test_pins_are_names_and_versions_without_addresses() -> None:
    assert PINNED
    assert [line for line in PINNED if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*", line)] == []
    assert len(VERSIONS) == len(PINNED)


@pytest.mark.parametrize("required", [pytest.param(r, id=str(r)) for r in OTHERS])
def test_every_dependency_is_pinned_within_its_range(required: Requirement) -> None:
    assert required.specifier.contains(VERSIONS[canonicalize_name(required.name)])


def test_start_py_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    named = [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    named += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert named
    assert {name.split(".")[0] for name in named} <= sys.stdlib_module_names
