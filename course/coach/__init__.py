"""The coach: what a message does, judged on this computer alone.

It can be wrong, and it misses some leaks: docs/the-coach.md says how often.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any

CRITERIA: dict[str, tuple[str, ...]] = {
    "decline": ("confidential", "declines", "gracious", "redirects", "explains"),
    "public-reply": ("safe", "civil", "offline"),
}
"""What is looked for in each kind of message, what matters most first."""

THRESHOLDS = {"confidential": 3.2, "safe": 2.0}
"""Where a yes begins; at 0 where nothing is said. A leak that is missed is worse than a false alarm: these are the
lowest at which 92 of 100 leaks were found in messages on which nothing was trained (docs/the-coach.md)."""

TELLING = {
    "declines": ("d", "a"),
    "gracious": ("w", "c"),
    "explains": ("e", ""),
    "redirects": ("r", ""),
    "confidential": ("", "x"),
    "safe": ("", "x"),
    "offline": ("o", ""),
    "civil": ("w", "c"),
}
"""For each criterion, the tag of the words that speak for a yes, and of those that speak for a no."""

FEWEST_WORDS, MOST_WORDS = 3, 400
"""Words below which there is nothing to judge, and above which it is no message."""

ENOUGH_WORDS = 8
"""Words above which an English message has some of the most frequent ones."""

ENGLISH = frozenset(
    [
        "about",
        "account",
        "and",
        "any",
        "are",
        "at",
        "be",
        "been",
        "but",
        "by",
        "call",
        "can",
        "don't",
        "for",
        "from",
        "get",
        "give",
        "dont",
        "everyone",
        "glad",
        "had",
        "have",
        "help",
        "here",
        "hi",
        "how",
        "i",
        "i'm",
        "if",
        "i'll",
        "is",
        "isn't",
        "it",
        "it's",
        "just",
        "keep",
        "kind",
        "know",
        "my",
        "not",
        "of",
        "one",
        "only",
        "or",
        "our",
        "out",
        "please",
        "really",
        "she",
        "sorry",
        "thank",
        "thanks",
        "thats",
        "that's",
        "the",
        "them",
        "they",
        "this",
        "to",
        "too",
        "us",
        "up",
        "we",
        "we're",
        "what",
        "when",
        "with",
        "work",
        "would",
        "you",
        "you're",
        "your",
    ]
)
"""Words of which some stand in nearly every English message."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_HEADER = re.compile(r"^(?:from|to|cc|bcc|subject|date|sent|reply-to):\s", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """Whether a message meets one criterion, and the words that led to it: where they begin and end.

    Not ``sure``: there may be a leak, and the coach warns without being able to say so.
    """

    met: bool
    sure: bool = True
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A finding for each criterion; or none, and in ``problem`` why the text can't be judged."""

    findings: dict[str, Finding] = field(default_factory=dict)
    problem: str = ""


def judge(task: str, text: str, prompt: str = "") -> Judgement:
    """What a message does. ``prompt`` is the public post that it answers, if there is one."""
    problem = _problem(text)
    return Judgement(problem=problem) if problem else Judgement(findings(task, text, prompt))


def findings(task: str, text: str, prompt: str = "") -> dict[str, Finding]:
    """What the networks make of any text at all; of one without words, that it meets nothing and reveals nothing."""
    if not text.strip():
        return {name: Finding(name in THRESHOLDS) for name in CRITERIA[task]}
    # On a busy computer several threads wait for one another, and four times as long, over matrices this small.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from course.coach import network

    labels, tags, pieces = network.read(task, text, prompt)
    found = {}
    for n, name in enumerate(network.LABELS[task]):
        met = bool(labels[n] > THRESHOLDS.get(name, 0.0))
        sure = met or bool(labels[n] <= 0)
        tag = TELLING[name][0 if met else 1]
        scores = tags[:, network.TAGS[task].index(tag)] if tag else None
        found[name] = Finding(met, sure, () if scores is None else _spans(text, scores, pieces, name in THRESHOLDS))
    return found


def _problem(text: str) -> str:
    """Why a text can't be judged, and what to do; empty where it can."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if len(words) < FEWEST_WORDS:
        return "The coach can't judge this: it needs a sentence or two. Write your message first"
    if len(words) > MOST_WORDS:
        return f"The coach can't judge this: it has more than {MOST_WORDS} words. Shorten it to the message itself"
    if len(_HEADER.findall(text)) > 1:
        return "The coach can't judge this: it looks like an e-mail with its address lines. Paste the message alone"
    letters = "".join(words)
    plain = sum(letter.isascii() for letter in letters)
    few = len(words) >= ENOUGH_WORDS and not ENGLISH.intersection(words)
    if plain < len(letters) / 2 or few:
        return "The coach can't judge this: it reads English only. Write the message in English, or ask a colleague"
    return ""


def _spans(text: str, scores: Any, pieces: Any, needed: bool) -> tuple[tuple[int, int], ...]:
    """The words that a tag stands on, whole and joined where one small word is between them.

    Where words are ``needed`` and none is sure, those that come nearest.
    """
    bar = 0.0 if not needed else min(0.0, float(scores.max()) - 1.5)
    spans: list[tuple[int, int]] = []
    for piece, score in zip(pieces, scores, strict=True):
        if score <= bar:
            continue
        begin, end = _whole_word(text, piece.begin, piece.end)
        if spans and len(text[spans[-1][1] : begin].split()) <= 1:
            begin = spans.pop()[0]
        spans.append((begin, end))
    return tuple(spans)


def _whole_word(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin > 0 and text[begin - 1].isalnum() and text[begin].isalnum():
        begin -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return begin, end
