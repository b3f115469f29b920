"""The evidence file: records chained by their hashes, the wordings they answer, and a signature over both.

One zip, format 1::

    records.jsonl     a line a record: {"attempt": ...} or {"event": ...}, with "prev", the SHA-256 of the line before
    contents.jsonl    a line a wording that was answered: {"authored": JSON as text, "hash": its SHA-256}
    explanation.html  what this shows, and what it can't
    manifest.json     see ``Manifest``
    signature.jwt     the manifest, signed

Lines are canonical JSON. There are no names and no free text in them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from html import escape
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

import msgspec
from msgspec import Struct

from course import __version__
from course.errors import EvidenceError
from course.evidence import signing
from course.evidence.certificate import ASSURANCE, NOTICE, day
from course.journal import Journal
from course.model import Attempt, Event

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

RECORDS, CONTENTS, EXPLANATION = "records.jsonl", "contents.jsonl", "explanation.html"
MANIFEST, SIGNATURE = "manifest.json", "signature.jwt"
NAMES = (RECORDS, CONTENTS, EXPLANATION, MANIFEST, SIGNATURE)

START = hashlib.sha256(b"friend-request-course evidence, format 1: before the first record").hexdigest()
"""What stands for the line before the first one."""

LONGEST = 8_000_000
"""Bytes of a line, and of a small file, beyond which nothing of ours is read."""

MOST_SAID = 20
"""Problems of one kind after which the others are only counted."""


class Manifest(Struct, frozen=True, kw_only=True):
    """What an evidence file holds, and what it was made for; this is what the signature covers.

    ``version`` is that of the course that wrote it, ``made`` when; ``first`` and ``last`` are the earliest and the
    latest moment of a record (UTC, ISO 8601; empty without records). ``everybody`` says that no learner of the journal
    was left out. ``head`` is the hash of the last record. ``unkept`` are wordings that were answered and are known by
    their hash alone: they are from before the journal kept wordings, or what it kept no longer has that hash.
    """

    format: Literal[1] = 1
    title: str
    version: str
    practice: str
    practice_hash: str
    made: str
    everybody: bool
    learners: int
    attempts: int
    events: int
    assurance: tuple[str, ...]
    first: str
    last: str
    head: str
    contents: int
    contents_hash: str
    unkept: tuple[str, ...]
    explanation_hash: str

    @property
    def records(self) -> int:
        """How many lines the chain has."""
        return self.attempts + self.events


class Checked(Struct, frozen=True):
    """What an evidence file's signature covers, by whom it was signed, and everything that does not fit it."""

    manifest: Manifest
    did: str
    problems: tuple[str, ...]


# --- writing -----------------------------------------------------------------------------------


def write(
    journal: Journal,
    file: Path,
    key: Ed25519PrivateKey,
    *,
    title: str,
    practice: str,
    practice_hash: str,
    made: str,
    learners: Collection[str] | None = None,
) -> Manifest:
    """Writes the records of these learners, or of all, into an evidence file, whole or not at all.

    ``title`` and ``practice`` are names; ``made`` is the present time, UTC in ISO 8601. The same journal, key and time
    give the same bytes. One learner's records are in memory at a time. Raises EvidenceError and JournalError.
    """
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    about = {"title": title, "practice": practice, "practice_hash": practice_hash, "made": made}
    try:
        with part.open("xb") as stream:
            with ZipFile(stream, "w") as packed:
                manifest = _fill(packed, journal, key, about, learners)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        raise EvidenceError(f"{file} can't be written ({error.strerror}). Name another place.") from None
    finally:
        with suppress(OSError):
            part.unlink()
    return manifest


def _fill(
    packed: ZipFile,
    journal: Journal,
    key: Ed25519PrivateKey,
    about: dict[str, str],
    learners: Collection[str] | None,
) -> Manifest:
    made = about["made"]
    with _member(packed, RECORDS, made) as stream:
        counted, answered = _write_records(stream, journal, learners)
    with _member(packed, CONTENTS, made) as stream:
        kept = _write_contents(stream, journal, answered)
    facts = {**about, **counted, **kept, "version": __version__, "everybody": learners is None}
    explained = _explanation(facts, signing.did_of(key.public_key())).encode()
    manifest = msgspec.convert({**facts, "explanation_hash": hashlib.sha256(explained).hexdigest()}, Manifest)
    plain = msgspec.to_builtins(manifest)
    token = signing.sign({"iat": int(datetime.fromisoformat(made).timestamp()), "manifest": plain}, key)
    for name, text in ((EXPLANATION, explained), (MANIFEST, signing.canonical(plain)), (SIGNATURE, token.encode())):
        with _member(packed, name, made) as stream:
            stream.write(text)
    return manifest


