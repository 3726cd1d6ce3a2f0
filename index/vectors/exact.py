"""Brute force in numpy: the oracle for every other index, and enough for a small library."""

from __future__ import annotations

import numpy as np

from index.vectors import Ids, Matrix, Neighbours, Scores, cosines, places_of, settle


class ExactIndex:
    """All vectors in one matrix; `ids` ascend."""

    def __init__(self, ids: Ids, vectors: Matrix) -> None:
        self._ids = ids
        self._vectors = vectors

    def search(self, question: np.ndarray, top_k: int, among: Ids | None = None) -> Neighbours:
        """The `top_k` nearest to one unit vector, among the ids where some are given."""
        places = np.arange(len(self._ids)) if among is None else places_of(self._ids, among)

        def fast_search(count: int) -> tuple[Ids, np.ndarray]:
            fast = self._vectors[places] @ question.astype(np.float32)
            best = np.argsort(-fast, kind="stable")[:count]
            return self._ids[places[best]], fast[best]

        return settle(fast_search, lambda ids: self.scores(question, ids), len(places), top_k)

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""
        return cosines(question, self._vectors[places_of(self._ids, ids)])
