"""Question -> candidate passages, best first.

Dense and lexical candidates are united and every one gets both scores. Ranks are not fused: that
ruins questions asked in another language than the document's, where keywords find only noise.
The lexical score is a share of all the question's terms, weighted by rarity, so such noise stays
near 0 and adds nothing, while a passage with most of the question's words in it rises.
"""

from __future__ import annotations

import numpy as np

from index.collections import Scope
from index.lexical import Keywords, LexicalHits, keywords, score_terms, search_terms
from index.library import Library
from index.vectors import Ids, Scores
from rag.records import Hit

CANDIDATES = 50  # of each kind

# What a full lexical score is worth in cosine. Chosen on `train` rows: python -m benchmarks weight
LEXICAL_WEIGHT = 0.2


def retrieve(library: Library, question: str, vector: np.ndarray, top_k: int, within: Scope | None = None) -> list[Hit]:
    """The `top_k` best passages (fewer if there are fewer), ties by id; only those within the scope where one is given.

    A passage's score is the same with a scope and without. `vector` is the question's, unit norm.
    Call it within `library.snapshot()`.
    """
    index = library.vector_index()
    words = keywords(library, question)
    dense = index.search(vector, CANDIDATES, None if within is None else within.passages)
    lexical = search_terms(library, words, CANDIDATES, None if within is None else within.documents)
    ids = np.union1d(dense.ids, lexical.ids)
    cosine, shares = index.scores(vector, ids), _shares(library, words, ids, lexical)
    scores = combined(cosine, shares)
    best = np.lexsort((ids, -scores))[:top_k]
    passages = library.passages(ids[best].tolist())
    return [
        Hit(passage, rank, float(scores[place]), float(cosine[place]), float(shares[place]))
        for rank, (passage, place) in enumerate(zip(passages, best, strict=True), start=1)
    ]


def _shares(library: Library, words: Keywords, ids: Ids, known: LexicalHits) -> Scores:
    """The lexical scores of ids, which ascend; those of the hits are known."""
    found = np.empty(len(ids), np.float64)
    is_known = np.isin(ids, known.ids, assume_unique=True)
    order = np.argsort(known.ids)
    found[is_known] = known.scores[order]
    found[~is_known] = score_terms(library, words, ids[~is_known])
    return found


def combined(cosine: Scores, lexical: Scores, weight: float = LEXICAL_WEIGHT) -> Scores:
    """The one score that candidates are ordered by."""
    return cosine + weight * lexical
