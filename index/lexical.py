"""Keyword scores: BM25 over the terms, as a share of the best that was possible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.bm25 import K1
from index.library import Library
from index.records import Passage
from index.terms import terms
from index.vectors import Ids, Scores

_SMALLEST_IDF = 1e-6  # FTS5's own


@dataclass(frozen=True, slots=True)
class Keywords:
    """A question's terms, each once, in how many passages each stands, and how rare that makes it."""

    terms: tuple[str, ...]
    passages: tuple[int, ...]
    idf: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LexicalHits:
    """Passages that hold at least one term, best first, ties by id; scores between 0 and 1."""

    ids: Ids
    scores: Scores


def keywords(library: Library, question: str) -> Keywords:
    """The question's terms and their inverse document frequency; a term found nowhere is the rarest."""
    wanted = tuple(dict.fromkeys(terms(question)))
    passages = library.counts().passages
    found = library.passages_with(wanted)
    idf = tuple(max(_SMALLEST_IDF, math.log((passages - found[term] + 0.5) / (found[term] + 0.5))) for term in wanted)
    return Keywords(wanted, tuple(found[term] for term in wanted), idf)


def search_terms(library: Library, words: Keywords, top_k: int, documents: Sequence[str] | None = None) -> LexicalHits:
    """The `top_k` passages with the highest scores, of the documents where some are given (maybe none)."""
    return library.search_terms(words, top_k, documents)


def score_terms(library: Library, words: Keywords, ids: Ids) -> Scores:
    """The scores of the given passages, in their order; 0 for one that holds no term."""
    return library.score_terms(words, ids)


def passages_with(library: Library, wanted: Sequence[str], without: Sequence[Passage] = ()) -> dict[str, int]:
    """In how many passages each of these terms stands, `without` not counted; 0 for one that stands nowhere else."""
    found = library.passages_with(wanted)
    left_out = [frozenset(terms(f"{one.title}\n{one.heading}\n{one.text}")) for one in without]
    return {term: count - sum(term in held for held in left_out) for term, count in found.items()}


def share(bm25: float, words: Keywords) -> float:
    """That score against that of a very short passage holding every term very often."""
    return bm25 / (sum(words.idf) * (K1 + 1)) if words.terms else 0.0
