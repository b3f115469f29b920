"""A real ``course start``, a real browser, and what a test says to both.

Every test waits on what can be seen. On a failure a picture of the page and the browser's console
are kept in ``tests/browser/failures/``.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).parent.parent.parent
FAILURES = Path(__file__).parent / "failures"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped on a person's computer, and fail on CI."""
    if chromium.find() or chromium.ON_CI:
        return
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.skip(reason=chromium.SORRY))


class Course:
    """A running ``course start`` in a home of its own."""

    def __init__(self, home: Path, *flags: str, data: Path | None = None, port: int | None = None) -> None:
        self.home = home
        self._flags = [*flags, *(["--port", str(port)] if port else [])]
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

    def stop(self) -> None:
        """Ends the server as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)

    def url(self, lesson: str) -> str:
        return self.address.replace("00-start-here", lesson)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[_FAILED] = report.failed  # type: ignore[attr-defined]
    return report  # type: ignore[return-value]


_FAILED = pytest.StashKey[bool]()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = context.new_page()
    console: list[str] = []
    page.on("console", lambda message: console.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: console.append(f"error: {error}"))
    yield page
    if request.node.stash.get(_FAILED, False):
        FAILURES.mkdir(exist_ok=True)
        name = re.sub(r"\W+", "-", request.node.name)
        page.screenshot(path=FAILURES / f"{name}.png")
        (FAILURES / f"{name}.log").write_text("\n".join(console), encoding="utf-8")


@pytest.fixture(scope="module")
def new_course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Course]]:
    """Starts courses, each in a home of its own whose path has a space, and ends them all."""
    courses: list[Course] = []

    def start(*flags: str, **options: object) -> Course:
        courses.append(Course(tmp_path_factory.mktemp("a home"), *flags, **options))  # type: ignore[arg-type]
        return courses[-1]

    yield start
    for course in courses:
        course.stop()


@pytest.fixture(scope="module")
def toy_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy course as a course of its own: data with the notebooks beside it."""
    root = tmp_path_factory.mktemp("toy course")
    shutil.copytree(ROOT / "tests" / "toy_course", root / "data")
    shutil.copytree(ROOT / "tests" / "toy_notebooks", root / "notebooks")
    return root / "data"


def sign_in(page: Page, course: Course, name: str = "Ana Testperson") -> None:
    """Opens the start page and says who is there."""
    page.goto(course.address)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("A law firm").check()
    page.get_by_label("Front desk, office or support staff").check()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", name=f"Welcome, {name}").wait_for()
