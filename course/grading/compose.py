"""Kind ``compose``: a message in one's own words, with the coach beside. Nothing is graded.

The coach looks at drafts as often as asked, and nothing of that is recorded. An answer says whether
the learner keeps the text, and how they judge it themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from course import coach
from course.errors import AnswerError
from course.grading import Submission
from course.grading.reflect import LONGEST_TEXT, NO_TEXT, keeps, refuse_long
from course.model import Answer, Compose, Criterion, Note, Outcome, Verdict

AVOIDED = "Your message does not do this, and here that is right."


def body(activity: Compose) -> dict[str, Any]:
    criteria = [{"id": criterion.id, "asks": criterion.asks} for criterion in _asked(activity)]
    return {"longest": LONGEST_TEXT, "criteria": criteria}


def words(activity: Compose) -> str:
    return "Write the message yourself, with invented names only. The coach looks at it with you."


def look(activity: Compose, raw: Answer) -> Verdict:
    """What the coach says of a draft, a note for each criterion and one on what to mend first."""
    text = raw["text"] if isinstance(raw, dict) and set(raw) == {"text"} else None
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise AnswerError(f"The coach reads a text of at most {LONGEST_TEXT:,} characters. Shorten it and ask again.")
    judgement = coach.judge(activity.task, text, activity.scene.text if activity.scene else "")
    if judgement.problem:
        return Verdict(Outcome.NOTED, 0.0, judgement.problem, ())
    notes, open_ones = [], []
    for criterion in _asked(activity):
        finding = judgement.findings[criterion.id]
        good, say = _said(activity, criterion, finding.met)
        mark = "met" if good else "unmet" if finding.sure else "perhaps"
        notes.append(Note(criterion.id, mark, say, finding.spans))
        if not good:
            open_ones.append(criterion)
    headline = f"As the coach reads it, {len(notes) - len(open_ones)} of {len(notes)} are there"
    if open_ones:
        first = min(open_ones, key=lambda criterion: coach.CRITERIA[activity.task].index(criterion.id))
        notes.append(Note("", "mend", activity.avoid.get(first.id, first.mend)))
    return Verdict(Outcome.NOTED, 0.0, headline, tuple(notes))


def _asked(activity: Compose) -> list[Criterion]:
    return [criterion for criterion in activity.criteria if criterion.id not in activity.skip]


def _said(activity: Compose, criterion: Criterion, met: bool) -> tuple[bool, str]:
    """Whether that is good here, and the sentence for it."""
    if criterion.id in activity.avoid:
        return not met, criterion.met if met else AVOIDED
    return met, criterion.met if met else criterion.unmet


def parse(activity: Compose, raw: Answer) -> Submission | None:
    keep = keeps(raw, {"keep", "own", "text"})
    own, text = raw.get("own", {}), raw.get("text")
    asked = {criterion.id for criterion in _asked(activity)}
    if not isinstance(own, dict) or not set(own) <= asked or not all(isinstance(yes, bool) for yes in own.values()):
        raise AnswerError("Your own judgement came in an unexpected form. Reload the page and judge again.")
    answer = {"keep": keep, "own": {name: own[name] for name in sorted(own)}}
    if not keep:
        return Submission(answer)
    fits = isinstance(text, dict) and set(text) == {"first", "last"} and all(isinstance(t, str) for t in text.values())
    if not fits:
        raise AnswerError(NO_TEXT)
    if not text["last"].strip():
        return None
    for version in text.values():
        refuse_long(version)
    return Submission(answer, json.dumps(text, ensure_ascii=False))


def grade(activity: Compose, answer: Answer) -> Verdict:
    notes = [
        Note(str(n), "example", f"“{exemplar.text}”\n\n{exemplar.why}")
        for n, exemplar in enumerate(activity.exemplars, 1)
    ]
    notes.append(Note("", "", activity.feedback))
    return Verdict(Outcome.NOTED, 0.0, "Done. Here is how others put it, to compare with yours", tuple(notes))


def key(activity: Compose) -> Answer:
    return {"keep": False, "own": {}}


def mistakes(activity: Compose) -> Iterator[Answer]:
    """None: nothing here is graded."""
    return iter(())


def chance(activity: Compose) -> float:
    """There are no points to be had."""
    return 0.0


def thinking(activity: Compose) -> float:
    """Two minutes to write and to rewrite."""
    return 120
