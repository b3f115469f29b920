"""What a certificate says, and the forms it takes: a signed badge, a page, values to print, a reminder. Pure.

Everything that a certificate says stands inside the badge, under its signature; the page and the print show it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import NAMESPACE_URL, uuid5

import msgspec
from msgspec import Meta, Struct

from course.errors import EvidenceError
from course.evidence import signing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]
"""UTC in ISO 8601."""

ASSURANCE = {
    "self-attested": (
        "Self-attested: the answers were recorded on a computer that the learner controls and could change. "
        "The signature shows that this record was not changed since it was made, not who answered."
    ),
    "server-graded": (
        "Server-graded: a server that the learner does not control graded and recorded the answers. "
        "It did not see who sat at the keyboard."
    ),
}
"""How far the answers can be trusted, in words."""

NOTICE = "This is a training record, not legal advice."
HEADING = "Certificate of training"

REMIND = timedelta(days=30)
"""How long before a certificate expires its reminder comes."""

_TERMS = "urn:friend-request-course:terms#"


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that a certificate says.

    ``title`` and ``version`` are the course's. ``content`` says what was asked (see ``content_hash``);
    ``practice_hash``, under which practice. ``policy`` is the practice's own, as the learner acknowledged it: empty if
    not. ``points`` of ``of`` is the result of the final check. For how long that is valid, ``course.forms.period``
    says. ``head`` is the id of the learner's last attempt in the journal when it was issued.
    """

    name: str
    learner: str
    title: str
    version: str
    content: str
    practice: str
    practice_hash: str
    policy: str
    policy_version: str
    passed: Moment
    points: float
    of: float
    assurance: Literal["self-attested", "server-graded"]
    valid_from: Moment
    valid_until: Moment
    issued: Moment
    head: str


def content_hash(contents: Iterable[str]) -> str:
    """One SHA-256 over the hashes of all wordings that counted in the final check: each once, sorted, a line each.

    Of the final check and not of the whole course, because those are the answers that the result rests on; whoever has
    the evidence file can compute it again.
    """
    return hashlib.sha256("\n".join(sorted(set(contents))).encode()).hexdigest()


def day(moment: str) -> str:
    """The day of a moment in UTC as people write it."""
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B %Y}"


def result(facts: Facts) -> str:
    """The result of the final check in words."""
    return f"{facts.points:g} of {facts.of:g} points"


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "\n".join((_TERMS, *parts))))


def _own_id(facts: Facts) -> str:
    return _id(signing.canonical(msgspec.to_builtins(facts)).decode())


# --- the badge ---------------------------------------------------------------------------------


def badge(facts: Facts, key: Ed25519PrivateKey) -> str:
    """The facts as an Open Badges 3.0 credential, signed: a VC-JWT, whose payload is the credential (section 8.2).

    The recipient is named as a salted hash, as badge platforms compare it, and in the facts, which stand beside it
    under a term of our own. The same facts and key give the same badge.
    """
    did = signing.did_of(key.public_key())
    number = f"urn:uuid:{_own_id(facts)}"
    subject = f"urn:uuid:{_id('learner', facts.learner)}"
    salt = _id("salt", number)
    hashed = hashlib.sha256(f"{facts.name}{salt}".encode()).hexdigest()
    self_attested = " (self-attested by the learner)" if facts.assurance == "self-attested" else ""
    credential = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            {"trainingRecord": {"@id": f"{_TERMS}trainingRecord", "@type": "@json"}},
        ],
        "id": number,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.title,
        "issuer": {"id": did, "type": ["Profile"], "name": f"{facts.practice}{self_attested}"},
        "validFrom": facts.valid_from,
        "validUntil": facts.valid_until,
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": f"sha256${hashed}",
                    "identityType": "name",
                    "salt": salt,
                }
            ],
            "achievement": {
                "id": f"urn:uuid:{_id('course', facts.title, facts.version)}",
                "type": ["Achievement"],
                "name": facts.title,
                "description": f"The course '{facts.title}', version {facts.version}, and its final check. {NOTICE}",
                "criteria": {
                    "narrative": f"Passed the final check with {result(facts)}. {ASSURANCE[facts.assurance]}",
                },
            },
            "trainingRecord": msgspec.to_builtins(facts),
        },
    }
    claims = {"sub": subject, "jti": number, "nbf": _seconds(facts.valid_from), "exp": _seconds(facts.valid_until)}
    return signing.sign({**credential, **claims}, key)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def facts_of(claims: dict[str, Any]) -> Facts:
    """The facts in a badge's claims. Raises EvidenceError where it is none of this course's making."""
    try:
        facts = msgspec.convert(claims["credentialSubject"]["trainingRecord"], Facts)
        for moment in (facts.passed, facts.valid_from, facts.valid_until, facts.issued):
            datetime.fromisoformat(moment)
    except (LookupError, TypeError, ValueError):
        raise EvidenceError("The signature fits, but what it signs is no certificate of this course.") from None
    return facts


