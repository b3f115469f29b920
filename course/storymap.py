"""The map of a story as a picture with a text equivalent. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from textwrap import wrap
from xml.sax.saxutils import escape

from course.model import Story

WIDTH, HEIGHT, GAP_X, GAP_Y = 150, 46, 26, 44
"""Pixels of a scene's box, and between boxes."""


def layers(story: Story) -> list[list[str]]:
    """The scenes by the number of choices that it takes at least to reach them; unreached ones at the end."""
    depth = {story.start: 0}
    queue = deque([story.start])
    while queue:
        scene = queue.popleft()
        for turn in story.scenes[scene].choices:
            if turn.to in story.scenes and turn.to not in depth:
                depth[turn.to] = depth[scene] + 1
                queue.append(turn.to)
    found: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for scene in story.scenes:
        if scene in depth:
            found[depth[scene]].append(scene)
    rest = [scene for scene in story.scenes if scene not in depth]
    return [*found, rest] if rest else found


def in_words(story: Story, named: Collection[str]) -> list[str]:
    """The map as sentences: from each named scene, where its choices lead."""
    said = []
    for layer in layers(story):
        for scene in layer:
            if scene in named:
                ways = dict.fromkeys(_name(story, turn.to, named) for turn in story.scenes[scene].choices)
                end = f"an ending ({story.scenes[scene].ending})" if story.scenes[scene].ending else ""
                said.append(f"{story.scenes[scene].place}: {end or 'leads to ' + '; '.join(ways)}.")
    return said


def picture(story: Story, visited: Collection[str] = (), named: Collection[str] | None = None) -> str:
    """The map as SVG. Only ``named`` scenes bear their names (all, if not given); ``visited`` ones stand out."""
    named = story.scenes.keys() if named is None else named
    rows = layers(story)
    widest = max(len(row) for row in rows)
    width = widest * (WIDTH + GAP_X) + GAP_X
    height = len(rows) * (HEIGHT + GAP_Y) + GAP_Y
    place = {}
    for y, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP_X) + GAP_X) / 2
        for x, scene in enumerate(row):
            place[scene] = (left + x * (WIDTH + GAP_X), GAP_Y / 2 + y * (HEIGHT + GAP_Y))
    parts = [_arrow(place[scene], place[to]) for scene, to in _ways(story)]
    parts += [_box(story, scene, place[scene], scene in visited, scene in named) for scene in place]
    title = escape(f"Map of the story {story.title}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" font-family="sans-serif" font-size="11"><title>{title}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _name(story: Story, scene: str, named: Collection[str]) -> str:
    return story.scenes[scene].place if scene in named else "a scene you have not seen"


def _ways(story: Story) -> list[tuple[str, str]]:
    ways = ((name, turn.to) for name, scene in story.scenes.items() for turn in scene.choices)
    return [way for way in dict.fromkeys(ways) if way[1] in story.scenes]


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1 = start[0] + WIDTH / 2, start[1] + HEIGHT
    x2, y2 = end[0] + WIDTH / 2, end[1]
    if y2 <= y1:  # back, or to the same row: around the side
        y1, y2 = start[1] + HEIGHT / 2, end[1] + HEIGHT / 2
        x1, x2 = start[0] + WIDTH, end[0] + WIDTH
        bend = max(x1, x2) + GAP_X
        line = f"M{x1:.0f} {y1:.0f} C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    else:
        middle = (y1 + y2) / 2
        line = f"M{x1:.0f} {y1:.0f} C{x1:.0f} {middle:.0f} {x2:.0f} {middle:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{line}" fill="none" stroke="#8a939c" stroke-width="1.2"/>'


_EDGES = {"good": "#17663a", "acceptable": "#6e4d00", "hard": "#8a3b00", None: "#51585f"}


def _box(story: Story, scene: str, at: tuple[float, float], visited: bool, named: bool) -> str:
    x, y = at
    ending = story.scenes[scene].ending if named else None
    fill = "#dcebf9" if visited else "#f4f6f8"
    lines = wrap(story.scenes[scene].place, 24)[:3] if named else ["?"]
    text = "".join(
        f'<text x="{x + WIDTH / 2:.0f}" y="{y + HEIGHT / 2 + 4 + 13 * (n - (len(lines) - 1) / 2):.0f}" '
        f'text-anchor="middle" fill="#1d2327">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="8" fill="{fill}" '
        f'stroke="{_EDGES[ending]}" stroke-width="{2.5 if visited else 1.2}"/>{text}'
    )
