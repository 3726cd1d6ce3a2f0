"""A library copied into another, of either kind: `python -m index copy`. Interrupted, it goes on where it stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.collections import collect, collections
from index.errors import LibraryDamaged, LibraryError, LibraryMismatch, UnknownDocument
from index.library import Library
from index.opening import make_library, open_library
from index.places import shown_place
from index.records import DocumentSummary
from index.split import PassageSpan, Split

Progress = Callable[[int, int], None]  # documents done, and in all


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of it. `there` documents were in the target already as they are in the source."""

    documents: int
    passages: int
    there: int
    digest: str  # over the digests of all documents, in the order of their ids: the same in both libraries


def copy_library(source: Path, target: Path, progress: Progress = lambda done, total: None) -> Copied:
    """Put every document of one library into another, which is made where there is none; then compare them.

    With a document go its names, its edited fields, its collections and its vectors: nothing is read or embedded
    again. Documents that only the target has stay. Raises LibraryMissing, LibraryMismatch where the two are of
    different models or versions, and LibraryDamaged where a copy is not what was copied.
    """
    given = open_library(source)
    built = given.manifest
    taking = make_library(target, built.model, built.model_fingerprint, built.dimension)
    if taking.manifest != built:
        raise LibraryMismatch(
            f"the library at {shown_place(target)} was built with {taking.manifest.model} and other settings than that "
            f"at {shown_place(source)}: name an empty place. 目标文档库的模型或版本不同"
        )
    entries = given.documents()
    there = 0
    for done, entry in enumerate(entries, start=1):
        try:
            there += not _copy(given, taking, entry)
        except UnknownDocument:
            continue  # taken out of the source meanwhile
        progress(done, len(entries))
    for collection in collections(given):
        collect(taking, collection.name, [])  # also the empty ones
    taking.tidy()
    taking.keep_vectors()
    return _compared(given, taking, there)


def _copy(given: Library, taking: Library, entry: DocumentSummary) -> bool:
    """Copy one document; False where it was there already."""
    if _is_there(given, taking, entry):
        return False
    stored = given.stored(entry.id)
    document = stored.document
    spans = tuple(PassageSpan(one.start, one.end, one.heading) for one in given.passages_of(entry.id))
    parts = Split(document.headings, document.paragraphs, document.sentences, spans)
    names = _names(given, entry)
    for source, name in names[:1]:
        first = replace(document, source=source, name=name)
        taking.add(first, parts, given.vectors_of(entry.id), given.file(entry.id), stored.edits.get("encoding", ""))
    for source, name in names[1:]:
        taking.add_name(source, name, entry.id)
    edits = {key: value for key, value in stored.edits.items() if key != "encoding"}
    if edits:
        taking.edit(entry.id, edits)
    for name in entry.collections:
        collect(taking, name, [entry.id])
    return True


def _names(library: Library, entry: DocumentSummary) -> list[tuple[str, str]]:
    """Source and name of each name the document has, in the order of adding."""
    return [(state.source, state.name) for state in library.notes.files_of(entry.id)]


def _is_there(given: Library, taking: Library, entry: DocumentSummary) -> bool:
    try:
        return document_digest(given, entry.id) == document_digest(taking, entry.id)
    except (UnknownDocument, LibraryDamaged):
        return False


def document_digest(library: Library, document_id: str) -> str:
    """SHA-256 over all that is kept of a document but when it was added: equal in two libraries, it is the same.

    Raises UnknownDocument or LibraryDamaged.
    """
    stored = library.stored(document_id)
    document = replace(stored.document, source="", name="")
    passages = [(one.start, one.end, one.heading) for one in library.passages_of(document_id)]
    names = sorted((state.source, state.name) for state in library.notes.files_of(document_id))
    digest = hashlib.sha256(repr((document, sorted(stored.edits.items()), passages, names)).encode())
    digest.update(library.vectors_of(document_id).astype(np.float16).tobytes())
    digest.update(hashlib.sha256(library.file(document_id) or b"").digest())
    return digest.hexdigest()


def _compared(given: Library, taking: Library, there: int) -> Copied:
    digest = hashlib.sha256()
    documents = passages = 0
    for entry in sorted(given.documents(), key=lambda one: one.id):
        mine = document_digest(given, entry.id)
        if document_digest(taking, entry.id) != mine:
            raise LibraryDamaged(
                f"{entry.name}: the copy is not what was copied; was it changed meanwhile? Give the command again. "
                "副本与原件不一致"
            )
        digest.update(mine.encode())
        documents += 1
        passages += entry.passages
    counts = taking.counts()
    if counts.documents < documents or counts.passages < passages:
        raise LibraryError("the target counts less than was copied: python -m index check says why. 副本数量不符")
    return Copied(documents, passages, there, digest.hexdigest())
