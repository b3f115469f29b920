"""Pages to print: Markdown to a tagged PDF, set by typst from templates that stand beside this file.

Text reaches a template as data and never as markup, so that nothing in it can be taken for a command.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from course.errors import PaperError

Paper = Literal["a4", "us-letter"]

HERE = Path(__file__).parent


def document(markdown: str, title: str, paper: Paper) -> bytes:
    """A document as PDF/UA-1: headings, lists and tables are tagged for screen readers.

    Raises PaperError where the text's structure does not allow that, such as a skipped level of headings.
    """
    import mistune  # only here, like typst: no lesson prints anything

    parse = mistune.create_markdown(renderer="ast", plugins=["table"])
    return _set("document.typ", {"title": title, "blocks": parse(markdown)}, paper)


def certificate(values: dict[str, Any], paper: Paper) -> bytes:
    """A certificate as PDF/UA-1 on one page; ``values`` are what ``course.evidence.certificate.values`` gives.

    Its token stands uncompressed in the document's metadata. Raises PaperError, such as for a name in letters that no
    font on this computer has.
    """
    return _set("certificate.typ", values, paper)


def _set(template: str, data: dict[str, Any], paper: Paper) -> bytes:
    import typst

    inputs = {"data": json.dumps(data), "paper": paper}
    try:
        made: bytes = typst.compile(str(HERE / template), sys_inputs=inputs, format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:  # such as a heading of the third level below one of the first
        why = str(error).partition("\n")[0]
        raise PaperError(
            f"This page can't be set as a PDF that screen readers can read ({why}). Mend its text."
        ) from None
    return made
