"""Whatever happens to kernel, server or journal: what was acknowledged is shown again, the rest says so."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

from tests.browser.running import Course, restart_kernel


@pytest.fixture(scope="module")
def course(new_course: Callable[..., Course], toy_data: Path) -> Course:
    return new_course(data=toy_data)


def question(page: Page) -> Locator:
    return page.locator("section.course", has_text="Pick one")


def answer(page: Page, option: str) -> None:
    question(page).get_by_label(option).check()
    question(page).locator("button[type=submit]").click()


def open_lesson(page: Page, course: Course) -> None:
    page.goto(course.url("first"))
    page.locator("section.course form").last.wait_for()


def answers_in(course: Course) -> list[str]:
    with sqlite3.connect(course.journal) as journal:
        return [row[0] for row in journal.execute("select answer from attempt order by seq")]


def kernel_of(course: Course) -> Callable[[], None]:
    """Kills the running kernel, as the system does when memory runs out."""
    (kernel,) = [c for c in course.process.children(recursive=True) if "ipykernel" in " ".join(c.cmdline())]
    return kernel.kill


def test_after_a_restart_from_the_menu_answers_stand_and_new_ones_are_kept(page: Page, course: Course) -> None:
    open_lesson(page, course)
    answer(page, "Wait a day")
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    restart_kernel(page)
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    answer_until_saved(page, "Say nothing", "KEY-poor why.")
    assert answers_in(course)[-1] == '["c"]'


def answer_until_saved(page: Page, option: str, why: str) -> None:
    """A kernel that starts again draws the questions anew: an answer given just before is given again."""

    def tried() -> bool:
        answer(page, option)
        try:
            expect(question(page).get_by_text(why)).to_be_visible(timeout=10_000)
        except AssertionError:
            return False
        return True

    assert any(tried() for _ in range(4))


def test_after_a_killed_kernel_answers_stand_and_new_ones_are_kept(page: Page, course: Course) -> None:
    open_lesson(page, course)
    answer(page, "Say no kindly")
    expect(question(page).get_by_text("KEY-best why.")).to_be_visible()
    kernel_of(course)()
    page.get_by_role("button", name="Ok").or_(page.get_by_role("button", name="Dismiss")).first.click()
    answer_until_saved(page, "Wait a day", "KEY-fair why.")
    page.reload()
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()


def test_two_tabs_answer_the_same_question(page: Page, course: Course) -> None:
    open_lesson(page, course)
    other = page.context.new_page()
    open_lesson(other, course)
    before = len(answers_in(course))
    answer(page, "Say nothing")
    expect(question(page).get_by_text("KEY-poor why.")).to_be_visible()
    answer(other, "Say no kindly")
    expect(question(other).get_by_text("KEY-best why.")).to_be_visible()
    assert answers_in(course)[before:] == ['["c"]', '["a"]']


def test_an_answer_that_cannot_be_recorded_says_so_and_can_be_sent_again(page: Page, course: Course) -> None:
    open_lesson(page, course)
    before = len(answers_in(course))
    holder = sqlite3.connect(course.journal, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    answer(page, "Accept and chat")
    alert = question(page).get_by_role("alert")
    expect(alert).to_contain_text("Not recorded")
    expect(question(page).get_by_text("KEY-harm why.")).to_have_count(0)
    holder.execute("ROLLBACK")
    holder.close()
    assert len(answers_in(course)) == before
    answer(page, "Accept and chat")
    expect(question(page).get_by_text("KEY-harm why.")).to_be_visible()
    expect(alert).to_be_empty()
    assert len(answers_in(course)) == before + 1


def test_a_stopped_server_is_said_and_a_started_one_goes_on(
    page: Page, new_course: Callable[..., Course], toy_data: Path
) -> None:
    course = new_course(data=toy_data)
    open_lesson(page, course)
    answer(page, "Wait a day")
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    question(page).get_by_label("Say nothing").check()
    course.stop()
    # JupyterLab may already show its own dialog over the page, so the button is pressed from inside.
    question(page).locator("button[type=submit]").evaluate("(button) => button.click()")
    expect(question(page).locator(".course-alert")).to_contain_text("Not recorded")
    expect(question(page).get_by_label("Say nothing")).to_be_checked()
    course.start()
    open_lesson(page, course)
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    assert answers_in(course) == ['["b"]']


def test_a_reworded_activity_keeps_the_old_answer_and_says_so(
    page: Page, new_course: Callable[..., Course], toy_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(toy_data.parent, tmp_path / "own")
    course = new_course(data=tmp_path / "own" / "data")
    open_lesson(page, course)
    answer(page, "Wait a day")
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    course.stop()
    first = tmp_path / "own" / "data" / "activities" / "first.yml"
    first.write_text(first.read_text(encoding="utf-8").replace("Wait a day", "Wait two days"), encoding="utf-8")
    lesson = tmp_path / "own" / "notebooks" / "first.ipynb"
    lesson.write_text(lesson.read_text(encoding="utf-8").replace("we begin here", "we begin anew"), encoding="utf-8")
    course.start()
    open_lesson(page, course)
    expect(page.get_by_role("paragraph").filter(has_text="we begin anew")).to_be_visible()
    expect(question(page).get_by_text("has been reworded since you answered it")).to_be_visible()
    assert answers_in(course) == ['["b"]']
    answer(page, "Wait two days")
    expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
    assert answers_in(course) == ['["b"]', '["b"]']


def test_feedback_comes_while_another_cell_is_busy(
    page: Page, new_course: Callable[..., Course], toy_data: Path
) -> None:
    course = new_course("--author", data=toy_data)
    done = course.home / "done"
    busy = f"import pathlib, time\nwhile not pathlib.Path({str(done)!r}).exists(): time.sleep(0.05)"
    cells = [new_code_cell('from course import activity\n\nactivity("pick-one")'), new_code_cell(busy)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), course.lessons / "busy.ipynb")
    try:
        page.goto(course.url("busy"))
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.locator(".jp-CodeCell").first.click()
        page.keyboard.press("Shift+Enter")
        question(page).get_by_label("Wait a day").wait_for()
        page.locator("section.course[data-met]").wait_for()
        page.locator(".jp-CodeCell").last.click()
        page.keyboard.press("Control+Enter")
        expect(page.locator(".jp-CodeCell .jp-InputPrompt").last).to_have_text("[*]:")
        answer(page, "Wait a day")
        expect(question(page).get_by_text("KEY-fair why.")).to_be_visible()
        expect(page.locator(".jp-CodeCell .jp-InputPrompt").nth(1)).to_have_text("[*]:")
    finally:
        done.touch()
