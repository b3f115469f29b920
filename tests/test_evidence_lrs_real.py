"""Statements to a real LRS, which was written by others: it takes them, gives them back, and refuses what is wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.bank import Bank
from course.evidence.lrs import BATCH, Pushed
from course.evidence.xapi import course_of, statements
from course.examiner import LocalExaminer
from course.journal import Journal
from tests import lrs
from tests.test_evidence_lrs import Sender, ids, statement
from tests.test_proctor import LAWYER as ANN
from tests.test_proctor import Candidate
from tests.toy import FIRST, Toy


@pytest.fixture(scope="module")
def real() -> Iterator[lrs.Real]:
    with lrs.real() as running:
        yield running


def test_a_real_lrs_takes_everything_once_and_gives_it_back_as_it_was(
    real: lrs.Real, checks: Toy, journal: Journal, tmp_path: Path
) -> None:
    bank = Bank(checks.data)
    examiner = LocalExaminer(bank, journal, ANN)
    for n in range(BATCH + 10):
        examiner.submit("pick-one", ["abcd"[n % 4]], f"k{n}", 1)
    examiner.submit("sort-them", {"a": 0, "b": 0, "c": 0}, "k", 1)
    examiner.submit("think-it-over", {"keep": True, "text": "mine"}, "l", 1)
    Candidate("final", bank, journal).take()

    def made(bank: Bank) -> list[dict[str, Any]]:
        return list(statements(ANN, journal.attempts("ann"), journal.events("ann"), course_of(bank)))

    sent = made(bank)
    sender, forgetful = Sender(real.url, tmp_path / "state"), Sender(real.url, tmp_path / "another state")
    assert sender.push(sent) == Pushed(sent=BATCH + 12 + 7)
    assert sender.push(sent) == Pushed(already=BATCH + 12 + 7)
    given_back = {one["id"]: one for one in real.stored()}
    for one in sent:
        assert {name: given_back[one["id"]][name] for name in one} == json.loads(json.dumps(one))
    checks.change(FIRST, "Say no kindly", "Say no at once")  # reworded, so that the LRS speaks of a conflict
    assert forgetful.push(made(Bank(checks.data))) == Pushed(already=BATCH + 12 + 7)
    assert Counter(one["id"] for one in real.stored()) == Counter(ids(sent))


def test_a_real_lrs_names_what_it_does_not_take(real: lrs.Real, tmp_path: Path) -> None:
    sender = Sender(real.url, tmp_path / "state")
    sender.push([statement(1)])
    other = Sender(real.url, tmp_path / "another state")
    made = [statement(0), statement(1, result={"success": True}), statement(2, id="two"), statement(3)]
    sentence = other.said(made)
    assert f"2 statements: {statement(1)['id']} (409: another statement" in sentence and "; two (4" in sentence
    assert {statement(0)["id"], statement(3)["id"]} <= {one["id"] for one in real.stored()}
    assert "does not let us in (401: " in other.said([statement(4)], password="wrong")
    assert "There is no LRS at" in other.said([statement(4)], url=f"{real.url}/elsewhere")
