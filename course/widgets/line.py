"""The widget in which a practice writes its own line: questions, what the answers decide, and the pages they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from course import line
from course.errors import AnswerError
from course.line import Answers
from course.model import PolicyTable, Practice
from course.widgets.frame import Frame

WHO = {
    "client": "A client or patient",
    "former-client": "A former one",
    "prospective-client": "One who may become one",
    "friend-and-client": "A friend whom you serve",
    "relative": "A relative of theirs",
    "opponent": "The other side in a matter",
    "others-client": "Somebody whom another serves",
    "witness": "A witness",
    "juror": "A juror",
    "judge": "A judge",
    "colleague": "A colleague",
    "old-friend": "An old friend",
}
NETWORKS = {"facebook": "Facebook", "instagram": "Instagram", "linkedin": "LinkedIn", "x": "X", "whatsapp": "WhatsApp"}
ACTIONS = {"accept": "Yes", "redirect": "Elsewhere", "speak": "Speak", "ask": "Ask", "limit": "Remove"}

TIES = {
    "keep-apart": "The friendship goes on, and the case or the care stays out of it",
    "pause": "Online, it is paused until the matter is closed",
    "case-by-case": "We decide each time, before it begins",
}
POSTS = {
    "no-clients": "Nothing that could point to somebody we serve",
    "nothing-about-work": "Nothing about work at all",
}

SAYS = "Our line: questions to answer, what they decide for every request, and a page of policy to keep."


class LineWidget(Frame):
    """Questions on a practice's line. ``write`` keeps what they make and gives the folder where it lies."""

    def __init__(self, practice: Practice, table: PolicyTable, write: Callable[[Practice, str], str]) -> None:
        self._practice = practice
        self._table = table
        self._write = write
        questions = {"stances": line.STANCES, "ties": TIES, "posts": POSTS, "stance": practice.stance}
        super().__init__(["line"], view={"questions": questions, "result": None}, words=SAYS)

    def handle(self, message: dict[str, Any]) -> None:
        """Shows what the answers decide, or keeps the pages that they make."""
        try:
            answers = msgspec.convert(message.get("answers"), Answers)
        except msgspec.ValidationError:
            raise AnswerError("The answers came in an unexpected form. Reload the page and try again.") from None
        practice = line.drafted(answers, self._practice)
        page = line.page_of(answers, practice)
        match message.get("do"):
            case "draft":
                kept = ""
            case "write":
                kept = self._write(practice, page)
            case _:
                raise AnswerError("The page asked for something unknown. Reload it and try again.")
        self.view = {**self.view, "result": self._result(answers, practice, page, kept)}

    def _result(self, answers: Answers, practice: Practice, page: str, kept: str) -> dict[str, Any]:
        decided = line.decisions(practice, self._table)
        return {
            "line": practice.line,
            "gaps": msgspec.to_builtins(list(line.gaps(answers))),
            "networks": list(NETWORKS.values()),
            "rows": [
                {
                    "who": WHO[who],
                    "cells": [{"action": d.best, "words": ACTIONS[d.best]} for d in across.values()],
                }
                for who, across in decided.items()
            ],
            "page": page,
            "kept": kept,
        }
