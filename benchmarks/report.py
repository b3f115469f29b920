"""The report on ever larger journals, and their export as xAPI statements, each a command in a process of its own.

    python -m benchmarks.report [ATTEMPTS]

Journals are simulated: a hundred answers a learner, from 10,000 to ATTEMPTS (1,000,000) in all. Prints seconds and peak
memory. Aims: a report in 3 s at 10,000 and in 30 s and 1.5 GB at 1,000,000; an export whose memory does not grow.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import show

EACH = 100
SMALLEST = 10_000
LARGEST_EXPORT = 100_000
UNITS_A_MB = 2**20 if sys.platform == "darwin" else 2**10
"""Of ``ru_maxrss``: bytes on macOS, KiB elsewhere."""


def measure(call: list[str], journal: Path, out: int = subprocess.DEVNULL) -> list[str]:
    """Seconds, seconds of the processor and peak megabytes of a process.

    This one stays small, because a process begins with the peak of its parent.
    """
    began = time.perf_counter()
    environment = {**os.environ, "COURSE_JOURNAL": f"sqlite:///{journal}"}
    process = subprocess.Popen([sys.executable, "-m", *call], env=environment, stdout=out)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"'{' '.join(call)}' ended with {process.returncode}.")
    seconds = time.perf_counter() - began
    return [f"{seconds:.1f}", f"{used.ru_utime + used.ru_stime:.1f}", f"{used.ru_maxrss / UNITS_A_MB:.0f}"]


def fill(learners: int) -> None:
    """Makes a journal where ``COURSE_JOURNAL`` says, with the same answers at every call."""
    from benchmarks.journals import simulate  # only in the process that does this
    from course.bank import Bank
    from course.journal import Journal, journal_url

    simulate(Journal(journal_url()), Bank(), learners, EACH, seed=learners)


def main(largest: int) -> None:
    reports, exports = [], []
    with tempfile.TemporaryDirectory() as folder:
        page, statements, count = Path(folder) / "report.html", Path(folder) / "xapi.jsonl", SMALLEST
        while count <= largest:
            journal = Path(folder) / f"{count}.sqlite"
            measure(["benchmarks.report", "fill", str(count // EACH)], journal)
            measured = measure(["course", "report", str(page)], journal)
            reports.append([f"{count:,}", f"{count // EACH:,}", *measured, f"{page.stat().st_size / 2**20:.1f}"])
            if count <= LARGEST_EXPORT:
                with statements.open("wb") as out:
                    measured = measure(["course", "export", "xapi"], journal, out.fileno())
                with statements.open("rb") as lines:
                    exports.append([f"{sum(1 for _ in lines):,}", *measured])
            count *= 10
    show("course report", ["answers", "learners", "seconds", "CPU s", "peak MB", "page MB"], reports)
    show("course export xapi, into a file", ["statements", "seconds", "CPU s", "peak MB"], exports)


if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        fill(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
