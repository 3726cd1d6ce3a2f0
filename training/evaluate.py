"""Figures on rows kept out of training, while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING

import torch

from rag.reader.network import ReaderNetwork, quickest_precision
from training.features import Feature, collate, feature
from training.kept import dev_examples
from training.rows import Dataset

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def dev_features(sets: dict[str, Dataset], tokenizer: Tokenizer, window: int) -> dict[str, list[Feature]]:
    """Groups of features by what they try; small enough to be read every few minutes."""
    random = Random("dev")
    found: dict[str, list[Feature]] = {}
    for name, examples in dev_examples(sets).items():
        made = (feature(tokenizer, example, window, random) for example in examples)
        found[name] = [one for one in made if one is not None]
    return found


@torch.inference_mode()
def quick_figures(network: ReaderNetwork, groups: dict[str, list[Feature]]) -> str:
    """A group's share of rows with both ends right, and AUROC of answered against not."""
    network.eval()
    scores: dict[str, list[float]] = {}
    parts = []
    for name, features in groups.items():
        judged, right = _read(network, features)
        scores[name] = judged
        if not name.startswith("-"):
            parts.append(f"{name} exact {100 * right / max(1, len(features)):.1f}")
    for name in groups:
        if name.startswith("-"):
            parts.append(f"{name} auroc {100 * auroc(scores[name.partition('/')[0][1:]], scores[name]):.1f}")
    return ", ".join(parts)


def _read(network: ReaderNetwork, features: Sequence[Feature]) -> tuple[list[float], int]:
    judged: list[float] = []
    right = 0
    ordered = sorted(features, key=lambda one: len(one.window.ids))
    for place in range(0, len(ordered), 16):
        batch = collate(ordered[place : place + 16])
        with quickest_precision():
            reading = network(batch.tokens, batch.attention, batch.open_)
        judged += reading.answerable.tolist()
        hits = (reading.start.argmax(1) == batch.starts) & (reading.end.argmax(1) == batch.ends)
        right += int(hits.sum())
    return judged, right


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often one with an answer is above one without; a tie counts half."""
    pairs = len(positive) * len(negative)
    wins = sum((good > bad) + 0.5 * (good == bad) for good in positive for bad in negative)
    return wins / pairs if pairs else float("nan")
