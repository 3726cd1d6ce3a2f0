"""FAISS: an exact inner-product index, kept as a file that is only ever a cache."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index.vectors import Ids, Matrix, Neighbours, Scores, cosines, places_of, settle

_log = logging.getLogger("yinzheng")


class FaissIndex:
    """A flat FAISS index; the position of a vector in it is the position of its id in `ids`, which ascend."""

    def __init__(self, ids: Ids, flat: Any) -> None:
        self._ids = ids
        self._flat = flat

    def search(self, question: np.ndarray, top_k: int, among: Ids | None = None) -> Neighbours:
        """The `top_k` nearest to one unit vector, among the ids where some are given."""
        chosen = None if among is None else places_of(self._ids, among)
        selector = None if chosen is None else faiss.IDSelectorBatch(chosen)
        limits = None if chosen is None else faiss.SearchParameters()
        if limits is not None:
            limits.sel = selector  # which has to live as long as the search

        def fast_search(count: int) -> tuple[Ids, np.ndarray]:
            fast, places = self._flat.search(question.astype(np.float32).reshape(1, -1), count, params=limits)
            return self._ids[places[0]], fast[0]

        size = len(self._ids) if chosen is None else len(chosen)
        return settle(fast_search, lambda ids: self.scores(question, ids), size, top_k)

    def scores(self, question: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given ids, in their order. Raises KeyError for an id that is not there."""
        places = places_of(self._ids, ids)
        if not len(ids):
            return np.empty(0, np.float64)
        return cosines(question, self._flat.reconstruct_batch(places))


def build(ids: Ids, vectors: Matrix) -> FaissIndex:
    """An index over the vectors, in memory."""
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(np.ascontiguousarray(vectors))
    return FaissIndex(ids, flat)


def save(index: FaissIndex, folder: Path, generation: str) -> Path:
    """Write the index into `folder`, named by the library's generation and its own SHA-256; older ones go.

    Written beside and renamed, so that a file of that name is whole. Raises OSError where the
    folder cannot be written.
    """
    data = faiss.serialize_index(index._flat).tobytes()
    path = folder / f"vectors-{generation}-{hashlib.sha256(data).hexdigest()[:16]}.faiss"
    handle, partial = tempfile.mkstemp(prefix=".vectors-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(partial).replace(path)
    except OSError:
        Path(partial).unlink(missing_ok=True)
        raise
    for other in folder.glob("vectors-*.faiss"):
        if other != path:
            other.unlink(missing_ok=True)
    return path


def load(folder: Path, generation: str, ids: Ids, dimension: int) -> FaissIndex | None:
    """The index of that generation, or None where it is missing, damaged (said so), or of another size."""
    for path in folder.glob(f"vectors-{generation}-*.faiss"):
        try:
            data = path.read_bytes()
        except OSError:  # another process has just put a newer one in its place
            continue
        if not path.stem.endswith(hashlib.sha256(data).hexdigest()[:16]):
            _log.warning("%s is damaged and is made again from the library's own vectors / 已损坏，正在重建", path)
            continue
        flat = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        if flat.ntotal == len(ids) and flat.d == dimension:
            return FaissIndex(ids, flat)
    return None
