"""The decision: a request and a practice to the actions, each judged and with its reasons. Pure.

One table, read by people, decides (``data/policy.yml``); nothing here knows a stance by name. The first row
whose conditions all hold is the one that applies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from course.errors import CourseError
from course.model import Action, Judged, Mark, PolicyTable, Practice, Request, Row, Rule, Side, Stance

ACTIONS: tuple[Action, ...] = get_args(Action)


class Decision(Struct, frozen=True):
    """What a practice's line makes of a request.

    ``best`` is the one best action. ``where`` is the place that a redirect names. ``elsewhere`` tells, for
    each action, the other stances under which it would be the best one. ``sides`` are there where
    professionals differ.
    """

    row: str
    best: Action
    actions: dict[Action, Judged]
    elsewhere: dict[Action, tuple[Stance, ...]]
    where: Literal["page", "linkedin", "nowhere"]
    claims: tuple[str, ...]
    sources: tuple[str, ...]
    sides: tuple[Side, ...]


def decide(request: Request, practice: Practice, table: PolicyTable) -> Decision:
    """The decision on a request under a practice's line. Raises CourseError where no row applies."""
    row = _row(request, practice, table)
    elsewhere: dict[Action, tuple[Stance, ...]] = dict.fromkeys(ACTIONS, ())
    for stance in get_args(Stance):
        if stance != practice.stance:
            there = best_of(_row(request, replace(practice, stance=stance), table))
            elsewhere[there] = (*elsewhere[there], stance)
    return Decision(
        row=row.id,
        best=best_of(row),
        actions={action: getattr(row, action) for action in ACTIONS},
        elsewhere=elsewhere,
        where=row.where,
        claims=row.claims,
        sources=row.sources,
        sides=row.differ,
    )


def best_of(row: Row) -> Action:
    """The best action of a row."""
    return next(action for action in ACTIONS if getattr(row, action).mark is Mark.BEST)


def is_stricter(strict: Stance, lax: Stance, table: PolicyTable) -> bool:
    """Whether the table declares, in one step or several, that one stance is stricter than another."""
    above: set[Stance] = {lax}
    while True:
        reached = above | {stricter for laxer, stricter in table.stricter if laxer in above}
        if reached == above:
            return strict in above and strict != lax
        above = reached


def _row(request: Request, practice: Practice, table: PolicyTable) -> Row:
    for row in table.rows:
        if applies(row.when, request, practice):
            return row
    raise CourseError("No row of policy.yml applies to this request. Ask whoever looks after the course to add one.")


def applies(rule: Rule, request: Request, practice: Practice) -> bool:
    """Whether every condition that a row names holds."""
    return all(
        (
            _holds(rule.who, request.who),
            _holds(rule.network, request.network),
            _holds(rule.shares, request.shares),
            _holds(rule.stance, practice.stance),
            rule.sensitive in (None, request.sensitive),
            rule.initiated in (None, request.initiated),
            rule.profession in (None, practice.profession),
            rule.page in (None, practice.page is not None),
            rule.linkedin in (None, practice.linkedin),
        )
    )


def _holds(named: Iterable[str], value: str) -> bool:
    named = tuple(named)
    return not named or value in named
