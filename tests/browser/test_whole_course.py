"""A new user takes the real course from ``course start`` to the end of the last lesson, keyboard only."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from course.bank import Bank
from tests.browser.running import Course

FOCUSED = "(node) => document.activeElement === node"


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the focus is on the target, as somebody without a mouse does."""
    for _ in range(150):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} can't be reached with Tab")


def choose(page: Page, group: Locator) -> None:
    tab_to(page, group.locator("input").first)
    page.keyboard.press("Space")


def take(page: Page, card: Locator) -> None:
    """Answers one activity with what its kind needs."""
    match card.get_attribute("data-kind"):
        case "choice":
            choose(page, card)
        case "sort":
            for group in card.locator(".course-sort-card").all():
                choose(page, group)
        case "order":
            tab_to(page, card.locator("button.course-move:not([disabled])").first)
            page.keyboard.press("Enter")
        case "reflect":
            tab_to(page, card.locator("textarea"))
            page.keyboard.type("I would thank Jo and say it in person.")
    tab_to(page, card.locator("button[type=submit]"))
    page.keyboard.press("Enter")
    expect(card.locator(".course-headline")).to_be_visible()
    expect(card.locator(".course-status")).to_contain_text("Saved")


def test_the_whole_course_is_taken_by_keyboard(page: Page, new_course: Callable[..., Course]) -> None:
    course = new_course()
    lessons = Bank().outline.lessons
    page.goto(course.address)
    page.get_by_label("Your name").wait_for()
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.type("Noor New")
    tab_to(page, page.get_by_label("A law firm"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Front desk, office or support staff"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Noor New")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Begin"))
    page.keyboard.press("Enter")

    for number, lesson in enumerate(lessons, 1):
        expect(page).to_have_title(f"{lesson.title} · The Friend Request")
        expect(page.locator("section.course nav")).to_have_count(2)  # the second one ends the lesson
        cards = page.locator("section.course:has(form)")
        for n in range(cards.count()):
            take(page, cards.nth(n))
        expect(
            page.get_by_text(f"Lesson {number} of {len(lessons)}: all {cards.count()} answered.").first
        ).to_be_visible()
        way_on = "Next:" if lesson is not lessons[-1] else "Start page"
        tab_to(page, page.locator("section.course").last.get_by_role("link", name=way_on))
        page.keyboard.press("Enter")

    expect(page.get_by_text("Every lesson is done.")).to_be_visible()
