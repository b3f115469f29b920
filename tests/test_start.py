"""``course start`` as a real process: what it prints, who may come in, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from course.reader import server as reader_server
from tests.conftest import ROOT
from tests.toy import Toy

SECONDS = 60
"""The longest wait for anything; a slow computer needs a few of them."""


class Started:
    """A ``course start`` in a home of its own, with a toy course."""

    def __init__(self, home: Path, *flags: str, port: int | None = None) -> None:
        self.home = home
        self.toy = Toy(home / "a course") if not (home / "a course").exists() else None
        self.lessons = home / "data home" / "friend-request-course" / "lessons"
        folders = {"XDG_DATA_HOME": "data home", "HOME": "."}
        folders |= {f"JUPYTER_{name}_DIR": name.lower() for name in ("DATA", "RUNTIME", "CONFIG")}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "JUPYTER_"))}
        environment |= {name: str(home / folder) for name, folder in folders.items()}
        environment["COURSE_DATA"] = str(home / "a course" / "data")
        command = [sys.executable, "-m", "course", "start", "--no-browser", "--port", str(port or free_port()), *flags]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.said: list[str] = []
        self.noise: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self._lines.put), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.noise.append), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any, keep: Callable[[str | None], None]) -> None:
        for line in stream:
            keep(line.rstrip("\n"))
        if stream is self.process.stdout:
            keep(None)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line printed from here on that fits."""
        until = time.monotonic() + SECONDS
        while (line := self._lines.get(timeout=max(0.1, until - time.monotonic()))) is not None:
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no {pattern!r} in {self.said}; on standard error: {self.noise}")

    def __enter__(self) -> Started:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing goes on running, whatever a test came to."""
        if self.process.poll() is None:
            server = psutil.Process(self.process.pid)
            for process in [*server.children(recursive=True), server]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.wait(SECONDS)

    def opened(self) -> Started:
        """Waits until the course says where it is."""
        self.address = self.wait_for(r"http://\S+")[0]
        self.base, _, self.token = self.address.partition("/doc/tree/00-start-here.ipynb?token=")
        return self

    def stop(self, number: int) -> int:
        """Ends it; gives its exit status."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Waits for its end, reads what is left to read, and gives its exit status."""
        status = self.process.wait(SECONDS)
        for reader in self._readers:
            reader.join(SECONDS)
        self.said += iter(self._lines.get, None)
        return status

    def ask(self, path: str, body: dict[str, str] | None = None) -> Any:
        """What the server answers to somebody who has the token."""
        headers = {"Authorization": f"token {self.token}"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.base}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            text = answer.read().decode()
        return json.loads(text) if path.startswith(("/api", "/lab/api")) else text

    def run_a_cell(self) -> None:
        """Starts a kernel as a lesson does, and runs a cell of that lesson in it."""
        kernel = self.ask("/api/kernels", {"name": "python3"})["id"]
        client = BlockingKernelClient(connection_file=str(self.home / "runtime" / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)
        client.execute_interactive('from course import activity\n\nactivity("pick-one")', silent=True, timeout=SECONDS)
        client.stop_channels()

    def page(self) -> dict[str, Any]:
        """The configuration in the start page."""
        html = self.ask("/doc/tree/00-start-here.ipynb")
        found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', html, re.DOTALL)
        assert found
        config: dict[str, Any] = json.loads(found[1])
        return config


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def snapshot(*folders: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A course that stays open; tests look at it only."""
    with Started(tmp_path_factory.mktemp("a home")) as course:
        yield course.opened()


@pytest.fixture(scope="module")
def authors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Started, int]]:
    """A course opened with --author, asked to use a port that is taken."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with Started(tmp_path_factory.mktemp("an author"), "--author", port=port) as course:
            yield course.opened(), port


def test_it_prints_one_address_with_a_token_and_how_to_close_it(started: Started) -> None:
    if len(started.said) < 5:
        started.wait_for("Ctrl-C")
    *before, last = started.said
    assert before[:4] == ["", "The course is open at", "", f"    {started.address}"]
    assert last == "Leave this window open while you learn. To stop, press Ctrl-C here."
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/doc/tree/00-start-here\.ipynb\?token=[0-9a-f]{48}", started.address)
    assert started.noise == []


def test_the_address_opens_the_start_page(started: Started) -> None:
    with urllib.request.urlopen(started.address, timeout=SECONDS) as answer:
        assert answer.status == 200
        assert "jupyter-config-data" in answer.read().decode()


@pytest.mark.parametrize("path", ["/doc/tree/00-start-here.ipynb", "/api/contents", "/api/kernels", "/lab"])
@pytest.mark.parametrize("token", ["", "?token=wrong"])
def test_nobody_comes_in_without_the_token(started: Started, path: str, token: str) -> None:
    try:
        with urllib.request.urlopen(f"{started.base}{path}{token}", timeout=SECONDS) as answer:
            assert "/login?" in answer.url
            assert "jupyter-config-data" not in answer.read().decode()
    except urllib.error.HTTPError as refusal:
        assert refusal.code == 403


def test_it_listens_on_this_computer_only(started: Started) -> None:
    listening = [c.laddr.ip for c in psutil.Process(started.process.pid).net_connections() if c.status == "LISTEN"]
    assert set(listening) == {"127.0.0.1"}


def test_a_second_start_finds_the_first(started: Started) -> None:
    with Started(started.home) as second:
        assert second.ended() == 0
    assert [line.strip() for line in second.said if line.strip()] == ["The course is open already, at", started.address]
    assert second.noise == []
    assert started.process.poll() is None


def test_the_page_knows_the_lessons_that_were_laid_down(started: Started) -> None:
    lessons = started.page()["courseLessons"]
    assert list(lessons) == ["00-start-here.ipynb", "first.ipynb", "second.ipynb"]
    for file in lessons:
        assert len(nbformat.read(started.lessons / file, as_version=4).cells) == len(lessons[file]["cells"])


def test_the_page_loads_the_reader(started: Started) -> None:
    assert "course-reader" in [extension["name"] for extension in started.page()["federated_extensions"]]
    assert "courseLessons" in started.ask("/lab/extensions/course-reader/static/remoteEntry.js")


def test_no_news_no_update_checks_and_no_extension_manager(started: Started) -> None:
    page = started.page()
    assert page["news"] == {"disabled": True}
    assert page["extensionManager"]["can_install"] is False
    settings = {s["id"]: s["schema"] for s in started.ask("/lab/api/settings")["settings"]}
    notification = settings["@jupyterlab/apputils-extension:notification"]["properties"]
    assert notification["fetchNews"]["default"] == "false"
    assert notification["checkForUpdates"]["default"] is False
    manager = settings["@jupyterlab/extensionmanager-extension:plugin"]["properties"]
    assert manager["enabled"]["default"] is False


def test_an_author_sees_plain_notebooks(authors: tuple[Started, int]) -> None:
    assert "courseLessons" not in authors[0].page()


def test_an_occupied_port_is_passed_over_and_said(authors: tuple[Started, int]) -> None:
    course, port = authors
    taken = int(course.base.rpartition(":")[2])
    assert taken > port
    assert course.noise == [f"Port {port} is in use by another program; the course takes {taken}."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: int) -> None:
    checkout = snapshot(ROOT / "notebooks", ROOT / "data", ROOT / "course")
    with Started(tmp_path / "a home") as course:
        course.opened().run_a_cell()
        children = psutil.Process(course.process.pid).children(recursive=True)
        assert children
        assert course.stop(number) == 0
    assert course.said[-1] == "The course is closed. Your answers are kept."
    assert course.noise == []
    assert psutil.wait_procs(children, timeout=SECONDS)[1] == []
    assert sorted(path.name for path in (course.home / "runtime").iterdir()) == ["jupyter_cookie_secret"]
    laid = sorted(path.name for path in course.lessons.iterdir())
    assert laid == [".laid.json", "00-start-here.ipynb", "first.ipynb", "second.ipynb"]
    assert snapshot(ROOT / "notebooks", ROOT / "data", ROOT / "course") == checkout


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 404 Not Found\r\n\r\n", b""])
def test_another_program_on_the_port_of_an_old_course_is_not_taken_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        url = f"http://127.0.0.1:{other.getsockname()[1]}/"
        old = {"pid": os.getpid(), "url": url, "token": "t", "root_dir": str(tmp_path)}
        (tmp_path / "jpserver-1.json").write_text(json.dumps(old), encoding="utf-8")

        def reply() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=reply, daemon=True)
        thread.start()
        assert reader_server.running(tmp_path) is None
        thread.join(SECONDS)
        assert not thread.is_alive()  # it was asked


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_server.socket.socket, "bind", lambda *_: (_ for _ in ()).throw(OSError()))
    with pytest.raises(reader_server.StartError, match="No free port from 65530 on"):
        reader_server._free_port(65530)
