"""What a test does with an activity: answers it, and looks at the verdict."""

from __future__ import annotations

from course import grading
from course.bank import Bank
from course.model import Activity, Answer, Verdict
from tests.conftest import TOY_COURSE

TOY = Bank(TOY_COURSE, TOY_COURSE / "practice.yml")
PICK_ONE, PICK_SEVERAL = TOY.authored("pick-one"), TOY.authored("pick-several")
SORT, CLINIC_SORT = TOY.authored("sort-them"), TOY.authored("sort-them", "clinic")
PUT_IN_ORDER, THINK = TOY.authored("put-in-order"), TOY.authored("think-it-over")


def parsed(activity: Activity, raw: Answer) -> Answer:
    submission = grading.parse(activity, raw)
    assert submission is not None
    return submission.answer


def graded(activity: Activity, raw: Answer) -> Verdict:
    return grading.kind_of(activity).grade(activity, parsed(activity, raw))


def key(activity: Activity) -> Answer:
    return grading.kind_of(activity).key(activity)


def mistakes(activity: Activity) -> list[Answer]:
    return list(grading.kind_of(activity).mistakes(activity))


def marks(verdict: Verdict) -> dict[str, str]:
    return {note.part: str(note.mark) for note in verdict.notes if note.part}
