"""BM25 by SQLite's FTS5 over the terms of a library in a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence

import apsw
import numpy as np

from index.database import marks, rows
from index.lexical import Keywords, LexicalHits, share
from index.terms import code
from index.vectors import Ids, Scores

# Passages looked at for a question's terms, some 10 ms. Common terms say little: a passage that holds
# none of the rarer ones could hardly come among the first.
MOST_POSTINGS = 15_000
MERGED_PAGES = 1000  # of 4 KB, in one step: some 0.2 seconds


def passages_with(connection: apsw.Connection, wanted: Sequence[str]) -> dict[str, int]:
    """In how many passages each of these terms stands; 0 for one that stands nowhere."""
    codes = {code(term): term for term in wanted}
    found = rows(connection, f"SELECT term, doc FROM terms_rows WHERE term IN ({marks(len(codes))})", list(codes))
    counts = dict.fromkeys(wanted, 0)
    counts.update((codes[name], count) for name, count in found)
    return counts


def merge_terms(connection: apsw.Connection, first: bool) -> bool:
    """One step of making one piece of the pieces that additions have left; False where nothing is left to do.

    FTS5 looks a term up in each piece: of a million passages added in small lots keywords took three times as long.
    Source: https://www.sqlite.org/fts5.html#the_merge_command
    """
    before = connection.total_changes()
    pages = -MERGED_PAGES if first else MERGED_PAGES
    connection.execute("INSERT INTO terms(terms, rank) VALUES ('merge', ?)", (pages,))
    return connection.total_changes() - before >= 2


def search_terms(
    connection: apsw.Connection, words: Keywords, top_k: int, documents: Sequence[str] | None = None
) -> LexicalHits:
    """The `top_k` passages with the highest scores, of the documents where some are given (maybe none).

    Of a large library only passages that hold one of the rarer terms are looked at: see MOST_POSTINGS.
    """
    if documents is None:
        chosen = _rarest(words)
        found = _matching(connection, chosen, "ORDER BY score, rowid LIMIT ?", (top_k * (1 + (chosen != words.terms)),))
    else:
        chosen = words.terms
        # The plus keeps SQLite from asking for each passage by its number, which takes a hundred times as long.
        among = "AND +rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?)))"
        found = _matching(
            connection, chosen, f"{among} ORDER BY score, rowid LIMIT ?", (json.dumps(list(documents)), top_k)
        )
    ids = np.fromiter((row[0] for row in found), np.int64, len(found))
    if chosen == words.terms:
        return LexicalHits(ids, np.fromiter((share(-row[1], words) for row in found), np.float64, len(found)))
    scores = score_terms(connection, words, np.sort(ids))
    order = np.lexsort((np.sort(ids), -scores))[:top_k]
    return LexicalHits(np.sort(ids)[order], scores[order])


def score_terms(connection: apsw.Connection, words: Keywords, ids: Ids) -> Scores:
    """The scores of the given passages, in their order; 0 for one that holds no term."""
    totals = dict.fromkeys(ids.tolist(), 0.0)
    for term, idf, count in zip(words.terms, words.idf, words.passages, strict=True):
        if count and totals:
            # Of a rare term all passages are read, of another one those alone that are asked for.
            limit = "" if count < 4 * len(totals) else f"AND rowid IN ({marks(len(totals))})"
            found = rows(
                connection,
                f"SELECT rowid, term_weight(terms) FROM terms WHERE terms MATCH ? {limit}",
                (f'"{code(term)}"', *(totals if limit else ())),
            )
            for place, weight in found:
                if place in totals:
                    totals[place] += idf * weight
    return np.array([share(totals[place], words) for place in ids.tolist()], dtype=np.float64)


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


def _matching(
    connection: apsw.Connection, wanted: Sequence[str], rest: str, values: Sequence[object]
) -> list[tuple[int, float]]:
    """Passages that hold one of the terms, and their BM25 as FTS5 gives it: negative, lower is better."""
    if not wanted:
        return []
    query = " OR ".join(f'"{code(term)}"' for term in wanted)
    return [
        (int(row[0]), float(row[1]))
        for row in rows(
            connection,
            f"SELECT rowid, bm25(terms) AS score FROM terms WHERE terms MATCH ? {rest}",
            (query, *values),
        )
    ]
