"""Runs every benchmark, one after the other: ``python -m benchmarks``."""

from __future__ import annotations

import subprocess
import sys

ALL = ("forms", "stories", "coach", "kernel", "bank", "submit", "crowd", "report", "browser")

for name in ALL:
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
