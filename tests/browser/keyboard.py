"""What somebody without a mouse does."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

FOCUSED = "(node) => document.activeElement === node"
PLACE = "(nodes, value) => nodes.findIndex((node) => node.value === value)"


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the focus is on the target."""
    for _ in range(150):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} can't be reached with Tab")


def press(page: Page, button: Locator) -> None:
    """Goes to a button or a link and presses Enter there."""
    tab_to(page, button)
    page.keyboard.press("Enter")


def choose(page: Page, group: Locator, value: str | None = None) -> None:
    """Picks the option with this value, or the first one, of a group where nothing is picked yet."""
    options = group.locator("input")
    tab_to(page, options.first)
    page.keyboard.press("Space")
    for _ in range(options.evaluate_all(PLACE, value) if value else 0):
        page.keyboard.press("ArrowDown")


def take_item(page: Page, card: Locator, value: str | None = None, sure: str = "fairly") -> None:
    """Answers one question of a check, says how sure one is, and goes on."""
    choose(page, card.locator("fieldset:not(.course-sureness)"), value)
    choose(page, card.locator(".course-sureness"), sure)
    press(page, card.locator("button[type=submit]"))
