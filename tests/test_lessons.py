"""How lessons are laid down for a learner: fresh, signed, in the practice's name, and nothing of theirs is lost."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from course.bank import Bank
from course.errors import StartError
from course.reader import lessons
from course.reader.lessons import COPIES, LAID, lay_down
from tests.conftest import TOY_COURSE
from tests.toy import LESSON, START, Toy

FILES = ["00-start-here.ipynb", "first.ipynb", "second.ipynb"]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are kept in Jupyter's data folder."""
    for name in ("HOME", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "a course")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a learner's own folder" / "lessons"


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def edit(path: Path, change: Callable[[Any], None]) -> str:
    """Changes a notebook as a learner does in JupyterLab; gives what the file then holds."""
    notebook = read(path)
    change(notebook)
    nbformat.write(notebook, path)
    return path.read_text(encoding="utf-8")


def write_a_remark(notebook: Any) -> None:
    notebook.cells.append(nbformat.v4.new_markdown_cell("My own remark"))


def run_all_cells(notebook: Any) -> None:
    """What JupyterLab saves after a run: outputs, counts and times, but the same cells."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata["trusted"] = True
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": "a widget"})]
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}


def copies(target: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (target / COPIES).glob("*")}


# --- what is laid down ---


def test_every_lesson_is_laid_down_signed_and_locked(toy: Toy, target: Path) -> None:
    manifest = lay_down(Bank(toy.data), target)
    assert list(manifest) == FILES
    assert sorted(path.name for path in target.iterdir()) == [LAID, *FILES]
    for file in FILES:
        notebook = read(target / file)
        assert NotebookNotary().check_signature(notebook)
        assert all(not cell.metadata.editable and not cell.metadata.deletable for cell in notebook.cells)


def test_a_changed_notebook_is_not_signed(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    edit(target / "first.ipynb", write_a_remark)
    assert not NotebookNotary().check_signature(read(target / "first.ipynb"))


def test_the_manifest_names_titles_and_hashes_of_cells(toy: Toy, target: Path) -> None:
    manifest = lay_down(Bank(toy.data), target)
    assert [lesson["title"] for lesson in manifest.values()] == [
        "Start here · Toy Course",
        "First lesson · Toy Course",
        "Second lesson · Toy Course",
    ]
    cells = read(target / "first.ipynb").cells
    assert len(cells) == 5
    expected = [f"{cell.cell_type}:{hashlib.sha256(cell.source.encode()).hexdigest()}" for cell in cells]
    assert manifest["first.ipynb"]["cells"] == expected


def test_the_authored_notebooks_are_never_written_to(toy: Toy, target: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in toy.folder.rglob("*") if path.is_file()}
    lay_down(Bank(toy.data), target)
    edit(target / "first.ipynb", write_a_remark)
    lay_down(Bank(toy.data), target)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in toy.folder.rglob("*") if path.is_file()}
    assert after == before


def test_lessons_speak_in_the_name_of_ones_own_practice(toy: Toy, target: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text((TOY_COURSE / "practice.yml").read_text(encoding="utf-8").replace("Toy Practice", "Mine"))

    def name_in_code_and_outputs(notebook: Any) -> None:
        notebook.cells[1].source = "# Toy Practice\n" + notebook.cells[1].source
        notebook.cells[1].outputs = [
            nbformat.v4.new_output("display_data", {"text/plain": "Welcome to Toy Practice"}),
            nbformat.v4.new_output("stream", text="Toy Practice"),
        ]

    edit(toy.folder / LESSON, name_in_code_and_outputs)
    toy.change("data/course.yml", "First lesson", "At Toy Practice")
    manifest = lay_down(Bank(toy.data, own), target)
    assert manifest["first.ipynb"]["title"] == "At Mine · Toy Course"
    prose, code = read(target / "first.ipynb").cells[:2]
    assert prose.source == "# First lesson\n\nAt Mine we begin here."
    assert code.source.startswith("# Toy Practice\n")
    assert code.outputs[0].data["text/plain"] == "Welcome to Mine"


# --- what learners change ---


def test_an_edited_lesson_is_put_aside_and_restored(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    fresh = (target / "first.ipynb").read_text(encoding="utf-8")
    mine = edit(target / "first.ipynb", write_a_remark)
    lay_down(Bank(toy.data), target)
    assert copies(target) == {"first (1).ipynb": mine}
    assert (target / "first.ipynb").read_text(encoding="utf-8") == fresh


def test_no_copy_takes_the_place_of_another(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    kept = {}
    for number in (1, 2, 3):
        kept[f"first ({number}).ipynb"] = edit(target / "first.ipynb", write_a_remark)
        lay_down(Bank(toy.data), target)
    assert copies(target) == kept


def test_a_lesson_that_was_only_run_and_saved_is_not_an_edited_one(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    edit(target / "first.ipynb", run_all_cells)
    lay_down(Bank(toy.data), target)
    assert copies(target) == {}
    assert "a widget" not in (target / "first.ipynb").read_text(encoding="utf-8")


def test_a_new_version_of_the_course_is_not_an_edit(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    toy.change(LESSON, "we begin here", "we begin anew")
    lay_down(Bank(toy.data), target)
    assert copies(target) == {}
    assert "we begin anew" in (target / "first.ipynb").read_text(encoding="utf-8")


def test_a_start_that_was_cut_off_half_way_is_not_an_edit(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    old = (target / LAID).read_bytes()
    toy.change(LESSON, "we begin here", "we begin anew")
    lay_down(Bank(toy.data), target)
    (target / LAID).write_bytes(old)  # the new lessons were written, their hashes were not
    lay_down(Bank(toy.data), target)
    assert copies(target) == {}


@pytest.mark.parametrize("laid", [None, "", "[]", '{"first.ipynb": 3}', '{"first.ipynb": {}}'])
def test_an_edit_is_kept_even_where_nobody_knows_what_was_laid_down(toy: Toy, target: Path, laid: str | None) -> None:
    lay_down(Bank(toy.data), target)
    mine = edit(target / "first.ipynb", write_a_remark)
    (target / LAID).unlink()
    if laid is not None:
        (target / LAID).write_text(laid, encoding="utf-8")
    lay_down(Bank(toy.data), target)
    assert copies(target) == {"first (1).ipynb": mine}


@pytest.mark.parametrize("garbage", ["", "not JSON", "[]", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_any_more_is_kept(toy: Toy, target: Path, garbage: str) -> None:
    lay_down(Bank(toy.data), target)
    (target / "first.ipynb").write_text(garbage, encoding="utf-8")
    lay_down(Bank(toy.data), target)
    assert copies(target) == {"first (1).ipynb": garbage}
    assert len(read(target / "first.ipynb").cells) == 5


def test_a_deleted_lesson_comes_back(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    (target / "first.ipynb").unlink()
    lay_down(Bank(toy.data), target)
    assert len(read(target / "first.ipynb").cells) == 5
    assert copies(target) == {}


def test_other_files_of_the_learner_stay(toy: Toy, target: Path) -> None:
    lay_down(Bank(toy.data), target)
    (target / "my notes.txt").write_text("mine", encoding="utf-8")
    lay_down(Bank(toy.data), target)
    assert (target / "my notes.txt").read_text(encoding="utf-8") == "mine"


# --- trouble ---


@pytest.mark.parametrize("file", [START, LESSON])
def test_a_missing_lesson_stops_the_start(toy: Toy, target: Path, file: str) -> None:
    toy.remove(file)
    with pytest.raises(StartError, match="is missing or damaged"):
        lay_down(Bank(toy.data), target)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"cells": 1}', b"\xff\xfe"])
def test_a_damaged_lesson_stops_the_start(toy: Toy, target: Path, content: bytes) -> None:
    (toy.folder / LESSON).write_bytes(content)
    with pytest.raises(StartError, match="is missing or damaged"):
        lay_down(Bank(toy.data), target)


def test_a_file_in_the_place_of_the_folder_is_said(toy: Toy, target: Path) -> None:
    target.parent.mkdir()
    target.write_text("in the way", encoding="utf-8")
    with pytest.raises(StartError, match="can't be written to"):
        lay_down(Bank(toy.data), target)


def test_a_folder_that_can_only_be_read_is_said(toy: Toy, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_options: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lessons.tempfile, "mkstemp", refuse)  # root may write where others may not
    with pytest.raises(StartError, match=r"can't be written to .* \(Permission denied\)\. .* ask for the right"):
        lay_down(Bank(toy.data), target)


@pytest.mark.parametrize("stop", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_is_cut_off_leaves_the_file_that_was_there(
    toy: Toy, target: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    lay_down(Bank(toy.data), target)
    before = {path.name: path.read_bytes() for path in target.iterdir()}
    toy.change(LESSON, "we begin here", "we begin anew")

    def open_and_stop(handle: int, *_mode: str, **_options: str) -> None:
        os.write(handle, b'{"cells": [')
        os.close(handle)
        raise stop

    monkeypatch.setattr(lessons.os, "fdopen", open_and_stop)
    with pytest.raises((StartError, KeyboardInterrupt)):
        lay_down(Bank(toy.data), target)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before


def test_the_manifest_that_was_kept_is_the_one_that_was_given(toy: Toy, target: Path) -> None:
    manifest = lay_down(Bank(toy.data), target)
    assert json.loads((target / LAID).read_text(encoding="utf-8")) == manifest
