"""A small convolutional network that reads a message: its forward pass, with weights trained elsewhere.

Each piece of the text is a vector from a general language model (see docs/the-coach.md). Three convolutions let each
piece see its neighbors; from there one layer says which pieces are telling words (tags) and, over the whole
message, two layers say what the message does (labels). Several networks vote by the mean of what they say.
``tools/train_coach.py`` trains them. Imported only when the coach is first asked: it brings numpy along.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from course.coach.pieces import Piece, cut

LABELS = {
    "decline": ("declines", "gracious", "explains", "redirects", "confidential"),
    "public-reply": ("safe", "offline", "civil"),
}
"""What the networks say of a message, in their order."""

TAGS = {"decline": "daerxwc", "public-reply": "xowc"}
"""Telling words: d declines, a accepts or postpones, e explains, r redirects, o offers privacy, x reveals, w warm, c cold."""

FEATURES = 3
"""Beside its vector, of each piece: how near the nearest piece of the prompt is, whether it is the same, and capitals."""

DILATIONS = (1, 2, 4)
"""Steps between the pieces that each convolution sees."""

PROMPTED = ("public-reply",)
"""The tasks whose networks were trained on what a message answers."""

LONGEST_PROMPT = 1_000
"""Pieces beyond which a prompt is not read on: every piece of the text is held against every one of it."""


@cache
def _stored() -> Any:
    with np.load(files("course.coach").joinpath("weights.npz").open("rb")) as stored:
        return {name: stored[name] for name in stored.files}


@cache
def vocabulary() -> dict[str, int]:
    """The number of each piece."""
    return {piece: n for n, piece in enumerate(bytes(_stored()["vocabulary"]).decode().split("\n"))}


@cache
def _networks(task: str) -> list[dict[str, Any]]:
    """The weights of each network of a task, by name."""
    networks: dict[str, dict[str, Any]] = {}
    for name, values in _stored().items():
        owner, _, weight = name.rpartition("/")
        if owner.startswith(f"{task}/"):
            networks.setdefault(owner, {})[weight] = values.astype("float32")
    return list(networks.values())


def read(task: str, text: str, prompt: str = "") -> tuple[Any, Any, list[Piece]]:
    """What the networks say: a number for each label, one for each tag of each piece, and the pieces.

    Above 0 is yes. The text has to hold at least one piece.
    """
    pieces = list(cut(text, vocabulary()))
    asked = list(cut(prompt if task in PROMPTED else "", vocabulary()))[:LONGEST_PROMPT]
    vectors, features, mean = given(_stored()["vectors"], pieces, asked)
    said = [forward(network, vectors, features, mean, task) for network in _networks(task)]
    return np.mean([labels for labels, _ in said], axis=0), np.mean([tags for _, tags in said], axis=0), pieces


def given(vectors: Any, pieces: Sequence[Piece], asked: Sequence[Piece]) -> tuple[Any, Any, Any]:
    """What a network is given: the pieces' vectors, their features, and the mean vector of the prompt."""
    known = _unit(vectors[[piece.number for piece in pieces]])
    features = np.zeros((len(pieces), FEATURES), np.float32)
    features[:, 2] = [piece.capitals for piece in pieces]
    mean = np.zeros(known.shape[1], np.float32)
    if asked:
        prompt = _unit(vectors[[piece.number for piece in asked]])
        near = (known @ prompt.T).max(axis=1) / SCALE**2
        features[:, 0], features[:, 1] = near, near > 0.99
        mean = prompt.mean(axis=0)
    return known, features, mean


SCALE = 5.66
"""Length of every vector: half the square root of their 128 numbers, so that each number is about one half."""


def _unit(stored: Any) -> Any:
    vectors = stored.astype(np.float32)
    return vectors * (SCALE / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6))


def forward(weights: Any, vectors: Any, features: Any, prompt: Any, task: str) -> tuple[Any, Any]:
    """One network's numbers for the labels and for each piece's tags."""
    x = np.tanh(np.concatenate([vectors, features], axis=1) @ weights["in"] + weights["in_bias"])
    for n, step in enumerate(DILATIONS):
        x = x + _gelu(_convolve(x, weights[f"conv{n}"], step) + weights[f"conv{n}_bias"])
    tags = x @ weights["tags"] + weights["tags_bias"]
    most = tags.max(axis=0)
    total = most + np.log(np.exp(tags - most).sum(axis=0))
    whole = [x.max(axis=0), x.mean(axis=0), np.tanh(most / 3), np.tanh(total / 3)]
    whole += [prompt] if task in PROMPTED else []
    hidden = _gelu(np.concatenate(whole) @ weights["hidden"] + weights["hidden_bias"])
    return hidden @ weights["out"] + weights["out_bias"], tags


def _convolve(x: Any, kernel: Any, step: int) -> Any:
    """Each piece with its neighbors, ``step`` apart, times the kernel; beyond the ends there is nothing."""
    reach = step * (len(kernel) // 2)
    padded = np.pad(x, ((reach, reach), (0, 0)))
    return sum(padded[n * step : n * step + len(x)] @ part for n, part in enumerate(kernel))


def _gelu(x: Any) -> Any:
    """The Gaussian error linear unit, in its tanh form (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
