"""Keyword scores: BM25 by SQLite's FTS5 over the terms, as a share of the best that was possible."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.database import marks, rows
from index.library import Library
from index.terms import code, terms
from index.vectors import Ids, Scores

# FTS5's constants: https://www.sqlite.org/fts5.html#the_bm25_function
_K1 = 1.2
_SMALLEST_IDF = 1e-6


@dataclass(frozen=True, slots=True)
class Keywords:
    """A question's terms, each once, and how rare each is: `idf[i]` is that of `terms[i]`."""

    terms: tuple[str, ...]
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
    found = passages_with(library, wanted)
    idf = tuple(max(_SMALLEST_IDF, math.log((passages - found[term] + 0.5) / (found[term] + 0.5))) for term in wanted)
    return Keywords(wanted, idf)


def passages_with(library: Library, wanted: Sequence[str]) -> dict[str, int]:
    """In how many passages each of these terms stands; 0 for one that stands nowhere."""
    codes = {code(term): term for term in wanted}
    found = rows(
        library.connection, f"SELECT term, doc FROM terms_rows WHERE term IN ({marks(len(codes))})", list(codes)
    )
    counts = dict.fromkeys(wanted, 0)
    counts.update((codes[name], count) for name, count in found)
    return counts


def search_terms(library: Library, words: Keywords, top_k: int, documents: Sequence[str] | None = None) -> LexicalHits:
    """The `top_k` passages with the highest scores, of the documents where some are given (maybe none)."""
    best = "ORDER BY score, rowid LIMIT ?"
    if documents is None:
        found = _matching(library, words, best, (top_k,))
    else:
        among = "AND rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?)))"
        found = _matching(library, words, f"{among} {best}", (json.dumps(list(documents)), top_k))
    return LexicalHits(
        np.fromiter((row[0] for row in found), np.int64, len(found)),
        np.fromiter((_share(row[1], words) for row in found), np.float64, len(found)),
    )


def score_terms(library: Library, words: Keywords, ids: Ids) -> Scores:
    """The scores of the given passages, in their order; 0 for one that holds no term."""
    found = dict(_matching(library, words, f"AND rowid IN ({marks(len(ids))})", ids.tolist()))
    return np.array([_share(found.get(place, 0.0), words) for place in ids.tolist()], dtype=np.float64)


def _matching(library: Library, words: Keywords, rest: str, values: Sequence[object]) -> list[tuple[int, float]]:
    """Passages that hold a term, and their BM25 as FTS5 gives it: negative, lower is better."""
    if not words.terms:
        return []
    query = " OR ".join(f'"{code(term)}"' for term in words.terms)
    return [
        (int(row[0]), float(row[1]))
        for row in rows(
            library.connection,
            f"SELECT rowid, bm25(terms) AS score FROM terms WHERE terms MATCH ? {rest}",
            (query, *values),
        )
    ]


def _share(bm25: float, words: Keywords) -> float:
    """That score against that of a very short passage holding every term very often."""
    return -bm25 / (sum(words.idf) * (_K1 + 1)) if words.terms else 0.0
