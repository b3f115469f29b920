"""Every run of pytest, nbval's included, has a journal and a home of its own."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_home = tempfile.TemporaryDirectory(prefix="course-tests-")


def pytest_configure(config: pytest.Config) -> None:
    """Set before any kernel starts, so that no test meets the answers of whoever runs it."""
    os.environ["COURSE_JOURNAL"] = f"sqlite:///{Path(_home.name) / 'journal.sqlite'}"
    os.environ["XDG_DATA_HOME"] = str(Path(_home.name) / "data")
    for name in ("COURSE_LEARNER", "COURSE_PRACTICE", "COURSE_DATA", "JUPYTER_TOKEN"):
        os.environ.pop(name, None)
