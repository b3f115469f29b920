"""Time to read a hundred activities from YAML into their types."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import yaml

from benchmarks.table import show, spread
from course.bank import read
from course.model import Activity

ROUNDS = 30
ROOT = Path(__file__).parent.parent


def hundred_activities() -> str:
    """The course's own activities, again and again until there are a hundred, each under an id of its own."""
    entries: list[str] = []
    for path in sorted((ROOT / "data" / "activities").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        entries += ["- kind:" + entry for entry in ("\n" + text).split("\n- kind:")[1:]]
    while len(entries) < 100:
        entries += entries
    return "\n".join(entries[:100])


def milliseconds(work: object) -> list[float]:
    """The times of several rounds of ``work``."""
    assert callable(work)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hundred.yml"
        path.write_text(hundred_activities(), encoding="utf-8")
        text = path.read_text(encoding="utf-8")
        ours = milliseconds(lambda: read(path, list[Activity]))
        theirs = milliseconds(lambda: yaml.load(text, yaml.CSafeLoader))
        show(
            f"A hundred activities ({len(text) / 1000:.0f} kB), {ROUNDS} rounds",
            ["what", "ms, median [middle half]", "aim"],
            [
                ["read, with duplicate keys refused and types held", spread(ours), "at most 50"],
                ["PyYAML's CSafeLoader alone, for comparison", spread(theirs), ""],
            ],
        )


if __name__ == "__main__":
    main()
