"""The author's checker: every fault of the authored files in one run, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from course.checks.content import content_faults
from course.checks.coverage import Coverage
from course.checks.files import read_all, read_story
from course.checks.items import item_faults
from course.checks.language import language_warnings
from course.checks.lessons import lesson_faults, read_notebooks
from course.checks.pack import pack_faults
from course.checks.pools import pool_faults
from course.checks.stories import story_faults
from course.checks.writing import writing_faults, writing_warnings
from course.errors import Fault

__all__ = ["Report", "check", "read_story"]


@dataclass
class Report:
    """What the checker found. Warnings do not stop a course; ``counts`` tells what covers what."""

    faults: list[Fault]
    warnings: list[Fault] = field(default_factory=list)
    activities: int = 0
    counts: dict[str, Any] = field(default_factory=dict)


def check(
    folder: Path,
    notebooks: Path,
    practice: Path | None = None,
    as_of: date | None = None,
    craft: bool = True,
) -> Report:
    """Every fault in a data folder and its notebooks, in the order of files and lines.

    ``practice`` is checked besides the folder's own. ``as_of`` is the day against which sources are held
    (today). Without ``craft`` only what could break the course is looked for: form, ids, lessons, checks
    and practice, and not how well items are written and what they cover.
    """
    authored, faults = read_all(folder, practice)
    faults += read_notebooks(authored, notebooks)
    whole = not faults
    faults += content_faults(authored, whole)
    faults += lesson_faults(authored)
    faults += pool_faults(authored, whole)
    faults += story_faults(authored)
    faults += writing_faults(authored)
    faults += pack_faults(authored, str(practice) if practice else None, whole)
    count = len(authored.everything)
    if not craft:
        return Report(sorted(set(faults)), activities=count)
    faults += item_faults(authored)
    coverage = Coverage(authored)
    if whole:  # what could not be read may hold what seems to be missing
        faults += coverage.faults()
    warnings = [
        *language_warnings(authored),
        *coverage.warnings(as_of or datetime.now(UTC).date()),
        *writing_warnings(authored),
    ]
    return Report(sorted(set(faults)), sorted(set(warnings)), count, coverage.as_json())
