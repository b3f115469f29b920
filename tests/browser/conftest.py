"""A real ``course start``, a real browser, and what a test says to both.

Every test waits on what can be seen. On a failure a picture of the page and the browser's console
are kept in ``tests/browser/failures/``.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import chromium
from tests.browser.running import FLAGS, Course

ROOT = Path(__file__).parent.parent.parent
FAILURES = Path(__file__).parent / "failures"
PATIENCE_MS = 60_000
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser these tests are skipped on a person's computer, and fail on CI."""
    if chromium.find() or chromium.ON_CI:
        return
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.skip(reason=chromium.SORRY))


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
