"""Opens the course: makes its own Python environment the first time, then starts it.

    python3 start.py [--no-browser] [--port 8899] [...]

Needs nothing but Python 3.11 or newer. Everything it installs goes into the folder .venv beside this
file. All flags are those of ``course start``.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)


def prepare(extra: str = "") -> None:
    """Makes .venv and installs the course into it, unless that was done before with the same files.

    ``extra`` names a further group of packages, such as ``test``. Stopped half-way, it starts anew
    the next time.
    """
    if sys.version_info < OLDEST:
        stop(f"This is Python {sys.version.split()[0]}. Install Python 3.11 or newer, then run it again.")
    stamp = VENV / f"installed{extra and '-' + extra}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == _fingerprint():
        return
    print("Getting the course ready. This happens once and takes a few minutes.", flush=True)
    if not _works():
        _run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            "The folder .venv could not be made. On Debian or Ubuntu, install the package python3-venv first.",
        )
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run(
        [*pip, "--constraint", str(ROOT / "constraints.txt"), "--editable", target],
        "The packages could not be installed. Check the network connection, then run this again.",
    )
    stamp.write_text(_fingerprint(), encoding="utf-8")


def _fingerprint() -> str:
    """Changes whenever what should be installed does, or the folder has moved."""
    parts = [str(ROOT).encode(), *((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _works() -> bool:
    try:
        return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def _run(command: list[str], sorry: str) -> None:
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError):
        stop(sorry)
    except KeyboardInterrupt:
        stop("Stopped. Run it again to go on.")


def stop(sentence: str) -> None:
    """Ends the program with one sentence on what to do."""
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def main() -> int:
    """Prepares the environment and hands over to ``course start``; gives its exit status."""
    prepare()
    process = subprocess.Popen([str(PYTHON), "-m", "course", "start", *sys.argv[1:]])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the course, which says goodbye
    return process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
