"""Takes the pictures in ``docs/pictures/`` from the running course, light and dark."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402
from tests.browser.running import FLAGS, Course, sign_in  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"


def take(page: Page, course: Course, look: str) -> None:
    """The start page, and the cards of the third lesson, one of them answered."""
    sign_in(page, course, "Ana")
    page.screenshot(path=PICTURES / f"start-{look}.png")
    page.goto(course.url("03-a-request-arrives"))
    page.locator("section.course form").last.wait_for()
    page.screenshot(path=PICTURES / f"lesson-{look}.png")
    for kind in ("choice", "order", "sort"):
        card = page.locator(f'section.course[data-kind="{kind}"]').first
        if kind == "choice":
            card.locator("input").nth(1).check()
            card.locator("button[type=submit]").click()
            card.locator(".course-headline").wait_for()
        card.screenshot(path=PICTURES / f"{kind}-{look}.png")


def main() -> None:
    """Starts the course twice, once in each theme, in homes that are thrown away."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        for look in ("light", "dark"):
            with tempfile.TemporaryDirectory() as home:
                course = Course(Path(home), dark=look == "dark")
                try:
                    page = browser.new_page(viewport={"width": 1100, "height": 1900})
                    take(page, course, look)
                finally:
                    course.stop()
        browser.close()


if __name__ == "__main__":
    main()
