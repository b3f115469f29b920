"""How often the coach is right: ``python -m tools.judge_coach [--misses N] FILE...``.

Each file holds labelled messages (see ``tools.labelled``); its name begins with "decline" or "public". Without a file,
those of ``tests/coach``, on which nothing was trained. Intervals hold 95 of 100 draws with replacement.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from course import coach
from course.coach import network
from tools.labelled import Message, read

SEALED = Path(__file__).parent.parent / "tests" / "coach"
DRAWS = 2_000


def main() -> None:
    """Prints a table for each task, and some messages that were misjudged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="print so many misjudged messages")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    files = options.files or sorted(SEALED.glob("*.txt"))
    for task in network.LABELS:
        messages = [m for file in files if file.name.startswith(task.split("-")[0]) for m in read(file)]
        if messages:
            report(task, messages, options.misses)


def report(task: str, messages: Sequence[Message], misses: int) -> None:
    """Prints how often each label of a task is right."""
    found = [coach.findings(task, message.text, message.prompt) for message in messages]
    print(
        f"\n{task}, {len(messages)} messages\n\n| label | balanced accuracy | yes found | no found |\n| --- | --- | --- | --- |"
    )
    means = []
    for name in network.LABELS[task]:
        truth = np.array([message.labels[name] for message in messages])
        said = np.array([finding[name].met for finding in found])
        low, high = interval(truth, said)
        means.append(balanced(truth, said))
        yes, no = said[truth].mean(), 1 - said[~truth].mean()
        print(f"| {name} | {means[-1]:.2f} [{low:.2f} to {high:.2f}] | {yes:.2f} | {no:.2f} |")
    print(f"| mean | {np.mean(means):.3f} | | |")
    wrong = [
        (message, name)
        for message, finding in zip(messages, found, strict=True)
        for name in network.LABELS[task]
        if finding[name].met != message.labels[name]
    ]
    for message, name in wrong[:: max(1, len(wrong) // misses) if misses else 1][:misses]:
        print(f"- {'not ' if message.labels[name] else ''}{name}, says the coach: {message.prompt!r} {message.text!r}")


def balanced(truth: np.ndarray, said: np.ndarray) -> float:
    """The mean of the share of yes that is found and the share of no that is found."""
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def interval(truth: np.ndarray, said: np.ndarray) -> tuple[float, float]:
    """Between what 95 of 100 draws of such messages lie."""
    random = np.random.default_rng(0)
    draws = (random.integers(0, len(truth), len(truth)) for _ in range(DRAWS))
    values = [balanced(truth[d], said[d]) for d in draws if 0 < truth[d].sum() < len(d)]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
