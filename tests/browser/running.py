"""A running course and a browser before it, for tests, pictures and benchmarks."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

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
            self.set("@jupyterlab/apputils-extension:themes", theme="JupyterLab Dark")
        self.start()

    @property
    def journal(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def lessons(self) -> Path:
        return self.home / "data home" / "friend-request-course" / "lessons"

    def set(self, plugin: str, **settings: object) -> None:
        """Gives a plugin of JupyterLab's these settings, from the next page on that is opened."""
        file = self.lessons.parent / "jupyterlab" / "settings" / f"{plugin.replace(':', '/')}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings), encoding="utf-8")

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

    def status(self) -> str:
        """What ``course status`` says."""
        call = [sys.executable, "-m", "course", "status"]
        return subprocess.run(call, env=self.environment, capture_output=True, text=True, check=True).stdout


def sign_in(page: Page, course: Course, name: str = "Ana Testperson") -> None:
    """Opens the start page and says who is there."""
    page.goto(course.address)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("A law firm").check()
    page.get_by_label("Front desk, office or support staff").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name=f"Welcome, {name}").wait_for()


def restart_kernel(page: Page) -> None:
    """Restarts the kernel from the menu, and waits until the lesson has been run again and drawn anew."""
    drawn = page.locator("section.course")
    drawn.evaluate_all("(sections) => sections.forEach((section) => { section.dataset.before = ''; })")
    count = drawn.count()
    page.get_by_role("menuitem", name="Kernel").click()
    page.locator(".lm-Menu-item", has_text="Restart Kernel…").first.click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(page.locator("section.course:not([data-before])")).to_have_count(count)


def wait_until_alone(page: Page) -> None:
    """Waits until the kernels of lessons that were left are shut down, and this page's is the only one."""
    page.wait_for_function(
        """async () => {
            const base = JSON.parse(document.getElementById("jupyter-config-data").textContent).baseUrl;
            const sessions = await (await fetch(`${base}api/sessions`)).json();
            return sessions.length === 1;
        }"""
    )
