"""A base that was made once, what came after it, and what was removed since: one index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.vectors import Ids, Matrix, Neighbours, Scores, cosines, places_of, settle

PROPOSED = 100  # at least, by a base that is not exact; scored exactly


class Base(Protocol):
    """Many vectors, made into an index at once. `exact` says whether its scores are true to TOLERANCE."""

    ids: Ids  # ascending
    exact: bool

    def nearest(
        self, question: np.ndarray, count: int, among: Ids | None, without: Ids | None = None
    ) -> tuple[Ids, np.ndarray]:
        """The `count` best ids and their scores, best first: of those `among`, or of all but those `without`."""


@dataclass(frozen=True, slots=True)
class GrownIndex:
    """A vector index; not changed by searching. `tail` are ids, ascending, that the base has
    not, with a row of `added` each.

    `removed` are ids of the base that are there no more. `stored` gives the vectors of the base's
    ids, in their order, as the library keeps them.
    """

    base: Base
    tail: Ids
    added: Matrix
    removed: Ids
    stored: Callable[[Ids], Matrix]

    def __len__(self) -> int:
        return len(self.base.ids) - len(self.removed) + len(self.tail)

    def search(self, question: np.ndarray, top_k: int, among: Ids | None = None) -> Neighbours:
        """The `top_k` nearest to one unit vector, among the ids where some are given.

        Where the base is not exact some of the nearest may be missed; the scores are exact always.
        """
        old, new = among, self.tail
        if among is not None:
            is_new = np.isin(among, self.tail, assume_unique=True)
            old, new = among[~is_new], among[is_new]
            self._require(old)
        rows = self.added[places_of(self.tail, new)]

        def fast_search(count: int) -> tuple[Ids, np.ndarray]:
            ids, fast = self._nearest(question, count, old)
            ids, fast = np.concatenate([ids, new]), np.concatenate([fast, rows @ question.astype(np.float32)])
            best = np.argsort(-fast, kind="stable")[:count]
            return ids[best], fast[best]

        size = len(self) if among is None else len(among)
        if self.base.exact:
            return settle(fast_search, lambda ids: self.scores(question, ids), size, top_k)
        ids, _ = fast_search(min(size, max(PROPOSED, 2 * top_k)))
        exact = self.scores(question, ids)
        order = np.lexsort((ids, -exact))[:top_k]
        return Neighbours(ids[order], exact[order])

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""
        new = np.isin(ids, self.tail)
        self._require(ids[~new])
        found = np.empty(len(ids), np.float64)
        found[new] = cosines(question, self.added[places_of(self.tail, ids[new])])
        found[~new] = cosines(question, self.stored(ids[~new]))
        return found

    def _nearest(self, question: np.ndarray, count: int, among: Ids | None) -> tuple[Ids, np.ndarray]:
        if (among is not None and not len(among)) or not len(self.base.ids) or not count:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return self.base.nearest(question, min(count, len(self.base.ids)), among, self.removed)

    def _require(self, ids: Ids) -> None:
        places_of(self.base.ids, ids)
        gone = np.isin(ids, self.removed)
        if gone.any():
            raise KeyError(f"no vector for one of {ids[gone].tolist()}")