def _member(packed: ZipFile, name: str, made: str) -> IO[bytes]:
    info = ZipInfo(name, datetime.fromisoformat(made).timetuple()[:6])
    info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o644 << 16  # alike on every system
    return packed.open(info, "w", force_zip64=True)


def _write_records(
    stream: IO[bytes], journal: Journal, learners: Collection[str] | None
) -> tuple[dict[str, Any], set[str]]:
    """Writes the chain; gives what the manifest says of it, and the hashes of the wordings answered."""
    head, first, last = START, "", ""
    counts = {"attempt": 0, "event": 0}
    found, answered, assurance = set(), set(), set()
    for learner, attempts, events in journal.everybody():
        if learners is not None and learner not in learners:
            continue
        found.add(learner)
        answered |= {attempt.content for attempt in attempts}
        assurance |= {attempt.assurance for attempt in attempts}
        records: list[Attempt | Event] = [*attempts, *events]
        for record in records:
            kind = "attempt" if isinstance(record, Attempt) else "event"
            line = _line(kind, record, head)
            stream.write(line + b"\n")
            head = hashlib.sha256(line).hexdigest()
            counts[kind] += 1
            first, last = min(first or record.at, record.at), max(last, record.at)
    if unknown := sorted(set(learners or ()) - found):
        raise EvidenceError(f"The journal holds nothing of {', '.join(unknown)}. Look for a typing mistake in the id.")
    counted = {"learners": len(found), "attempts": counts["attempt"], "events": counts["event"]}
    return {**counted, "assurance": sorted(assurance), "first": first, "last": last, "head": head}, answered


def _line(kind: str, record: Attempt | Event, prev: str) -> bytes:
    fields = msgspec.to_builtins(record)
    fields.pop("text", None)
    try:
        return signing.canonical({kind: fields, "prev": prev})
    except EvidenceError as error:
        name = record.attempt if isinstance(record, Attempt) else record.id
        raise EvidenceError(f"The record {name} was changed by hand. {error}") from None


def _write_contents(stream: IO[bytes], journal: Journal, answered: set[str]) -> dict[str, Any]:
    """Writes each wording that was answered; gives what the manifest says of them."""
    whole = hashlib.sha256()
    kept = {name: text for name, text in journal.contents().items() if name in answered and _fits(text, name)}
    for name in sorted(kept):
        line = signing.canonical({"authored": kept[name], "hash": name}) + b"\n"
        stream.write(line)
        whole.update(line)
    return {"contents": len(kept), "contents_hash": whole.hexdigest(), "unkept": sorted(answered - kept.keys())}


def _fits(text: str, name: str) -> bool:
    return hashlib.sha256(text.encode()).hexdigest() == name


# --- reading -----------------------------------------------------------------------------------


