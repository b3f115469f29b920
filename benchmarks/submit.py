"""A durable submit (examine, commit, verdict) beside a bare sqlite3 insert with the same setting.

Both insert the same columns into the same tables and indexes, in WAL mode with synchronous=FULL, in
turns within one run.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.table import percentile, show, spread
from course.bank import Bank
from course.examiner import LocalExaminer
from course.journal import Journal, new_learner_id, utc_now, uuid7
from course.model import Attempt, Learner

SUBMITS = 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / "ours.sqlite", Path(folder) / "bare.sqlite"
        bank, learner = Bank(), Learner(new_learner_id())
        examiner = LocalExaminer(bank, Journal(f"sqlite:///{ours}"), learner)
        Journal(f"sqlite:///{bare}")  # makes the same tables
        connection = sqlite3.connect(bare, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        activity = next(a for a in bank.all_authored() if type(a).__name__ == "Choice")
        answer = ["a"]
        marked = examiner.submit(activity.id, answer, "first", 1.0)
        assert marked
        columns = [name for name in Attempt.__struct_fields__ if name != "text"]
        insert = f"insert into attempt ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"

        submit_ms, bare_ms = [], []
        for n in range(SUBMITS):
            began = time.perf_counter()
            examiner.submit(activity.id, answer, f"key-{n}", 1.0)
            submit_ms.append((time.perf_counter() - began) * 1000)

            row = {name: getattr(marked.attempt, name) for name in columns}
            row |= {"attempt": uuid7(), "key": f"key-{n}", "answer": json.dumps(answer), "at": utc_now()}
            began = time.perf_counter()
            connection.execute(insert, list(row.values()))
            bare_ms.append((time.perf_counter() - began) * 1000)
        connection.close()
        ratio = percentile(submit_ms, 50) / percentile(bare_ms, 50)
        show(
            f"A durable submit, {SUBMITS} each in turns",
            ["what", "ms, median [middle half]", "p95", "aim"],
            [
                ["bare sqlite3 insert", spread(bare_ms, 3), f"{percentile(bare_ms, 95):.3f}", ""],
                ["submit: examine, commit, verdict", spread(submit_ms, 3), f"{percentile(submit_ms, 95):.3f}", ""],
                ["ratio of the medians", f"{ratio:.2f}", "", "at most 3"],
            ],
        )


if __name__ == "__main__":
    main()
