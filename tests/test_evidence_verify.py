"""What a file certifies is printed from under its signature, and whatever was changed is said, each in its own words."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import paper
from course.errors import EvidenceError
from course.evidence import certificate, signing, verify
from course.evidence.bundle import CONTENTS, EXPLANATION, MANIFEST, NAMES, RECORDS, SIGNATURE
from course.evidence.verify import NO_TOKEN, SEVERAL, UNKNOWN_KEY, Verified
from tests.signed import KEY, MADE, OTHER_KEY, PASSED, a_journal, many, members, packed, some_facts, write

FACTS = some_facts()
TOKEN = certificate.badge(FACTS, KEY)
PAGE = certificate.html(FACTS, TOKEN)
DID, OTHER_DID = (signing.did_of(key.public_key()) for key in (KEY, OTHER_KEY))
FORMS = ("html", "pdf", "jwt", "json")
SAYS = {
    "Certificate of training for Dana Vega (learner-0123456789abcdef)",
    "Course: When a client wants to connect, version 0.1.0",
    "Final check passed on 22 November 2026 with 18.5 of 20 points",
    "Valid from 22 November 2026 until 22 November 2027",
    "Practice: Harbor Street Law",
    "Policy acknowledged: Social media policy, version 2026-01",
    certificate.ASSURANCE["self-attested"],
    f"Questions: {FACTS.content}",
    f"Last answer: {FACTS.head}",
}


@cache
def pdf(token: str = TOKEN) -> bytes:
    return paper.certificate(certificate.values(FACTS, token), "a4")


def form(kind: str, token: str = TOKEN) -> bytes:
    made = {
        "html": lambda: certificate.html(FACTS, TOKEN).replace(TOKEN, token).encode(),
        "pdf": lambda: pdf().replace(TOKEN.encode(), token.encode("latin-1", "replace")),
        "jwt": lambda: f"{token}\n".encode(),
        "json": lambda: json.dumps(token).encode(),
    }
    return made[kind]()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a file"


def checked(file: Path, content: bytes | str, key: Any = KEY, now: str = MADE, course: str = "") -> Verified:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return verify.verify(file, key and key.public_key(), now=now, course=course)


# --- certificates ---


@pytest.mark.parametrize("kind", FORMS)
def test_every_form_certifies_the_same_facts(kind: str, file: Path) -> None:
    verified = checked(file, form(kind), course=FACTS.title)
    assert verified.kind == ("badge" if kind in ("jwt", "json") else "certificate")
    assert set(verified.lines) >= SAYS
    assert verified.lines[-1] == f"Signed by {DID}, the key that you trust"
    assert (verified.trusted, verified.problems) == (True, [])


def test_without_a_trusted_key_nobody_is_said_to_have_signed_it(file: Path) -> None:
    verified = checked(file, PAGE, key=None)
    assert verified.lines[-2:] == [f"Signed by {DID}", UNKNOWN_KEY]
    assert "proves no identity" in UNKNOWN_KEY
    assert (verified.trusted, verified.problems) == (False, [])


@pytest.mark.parametrize("kind", FORMS)
def test_another_key_than_the_trusted_one_is_said(kind: str, file: Path) -> None:
    verified = checked(file, form(kind), key=OTHER_KEY)
    assert not verified.trusted
    assert verified.problems == [
        f"Signed by {DID}, and not by the key that you trust, {OTHER_DID}. Ask who made this file."
    ]


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (PASSED.replace("12.345", "11.000"), "Not valid yet: it is from 22 November 2026 on"),
        (f"{PASSED[:19]}Z", ""),
        ("2027-11-22T23:59:59.000Z", ""),
        ("2027-11-23T00:00:00.000Z", "Expired: it was valid until 22 November 2027. Ask for a renewed one."),
    ],
)
def test_a_certificate_holds_for_its_period_and_not_a_second_longer(now: str, problem: str, file: Path) -> None:
    verified = checked(file, TOKEN, now=now)
    assert len(verified.problems) == bool(problem) and problem in "".join(verified.problems)
    assert verified.trusted and set(verified.lines) >= SAYS


def test_a_certificate_of_another_course_is_said(file: Path) -> None:
    problem = "Of another course: it is for 'When a client wants to connect', and not for 'Fire safety'."
    assert checked(file, TOKEN, course="Fire safety").problems == [problem]


@pytest.mark.parametrize("shown", ["Dana Vega", "18.5 of 20 points", "22 November 2027", "Harbor Street Law"])
def test_an_edited_page_can_not_pass_for_the_original(shown: str, file: Path) -> None:
    verified = checked(file, PAGE.replace(shown, "Somebody else"))
    assert verified.problems == [f"The page was edited: '{shown}' was signed, and the page does not show it."]
    assert set(verified.lines) >= SAYS


def test_a_page_that_a_browser_saved_again_is_still_the_same(file: Path) -> None:
    facts = some_facts(name='Zoë  "O\'Brien" <x>', practice="Vega & Sons")
    page = certificate.html(facts, certificate.badge(facts, KEY))
    saved = page.replace(escape('"'), '"').replace(escape("'"), "'").replace("\n<dl", "\n\n  <dl")
    assert saved != page
    assert checked(file, saved).problems == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", NO_TOKEN),
        (PAGE.replace("application/jwt", "text/plain").encode(), NO_TOKEN),
        (b"<p>A certificate</p>", NO_TOKEN),
        (b"%PDF-1.7\nnothing", NO_TOKEN),
        (PAGE.replace("<body>", f'<script type="application/jwt">{TOKEN[:-1]}</script>').encode(), SEVERAL),
        (pdf() + b"<pdf:Keywords>x.y.z</pdf:Keywords>", SEVERAL),
        (b"Dear Ms. Vega", signing.ALTERED),
        (b"\xff\xfe\x00", signing.ALTERED),
        (TOKEN[: len(TOKEN) // 2].encode(), signing.ALTERED),
        (
            signing.sign({"sub": "x"}, KEY).encode(),
            "The signature fits, but what it signs is no certificate of this course.",
        ),
    ],
)
def test_what_certifies_nothing_says_so(content: bytes, problem: str, file: Path) -> None:
    verified = checked(file, content)
    assert (verified.lines, verified.trusted, verified.problems) == ([], False, [problem])


def test_a_file_that_can_not_be_read_is_said(file: Path, tmp_path: Path) -> None:
    for missing in (file, tmp_path):
        with pytest.raises(EvidenceError, match="can't be read"):
            verify.verify(missing, now=MADE)


def test_a_name_can_not_command_a_terminal(file: Path) -> None:
    facts = some_facts(name="Dana\x1b[2J\u202eageV\n", practice="P\r\n")
    verified = checked(file, certificate.badge(facts, KEY))
    assert all(line.isprintable() for line in verified.lines)


@many
@given(
    st.sampled_from(FORMS),
    st.integers(0, len(TOKEN) - 1),
    st.characters(max_codepoint=0x2FF, exclude_categories=["Cc"]),
)
def test_a_token_with_any_other_character_never_verifies(kind: str, place: int, symbol: str) -> None:
    changed = TOKEN[:place] + symbol + TOKEN[place + 1 :]
    if symbol != TOKEN[place] and symbol not in ' "':
        verified = checked(scratch() / kind, form(kind, changed))
        assert verified.problems and not verified.trusted and verified.lines == []


SCRATCH = TemporaryDirectory()
"""A folder for all examples of a property; it goes with the process."""


def scratch() -> Path:
    return Path(SCRATCH.name)


# --- evidence ---


@cache
def evidence() -> dict[str, bytes]:
    write(a_journal(scratch() / "journal"), scratch() / "evidence.zip")
    return members(scratch() / "evidence.zip")


def records() -> list[bytes]:
    return evidence()[RECORDS].splitlines(keepends=True)


def changed(file: Path, key: Any = KEY, **parts: bytes) -> Verified:
    named = {"records": RECORDS, "contents": CONTENTS, "manifest": MANIFEST, "token": SIGNATURE, "page": EXPLANATION}
    packed(file, {**evidence(), **{named[part]: content for part, content in parts.items()}})
    return verify.verify(file, key and key.public_key(), now=MADE)


def test_evidence_certifies_what_was_counted(file: Path) -> None:
    verified = changed(file)
    manifest = json.loads(evidence()[MANIFEST])
    assert (verified.kind, verified.trusted, verified.problems) == ("evidence", True, [])
    said = "\n".join(verified.lines)
    assert "12 answers and 3 events of 3 learners, everybody in the journal" in said
    assert manifest["head"] in said and "left out before it was made" in said
    assert certificate.ASSURANCE["self-attested"] in said and "Wordings that were answered: 1" in said
    assert UNKNOWN_KEY in changed(file, key=None).lines
    assert f"and not by the key that you trust, {OTHER_DID}" in changed(file, key=OTHER_KEY).problems[0]
    assert verify.verify(file, now=MADE, course="Fire safety").problems[0].startswith("Of another course")


def damages() -> dict[str, tuple[dict[str, bytes], str]]:
    lines, wording = records(), evidence()[CONTENTS]
    edited, unknown = lines[6].replace(b"pick-one", b"pick-two"), lines[6].replace(b'"wrong"', b'"right"')
    last = lines[-1].replace(b"2026-01", b"2026-02")
    return {
        "edited": ({"records": b"".join([*lines[:6], edited, *lines[7:]])}, "chain breaks at record 8: "),
        "unknown value": ({"records": b"".join([*lines[:6], unknown, *lines[7:]])}, "Record 7 can't be read"),
        "taken out": ({"records": b"".join([*lines[:6], *lines[7:]])}, "chain breaks at record 7: "),
        "put in": ({"records": b"".join([*lines[:6], lines[2], *lines[6:]])}, "chain breaks at record 7: "),
        "swapped": ({"records": b"".join([*lines[:6], lines[7], lines[6], *lines[8:]])}, "chain breaks at record 7: "),
        "first one gone": ({"records": b"".join(lines[1:])}, "does not begin with record 1"),
        "cut tail": ({"records": b"".join(lines[:-2])}, "The end is cut off: 13 of the 15 records"),
        "cut in mid-row": ({"records": b"".join(lines)[:-20]}, "Record 15 can't be read: it was changed or cut off"),
        "last end": ({"records": b"".join(lines)[:-1]}, "Record 15 can't be read"),
        "added": ({"records": b"".join(lines) + lines[-1]}, "Records were put in: there are 16, and 15 were signed"),
        "last edited": ({"records": b"".join([*lines[:-1], last])}, "Record 15 is not the last one that was signed"),
        "empty": ({"records": b""}, "0 of the 15 records"),
        "no wording": ({"contents": b""}, "was answered and is missing"),
        "other wording": ({"contents": wording.replace(b"Was", b"Wer")}, "Wording 1 was changed: its text does not have"),
        "wording twice": ({"contents": wording * 2}, "some were taken out or put in"),
        "wording cut": ({"contents": wording[:-5]}, "Wording 1 can't be read"),
        "manifest": ({"manifest": evidence()[MANIFEST].replace(b'"attempts":12', b'"attempts":13')}, "The manifest was changed"),
        "explanation": ({"page": evidence()[EXPLANATION].replace(b"can't", b"can")}, "The explanation was changed"),
        "signature": ({"token": evidence()[SIGNATURE][:-1] + b"!"}, signing.ALTERED),
        "no signature": ({"token": b""}, signing.ALTERED),
        "badge": ({"token": TOKEN.encode()}, "what it signs is no evidence of this course"),
        "newer": ({"token": signing.sign({"manifest": {"format": 2}}, KEY).encode()}, "(format 2). Update the course."),
    }  # fmt: skip


@pytest.mark.parametrize("damage", list(damages()))
def test_each_damage_has_its_own_sentence(damage: str, file: Path) -> None:
    parts, sentence = damages()[damage]
    verified = changed(file, **parts)
    assert any(sentence in problem for problem in verified.problems), verified.problems


@pytest.mark.parametrize("gone", NAMES)
def test_a_part_that_is_missing_is_named(gone: str, file: Path) -> None:
    packed(file, {name: text for name, text in evidence().items() if name != gone})
    assert f"{gone} is missing" in verify.verify(file, now=MADE).problems[0]


def test_a_part_that_is_there_too_much_is_said(file: Path) -> None:
    packed(file, {**evidence(), "letter.txt": b"Trust me"})
    assert "holds more than was signed" in verify.verify(file, now=MADE).problems[0]


@many
@given(st.sampled_from([RECORDS, CONTENTS, MANIFEST, EXPLANATION, SIGNATURE]), st.data())
def test_any_other_byte_in_any_part_is_found(name: str, data: st.DataObject) -> None:
    text = evidence()[name]
    place = data.draw(st.integers(0, len(text) - 1))
    other = bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]))])
    file = packed(scratch() / "changed.zip", {**evidence(), name: text[:place] + other + text[place + 1 :]})
    assert verify.verify(file, KEY.public_key(), now=MADE).problems


@many
@given(st.data())
def test_a_broken_zip_is_said_or_holds_what_it_held(data: st.DataObject) -> None:
    evidence()
    whole = (scratch() / "evidence.zip").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    other = bytes([data.draw(st.integers(0, 255))])
    for broken in (whole[:place], whole[:place] + other + whole[place + 1 :]):
        (scratch() / "broken.zip").write_bytes(broken)
        verified = verify.verify(scratch() / "broken.zip", KEY.public_key(), now=MADE)
        if not verified.problems:  # a byte of the packing, such as a date
            assert members(scratch() / "broken.zip") == evidence() and broken != whole[:place]
