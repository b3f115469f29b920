"""Everybody can finish: by keyboard, with a screen reader, magnified, in a narrow column, in any theme."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import findings, rules_broken
from tests.browser.conftest import PATIENCE_MS
from tests.browser.keyboard import tab_to
from tests.browser.running import Course

SHELL = Path(__file__).parent / "jupyterlab_shell_findings.json"
LESSONS = ("00-start-here", "first", "second")


@pytest.fixture(scope="module", params=["light", "dark"])
def course(new_course: Callable[..., Course], toy_data: Path, request: pytest.FixtureRequest) -> Course:
    return new_course(data=toy_data, dark=request.param == "dark")


@pytest.fixture(scope="module")
def light(new_course: Callable[..., Course], toy_data: Path) -> Course:
    return new_course(data=toy_data)


@pytest.fixture
def narrow(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 480, "height": 900}, forced_colors="active", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def open_lesson(page: Page, course: Course, lesson: str) -> None:
    page.goto(course.url(lesson))
    page.locator("section.course :is(form, h2)").last.wait_for()


def answer_everything(page: Page) -> None:
    for card in page.locator("section.course[data-kind]").all():
        kind = card.get_attribute("data-kind")
        if kind == "choice":
            card.locator("input").nth(1).check()
        elif kind == "sort":
            for group in card.locator(".course-sort-card").all():
                group.locator("input").first.check()
        elif kind == "order":
            card.get_by_role("button", name="Move down").first.click()
        elif kind == "reflect":
            card.locator("textarea").fill("A line of my own.")
        else:
            continue
        card.locator("button[type=submit]").click()
        expect(card.locator(".course-headline")).to_be_visible()
        if card.locator("summary").count():
            card.locator("summary").click()


def test_axe_finds_nothing_in_our_output_before_and_after_answers(page: Page, course: Course) -> None:
    for lesson in LESSONS:
        open_lesson(page, course, lesson)
        assert findings(page, "section.course") == []
        answer_everything(page)
        assert findings(page, "section.course") == []


def test_what_axe_finds_in_jupyterlab_itself_is_known_by_name(page: Page, light: Course) -> None:
    open_lesson(page, light, "first")
    new = rules_broken(page) - set(json.loads(SHELL.read_text(encoding="utf-8")))
    assert not new, "JupyterLab's shell has a new finding: look at it, then name it in the file"


def test_names_of_groups_and_options_reach_the_accessibility_tree(page: Page, light: Course) -> None:
    open_lesson(page, light, "first")
    group = page.get_by_role("group", name="What do you do?")
    expect(group.get_by_role("radio", name="Say no kindly")).to_be_visible()
    expect(page.get_by_role("group", name="Beach photo").get_by_role("radio", name="Family")).to_be_visible()
    open_lesson(page, light, "second")
    expect(page.get_by_role("button", name="Move up: Thank her")).to_be_visible()
    expect(page.get_by_role("textbox", name="What would you say?")).to_be_visible()
    expect(page.get_by_role("textbox", name="What would you say?")).to_have_accessible_description(
        "Invented names only. Nothing here is graded, and nobody else is shown what you write."
    )


def test_the_words_of_an_option_pick_that_option_and_no_other(page: Page, light: Course) -> None:
    open_lesson(page, light, "first")
    for title, role in (("Pick one", "radio"), ("Pick several", "checkbox")):
        card = page.locator("section.course", has_text=title)
        for option in card.locator("label.course-option").all():
            words = option.locator("span").last
            words.click()
            expect(card.get_by_role(role, name=words.inner_text(), exact=True)).to_be_checked()  # type: ignore[arg-type]


def test_feedback_is_announced_by_a_live_region_that_was_there_before(page: Page, light: Course) -> None:
    open_lesson(page, light, "first")
    card = page.locator("section.course", has_text="Pick one")
    region = card.locator(".course-feedback")
    expect(region).to_have_role("status")
    expect(card.locator(".course-alert")).to_have_role("alert")
    handle = region.element_handle()
    card.get_by_role("button", name="Answer").click()
    expect(card.get_by_role("alert")).to_have_text("Choose one first.")
    card.get_by_label("Say no kindly").check()
    card.locator("button[type=submit]").click()
    expect(region).to_contain_text("KEY-best why.")
    assert handle and handle.evaluate("(node) => node.isConnected"), "the same element was filled, not a new one"
    assert page.evaluate("document.activeElement.type") == "submit", "focus stays where the learner is"


def test_a_lesson_of_every_kind_is_taken_without_a_mouse(
    page: Page, new_course: Callable[..., Course], toy_data: Path
) -> None:
    course = new_course(data=toy_data)
    page.goto(course.address)
    page.get_by_label("Your name").wait_for()
    tab_to(page, page.locator("section.course input[type=text]").first)
    page.keyboard.type("Kim Keys")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Kim Keys")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("section.course form").last.wait_for()
    assert "first" in page.url

    tab_to(page, page.locator("section[data-kind=choice] input[type=radio]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Wait a day")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("KEY-fair why.")).to_be_visible()

    tab_to(page, page.locator("section[data-kind=choice] input[type=checkbox]").first)
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You found 1 of 2 that fit")).to_be_visible()

    for place in range(3):
        tab_to(page, page.locator(f".course-sort-card:nth-of-type({place + 1}) input").first)
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 3 cards are where they belong")).to_be_visible()

    open_lesson(page, course, "second")
    tab_to(page, page.locator("section[data-kind=order] button:not([disabled])").first)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Now number")).to_have_count(1)
    assert page.evaluate("document.activeElement.className") == "course-move"
    tab_to(page, page.locator("section[data-kind=order] button[type=submit]").first)
    page.keyboard.press("Enter")
    expect(page.get_by_text("are in their place")).to_be_visible()

    tab_to(page, page.locator("section[data-kind=reflect] textarea").first)
    page.keyboard.type("x marks the spot, a b c")
    tab_to(page, page.locator("section[data-kind=reflect] button[type=submit]").first)
    page.keyboard.press("Enter")
    expect(page.get_by_text("KEY-position two.")).to_be_visible()


def test_a_narrow_column_in_forced_colours_needs_no_sideways_scrolling(narrow: Page, light: Course) -> None:
    for lesson in LESSONS:
        open_lesson(narrow, light, lesson)
        answer_everything(narrow)
        too_wide = narrow.evaluate(
            "() => [...document.querySelectorAll('section.course')].filter((s) => s.scrollWidth > s.clientWidth + 1).length"
        )
        assert too_wide == 0
        column = narrow.locator("section.course").first.bounding_box()
        assert column and column["width"] <= 400


def test_targets_are_large_enough(page: Page, light: Course) -> None:
    for lesson in LESSONS:
        open_lesson(page, light, lesson)
        answer_everything(page)
        small = page.evaluate(
            """() => [...document.querySelectorAll('section.course :is(button, a, summary, label:has(input), textarea)')]
                .filter((node) => !node.closest('li .course-quiet, .course-more ul, strong'))
                .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect()])
                .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
                .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )
        assert small == []


def test_text_scales_with_jupyterlabs_own_font_setting(page: Page, light: Course) -> None:
    open_lesson(page, light, "first")
    size = "() => parseFloat(getComputedStyle(document.querySelector('section.course legend')).fontSize)"
    before = page.evaluate(size)
    page.evaluate("document.documentElement.style.setProperty('--jp-content-font-size1', '28px')")
    assert page.evaluate(size) == pytest.approx(2 * before, rel=0.01)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('section.course')].some((s) => s.scrollWidth > s.clientWidth + 1)"
    )
    assert not wide
