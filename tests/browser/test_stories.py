"""A story, an inbox and a practice's own line, from ``course start`` in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import findings
from tests.browser.keyboard import choose, press
from tests.browser.running import Course, restart_kernel
from tests.stories import remembering
from tests.test_requests import JUROR, LATER, REQUEST
from tests.toy import Toy

LESSONS = """  - {id: told, title: Told, objective: greet, stories: [toy-story]}
  - {id: inbox, title: Inbox, objective: greet}
"""
CELLS = {
    "told": ['from course import story\n\nstory("toy-story")', "from course import our_line\n\nour_line()"],
    "inbox": ['from course import activities\n\nactivities("inbox")'],
}


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """The toy course with a story, three requests, and the questions about a line."""
    toy = Toy(tmp_path_factory.mktemp("toy stories") / "a course")
    (toy.data / "stories").mkdir()
    toy.write("data/stories/toy-story.yml", json.dumps(msgspec.to_builtins(remembering())))
    toy.write("data/activities/inbox.yml", json.dumps([REQUEST, JUROR, LATER]))
    toy.change("data/course.yml", "objectives:", f"{LESSONS}objectives:")
    for lesson, cells in CELLS.items():
        made = [nbformat.v4.new_markdown_cell(f"# {lesson.title()}"), *map(nbformat.v4.new_code_cell, cells)]
        nbformat.write(nbformat.v4.new_notebook(cells=made), toy.notebooks / f"{lesson}.ipynb")
    return toy


@pytest.fixture(scope="module", params=["light", "dark"])
def course(new_course: Callable[..., Course], toy: Toy, request: pytest.FixtureRequest) -> Course:
    return new_course(data=toy.data, dark=request.param == "dark")


def told(page: Page) -> Locator:
    return page.locator("section.course[data-kind=story]")


def take(page: Page, value: str) -> None:
    choose(page, told(page).locator("fieldset"), value)
    press(page, told(page).get_by_role("button", name="Do this"))


def test_a_story_is_lived_through_with_the_keyboard_and_kept_in_mid_scene(page: Page, course: Course) -> None:
    page.goto(course.url("told"))
    expect(told(page).get_by_role("heading", name="Hall")).to_be_visible()
    assert findings(page, "section.course[data-kind=story]") == []
    take(page, "0")
    heading = told(page).get_by_role("heading", name="Desk")
    expect(heading).to_be_focused()
    expect(told(page).get_by_text("A note from Pat lies there.")).to_be_visible()
    page.reload()
    expect(heading).to_be_visible()
    restart_kernel(page)
    expect(heading).to_be_visible()
    take(page, "2")
    expect(told(page).get_by_text("It came out hard.")).to_be_visible()
    expect(told(page).get_by_text("Better here:")).to_be_visible()
    for summary in told(page).locator("summary").all():
        summary.click()
    expect(told(page).get_by_role("img")).to_be_visible()
    assert findings(page, "section.course[data-kind=story]") == []
    press(page, told(page).get_by_role("button", name="Try this turn again").last)
    expect(heading).to_be_focused()
    take(page, "0")
    expect(told(page).get_by_text("It came out well.")).to_be_visible()


def test_monday_comes_back_on_wednesday_without_a_reload(page: Page, course: Course) -> None:
    page.goto(course.url("inbox"))
    page.get_by_text("All at once").click()
    monday = page.locator("form.course-card", has=page.get_by_role("heading", name="Monday asks"))
    wednesday = page.locator("form.course-card", has=page.get_by_role("heading", name="Wednesday asks"))
    expect(wednesday.locator(".course-echo")).to_be_hidden()
    choose(page, monday.locator("fieldset"), "c")
    press(page, monday.get_by_role("button", name="Answer"))
    expect(wednesday.get_by_text("Since you chose to speak, this came.")).to_be_visible()
    assert findings(page, "section.course") == []


def test_a_practice_writes_its_own_line_and_keeps_it(page: Page, course: Course) -> None:
    page.goto(course.url("told"))
    line = page.locator("section.course[data-kind=line]")
    line.get_by_label("Whom staff ask").fill("Ari <b>Elm</b>")
    press(page, line.get_by_role("button", name="Show what this decides"))
    expect(line.get_by_role("heading", name="What your line decides")).to_be_focused()
    expect(line.get_by_label("Whom staff ask")).to_have_value("Ari <b>Elm</b>")
    expect(line.get_by_text("There are no words to decline with.")).to_be_visible()
    expect(line.get_by_role("row", name="A juror")).to_contain_text("Ask")
    assert findings(page, "section.course[data-kind=line]") == []
    press(page, line.get_by_role("button", name="Keep these pages"))
    expect(line.get_by_text("our-line.pdf")).to_be_visible()
    kept = Path(course.lessons).parent / "Our line"
    assert "Ari <b>Elm</b>" in (kept / "our-line.md").read_text(encoding="utf-8")
    assert (kept / "our-line.pdf").read_bytes().startswith(b"%PDF")
