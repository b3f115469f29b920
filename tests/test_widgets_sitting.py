"""The widget of a check, the policy to confirm, and the verbs that put both into a lesson, as a page meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given
from msgspec.structs import replace

from course import forms, tally
from course.bank import Bank
from course.examiner import LocalExaminer
from course.forms import Phase
from course.journal import Journal
from course.model import Check, Learner, Outcome, Policy
from course.proctor import Proctor
from course.widgets import AcknowledgeWidget, CheckWords, SittingWidget
from tests.exams import with_checks
from tests.pages import ANY_JSON, Page, many, nearly, refusal, state
from tests.test_notebook_verbs import ANSWER, cell
from tests.test_proctor import LAWYER, Candidate, a_day_passes, change_pool
from tests.toy import Toy

CHECKS: tuple[Check, ...] = get_args(Check)
TITLES = {"before": "Before", "final": "At the end", "first": "First lesson", "second": "Second lesson"}


@dataclass
class Window:
    """A page on which one learner takes a check."""

    candidate: Candidate
    recorded: list[int] = field(default_factory=list)
    page: Page = field(init=False)
    widget: SittingWidget = field(init=False)

    def __post_init__(self) -> None:
        check, bank = self.candidate.check, self.candidate.bank
        words = CheckWords(TITLES[check], 4 if check == "final" else 2, 1, bank.outline.passing, bank.practice.ask)
        proctor = Proctor(check, bank, self.candidate.journal, self.candidate.learner)
        self.widget = SittingWidget(proctor, words, TITLES, lambda: self.recorded.append(1))
        self.page = Page(self.widget)

    def reloaded(self) -> Window:
        return Window(self.candidate)

    @property
    def panel(self) -> dict[str, Any]:
        return dict(self.widget.view["panel"])

    @property
    def said(self) -> str:
        return " ".join(self.panel["words"])

    @property
    def items(self) -> list[str]:
        return [item["id"] for item in self.widget.view["items"]]

    def do(self, what: str, key: str = "k") -> list[dict[str, Any]]:
        return self.page.send({"do": what, "key": key})

    def submit(self, item: str, mark: str = "best", key: str = "", **changes: Any) -> list[dict[str, Any]]:
        message = {
            "do": "submit",
            "key": key or f"{self.candidate.sitting.form} {item} {mark}",
            "activity": item,
            "answer": self.candidate.letters(item, mark),
            "seconds": 2.5,
            "confidence": "sure",
        }
        return self.page.send({**message, **changes})

    def take(self, **marks: str) -> None:
        """Begins, answers every item at its best or as said, and finishes."""
        assert self.do("begin") == [{"key": "k"}]
        for item in self.items:
            self.submit(item, marks.get(item.replace("-", "_"), "best"))
        assert self.do("finish") == [{"key": "k"}]


def silent(window: Window) -> None:
    """Nothing that the page has tells how an answer did."""
    page = json.dumps([window.widget.view, window.widget.shown])
    telling = [
        "verdict",
        "outcome",
        "points",
        "mark",
        "harmful",
        "reasons",
        "feedback",
        "headline",
        "critical",
        "slips",
    ]
    assert not [word for word in telling if f'"{word}"' in page]
    assert not [outcome for outcome in Outcome if f'"{outcome}"' in page]
    assert "KEY" not in page and "KEY" not in state(window.widget) and "KEY" not in repr(window.widget)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return with_checks(tmp_path / "course")


@pytest.fixture
def final(toy: Toy, journal: Journal) -> Window:
    return Window(Candidate("final", Bank(toy.data), journal))


@pytest.fixture
def before(final: Window) -> Window:
    return Window(replace_check(final.candidate, "before"))


def replace_check(candidate: Candidate, check: Check) -> Candidate:
    return Candidate(check, candidate.bank, candidate.journal, candidate.learner)


# --- from the first word to the end ---


def test_before_its_beginning_a_check_says_how_long_it_is_and_shows_no_item(before: Window, final: Window) -> None:
    assert repr(before.widget) == "Before: 2 questions, about 1 minute."
    assert (before.panel["title"], before.panel["begin"], before.panel["finish"]) == ("Before", "Begin", "")
    assert "2 questions" in before.said and "nothing to pass" in before.said
    assert "passed with 3 of 4 points" in final.said and "other questions" not in final.said
    for window in (before, final):
        assert window.items == [] and window.widget.shown == {}
        silent(window)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_was_begun_shows_its_items_and_asks_how_sure_one_is(check: Check, final: Window) -> None:
    window = Window(replace_check(final.candidate, check))
    assert window.do("begin") == [{"key": "k"}]
    sitting = window.candidate.sitting
    assert window.items == list(sitting.items)
    assert window.widget.view["paged"] and window.recorded == [1]
    assert {
        i: [o["id"] for o in item["body"]["options"]]
        for i, item in zip(window.items, window.widget.view["items"], strict=True)
    } == (window.candidate.orders())
    assert all(item["confidence"] and item["kind"] == "choice" for item in window.widget.view["items"])
    assert (window.panel["begin"], window.panel["finish"]) == ("", "Finish and see the result")
    silent(window)


@pytest.mark.parametrize("check", CHECKS)
def test_before_the_end_the_page_knows_what_was_answered_and_not_how_well(check: Check, final: Window) -> None:
    window = Window(replace_check(final.candidate, check))
    window.do("begin")
    for item in window.items:
        for mark in ("harmful", "poor", "acceptable", "best"):
            assert window.submit(item, mark) == [{"key": f"{window.candidate.sitting.form} {item} {mark}"}]
            assert window.page.shown(item) == {
                "key": f"{window.candidate.sitting.form} {item} {mark}",
                "at": window.page.shown(item)["at"],
                "answer": window.candidate.letters(item, mark),
                "text": None,
                "withheld": True,
                "confidence": "sure",
            }
            silent(window)
    silent(window.reloaded())


def test_a_page_that_is_reloaded_shows_the_answers_that_were_kept(final: Window) -> None:
    final.do("begin")
    first, second = final.items[:2]
    final.submit(first, "poor")
    final.submit(first, "acceptable", confidence="guess")
    final.submit(second, "best")
    again = final.reloaded()
    assert (again.items, again.widget.shown) == (final.items, final.widget.shown)
    assert again.page.shown(first)["answer"] == final.candidate.letters(first, "acceptable")
    assert again.page.shown(first)["confidence"] == "guess"
    assert again.panel == final.panel


def test_the_last_answer_counts_and_a_passed_check_says_so(final: Window) -> None:
    final.do("begin")
    for item in final.items:
        for mark in ("harmful", "best"):
            final.submit(item, mark)
    items = final.items
    assert final.do("finish") == [{"key": "k"}]
    assert final.panel["words"][0] == "Passed, with 4 of 4 points. Well done."
    assert "Every answer was the best one here." in final.said
    assert (final.panel["begin"], final.panel["finish"], final.panel["opens"]) == ("", "", "")
    assert final.items == [] and set(final.widget.shown) == set(items)
    assert len(final.recorded) == 1 + 2 * 4 + 1


@pytest.mark.parametrize(("count", "said"), [(0, "2 questions are"), (1, "1 question is")])
def test_open_items_keep_a_check_from_being_finished(count: int, said: str, before: Window) -> None:
    before.do("begin")
    for item in before.items[:count]:
        before.submit(item)
    panel = before.panel
    assert refusal(before.do("finish")) == f"{said} still open. Answer first."
    assert before.panel == panel and before.candidate.phase is Phase.OPEN
    silent(before)


def test_after_the_end_no_answer_is_taken_and_what_is_shown_stays(before: Window) -> None:
    old = before.reloaded()
    before.take()
    kept, shown = before.candidate.recorded(), before.widget.shown
    for window in (before, old):
        for item in kept[1][0].detail["items"]:
            assert "not open" in refusal(window.submit(item, "poor", key="late"))
        assert "not open" in refusal(window.do("finish"))
        assert "can't be begun now" in refusal(window.do("begin"))
    assert before.candidate.recorded() == kept and before.widget.shown == shown


# --- the review ---


def test_at_the_end_what_was_missed_comes_with_why_and_the_way_back(before: Window) -> None:
    before.do("begin")
    greet = next(item for item in before.items if item.endswith("greet"))
    part = next(item for item in before.items if item.endswith("part"))
    before.submit(greet)
    before.submit(part, "harmful", confidence="sure")
    before.do("finish")
    assert before.panel["words"][0].startswith("1 of 2 points. It counts toward nothing")
    assert "One question is worth a second look. It stands below" in before.said
    (review,) = before.widget.view["items"]
    assert not before.widget.view["paged"]
    assert (review["id"], review["closed"], review["note"]) == (part, True, "You were sure of this one.")
    assert review["link"] == {"file": "second.ipynb", "words": "Read again: Second lesson"}
    assert f"KEY {part} harmful." in json.dumps(before.page.shown(part)["verdict"])
    assert before.page.shown(greet)["verdict"]["outcome"] == "correct"
    assert [reason["id"] for reason in before.page.shown(part)["reasons"]] == ["L2"]
    again = before.reloaded()
    assert (again.widget.view, again.widget.shown) == (before.widget.view, before.widget.shown)


def test_those_one_was_sure_of_come_first_and_harmful_ones_before_others(final: Window) -> None:
    answers = [("poor", "guess"), ("harmful", "guess"), ("poor", "sure"), ("acceptable", "sure")]
    final.do("begin")
    given = dict(zip(final.items, answers, strict=True))
    for item, (mark, confidence) in given.items():
        final.submit(item, mark, confidence=confidence)
    final.do("finish")
    order = [("poor", "sure"), ("harmful", "guess"), ("poor", "guess"), ("acceptable", "sure")]
    assert [given[item] for item in final.items] == order
    notes = [item["note"] for item in final.widget.view["items"]]
    assert notes == ["You were sure of this one.", "", "", "You were sure of this one."]
    assert "4 questions are worth a second look" in final.said


def test_a_sitting_whose_question_is_gone_since_is_reviewed_without_it(toy: Toy, final: Window) -> None:
    final.do("begin")
    for item in final.items:
        final.submit(item, "poor")
    final.do("finish")
    gone = next(item for item in final.items if item not in final.candidate.sitting.parallel)
    since = Window(Candidate("final", change_pool(toy, "final", drop=[gone]), final.candidate.journal))
    assert set(since.items) == set(final.items) - {gone}
    assert since.panel["words"][0] == final.panel["words"][0]


# --- what comes next ---


def test_one_slip_leads_to_three_questions_and_names_the_lesson(final: Window) -> None:
    slipped = final.candidate.begin().critical[0]
    final.take(**{slipped.replace("-", "_"): "harmful"})
    assert "3 of 4 points: enough." in final.said and "“First lesson”" in final.said
    assert (final.panel["begin"], final.panel["opens"]) == ("Begin the three questions", "")
    assert [item["id"] for item in final.widget.view["items"]] == [slipped]
    assert final.do("begin") == [{"key": "k"}]
    assert len(final.items) == 3 and slipped not in final.items and final.widget.shown == {}
    silent(final)
    for item in final.items:
        final.submit(item)
    final.do("finish")
    assert final.said.startswith("Passed")


def test_a_check_that_was_not_passed_says_from_when_it_can_be_taken_again(
    final: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    final.candidate.take(otherwise="acceptable")
    waiting = final.reloaded()
    assert waiting.panel["words"][0] == "Not passed yet: 2 of 4 points."
    assert waiting.panel["opens"] == waiting.candidate.proctor.standing().next_from != ""
    assert waiting.panel["begin"] == "" and "Pat Toy" not in waiting.said
    kept = waiting.candidate.recorded()
    assert "can't be begun now" in refusal(waiting.do("begin"))
    assert waiting.candidate.recorded() == kept
    a_day_passes(monkeypatch)
    ready = final.reloaded()
    assert (ready.panel["opens"], ready.panel["begin"]) == ("", "Begin the next try")
    assert "other questions than the last time" in ready.said
    assert ready.do("begin") == [{"key": "k"}]
    assert len(ready.items) == 4 and ready.widget.shown == {}
    silent(ready)


def test_two_slips_are_counted_where_the_check_is_not_passed(final: Window) -> None:
    final.candidate.slip(2)
    words = final.reloaded().panel["words"][0]
    assert words == "Not passed yet: 2 of 4 points, and 2 answers would have broken somebody's confidence."


def test_after_three_tries_the_panel_names_whom_to_ask(final: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        a_day_passes(patch)
        named = []
        for _ in range(3):
            final.candidate.take(otherwise="poor")
            named.append("Pat Toy" in final.reloaded().said)
        assert named == [False, False, True]
        ready = final.reloaded()
        assert "That was try 3. Show this page to Pat Toy" in ready.said and ready.panel["begin"]
    waiting = final.reloaded()
    assert "Pat Toy" in waiting.said and waiting.panel["opens"] and not waiting.panel["begin"]


# --- two windows, lost replies, changes in between ---


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_begun_in_two_windows_is_one(check: Check, final: Window) -> None:
    one = Window(replace_check(final.candidate, check))
    other = one.reloaded()
    one.do("begin")
    one.submit(one.items[0], "poor")
    assert other.do("begin") == [{"key": "k"}]
    assert (other.items, other.widget.shown) == (one.items, one.widget.shown)
    for item in other.items[1:]:
        other.submit(item)
    assert one.do("finish") == [{"key": "k"}], "answered in one window or in the other"
    assert set(one.widget.shown) == set(one.candidate.sitting.items)
    assert len(forms.sittings(one.candidate.recorded()[1])) == 1


def test_an_answer_whose_reply_was_lost_is_sent_again_and_recorded_once(final: Window) -> None:
    final.do("begin")
    item = final.items[0]
    assert final.submit(item, "poor", key="lost") == [{"key": "lost"}]
    shown = final.page.shown(item)
    assert final.reloaded().submit(item, "poor", key="lost") == [{"key": "lost"}]
    assert final.submit(item, "poor", key="lost") == [{"key": "lost"}]
    assert final.page.shown(item) == shown
    assert len(final.candidate.recorded()[0]) == 1


def test_a_check_whose_question_was_taken_out_begins_anew_and_can_be_finished(toy: Toy, final: Window) -> None:
    final.do("begin")
    for item in final.items:
        final.submit(item, "poor")
    gone = next(item for item in final.items if item not in final.candidate.sitting.parallel)
    since = Window(Candidate("final", change_pool(toy, "final", drop=[gone]), final.candidate.journal))
    assert (since.panel["begin"], since.items, since.widget.shown) == ("Begin", [], {})
    since.take()
    assert gone not in since.candidate.sitting.items
    assert since.said.startswith("Passed") and since.reloaded().said == since.said


def test_a_pool_that_can_not_fill_the_check_says_so_on_the_page(toy: Toy, final: Window) -> None:
    short = Window(Candidate("final", change_pool(toy, "final", keep=["slip-0"]), final.candidate.journal))
    assert "there are 0" in refusal(short.do("begin")) and short.panel["begin"] == "Begin"
    assert short.candidate.recorded() == ([], []) and short.recorded == []


# --- what a page may send ---

GOOD = {"do": "submit", "key": "k", "activity": "?", "answer": ["a"], "seconds": 1.0, "confidence": "sure"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"do": "end"}, "unknown"),
        ({"do": None}, "unknown"),
        ({"do": ["begin"]}, "unknown"),
        ({"activity": 7}, "unknown"),
        ({"activity": None}, "unknown"),
        ({"activity": "pick-one"}, "does not belong"),
        ({"answer": None}, "blank"),
        ({"answer": []}, "blank"),
        ({"answer": ["z"]}, "not there"),
        ({"answer": ["a", "b"]}, "one option"),
        ({"answer": "a"}, "not there"),
        ({"seconds": None}, "time taken"),
        ({"seconds": -1}, "time taken"),
        ({"seconds": True}, "time taken"),
        ({"seconds": float("nan")}, "time taken"),
        ({"confidence": None}, "how sure"),
        ({"confidence": "very"}, "how sure"),
        ({"confidence": ["sure"]}, "how sure"),
    ],
)
def test_a_message_that_does_not_fit_is_refused_in_a_sentence_and_records_nothing(
    changes: dict[str, Any], sentence: str, final: Window
) -> None:
    final.do("begin")
    kept, shown = final.candidate.recorded(), final.widget.shown
    said = refusal(final.page.send({**GOOD, "activity": final.items[0], **changes}))
    assert sentence in said and said.endswith(".") and "has a fault" not in said
    assert (final.candidate.recorded(), final.widget.shown, final.recorded) == (kept, shown, [1])


@pytest.fixture
def begun(final: Window) -> Iterator[Window]:
    final.do("begin")
    yield final


@many
@given(message=ANY_JSON | nearly(**GOOD) | nearly(**{**GOOD, "do": "begin"}) | nearly(**{**GOOD, "do": "finish"}))
@example(message={**GOOD, "answer": [["a"]]})
@example(message={**GOOD, "seconds": 10**400})
@example(message={**GOOD, "confidence": {}})
def test_whatever_a_page_sends_is_done_or_refused_and_nothing_is_said_of_answers(message: Any, begun: Window) -> None:
    if isinstance(message, dict) and message.get("activity") == "?":
        message = {**message, "activity": begun.items[0]}
    attempts, events = begun.candidate.recorded()
    (reply,) = begun.page.send(message)
    now = begun.candidate.recorded()
    assert now[1] == events, "an open check is neither begun nor, with open items, finished"
    if "refused" in reply:
        assert reply["refused"].endswith(".") and "has a fault" not in reply["refused"]
        assert now[0] == attempts
    else:
        assert message["do"] in ("hello", "begin", "submit")
        assert len(now[0]) <= len(attempts) + (message["do"] == "submit")
    silent(begun)


# --- the policy to confirm ---


@dataclass
class Desk:
    """The policy's widget on a real journal, as the notebook's verb lays it out."""

    bank: Bank
    journal: Journal
    policy: Policy
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.page = Page(AcknowledgeWidget(self.policy, self.is_acknowledged, self.acknowledge))

    def is_acknowledged(self) -> bool:
        events = self.journal.events("ann")
        return any(e.kind == tally.ACKNOWLEDGED and e.detail["version"] == self.policy.version for e in events)

    def acknowledge(self) -> None:
        self.journal.record(tally.ACKNOWLEDGED, "ann", {"version": self.policy.version})

    def send(self, **changes: Any) -> list[dict[str, Any]]:
        return self.page.send({"do": "acknowledge", "key": "k", "version": self.policy.version, **changes})

    @property
    def view(self) -> dict[str, Any]:
        return dict(self.page.widget.view)


@pytest.fixture
def desk(toy_bank: Bank, journal: Journal) -> Desk:
    return Desk(toy_bank, journal, toy_bank.practice.policy)


def test_the_policy_is_named_with_its_version_and_its_place(desk: Desk) -> None:
    assert repr(desk.page.widget) == "I have read the toy policy, version 1. You find it in the drawer."
    told = {"title": "the toy policy", "version": "1", "where": "in the drawer", "changed": None}
    assert desk.view == {**told, "done": False}


def test_whoever_confirms_the_policy_is_asked_no_more(desk: Desk) -> None:
    assert desk.send() == [{"key": "k"}]
    assert desk.view["done"] and desk.is_acknowledged()
    examiner = LocalExaminer(desk.bank, desk.journal, Learner("ann"))
    assert examiner.progress().acknowledged
    assert not LocalExaminer(desk.bank, desk.journal, Learner("bea")).progress().acknowledged
    assert Desk(desk.bank, desk.journal, desk.policy).view["done"]


def test_the_policy_confirmed_twice_or_in_two_windows_is_recorded_once(desk: Desk) -> None:
    other = Desk(desk.bank, desk.journal, desk.policy)
    for window in (desk, other, desk):
        assert window.send() == [{"key": "k"}]
    assert other.view["done"] and len(desk.journal.events("ann")) == 1


def test_a_new_version_of_the_policy_asks_again(desk: Desk) -> None:
    desk.send()
    new = Desk(desk.bank, desk.journal, replace(desk.policy, version="2"))
    assert not new.view["done"]
    assert new.send() == [{"key": "k"}] and new.view["done"]
    assert [event.detail["version"] for event in desk.journal.events("ann")] == ["1", "2"]


@pytest.mark.parametrize(
    "changes", [{"version": "2"}, {"version": None}, {"version": 1}, {"version": ["1"]}, {"do": "ok"}]
)
def test_another_version_than_the_one_on_the_page_is_refused(changes: dict[str, Any], desk: Desk) -> None:
    assert "another version of the policy. Reload" in refusal(desk.send(**changes))
    assert desk.journal.events("ann") == [] and not desk.view["done"]


@many
@given(message=ANY_JSON | nearly(do="acknowledge", key="k", version="1"))
def test_only_this_version_confirmed_is_recorded(message: Any, desk: Desk) -> None:
    known = desk.is_acknowledged()
    (reply,) = desk.page.send(message)
    if "refused" in reply:
        assert reply["refused"].endswith(".") and "has a fault" not in reply["refused"]
        assert desk.is_acknowledged() == known
    else:
        assert message["do"] == "hello" or message["version"] == "1"
    assert len(desk.journal.events("ann")) <= 1


# --- the verbs ---

LED_IDS = ["pick-one", "sort-them"]


def with_led(toy: Toy) -> Toy:
    outline = (toy.data / "course.yml").read_text(encoding="utf-8")
    led = "led: {title: Together at Toy Practice, activities: [pick-one, sort-them]}\n"
    toy.write("data/course.yml", outline + led)
    return toy


def shown_in(toy: Toy, source: str, **settings: str) -> str:
    """What a cell of this course prints in a fresh process."""
    return cell(source, COURSE_DATA=str(toy.data), **settings)


def test_both_checks_and_the_policy_have_a_verb_that_works_in_a_fresh_process(toy: Toy) -> None:
    source = "from course import acknowledge, sitting; print(sitting('before')); print(sitting('final')); print(acknowledge())"
    before, final, policy = shown_in(toy, source).splitlines()
    assert before.startswith("Before: 2 questions, about ") and final.startswith("At the end: 4 questions, about ")
    assert policy == "I have read the toy policy, version 1. You find it in the drawer."


def test_an_unknown_check_and_a_course_without_checks_say_so_in_the_cell(toy: Toy) -> None:
    source = "from course import sitting; print(sitting('{}'))"
    for sentence in (shown_in(toy, source.format("finale")), cell(source.format("final"))):
        assert "no check called 'final" in sentence and "\n" not in sentence


def test_a_check_moves_its_progress_and_goes_on_in_the_next_kernel(toy: Toy) -> None:
    begin = """
