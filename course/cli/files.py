"""What the calls of the command share: days as they are typed, and files that are written whole or not at all."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from course.errors import StartError


def day(text: str) -> date:
    """A day as it is typed. Raises argparse's error where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day. Write it like 2026-03-31.") from None


def write(path: Path, content: bytes) -> None:
    """All of it or none: a stop in mid-write leaves what was there. Raises StartError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise StartError(f"{path} can't be written ({error.strerror}). Name another place.") from None
    finally:
        part.unlink(missing_ok=True)
