"""What is printed: tagged PDFs on both sizes of paper, in the practice's own name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path

import nbformat
import pytest

from course import paper
from course.errors import PaperError
from course.model import FACILITATOR
from tests.toy import Toy

WIDTHS = {"a4": 595, "us-letter": 612}
"""Points."""

TEXT = """# A title

Some *plain* **text** with `code` and a [link](https://example.org).

- one
- two

1. first
2. second

> quoted

| Minutes | What |
| --- | --- |
| 0-2 | Begin |
"""


def streams(pdf: bytes) -> bytes:
    """Everything in a PDF, unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    unpacked = []
    for part in packed:
        try:
            unpacked.append(zlib.decompress(part))
        except zlib.error:
            unpacked.append(part)
    return pdf + b"\n".join(unpacked)


@pytest.mark.parametrize("size", WIDTHS)
def test_a_document_is_a_tagged_pdf_on_the_paper_asked_for(size: paper.Paper) -> None:
    pdf = paper.document(TEXT, "Leading a session", size)
    whole = streams(pdf)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"pdfuaid:part" in whole and b"/StructTreeRoot" in whole and b"/Lang" in whole
    assert round(float(re.findall(rb"/MediaBox ?\[ ?0 0 ([\d.]+)", whole)[0])) == WIDTHS[size]
    for tag in (b"/H1", b"/Table", b"/TH", b"/TD", b"/L", b"/Link"):
        assert tag in whole


@pytest.mark.parametrize(
    "text", ["#let x = 1", "$x^2$ @ref <label>", "\\ * _ ` [ ] { } # $", "// not a comment", "né Жанна"]
)
def test_text_is_text_and_never_a_command(text: str) -> None:
    assert paper.document(f"# Title\n\nBefore: {text}", "T", "a4").startswith(b"%PDF")


def test_a_skipped_heading_is_said_in_a_sentence() -> None:
    with pytest.raises(PaperError, match="skipped from heading level 1 to 3"):
        paper.document("# One\n\n### Three\n", "T", "a4")


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    toy = Toy(tmp_path / "course")
    cells = [nbformat.v4.new_markdown_cell("# For whoever leads\n\nAsk Pat Toy at Toy Practice.")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), toy.notebooks / f"{FACILITATOR}.ipynb")
    return toy


def course(toy: Toy, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COURSE_DATA": str(toy.data)}
    call = [sys.executable, "-m", "course", *arguments]
    return subprocess.run(call, capture_output=True, text=True, timeout=60, env=environment)


def test_the_handout_is_written_and_said(toy: Toy, tmp_path: Path) -> None:
    done = course(toy, "handout", str(tmp_path / "session.pdf"), "--paper", "a4")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "session.pdf").read_bytes().startswith(b"%PDF")
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_a_place_that_cannot_be_written_is_said(toy: Toy, tmp_path: Path) -> None:
    done = course(toy, "handout", str(tmp_path / "nowhere" / "session.pdf"))
    assert done.returncode == 1
    assert "can't be written" in done.stderr and "Traceback" not in done.stderr


def test_a_course_without_the_material_says_so(toy: Toy, tmp_path: Path) -> None:
    (toy.notebooks / f"{FACILITATOR}.ipynb").unlink()
    done = course(toy, "handout", str(tmp_path / "session.pdf"))
    assert done.returncode == 1 and "no notebook facilitator.ipynb" in done.stderr


# --- what a group did ---


def test_a_group_is_told_of_in_sums_alone(toy: Toy) -> None:
    done = course(toy, "status", "--group", "--json")
    assert json.loads(done.stdout) == {"learners": 0, "attended": 0, "passed": 0, "acknowledged": 0, "gain": None}
    words = course(toy, "status", "--group").stdout
    assert "20 or more" in words
