"""How every benchmark prints what it measured."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from statistics import median, quantiles


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Median, with the middle half in brackets."""
    if len(values) < 2:
        return f"{values[0]:.{digits}f}"
    low, _, high = quantiles(values, n=4)
    return f"{median(values):.{digits}f} [{low:.{digits}f} to {high:.{digits}f}]"


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints one table."""
    widths = [max(len(str(row[n])) for row in [header, *rows]) for n in range(len(header))]
    print(f"\n{title}  (Python {platform.python_version()}, {platform.machine()})\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        print("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    print(flush=True)
