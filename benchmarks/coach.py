"""The coach in fresh kernels: its first judgement, later ones, what it adds to memory, and how time grows with length.

The texts are those on which the coach was never trained, joined and cut to a length in words.
"""

from __future__ import annotations

import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from benchmarks.kernel import RSS, in_a_kernel, number
from benchmarks.table import percentile, show, spread
from course import coach
from tools.labelled import read

ROUNDS = 5
LATER = 200
SEALED = Path(__file__).parent.parent / "tests" / "coach"
USED = "from course import activity; activity('{id}')"
FIRST = """
import time
began = time.perf_counter()
from course import coach
coach.judge('decline', {text!r})
print('=', (time.perf_counter() - began) * 1000)
"""


def texts() -> list[str]:
    return [message.text for path in sorted(SEALED.glob("decline_*.txt")) for message in read(path)]


def of_words(count: int, start: int = 0) -> str:
    """A text of so many words."""
    words = " ".join(texts()).split()
    return " ".join(islice(cycle(words), start, start + count))


def main() -> None:
    first, more, before = [], [], []
    for n in range(ROUNDS):
        text = of_words(80, n * 80)

        def fresh(run: object, text: str = text) -> float:
            assert callable(run)
            run(USED.format(id="a-plain-first-request"))
            start = number(run(RSS))
            first.append(number(run(FIRST.format(text=text))))
            before.append(start)
            more.append(number(run(RSS)) - start)
            return 0.0

        in_a_kernel(fresh)
    later = []
    for n in range(LATER):
        text = of_words(80, n * 37)
        began = time.perf_counter()
        coach.judge("decline", text)
        later.append((time.perf_counter() - began) * 1000)
    show(
        f"The coach, {ROUNDS} fresh kernels; later judgements of 80 words, {LATER} texts",
        ["what", "median [middle half]", "aim"],
        [
            ["kernel with a compose activity, not used, MB", spread(before), ""],
            ["first judgement, ms", spread(first, 0), "at most 400"],
            ["more memory after it, MB", spread(more), "at most 60"],
            ["later ones, ms", spread(later), ""],
            ["later ones, 95th of 100, ms", f"{percentile(later, 95):.1f}", "at most 25"],
        ],
    )
    rows = []
    for count in (10, 100, 1_000, 10_000):
        times = []
        text = of_words(count)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            coach.findings("decline", text)
            times.append((time.perf_counter() - began) * 1000)
        rows.append([f"{count:,}", spread(times), f"{median(times) / count * 1000:.0f}"])
    show("Time by the length of the text", ["words", "ms, median [middle half]", "microseconds a word"], rows)


if __name__ == "__main__":
    main()
