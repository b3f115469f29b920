"""Writes the public view of every activity into the lessons' saved outputs.

What is saved is text, in the name of the default practice: it is what nbval compares, and what a
page shows that can't show widgets. Widget state is left out, because it names a kernel that is gone.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def save_outputs(path: Path) -> None:
    """Runs one notebook and keeps the text of its outputs."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            for output in cell.outputs:
                output.data.pop(WIDGET_VIEW, None)
                output.metadata.clear()
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def main() -> None:
    """Runs every notebook in a journal of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["COURSE_JOURNAL"] = f"sqlite:///{Path(home) / 'journal.sqlite'}"
        for name in ("COURSE_LEARNER", "COURSE_PRACTICE", "COURSE_DATA"):
            os.environ.pop(name, None)
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            save_outputs(path)
            print(path.name)


if __name__ == "__main__":
    main()
