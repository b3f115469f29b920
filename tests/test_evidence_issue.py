"""A certificate follows a final check that is passed and still counts, and says what that rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from course.bank import Bank
from course.errors import EvidenceError
from course.evidence import issue
from course.evidence.certificate import Facts, content_hash
from course.forms import BEGAN, FINISHED
from course.journal import Journal
from course.model import Attempt, Event
from course.tally import ACKNOWLEDGED
from tests.journals import an_attempt
from tests.test_proctor import LAWYER, Candidate
from tests.toy import Toy


def at(days: int) -> str:
    """So many days ago."""
    return f"{(datetime.now(UTC) - timedelta(days)).date()}T08:00:00.000Z"


@pytest.fixture
def final(checks: Toy, journal: Journal) -> Candidate:
    return Candidate("final", Bank(checks.data), journal)


def certified(
    final: Candidate, attempts: Sequence[Attempt] = (), events: Sequence[Event] = (), days: int = -1
) -> Facts:
    """What is certified so many days ago; of what was recorded, where nothing else is given."""
    kept = final.recorded()
    return issue.facts(final.bank, LAWYER, attempts or kept[0], events or kept[1], "1.0", at(days))


@pytest.mark.parametrize(
    "step",
    [lambda final: None, Candidate.begin, lambda final: final.slip(1), lambda final: final.take(otherwise="poor")],
)
def test_without_a_pass_there_is_no_certificate(step: Callable[[Candidate], object], final: Candidate) -> None:
    step(final)
    with pytest.raises(EvidenceError, match=r"final check, which is not passed yet\. Take it first\.$"):
        certified(final)


def test_a_pass_is_certified_with_what_it_rests_on(final: Candidate) -> None:
    for version in ("1", "0"):
        final.journal.record(ACKNOWLEDGED, "ann", {"version": version, "title": f"policy {version}"})
    sitting = final.take(dict.fromkeys(final.begin().items[:1], "acceptable")).sitting
    final.journal.append(an_attempt(learner="ann", attempt="the last", assurance="server-graded"))
    found, attempts = certified(final), final.recorded()[0]
    assert sitting and (found.passed, found.points, found.of) == (sitting.finished, 3.5, 4)
    assert (found.name, found.learner, found.head, found.version) == ("Ann", "ann", "the last", "1.0")
    assert (found.policy, found.policy_version, found.practice) == ("policy 1", "1", "Toy Practice")
    assert found.content == content_hash(attempt.content for attempt in attempts[:-1])
    assert found.assurance == "self-attested" and found.valid_from[:19] == found.passed[:19]
    graded = [replace(attempt, assurance="server-graded") for attempt in attempts]
    assert certified(final, graded).assurance == "server-graded"


def test_after_one_slip_the_points_are_those_of_the_check_and_the_day_that_of_the_pass(final: Candidate) -> None:
    final.slip(1)
    passed = final.take().sitting
    found, (attempts, events) = certified(final), final.recorded()
    assert passed and passed.form == "remedy" and (found.passed, found.points, found.of) == (passed.finished, 3, 4)
    assert found.content == content_hash(attempt.content for attempt in attempts)
    graded = [replace(attempt, assurance="server-graded" if attempt.form == "final" else "") for attempt in attempts]
    assert certified(final, graded).assurance == "self-attested" and found.policy == ""
    before = [*events[:-1], replace(events[-1], at=at(9))]  # by a clock that ran backwards in between
    assert events[-1].kind == FINISHED and certified(final, events=before).passed == at(9)


def test_the_last_pass_that_lapsed_is_said_with_its_days(final: Candidate) -> None:
    final.take()
    attempts, events = final.recorded()
    first = [replace(event, at=at(2000)) for event in events if event.kind in (BEGAN, FINISHED)]
    again = [replace(e, at=at(800), detail={**e.detail, "attempt_no": 2, "counted": []}) for e in first]
    twice = [*attempts, *(replace(attempt, attempt_no=2) for attempt in attempts)]
    assert certified(final, twice, [*first, *again], days=1900).passed == at(2000)
    assert certified(final, twice, [*first, *again], days=700).passed == at(800)
    with pytest.raises(
        EvidenceError, match=rf"^The pass of {at(800)[:10]} counted until \S{{10}}\. Take the final check"
    ):
        certified(final, twice, [*first, *again])
