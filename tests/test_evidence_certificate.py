"""A certificate says the same as a badge, as a page and on paper, and a reminder comes before it expires."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import paper
from course.errors import EvidenceError, PaperError
from course.evidence import certificate, signing
from course.evidence.certificate import ASSURANCE, NOTICE, badge, facts_of, html, ics, values
from course.forms import period
from tests.signed import KEY, MADE, PASSED, axe_finds, many, opened, some_facts
from tests.test_paper import WIDTHS, streams

NASTY = '</script><script>alert(1)</script> & "O\'Brien" ; né,\\ 田中'
LONG = "Maximiliana Konstantina Wolfeschlegelsteinhausenbergerdorff-Villanueva y Santa Cruz"
FACTS = some_facts()
TOKEN = badge(FACTS, KEY)


def part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    return dict(json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4))))


# --- the badge ---


def test_a_badge_is_an_open_badge_whose_claims_are_the_credential() -> None:
    did = signing.did_of(KEY.public_key())
    claims = part(TOKEN, 1)
    assert part(TOKEN, 0) == {"alg": "EdDSA", "kid": f"{did}#{did[8:]}", "typ": "JWT"}
    assert claims["@context"][:2] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["iss"] == claims["issuer"]["id"] == did
    assert claims["jti"] == claims["id"] and claims["sub"] == claims["credentialSubject"]["id"]
    for number, moment in ((claims["nbf"], claims["validFrom"]), (claims["exp"], claims["validUntil"])):
        assert number == datetime.fromisoformat(moment).timestamp()
    achievement = claims["credentialSubject"]["achievement"]
    assert "18.5 of 20 points" in achievement["criteria"]["narrative"]
    assert NOTICE in achievement["description"]


def test_everything_that_a_certificate_says_is_under_the_signature() -> None:
    claims = signing.verify(TOKEN).claims
    assert facts_of(claims) == FACTS
    assert claims["credentialSubject"]["trainingRecord"] == msgspec.to_builtins(FACTS)
    terms = claims["@context"][2]["trainingRecord"]
    assert terms["@id"].startswith("urn:") and terms["@type"] == "@json"


def test_the_recipient_can_be_compared_without_the_name_being_looked_up() -> None:
    identity = part(TOKEN, 1)["credentialSubject"]["identifier"][0]
    salted = hashlib.sha256(f"Dana Vega{identity['salt']}".encode()).hexdigest()
    assert identity["identityHash"] == f"sha256${salted}"
    again = part(badge(some_facts(learner="another"), KEY), 1)["credentialSubject"]["identifier"][0]
    assert again["identityHash"] != identity["identityHash"]


def test_the_same_facts_give_the_same_badge_and_others_another_id() -> None:
    assert badge(FACTS, KEY) == TOKEN
    for field in FACTS.__struct_fields__:
        value = getattr(FACTS, field)
        other = {"points": 17.0, "of": 21.0, "assurance": "server-graded"}.get(field) or re.sub(r"^.", "1", value)
        assert part(badge(some_facts(**{field: other}), KEY), 1)["jti"] != part(TOKEN, 1)["jti"], field


def test_an_issuer_is_said_to_be_the_learner_where_the_learner_has_the_key() -> None:
    assert part(TOKEN, 1)["issuer"]["name"] == "Harbor Street Law (self-attested by the learner)"
    graded = badge(some_facts(assurance="server-graded"), KEY)
    assert part(graded, 1)["issuer"]["name"] == "Harbor Street Law"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"credentialSubject": []},
        {"credentialSubject": {"trainingRecord": {"name": "Dana"}}},
        {"credentialSubject": {"trainingRecord": {**msgspec.to_builtins(FACTS), "passed": "2026-13-01T00:00:00Z"}}},
        {"credentialSubject": {"trainingRecord": {**msgspec.to_builtins(FACTS), "assurance": "certified"}}},
    ],
)
def test_a_signature_over_something_else_is_no_certificate(claims: dict[str, Any]) -> None:
    with pytest.raises(EvidenceError, match="is no certificate of this course"):
        facts_of(claims)


# --- for how long ---


@pytest.mark.parametrize(
    ("passed", "months", "until"),
    [
        (PASSED, 12, "2027-11-22"),
        ("2026-01-31T23:59:59.999Z", 1, "2026-02-28"),
        ("2024-02-29T00:00:00Z", 12, "2025-02-28"),
        ("2024-02-29T00:00:00Z", 48, "2028-02-29"),
        ("2026-12-31T12:00:00Z", 2, "2027-02-28"),
    ],
)
def test_a_certificate_is_valid_to_the_end_of_a_day_of_the_calendar(passed: str, months: int, until: str) -> None:
    assert period(passed, months) == (f"{passed[:19]}Z", f"{until}T23:59:59Z")


@many
@given(st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)), st.integers(1, 120))
def test_a_period_is_never_shorter_than_its_months(passed: datetime, months: int) -> None:
    start, end = (datetime.fromisoformat(moment) for moment in period(f"{passed.isoformat()}Z", months))
    assert timedelta(days=28 * months) <= end - start <= timedelta(days=31 * months + 1)


def test_the_questions_are_one_hash_whatever_their_order() -> None:
    one = certificate.content_hash(["b", "a", "b"])
    assert one == hashlib.sha256(b"a\nb").hexdigest() != certificate.content_hash(["ab"])


# --- the page ---


def test_the_page_shows_every_fact_and_needs_nothing_else() -> None:
    page = html(FACTS, TOKEN)
    shown = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    for text in (
        "Dana Vega",
        "22 November 2026",
        "22 November 2027",
        "18.5 of 20 points",
        "Social media policy, version 2026-01",
    ):
        assert text in shown
    for text in (
        FACTS.title,
        FACTS.practice,
        FACTS.content,
        FACTS.practice_hash,
        FACTS.head,
        NOTICE,
        ASSURANCE["self-attested"],
    ):
        assert text in shown
    assert "course verify FILE" in shown and signing.did_of(KEY.public_key()) in shown
    assert '<html lang="en">' in page and page.count("<h1>") == 1
    assert not re.search(r"\bsrc=|href=|url\(|@import|https?://", page)


def test_no_form_of_it_claims_what_a_course_can_not_give() -> None:
    badge_text = json.dumps(part(TOKEN, 1))
    for form in (html(FACTS, TOKEN), ics(FACTS), badge_text, json.dumps(values(FACTS, TOKEN)), *ASSURANCE.values()):
        assert not re.search(r"HIPAA|CLE|compliant|certified|accredited", form.replace(TOKEN, ""))


@pytest.mark.parametrize("field", ["name", "title", "practice", "policy", "learner", "version"])
def test_what_people_wrote_is_text_and_never_markup(field: str) -> None:
    facts = some_facts(**{field: NASTY})
    page = html(facts, badge(facts, KEY))
    assert "<script>" not in page and page.count("</script>") == 1
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;O&#x27;Brien&quot;" in page


def test_a_policy_that_was_not_acknowledged_is_said_to_be_so() -> None:
    facts = some_facts(policy="", policy_version="", name="")
    page = html(facts, badge(facts, KEY))
    assert "Not acknowledged yet" in page and "A learner without a name" in page


@pytest.mark.parametrize("name", ["Dana Vega", LONG])
def test_a_browser_and_axe_find_nothing_amiss_and_it_prints_on_one_sheet(name: str, tmp_path: Path) -> None:
    facts = some_facts(name=name)
    file = tmp_path / "certificate.html"
    file.write_text(html(facts, badge(facts, KEY)), encoding="utf-8")
    with opened(file) as page:
        assert axe_finds(page) == []
        for size in ("A4", "Letter"):
            assert len(re.findall(rb"/Type\s*/Page\b", streams(page.pdf(format=size)))) == 1
        page.set_viewport_size({"width": 320, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


# --- on paper ---


@pytest.mark.parametrize("name", ["Dana Vega", LONG])
@pytest.mark.parametrize("size", WIDTHS)
def test_the_print_is_one_tagged_page_that_holds_the_token_as_it_is(size: paper.Paper, name: str) -> None:
    facts = some_facts(name=name)
    token = badge(facts, KEY)
    pdf = paper.certificate(values(facts, token), size)
    whole = streams(pdf)
    assert f"<pdf:Keywords>{token}</pdf:Keywords>".encode() in pdf
    assert b"pdfuaid:part" in whole and b"/StructTreeRoot" in whole and b"/Lang" in whole
    assert b"/H1" in whole and b"/H2" in whole
    assert len(re.findall(rb"/Type\s*/Page\b", whole)) == 1
    assert round(float(re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+)", whole)[0])) == WIDTHS[size]


@pytest.mark.parametrize("name", ["#let x = 1", "$x^2$ @ref <label>", "*_`[]{}#\\", "Жанна D'Arc", ""])
def test_a_name_is_printed_as_text_and_never_as_a_command(name: str) -> None:
    facts = some_facts(name=name)
    assert paper.certificate(values(facts, badge(facts, KEY)), "a4").startswith(b"%PDF")


def test_letters_that_no_font_has_are_said() -> None:
    facts = some_facts(name="\U00012000")  # cuneiform
    with pytest.raises(PaperError, match="can't be set"):
        paper.certificate(values(facts, badge(facts, KEY)), "a4")


# --- the reminder ---


def unfolded(text: str) -> dict[str, str]:
    lines = text.replace("\r\n ", "").split("\r\n")
    return {name: value for line in lines for name, _, value in [line.partition(":")] if name != "TRIGGER"}


def test_the_reminder_comes_thirty_days_before_the_end() -> None:
    text = ics(FACTS)
    entry = unfolded(text)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") and text.endswith("END:VCALENDAR\r\n")
    assert entry["DTSTART;VALUE=DATE"] == "20271023" and entry["DTSTAMP"] == "20261123T080000Z"
    assert entry["SUMMARY"] == "Renew the training: When a client wants to connect"
    assert entry["UID"] and ics(FACTS) == text != ics(some_facts(issued=MADE.replace("08:", "09:")))


@many
@given(st.text(max_size=20) | st.text(min_size=60, max_size=120))
def test_any_name_stays_one_value_in_lines_that_are_short_enough(title: str) -> None:
    text = ics(some_facts(title=title))
    assert "\n" not in text.replace("\r\n", "") and "\r" not in text.replace("\r\n", "")
    assert all(len(line.encode("utf-8", "surrogatepass")) <= 75 for line in text.split("\r\n"))
    said = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), unfolded(text)["SUMMARY"])
    plain = "\n".join(f"Renew the training: {title}".splitlines())
    assert said == "".join(symbol for symbol in plain if symbol.isprintable() or symbol == "\n")
