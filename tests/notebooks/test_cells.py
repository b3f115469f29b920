"""Each cell of each lesson works alone, in a fresh kernel, as a learner may run it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

NOTEBOOKS = Path(__file__).parent.parent.parent / "notebooks"


def code_cells() -> Iterator[Any]:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                yield pytest.param(cell, id=f"{path.stem}-{cell.id}")


@pytest.mark.parametrize("cell", list(code_cells()))
def test_a_cell_works_alone_in_a_fresh_kernel(cell: Any) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    shown: list[str] = []

    def keep(message: Any) -> None:
        if message["msg_type"] in ("execute_result", "display_data"):
            shown.append(message["content"]["data"]["text/plain"])

    try:
        reply = client.execute_interactive(cell.source, timeout=60, output_hook=keep)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert reply["content"]["status"] == "ok", reply["content"].get("evalue")
    assert shown == [cell.outputs[0].data["text/plain"]]
