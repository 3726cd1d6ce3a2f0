"""AUROC and means, as the field counts them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often one of `positive` is above one of `negative`; ties count half, nan without pairs."""
    below = sorted(negative)
    wins = sum((bisect_left(below, score) + bisect_right(below, score)) / 2 for score in positive)
    return wins / (len(positive) * len(below)) if positive and below else float("nan")


def mean(values: Sequence[float]) -> float:
    """nan of nothing."""
    return sum(values) / len(values) if values else float("nan")
