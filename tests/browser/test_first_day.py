"""A receptionist's first day: from ``course start`` into a lesson, an answer, and back tomorrow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.running import Course, sign_in


@pytest.fixture(scope="module")
def course(new_course: Callable[..., Course], toy_data: Path) -> Course:
    return new_course(data=toy_data)


def test_a_learner_answers_reads_why_and_finds_the_answer_again(page: Page, course: Course) -> None:
    sign_in(page, course)
    page.get_by_role("link", name="Begin: First lesson").click()
    question = page.locator("section.course", has_text="Pick one")
    question.get_by_label("Wait a day").check()
    question.get_by_role("button", name="Answer").click()
    expect(question.get_by_text("A fair choice, and there is a better one.")).to_be_visible()
    expect(question.get_by_text("KEY-fair why.")).to_be_visible()
    expect(question.get_by_text("Saved at")).to_be_visible()
    expect(page.get_by_text("Part 1 of 2: 1 of 3 answered")).to_be_visible()

    page.reload()
    expect(question.get_by_text("KEY-fair why.")).to_be_visible()
    expect(question.get_by_label("Wait a day")).to_be_checked()

    page.get_by_role("link", name="Start page").click()
    expect(page.get_by_role("link", name="Continue: First lesson")).to_be_visible()


def test_the_key_does_not_reach_the_browser_before_the_answer(page: Page, course: Course) -> None:
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(str(frame)))

    page.on("websocket", listen)
    page.on("response", lambda response: received.append(response.text()) if "/api/contents" in response.url else None)
    page.goto(course.url("second"))
    question = page.locator("section.course", has_text="Put in order")
    question.get_by_role("button", name="Move down").first.wait_for()
    page.get_by_text("What would you say?").wait_for()
    assert any("Thank her" in text for text in received), "the test hears what the page is sent"
    assert not [text for text in received if "KEY-" in text]


def test_saved_lessons_hold_no_key(course: Course) -> None:
    for path in course.lessons.glob("*.ipynb"):
        assert "KEY-" not in path.read_text(encoding="utf-8")


def test_a_text_that_is_not_to_be_kept_never_leaves_the_page(page: Page, course: Course) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(course.url("second"))
    question = page.locator("section.course", has_text="Think it over")
    question.get_by_label("What would you say?").fill("a line for myself")
    question.get_by_role("button", name="Done").click()
    expect(question.get_by_text("KEY-position one.")).to_be_visible()
    assert sent and not [frame for frame in sent if "a line for myself" in frame]

    question.get_by_label("Keep my text").check()
    question.get_by_role("button", name="Done again").click()
    expect(question.get_by_text("Saved at")).to_be_visible()
    page.reload()
    expect(question.get_by_label("What would you say?")).to_have_value("a line for myself")
    with sqlite3.connect(course.journal) as journal:
        assert journal.execute("select text from free_text").fetchall() == [("a line for myself",)]


def test_markup_in_a_name_is_shown_as_text(page: Page, course: Course) -> None:
    page.goto(course.address)
    page.get_by_role("button", name="I am not").click()
    page.get_by_label("Your name").fill("<img src=x onerror=alert(1)>")
    page.get_by_label("A clinic or health practice").check()
    page.get_by_label("Therapist, nurse or other clinician").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Welcome, <img src=x onerror=alert(1)>")).to_be_visible()


def test_two_people_share_a_computer(page: Page, course: Course) -> None:
    page.goto(course.address)
    page.get_by_role("button", name="I am not").click()
    page.get_by_role("button", name="I am Ana Testperson").click()
    expect(page.get_by_role("heading", name="Welcome, Ana Testperson")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    expect(page.get_by_text("Sort them, lawyers")).to_be_visible()
    with sqlite3.connect(course.journal) as journal:
        answers = journal.execute("select distinct learner, answer from attempt").fetchall()
    assert json.loads(answers[0][1]) == ["b"]
