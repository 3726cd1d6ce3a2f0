"""Question -> candidate passages, best first.

Dense and lexical candidates are united and every one gets both scores. Ranks are not fused: that
ruins questions asked in another language than the document's, where keywords find only noise.
The lexical score is a share of all the question's terms, weighted by rarity, so such noise stays
near 0 and adds nothing, while a passage with most of the question's words in it rises. Between
Chinese and English the words are looked for in the passage's own language too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.collections import Scope
from index.headings import heading_line
from index.lexical import Keywords, LexicalHits, keywords, score_terms, search_terms
from index.library import Library
from index.records import Passage
from index.vectors import Ids, Scores
from rag.records import Hit
from rag.translated import found_in, held_shares, translated

CANDIDATES = 50  # of each kind

# What a full lexical score is worth in cosine. Chosen on `train` rows: python -m benchmarks weight
LEXICAL_WEIGHT = 0.4
TRANSLATED_WEIGHT = 0.1  # the same for a full share of translated words; by the same command


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages of either kind, by id, and the three scores of each."""

    passages: tuple[Passage, ...]
    cosine: Scores
    lexical: Scores
    translated: Scores

    def scores(self, lexical: float = LEXICAL_WEIGHT, translated: float = TRANSLATED_WEIGHT) -> Scores:
        """The one score that they are ordered by, with these weights."""
        return self.cosine + lexical * self.lexical + translated * self.translated


def retrieve(library: Library, question: str, vector: np.ndarray, top_k: int, within: Scope | None = None) -> list[Hit]:
    """The `top_k` best passages (fewer if there are fewer), ties by id; only those within the scope where one is given.

    `vector` is the question's, unit norm. Call it within `library.snapshot()`.
    """
    found = candidates(library, question, vector, within)
    scores = found.scores()
    best = np.argsort(-scores, kind="stable")[:top_k]
    return [
        Hit(
            passage=found.passages[place],
            rank=rank,
            score=float(scores[place]),
            cosine=float(found.cosine[place]),
            lexical=float(found.lexical[place]),
            translated=float(found.translated[place]),
        )
        for rank, place in enumerate(best, start=1)
    ]


def candidates(library: Library, question: str, vector: np.ndarray, within: Scope | None = None) -> Candidates:
    """The nearest passages by embedding and those with the most of the question's words, each with all its scores.

    A passage's scores are the same with a scope and without.
    """
    words, abroad = keywords(library, question), translated(question)
    dense = library.nearest(vector, CANDIDATES, within)
    lexical = search_terms(library, words, CANDIDATES, None if within is None else within.documents)
    ids = np.union1d(dense.ids, lexical.ids)
    passages = tuple(library.passages(ids.tolist()))
    return Candidates(
        passages=passages,
        cosine=library.cosines(vector, ids),
        lexical=_shares(library, words, ids, lexical),
        translated=held_shares(abroad, found_in(library, abroad).rarity, [_words_of(passage) for passage in passages]),
    )


def _words_of(passage: Passage) -> str:
    return f"{passage.text}\n{heading_line(passage.title, passage.heading)}"


def _shares(library: Library, words: Keywords, ids: Ids, known: LexicalHits) -> Scores:
    """The lexical scores of ids, which ascend; those of the hits are known."""
    found = np.empty(len(ids), np.float64)
    is_known = np.isin(ids, known.ids, assume_unique=True)
    order = np.argsort(known.ids)
    found[is_known] = known.scores[order]
    found[~is_known] = score_terms(library, words, ids[~is_known])
    return found
