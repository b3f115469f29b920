"""Checks a certificate, a badge or an evidence file, offline, and says what its signature certifies."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from course.errors import EvidenceError
from course.evidence import bundle, certificate, signing
from course.evidence.bundle import Manifest
from course.evidence.certificate import ASSURANCE, Facts, day, result

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Kind = Literal["certificate", "badge", "evidence"]

NO_TOKEN = "There is no signature in this file: it certifies nothing. Ask for the original file."
SEVERAL = "This file holds more than one signature, as if put together from several. Ask for the original file."
UNKNOWN_KEY = (
    "This alone proves no identity: anybody can make such a key. Ask the practice for its key by another way, and check "
    "again with --trust KEY."
)

LARGEST = 20_000_000
"""Bytes beyond which a file is no certificate of ours."""


class Verified(Struct, frozen=True):
    """What came of checking a file.

    ``lines`` say what the signature certifies, and nothing that merely stands in the file. ``trusted`` says that the
    key is the one that was to be trusted. Every one of ``problems`` is a reason not to rely on the file.
    """

    kind: Kind
    lines: list[str]
    trusted: bool
    problems: list[str]


def verify(file: Path, trusted: Ed25519PublicKey | None = None, *, now: str, course: str = "") -> Verified:
    """Checks a file at the UTC time ``now``, against a key that is trusted and a course's title, where given.

    Raises EvidenceError if the file can't be read at all.
    """
    start = _read(file, 5)
    if start.startswith(b"PK"):
        return _of_evidence(file, trusted, course)
    text = _read(file, LARGEST)
    kind: Kind = "badge"
    tokens, shown = {text.decode("utf-8", "replace").strip().strip('"')}, None
    if start == b"%PDF-":
        kind, tokens = "certificate", _in_pdf(text)
    elif text.lstrip().startswith(b"<"):
        page = _Page(text.decode("utf-8", "replace"))
        kind, tokens, shown = "certificate", page.tokens, page.text
    if len(tokens - {""}) != 1:
        return Verified(kind, [], False, [SEVERAL if tokens - {""} else NO_TOKEN])
    try:
        signed = signing.verify(tokens.pop())
        facts = certificate.facts_of(signed.claims)
    except EvidenceError as error:
        return Verified(kind, [], False, [str(error)])
    lines, problems = _by_whom(signed.did, trusted)
    problems += [*_in_time(facts, now), *_other_course(facts.title, course)]
    if shown is not None:
        problems += _edited(facts, shown)
    return Verified(kind, _printable([*_said(facts), *lines]), _is(signed.did, trusted), _printable(problems))


def _of_evidence(file: Path, trusted: Ed25519PublicKey | None, course: str) -> Verified:
    try:
        checked = bundle.check(file)
    except EvidenceError as error:
        return Verified("evidence", [], False, [str(error)])
    lines, problems = _by_whom(checked.did, trusted)
    problems += [*checked.problems, *_other_course(checked.manifest.title, course)]
    said = [*_held(checked.manifest), *lines]
    return Verified("evidence", _printable(said), _is(checked.did, trusted), _printable(problems))


def _read(file: Path, most: int) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise EvidenceError(f"The file {file} can't be read ({error.strerror}). Look for a typing mistake.") from None


# --- where the signature is --------------------------------------------------------------------


def _in_pdf(pdf: bytes) -> set[str]:
    """The keywords in a PDF's metadata (XMP), which typst leaves uncompressed."""
    return {found.decode("latin-1") for found in re.findall(rb"<pdf:Keywords>([^<]*)</pdf:Keywords>", pdf)}


