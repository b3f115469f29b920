"""Rules for stories: each is proved, named after its file, told in a lesson, and rests on what there is."""

from __future__ import annotations

from collections.abc import Iterator

from course import plot
from course.checks.content import unknown_names
from course.checks.files import Authored, Place
from course.errors import Fault
from course.model import Mark, Outline, Story


def story_faults(authored: Authored) -> Iterator[Fault]:
    """Every fault of the stories that could be read, and of the lessons that tell them."""
    outline: Outline | None = authored.values.get("course.yml")
    told = {name for lesson in outline.lessons for name in lesson.stories} if outline else set()
    for name, (story, place) in authored.stories.items():
        if story.id != name:
            yield place.fault(f"the file is called {name}.yml. Give both the same name.", "id")
        if outline and name not in told:
            yield place.fault("no lesson in course.yml tells this story. Name it under 'stories' of one.")
        if outline and story.objective not in outline.objectives:
            yield place.fault(f"'{story.objective}' is not an objective of course.yml. Correct it.", "objective")
        yield from _turn_faults(authored, story, place)
        for flaw in plot.prove(story).flaws:
            yield place.fault(flaw.say, *flaw.where)
    if outline:
        for n, lesson in enumerate(outline.lessons):
            for m, name in enumerate(lesson.stories):
                if name not in authored.stories and f"{name}.yml" not in authored.places:
                    say = f"there is no file stories/{name}.yml. Write it, or take the story out of this lesson."
                    yield authored.places["course.yml"].fault(say, "lessons", n, "stories", m)


def _turn_faults(authored: Authored, story: Story, place: Place) -> Iterator[Fault]:
    yield from unknown_names(authored, "scenarios", story.scenarios, place)
    for name, scene in story.scenes.items():
        marks = [turn.mark for turn in scene.choices]
        if marks and Mark.BEST not in marks:
            yield place.fault("no choice of this scene is best. Mark one.", "scenes", name, "choices")
        for n, turn in enumerate(scene.choices):
            here = ("scenes", name, "choices", n)
            if not turn.claims and not turn.sources:
                yield place.fault("this choice gives no reason. Name its claims or sources.", *here)
            for where in ("claims", "sources"):
                yield from unknown_names(authored, where, getattr(turn, where), place, *here)
