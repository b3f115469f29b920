"""Thirty processes, an answer every two seconds each, on one SQLite file.

    python -m benchmarks.crowd [SECONDS] [PROCESSES]

Prints how long the longest answer waited and whether anything was lost or refused.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import tempfile
import time
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks.table import percentile, show
from course.bank import Bank
from course.errors import CourseError
from course.examiner import LocalExaminer
from course.journal import Journal, new_learner_id
from course.model import Learner

SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 120
PROCESSES = int(sys.argv[2]) if len(sys.argv) > 2 else 30
EVERY = 2.0


def answer_for_a_while(
    url: str, ready: Barrier, results: multiprocessing.Queue[tuple[str, list[float], list[str]]]
) -> None:
    """One learner: answers at a pace of their own, and reports each wait and each error."""
    learner = Learner(new_learner_id())
    waits: list[float] = []
    errors: list[str] = []
    try:
        examiner = LocalExaminer(Bank(), Journal(url), learner)
        activity = next(a for a in Bank().all_authored() if type(a).__name__ == "Choice")
        ready.wait()
        until = time.time() + SECONDS
        following = time.time() + random.uniform(0, EVERY)
        while following < until:
            time.sleep(max(0, following - time.time()))
            began = time.perf_counter()
            try:
                examiner.submit(activity.id, ["a"], f"key-{following}", EVERY)
                waits.append(time.perf_counter() - began)
            except CourseError as error:
                errors.append(str(error))
            following += EVERY
    except CourseError as error:
        errors.append(str(error))
    results.put((learner.id, waits, errors))


def main() -> None:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'journal.sqlite'}"
        results: multiprocessing.Queue[tuple[str, list[float], list[str]]] = context.Queue()
        ready = context.Barrier(PROCESSES)
        crowd = [context.Process(target=answer_for_a_while, args=(url, ready, results)) for _ in range(PROCESSES)]
        for process in crowd:
            process.start()
        found = [results.get(timeout=SECONDS + 120) for _ in crowd]
        for process in crowd:
            process.join()
        journal = Journal(url)
        kept = sum(len(journal.attempts(learner)) for learner, _, _ in found)
        waits = [wait * 1000 for _, own, _ in found for wait in own]
        errors = [error for _, _, own in found for error in own]
        show(
            f"{PROCESSES} processes, an answer every {EVERY:.0f} s each, {SECONDS} s, one file",
            ["what", "measured", "aim"],
            [
                ["answers acknowledged", str(len(waits)), ""],
                ["of these in the journal", str(kept), "all of them"],
                ["errors shown", str(len(errors)), "none"],
                ["wait, median, ms", f"{percentile(waits, 50):.1f}", ""],
                ["wait, p95, ms", f"{percentile(waits, 95):.1f}", ""],
                ["longest wait, ms", f"{max(waits):.1f}", "under 2000"],
            ],
        )
        for error in sorted(set(errors)):
            print("   ", error)


if __name__ == "__main__":
    main()
