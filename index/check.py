"""Whether everything in the library agrees with itself: what `python -m index check` and the crash tests ask."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from index.database import rows
from index.errors import LibraryDamaged
from index.local import LocalLibrary
from index.store import checked_passages, has_terms, load_document

NORM_TOLERANCE = 0.01  # of a unit vector kept in 16 bits


def problems(library: LocalLibrary) -> Iterator[str]:
    """What is wrong with the library, a sentence each; nothing where all is well."""
    try:
        yield from _in_sqlite(library)
        yield from _in_documents(library)
        yield from _in_vectors(library)
    except LibraryDamaged as error:
        yield str(error)


def _in_sqlite(library: LocalLibrary) -> Iterator[str]:
    for (message,) in rows(library.connection, "PRAGMA integrity_check"):
        if message != "ok":
            yield f"SQLite: {message}"
    for table, parent, _, _ in rows(library.connection, "PRAGMA foreign_key_check"):
        yield f"SQLite: a row {parent} of {table} belongs to nothing"
    for query, what in (
        ("SELECT id FROM documents WHERE id NOT IN (SELECT document FROM names)", "documents without a name"),
        ("SELECT rowid FROM terms WHERE rowid NOT IN (SELECT id FROM passages)", "terms without a passage"),
        ("SELECT id FROM passages WHERE id NOT IN (SELECT rowid FROM terms)", "passages without terms"),
    ):
        found = rows(library.connection, query)
        if found:
            yield f"{len(found)} {what}"


def _in_documents(library: LocalLibrary) -> Iterator[str]:
    """Each document's own digest, its passages, and that its words are found in each."""
    for (document_id,) in rows(library.connection, "SELECT id FROM documents ORDER BY rowid"):
        stored = load_document(library.connection, document_id)
        document = stored.shown()
        passages = checked_passages(library.connection, "WHERE document = ? ORDER BY ordinal", (document_id,))
        if [row[2] for row in passages] != list(range(1, stored.passages + 1)):
            yield f"{document.name}: {len(passages)} passages, and {stored.passages} expected"
        for row in passages:
            if not 0 <= row[3] < row[4] <= len(document.text):
                yield f"{document.name}: passage {row[2]} is not in the text"
            elif not has_terms(library.connection, row[0], document.title, row[5], document.text[row[3] : row[4]]):
                yield f"{document.name}: passage {row[2]} is not found by its words"
        library.file(document_id)


def _in_vectors(library: LocalLibrary) -> Iterator[str]:
    """The FAISS index against every stored vector, by brute force."""
    ids, vectors = library.vectors()
    if len(vectors) and not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=NORM_TOLERANCE):
        yield "a stored vector is not of length 1"
    index = library.vector_index()
    for vector in vectors[:: max(1, len(vectors) // 20)]:
        exact = (vectors.astype(np.float64) * vector.astype(np.float64)).sum(axis=1)
        order = np.lexsort((ids, -exact))[:10]
        found = index.search(vector, 10)
        if found.ids.tolist() != ids[order].tolist() or not np.array_equal(found.scores, exact[order]):
            yield "FAISS does not find what the stored vectors say"
