"""What the calls of the command share: days and files as they are typed, and files written whole or not at all."""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import IO

from course.errors import StartError


def day(text: str) -> date:
    """A day as it is typed. Raises argparse's error where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day. Write it like 2026-03-31.") from None


def new_file(text: str) -> Path:
    """A file to write, as it is typed. Raises argparse's error where a folder, or a device, has that name."""
    path = Path(text)
    if not path.name or (path.exists() and not path.is_file()):
        raise argparse.ArgumentTypeError(f"'{text}' is no file that can be written. Name a file.")
    return path


def write(path: Path, content: bytes) -> None:
    """All of it or none: a stop in mid-write leaves what was there. Raises StartError."""
    with writing(path) as stream:
        stream.write(content)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to fill, which takes its place when the block has ended, and never if it was left. Raises StartError."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        raise StartError(f"{path} can't be written ({error.strerror}). Name another place.") from None
    finally:
        with suppress(OSError):
            part.unlink()
