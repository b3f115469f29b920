"""A PostgreSQL server of the tests' own: in a temporary folder, behind a Unix socket, stopped at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


class Server:
    """One server. ``new_store`` gives the address of an empty database on it."""

    def __init__(self, programs: Path, folder: Path, owner: dict[str, Any]) -> None:
        self._programs = programs
        self._folder = folder
        self._owner = owner
        self._stores = 0
        self._call("initdb", "--username=course", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        options = f"-F -k {self._folder} -c listen_addresses=''"
        self._call("pg_ctl", "start", "--wait", f"--log={self._folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        self._call("pg_ctl", "stop", "--wait", "--mode=immediate")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://course@/{database}?host={self._folder}"

    def new_store(self) -> str:
        self._stores += 1
        name = f"store{self._stores}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def connect(self, database: str) -> Any:
        import psycopg

        return psycopg.connect(f"host={self._folder} user=course dbname={database}", autocommit=True)

    def _call(self, program: str, *arguments: str) -> None:
        call = [self._programs / program, *arguments, f"--pgdata={self._folder / 'data'}"]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run(call, check=True, timeout=60, cwd=self._folder, **quiet, **self._owner)


@contextmanager
def own_server() -> Iterator[Server]:
    """A running server; the test is skipped, with the reason, where there can't be one."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    programs = _programs()
    if programs is None or os.name != "posix":
        pytest.skip("PostgreSQL's programs are not on this computer, or it has no Unix sockets")
    folder = Path(tempfile.mkdtemp(prefix="course-pg-"))  # short: the socket's path may have 107 characters
    server = None
    try:
        server = Server(programs, folder, _owner(folder))
        server.start()
        yield server
    finally:
        if server and (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in found if (folder / "pg_ctl").exists()), None)


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so there it runs as its own user."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not there on Windows

    if "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        pytest.skip("PostgreSQL does not run as root, and there is no user 'postgres'")
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres", "extra_groups": []}
