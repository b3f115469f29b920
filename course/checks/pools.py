"""Rules for the checks before and after the lessons, for the tracks and for the led session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from course import forms
from course.bank import is_for, is_of_pool
from course.checks.files import Authored, Place
from course.errors import Fault
from course.model import Activity, Choice, Mark, Outline, Profession, Role, Source

FEWEST_OPTIONS = 4
"""Of a final item: with three, somebody who guesses gains too much."""

POOLS = ("before-a", "before-b", "final")


def pool_faults(authored: Authored, whole: bool) -> Iterator[Fault]:
    """Every fault of the checks, the tracks and the led session.

    ``whole`` says that everything could be read: only then is it known what a pool lacks.
    """
    outline: Outline | None = authored.values.get("course.yml")
    if outline is None:
        return
    yield from _outline_faults(authored, outline, whole)
    for activity, place in authored.everything:
        if activity.objective not in outline.objectives:
            say = f"'{activity.objective}' is not an objective of course.yml. Write one of: {', '.join(outline.objectives)}."
            yield place.fault(say, "objective")
    for name, pairs in authored.pools.items():
        if not any(is_of_pool(name, pool) for pool in POOLS):
            yield Fault(f"{name}.yml", 0, "a pool is called before-a, before-b or final-... Rename the file.")
        for activity, place in pairs:
            yield from _item_faults(authored, activity, place)
    if whole and any(lesson.check for lesson in outline.lessons):
        for profession in get_args(Profession):
            yield from _filling_faults(authored, outline, profession)


def _outline_faults(authored: Authored, outline: Outline, whole: bool) -> Iterator[Fault]:
    place = authored.places["course.yml"]
    if any(lesson.check for lesson in outline.lessons) and not outline.blueprint:
        yield place.fault("there are checks and no 'blueprint' to deal them by. Add one.", "lessons")
    lessons = {lesson.id for lesson in outline.lessons if not lesson.check}
    for n, lesson in enumerate(outline.lessons):
        if lesson.objective not in outline.objectives:
            say = f"'{lesson.objective}' is not under 'objectives'. Correct it, or add it there."
            yield place.fault(say, "lessons", n, "objective")
    for objective, share in outline.blueprint.items():
        if objective not in outline.objectives:
            yield place.fault(f"'{objective}' is not under 'objectives'. Correct it.", "blueprint", objective)
        if share.critical > share.final:
            yield place.fault("more critical items than items. Lower 'critical'.", "blueprint", objective)
    for role, track in outline.tracks.items():
        for n, lesson_id in enumerate(track):
            if lesson_id not in lessons:
                say = f"'{lesson_id}' is not a lesson, or is a check. Correct it, or take it out."
                yield place.fault(say, "tracks", role, n)
    missing = [role for role in get_args(Role) if role not in outline.tracks]
    if outline.tracks and missing:
        say = f"there is no track for {', '.join(missing)}. Add the lessons that this role has to take."
        yield place.fault(say, "tracks")
    total = sum(share.final for share in outline.blueprint.values())
    if outline.passing > total:
        say = f"{outline.passing:g} points pass and the final check has {total} items. Lower 'passing'."
        yield place.fault(say, "passing")
    known = {i for name in authored.activities for i in authored.named.get(name, ())}
    for n, activity in enumerate(outline.led.activities if outline.led else ()):
        if whole and activity not in known:
            say = f"'{activity}' is in no lesson. Correct the id of the led session."
            yield place.fault(say, "led", "activities", n)


def _item_faults(authored: Authored, item: Activity, place: Place) -> Iterator[Fault]:
    if not isinstance(item, Choice) or item.several:
        yield place.fault(
            "an item of a check is a choice of one option. Write it so, or move it into a lesson.", "kind"
        )
        return
    if len(item.options) < FEWEST_OPTIONS:
        say = f"an item of a check needs {FEWEST_OPTIONS} options and this one has {len(item.options)}. Add what is missing."
        yield place.fault(say, "options")
    if item.differ:
        yield place.fault("professionals differ on this, so it can't be in a check. Move it into a lesson.", "differ")
    if item.critical and all(option.mark is not Mark.HARMFUL for option in item.options):
        say = "a critical item needs an option that is harmful. Mark one, or take 'critical' out."
        yield place.fault(say, "critical")
    sources: dict[str, Source] = authored.values.get("sources.yml", {})
    cited = [sources[name].seen for name in item.sources if name in sources]
    if cited and set(cited) == {"reported"}:
        say = "this item rests on reported sources alone. Add one that was read in its own text, or let the rule decide and cite none."
        yield place.fault(say, "sources")
    claims = authored.values.get("claims.yml", {})
    named = [claims[name] for name in item.claims if name in claims]
    if named and all(claim.context for claim in named):
        yield place.fault(
            "this item asks for context only, such as a date or a byline. Name a claim that bears on a decision.",
            "claims",
        )


def _filling_faults(authored: Authored, outline: Outline, profession: Profession) -> Iterator[Fault]:
    place = authored.places["course.yml"]
    pools = {name: _items(authored, name, profession) for name in POOLS}
    for name in POOLS[:2]:
        have = Counter(item.objective for item in pools[name])
        for objective in have.keys() - outline.blueprint.keys():
            say = f"{name} has items on '{objective}', which is not in the blueprint. Add it there, or move them into a lesson."
            yield place.fault(say, "blueprint")
        for objective, share in outline.blueprint.items():
            if have[objective] != share.before:
                say = (
                    f"{name} has {have[objective]} items on '{objective}' for {profession} and needs exactly "
                    f"{share.before}. Add or take out items in pools/{name}.yml."
                )
                yield place.fault(say, "blueprint", objective, "before")
    there = Counter((item.objective, item.critical) for item in pools["final"])
    for (objective, critical), count in forms.needs(outline.blueprint).items():
        if there[objective, critical] < count:
            kind = "critical items" if critical else "items that are not critical"
            say = (
                f"the pool of the final check has {there[objective, critical]} {kind} on '{objective}' for "
                f"{profession} and needs {count}. Write more in pools/final-....yml."
            )
            yield place.fault(say, "blueprint", objective)
    for name in POOLS[:2]:
        for (objective, critical), count in forms.needs(outline.blueprint, pools[name]).items():
            if count < 0:
                kind = "critical items" if critical else "items that are not critical"
                say = (
                    f"{name} holds {-count} more {kind} on '{objective}' for {profession} than the whole final check "
                    "has. Change their number, or the blueprint."
                )
                yield place.fault(say, "blueprint", objective)


def _items(authored: Authored, pool: str, profession: Profession) -> list[Activity]:
    return [
        item
        for name, pairs in authored.pools.items()
        if is_of_pool(name, pool)
        for item, _ in pairs
        if is_for(item, profession)
    ]