# --- to show and to print ----------------------------------------------------------------------


def values(facts: Facts, token: str) -> dict[str, Any]:
    """What a certificate shows, in words and in its order; ``token`` is its badge.

    ``facts`` and ``prints`` are pairs of a label and a value, ``check`` sentences, the rest texts.
    """
    policy = f"{facts.policy}, version {facts.policy_version}" if facts.policy else "Not acknowledged yet"
    return {
        "heading": HEADING,
        "name": facts.name or "A learner without a name",
        "statement": "has passed the final check of the course",
        "course": facts.title,
        "facts": [
            ("Passed on", day(facts.passed)),
            ("Result", result(facts)),
            ("Valid until", day(facts.valid_until)),
            ("Issued on", day(facts.issued)),
            ("Practice", facts.practice),
            ("Policy acknowledged", policy),
        ],
        "assurance": ASSURANCE[facts.assurance],
        "check": [
            "Keep this file as it is: it holds a signature over everything above. Run the command below with it, and "
            "compare what it prints with what you read here. Paper and pictures can't be checked.",
            f"The key alone proves no identity. Compare it with the one that {facts.practice} gives out.",
        ],
        "command": "course verify FILE",
        "prints": [
            ("Signed by", signing.verify(token).did),
            ("Course version", facts.version),
            ("Questions", facts.content),
            ("Practice's settings", facts.practice_hash),
            ("Learner", facts.learner),
            ("Last answer", facts.head),
        ],
        "notice": f"{NOTICE} Days are in UTC.",
        "token": token,
    }


def html(facts: Facts, token: str) -> str:
    """A certificate as one page that needs nothing else, for the screen and for paper, with its badge inside."""
    shown = values(facts, token)
    say = {name: escape(text) for name, text in shown.items() if isinstance(text, str)}
    size = "name long" if len(shown["name"]) > 34 else "name"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{say["heading"]}: {say["name"]}</title>
