"""Who gets a certificate, and what it says of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from course import forms
from course.bank import Bank
from course.errors import EvidenceError
from course.evidence.certificate import Facts, content_hash
from course.model import Attempt, Event, Learner
from course.tally import ACKNOWLEDGED


def facts(
    bank: Bank, learner: Learner, attempts: Sequence[Attempt], events: Sequence[Event], version: str, now: str
) -> Facts:
    """What a learner's certificate says at the UTC time ``now``.

    Raises EvidenceError where the final check is not passed, or was passed too long ago, with what to do.
    """
    months = bank.practice.valid_months
    there = forms.sittings(events)
    final = forms.standing("final", there, attempts, bank.outline.passing, now, months)
    if not final.passed or final.sitting is None:
        lapsed = forms.standing("final", there, attempts, bank.outline.passing, now).passed
        if lapsed:
            until = forms.period(lapsed, months)[1][:10]
            raise EvidenceError(f"The pass of {lapsed[:10]} counted until {until}. Take the final check again.")
        raise EvidenceError("A certificate follows the final check, which is not passed yet. Take it first.")
    sitting = next(s for s in reversed(there) if s.finished <= final.passed and s.form == "final" and s.finished)
    counted = list(forms.answers(sitting, attempts).values())
    came_to = forms.result(sitting, attempts)
    read = [event for event in events if event.kind == ACKNOWLEDGED]
    return Facts(
        name=learner.name or learner.id,
        learner=learner.id,
        title=bank.outline.title,
        version=version,
        content=content_hash(attempt.content for attempt in counted),
        practice=bank.practice.name,
        practice_hash=bank.practice_hash,
        policy=str(read[-1].detail.get("title", "")) if read else "",
        policy_version=str(read[-1].detail.get("version", "")) if read else "",
        passed=final.passed,
        points=came_to.points,
        of=came_to.of,
        assurance="server-graded" if all(a.assurance == "server-graded" for a in counted) else "self-attested",
        valid_from=forms.period(final.passed, months)[0],
        valid_until=forms.period(final.passed, months)[1],
        issued=now,
        head=attempts[-1].attempt,
    )
