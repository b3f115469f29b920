"""Finds the browser for the tests, or installs Debian's where there is the right to.

Run by ``make test``. On a person's computer a missing browser is said and its tests are skipped; on
CI it is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ON_CI = bool(os.environ.get("CI"))
SORRY = "The browser tests need Chromium or Chrome. On Debian or Ubuntu run: sudo apt-get install chromium"


def find() -> str | None:
    """The path of a browser on this computer, if there is one. ``CHROMIUM`` may name it."""
    named = os.environ.get("CHROMIUM")
    found = [named, *(shutil.which(name) for name in NAMES), *(p for p in PLACES if Path(p).exists())]
    return next((path for path in found if path), None)


def install() -> None:
    """Installs Debian's Chromium where apt-get may be used without asking."""
    apt = shutil.which("apt-get")
    if not apt:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if sudo and not shutil.which("sudo"):
        return
    print("Installing Debian's Chromium for the browser tests ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        if subprocess.run([*sudo, apt, *step], env=quiet, stdout=subprocess.DEVNULL).returncode:
            return


def main() -> int:
    """Gives 1 where a browser is missing that has to be there."""
    if not find() and sys.platform == "linux":
        install()
    if find():
        return 0
    print(SORRY, file=sys.stderr)
    return 1 if ON_CI else 0


if __name__ == "__main__":
    raise SystemExit(main())