from course import progress, sitting
bar, check = progress("before"), sitting("before")
def send(**message):
    check.send = replies.append
    check._handle_msg({"content": {"data": {"method": "custom", "content": {"key": "k", **message}}}, "buffers": []})
replies = []
send(do="begin")
ids = [item["id"] for item in check.view["items"]]
send(do="submit", activity=ids[0], answer=["a"], seconds=1, confidence="guess", key="one")
"""
    moved = shown_in(toy, begin + "print(bar.view['words'], replies)")
    assert moved.startswith("Part 1 of 4: 1 of 2 answered") and moved.endswith("[{'key': 'k'}, {'key': 'one'}]")
    end = (
        "send(do='submit', activity=ids[1], answer=['b'], seconds=1, confidence='sure', key='two')\nsend(do='finish')\n"
    )
    done = shown_in(toy, begin + end + "print(bar.view['words'], check.view['panel']['words'][0], len(check.shown))")
    assert done.startswith("Part 1 of 4: all 2 answered. ") and done.endswith("where you start from. 2")


def test_a_confirmed_policy_is_known_in_the_next_kernel(toy: Toy, journal: Journal) -> None:
    confirm = """
from course import acknowledge
widget, replies = acknowledge(), []
widget.send = replies.append
message = {"do": "acknowledge", "key": "k", "version": "1"}
widget._handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})
print(widget.view["done"], replies)
"""
    assert shown_in(toy, confirm) == "True [{'key': 'k'}]"
    (event,) = [e for e in journal.events(journal.current_learner().id) if e.kind == tally.ACKNOWLEDGED]
    assert event.detail == {"version": "1", "title": "the toy policy", "practice": Bank(toy.data).practice_hash}
    assert shown_in(toy, "from course import acknowledge; print(acknowledge().view['done'])") == "True"
    toy.change("data/practice.yml", 'version: "1"', 'version: "2"')
    assert shown_in(toy, "from course import acknowledge; print(acknowledge().view['done'])") == "False"


def test_a_led_session_records_where_its_answers_were_given(toy: Toy, journal: Journal, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text((toy.data / "practice.yml").read_text(encoding="utf-8").replace("name: Toy Practice", "name: Oak"))
    source = ANSWER + (
        "from course import activities, activity\n"
        "together = activities('led-session')\n"
        "answer(together, 'pick-one', ['d'], 'k1')\n"
        "answer(activity('pick-several'), 'pick-several', ['a'], 'k2')\n"
        "print(together, replies)"
    )
    shown = shown_in(with_led(toy), source, COURSE_PRACTICE=str(own))
    assert shown.startswith("Together at Oak\n\n\nPick one\n") and "Sort them, lawyers" in shown
    assert "Pick several" not in shown and shown.endswith("[{'key': 'k1'}, {'key': 'k2'}]")
    attempts = journal.attempts(journal.current_learner().id)
    assert [(a.activity, a.form) for a in attempts] == [("pick-one", tally.LED), ("pick-several", None)]


def test_without_a_led_session_and_for_a_check_there_is_no_set(toy: Toy) -> None:
    source = "from course import activities; print(repr(activities('led-session'))); print(repr(activities('before')))"
    led, before = shown_in(toy, source).splitlines()
    assert "no lesson called 'led-session'" in led and "no lesson called 'before' with activities" in before


def test_a_led_session_is_attended_once_all_of_it_was_answered_there(toy: Toy, journal: Journal) -> None:
    bank = Bank(with_led(toy).data)
    together, alone = LocalExaminer(bank, journal, LAWYER, tally.LED), LocalExaminer(bank, journal, LAWYER)
    together.submit("pick-one", ["d"], "k1", 1.0)
    alone.submit("sort-them", {"a": 0, "b": 1, "c": 0}, "k2", 1.0)
    assert alone.progress().attended == ""
    marked = together.submit("sort-them", {"a": 0, "b": 1, "c": 0}, "k3", 1.0)
    assert marked and marked.attempt.form == tally.LED
    assert alone.progress().attended == marked.attempt.at
    assert {a.form for a in journal.attempts("ann") if a.activity in LED_IDS} == {tally.LED, None}
    assert alone.progress().lessons[1].done == 2, "what was done together counts in the lesson, too"
