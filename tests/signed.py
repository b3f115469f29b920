"""What the tests of certificates and evidence share: a key, the facts of a certificate, a journal, a browser's opinion."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from playwright.sync_api import Page, sync_playwright

from course import forms
from course.evidence import bundle, certificate
from course.evidence.bundle import Manifest
from course.evidence.certificate import Facts
from course.journal import Journal
from tests.browser import chromium
from tests.browser.running import FLAGS
from tests.journals import an_attempt

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
MADE = "2026-11-23T08:00:00.000Z"
PASSED = "2026-11-22T10:11:12.345Z"
WORDING = '{"id":"pick-one","stem":"Was tust du? \u201eNein\u201c"}'
WORDING_HASH = hashlib.sha256(WORDING.encode()).hexdigest()

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def some_facts(**changes: Any) -> Facts:
    start, end = forms.period(PASSED, 12)
    fields = {
        "name": "Dana Vega",
        "learner": "learner-0123456789abcdef",
        "title": "When a client wants to connect",
        "version": "0.1.0",
        "content": certificate.content_hash(["a" * 64]),
        "practice": "Harbor Street Law",
        "practice_hash": "d" * 64,
        "policy": "Social media policy",
        "policy_version": "2026-01",
        "passed": PASSED,
        "points": 18.5,
        "of": 20.0,
        "assurance": "self-attested",
        "valid_from": start,
        "valid_until": end,
        "issued": MADE,
        "head": "0192f0c1-0000-7000-8000-000000000001",
    }
    return Facts(**{**fields, **changes})


def a_journal(folder: Path, learners: int = 3, each: int = 4) -> Journal:
    """Learners with a name, answers that keep a wording, a text of their own, and an event."""
    folder.mkdir(exist_ok=True)
    journal = Journal(f"sqlite:///{folder / 'kept.sqlite'}")
    for number in range(learners):
        one = f"learner-{number}"
        for turn in range(each):
            words = "A secret of my own" if turn == 0 else None
            attempt = an_attempt(learner=one, content=WORDING_HASH, text=words, answer=["a", {"b": turn / 4}])
            journal.append(attempt, WORDING)
        journal.record("acknowledged", one, {"version": "2026-01", "share": 1.0})
    return journal


def write(journal: Any, file: Path, **changes: Any) -> Manifest:
    about = {"title": "The course", "practice": "Harbor Street Law", "practice_hash": "d" * 64, "made": MADE}
    return bundle.write(journal, file, KEY, **{**about, **changes})


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(file: Path, parts: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w") as new:
        for name, text in parts.items():
            new.writestr(name, text)
    return file


@contextmanager
def opened(file: Path) -> Iterator[Page]:
    """A file in a real browser; without one the test is skipped, and fails on CI."""
    path = chromium.find()
    if not path and not chromium.ON_CI:
        pytest.skip(chromium.SORRY)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1000, "height": 1600})
            page.goto(file.as_uri())
            yield page
        finally:
            browser.close()


def axe_finds(page: Page) -> list[str]:
    """Every rule of axe that the page breaks, best practices included."""
    from axe_playwright_python.sync_playwright import Axe

    response = Axe().run(page).response
    assert "color-contrast" in {rule["id"] for rule in response["passes"]}
    return [rule["id"] for rule in (*response["violations"], *response["incomplete"])]
