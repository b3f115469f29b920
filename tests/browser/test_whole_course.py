"""A new user takes the real course from ``course start`` to the end of their path, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from course import grading, plot
from course.bank import Bank
from course.journal import Journal
from course.model import Check, Story
from course.proctor import Proctor
from course.tally import Stop
from tests.browser.keyboard import choose, press, tab_to, take_item
from tests.browser.running import Course


@pytest.fixture(scope="module")
def course(new_course: Callable[..., Course]) -> Course:
    return new_course()


def take(page: Page, card: Locator) -> None:
    """Answers one activity with what its kind needs."""
    match card.get_attribute("data-kind"):
        case "choice" | "request":
            choose(page, card)
        case "sort":
            for group in card.locator(".course-sort-card").all():
                choose(page, group)
        case "order":
            press(page, card.locator("button.course-move:not([disabled])").first)
        case "reflect":
            tab_to(page, card.locator("textarea"))
            page.keyboard.type("I would thank Jo and say it in person.")
    press(page, card.locator("button[type=submit]"))
    expect(card.locator(".course-headline")).to_be_visible()
    expect(card.locator(".course-status")).to_contain_text("Saved")


def take_story(page: Page, told: Story) -> None:
    """Goes through a story on a way that can be defended throughout."""
    card = titled(page.locator("section.course"), told.title)
    for number in plot.defensible(told):
        choose(page, card, str(number))
        press(page, card.get_by_role("button", name="Do this"))
        expect(card.locator(".course-place")).to_be_focused()
    expect(card.get_by_text("It came out well.")).to_be_visible()


def titled(cards: Locator, title: str) -> Locator:
    """The card with this title."""
    return cards.filter(has=cards.page.locator("h3", has_text=re.compile(f"^{re.escape(title)}$")))


def take_lesson(page: Page, bank: Bank, stop: Stop) -> None:
    """Answers what belongs to the lesson, and leaves its further practice for another day."""
    stories = next(lesson.stories for lesson in bank.outline.lessons if lesson.id == stop.lesson)
    for activity in stop.core:
        if activity in stories:
            take_story(page, bank.story(activity))
        else:
            take(page, titled(page.locator("section.course:has(form)"), bank.activity(activity, "law").title))


def take_check(page: Page, bank: Bank, course: Course, check: Check) -> None:
    """Answers every question of a check with its key."""
    sitting = page.locator("section.course[data-kind=sitting]")
    press(page, sitting.get_by_role("button", name="Begin"))
    expect(sitting.locator("form:visible")).to_have_count(1)
    journal = Journal(course.environment["COURSE_JOURNAL"])
    proctor = Proctor(check, bank, journal, journal.current_learner())
    dealt = proctor.standing().sitting
    assert dealt
    for item in map(bank.authored, dealt.items):
        card = titled(sitting.locator("form"), item.title)
        (best,) = grading.kind_of(item).key(item)
        expect(card).to_be_visible()
        take_item(page, card, best)
        expect(card.locator(".course-status")).to_contain_text("Saved")
    press(page, sitting.get_by_role("button", name="Finish and see the result"))
    expect(sitting).to_contain_text(f"{len(dealt.items)} of {len(dealt.items)} points")


def way_on(page: Page, stop: Stop) -> None:
    """From the end of a lesson to the next one on the path: at once where that is next, else by the start page."""
    end = page.locator("section.course").last
    following = end.get_by_role("link", name=f"Next: {stop.title}", exact=True)
    if following.count():
        return press(page, following)
    press(page, end.get_by_role("link", name="Start page"))
    press(page, page.get_by_role("link", name=f"Continue: {stop.title}", exact=True))


def test_the_path_of_a_role_is_taken_by_keyboard_to_its_end(page: Page, course: Course) -> None:
    bank = Bank()
    syllabus = bank.syllabus("law", "support")
    path = [stop for stop in syllabus if stop.check or stop.lesson in bank.outline.tracks["support"]]
    page.goto(course.address)
    page.get_by_label("Your name").wait_for()
    tab_to(page, page.get_by_label("Your name"))
    page.keyboard.type("Noor New")
    tab_to(page, page.get_by_label("A law firm"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Front desk, office or support staff"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Noor New")).to_be_focused()
    expect(page.locator("section.course h3")).to_have_text(["Your path", "Open to you as well"])
    lists = page.locator("ol.course-lessons")
    expect(lists.first.get_by_role("link")).to_have_text([stop.title for stop in path])
    expect(lists.last.get_by_role("link")).to_have_text([stop.title for stop in syllabus if stop not in path])
    press(page, page.get_by_role("link", name=f"Begin: {path[0].title}", exact=True))

    for stop, following in zip(path, [*path[1:], None], strict=True):
        expect(page).to_have_title(f"{stop.title} · The Friend Request")
        expect(page.locator("section.course nav")).to_have_count(2)  # the second one ends the lesson
        if stop.check:
            take_check(page, bank, course, stop.check)
        else:
            take_lesson(page, bank, stop)
        expect(page.locator("section.course nav").last).to_contain_text(f"all {stop.items or len(stop.core)} answered")
        if following:
            way_on(page, following)

    policy = page.locator("section.course[data-kind=acknowledge]")
    tab_to(page, policy.get_by_role("checkbox"))
    page.keyboard.press("Space")
    press(page, policy.get_by_role("button", name="Confirm"))
    expect(policy).to_contain_text("You have confirmed")
    press(page, page.locator("section.course").last.get_by_role("link", name="Start page"))
    expect(page.get_by_text("Your path is done.")).to_be_visible()
    expect(page.get_by_text("The final check was passed on")).to_be_visible()
    assert "policy: confirmed" in course.status()
