"""Each preset walks through the whole course: every lesson runs under nbval, and speaks in the practice's own name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from course.bank import WOVEN, Bank, texts_of
from course.checks import check
from course.model import Compose, START_PAGE
from course.reader.lessons import lay_down
from tests.conftest import ROOT

DATA = ROOT / "data"
PRESETS = sorted((DATA / "presets").glob("*.yml"))
every_preset = pytest.mark.parametrize("preset", [pytest.param(path, id=path.stem) for path in PRESETS])


def test_there_are_four_presets() -> None:
    assert {path.stem for path in PRESETS} == {
        "consumer-law-firm",
        "physical-therapy-clinic",
        "counseling-practice",
        "veterinary-clinic",
    }


@every_preset
def test_a_preset_has_no_fault(preset: Path) -> None:
    assert check(DATA, ROOT / "notebooks", preset, craft=False).faults == []


@every_preset
def test_a_preset_walks_through_the_whole_course(preset: Path, tmp_path: Path) -> None:
    lessons = tmp_path / "lessons"
    files = lay_down(Bank(DATA, preset), lessons)
    call = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", str(lessons)]
    environment = {**os.environ, "COURSE_PRACTICE": str(preset), "COURSE_DATA": str(DATA)}
    done = subprocess.run(call, capture_output=True, text=True, timeout=300, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-2000:]
    assert len(files) > 14


@every_preset
def test_no_word_of_the_example_practice_is_left_in_a_case_of_ones_own(preset: Path) -> None:
    bank = Bank(DATA, preset)
    theirs = {getattr(bank.default_practice, field) for field in WOVEN}
    own = 0
    for authored in bank.all_authored():
        if authored.variant not in (bank.practice.profession, "everyone"):
            continue
        texts = list(texts_of(msgspec.to_builtins(bank.activity(authored.id))))
        left = [text for text in texts for value in theirs if value and value in text]
        if bank.is_elsewhere(authored):
            whole = bank.activity(authored.id)
            told = msgspec.structs.replace(whole, criteria=()) if isinstance(whole, Compose) else whole
            assert authored == told
        else:
            own += 1
            assert left == [], authored.id
    assert own > 80


@every_preset
def test_the_start_page_is_in_ones_own_name(preset: Path, tmp_path: Path) -> None:
    bank = Bank(DATA, preset)
    lay_down(bank, tmp_path / "lessons")
    page = (tmp_path / "lessons" / f"{START_PAGE}.ipynb").read_text(encoding="utf-8")
    assert bank.practice.name in page and bank.practice.ask in page
    assert bank.default_practice.name not in page and bank.default_practice.ask not in page
