"""A lesson reads like a page, and nothing but a lesson is run unasked."""

from __future__ import annotations

import json
import shutil
import string
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import Page, expect

from tests.browser.running import Course, sign_in, wait_until_alone


@pytest.fixture(scope="module")
def course(new_course: Callable[..., Course], toy_data: Path) -> Course:
    return new_course(data=toy_data)


def open_lesson(page: Page, course: Course, lesson: str = "first") -> None:
    page.goto(course.url(lesson))
    page.locator("section.course form").last.wait_for()


def cells(page: Page) -> int:
    return page.locator(".jp-Notebook .jp-Cell").count()


def test_a_lesson_opens_run_at_the_top_without_code(page: Page, course: Course) -> None:
    open_lesson(page, course)
    expect(page.get_by_role("heading", name="First lesson")).to_be_in_viewport()
    expect(page.locator(".jp-CodeCell .jp-Cell-inputWrapper:visible")).to_have_count(0)
    expect(page.locator(":is(.jp-InputPrompt, .jp-OutputPrompt, .jp-NotebookPanel-toolbar):visible")).to_have_count(0)
    expect(page.get_by_text("from course import").filter(visible=True)).to_have_count(0)
    assert page.title() == "First lesson · Toy Course"


def test_leaving_a_lesson_asks_nothing(page: Page, course: Course) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))  # type: ignore[func-returns-value]
    open_lesson(page, course)
    page.get_by_label("Say no kindly").check()
    page.locator("section.course", has_text="Pick one").get_by_role("button", name="Answer").click()
    expect(page.get_by_text("KEY-best why.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("KEY-best why.")).to_be_visible()
    assert not asked


def test_no_stray_key_edits_the_page(page: Page, course: Course) -> None:
    open_lesson(page, course)
    before = cells(page)
    sources = page.locator(".jp-MarkdownOutput").all_inner_texts()
    places = [
        page.get_by_label("Say no kindly"),
        page.get_by_label("Fits one"),
        page.locator(".course-bucket input").first,
        page.get_by_role("button", name="Answer").first,
        page.locator("section.course summary").first,
        page.get_by_role("link", name="Start page"),
    ]
    page.locator("section.course", has_text="Pick one").get_by_label("Say no kindly").check()
    keys = [
        *string.ascii_lowercase,
        *(f"Shift+{k}" for k in "abcdjklmov"),
        "Delete",
        "Backspace",
        "ArrowUp",
        "Shift+Enter",
    ]
    for place in places:
        place.focus()
        for key in keys[:-1]:  # the last one, Shift+Enter, sends an answer
            page.keyboard.press(key)
    page.locator(".jp-MarkdownOutput").first.click()
    for key in keys:
        page.keyboard.press(key)
    page.locator(".jp-MarkdownOutput").first.dblclick()
    page.keyboard.press("Enter")
    page.keyboard.type("some words")
    expect(page.locator(".jp-Notebook .cm-editor:visible")).to_have_count(0)
    assert cells(page) == before
    assert page.locator(".jp-MarkdownOutput").all_inner_texts() == sources


def test_the_author_sees_plain_notebooks(page: Page, new_course: Callable[..., Course], toy_data: Path) -> None:
    author = new_course("--author", data=toy_data)
    page.goto(author.url("first"))
    expect(page.get_by_text("from course import progress").first).to_be_visible()
    expect(page.locator(".course-reader")).to_have_count(0)


def hostile(course: Course, name: str, change: Callable[[nbformat.NotebookNode], None], like: str = "first") -> str:
    """A notebook of somebody else's beside the lessons, that leaves a file behind if it is run."""
    notebook = nbformat.read(course.lessons / f"{like}.ipynb", as_version=4)
    change(notebook)
    nbformat.write(notebook, course.lessons / f"{name}.ipynb")
    return name


def leaves_a_mark(course: Course) -> str:
    return f"open({str(course.lessons / 'was-run')!r}, 'w').close()"


def test_a_lookalike_is_not_run(page: Page, course: Course) -> None:
    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells[1].source = leaves_a_mark(course)

    for name in ("lookalike", "first-copy"):
        page.goto(course.url(hostile(course, name, change)))
        expect(page.get_by_role("heading", name="First lesson")).to_be_visible()
        expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible()
        expect(page.locator(".course-reader")).to_have_count(0)
    assert not (course.lessons / "was-run").exists()


def test_a_lesson_that_was_edited_is_not_run(page: Page, course: Course) -> None:
    lesson = course.lessons / "second.ipynb"
    kept = lesson.with_suffix(".kept")
    shutil.copy(lesson, kept)
    try:
        for change in (add_a_cell, change_a_cell, make_prose_code):
            notebook = nbformat.read(kept, as_version=4)
            change(notebook, leaves_a_mark(course))
            nbformat.write(notebook, lesson)
            page.goto(course.url("second"))
            expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible()
            expect(page.locator(".jp-CodeCell .cm-editor:visible").first).to_be_visible()
            expect(page.locator(".course-reader")).to_have_count(0)
    finally:
        shutil.move(kept, lesson)
    assert not (course.lessons / "was-run").exists()


def add_a_cell(notebook: nbformat.NotebookNode, code: str) -> None:
    notebook.cells.append(new_code_cell(code))


def change_a_cell(notebook: nbformat.NotebookNode, code: str) -> None:
    notebook.cells[1].source += "\n" + code


def make_prose_code(notebook: nbformat.NotebookNode, code: str) -> None:
    notebook.cells[0] = new_code_cell(code)


def test_a_lesson_that_is_not_trusted_is_not_run(page: Page, course: Course) -> None:
    lesson = course.lessons / "second.ipynb"
    laid = lesson.read_text(encoding="utf-8")
    notebook = json.loads(laid)
    notebook["metadata"]["unsigned"] = True  # the cells are the same, the signature is not
    lesson.write_text(json.dumps(notebook), encoding="utf-8")
    try:
        page.goto(course.url("second"))
        expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible()
        expect(page.locator(".jp-CodeCell .cm-editor:visible").first).to_be_visible()
        expect(page.locator("section.course")).to_have_count(0)
    finally:
        lesson.write_text(laid, encoding="utf-8")


def test_any_other_notebook_opens_as_ever(page: Page, course: Course) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("# My own notes"), new_code_cell(leaves_a_mark(course))])
    nbformat.write(notebook, course.lessons / "mine.ipynb")
    page.goto(course.url("mine"))
    expect(page.get_by_role("heading", name="My own notes")).to_be_visible()
    expect(page.locator(".jp-NotebookPanel-toolbar")).to_be_visible()
    assert not (course.lessons / "was-run").exists()


def test_back_and_forward_show_the_page_they_name(page: Page, course: Course) -> None:
    sign_in_once(page, course)
    page.get_by_role("link", name="First lesson", exact=True).click()
    expect(page.get_by_role("heading", name="First lesson")).to_be_visible()
    page.get_by_role("link", name="Next: Second lesson").click()
    expect(page.get_by_role("heading", name="Second lesson")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="First lesson")).to_be_visible()
    expect(page.locator("section.course form").first).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("heading", name="Second lesson")).to_be_visible()
    expect(page.locator("section.course form").first).to_be_visible()


def sign_in_once(page: Page, course: Course) -> None:
    page.goto(course.address)
    page.locator("section.course h2").wait_for()
    if page.get_by_label("Your name").count():
        sign_in(page, course)


def test_kernels_of_lessons_that_were_left_are_shut_down(page: Page, course: Course) -> None:
    held: list[float] = []
    for _ in range(2):
        for lesson in ("00-start-here", "first", "second"):
            page.goto(course.url(lesson))
            page.locator("section.course :is(form, h2)").last.wait_for()
            wait_until_alone(page)
        held.append(sum(child.memory_info().rss for child in course.process.children(recursive=True)))
    assert held[1] < held[0] * 1.2
