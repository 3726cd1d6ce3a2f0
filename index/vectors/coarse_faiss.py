"""FAISS's inverted lists over vectors in 8 bits, for a library too large to compare with every vector.

It only proposes: what it finds is scored exactly, from the library's own vectors. How many lists are
looked through is measured when it is made, on vectors drawn from it, against brute force.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import faiss
import numpy as np

from index.vectors import Ids, Matrix
from index.vectors.flat_faiss import one_thread, selected
from index.vectors.grown import PROPOSED

RECALL = 0.99  # of the exact ten nearest, that are among what is proposed
TRAINED_PER_LIST = 40  # vectors that a list's centre is found from; FAISS's own advice is 39 and more
_TRIED = 256  # vectors that the number of lists is measured with
# Questions lie farther from passages than these from each other: the model's cosine of a question and its passage
# is about 0.69 (rows kept out of its training), and such is the noise that is added.
_NOISE = 1.05
_ROUNDS = 10


class CoarseBase:
    """Vectors in 8 bits, in lists by their nearest centre; its scores are near the true ones. `ids` ascend."""

    exact = False

    def __init__(self, index: Any) -> None:
        self.index = index  # an IndexIVFScalarQuantizer, whose own nprobe is what was measured
        lists = index.invlists
        sizes = [lists.list_size(number) for number in range(index.nlist)]
        parts = [faiss.rev_swig_ptr(lists.get_ids(number), size).copy() for number, size in enumerate(sizes) if size]
        self.ids: Ids = np.sort(np.concatenate(parts)) if parts else np.empty(0, np.int64)

    def nearest(
        self, question: np.ndarray, count: int, among: Ids | None, without: Ids | None = None
    ) -> tuple[Ids, np.ndarray]:
        """About the `count` best ids, with scores near the true ones, best first; all lists are read for `among`."""
        index = self.index
        selector = selected(among, without)
        probes = index.nlist if among is not None else min(index.nlist, index.nprobe)
        limits = faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]
        with one_thread():
            fast, ids = index.search(question.astype(np.float32).reshape(1, -1), count, params=limits)
        found = ids[0] >= 0
        return ids[0][found], fast[0][found]

    def changed(self, ids: Ids, vectors: Matrix, without: Ids) -> CoarseBase:
        """Another base with more vectors, and without some."""
        index = faiss.clone_index(self.index)
        if len(without):
            index.remove_ids(faiss.IDSelectorBatch(without))
        if len(ids):
            index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
        return CoarseBase(index)


def lists_for(count: int) -> int:
    """How many lists: about four times the root, a power of two."""
    return 1 << max(1, round(math.log2(4 * math.sqrt(max(1, count)))))


def build_coarse(count: int, sample: Matrix, chunks: Iterable[tuple[Ids, Matrix]]) -> CoarseBase:
    """A base over `count` vectors that come in chunks; `sample` holds some of them, drawn evenly.

    The sample should have TRAINED_PER_LIST vectors for each list.
    """
    width = sample.shape[1]
    lists = min(lists_for(count), max(1, len(sample) // TRAINED_PER_LIST))
    centres = faiss.IndexFlatIP(width)
    index = faiss.IndexIVFScalarQuantizer(
        centres, width, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter = _ROUNDS
    index.cp.min_points_per_centroid = 1
    index.train(np.ascontiguousarray(sample, dtype=np.float32))
    questions = _tried(sample)
    best = _Best(len(questions))
    for ids, vectors in chunks:
        index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)
        best.see(ids, questions @ vectors.T)
    index.nprobe = _probes(index, questions, best.ids)
    return CoarseBase(index)


class _Best:
    """The ten best ids of each question, over all chunks seen."""

    def __init__(self, questions: int) -> None:
        self.ids = np.full((questions, 10), -1, dtype=np.int64)
        self._scores = np.full((questions, 10), -np.inf, dtype=np.float32)

    def see(self, ids: Ids, scores: np.ndarray) -> None:
        """Take (questions, ids) scores into account."""
        every = np.concatenate([self._scores, scores], axis=1)
        names = np.concatenate([self.ids, np.broadcast_to(ids, scores.shape)], axis=1)
        order = np.argpartition(-every, 9, axis=1)[:, :10]
        self._scores = np.take_along_axis(every, order, axis=1)
        self.ids = np.take_along_axis(names, order, axis=1)


def _tried(sample: Matrix) -> np.ndarray:
    """Vectors that lie about the sample's as questions lie about passages; the same each time."""
    drawn = sample[:: max(1, len(sample) // _TRIED)][:_TRIED]
    noise = np.random.default_rng(0).standard_normal(drawn.shape)
    noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    moved = drawn + noise
    found: np.ndarray = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return found


def _probes(index: Any, questions: np.ndarray, right: np.ndarray) -> int:
    """The least number of lists, doubling, with which the exact ten are among what is proposed."""
    wanted = (right >= 0).sum()
    probes = 1
    while probes < index.nlist:
        limits = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]
        _, found = index.search(questions, PROPOSED, params=limits)
        hits = sum(len(np.intersect1d(one, ten[ten >= 0])) for one, ten in zip(found, right, strict=True))
        if hits >= RECALL * wanted:
            break
        probes *= 2
    return min(probes, int(index.nlist))
