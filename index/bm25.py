"""BM25's weight of a term in a passage, wherever the terms are kept."""

from __future__ import annotations

K1, B = 1.2, 0.75  # those of FTS5: https://www.sqlite.org/fts5.html#the_bm25_function


def weight(count: int, length: float) -> float:
    """What a term that stands `count` times counts, before it is weighted by how rare it is: at most K1 + 1.

    `length` is the passage's, in terms, against the average.
    """
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length))
