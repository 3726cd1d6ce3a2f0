"""The vector index behind the library: a small seam with two implementations.

Both choose candidates by their own fast arithmetic and let `settle` score them, so that ids,
order and scores are the same whichever serves: cosines in float64 from the stored vectors,
ties in the order of the ids.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]
Scores = np.ndarray[tuple[int], np.dtype[np.float64]]
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float32]]  # row i is the vector of ids[i], unit norm

# Sums in float32 of up to a few thousand products differ by less than this between libraries.
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest passages, best first, ties by id; `scores` are cosines."""

    ids: Ids
    scores: Scores


class VectorIndex(Protocol):
    """Vectors by id, searched by cosine."""

    def search(self, question: np.ndarray, top_k: int, among: Ids | None = None) -> Neighbours:
        """The `top_k` nearest (fewer if there are fewer) to one unit vector, among the ids where some are given.

        `among` ascends, and may be empty. Raises KeyError for an id that is not there.
        """

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""


def cosines(question: np.ndarray, vectors: Matrix) -> Scores:
    """Row by row in float64, so that a row's score does not depend on its neighbours."""
    scores: Scores = (vectors.astype(np.float64) * question.astype(np.float64)).sum(axis=1)
    return scores


def places_of(ids: Ids, wanted: Ids) -> Ids:
    """Where the wanted ids stand among `ids`, which ascend. Raises KeyError for an id that is not there."""
    places = np.searchsorted(ids, wanted)
    if len(wanted) and (places.max() >= len(ids) or not np.array_equal(ids[places], wanted)):
        raise KeyError(f"no vector for one of {wanted.tolist()}")
    return places


def settle(
    fast_search: Callable[[int], tuple[Ids, np.ndarray]],
    score: Callable[[Ids], Scores],
    size: int,
    top_k: int,
) -> Neighbours:
    """The exact `top_k` of `size` vectors, from a fast search whose scores are true to TOLERANCE.

    `fast_search(k)` gives the ids and scores of its k best, best first. It is asked for more
    until what it left out cannot belong to the exact top.
    """
    wanted = min(top_k, size)
    if wanted <= 0:
        return Neighbours(np.empty(0, np.int64), np.empty(0, np.float64))
    asked = min(size, wanted + 8)
    while True:
        ids, fast = fast_search(asked)
        if asked == size or fast[asked - 1] < fast[wanted - 1] - 2 * TOLERANCE:
            break
        asked = min(size, asked * 2)
    exact = score(ids)
    order = np.lexsort((ids, -exact))[:wanted]
    return Neighbours(ids[order], exact[order])
