"""A learner's way through a story: kept in the journal, taken up again, and never lost."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from course.bank import Bank
from course.journal import Journal
from course.model import Learner, Outcome, Story
from course.teller import Teller
from course.widgets import StoryWidget
from tests.conftest import ROOT
from tests.pages import ANY_JSON, Page, many, nothing, refusal
from tests.stories import remembering
from tests.toy import Toy


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    toy = Toy(tmp_path / "course")
    (toy.data / "stories").mkdir()
    toy.write("data/stories/toy-story.yml", json.dumps(msgspec.to_builtins(remembering())))
    return Bank(toy.data)


@pytest.fixture
def page(bank: Bank, journal: Journal) -> Page:
    return fresh(bank, journal)


def fresh(bank: Bank, journal: Journal, learner: str = "ada") -> Page:
    """The same story as a reloaded page, or another window, has it."""
    return Page(StoryWidget(Teller("toy-story", bank, journal, Learner(learner)), nothing))


def take(page: Page, turn: Any, choice: Any, key: str = "k") -> list[dict[str, Any]]:
    return page.send({"do": "choose", "key": key, "turn": turn, "choice": choice, "seconds": 3})


def test_a_story_goes_on_scene_by_scene(page: Page) -> None:
    assert page.widget.view["place"] == "Hall"
    assert take(page, 0, 0) == [{"key": "k"}]
    view = page.widget.view
    assert (view["place"], view["turn"], view["said"]["mark"]) == ("Desk", 1, "best")
    assert "A note from Pat" in view["text"]
    assert [choice["number"] for choice in view["choices"]] == [0, 2]


def test_the_end_is_looked_back_at_and_recorded_once(page: Page, journal: Journal) -> None:
    take(page, 0, 1)
    take(page, 1, 2)
    (attempt,) = journal.attempts("ada")
    assert (attempt.activity, attempt.answer, attempt.points) == ("toy-story", [1, 2], 0)
    assert (attempt.outcome, attempt.harmful, attempt.form, attempt.attempt_no) == (Outcome.WRONG, True, "story", 1)
    debrief = page.widget.view["debrief"]
    assert [step["better"] for step in debrief["taken"]] == ["Go to desk (best)", "Go to good-end (acceptable)"]
    assert [step["text"] for step in debrief["defensible"]] == ["Go to desk (best)", "Go to good-end (best)"]
    assert page.widget.view["ending"]


def test_the_story_that_was_told_is_kept_with_the_attempt(page: Page, bank: Bank, journal: Journal) -> None:
    take(page, 0, 1)
    assert journal.contents() == {}
    take(page, 1, 2)
    (attempt,) = journal.attempts("ada")
    (kept,) = journal.contents().values()
    assert hashlib.sha256(kept.encode()).hexdigest() == attempt.content
    assert msgspec.json.decode(kept, type=Story) == bank.authored_story("toy-story")


def test_a_reload_goes_on_in_mid_scene(page: Page, bank: Bank, journal: Journal) -> None:
    take(page, 0, 0)
    again = fresh(bank, journal)
    assert again.widget.view == page.widget.view
    take(again, 1, 0)
    assert again.widget.view["ending"]


def test_before_the_end_nothing_is_said_of_what_was_not_chosen(page: Page) -> None:
    shown = json.dumps(page.widget.view)
    assert "KEY" not in shown and "Desk" not in shown
    assert "mark" not in shown and "best" in shown  # the word stands in the choices' own texts


@pytest.mark.parametrize(("turn", "choice"), [(1, 0), (-1, 0), (0, 2), (0, -1), (0, 99)])
def test_a_choice_out_of_turn_is_refused_and_the_story_stands(
    page: Page, journal: Journal, turn: int, choice: int
) -> None:
    before = page.widget.view
    assert "Reload the page" in refusal(take(page, turn, choice))
    assert page.widget.view == before
    assert journal.events("ada") == [] and journal.attempts("ada") == []


def test_the_same_choice_sent_twice_is_made_once(page: Page, bank: Bank, journal: Journal) -> None:
    other = fresh(bank, journal)
    take(page, 0, 0)
    assert "stands elsewhere" in refusal(take(page, 0, 0))
    assert "stands elsewhere" in refusal(take(other, 0, 1))
    assert len(journal.events("ada")) == 1


def test_a_turn_is_tried_again_only_after_the_end(page: Page, journal: Journal) -> None:
    take(page, 0, 0)
    assert "has not come to that" in refusal(page.send({"do": "again", "key": "k", "turn": 0}))
    take(page, 1, 2)
    assert page.send({"do": "again", "key": "k", "turn": 1}) == [{"key": "k"}]
    assert (page.widget.view["place"], page.widget.view["turn"]) == ("Desk", 1)
    take(page, 1, 0)
    assert [(a.attempt_no, a.points) for a in journal.attempts("ada")] == [(1, 0.5), (2, 1.0)]


def test_a_story_that_was_rewritten_begins_anew(page: Page, bank: Bank, journal: Journal) -> None:
    take(page, 0, 0)
    path = bank.folder / "stories" / "toy-story.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("Something.", "Something else."), encoding="utf-8")
    view = fresh(Bank(bank.folder), journal).widget.view
    assert (view["turn"], view["place"]) == (0, "Hall")


def test_two_learners_keep_their_stories_apart(page: Page, bank: Bank, journal: Journal) -> None:
    take(page, 0, 0)
    assert fresh(bank, journal, "bo").widget.view["turn"] == 0


@many
@given(message=ANY_JSON.filter(lambda value: type(value) is not int))  # a number may be a fair choice
def test_whatever_a_page_sends_is_carried_out_or_refused_in_a_sentence(
    bank: Bank, journal: Journal, message: Any
) -> None:
    page = fresh(bank, journal)
    for told in (message, {"do": "choose", "key": "k", "turn": message, "choice": message, "seconds": 1}):
        (reply,) = page.send(told)
        assert set(reply) == {"key", "refused"} and "fault" not in reply["refused"]
    assert journal.attempts("ada") == []


# --- the command ---


def course(*arguments: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "course", "story", *arguments]
    return subprocess.run(call, capture_output=True, text=True, timeout=60, cwd=ROOT, env=dict(os.environ))


def test_a_sound_story_is_proved_and_drawn(bank: Bank, tmp_path: Path) -> None:
    done = course(str(bank.folder / "stories" / "toy-story.yml"), "--map", str(tmp_path / "map.svg"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 scenes, 2 of them endings" in done.stdout and "4 distinct ways through, of 2 to 2 choices" in done.stdout
    assert (tmp_path / "map.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_flawed_story_is_named_with_file_and_line(bank: Bank) -> None:
    path = bank.folder / "stories" / "toy-story.yml"
    path.write_text(path.read_text(encoding="utf-8").replace('"to": "desk"', '"to": "desert"'), encoding="utf-8")
    done = course(str(path))
    assert done.returncode == 1
    assert done.stderr.startswith(f"{path}:1: there is no scene 'desert'.")


def test_a_file_that_is_no_story_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("title: X\n", encoding="utf-8")
    done = course(str(tmp_path / "x.yml"))
    assert done.returncode == 1 and "is missing. Add it." in done.stderr and "Traceback" not in done.stderr
