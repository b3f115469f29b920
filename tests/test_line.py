"""A practice writes its own line: what it decides, what it leaves open, and the pages that it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given

from course import line
from course.bank import Bank
from course.checks import check
from course.line import Answers
from course.model import Practice, Stance
from course.widgets import LineWidget
from tests.conftest import ROOT
from tests.pages import ANY_JSON, Page, many, refusal

REAL = Bank(ROOT / "data", ROOT / "data" / "practice.yml")
WHOLE = {
    "stance": "network-by-network",
    "name": "Elm & Co",
    "website": "elm.example",
    "phone": "555-0199",
    "page": "the Elm Page",
    "linkedin": True,
    "decline": "Thank you for asking! That account is for my family.",
    "ties": "keep-apart",
    "ask": "Ari Elm",
    "approver": "Bo Elm",
    "posts": "no-clients",
}


def answers(**changes: Any) -> Answers:
    return Answers(**{**WHOLE, **changes})


def test_a_whole_line_has_no_gaps() -> None:
    assert list(line.gaps(answers())) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"decline": " "}, "no words to decline with"),
        ({"ties": ""}, "no plan for friends"),
        ({"ask": ""}, "nobody to ask"),
        ({"approver": ""}, "Nobody approves"),
        ({"profile_on_card": True}, "links to a personal profile"),
        ({"posts": "nothing-about-work"}, "so broad that it would forbid talk of pay"),
        ({"posts": ""}, "Nothing is said about staff's own posts"),
        ({"stance": "page-only", "page": "", "linkedin": False}, "points to a Page, and there is none"),
        ({"stance": "page-only"}, "LinkedIn says yes"),
        ({"stance": "no-contact"}, "LinkedIn says yes"),
        ({"stance": "professional-sites", "linkedin": False}, "LinkedIn is closed"),
    ],
)
def test_a_gap_or_a_clash_is_named_with_what_to_do(changes: dict[str, Any], says: str) -> None:
    (gap,) = line.gaps(answers(**changes))
    assert says in gap.says and gap.do.endswith(".")


def test_every_request_is_decided_at_once() -> None:
    for stance in get_args(Stance):
        decided = line.decisions(line.drafted(answers(stance=stance), REAL.practice), REAL.policy)
        assert set(decided) == set(line.ASKED)
        assert all(set(across) == set(line.NETWORKS) for across in decided.values())


def test_the_page_says_the_line_and_whom_to_ask() -> None:
    practice = line.drafted(answers(), REAL.practice)
    page = line.page_of(answers(), practice)
    for said in (
        "How we connect at Elm & Co",
        practice.line,
        "the Elm Page",
        "LinkedIn",
        "Ari Elm",
        "Bo Elm",
        "> Thank you for asking!",
    ):
        assert said in page
    alone = line.page_of(
        answers(page="", linkedin=False), line.drafted(answers(page="", linkedin=False), REAL.practice)
    )
    assert "We name no other place online." in alone and "Harbor Street" not in alone


# --- the widget ---


@pytest.fixture
def kept() -> list[tuple[Practice, str]]:
    return []


@pytest.fixture
def page(kept: list[tuple[Practice, str]]) -> Page:
    def keep(practice: Practice, text: str) -> str:
        kept.append((practice, text))
        return "Kept."

    return Page(LineWidget(REAL.practice, REAL.policy, keep))


def test_a_draft_is_shown_and_not_kept(page: Page, kept: list[tuple[Practice, str]]) -> None:
    assert page.send({"do": "draft", "key": "k", "answers": WHOLE}) == [{"key": "k"}]
    result = page.widget.view["result"]
    assert len(result["rows"]) == len(line.ASKED) and result["gaps"] == []
    assert kept == []


def test_what_is_kept_is_what_was_shown(page: Page, kept: list[tuple[Practice, str]]) -> None:
    page.send({"do": "write", "key": "k", "answers": WHOLE})
    ((practice, text),) = kept
    assert (practice.name, text) == ("Elm & Co", page.widget.view["result"]["page"])
    assert page.widget.view["result"]["kept"] == "Kept."


@pytest.mark.parametrize("changes", [{"stance": "maybe"}, {"page": "x" * 601}, {"linkedin": "yes"}, {"extra": 1}])
def test_answers_that_do_not_fit_are_refused(
    page: Page, kept: list[tuple[Practice, str]], changes: dict[str, Any]
) -> None:
    assert "unexpected form" in refusal(page.send({"do": "write", "key": "k", "answers": {**WHOLE, **changes}}))
    assert kept == []


@many
@given(message=ANY_JSON)
def test_whatever_a_page_sends_is_refused_in_a_sentence(message: Any) -> None:
    page = Page(LineWidget(REAL.practice, REAL.policy, lambda *_: ""))
    assert "fault" not in refusal(page.send({"do": "draft", "key": "k", "answers": message}))


# --- the pages ---


def test_the_pages_are_kept_and_open_the_course(tmp_path: Path) -> None:
    source = f"""
from course import our_line
widget = our_line()
widget.send = print
message = {{"do": "write", "key": "k", "answers": {WHOLE!r}}}
widget._handle_msg({{"content": {{"data": {{"method": "custom", "content": message}}}}, "buffers": []}})
"""
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=90, env=environment, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "friend-request-course" / "Our line"
    assert (folder / "our-line.pdf").read_bytes().startswith(b"%PDF")
    assert "Ari Elm" in (folder / "our-line.md").read_text(encoding="utf-8")
    assert check(ROOT / "data", ROOT / "notebooks", folder / "practice.yml", craft=False).faults == []
    assert Bank(ROOT / "data", folder / "practice.yml").practice.ask == "Ari Elm"
    assert json.loads(done.stdout.replace("'", '"')) == {"key": "k"}
