"""Stories: told one choice at a time, and proved before they are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course import plot, storymap
from course.errors import AnswerError
from course.model import Story
from tests.stories import ending, long_story, remembering, scene, story, turn


def said(told: Story) -> list[tuple[tuple[str | int, ...], str]]:
    return [(flaw.where, flaw.say.split(".")[0]) for flaw in plot.prove(told).flaws]


# --- telling ---


def test_a_choice_changes_what_is_remembered_and_what_is_offered() -> None:
    told = remembering()
    begun = plot.begin(told)
    assert dict(begun.facts) == {"told": False, "trust": 2}
    after = plot.choose(told, begun, 0)
    assert (after.scene, dict(after.facts), after.path) == ("desk", {"told": True, "trust": 3}, (0,))
    assert plot.offered(told, after) == [0, 2]
    assert plot.offered(told, plot.choose(told, begun, 1)) == [1, 2]


def test_a_scene_tells_what_it_remembers() -> None:
    told = remembering()
    desk = told.scenes["desk"]
    assert "A note from Pat" in plot.told(desk, plot.replay(told, [0])[-1])
    assert "A note from Pat" not in plot.told(desk, plot.replay(told, [1])[-1])


@pytest.mark.parametrize("number", [-1, 1, 3, 99])
def test_a_choice_that_is_not_offered_now_is_refused(number: int) -> None:
    told = remembering()
    with pytest.raises(AnswerError, match="does not offer"):
        plot.choose(told, plot.replay(told, [0])[-1], number)


def test_a_number_stays_within_its_bounds() -> None:
    told = story(
        {"a": scene(turn("b", effects={"n": 9})), "b": scene(turn("c", effects={"n": -9})), "c": ending()},
        remembers={"n": {"says": "N", "start": 1, "least": 0, "most": 3}},
    )
    assert [dict(state.facts)["n"] for state in plot.replay(told, [0, 0])] == [1, 3, 0]


def test_points_are_for_decisions_and_not_for_the_ending() -> None:
    told = remembering()
    assert plot.points(told, [0, 0]) == 1
    assert plot.points(told, [1, 1]) == 0.25
    assert plot.points(told, [0, 2]) == 0.5
    assert plot.points(told, []) == 0


def test_the_defensible_way_takes_the_best_choice_offered() -> None:
    assert plot.defensible(remembering()) == (0, 0)


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ("told", {"told": True}, True),
        ("not told", {"told": True}, False),
        ("trust >= 2", {"trust": 2}, True),
        ("trust<2", {"trust": 2}, False),
        ("trust == -1", {"trust": -1}, True),
        ("trust > 0", {"trust": 0}, False),
        (" trust <= 3 ", {"trust": 3}, True),
    ],
)
def test_conditions_read_as_they_are_written(condition: str, facts: dict[str, Any], holds: bool) -> None:
    assert plot.holds([condition], facts) is holds


# --- proving ---


def test_a_sound_story_has_no_flaw_and_its_ways_are_counted() -> None:
    proof = plot.prove(remembering())
    assert (proof.flaws, proof.paths, proof.shortest, proof.longest) == ((), 4, 2, 2)


GOOD, LOST = ending(), ending("hard")
FLAWED: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[tuple[str | int, ...], str]]]] = {
    "a missing scene": (
        {"a": scene(turn("nowhere")), "b": GOOD},
        {},
        [(("scenes", "a", "choices", 0, "to"), "there is no scene 'nowhere'")],
    ),
    "a missing start": ({"a": scene(turn("b")), "b": GOOD}, {"start": "z"}, [(("start",), "there is no scene 'z'")]),
    "a scene that is never reached": (
        {"a": scene(turn("b")), "b": GOOD, "c": GOOD},
        {},
        [(("scenes", "c"), "no way leads to this scene")],
    ),
    "a scene with nothing to do": (
        {"a": scene(turn("b")), "b": {"place": "B", "text": "B."}},
        {},
        [(("scenes", "b"), "a scene has choices, or it is an ending")],
    ),
    "an ending that goes on": (
        {"a": scene(turn("b")), "b": scene(turn("a"), ending="good")},
        {},
        [(("scenes", "b"), "a scene has choices, or it is an ending")],
    ),
    "an unknown fact in a condition": (
        {"a": scene(turn("b"), turn("b", "poor", when=["luck"])), "b": GOOD},
        {},
        [(("scenes", "a", "choices", 1, "when"), "'luck' is not under 'remembers'")],
    ),
    "an unreadable condition": (
        {"a": scene(turn("b"), turn("b", "poor", when=["told or not"])), "b": GOOD},
        {"remembers": {"told": {"says": "T"}}},
        [(("scenes", "a", "choices", 1, "when"), "'told or not' can't be read as a condition")],
    ),
    "an unknown effect": (
        {"a": scene(turn("b", effects={"luck": True})), "b": GOOD},
        {},
        [(("scenes", "a", "choices", 0, "effects", "luck"), "'luck' is not under 'remembers'")],
    ),
    "a number for a yes or no": (
        {"a": scene(turn("b", effects={"told": 1})), "b": GOOD},
        {"remembers": {"told": {"says": "T"}}},
        [(("scenes", "a", "choices", 0, "effects", "told"), "'told' is yes or no: write true or false")],
    ),
    "a start out of bounds": (
        {"a": scene(turn("b")), "b": GOOD},
        {"remembers": {"n": {"says": "N", "start": 7, "most": 3}}},
        [(("remembers", "n"), "it starts at 7, outside 0 to 3")],
    ),
    "a choice that is never offered": (
        {"a": scene(turn("b"), turn("b", "poor", when=["told"])), "b": GOOD},
        {"remembers": {"told": {"says": "T"}}},
        [(("scenes", "a", "choices", 1), "this choice is never offered: its conditions never hold here")],
    ),
    "a paragraph that is never shown": (
        {"a": scene(turn("b"), asides=[{"when": ["told"], "text": "X."}]), "b": GOOD},
        {"remembers": {"told": {"says": "T"}}},
        [(("scenes", "a", "asides", 0), "this paragraph is never shown: its conditions never hold here")],
    ),
    "a dead end": (
        {
            "a": scene(turn("b"), turn("b", "poor", effects={"told": True})),
            "b": scene(turn("c", when=["told"])),
            "c": GOOD,
        },
        {"remembers": {"told": {"says": "T"}}},
        [
            (("scenes", "b"), "a learner can stand here with no choice offered"),
            (("scenes", "b"), "from here only hard endings can be reached"),
        ],
    ),
    "a runaway circle": (
        {"a": scene(turn("b")), "b": scene(turn("a"), turn("c", "poor")), "c": GOOD},
        {},
        [(("scenes", "a"), "these scenes can follow each other for ever")],
    ),
    "no hope": (
        {"a": scene(turn("b"), turn("lost", "poor")), "b": GOOD, "lost": scene(turn("end")), "end": LOST},
        {},
        [(("scenes", "lost"), "from here only hard endings can be reached")],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in FLAWED.items()])
def test_every_flaw_is_named_with_its_place(case: Any) -> None:
    scenes, more, expected = case
    assert said(story(scenes, **more)) == expected


def test_a_lesson_in_itself_may_be_without_hope() -> None:
    scenes = {
        "a": scene(turn("b"), turn("lost", "poor")),
        "b": GOOD,
        "lost": scene(turn("end"), lesson=True),
        "end": LOST,
    }
    assert said(story(scenes)) == []


def test_a_circle_that_ends_is_allowed() -> None:
    told = story(
        {
            "a": scene(turn("b")),
            "b": scene(turn("c"), turn("a", "acceptable", when=["n < 2"], effects={"n": 1})),
            "c": GOOD,
        },
        remembers={"n": {"says": "Times round", "start": 0, "most": 2}},
    )
    proof = plot.prove(told)
    assert (proof.flaws, proof.paths, proof.shortest, proof.longest) == ((), 3, 2, 6)


def test_a_story_that_remembers_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot, "MOST_STATES", 50)
    (flaw,) = plot.prove(long_story(30)).flaws
    assert "more than 50 states" in flaw.say


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2), max_size=12))
def test_a_walk_through_a_proved_story_always_ends(picks: list[int]) -> None:
    told, path = long_story(12), []
    proof = plot.prove(told)
    for pick in [*picks, *[0] * 20]:
        state = plot.replay(told, path)[-1]
        offers = plot.offered(told, state)
        if not offers:
            break
        path.append(offers[pick % len(offers)])
    assert told.scenes[plot.replay(told, path)[-1].scene].ending
    assert proof.shortest <= len(path) <= proof.longest
    assert 0 <= plot.points(told, path) <= 1


# --- the map ---


def test_the_map_names_only_what_it_may() -> None:
    told = remembering()
    drawn = storymap.picture(told, {"start"}, {"start"})
    assert "Hall" in drawn and "Desk" not in drawn and drawn.count(">?<") == 3
    whole = storymap.picture(told)
    assert all(scene.place in whole for scene in told.scenes.values())
    assert drawn.count("<rect") == whole.count("<rect") == 5


def test_the_map_in_words_says_the_same() -> None:
    words = storymap.in_words(remembering(), {"start", "desk"})
    assert words == ["Hall: leads to Desk.", "Desk: leads to a scene you have not seen."]


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "Größe & 你好", "\"quoted\" 'x'"])
def test_text_in_a_map_is_text(title: str) -> None:
    told = story({"a": scene(turn("b"), place=title), "b": ending()}, title=title)
    drawn = storymap.picture(told)
    assert "<script" not in drawn
    assert not re.search(r"&(?!amp;|lt;|gt;|quot;)", drawn)
