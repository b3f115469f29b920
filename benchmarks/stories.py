"""Time to prove stories of 50, 500 and 2,000 scenes: every state walked, every path counted."""

from __future__ import annotations

import time

from benchmarks.table import show, spread
from course import plot
from tests.stories import long_story

ROUNDS = 5


def main() -> None:
    rows = []
    for scenes in (50, 500, 2_000):
        told = long_story(scenes)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            proof = plot.prove(told)
            times.append(time.perf_counter() - began)
            assert not proof.flaws
        paths = f"about 10^{len(str(proof.paths)) - 1}"
        rows.append([f"{scenes:,}", f"{proof.states:,}", paths, spread(times, 3), "at most 2" if scenes == 500 else ""])
    header = ["scenes", "states", "paths, counted", "seconds, median [middle half]", "aim"]
    show(f"Proving a story, {ROUNDS} rounds", header, rows)


if __name__ == "__main__":
    main()