class _Page(HTMLParser):
    """A page's signatures, and the text that it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tokens: set[str] = set()
        self.text = ""
        self._inside = ""
        self.feed(page)
        self.close()
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = "jwt" if tag == "script" and ("type", "application/jwt") in attrs else tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "jwt":
            self.tokens.add(data.strip())
        elif self._inside not in ("script", "style", "title"):
            self.text += f" {data}"


# --- what is said ------------------------------------------------------------------------------


def _said(facts: Facts) -> list[str]:
    """What a certificate certifies."""
    policy = f"{facts.policy}, version {facts.policy_version}" if facts.policy else "not acknowledged"
    return [
        f"Certificate of training for {facts.name or 'a learner without a name'} ({facts.learner})",
        f"Course: {facts.title}, version {facts.version}",
        f"Final check passed on {day(facts.passed)} with {result(facts)}",
        f"Valid from {day(facts.valid_from)} until {day(facts.valid_until)}",
        f"Practice: {facts.practice}",
        f"Policy acknowledged: {policy}",
        f"Issued on {day(facts.issued)}",
        ASSURANCE[facts.assurance],
        f"Questions: {facts.content}",
        f"Practice's settings: {facts.practice_hash}",
        f"Last answer: {facts.head}",
    ]


def _held(manifest: Manifest) -> list[str]:
    """What an evidence file certifies."""
    who = "everybody in the journal" if manifest.everybody else "chosen people of the journal"
    span = f", from {manifest.first} to {manifest.last}" if manifest.first else ""
    unkept = len(manifest.unkept)
    return [
        f"Evidence of training in the course {manifest.title}, made on {manifest.made} by version {manifest.version}",
        f"{manifest.attempts:,} answers and {manifest.events:,} events of {manifest.learners:,} learners, {who}{span}",
        f"Wordings that were answered: {manifest.contents:,}"
        + (f", and {unkept:,} known by their hash alone" if unkept else ""),
        f"Practice: {manifest.practice}",
        f"Practice's settings: {manifest.practice_hash}",
        *(ASSURANCE.get(one, one) for one in manifest.assurance),
        f"Hash of the last record: {manifest.head}",
        "The signature can't show what was left out before it was made: compare that hash with the one that was kept "
        "somewhere else.",
    ]


def _is(did: str, trusted: Ed25519PublicKey | None) -> bool:
    return trusted is not None and signing.did_of(trusted) == did


def _by_whom(did: str, trusted: Ed25519PublicKey | None) -> tuple[list[str], list[str]]:
    """A line on who signed it, and the problem if it is somebody else than who was to be trusted."""
    if trusted is None:
        return [f"Signed by {did}", UNKNOWN_KEY], []
    if _is(did, trusted):
        return [f"Signed by {did}, the key that you trust"], []
    wanted = signing.did_of(trusted)
    return [f"Signed by {did}"], [
        f"Signed by {did}, and not by the key that you trust, {wanted}. Ask who made this file."
    ]


def _in_time(facts: Facts, now: str) -> list[str]:
    at = datetime.fromisoformat(now)
    if at < datetime.fromisoformat(facts.valid_from):
        return [f"Not valid yet: it is from {day(facts.valid_from)} on. Look at this computer's clock."]
    if at > datetime.fromisoformat(facts.valid_until):
        return [f"Expired: it was valid until {day(facts.valid_until)}. Ask for a renewed one."]
    return []


def _other_course(title: str, course: str) -> list[str]:
    return [f"Of another course: it is for '{title}', and not for '{course}'."] if course and course != title else []


def _edited(facts: Facts, shown: str) -> list[str]:
    """What was signed and a page no longer shows. That it shows all of it does not prove that it shows nothing else."""
    signed = [facts.name, facts.title, facts.practice, result(facts), day(facts.passed), day(facts.valid_until)]
    gone = [text for text in (" ".join(text.split()) for text in signed) if text not in shown]
    return [f"The page was edited: '{text}' was signed, and the page does not show it." for text in gone]


def _printable(lines: list[str]) -> list[str]:
    """Lines in which nothing commands a terminal or turns the direction of writing."""
    return [
        "".join(symbol if symbol.isprintable() else "\N{REPLACEMENT CHARACTER}" for symbol in line) for line in lines
    ]
