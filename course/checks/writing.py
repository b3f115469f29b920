"""Rules for what learners write and mark: the coach's words, compose and mark activities, and the phrase book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from course import coach
from course.checks.files import Authored, Place
from course.errors import Fault
from course.model import Activity, Compose, Marking, Situation, Wording


def writing_faults(authored: Authored) -> Iterator[Fault]:
    """Every fault of the coach's words, of compose and mark activities, and of the phrase book."""
    yield from _criteria_faults(authored)
    for activity, place in authored.everything:
        yield from _activity_faults(activity, place)
    situations: tuple[Situation, ...] = authored.values.get("phrases.yml", ())
    counts = Counter(situation.id for situation in situations)
    for n, situation in enumerate(situations):
        place = authored.places["phrases.yml"]
        if counts[situation.id] > 1:
            yield place.fault(
                f"'{situation.id}' stands here {counts[situation.id]} times. Give each its own id.", n, "id"
            )
        if not any(_for_everybody(wording) for wording in situation.wordings):
            say = "no wording here is for every practice. Add one without variant, page, linkedin and stances."
            yield place.fault(say, n, "wordings")


def _for_everybody(wording: Wording) -> bool:
    return wording.variant == "everyone" and not (wording.page or wording.linkedin or wording.stances)


def writing_warnings(authored: Authored) -> Iterator[Fault]:
    """Where the coach is sure of a fault in an exemplar, or a leak in the phrase book: one of the two is wrong."""
    for activity, place in authored.everything:
        if isinstance(activity, Compose):
            prompt = activity.scene.text if activity.scene else ""
            for n, exemplar in enumerate(activity.exemplars):
                for name, finding in coach.judge(activity.task, exemplar.text, prompt).findings.items():
                    if name not in activity.skip and finding.sure and finding.met == (name in activity.avoid):
                        yield place.fault(_doubt(name, activity.task), "exemplars", n, "text")
    situations: tuple[Situation, ...] = authored.values.get("phrases.yml", ())
    for n, situation in enumerate(situations):
        for m, wording in enumerate(situation.wordings):
            leak = coach.CRITERIA[situation.task][0]
            found = coach.judge(situation.task, wording.text).findings
            if found and found[leak].sure and not found[leak].met:
                say = _doubt(leak, situation.task)
                yield authored.places["phrases.yml"].fault(say, n, "wordings", m, "text")


def _doubt(name: str, task: str) -> str:
    return f"the coach finds fault with this text: {name} ({task}). Reword it, or leave it if the coach is wrong."


def _criteria_faults(authored: Authored) -> Iterator[Fault]:
    """The coach has words for just what it can judge."""
    for task in coach.CRITERIA if "coach.yml" in authored.values else ():
        written = authored.values["coach.yml"].get(task, ())
        place, names = authored.places["coach.yml"], [criterion.id for criterion in written]
        for n, name in enumerate(names):
            if name not in coach.CRITERIA[task] or name in names[:n]:
                say = f"'{name}' can't stand here. Write each of these once: {', '.join(coach.CRITERIA[task])}."
                yield place.fault(say, task, n, "id")
        for name in coach.CRITERIA[task]:
            if name not in names:
                yield place.fault(f"there are no words for '{name}'. Add them.", task)


def _activity_faults(activity: Activity, place: Place) -> Iterator[Fault]:
    match activity:
        case Marking():
            if len({piece.reveals for piece in activity.pieces}) == 1:
                yield place.fault("some pieces have to reveal something, and some not. Change one.", "pieces")
        case Compose():
            if activity.scene is None:
                yield place.fault("there is nothing to answer. Add 'scene' with shape, network, who and text.")
            if activity.criteria:
                yield place.fault("data/coach.yml fills in the criteria. Take them out here.", "criteria")
            if set(activity.skip) & set(activity.avoid) or set(activity.skip) >= set(coach.CRITERIA[activity.task]):
                yield place.fault("a criterion is asked for, skipped or avoided, and one has to be left.", "skip")
            for where in ("skip", "avoid"):
                for name in getattr(activity, where):
                    if name not in coach.CRITERIA[activity.task]:
                        say = f"the coach does not look for '{name}' here. It does for: {', '.join(coach.CRITERIA[activity.task])}."
                        yield place.fault(say, where)
