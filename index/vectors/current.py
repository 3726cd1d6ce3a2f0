"""The vector index of a library as it is now: brought up to date with what was added and removed, not made anew.

A base holds all passages of one generation. Passages never change and their ids are never used again, so
that a base of any earlier generation of the same library serves: what was added since is read from the
library, and what was removed is left out. Up to EXACT_PASSAGES the base compares with every vector; beyond,
it is coarse. It is made anew, beside the one in use, when it has been outgrown.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
import numpy as np

from index import store
from index.database import knows_generation, rows
from index.errors import YinzhengError
from index.vectors import Ids, Matrix
from index.vectors.grown import GrownIndex

if TYPE_CHECKING:
    from index.vectors.files import FaissBase

EXACT_PASSAGES = 50_000  # compared in some 10 ms, and 77 MB
OUTGROWN = 4096  # passages added and removed since, in memory beside the base; or a share of it:
OUTGROWN_SHARE = 16
RETRAINED = 4  # a coarse base that has become so many times as large is divided anew
_CHUNK = 20_000  # vectors read at once

_log = logging.getLogger("yinzheng")


@dataclass(frozen=True, slots=True)
class _Now:
    """An index, and the generation of the library that it is of."""

    generation: str
    index: GrownIndex
    base: FaissBase


class CurrentVectors:
    """Holds a library's index. May be used from several threads."""

    def __init__(self, folder: Path, dimension: int, connection: Callable[[], apsw.Connection]) -> None:
        """`connection` gives the calling thread's own."""
        self._folder = folder
        self._dimension = dimension
        self._connection = connection
        self._lock = threading.Lock()
        self._now: _Now | None = None
        self._growing: threading.Thread | None = None

    def index(self, generation: str) -> GrownIndex:
        """The index of this generation: from memory, from its file, or made from the vectors.

        Raises LibraryDamaged.
        """
        with self._lock:
            if self._now is None or self._now.generation != generation:
                before = self._now or self._from_file()
                self._now = self._anew(generation) if before is None else self._updated(before, generation)
            now = self._now
            if _is_outgrown(now):
                if now.base.exact:
                    self._now = now = self._anew(generation)
                elif self._growing is None or not self._growing.is_alive():
                    self._growing = threading.Thread(target=self._grow, args=(now,), daemon=True)
                    self._growing.start()
        return now.index

    def keep(self, generation: str) -> None:
        """Bring the file up to date, so that the next start finds it; waits for what is being made."""
        self.index(generation)
        if self._growing is not None:
            self._growing.join()
        with self._lock:
            now = self._now
            if now is None or now.generation != generation:
                return
            if len(now.index.tail) or len(now.index.removed):
                self._now = now = self._merged(now)
            if not list(self._folder.glob(f"vectors-{now.generation}-*.faiss")):
                self._save(now)

    @property
    def is_coarse(self) -> bool:
        """Whether there is, or was kept, a base that takes long to make."""
        with self._lock:
            if self._now is None:
                self._now = self._from_file()
            return self._now is not None and not self._now.base.exact

    def _from_file(self) -> _Now | None:
        from index.vectors import files

        connection = self._connection()

        class Known:
            def __contains__(self, generation: object) -> bool:
                return knows_generation(connection, str(generation))

        found = files.load(self._folder, Known(), self._dimension)
        if found is None:
            return None
        base, generation = found
        nothing = np.empty((0, self._dimension), np.float32)
        index = self._grown(base, np.empty(0, np.int64), nothing, np.empty(0, np.int64))
        return _Now(generation, index, base)

    def _anew(self, generation: str) -> _Now:
        """Made from all vectors of the library, and kept as a file where it can be."""
        connection = self._connection()
        count = count_passages(connection)
        if count <= EXACT_PASSAGES:
            from index.vectors.flat_faiss import build_base

            ids, vectors = store.vectors_after(connection, -1, count, self._dimension)
            base: FaissBase = build_base(ids, vectors)
        else:
            base = self._coarse(connection, count)
        nothing = np.empty((0, self._dimension), np.float32)
        now = _Now(generation, self._grown(base, np.empty(0, np.int64), nothing, np.empty(0, np.int64)), base)
        self._save(now)
        return now

    def _coarse(self, connection: apsw.Connection, count: int) -> FaissBase:
        from index.vectors.coarse_faiss import TRAINED_PER_LIST, build_coarse, lists_for

        _log.warning("making the vector index of %d passages, which takes a while / 正在建立向量索引，请稍候", count)
        ids = passage_ids(connection)
        drawn = ids[:: max(1, len(ids) // (TRAINED_PER_LIST * lists_for(count)))]
        sample = store.vectors_of(connection, drawn, self._dimension)
        return build_coarse(count, sample, self._chunks(connection))

    def _chunks(self, connection: apsw.Connection) -> Iterator[tuple[Ids, Matrix]]:
        last = -1
        while True:
            ids, vectors = store.vectors_after(connection, last, _CHUNK, self._dimension)
            if not len(ids):
                return
            yield ids, vectors
            last = int(ids[-1])

    def _updated(self, before: _Now, generation: str) -> _Now:
        connection = self._connection()
        if before.generation == generation:
            return before
        if not knows_generation(connection, before.generation):
            return self._anew(generation)  # an older version has written since, and kept no account
        index = before.index
        last = int(max((ids[-1] for ids in (index.tail, index.base.ids) if len(ids)), default=-1))
        every = count_passages(connection)
        ids, vectors = store.vectors_after(connection, last, every, self._dimension)
        tail, added = np.concatenate([index.tail, ids]), np.concatenate([index.added, vectors])
        removed = index.removed
        if len(index.base.ids) - len(removed) + len(tail) != every:
            there = passage_ids(connection)
            removed = np.setdiff1d(index.base.ids, there, assume_unique=True)
            tail = np.setdiff1d(there, index.base.ids, assume_unique=True)  # also what an earlier generation still has
            added = store.vectors_of(connection, tail, self._dimension)
        return _Now(generation, self._grown(before.base, tail, added, removed), before.base)

    def _merged(self, now: _Now) -> _Now:
        """The same, all of it in the base."""
        from index.vectors.coarse_faiss import CoarseBase

        if not isinstance(now.base, CoarseBase) or self._needs_training(now):
            return self._anew(now.generation)
        index = now.index
        base = now.base.changed(index.tail, index.added, index.removed)
        nothing = np.empty((0, self._dimension), np.float32)
        return _Now(now.generation, self._grown(base, np.empty(0, np.int64), nothing, np.empty(0, np.int64)), base)

    def _needs_training(self, now: _Now) -> bool:
        from index.vectors.coarse_faiss import lists_for

        return len(now.index) <= EXACT_PASSAGES or bool(lists_for(len(now.index) // RETRAINED) > now.base.index.nlist)

    def _grow(self, now: _Now) -> None:
        """Make a coarse base anew, in a thread of its own, while the earlier one answers."""
        connection = self._connection()
        try:
            with contextlib.suppress(YinzhengError):  # the next question meets the same, and says it
                merged = self._merged(now)
                self._save(merged)
                with self._lock:
                    if self._now is not None:
                        self._now = self._updated(merged, self._now.generation)
        finally:
            connection.close()

    def _grown(self, base: FaissBase, tail: Ids, added: Matrix, removed: Ids) -> GrownIndex:
        from index.vectors.flat_faiss import FlatBase

        def stored(ids: Ids) -> Matrix:
            return store.vectors_of(self._connection(), ids, self._dimension)

        return GrownIndex(base, tail, added, removed, base.vectors if isinstance(base, FlatBase) else stored)

    def _save(self, now: _Now) -> None:
        from index.vectors import files

        if self._connection().readonly("main"):
            return
        with contextlib.suppress(OSError):  # a cache that cannot be kept is made again next time
            files.save(now.base, self._folder, now.generation)


def count_passages(connection: apsw.Connection) -> int:
    """How many passages there are."""
    [(count,)] = rows(connection, "SELECT count(*) FROM passages")
    return int(count)


def passage_ids(connection: apsw.Connection) -> Ids:
    """The ids of all passages, ascending. Read from an index, which is small, and not from the table."""
    found = rows(connection, "SELECT id FROM passages INDEXED BY passages_by_document")
    return np.sort(np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found)))


def _is_outgrown(now: _Now) -> bool:
    changed = len(now.index.tail) + len(now.index.removed)
    return changed > max(OUTGROWN, len(now.base.ids) // OUTGROWN_SHARE)
