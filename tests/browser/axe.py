"""What axe, a checker of accessibility, finds on a page."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
TALL = 12_000
"""Pixels in which a whole lesson is on the screen: axe measures no contrast of what is scrolled away."""


def findings(page: Page, inside: str) -> list[str]:
    """What axe finds inside our own output, by rule and place."""
    response = _run(page, inside)
    looked_at = {rule["id"] for rule in (*response["passes"], *response["violations"])}
    assert "color-contrast" in looked_at, "axe measured the contrast of no text"
    return [f"{rule['id']}: {node['html'][:120]}" for rule in response["violations"] for node in rule["nodes"]]


def rules_broken(page: Page) -> set[str]:
    """The rules of which axe finds something anywhere on the page, JupyterLab's own parts included."""
    return {rule["id"] for rule in _run(page)["violations"]}


def _run(page: Page, inside: str | None = None) -> dict[str, Any]:
    seen = page.viewport_size
    assert seen
    # JupyterLab's body has no height and hides what runs over: axe would take all of it for clipped away.
    page.add_style_tag(content="body { height: 100vh; }")
    page.set_viewport_size({"width": seen["width"], "height": TALL})
    lesson = page.locator(".jp-WindowedPanel-outer")
    expect(lesson).to_have_css("height", re.compile(r"^1\d{4}"))
    lesson.evaluate("(node) => node.scrollTo(0, 0)")
    response: dict[str, Any] = Axe().run(page, context=inside, options=RULES).response
    page.set_viewport_size(seen)
    return response
