"""Writes a JSON Schema for each kind of data file, so that an editor can help while somebody types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from course.checks.files import OTHER_FILES
from course.model import Activity, Story

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"


def schemas() -> dict[str, str]:
    """The text of each schema file, by its name."""
    kinds: dict[str, Any] = {**OTHER_FILES, "activities.yml": list[Activity], "story.yml": Story}
    return {
        name.replace(".yml", ".json"): json.dumps(msgspec.json.schema(kind), indent=1, sort_keys=True) + "\n"
        for name, kind in kinds.items()
    }


def main() -> None:
    """Writes every schema."""
    SCHEMAS.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (SCHEMAS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
