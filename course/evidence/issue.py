"""Who gets a certificate, and what it says of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from course import forms
from course.bank import Bank
from course.errors import EvidenceError
from course.evidence.certificate import Facts, content_hash
from course.model import Attempt, Event, Learner, Sitting
from course.tally import ACKNOWLEDGED


def facts(
    bank: Bank, learner: Learner, attempts: Sequence[Attempt], events: Sequence[Event], version: str, now: str
) -> Facts:
    """What a learner's certificate says at the UTC time ``now``; ``version`` is the course's.

    Where the final check was passed by the few items after one slip, the points are those of the check itself. Raises
    EvidenceError where it is not passed, or was passed too long ago, with what to do.
    """
    months, there = bank.practice.valid_months, forms.sittings(events)
    standing = forms.standing("final", there, attempts, bank.outline.passing, now, months)
    passed_in = standing.sitting if standing.passed else None
    final = _final_check(there, passed_in) if passed_in else None
    if final is None or passed_in is None:
        raise EvidenceError(_why_not(standing.lapsed, months))
    counted = [a for sitting in (final, passed_in) for a in forms.answers(sitting, attempts).values()]
    came_to = forms.result(final, attempts)
    read = acknowledged(events, bank.practice.policy.version)
    valid_from, valid_until = forms.period(standing.passed, months)
    return Facts(
        name=learner.name,
        learner=learner.id,
        title=bank.outline.title,
        version=version,
        content=content_hash(attempt.content for attempt in counted),
        practice=bank.practice.name,
        practice_hash=bank.practice_hash,
        policy=str(read.detail.get("title", "")) if read else "",
        policy_version=str(read.detail.get("version", "")) if read else "",
        passed=standing.passed,
        points=came_to.points,
        of=came_to.of,
        assurance="server-graded" if {a.assurance for a in counted} == {"server-graded"} else "self-attested",
        valid_from=valid_from,
        valid_until=valid_until,
        issued=now,
        head=attempts[-1].attempt,
    )


def _final_check(sittings: Sequence[Sitting], passed_in: Sitting) -> Sitting | None:
    """The final check that a passed sitting is, or that it followed; by their order, whatever the clock said."""
    until = sittings[: sittings.index(passed_in) + 1]
    return next((sitting for sitting in reversed(until) if sitting.form == "final"), None)


def _why_not(lapsed: str, months: int) -> str:
    if not lapsed:
        return "A certificate follows the final check, which is not passed yet. Take it first."
    return (
        f"The pass of {lapsed[:10]} counted until {forms.period(lapsed, months)[1][:10]}. Take the final check again."
    )


def acknowledged(events: Iterable[Event], version: str) -> Event | None:
    """The last acknowledgement of this version of the policy; where there is none, the last one of any."""
    read = [event for event in events if event.kind == ACKNOWLEDGED]
    return next(
        (event for event in reversed(read) if event.detail.get("version") == version), read[-1] if read else None
    )
