"""Memory of a lesson's kernel, and time to its first activity, beside a bare kernel with anywidget.

Memory is what one lesson with all its activities shown holds (RSS after a collection). Time is
measured inside fresh kernels, after anywidget has been imported: what is left is the course's own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
from jupyter_client.manager import start_new_kernel

from benchmarks.table import show, spread

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
ROOT = Path(__file__).parent.parent
RSS = "import gc, psutil; gc.collect(); print('=', psutil.Process().memory_info().rss / 2**20)"
FIRST = """
import anywidget, time
began = time.perf_counter()
from course import activity
activity("{id}")
print('=', (time.perf_counter() - began) * 1000)
"""


def in_a_kernel(work: Callable[[Callable[[str], float | None]], float]) -> float:
    """What ``work`` gives, in a fresh kernel on a fresh journal."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["COURSE_JOURNAL"] = f"sqlite:///{Path(home) / 'journal.sqlite'}"
        manager, client = start_new_kernel(kernel_name="python3", stderr=-3)
        try:
            return work(lambda code: execute(client, code))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def execute(client: Any, code: str) -> float | None:
    """Runs one cell; gives the number that it printed after "=", if any."""
    printed: list[str] = []

    def hear(message: Any) -> None:
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=60, output_hook=hear)
    assert reply["content"]["status"] == "ok", reply["content"]
    text = "".join(printed)
    return float(text.split("=")[1]) if "=" in text else None


def number(value: float | None) -> float:
    assert value is not None
    return value


def main() -> None:
    sources = {
        path.stem: [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        for path in sorted((ROOT / "notebooks").glob("0[1-9]*.ipynb"))
    }
    largest = max(sources, key=lambda name: len(sources[name]))
    first = next(iter(sources.values()))[1].split('activity("')[1].split('"')[0]

    def bare(run: Callable[[str], float | None]) -> float:
        run("import anywidget")
        return number(run(RSS))

    def lesson(run: Callable[[str], float | None]) -> float:
        for source in sources[largest]:
            run(source)
        return number(run(RSS))

    bare_mb = [in_a_kernel(bare) for _ in range(ROUNDS)]
    lesson_mb = [in_a_kernel(lesson) for _ in range(ROUNDS)]
    first_ms = [in_a_kernel(lambda run: number(run(FIRST.format(id=first)))) for _ in range(ROUNDS)]
    ratio = median(lesson_mb) / median(bare_mb)
    show(
        f"A lesson's kernel, {ROUNDS} fresh kernels each",
        ["what", "median [middle half]", "aim"],
        [
            ["bare kernel, anywidget imported, MB", spread(bare_mb), ""],
            [f"kernel of {largest}, {len(sources[largest])} widgets, MB", spread(lesson_mb), ""],
            ["ratio", f"{ratio:.2f}", "at most 1.5"],
            ["first activity, beyond anywidget, ms", spread(first_ms, 0), "at most 250"],
        ],
    )


if __name__ == "__main__":
    main()
