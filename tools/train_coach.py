"""Trains the coach's networks and writes ``course/coach/weights.npz``: ``python -m tools.train_coach``.

Needs the extra ``training``: JAX and Optax on the processor, and the word vectors of all-MiniLM-L6-v2 (Apache
License 2.0, Reimers and Gurevych 2019), which a package ships. Takes about ten minutes on two cores; the same machine
makes the same weights again.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import load

from course.coach import network
from course.coach.pieces import UNKNOWN, cut
from tools.labelled import Message, read
from tools.mixing import mix

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "tools" / "coach_texts"
WEIGHTS = ROOT / "course" / "coach" / "weights.npz"

NUMBERS = 128
"""Numbers of a piece's vector, kept of the language model's 384: those in which the pieces differ most."""

CHANNELS, HIDDEN, WIDTH, NETWORKS = 96, 64, 5, 3
EPOCHS, BATCH, RATE, DROPOUT, LOST_WORDS = 8, 32, 2e-3, 0.3, 0.08
MIXTURES = 4
"""Mixtures made of each message."""

SMOOTH = 0.02
"""How far the labels are from sure: people differ about some."""

TAG_WEIGHT = 2.0
"""How much the telling words count beside the labels."""


def main() -> None:
    """Trains every network of every task and writes all weights."""
    stored = language_model()
    for task in network.LABELS:
        name = task.split("-")[0]
        messages = [m for path in sorted(TEXTS.glob(f"{name}_*.txt")) for m in read(path)]
        chance = Random(0)
        mixed = [mix(m, chance.choice(messages), chance) for m in messages for _ in range(MIXTURES)]
        data = batch([*messages, *mixed], task, stored)
        for seed in range(NETWORKS):
            print(f"{task}: {len(messages)} messages, network {seed + 1} of {NETWORKS}", file=sys.stderr)
            for weight, values in train(task, data, seed).items():
                stored[f"{task}/{seed}/{weight}"] = np.asarray(values, np.float16)
    np.savez(WEIGHTS, **stored)


def language_model() -> dict[str, Any]:
    """The pieces of the language model that English needs, and their vectors as small whole numbers."""
    import all_minilm_l6_v2

    with zipfile.ZipFile(Path(all_minilm_l6_v2.__file__).parent / "model.zip") as model:
        vectors = load(model.read("model.safetensors"))["embeddings.word_embeddings.weight"]
        pieces = json.loads(model.read("tokenizer.json"))["model"]["vocab"]
    kept = {
        piece: n
        for piece, n in pieces.items()
        if piece == UNKNOWN or (piece.isascii() and "[" not in piece[1:] and not piece.startswith("[u"))
    }
    vectors = vectors[list(kept.values())]
    vectors = vectors - vectors.mean(axis=0)
    directions = np.linalg.svd(vectors, full_matrices=False)[2][:NUMBERS]
    small = vectors @ directions.T
    small = small / np.linalg.norm(small, axis=1, keepdims=True)
    whole = np.round(small / np.abs(small).max() * 127).astype(np.int8)
    return {"vocabulary": np.frombuffer("\n".join(kept).encode(), np.uint8), "vectors": whole}


def batch(messages: Sequence[Message], task: str, stored: dict[str, Any]) -> dict[str, Any]:
    """All messages as arrays, filled up to the longest one."""
    vocabulary = {piece: n for n, piece in enumerate(bytes(stored["vocabulary"]).decode().split("\n"))}
    cuts = [list(cut(message.text, vocabulary)) for message in messages]
    shape = (len(messages), -(-max(map(len, cuts)) // 32) * 32)
    vectors = np.zeros((*shape, NUMBERS), np.float32)
    features = np.zeros((*shape, network.FEATURES), np.float32)
    tags = np.zeros((*shape, len(network.TAGS[task])), np.float32)
    there = np.zeros((*shape, 1), np.float32)
    prompts = np.zeros((len(messages), NUMBERS), np.float32)
    for n, (message, pieces) in enumerate(zip(messages, cuts, strict=True)):
        length = len(pieces)
        asked = list(cut(message.prompt, vocabulary))
        vectors[n, :length], features[n, :length], prompts[n] = network.given(stored["vectors"], pieces, asked)
        there[n, :length] = 1
        for m, piece in enumerate(pieces):
            for tag, begin, end in message.spans:
                if begin <= piece.begin and piece.end <= end and tag in network.TAGS[task]:
                    tags[n, m, network.TAGS[task].index(tag)] = 1
    labels = np.array([[m.labels[name] for name in network.LABELS[task]] for m in messages], np.float32)
    known = (~np.isnan(labels)).astype(np.float32)
    given = {"vectors": vectors, "features": features, "prompt": prompts, "tags": tags, "there": there}
    return {**given, "labels": np.nan_to_num(labels), "known": known}


def first_weights(task: str, random: np.random.Generator) -> dict[str, Any]:
    """Weights at random, of a size that keeps what flows through them alike."""
    tags, labels = len(network.TAGS[task]), len(network.LABELS[task])
    whole = 2 * CHANNELS + 2 * tags + (NUMBERS if task in network.PROMPTED else 0)

    def normal(*shape: int, scale: float = 1.0) -> Any:
        return jnp.array(random.normal(0, scale / np.sqrt(np.prod(shape[:-1])), shape), jnp.float32)

    weights = {"in": normal(NUMBERS + network.FEATURES, CHANNELS), "in_bias": jnp.zeros(CHANNELS)}
    for n in range(len(network.DILATIONS)):
        weights |= {f"conv{n}": normal(WIDTH, CHANNELS, CHANNELS), f"conv{n}_bias": jnp.zeros(CHANNELS)}
    weights |= {"tags": normal(CHANNELS, tags, scale=0.3), "tags_bias": jnp.full(tags, -2.0)}
    weights |= {"hidden": normal(whole, HIDDEN), "hidden_bias": jnp.zeros(HIDDEN)}
    return weights | {"out": normal(HIDDEN, labels, scale=0.3), "out_bias": jnp.zeros(labels)}


def forward(weights: Any, data: Any, key: Any) -> tuple[Any, Any]:
    """``network.forward`` for many messages at once, with some of what flows through it left out at random."""
    keys = iter(jax.random.split(key, 8))
    there = data["there"]

    def thin(x: Any) -> Any:
        return jnp.where(jax.random.bernoulli(next(keys), 1 - DROPOUT, x.shape), x / (1 - DROPOUT), 0)

    vectors = data["vectors"] * jax.random.bernoulli(next(keys), 1 - LOST_WORDS, there.shape)
    x = jnp.tanh(jnp.concatenate([vectors, data["features"]], -1) @ weights["in"] + weights["in_bias"]) * there
    for n, step in enumerate(network.DILATIONS):
        seen = jax.lax.conv_general_dilated(
            thin(x), weights[f"conv{n}"], (1,), "SAME", rhs_dilation=(step,), dimension_numbers=("NWC", "WIO", "NWC")
        )
        x = (x + jax.nn.gelu(seen + weights[f"conv{n}_bias"])) * there
    tags = thin(x) @ weights["tags"] + weights["tags_bias"]
    only = jnp.where(there > 0, tags, -1e4)
    whole = [jnp.where(there > 0, x, -1e4).max(1), x.sum(1) / there.sum(1)]
    whole += [jnp.tanh(only.max(1) / 3), jnp.tanh(jax.nn.logsumexp(only, 1) / 3)]
    if "prompt" in data:
        whole.append(data["prompt"])
    hidden = jax.nn.gelu(thin(jnp.concatenate(whole, -1)) @ weights["hidden"] + weights["hidden_bias"])
    return thin(hidden) @ weights["out"] + weights["out_bias"], tags


def train(task: str, data: dict[str, Any], seed: int) -> dict[str, Any]:
    """The weights of one network."""
    if task not in network.PROMPTED:
        data = {name: values for name, values in data.items() if name != "prompt"}
    random, count = np.random.default_rng(seed), len(data["labels"])
    weights = first_weights(task, random)
    steps = EPOCHS * (count // BATCH)
    pace = optax.warmup_cosine_decay_schedule(0, RATE, steps // 20, steps)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(pace, weight_decay=0.02))
    state, key = optimizer.init(weights), jax.random.PRNGKey(seed)

    def loss(weights: Any, data: Any, key: Any) -> Any:
        labels, tags = forward(weights, data, key)
        aim = data["labels"] * (1 - 2 * SMOOTH) + SMOOTH
        wrong = optax.sigmoid_binary_cross_entropy(tags, data["tags"]) * data["there"]
        return (
            optax.sigmoid_binary_cross_entropy(labels, aim) * data["known"]
        ).mean() + TAG_WEIGHT * wrong.sum() / data["there"].sum() / tags.shape[-1]

    @jax.jit
    def step(weights: Any, state: Any, data: Any, key: Any) -> tuple[Any, Any]:
        slope = jax.grad(loss)(weights, data, key)
        updates, state = optimizer.update(slope, state, weights)
        return optax.apply_updates(weights, updates), state

    for some in batches(data, random):
        key, now = jax.random.split(key)
        weights, state = step(weights, state, some, now)
    return weights


def batches(data: dict[str, Any], random: np.random.Generator) -> Iterator[dict[str, Any]]:
    """The messages in ever new order, each batch cut to its longest message."""
    lengths = data["there"].sum(axis=(1, 2))
    for _ in range(EPOCHS):
        order = random.permutation(len(lengths))
        for n in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[n : n + BATCH]
            longest = int(-(-lengths[chosen].max() // 32) * 32)
            yield {name: v[chosen][:, :longest] if v.ndim == 3 else v[chosen] for name, v in data.items()}


if __name__ == "__main__":
    main()
