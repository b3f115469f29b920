"""Kinds compose and mark: what is shown, what is an answer, what the coach says of a draft, and what marking earns."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from course import coach, grading
from course.bank import Bank
from course.errors import AnswerError
from course.examiner import LocalExaminer
from course.grading.compose import AVOIDED, LONGEST_TEXT
from course.journal import Journal
from course.model import Activity, Compose, Note, Outcome, Verdict
from tests.answering import graded, key, marks, mistakes, parsed
from tests.pages import ANY_JSON, nearly
from tests.toy import Toy
from tests.writing import COLD, KIND_NO, LEAK, NO_WAY_ON, POST, REPLY, SAY_NO, THANKS, add, draft, message

AVOID = {"redirects": "KEY-seen by all."}
MESSAGE, MARKING = message(), draft()

# --- what may be shown before an answer ---


@pytest.mark.parametrize("activity", [message(avoid=AVOID), message(REPLY), MARKING], ids=lambda activity: activity.id)
def test_neither_view_nor_words_hold_a_key(activity: Activity) -> None:
    assert "KEY-" in msgspec.json.encode(activity).decode()
    for shown in (msgspec.json.encode(grading.view(activity)).decode(), grading.words(activity)):
        assert activity.stem in shown
        assert not any(secret in shown for secret in ("KEY-", KIND_NO, THANKS, "reveals", "Leave it out."))


def test_a_message_is_asked_for_by_its_questions_and_pieces_by_their_letters() -> None:
    view = grading.view(message(skip=["explains", "redirects", "confidential"]))
    asked = [{"id": "declines", "asks": "Is it a no?"}, {"id": "gracious", "asks": "Is it kind?"}]
    assert (view.body["criteria"], view.drafts, grading.view(MARKING).drafts) == (asked, True, False)
    pieces = grading.view(MARKING).body["pieces"]
    assert pieces == [{"id": letter, "text": f"Piece {letter}"} for letter in "abcde"]
    assert all(f"{piece['id']}) {piece['text']}" in grading.words(MARKING) for piece in pieces)


# --- what is an answer ---

LONG = "x" * LONGEST_TEXT
KEPT = {"keep": True, "own": {"gracious": True, "declines": False}, "text": {"first": "Nein …", "last": " Ja "}}


def kept(**text: Any) -> dict[str, Any]:
    return {"keep": True, "text": text}


OWN = (["gracious"], {"gracious": 1}, {"safe": True}, {"explains": True})  # the last one was not asked for
REFUSED: dict[str, list[Any]] = {
    "unexpected form": ["a text", [True], {"own": {}}, {"keep": 1}, {"keep": False, "more": 1}],
    "own judgement": [{"keep": False, "own": own} for own in OWN],
    "not to be kept": [{"keep": False, "text": ""}, {**KEPT, "keep": False}],
    "no text to keep": [{"keep": True}, {"keep": True, "text": "a"}, kept(last="a"), kept(first=5, last="a")],
    "no text": [kept(first="a", last="b", third="c")],
    "longer than 5,000": [kept(first="a", last=LONG + "x"), kept(first=LONG + "x", last="a")],
    "too long": [kept(first=LONG * 5, last="a")],
}


def test_a_text_to_be_kept_stands_apart_from_the_answer_in_its_two_versions() -> None:
    submission = grading.parse(MESSAGE, KEPT)
    assert submission is not None and submission.text is not None
    assert submission.answer == {"keep": True, "own": {"declines": False, "gracious": True}}
    assert json.loads(submission.text) == {"first": "Nein …", "last": " Ja "}
    assert grading.parse(MESSAGE, {"keep": False}) == grading.Submission({"keep": False, "own": {}}, None)
    assert grading.parse(MESSAGE, kept(first=LONG, last=LONG)) is not None


@pytest.mark.parametrize("raw", [None, "", [], {}, kept(first="Thanks", last=" \n")], ids=repr)
def test_a_blank_message_is_none(raw: Any) -> None:
    assert grading.parse(MESSAGE, raw) is None


@pytest.mark.parametrize(("said", "raw"), [(said, raw) for said, raws in REFUSED.items() for raw in raws])
def test_a_misshapen_message_is_refused_with_what_is_wrong(said: str, raw: Any) -> None:
    with pytest.raises(AnswerError, match=said):
        grading.parse(message(skip=["explains"]), raw)


@pytest.mark.parametrize("raw", ["a", {"a": True}, 0, ["f"], [""], [0], [["a"]], ["a", None], ["a", "a"]], ids=repr)
def test_marks_that_are_not_there_are_refused_and_others_kept_in_order(raw: Any) -> None:
    with pytest.raises(AnswerError):
        grading.parse(MARKING, raw)
    assert (parsed(MARKING, ["d", "a"]), grading.parse(MARKING, [])) == (["a", "d"], None)


@pytest.mark.parametrize("activity", [MESSAGE, MARKING], ids=["compose", "mark"])
@settings(deadline=None)
@given(raw=ANY_JSON | nearly(**KEPT))
def test_any_json_is_blank_refused_or_graded(activity: Activity, raw: Any) -> None:
    try:
        submission = grading.parse(activity, raw)
    except AnswerError:
        return
    assert submission is None or grading.kind_of(activity).grade(activity, submission.answer).notes


# --- what the coach says of a draft ---

RARE = "Grüße! 🙏🏽 Thanks, Zbigniew. My Instagrammings are for relatives only 😀. Dr. Wójcikowski told me."
TEXTS = (KIND_NO, NO_WAY_ON, COLD, LEAK, RARE)


def looked(text: str, activity: Compose = MESSAGE) -> Verdict:
    verdict = grading.look(activity, {"text": text})
    assert verdict is not None and (verdict.outcome, verdict.points) == (Outcome.NOTED, 0)
    return verdict


def rows(verdict: Verdict) -> list[Note]:
    return [note for note in verdict.notes if note.part]


def seen(verdict: Verdict) -> str:
    return " ".join(re.findall(r"\d of \d", verdict.headline))


def mended(verdict: Verdict) -> list[Any]:
    return [note.say for note in verdict.notes if note.mark == "mend"]


@pytest.mark.parametrize("text", TEXTS)
def test_each_criterion_has_a_note_in_the_order_of_the_coachs_words(text: str) -> None:
    found, said = coach.judge("decline", text, POST["text"]).findings, rows(looked(text))
    assert [note.part for note in said] == ["declines", "gracious", "explains", "redirects", "confidential"]
    for note, criterion in zip(said, MESSAGE.criteria, strict=True):
        met, spans = found[note.part].met, found[note.part].spans
        assert note == Note(criterion.id, "met" if met else "unmet", criterion.met if met else criterion.unmet, spans)
    assert rows(looked(text, message(criteria=msgspec.to_builtins(MESSAGE.criteria[::-1])))) == said[::-1]


@pytest.mark.parametrize("text", TEXTS)
def test_the_words_that_led_to_a_note_are_whole_words_of_the_text(text: str) -> None:
    spans = [span for note in rows(looked(text)) for span in note.spans]
    assert spans and all(0 <= begin < end <= len(text) for begin, end in spans)
    for cut in {place for span in spans for place in span} - {0, len(text)}:
        assert not text[cut - 1 : cut + 1].isalnum()


def test_a_reply_is_held_against_the_post_that_it_answers() -> None:
    text, said = "Thank you, we are so glad about your new porch!", []
    for post in ("My new porch is a dream!", "Great people."):
        judged = coach.judge("public-reply", text, post).findings
        said.append(rows(looked(text, message(REPLY, scene={**POST, "text": post}))))
        assert {note.part: note.spans for note in said[-1]} == {name: found.spans for name, found in judged.items()}
    assert said[0] != said[1]


def test_what_does_not_matter_here_is_left_out() -> None:
    verdict = looked(NO_WAY_ON, message(skip=["redirects"]))
    assert [note.part for note in verdict.notes] == ["declines", "gracious", "explains", "confidential"]
    assert (seen(verdict), seen(looked(NO_WAY_ON))) == ("4 of 4", "4 of 5")


def test_what_should_not_be_met_here_is_turned_round() -> None:
    plain, turned = looked(KIND_NO), looked(KIND_NO, message(avoid=AVOID))
    assert (seen(plain), seen(turned)) == ("5 of 5", "4 of 5")
    assert marks(turned) == {**marks(plain), "redirects": "unmet"} and mended(turned) == [AVOID["redirects"]]
    without = looked(NO_WAY_ON, message(avoid=AVOID))
    assert (seen(without), mended(without)) == ("5 of 5", [])
    assert Note("redirects", "met", AVOIDED) in without.notes


MENDED = [(KIND_NO, "", ""), (NO_WAY_ON, "", "Name a way."), (LEAK, "", "Leave it out.")]  # the leak is cold, too
MENDED += [(LEAK, "confidential", "Say thanks."), (COLD, "gracious", "Name a way.")]  # cold, without a reason or a way


@pytest.mark.parametrize(("text", "skip", "first"), MENDED)
def test_what_matters_most_is_mended_first(text: str, skip: str, first: str) -> None:
    verdict = looked(text, message(skip=[skip] if skip else []))
    assert mended(verdict) == ([first] if first else [])
    assert not first or verdict.notes[-1] == Note("", "mend", first)


MAIL = "From: a@b.example\nTo: c@d.example\n\nThank you for the request."
GERMAN = "Vielen Dank, aber hier kann ich leider niemanden annehmen."
UNFIT = {"": "a sentence", "No.": "a sentence", "so " * 401: "more than 400", MAIL: "address lines", GERMAN: "English"}


@pytest.mark.parametrize("text", UNFIT)
def test_a_text_that_cannot_be_judged_gets_one_sentence_and_no_notes(text: str) -> None:
    assert UNFIT[text] in looked(text).headline and looked(text).notes == ()


@pytest.mark.parametrize("raw", [None, KIND_NO, [], {}, {"text": 5}, {"text": LONG + "x"}, {"text": "a", "keep": True}])
def test_a_misshapen_draft_is_refused(raw: Any) -> None:
    with pytest.raises(AnswerError):
        grading.look(MESSAGE, raw)


def test_a_look_at_a_draft_leaves_no_trace(tmp_path: Path, journal: Journal) -> None:
    toy = Toy(tmp_path / "course")
    add(toy, SAY_NO)
    learner = journal.current_learner()
    examiner, before = LocalExaminer(Bank(toy.data), journal, learner), journal.events(learner.id)
    assert seen(examiner.look("say-no", {"text": f"{KIND_NO} Bye, dear Xaver."})) == "5 of 5"
    assert (journal.attempts(learner.id), journal.events(learner.id)) == ([], before)
    examiner.submit("say-no", {"keep": False}, "k", 1)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("journal*"))
    assert b"say-no" in held and b"Xaver" not in held


# --- what is said of an answer ---


@pytest.mark.parametrize("raw", [KEPT, {"keep": False}], ids=["kept", "not kept"])
def test_a_message_is_noted_and_answered_by_the_examples_whatever_it_says(raw: Any) -> None:
    verdict = graded(MESSAGE, raw)
    assert (verdict.outcome, verdict.points, verdict.harmful) == (Outcome.NOTED, 0, False)
    *examples, last = verdict.notes
    for note, exemplar in zip(examples, MESSAGE.exemplars, strict=True):
        assert note.mark == "example" and exemplar.text in str(note.say) and exemplar.why in str(note.say)
    assert last.say == MESSAGE.feedback and graded(MESSAGE, key(MESSAGE)) == verdict
    assert (mistakes(MESSAGE), grading.kind_of(MESSAGE).chance(MESSAGE)) == ([], 0)


EARNED: dict[str, tuple[float, str, str]] = {
    "bd": (1, "2 of 2", ""),
    "b": (1 / 2, "1 of 2", ""),
    "abd": (2 / 3, "2 of 2", "1 that does not"),
    "ab": (1 / 6, "1 of 2", "1 that does not"),
    "acd": (0, "1 of 2", "2 that do not"),
    "a": (0, "0 of 2", "1 that does not"),
    "abcde": (0, "2 of 2", "3 that do not"),
}


@pytest.mark.parametrize("marked", EARNED)
def test_the_share_found_less_the_share_of_harmless_ones_is_the_points(marked: str) -> None:
    (points, found, extra), verdict = EARNED[marked], graded(MARKING, list(marked))
    said = f"You found {found} that give something away" + (f", and marked {extra}" if extra else "")
    assert verdict.points == pytest.approx(points) and verdict.headline == said
    assert verdict.outcome is (Outcome.PARTIAL if 0 < points < 1 else Outcome.CORRECT if points else Outcome.WRONG)


def test_harmless_pieces_that_were_left_alone_are_not_spoken_of() -> None:
    verdict = graded(MARKING, ["a", "b"])
    assert marks(verdict) == {"a": "harmless", "b": "found", "d": "missed"}
    assert [note.say for note in verdict.notes] == ["KEY-a.", "KEY-b.", "KEY-d.", MARKING.feedback]
    assert graded(draft(True, False, False), ["a"]).headline == "You found 1 of 1 that gives something away"


MIXED = [way for n in (3, 4) for way in product((True, False), repeat=n) if len(set(way)) > 1]
small = pytest.mark.parametrize("reveals", MIXED)


@small
def test_the_chance_level_is_the_mean_over_every_way_of_marking(reveals: tuple[bool, ...]) -> None:
    activity = draft(*reveals)
    ways = [[i for i, on in zip("abcd", way, strict=False) if on] for way in product((0, 1), repeat=len(reveals))]
    points = {tuple(way): graded(activity, way).points for way in ways if way}
    assert [list(way) for way, earned in points.items() if earned == 1] == [key(activity)]
    assert grading.kind_of(activity).chance(activity) == pytest.approx(fmean(points.values()))


@small
def test_each_wrong_mark_loses_points_and_is_told_in_its_own_words(reveals: tuple[bool, ...]) -> None:
    activity = draft(*reveals)
    verdicts = [graded(activity, mistake) for mistake in mistakes(activity)]
    assert len(verdicts) == len(reveals) - (sum(reveals) == 1)  # none at all is no answer
    assert all(verdict.points < 1 for verdict in verdicts)
    said = [graded(activity, key(activity)).notes, *(verdict.notes for verdict in verdicts)]
    assert len(set(said)) == len(said)
