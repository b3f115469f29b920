"""Rules that hold between authored things: ids, keys, claims, sources and quotations."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from course.checks.files import Authored, Place
from course.errors import Fault
from course.model import START_PAGE, Action, Activity, Articles, Choice, Connection, Ledger, Mark, Order, Outline, Sort

LONGEST_QUOTATION = 20
"""Words."""

MOST_QUOTATIONS = 12
"""Of one article."""


def content_faults(authored: Authored, whole: bool) -> list[Fault]:
    """Every fault of content in what could be read; ``whole`` says that everything could."""
    lessons = [pair for pairs in authored.activities.values() for pair in pairs]
    everything = authored.everything
    faults = [*_outline_faults(authored), *_id_faults(everything), *_variant_faults(lessons, authored.malformed)]
    requests = {activity.id for activity, _ in lessons if isinstance(activity, Connection)}
    for activity, place in everything:
        faults += _key_faults(activity, place)
        faults += _reference_faults(authored, activity, place)
        faults += _echo_faults(activity, place, requests)
    if whole:
        faults += _renamed_faults(authored, {activity.id for activity, _ in everything})
    return faults + list(_quotation_faults(authored))


def _echo_faults(activity: Activity, place: Place, requests: set[str]) -> Iterator[Fault]:
    if isinstance(activity, Connection) and activity.after is not None and activity.after not in requests:
        yield place.fault(f"there is no request '{activity.after}' for this one to follow. Correct it.", "after")


def _renamed_faults(authored: Authored, ids: set[str]) -> Iterator[Fault]:
    """An id that learners may have answered under is there, or is retired with a reason."""
    ledger: Ledger | None = authored.values.get("ids.yml")
    for n, kept in enumerate(ledger.ids if ledger else ()):
        if kept in ids or (ledger and kept in ledger.retired):
            continue
        new = difflib.get_close_matches(kept, ids - set(ledger.ids if ledger else ()), 1)
        hint = f"If it is now called '{new[0]}', give it its old id back" if new else "Restore it"
        say = f"'{kept}' is no activity any more, and answers are recorded under it. {hint}, or move it to 'retired' with the reason."
        yield authored.places["ids.yml"].fault(say, "ids", n)


def _outline_faults(authored: Authored) -> Iterator[Fault]:
    outline: Outline | None = authored.values.get("course.yml")
    ids = [lesson.id for lesson in outline.lessons] if outline else []
    for n, lesson in enumerate(ids):
        if lesson in ids[:n] or lesson == START_PAGE:
            say = f"'{lesson}' is taken already. Give this lesson another id."
            yield authored.places["course.yml"].fault(say, "lessons", n, "id")


def _id_faults(everything: list[tuple[Activity, Place]]) -> Iterator[Fault]:
    """An id is one activity."""
    first: dict[tuple[str, str], Fault] = {}
    for activity, place in everything:
        here = place.fault("", "id")
        earlier = first.setdefault((activity.id, activity.variant), here)
        if earlier is not here:
            say = f"'{activity.id}' for {activity.variant} stands already in {earlier.file}:{earlier.line}. Give one another id."
            yield place.fault(say, "id")


def _variant_faults(lessons: list[tuple[Activity, Place]], malformed: set[str]) -> Iterator[Fault]:
    """A lesson's activity is for everyone, or once for law and once for clinics.

    Where one variant is malformed, the other is not held against it. Items of the checks may be for
    one profession alone.
    """
    variants: dict[str, list[tuple[Activity, Place]]] = {}
    for activity, place in lessons:
        variants.setdefault(activity.id, []).append((activity, place))
    for activity_id, pairs in variants.items():
        names = {activity.variant for activity, _ in pairs}
        if activity_id not in malformed and names not in ({"everyone"}, {"law", "clinic"}):
            say = f"'{activity_id}' is there for {' and '.join(sorted(names))}. Write it for everyone, or for law and for clinic."
            yield pairs[0][1].fault(say, "id")
        if len({type(activity) for activity, _ in pairs}) > 1:
            yield pairs[-1][1].fault(
                f"the variants of '{activity_id}' differ in kind. Use the same kind for both.", "kind"
            )


def _key_faults(activity: Activity, place: Place) -> Iterator[Fault]:
    match activity:
        case Choice():
            yield from _repeated([option.text for option in activity.options], place, "options")
            best = sum(option.mark is Mark.BEST for option in activity.options)
            if not activity.several and best != 1:
                say = f"{best} options are marked best and one has to be. Mark exactly one, or set 'several: true'."
                yield place.fault(say, "options")
            if activity.several and best in (0, len(activity.options)):
                say = "with 'several', some options have to be best and some not. Change a mark."
                yield place.fault(say, "options")
        case Sort():
            yield from _repeated([card.text for card in activity.cards], place, "cards")
            for n, card in enumerate(activity.cards):
                if card.bucket not in activity.buckets:
                    say = (
                        f"the bucket '{card.bucket}' is not one of: {' / '.join(activity.buckets)}. Write one of them."
                    )
                    yield place.fault(say, "cards", n, "bucket")
            for n, bucket in enumerate(activity.buckets):
                if bucket not in {card.bucket for card in activity.cards}:
                    say = f"no card belongs into '{bucket}'. Add one, or take the bucket out."
                    yield place.fault(say, "buckets", n)
        case Order():
            yield from _repeated([step.text for step in activity.steps], place, "steps")
        case Connection():
            yield from _request_faults(activity, place)


def _request_faults(activity: Connection, place: Place) -> Iterator[Fault]:
    if activity.options:
        yield place.fault("the line of the practice fills in what is best. Take 'options' out.", "options")
    if activity.scene is None:
        yield place.fault("a request needs its card. Add 'scene' with shape, network, who and text.")
    needed = {"happens": activity.happens, **({"echoes": activity.echoes} if activity.after else {})}
    for where, texts in needed.items():
        for action in get_args(Action):
            if action not in texts:
                yield place.fault(f"'{action}' is missing. Say what follows it.", where)


def _repeated(texts: Iterable[str], place: Place, where: str) -> Iterator[Fault]:
    for text, count in Counter(texts).items():
        if count > 1:
            yield place.fault(f"'{text[:40]}' stands here {count} times. Keep it once.", where)


def _reference_faults(authored: Authored, activity: Activity, place: Place) -> Iterator[Fault]:
    articles: Articles | None = authored.values.get("quotations.yml")
    for where in ("claims", "sources", "scenarios"):
        yield from unknown_names(authored, where, getattr(activity, where), place)
    if activity.quote and articles and activity.quote not in articles.quotations:
        yield place.fault(f"'{activity.quote}' is not in quotations.yml. Correct it, or leave it out.", "quote")


def unknown_names(
    authored: Authored, where: str, names: Iterable[str], place: Place, *path: str | int
) -> Iterator[Fault]:
    """Every name that the file ``where`` should hold and does not, as far as that file could be read."""
    there = authored.values.get(f"{where}.yml")
    for n, name in enumerate(names):
        if there is not None and name not in there:
            yield place.fault(f"'{name}' is not in {where}.yml. Correct it, or add it there.", *path, where, n)


def _quotation_faults(authored: Authored) -> Iterator[Fault]:
    articles: Articles | None = authored.values.get("quotations.yml")
    claims = authored.values.get("claims.yml")
    if articles is None:
        return
    place = authored.places["quotations.yml"]
    counts: Counter[str] = Counter()
    for name, quotation in articles.quotations.items():
        count = len(quotation.words.split())
        if count > LONGEST_QUOTATION:
            say = f"this quotation has {count} words and {LONGEST_QUOTATION} is the most. Shorten it."
            yield place.fault(say, "quotations", name, "words")
        counts[quotation.claim[:1]] += 1
        if counts[quotation.claim[:1]] > MOST_QUOTATIONS:
            say = f"this is one quotation too many of its article; {MOST_QUOTATIONS} are the most. Say it in your own words."
            yield place.fault(say, "quotations", name)
        if claims is not None and quotation.claim not in claims:
            say = f"'{quotation.claim}' is not in claims.yml. Correct it."
            yield place.fault(say, "quotations", name, "claim")
        if quotation.claim[:1] not in articles.articles:
            say = f"no article is called '{quotation.claim[:1]}'. Add it under 'articles'."
            yield place.fault(say, "quotations", name, "claim")
