"""FAISS's exact inner-product index, for a library of up to some ten thousand passages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import faiss
import numpy as np

from index.vectors import Ids, Matrix, Neighbours, Scores, cosines, places_of, settle


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Search in this thread alone: for one question others do no part of it, and are waited for nonetheless.

    On a busy machine that wait was 20 times as long as the search.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # of what this thread asks for
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


class FlatBase:
    """Every vector in fp32, compared with all; its scores are true to TOLERANCE. `ids` ascend."""

    exact = True

    def __init__(self, index: Any) -> None:
        self.index = index  # an IndexIDMap over a flat index
        self.ids: Ids = faiss.vector_to_array(index.id_map).astype(np.int64)

    def nearest(
        self, question: np.ndarray, count: int, among: Ids | None, without: Ids | None = None
    ) -> tuple[Ids, np.ndarray]:
        """The `count` best ids and their scores, best first: of those `among`, or of all but those `without`."""
        selector = selected(among, without)
        limits = None if selector is None else faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        with one_thread():
            fast, ids = self.index.search(question.astype(np.float32).reshape(1, -1), count, params=limits)
        found = ids[0] >= 0
        return ids[0][found], fast[0][found]

    def vectors(self, ids: Ids) -> Matrix:
        """The vectors of ids, in their order. Raises KeyError for one that is not there."""
        places = places_of(self.ids, ids)
        if not len(ids):
            return np.empty((0, self.index.d), np.float32)
        found: Matrix = faiss.downcast_index(self.index.index).reconstruct_batch(places)
        return found


class FaissIndex:
    """A flat base alone, as a vector index."""

    def __init__(self, base: FlatBase) -> None:
        self.base = base

    def search(self, question: np.ndarray, top_k: int, among: Ids | None = None) -> Neighbours:
        """The `top_k` nearest to one unit vector, among the ids where some are given."""
        if among is not None:
            places_of(self.base.ids, among)  # all of them are there
        size = len(self.base.ids) if among is None else len(among)
        return settle(
            lambda count: self.base.nearest(question, count, among), lambda ids: self.scores(question, ids), size, top_k
        )

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""
        return cosines(question, self.base.vectors(ids))


def selected(among: Ids | None, without: Ids | None) -> Any:
    """FAISS's own way of saying which ids may be found; None where all may."""
    if among is not None:
        return faiss.IDSelectorBatch(among)
    return None if without is None or not len(without) else faiss.IDSelectorNot(faiss.IDSelectorBatch(without))


def build_base(ids: Ids, vectors: Matrix) -> FlatBase:
    """A base over the vectors, in memory; `ids` ascend."""
    index = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
    return FlatBase(index)


def build(ids: Ids, vectors: Matrix) -> FaissIndex:
    """An index over the vectors, in memory."""
    return FaissIndex(build_base(ids, vectors))