<style>{_STYLE}</style>
<script type="application/jwt">{say["token"]}</script>
</head>
<body>
<main>
<header>
<h1>{say["heading"]}</h1>
<p class="{size}"><bdi>{say["name"]}</bdi></p>
<p>{say["statement"]}</p>
<p class="course">{say["course"]}</p>
</header>
<dl class="facts">
{_pairs(shown["facts"])}
</dl>
<section>
<h2>How far it can be trusted</h2>
<p>{say["assurance"]}</p>
</section>
<section>
<h2>How to check it</h2>
<p>{escape(shown["check"][0])}</p>
<p><code>{say["command"]}</code></p>
<p>{escape(shown["check"][1])}</p>
<dl class="prints">
{_pairs(shown["prints"])}
</dl>
</section>
<p class="notice">{say["notice"]}</p>
</main>
</body>
</html>
"""


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in pairs)


_STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; margin: 0; }
body { background: #eef0ee; color: #1c2733; font: 11pt/1.45 Georgia, "Times New Roman", serif; padding: 8mm; }
main { background: #fff; max-width: 190mm; margin: auto; padding: 13mm 15mm 9mm; overflow-wrap: anywhere;
  border: 1.4mm double #1f5a52; }
header { text-align: center; }
h1 { color: #1f5a52; font-size: 13pt; font-weight: normal; letter-spacing: .22em; text-transform: uppercase; }
.name { font-size: 30pt; line-height: 1.15; margin: 8mm 0 4mm; }
.long { font-size: 20pt; }
.course { font-size: 17pt; line-height: 1.3; font-style: italic; margin-top: 2mm; }
header::after { content: ""; display: block; width: 26mm; margin: 6mm auto 0; border-top: .5mm solid #b08d3c; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(50mm, 1fr)); gap: 4mm 8mm; margin: 7mm 0 8mm; }
dt { color: #4b5a66; font-size: 9pt; }
dd { margin: 0; }
.facts dd { font-size: 12.5pt; line-height: 1.3; }
section { border-top: .25mm solid #c9d1cf; padding: 4mm 0; break-inside: avoid; font-size: 10pt; }
h2 { color: #1f5a52; font-size: 11pt; margin-bottom: 1mm; }
section p + p { margin-top: 1.5mm; }
code { background: #eef3f1; padding: .4mm 2mm; font: 10pt ui-monospace, Menlo, Consolas, monospace; }
.prints { margin-top: 3mm; }
.prints div { display: flex; gap: 3mm; }
.prints dt { flex: 0 0 32mm; font-size: 8.5pt; line-height: 1.6; }
.prints dd { font: 8pt/1.7 ui-monospace, Menlo, Consolas, monospace; }
.notice { border-top: .25mm solid #c9d1cf; padding-top: 3mm; text-align: center; font-size: 9.5pt; }
@page { margin: 10mm; }
@media print {
  body { background: none; padding: 0; }
  main { max-width: none; padding: 9mm 15mm 6mm; min-height: 98vh; display: flex; flex-direction: column; justify-content: space-between;
    -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .name { margin-top: 5mm; }
  .facts { margin: 4mm 0; gap: 3mm 8mm; }
  section { padding: 3mm 0; }
}
@media screen and (max-width: 160mm) {
  body { padding: 0; }
  main { padding: 8mm 5mm; }
  .name { font-size: 20pt; }
  .prints div { display: block; }
}
"""


# --- the reminder ------------------------------------------------------------------------------


def ics(facts: Facts) -> str:
    """A calendar file (RFC 5545) with one entry, 30 days before the certificate expires."""
    until = datetime.fromisoformat(facts.valid_until)
    issued = datetime.fromisoformat(facts.issued)
    summary = _calendar_text(f"Renew the training: {facts.title}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//friend-request-course//evidence//EN",
        "BEGIN:VEVENT",
        f"UID:{_own_id(facts)}",
        f"DTSTAMP:{issued:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{until - REMIND:%Y%m%d}",
        f"SUMMARY:{summary}",
        "DESCRIPTION:"
        + _calendar_text(
            f"The certificate of {facts.name or facts.learner} for {facts.practice} is valid until {day(facts.valid_until)}.\n"
            "Open the course and take its final check again before that day."
        ),
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _calendar_text(text: str) -> str:
    """A value of type TEXT (RFC 5545 section 3.3.11); control characters have no place in one."""
    for symbol in ("\\", ";", ","):
        text = text.replace(symbol, f"\\{symbol}")
    text = "\\n".join(text.splitlines())
    return "".join(symbol for symbol in text if symbol.isprintable())


def _folded(line: str) -> str:
    """A line cut so that none has more than 75 octets and no symbol is cut (RFC 5545 section 3.1)."""
    lines = [""]
    for symbol in line:
        if len(f"{lines[-1]}{symbol}".encode()) > 75:
            lines.append(" ")
        lines[-1] += symbol
    return "\r\n".join(lines)
