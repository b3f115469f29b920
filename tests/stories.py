"""Small stories for tests, and stories of any length."""

from __future__ import annotations

from typing import Any

import msgspec

from course.model import Story

SAID = {"happens": "KEY happens.", "why": "KEY why.", "do": "KEY do."}


def turn(to: str, mark: str = "best", **more: Any) -> dict[str, Any]:
    return {"text": f"Go to {to} ({mark})", "mark": mark, "feedback": SAID, "to": to, "claims": ["L2"], **more}


def scene(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"place": more.pop("place", "Somewhere"), "text": more.pop("text", "Something."), "choices": choices, **more}


def ending(how: str = "good") -> dict[str, Any]:
    return {"place": f"The {how} end", "text": "It ends.", "ending": how}


def story(scenes: dict[str, Any], **more: Any) -> Story:
    first = next(iter(scenes))
    shared = {"id": "toy-story", "profession": "everyone", "title": "A toy story", "objective": "greet"}
    whole = {**shared, "opening": "You are here.", "rule": "Be kind.", "start": first, "scenes": scenes, **more}
    return msgspec.convert(whole, Story)


def remembering() -> Story:
    """Four scenes: whoever told can mend it, and trust counts."""
    return story(
        {
            "start": scene(
                turn("desk", effects={"told": True, "trust": 1}),
                turn("desk", "poor", effects={"trust": -1}),
                place="Hall",
            ),
            "desk": scene(
                turn("good-end", when=["told"]),
                turn("good-end", "acceptable", when=["not told", "trust >= 1"]),
                turn("hard-end", "harmful"),
                place="Desk",
                asides=[{"when": ["told"], "text": "A note from Pat lies there."}],
            ),
            "good-end": ending(),
            "hard-end": ending("hard"),
        },
        remembers={"told": {"says": "You told"}, "trust": {"says": "Trust", "start": 2, "most": 4}},
    )


def long_story(scenes: int) -> Story:
    """A story of so many scenes in a ladder: each offers three ways on, and a yes or no and a number are remembered."""
    names = [f"s{n}" for n in range(scenes - 1)]
    made: dict[str, Any] = {}
    for n, name in enumerate(names):
        ways = [*names[n + 1 : n + 3], "end"]
        made[name] = scene(
            turn(ways[0], effects={"trust": 1}),
            turn(ways[min(1, len(ways) - 1)], "acceptable", effects={"told": True}),
            turn(ways[0], "poor", effects={"trust": -1}),
            place=f"Scene {n}",
        )
    made["end"] = ending()
    return story(made, remembers={"told": {"says": "You told"}, "trust": {"says": "Trust", "start": 2, "most": 4}})
