"""Cuts a text into the pieces that the coach's network knows: words, parts of words, and signs.

Words are cut greedily into the longest known pieces, as WordPiece does (Wu and others 2016, "Google's Neural
Machine Translation System"). Accents and capitals are dropped; every sign and every emoji stands alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

UNKNOWN = "[UNK]"

LONGEST_WORD = 40
"""Characters of a word above which it is not cut but unknown: the cutting takes the square of its length."""

_TOKEN = re.compile(r"[^\W_]+|\S")


class Piece(NamedTuple):
    """One piece: its number in the vocabulary, where it begins and ends in the text, and whether it shouts."""

    number: int
    begin: int
    end: int
    capitals: bool


def cut(text: str, vocabulary: Mapping[str, int]) -> Iterator[Piece]:
    """The pieces of a text in their order. ``vocabulary`` gives a piece's number; "##" begins one inside a word."""
    for found in _TOKEN.finditer(text):
        word = found.group()
        shouts = len(word) > 1 and word.isupper()
        for number, begin, end in _cut_word(word, vocabulary):
            yield Piece(number, found.start() + begin, found.start() + end, shouts)


def _cut_word(word: str, vocabulary: Mapping[str, int]) -> list[tuple[int, int, int]]:
    letters = [_plain(letter) for letter in word]
    pieces: list[tuple[int, int, int]] = []
    begin = 0
    while begin < len(letters) <= LONGEST_WORD:
        for end in range(len(letters), begin, -1):
            part = ("##" if begin else "") + "".join(letters[begin:end])
            if part in vocabulary:
                pieces.append((vocabulary[part], begin, end))
                begin = end
                break
        else:
            break
    if begin < len(letters):
        return [(vocabulary[UNKNOWN], 0, len(word))]
    return pieces


def _plain(letter: str) -> str:
    """A letter without accent and in lower case; typographic quotation marks as typed ones."""
    if letter in "’‘":
        return "'"
    if letter in "“”":
        return '"'
    parts = unicodedata.normalize("NFD", letter)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").lower()
