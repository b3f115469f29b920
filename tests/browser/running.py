"""A running course and a browser before it, for tests, pictures and benchmarks."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
from playwright.sync_api import Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port that no other test takes at the same moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Course:
    """A running ``course start`` in a home of its own."""

    def __init__(
        self,
        home: Path,
        *flags: str,
        data: Path | None = None,
        dark: bool = False,
        exposed: bool = False,
    ) -> None:
        """``exposed`` lets a page's scripts reach JupyterLab, for benchmarks."""
        self.home = home
        self._flags = [*flags, "--port", str(free_port())]
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "JUPYTER_"))},
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data home"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "jupyter"),
            "COURSE_JOURNAL": f"sqlite:///{self.journal}",
            "JUPYTER_TOKEN": "token-of-a-test",
        }
        if data:
            self.environment["COURSE_DATA"] = str(data)
        if exposed:
            (home / "config").mkdir()
            config = '{"LabApp": {"expose_app_in_browser": true}}'
            (home / "config" / "jupyter_lab_config.json").write_text(config, encoding="utf-8")
        if dark:
            settings = self.lessons.parent / "jupyterlab" / "settings" / "@jupyterlab" / "apputils-extension"
            settings.mkdir(parents=True)
            (settings / "themes.jupyterlab-settings").write_text('{"theme": "JupyterLab Dark"}', encoding="utf-8")
        self.start()

    @property
    def journal(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def lessons(self) -> Path:
        return self.home / "data home" / "friend-request-course" / "lessons"

    def start(self) -> None:
        """Starts the server and waits for the address that it prints."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "course", "start", "--no-browser", *self._flags],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout
        output = ""
        for line in self._process.stdout:
            output += line
            if found := re.search(r"http://\S+", line):
                self.address = found[0]
                return
        raise AssertionError(f"the course did not start:\n{output}")

    @property
    def process(self) -> psutil.Process:
        """The server, whose children are the kernels."""
        return psutil.Process(self._process.pid)

    def stop(self) -> None:
        """Ends the server as Ctrl-C does, if it still runs."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)

    def url(self, lesson: str) -> str:
        return self.address.replace("00-start-here", lesson)


def sign_in(page: Page, course: Course, name: str = "Ana Testperson") -> None:
    """Opens the start page and says who is there."""
    page.goto(course.address)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("A law firm").check()
    page.get_by_label("Front desk, office or support staff").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name=f"Welcome, {name}").wait_for()
