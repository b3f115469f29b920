"""Writing with the coach, marking a draft and the phrase book, from ``course start`` in a browser."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import findings
from tests.browser.keyboard import press, tab_to
from tests.browser.running import Course, restart_kernel
from tests.toy import Toy
from tests.writing import DRAFT, SAY_NO

CELLS = [
    'from course import activity\n\nactivity("say-no")',
    'from course import activity\n\nactivity("draft")',
    'from course import phrase_book\n\nphrase_book("decline")',
]
LEAKS = "Thank you so much, Robin! 😊 I can't add you here. Good luck with the surgery on Thursday!"
BETTER = (
    "Thank you for asking, Robin! I keep this account for my family, so I won't add you here. "
    "<b>Please</b> call the office at 555-0142 any time."
)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """The toy course with a workshop."""
    toy = Toy(tmp_path_factory.mktemp("toy workshop") / "a course")
    toy.write("data/activities/workshop.yml", json.dumps([SAY_NO, DRAFT]))
    toy.change("data/course.yml", "objectives:", "  - {id: workshop, title: Workshop, objective: greet}\nobjectives:")
    made = [nbformat.v4.new_markdown_cell("# Workshop"), *map(nbformat.v4.new_code_cell, CELLS)]
    nbformat.write(nbformat.v4.new_notebook(cells=made), toy.notebooks / "workshop.ipynb")
    return toy


@pytest.fixture(scope="module", params=["light", "dark"])
def course(new_course: Callable[..., Course], toy: Toy, request: pytest.FixtureRequest) -> Course:
    return new_course(data=toy.data, dark=request.param == "dark")


def compose(page: Page) -> Locator:
    return page.locator("section.course[data-kind=compose]")


def write(page: Page, text: str) -> None:
    """Writes a message and has the coach look at it, with the keyboard alone."""
    box = compose(page).locator("textarea")
    tab_to(page, box)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)
    press(page, compose(page).get_by_role("button", name="Look at it with me"))


def answers(course: Course) -> list[tuple[str, str | None]]:
    """What is recorded: each attempt's answer and the text beside it."""
    with closing(sqlite3.connect(course.journal)) as journal:
        query = "SELECT answer, text FROM attempt LEFT JOIN free_text USING (attempt) ORDER BY seq"
        return journal.execute(query).fetchall()


def test_a_message_is_written_looked_at_and_rewritten_and_kept_only_if_asked(page: Page, course: Course) -> None:
    page.goto(course.url("workshop"))
    card = compose(page)
    before = len(answers(course)) if course.journal.exists() else 0
    write(page, LEAKS)
    expect(card.get_by_role("heading", name="What your message does")).to_be_focused()
    marked = card.locator("mark[data-mark=unmet]")
    expect(marked).to_contain_text(["surgery"])
    expect(card.get_by_text("Try this first:")).to_be_visible()
    assert findings(page, "section.course[data-kind=compose]") == []
    write(page, BETTER)
    expect(card.get_by_role("heading", name="Your first version")).to_be_visible()
    expect(card.locator(".course-versions")).to_contain_text("surgery")
    expect(card.locator(".course-versions")).to_contain_text("<b>Please</b>")
    expect(card.get_by_text("KEY-")).to_have_count(0)
    assert len(answers(course)) == before
    own = card.locator(".course-own").first.locator("input").first
    tab_to(page, own)
    page.keyboard.press("Space")
    tab_to(page, card.get_by_label("Keep my text"))
    page.keyboard.press("Space")
    press(page, card.get_by_role("button", name="Done: show me how others put it"))
    expect(card.get_by_text("Here is how others put it")).to_be_visible()
    assert findings(page, "section.course[data-kind=compose]") == []
    answer, text = answers(course)[-1]
    assert json.loads(answer)["keep"] is True and list(json.loads(answer)["own"].values()) == [True]
    assert text and json.loads(text) == {"first": LEAKS, "last": BETTER}
    page.reload()
    expect(card.locator("textarea")).to_have_value(BETTER)
    restart_kernel(page)
    write(page, "Thank you, no. Please call the office, everybody is welcome to.")
    expect(card.locator(".course-versions")).to_contain_text("surgery")


def test_what_the_coach_cannot_judge_it_says(page: Page, course: Course) -> None:
    page.goto(course.url("workshop"))
    write(page, "")
    expect(compose(page).get_by_text("Write your message first")).to_be_visible()
    write(page, "😀 👍")
    expect(compose(page).get_by_text("The coach can't judge this")).to_be_visible()


def test_a_draft_is_marked_with_the_keyboard(page: Page, course: Course) -> None:
    page.goto(course.url("workshop"))
    card = page.locator("section.course[data-kind=mark]")
    pieces = card.locator(".course-draft input")
    for n in (0, 1):
        tab_to(page, pieces.nth(n))
        page.keyboard.press("Space")
    assert findings(page, "section.course[data-kind=mark]") == []
    press(page, card.locator("button[type=submit]"))
    expect(card.locator(".course-headline")).to_contain_text("marked 1 that does not")
    assert findings(page, "section.course[data-kind=mark]") == []
    page.reload()
    expect(pieces.nth(1)).to_be_checked()


def test_words_are_copied_from_the_phrase_book(page: Page, course: Course) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(course.url("workshop"))
    book = page.locator("section.course[data-kind=phrases]")
    press(page, book.locator("summary").first)
    press(page, book.get_by_role("button", name="Copy").first)
    expect(book.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Thank you for asking!")
    assert findings(page, "section.course[data-kind=phrases]") == []
