"""The examiner: graded, committed, then answered. On the toy course and a real journal."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from course import __version__
from course.bank import Bank, content_hash, content_json
from course.errors import AnswerError, JournalError, UnknownActivity
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Activity, Attempt, Learner, Marked, Outcome
from tests import answering
from tests.conftest import TOY_COURSE


@pytest.fixture
def learner(journal: Journal) -> Learner:
    return journal.current_learner()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def recorded(file: Path) -> list[Attempt]:
    """What a program that opens the journal now finds in it."""
    journal = Journal(f"sqlite:///{file}")
    return journal.attempts(journal.current_learner().id)


def submitted(examiner: LocalExaminer, activity: str, answer: Any, key: str = "k", seconds: float = 1.0) -> Marked:
    marked = examiner.submit(activity, answer, key, seconds)
    assert marked is not None
    return marked


@contextmanager
def held(file: Path) -> Iterator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


# --- what may be seen before an answer ---


def test_a_view_holds_no_mark_no_feedback_and_no_reason(examiner: LocalExaminer) -> None:
    for activity in ("pick-one", "pick-several", "sort-them", "put-in-order", "think-it-over"):
        seen = msgspec.json.encode(examiner.view(activity)).decode() + examiner.words(activity)
        assert "KEY-" not in seen
        assert "claim" not in seen and "A toy rule" not in seen
    assert "Add me!" in examiner.words("pick-one")


def test_an_unknown_activity_is_named(examiner: LocalExaminer) -> None:
    for ask in (examiner.view, examiner.words, lambda name: examiner.look(name, ["a"])):
        with pytest.raises(UnknownActivity, match="'pick-none'"):
            ask("pick-none")
    with pytest.raises(UnknownActivity):
        examiner.submit("pick-none", ["a"], "k", 1.0)


def test_a_look_judges_and_records_nothing(examiner: LocalExaminer, file: Path) -> None:
    assert examiner.look("pick-one", ["a"]).outcome is Outcome.CORRECT
    assert examiner.look("pick-one", ["d"]).harmful
    assert examiner.look("pick-one", None).outcome is Outcome.UNATTEMPTED
    with pytest.raises(AnswerError):
        examiner.look("pick-one", ["z"])
    assert recorded(file) == []
    assert examiner.progress().done == 0


# --- an answer ---


def test_an_answer_is_in_the_journal_before_its_verdict_is_given(examiner: LocalExaminer, file: Path) -> None:
    marked = submitted(examiner, "pick-one", ["b"])
    assert recorded(file) == [marked.attempt]


def test_an_attempt_tells_who_answered_what_when_and_how_far_to_trust_it(
    examiner: LocalExaminer, toy_bank: Bank, learner: Learner
) -> None:
    attempt = submitted(examiner, "pick-one", ["b"], key="k", seconds=12.3456).attempt
    assert attempt.learner == learner.id
    assert (attempt.activity, attempt.variant, attempt.answer, attempt.key) == ("pick-one", "everyone", ["b"], "k")
    assert (attempt.outcome, attempt.points, attempt.seconds) == (Outcome.PARTIAL, 0.5, 12.3)
    assert attempt.content == content_hash(toy_bank.authored("pick-one"))
    assert (attempt.course, attempt.practice) == (__version__, toy_bank.practice_hash)
    assert attempt.assurance == "self-attested"
    assert (attempt.form, attempt.attempt_no, attempt.seed, attempt.confidence, attempt.text) == (None,) * 5


def test_what_was_answered_is_kept_word_for_word_once(
    examiner: LocalExaminer, toy_bank: Bank, journal: Journal
) -> None:
    given = {a.id: answering.key(toy_bank.activity(a.id)) for a in toy_bank.all_authored()}
    attempts = [submitted(examiner, i, answer, f"{i} {n}").attempt for i, answer in given.items() for n in range(2)]
    kept = journal.contents()
    assert len(kept) == len(given) and len({type(toy_bank.authored(i)) for i in given}) == 4
    for attempt in attempts:
        assert hashlib.sha256(kept[attempt.content].encode()).hexdigest() == attempt.content
        assert msgspec.json.decode(kept[attempt.content], type=Activity) == toy_bank.authored(attempt.activity)


def test_an_old_wording_is_still_there_after_the_content_changed(tmp_path: Path, journal: Journal) -> None:
    course = tmp_path / "course"
    shutil.copytree(TOY_COURSE, course)
    file, learner = course / "activities" / "first.yml", journal.current_learner()
    old = Bank(course).authored("pick-one")
    submitted(LocalExaminer(Bank(course), journal, learner), "pick-one", ["a"], "old")
    file.write_text(file.read_text("utf-8").replace(old.stem, "A new stem?"), "utf-8")
    submitted(LocalExaminer(Bank(course), journal, learner), "pick-one", ["a"], "new")
    kept = [journal.contents()[attempt.content] for attempt in journal.attempts(learner.id)]
    assert [msgspec.json.decode(text, type=Activity).stem for text in kept] == [old.stem, "A new stem?"]


def test_the_text_that_is_hashed_does_not_depend_on_the_order_of_keys() -> None:
    assert content_json({"b": 1, "a": "né 🙂"}) == content_json({"a": "né 🙂", "b": 1}) == '{"a":"né 🙂","b":1}'
    assert content_json("one", "two") == '["one","two"]' and content_json("one") == '"one"'
    assert content_hash("one", "two") == hashlib.sha256(b'["one","two"]').hexdigest()


def test_a_verdict_says_of_the_chosen_option_alone_and_gives_the_reasons(examiner: LocalExaminer) -> None:
    marked = submitted(examiner, "pick-one", ["c"])
    assert marked.verdict is not None
    assert [note.part for note in marked.verdict.notes] == ["c"]
    assert [reason.id for reason in marked.reasons] == ["L2", "L1", "L2", "A1", "T1"]


@pytest.mark.parametrize(
    ("activity", "blank"),
    [
        ("pick-one", None),
        ("pick-one", []),
        ("pick-several", []),
        ("sort-them", {}),
        ("put-in-order", ""),
        ("think-it-over", {"keep": True, "text": "  \n"}),
    ],
)
def test_a_blank_answer_is_no_attempt(activity: str, blank: Any, examiner: LocalExaminer, file: Path) -> None:
    assert examiner.submit(activity, blank, "k", 1.0) is None
    assert recorded(file) == []
    assert examiner.earlier(activity) is None


@pytest.mark.parametrize(
    ("activity", "answer"),
    [
        ("pick-one", ["a", "b"]),
        ("pick-several", "ab"),
        ("sort-them", {"a": 0}),
        ("put-in-order", ["a", "a", "b", "c"]),
        ("think-it-over", {"keep": False, "text": "not to be kept"}),
    ],
)
def test_an_answer_of_the_wrong_shape_records_nothing(
    activity: str, answer: Any, examiner: LocalExaminer, file: Path
) -> None:
    with pytest.raises(AnswerError):
        examiner.submit(activity, answer, "k", 1.0)
    assert recorded(file) == []


def test_no_verdict_is_given_for_an_answer_that_could_not_be_kept(
    toy_bank: Bank, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.journal.BUSY_SECONDS", 0.1)
    journal = Journal(f"sqlite:///{file}")
    examiner = LocalExaminer(toy_bank, journal, journal.current_learner())
    with held(file), pytest.raises(JournalError):
        examiner.submit("pick-one", ["a"], "k", 1.0)
    assert recorded(file) == []
    assert submitted(examiner, "pick-one", ["a"]).attempt == recorded(file)[0]


def test_a_submission_sent_twice_is_one_attempt(examiner: LocalExaminer, file: Path) -> None:
    first, again = (submitted(examiner, "pick-one", ["b"], key="k") for _ in range(2))
    assert first == again
    assert len(recorded(file)) == 1


def test_each_try_is_an_attempt_of_its_own(examiner: LocalExaminer, file: Path) -> None:
    for key, answer in (("k1", ["d"]), ("k2", ["a"]), ("k3", ["a"])):
        submitted(examiner, "pick-one", answer, key)
    assert [attempt.points for attempt in recorded(file)] == [0, 1, 1]


@pytest.mark.parametrize(("keep", "text"), [(True, "my own words"), (False, None)])
def test_free_text_is_kept_only_when_the_learner_says_so(
    keep: bool, text: str | None, examiner: LocalExaminer, file: Path
) -> None:
    answer = {"keep": keep} | ({"text": text} if text else {})
    marked = submitted(examiner, "think-it-over", answer)
    assert (marked.attempt.outcome, marked.attempt.points) == (Outcome.NOTED, 0)
    (attempt,) = recorded(file)
    assert (attempt.answer, attempt.text) == ({"keep": keep}, text)


# --- coming back ---


def test_whoever_comes_back_meets_the_last_answer_and_what_was_said_of_it(
    examiner: LocalExaminer, toy_bank: Bank, file: Path
) -> None:
    submitted(examiner, "pick-one", ["d"], "k1")
    last = submitted(examiner, "pick-one", ["b"], "k2")
    journal = Journal(f"sqlite:///{file}")
    back = LocalExaminer(toy_bank, journal, journal.current_learner())
    assert back.earlier("pick-one") == last
    assert back.earlier("pick-several") is None


def test_nobody_meets_somebody_elses_answer(examiner: LocalExaminer, toy_bank: Bank, journal: Journal) -> None:
    submitted(examiner, "pick-one", ["a"])
    other = LocalExaminer(toy_bank, journal, journal.sit_down())
    assert other.earlier("pick-one") is None
    assert other.progress().done == 0


def test_what_was_said_of_a_reworded_question_is_not_said_again(
    examiner: LocalExaminer, journal: Journal, learner: Learner, tmp_path: Path
) -> None:
    before = submitted(examiner, "pick-one", ["a"], "k1")
    course = shutil.copytree(TOY_COURSE, tmp_path / "course")
    lesson = course / "activities" / "first.yml"
    lesson.write_text(lesson.read_text().replace("Say no kindly", "Say yes gladly"))
    reworded = LocalExaminer(Bank(course), journal, learner)
    assert reworded.earlier("pick-one") == Marked(before.attempt, None)
    assert reworded.progress().done == 1
    after = submitted(reworded, "pick-one", ["a"], "k2")
    assert after.verdict is not None
    assert journal.attempts(learner.id) == [before.attempt, after.attempt]
    assert after.attempt.content != before.attempt.content


def test_another_practices_name_is_not_a_reworded_question(
    examiner: LocalExaminer, journal: Journal, learner: Learner, tmp_path: Path
) -> None:
    submitted(examiner, "pick-one", ["a"])
    own = tmp_path / "practice.yml"
    own.write_text((TOY_COURSE / "practice.yml").read_text().replace("Toy Practice", "Elm Street Clinic"))
    renamed = LocalExaminer(Bank(TOY_COURSE, own), journal, learner)
    assert "At Elm Street Clinic" in renamed.words("pick-one")
    earlier = renamed.earlier("pick-one")
    assert earlier is not None and earlier.verdict is not None
    assert submitted(renamed, "pick-one", ["a"], "k2").attempt.practice != earlier.attempt.practice


@pytest.mark.parametrize(
    ("profession", "variant", "card"),
    [("law", "law", "Court forms"), ("clinic", "clinic", "Flu shots"), (None, "law", "Court forms")],
)
def test_the_learners_profession_chooses_the_variant(
    profession: Any, variant: str, card: str, toy_bank: Bank, journal: Journal
) -> None:
    examiner = LocalExaminer(toy_bank, journal, Learner("learner-1", "Ann", profession, "support"))
    assert examiner.view("sort-them").variant == variant
    assert card in examiner.words("sort-them")
    answer = {"a": 0, "b": 1} | ({} if variant == "clinic" else {"c": 0})
    marked = submitted(examiner, "sort-them", answer)
    assert (marked.attempt.variant, marked.attempt.outcome) == (variant, Outcome.CORRECT)


def test_progress_moves_with_each_new_activity_and_keeps_the_best_try(examiner: LocalExaminer) -> None:
    assert (examiner.progress().done, examiner.progress().total) == (0, 5)
    submitted(examiner, "pick-one", ["a"], "k1")
    submitted(examiner, "pick-one", ["d"], "k2")
    first, second = examiner.progress().lessons
    assert (first.done, first.mastered, second.done) == (1, 1, 0)
    submitted(examiner, "think-it-over", {"keep": False}, "k3")
    assert [lesson.done for lesson in examiner.progress().lessons] == [1, 1]
