"""Whether everything of a library in Milvus agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from index.check import NORM_TOLERANCE
from index.errors import LibraryDamaged
from index.milvus.server import among
from index.milvus.tables import PASSAGES, ROWS, weights_of

if TYPE_CHECKING:
    from index.milvus.library import MilvusLibrary


def problems(library: MilvusLibrary) -> Iterator[str]:
    """What is wrong with the library, a sentence each; nothing where all is well."""
    for entry in library.documents():
        try:
            yield from _in_document(library, entry.id, entry.name, entry.passages)
        except LibraryDamaged as error:
            yield str(error)
    yield from _left(library)


def _in_document(library: MilvusLibrary, document_id: str, name: str, expected: int) -> Iterator[str]:
    document = library.document(document_id)
    library.file(document_id)
    if not document.source:
        yield f"{document_id} has no name"
    passages = library.passages_of(document_id)
    if [passage.ordinal for passage in passages] != list(range(1, expected + 1)):
        yield f"{name}: {len(passages)} passages, and {expected} expected"
    where = among("id", [passage.id for passage in passages])
    codes = {row["id"]: row["codes"] for row in library.server.query(library.table(PASSAGES), where, ("id", "codes"))}
    for passage in passages:
        if document.text[passage.start : passage.end] != passage.text:
            yield f"{name}: passage {passage.ordinal} is not what the text says there"
        weights = weights_of(document.title, passage.heading, passage.text)
        if sorted(codes[passage.id]) != sorted(place for place in weights if place):
            yield f"{name}: passage {passage.ordinal} is not found by its words"
    vectors = library.vectors_of(document_id)
    if len(vectors) and not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=NORM_TOLERANCE):
        yield f"{name}: a vector is not of length 1"


def _left(library: MilvusLibrary) -> Iterator[str]:
    """Passages of no document at all; those of one that is on its way in or out have a row."""
    rows = library.server.query(library.table(ROWS), 'kind == "document"', ("document",))
    there = {row["document"] for row in rows}
    found = library.server.query(library.table(PASSAGES), "ordinal == 1", ("document",))
    orphans = sorted({row["document"] for row in found} - there)
    if orphans:
        yield f"passages of {len(orphans)} documents that are not there: {', '.join(orphans[:5])}"
