"""What every test may ask for: the toy course, a journal of its own, and nobody else's settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course.bank import Bank
from course.examiner import LocalExaminer
from course.journal import Journal

if TYPE_CHECKING:
    from tests.postgresql import Server
    from tests.toy import Toy

HERE = Path(__file__).parent
ROOT = HERE.parent
TOY_COURSE = HERE / "toy_course"
TOY_NOTEBOOKS = HERE / "toy_notebooks"


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the answers and settings of whoever runs it."""
    for name in ("COURSE_LEARNER", "COURSE_PRACTICE", "COURSE_DATA", "JUPYTER_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COURSE_JOURNAL", f"sqlite:///{tmp_path / 'journal.sqlite'}")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data home"))


@pytest.fixture
def toy_bank() -> Bank:
    return Bank(TOY_COURSE)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    yield Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")


@pytest.fixture
def examiner(toy_bank: Bank, journal: Journal) -> LocalExaminer:
    return LocalExaminer(toy_bank, journal, journal.current_learner())


@pytest.fixture
def checks(tmp_path: Path) -> Toy:
    """A toy course with both checks, which a test may spoil."""
    from tests.exams import with_checks  # it needs this module first

    return with_checks(tmp_path / "a course with checks")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server of these tests' own."""
    from tests.postgresql import own_server  # only where a test needs one

    with own_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, of each kind."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        return server.new_store()
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"
