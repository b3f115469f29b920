"""The evidence file: everything that was done, chained and signed, whole or not at all, and nobody's name."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.bank import Bank
from course.errors import EvidenceError
from course.evidence import bundle, signing
from course.evidence.bundle import CONTENTS, EXPLANATION, MANIFEST, NAMES, RECORDS, SIGNATURE, START, check, read
from course.examiner import LocalExaminer
from course.journal import Journal
from course.model import Attempt, Event, Learner
from tests.journals import an_attempt
from tests.signed import KEY, MADE, WORDING, WORDING_HASH, a_journal, axe_finds, members, opened, packed, write


@pytest.fixture
def kept(tmp_path: Path) -> Journal:
    return a_journal(tmp_path / "officer")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "evidence.zip"


def everything(journal: Journal) -> list[Attempt | Event]:
    return [record for _, attempts, events in journal.everybody() for record in (*attempts, *events)]


# --- what is in it ---


def test_every_record_is_in_it_chained_from_the_named_start(kept: Journal, file: Path) -> None:
    manifest = write(kept, file)
    parts = members(file)
    head = START
    for line in parts[RECORDS].splitlines():
        record = json.loads(line)
        assert record["prev"] == head and signing.canonical(record) == line
        head = hashlib.sha256(line).hexdigest()
    assert manifest.head == head
    assert (manifest.learners, manifest.attempts, manifest.events, manifest.records) == (3, 12, 3, 15)
    assert manifest.everybody and manifest.assurance == ("self-attested",)
    moments = [record.at for record in everything(kept)]
    assert (manifest.first, manifest.last) == (min(moments), max(moments))
    assert sorted(parts) == sorted(NAMES)


def test_each_wording_that_was_answered_is_in_it_once_and_has_its_hash(kept: Journal, file: Path) -> None:
    manifest = write(kept, file)
    (line,) = members(file)[CONTENTS].splitlines()
    assert json.loads(line) == {"authored": WORDING, "hash": WORDING_HASH}
    assert hashlib.sha256(line + b"\n").hexdigest() == manifest.contents_hash
    assert bundle.contents(file) == {WORDING_HASH: WORDING}


def test_the_manifest_is_what_was_signed(kept: Journal, file: Path) -> None:
    write(kept, file)
    parts = members(file)
    signed = signing.verify(parts[SIGNATURE].decode())
    assert signing.canonical(signed.claims["manifest"]) == parts[MANIFEST]
    assert json.loads(parts[MANIFEST])["made"] == MADE
    assert signed.did == signing.did_of(KEY.public_key()) == check(file).did


def test_nobodys_name_and_nobodys_own_words_are_in_it(kept: Journal, file: Path) -> None:
    kept.save_profile(Learner("learner-1", "Dana Vega", "law", "lawyer"))
    write(kept, file)
    everything = b"".join(members(file).values())
    assert b"Dana" not in everything and b"secret of my own" not in everything
    assert b'"text"' not in members(file)[RECORDS]


def test_what_a_real_examiner_recorded_is_whole(toy_bank: Bank, journal: Journal, file: Path) -> None:
    examiner = LocalExaminer(toy_bank, journal, journal.current_learner())
    for n, (activity, answer) in enumerate([("pick-one", ["a"]), ("pick-several", ["a", "b"]), ("pick-one", ["b"])]):
        assert examiner.submit(activity, answer, f"key {n}", 2.25)
    manifest = write(journal, file)
    assert (manifest.contents, manifest.unkept) == (2, ())
    assert check(file).problems == ()
    assert list(read(file)) == everything(journal)


def test_chosen_learners_alone_are_in_it_and_that_is_said(kept: Journal, file: Path) -> None:
    manifest = write(kept, file, learners=["learner-2"])
    assert (manifest.learners, manifest.records, manifest.everybody) == (1, 5, False)
    assert {record.learner for record in read(file)} == {"learner-2"}
    assert b"chosen people" in members(file)[EXPLANATION]
    with pytest.raises(EvidenceError, match=r"nothing of learner-x, learner-y\. Look for"):
        write(kept, file, learners=["learner-2", "learner-y", "learner-x"])
    assert check(file).manifest == manifest


def test_wordings_that_were_not_kept_are_named_by_their_hash(kept: Journal, file: Path) -> None:
    kept.append(an_attempt(content="e" * 64))
    kept.append(an_attempt(content="f" * 64), "changed by hand since")
    manifest = write(kept, file)
    assert manifest.unkept == ("e" * 64, "f" * 64) and manifest.contents == 1
    assert check(file).problems == ()
    assert b"2 more are known by their hash alone" in members(file)[EXPLANATION]


def test_an_empty_journal_has_evidence_of_nothing(journal: Journal, file: Path) -> None:
    manifest = write(journal, file)
    assert (manifest.records, manifest.head, manifest.first) == (0, START, "")
    assert check(file).problems == () and list(read(file)) == []


def test_the_explanation_says_what_it_can_not_show_and_passes_axe(kept: Journal, file: Path, tmp_path: Path) -> None:
    manifest = write(kept, file, title="Say <b>no</b>")
    page = members(file)[EXPLANATION].decode()
    words = " ".join(page.split())
    assert "own the journal and the key" in words and "That nothing is missing" in words and "not legal advice" in words
    assert manifest.head in page and "23 November 2026" in page and "Say &lt;b&gt;no&lt;/b&gt;" in page
    assert "HIPAA" not in page and "CLE" not in page
    shown = tmp_path / "explanation.html"
    shown.write_text(page, encoding="utf-8")
    with opened(shown) as seen:
        assert axe_finds(seen) == []


# --- how it is written ---


def test_the_same_journal_at_the_same_time_gives_the_same_bytes(kept: Journal, file: Path) -> None:
    write(kept, file)
    first = file.read_bytes()
    write(kept, file)
    assert file.read_bytes() == first
    write(kept, file, made=MADE.replace("08:00", "09:00"))
    assert file.read_bytes() != first


class Failing:
    """A journal that breaks off while it is read."""

    def __init__(self, journal: Journal, error: Exception) -> None:
        self._journal, self._error = journal, error

    def everybody(self) -> Iterator[Any]:
        yield from self._journal.everybody()
        raise self._error


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), EvidenceError("Not now."), MemoryError()])
def test_it_is_written_whole_or_not_at_all(error: Exception, kept: Journal, file: Path) -> None:
    write(kept, file)
    before = file.read_bytes()
    with pytest.raises((EvidenceError, MemoryError)):
        write(Failing(kept, error), file)
    assert file.read_bytes() == before
    assert list(file.parent.glob("*.part")) == list(file.parent.glob(".*.part")) == []


def test_a_place_that_can_not_be_written_is_said(kept: Journal, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"can't be written \(No such file or directory\)\. Name another place"):
        write(kept, tmp_path / "nowhere" / "evidence.zip")


def test_a_record_changed_by_hand_into_what_can_not_be_signed_is_named(kept: Journal, file: Path) -> None:
    attempt = an_attempt(seconds=float("inf"))
    kept.append(attempt)
    with pytest.raises(EvidenceError, match=rf"{attempt.attempt} was changed by hand\. The value inf can't be signed"):
        write(kept, file)
    assert not file.exists()


class Endless:
    """A journal of as many learners as one likes, made as they are asked for."""

    def __init__(self, learners: int) -> None:
        self._learners = learners

    def everybody(self) -> Iterator[Any]:
        for number in range(self._learners):
            yield f"learner-{number % 5}", [an_attempt(content=WORDING_HASH) for _ in range(10)], []

    def contents(self) -> dict[str, str]:
        return {WORDING_HASH: WORDING}


def test_more_records_take_no_more_memory(file: Path) -> None:
    peaks = []
    for learners in (50, 500):
        tracemalloc.start()
        write(Endless(learners), file)
        assert not check(file).problems and sum(1 for _ in read(file)) == 10 * learners
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


# --- how it is read ---


def test_another_journal_takes_it_in_and_twice_is_the_same_as_once(kept: Journal, file: Path, journal: Journal) -> None:
    write(kept, file)
    records = list(read(file))
    attempts = [record for record in records if isinstance(record, Attempt)]
    events = [record for record in records if isinstance(record, Event)]
    first = journal.absorb(attempts, events, contents=bundle.contents(file))
    again = journal.absorb(attempts, events, contents=bundle.contents(file))
    assert (first.attempts, first.events, first.conflicts) == (12, 3, ())
    assert (again.attempts, again.events, again.conflicts) == (0, 0, ())
    assert everything(journal) == everything(kept)
    assert journal.contents() == kept.contents()
    back = file.with_name("back.zip")
    write(journal, back)
    assert members(back)[RECORDS] == members(file)[RECORDS]


def test_a_damaged_file_gives_no_record_and_every_damage_is_named(kept: Journal, file: Path) -> None:
    write(kept, file)
    parts = members(file)
    lines = parts[RECORDS].splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"wrong"', b'"correct"')
    parts = {**parts, RECORDS: b"".join(lines[:-1]), CONTENTS: b""}
    packed(file, parts)
    for ask in (read, bundle.contents):
        with pytest.raises(EvidenceError, match="chain breaks at record 5") as error:
            ask(file)
        assert "14 of the 15 records" in str(error.value) and f"{WORDING_HASH} was answered" in str(error.value)


def test_an_endless_row_of_damages_is_cut_short(kept: Journal, file: Path) -> None:
    write(kept, file)
    packed(file, {**members(file), RECORDS: b"{}\n" * 5_000})
    problems = check(file).problems
    assert len(problems) == bundle.MOST_SAID + 1 and problems[-1] == "And 4981 more of the records do not fit."