class _Record(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the records: one of the two stands in it."""

    prev: str
    attempt: Attempt | None = None
    event: Event | None = None

    @property
    def one(self) -> Attempt | Event | None:
        return self.attempt or self.event


class _Content(Struct, frozen=True, forbid_unknown_fields=True):
    authored: str
    hash: str


def check(file: Path) -> Checked:
    """Everything that can be said of an evidence file; it is read line by line.

    Raises EvidenceError where nothing in it can be believed: it is no such file, or the signature does not fit.
    """
    with _opened(file) as packed:
        token = _small(packed, SIGNATURE).decode("ascii", "replace")
        signed = signing.verify(token)
        manifest = _manifest(signed.claims.get("manifest"))
        problems = []
        if _small(packed, MANIFEST) != signing.canonical(signed.claims["manifest"]):
            problems.append("The manifest was changed: it is not the one that was signed.")
        if hashlib.sha256(_small(packed, EXPLANATION)).hexdigest() != manifest.explanation_hash:
            problems.append("The explanation was changed: it is not the one that was signed.")
        wrong, there = _check_contents(packed, manifest)
        problems += _shortened(wrong, "wordings")
        wrong, answered = _check_records(packed, manifest)
        problems += _shortened(wrong, "records")
        missing = sorted(answered - there - set(manifest.unkept))
        problems += _shortened([f"The wording {name} was answered and is missing." for name in missing], "wordings")
    return Checked(manifest, signed.did, tuple(problems))


def read(file: Path) -> Iterator[Attempt | Event]:
    """The records of an evidence file, in their order, once all of it has been checked.

    Raises EvidenceError with a sentence for every damage before the first record is given.
    """
    _refuse_damaged(file)
    return _read(file)


def contents(file: Path) -> dict[str, str]:
    """The wordings in an evidence file, as JSON, by their hashes. Raises EvidenceError as ``read`` does."""
    _refuse_damaged(file)
    with _opened(file) as packed:
        kept = (msgspec.json.decode(line, type=_Content) for line in _lines(packed, CONTENTS))
        return {content.hash: content.authored for content in kept}


def _read(file: Path) -> Iterator[Attempt | Event]:
    with _opened(file) as packed:
        for line in _lines(packed, RECORDS):
            if one := msgspec.json.decode(line, type=_Record).one:
                yield one


def _refuse_damaged(file: Path) -> None:
    if problems := check(file).problems:
        raise EvidenceError(f"The evidence file {file} is damaged. {' '.join(problems)}")


@contextmanager
def _opened(file: Path) -> Iterator[ZipFile]:
    """The zip, with every way in which one can be broken turned into a sentence."""
    try:
        with ZipFile(file) as packed:
            names = packed.namelist()
            if missing := [name for name in NAMES if name not in names]:
                raise EvidenceError(f"The file {file} is no whole evidence file: {', '.join(missing)} is missing.")
            if len(names) != len(NAMES):
                raise EvidenceError(f"The file {file} holds more than was signed. Ask for the original file.")
            yield packed
    except (BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError):
        raise EvidenceError(f"The file {file} is cut off or damaged. Ask for the original file.") from None
    except OSError as error:
        raise EvidenceError(f"The file {file} can't be read ({error.strerror or error}).") from None


def _small(packed: ZipFile, name: str) -> bytes:
    with packed.open(name) as stream:
        text = stream.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise BadZipFile(name)
    return text


def _lines(packed: ZipFile, name: str) -> Iterator[bytes]:
    """Each line with its end; a last one that has none is cut off."""
    with packed.open(name) as stream:
        while line := stream.readline(LONGEST):
            yield line


def _manifest(signed: Any) -> Manifest:
    try:
        number = signed["format"]
        if isinstance(number, int) and number > 1:
            raise EvidenceError(f"A newer version of the course wrote this file (format {number}). Update the course.")
        return msgspec.convert(signed, Manifest)
    except (LookupError, TypeError, ValueError):
        raise EvidenceError("The signature fits, but what it signs is no evidence of this course.") from None


def _check_contents(packed: ZipFile, manifest: Manifest) -> tuple[list[str], set[str]]:
    """What is wrong with the wordings, and the hashes of those that are there."""
    problems, there, whole = [], set(), hashlib.sha256()
    for number, line in enumerate(_lines(packed, CONTENTS), 1):
        whole.update(line)
        content = _decoded(line, _Content)
        if content is None:
            problems.append(f"Wording {number} can't be read.")
        elif not _fits(content.authored, content.hash):
            problems.append(f"Wording {number} was changed: its text does not have the hash {content.hash}.")
        else:
            there.add(content.hash)
    if not problems and whole.hexdigest() != manifest.contents_hash:
        problems.append(
            f"The wordings are not the {manifest.contents} that were signed: some were taken out or put in."
        )
    return problems, there


def _check_records(packed: ZipFile, manifest: Manifest) -> tuple[list[str], set[str]]:
    """What is wrong with the chain, and the hashes of the wordings answered in it."""
    problems, answered = [], set()
    head, number = START, 0
    for number, line in enumerate(_lines(packed, RECORDS), 1):
        record = _decoded(line, _Record)
        if record is None or record.one is None:
            problems.append(f"Record {number} can't be read: it was changed or cut off.")
        elif record.prev != head:
            problems.append(
                f"The chain breaks at record {number}: the one before it was changed, or one was taken out or put in."
                if number > 1
                else "The chain does not begin with record 1: it was changed, or records before it were taken out."
            )
        if record and record.attempt:
            answered.add(record.attempt.content)
        head = hashlib.sha256(line.removesuffix(b"\n")).hexdigest()
    if number < manifest.records:
        problems.append(f"The end is cut off: {number} of the {manifest.records} records that were signed are there.")
    elif number > manifest.records:
        problems.append(f"Records were put in: there are {number}, and {manifest.records} were signed.")
    elif head != manifest.head:
        problems.append(f"Record {number} is not the last one that was signed: it, or the whole chain, was changed.")
    return problems, answered


def _decoded(line: bytes, kind: type[Any]) -> Any:
    """A line as what it should be, or None."""
    try:
        return msgspec.json.decode(line, type=kind) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None


def _shortened(problems: list[str], what: str) -> list[str]:
    more = len(problems) - MOST_SAID
    return problems if more <= 0 else [*problems[:MOST_SAID], f"And {more} more of the {what} do not fit."]


# --- explaining --------------------------------------------------------------------------------


def _explanation(facts: dict[str, Any], did: str) -> str:
    say = {name: escape(str(value)) for name, value in facts.items()}
    who = "everybody in the journal" if facts["everybody"] else "chosen people of the journal"
    span = f", from {facts['first'][:10]} to {facts['last'][:10]}" if facts["first"] else ""
    assurance = "".join(f"<li>{escape(ASSURANCE.get(one, one))}</li>" for one in facts["assurance"])
    unkept = len(facts["unkept"])
    known_by_hash = f" {unkept} more are known by their hash alone." if unkept else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence of training: {say["title"]}</title>
<style>
:root {{ color-scheme: light; }}
body {{ background: #fff; color: #1c2733; font: 1rem/1.55 Georgia, serif; margin: 2rem auto; max-width: 42rem; padding: 0 1rem; }}
h1, h2 {{ color: #1f5a52; line-height: 1.25; }}
code {{ font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }}
@media print {{ h2 {{ break-after: avoid; }} }}
</style>
</head>
<body>
<main>
<h1>Evidence of training: {say["title"]}</h1>
<p>{say["practice"]}. Made on {day(facts["made"])}, at {say["made"]} (UTC), by version {say["version"]} of the course.
{NOTICE}</p>
<h2>What is in this file</h2>
<ul>
<li><code>{RECORDS}</code>: {facts["attempts"]:,} answers and {facts["events"]:,} events of {facts["learners"]:,}
learners, {who}{span}. People stand here under pseudonyms. Names, and what people wrote in their own words, are not in it.</li>
<li><code>{CONTENTS}</code>: the wordings of questions that were answered, {facts["contents"]:,} of them.{known_by_hash}</li>
<li><code>{MANIFEST}</code> and <code>{SIGNATURE}</code>: the counts and hashes, and the signature over them.</li>
</ul>
<h2>What it shows, once it is checked</h2>
<ul>
<li>Nothing in it was changed after it was signed. Each record holds the hash of the one before it, so that a record that
was changed, taken out or put in is found, with its place.</li>
<li>What was asked: each answer names the wording that it answers by its hash, and the wording is here, even where the
course says it in other words by now.</li>
<li>Which key signed it: <code>{did}</code>. That it is the practice's key, only the practice can say.</li>
</ul>
<h2>What it can't show</h2>
<ul>
{assurance}
<li>What happened before it was signed. On a computer of their own, learners own the journal and the key: they could
change both, and sign again. There, the hashes find accidents and later edits, and not that.</li>
<li>That nothing is missing. Whoever has the key can leave out records, the latest ones say, and sign the rest. To find
that, something has to be kept where they can't change it: this file, or the number below.</li>
<li>The time. It is what the clock of each computer said.</li>
</ul>
<h2>Keep this number somewhere else</h2>
<p>The hash of the last of {facts["attempts"] + facts["events"]:,} records, made on {day(facts["made"])}:</p>
<p><code>{say["head"]}</code></p>
<p>Send it to somebody else by e-mail, print it, or have it time-stamped. A file that is shown later as this one has to
end in this number. To see whether a journal has lost records since, import this file into it: none of them may be new.</p>
<h2>How to check it</h2>
<p><code>course verify FILE --trust KEY</code>, where KEY is the key that the practice gave you by another way. No network
is needed.</p>
</main>
</body>
</html>
"""
