"""The library made anew from its own documents, for another model or another version."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

import apsw
import numpy as np

from index import store
from index.database import (
    FILE_NAME,
    TABLES_SCHEMA,
    TERMS_SCHEMA,
    TERMS_SETTING,
    connect,
    new_generation,
    rows,
    transaction,
)
from index.embed import Embedder
from index.errors import LibraryDamaged, LibraryReadOnly, UnreadableFile
from index.ingest import EMBEDDING_BATCH, passage_texts
from index.local import LocalLibrary
from index.manifest import missing, new_meta, read_manifest, require_not_newer
from index.readers import read
from index.records import Block, Document, ReadFile
from index.split import split
from index.traces import empty_log, remove_vectors
from index.vectors import Matrix


def rebuild(
    folder: Path, embedder: Embedder, progress: Callable[[int, int], None] = lambda done, total: None
) -> LocalLibrary:
    """Make the library anew from its own documents' texts, with this version and this model.

    The old one answers until the new one is whole: all is one transaction, and other programs that
    would write wait for it. A document whose stored text is damaged is left out, and its file noted
    as failed, so that it is added again. Raises LibraryMissing, LibraryMismatch for a library that a
    newer version made, LibraryReadOnly, LibraryFull or LibraryBusy.
    """
    if not (folder / FILE_NAME).is_file():
        raise missing(folder)
    connection = connect(folder)
    with contextlib.closing(connection):
        manifest = read_manifest(connection)
        require_not_newer(folder, manifest)
        if connection.readonly("main"):
            raise LibraryReadOnly(f"the library in {folder} cannot be written: check its permissions")
        # Deferred foreign keys see no document that is there at the end; renaming leaves references as they are.
        connection.execute("PRAGMA legacy_alter_table = ON")
        with transaction(connection):
            if read_manifest(connection).format == 1:
                _from_format_1(connection)
            _renew(connection, embedder, progress)
            meta = {**new_meta(embedder.name, embedder.fingerprint, embedder.dimension)}
            for key, value in meta.items():
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))
            new_generation(connection)
        empty_log(connection)
    library = LocalLibrary(folder)
    remove_vectors(folder, but=library.generation())
    return library


def _renew(connection: apsw.Connection, embedder: Embedder, progress: Callable[[int, int], None]) -> None:
    """Split, embed and index every document's text again; its names, edits and collections stay."""
    connection.execute("DROP TABLE terms_rows; DROP TABLE terms")
    connection.execute(TERMS_SCHEMA)
    connection.execute(TERMS_SETTING)
    connection.execute("DELETE FROM passages")
    ids = [document for (document,) in rows(connection, "SELECT id FROM documents ORDER BY rowid")]
    for done, document_id in enumerate(ids, start=1):
        try:
            stored = store.load_document(connection, document_id)
        except LibraryDamaged:
            _give_up(connection, document_id)
            continue
        before = stored.document
        parts = split(before.text, before.blocks, before.title, embedder.count_tokens)
        document = replace(before, headings=parts.headings, paragraphs=parts.paragraphs, sentences=parts.sentences)
        store.put_document(
            connection,
            replace(stored, document=document, passages=len(parts.passages), version=stored.version + 1),
        )
        vectors = _embedded(embedder, passage_texts(document, parts))
        store.put_passages(connection, document, stored.shown().title, parts.passages, vectors)
        progress(done, len(ids))


def _embedded(embedder: Embedder, texts: list[str]) -> Matrix:
    vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    for start in range(0, len(texts), EMBEDDING_BATCH):
        vectors[start : start + EMBEDDING_BATCH] = embedder.embed_passages(texts[start : start + EMBEDDING_BATCH])
    return vectors


def _give_up(connection: apsw.Connection, document_id: str) -> None:
    """Drop a document that is damaged, and note its files as failed."""
    for source, name in store.names_of(connection, document_id):
        reason = f"{name}: its text in the library was damaged and could not be kept; add the file again"
        connection.execute(
            "INSERT OR REPLACE INTO work VALUES (?, ?, 'failed', ?, ?)", (source, name, reason, store.now())
        )
    for table in ("files", "names", "collected"):
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def _from_format_1(connection: apsw.Connection) -> None:
    """Format 1 had no names apart from documents, and no blocks: texts are read again, and passages made after."""
    connection.execute("DROP INDEX passages_by_document; DROP TABLE passages")
    connection.execute("ALTER TABLE documents RENAME TO documents_1")
    connection.execute(TABLES_SCHEMA)
    query = "SELECT id, name, source, sha256, title, text, added FROM documents_1 ORDER BY rowid"
    for document_id, name, source, sha256, title, text, added in rows(connection, query):
        content = _read_again(text, name, title)
        document = Document(
            id=document_id,
            name=name,
            source=source,
            sha256=sha256,
            title=content.title,
            text=text,
            headings=(),
            paragraphs=(),
            sentences=(),
            places=content.places,
            origin=content.origin,
            encoding="utf-8",
            notes=content.notes,
            blocks=content.blocks,
            kind=PurePath(name).suffix.lower().removeprefix("."),
            bytes=len(text.encode()),
        )
        store.put_document(connection, store.StoredDocument(document, {}, 0, added, 1))
        store.put_name(connection, source, name, document_id)
    connection.execute("DROP TABLE documents_1")


def _read_again(text: str, name: str, title: str) -> ReadFile:
    """The blocks of a text that was a UTF-8 file; one block where the readers would change the text."""
    with contextlib.suppress(UnreadableFile):
        content = read(b"\xef\xbb\xbf" + text.encode(), name)
        if content.text == text:
            return content
    return ReadFile(text, title, (Block(0, len(text)),))
