"""Keyword scores: BM25 by SQLite's FTS5 over the terms, as a share of the best that was possible."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.database import BM25_K1, marks, rows
from index.library import Library
from index.terms import code, terms
from index.vectors import Ids, Scores

_SMALLEST_IDF = 1e-6  # FTS5's own
# Passages looked at for a question's terms, some 10 ms. Common terms say little: a passage that holds
# none of the rarer ones could hardly come among the first.
MOST_POSTINGS = 15_000


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
    found = passages_with(library, wanted)
    idf = tuple(max(_SMALLEST_IDF, math.log((passages - found[term] + 0.5) / (found[term] + 0.5))) for term in wanted)
    return Keywords(wanted, tuple(found[term] for term in wanted), idf)


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
    """The `top_k` passages with the highest scores, of the documents where some are given (maybe none).

    Of a large library only passages that hold one of the rarer terms are looked at: see MOST_POSTINGS.
    """
    if documents is None:
        chosen = _rarest(words)
        found = _matching(library, chosen, "ORDER BY score, rowid LIMIT ?", (top_k * (1 + (chosen != words.terms)),))
    else:
        chosen = words.terms
        # The plus keeps SQLite from asking for each passage by its number, which takes a hundred times as long.
        among = "AND +rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?)))"
        found = _matching(
            library, chosen, f"{among} ORDER BY score, rowid LIMIT ?", (json.dumps(list(documents)), top_k)
        )
    ids = np.fromiter((row[0] for row in found), np.int64, len(found))
    if chosen == words.terms:
        return LexicalHits(ids, np.fromiter((_share(-row[1], words) for row in found), np.float64, len(found)))
    scores = score_terms(library, words, np.sort(ids))
    order = np.lexsort((np.sort(ids), -scores))[:top_k]
    return LexicalHits(np.sort(ids)[order], scores[order])


def score_terms(library: Library, words: Keywords, ids: Ids) -> Scores:
    """The scores of the given passages, in their order; 0 for one that holds no term."""
    totals = dict.fromkeys(ids.tolist(), 0.0)
    for term, idf, count in zip(words.terms, words.idf, words.passages, strict=True):
        if count and totals:
            # Of a rare term all passages are read, of another one those alone that are asked for.
            limit = "" if count < 4 * len(totals) else f"AND rowid IN ({marks(len(totals))})"
            found = rows(
                library.connection,
                f"SELECT rowid, term_weight(terms) FROM terms WHERE terms MATCH ? {limit}",
                (f'"{code(term)}"', *(totals if limit else ())),
            )
            for place, weight in found:
                if place in totals:
                    totals[place] += idf * weight
    return np.array([_share(totals[place], words) for place in ids.tolist()], dtype=np.float64)


def _rarest(words: Keywords) -> tuple[str, ...]:
    """The terms, in their order, without the commonest of them where all stand in too many passages; one at least."""
    if sum(words.passages) <= MOST_POSTINGS:
        return words.terms
    counts = dict(zip(words.terms, words.passages, strict=True))
    kept: set[str] = set()
    total = 0
    for term in sorted(words.terms, key=counts.__getitem__):
        total += counts[term]
        if total > MOST_POSTINGS and any(counts[one] for one in kept):
            break
        kept.add(term)
    return tuple(term for term in words.terms if term in kept)


def _matching(library: Library, wanted: Sequence[str], rest: str, values: Sequence[object]) -> list[tuple[int, float]]:
    """Passages that hold one of the terms, and their BM25 as FTS5 gives it: negative, lower is better."""
    if not wanted:
        return []
    query = " OR ".join(f'"{code(term)}"' for term in wanted)
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
    return bm25 / (sum(words.idf) * (BM25_K1 + 1)) if words.terms else 0.0
