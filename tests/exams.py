"""A toy course with the two checks in it: small pools, a blueprint of four items, two of them critical."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat

from tests.toy import Toy

MARKS = ("best", "acceptable", "poor", "harmful")

BLUEPRINT = "blueprint: {greet: {before: 1, final: 3, critical: 2}, part: {before: 1, final: 1}}\npassing: 3\n"


def item(item_id: str, objective: str, critical: bool, turn: int = 0) -> dict[str, Any]:
    """A choice of four; ``turn`` says where its best option stands."""
    options = [
        {
            "text": f"{word} of {item_id}",
            "mark": mark,
            "feedback": {"happens": f"KEY {item_id} {mark}.", "why": f"KEY why {mark}.", "do": f"KEY do {mark}."},
        }
        for word, mark in zip(("First", "Other", "Third", "Fourth"), MARKS, strict=True)
    ]
    return {
        "kind": "choice",
        "id": item_id,
        "title": f"Title of {item_id}",
        "objective": objective,
        "level": "easy",
        "critical": critical,
        "stem": f"What do you do about {item_id}?",
        "claims": ["L2"],
        "options": options[-turn % 4 :] + options[: -turn % 4],
    }


def items(prefix: str, objective: str, critical: bool, count: int) -> list[dict[str, Any]]:
    return [item(f"{prefix}-{n}", objective, critical, n) for n in range(count)]


def add_checks(toy: Toy) -> None:
    """Puts both checks into a toy course. JSON is YAML, so the pools are written as JSON."""
    pools = {
        "before-a": [item("a-greet", "greet", True), item("a-part", "part", False, 1)],
        "before-b": [item("b-greet", "greet", True, 2), item("b-part", "part", False, 3)],
        "final": [
            *items("slip", "greet", True, 8),
            *items("greet", "greet", False, 5),
            *items("part", "part", False, 5),
        ],
    }
    (toy.data / "pools").mkdir()
    for name, pool in pools.items():
        toy.write(f"data/pools/{name}.yml", json.dumps(pool, indent=1))
    toy.change(
        "data/course.yml", "lessons:\n", "lessons:\n  - {id: before, title: Before, objective: greet, check: before}\n"
    )
    outline = (toy.data / "course.yml").read_text(encoding="utf-8")
    final = "  - {id: final, title: At the end, objective: greet, check: final}\n"
    toy.write("data/course.yml", outline.replace("objectives:", f"{final}objectives:") + BLUEPRINT)
    for check in ("before", "final"):
        cells = [
            nbformat.v4.new_markdown_cell(f"# {check.title()}"),
            nbformat.v4.new_code_cell(f'from course import progress\n\nprogress("{check}")'),
            nbformat.v4.new_code_cell(f'from course import sitting\n\nsitting("{check}")'),
            nbformat.v4.new_code_cell("from course import acknowledge\n\nacknowledge()"),
        ]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), toy.notebooks / f"{check}.ipynb")


def with_checks(folder: Path) -> Toy:
    """A toy course with both checks, in a folder of its own."""
    toy = Toy(folder)
    add_checks(toy)
    return toy
