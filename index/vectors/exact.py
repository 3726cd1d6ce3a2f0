"""Brute force in numpy: the oracle for every other index, and enough for a small library."""

from __future__ import annotations

import numpy as np

from index.vectors import Ids, Matrix, Neighbours, Scores, cosines, settle


class ExactIndex:
    """All vectors in one matrix; `ids` ascend."""

    def __init__(self, ids: Ids, vectors: Matrix) -> None:
        self._ids = ids
        self._vectors = vectors

    def search(self, question: np.ndarray, top_k: int) -> Neighbours:
        """The `top_k` nearest to one unit vector."""

        def fast_search(count: int) -> tuple[Ids, np.ndarray]:
            fast = self._vectors @ question.astype(np.float32)
            best = np.argsort(-fast, kind="stable")[:count]
            return self._ids[best], fast[best]

        return settle(fast_search, lambda ids: self.scores(question, ids), len(self._ids), top_k)

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""
        places = np.searchsorted(self._ids, ids)
        if len(ids) and (places.max() >= len(self._ids) or not np.array_equal(self._ids[places], ids)):
            raise KeyError(f"no vector for one of {ids.tolist()}")
        return cosines(question, self._vectors[places])
