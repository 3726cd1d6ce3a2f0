"""The library: everything kept under one folder.

`library.sqlite` holds what must not be lost: documents, passages, terms and vectors, a document
in one transaction. `vectors-GENERATION-HASH.faiss` is a cache over the vectors, made again from
them, without embedding anything, when it is missing, stale or damaged.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from index.database import (
    FILE_NAME,
    connect,
    create_database,
    marks,
    packed,
    rows,
    unpacked,
    what_to_do_when_damaged,
)
from index.errors import LibraryDamaged, LibraryMismatch, LibraryMissing, UnknownDocument
from index.records import Document, DocumentSummary, Heading, Passage, Span
from index.split import PASSAGE_TOKENS, SPLITTER_VERSION, Split
from index.terms import TERMS_VERSION, terms
from index.vectors import Ids, Matrix, VectorIndex

FORMAT_VERSION = 1
CACHED_DOCUMENTS = 64

_PASSAGES = "SELECT id, document, ordinal, start, end, heading FROM passages"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a library was built with; searched with anything else it would answer wrongly."""

    format: int
    splitter: int
    terms: int
    passage_tokens: int
    model: str
    model_fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    documents: int
    passages: int


class Library:
    """An open library. May be used from several threads; each has its own connection."""

    def __init__(self, folder: Path) -> None:
        """Open what `create` made. Raises LibraryMissing, LibraryMismatch or LibraryDamaged."""
        self.folder = folder
        self._local = threading.local()
        self._index_lock = threading.Lock()
        self._index: tuple[str, VectorIndex] | None = None
        self._document = lru_cache(CACHED_DOCUMENTS)(self._load_document)
        if not (folder / FILE_NAME).is_file():
            raise missing(folder)
        self.manifest = self._checked_manifest()

    @property
    def connection(self) -> apsw.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = connect(self.folder)
            self._local.depth = 0
        connection: apsw.Connection = self._local.connection
        return connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it this thread sees the library as it was at the start, whatever is written meanwhile."""
        connection = self.connection
        if self._local.depth == 0:
            connection.execute("BEGIN")
        self._local.depth += 1
        try:
            yield
        finally:
            self._local.depth -= 1
            if self._local.depth == 0:
                connection.execute("COMMIT")

    def require_model(self, fingerprint: str, name: str) -> None:
        """Raise LibraryMismatch unless the library's vectors are that model's."""
        if fingerprint != self.manifest.model_fingerprint:
            raise LibraryMismatch(
                f"the library in {self.folder} was built with the model {self.manifest.model} "
                f"({self.manifest.model_fingerprint[:8]}), not {name} ({fingerprint[:8]}): name that model, or "
                f"python -m index rebuild --model {name} --library {self.folder}"
            )

    def counts(self) -> Counts:
        """How many documents and passages there are."""
        [(documents, passages)] = self._rows("SELECT count(*), coalesce(sum(passages), 0) FROM documents")
        return Counts(documents, passages)

    def generation(self) -> str:
        """Changes with every write."""
        [(generation,)] = self._rows("SELECT value FROM meta WHERE key = 'generation'")
        return str(generation)

    def documents(self) -> list[DocumentSummary]:
        """Every document, in the order of adding."""
        columns = "id, name, source, sha256, title, characters, passages, added"
        return [DocumentSummary(*row) for row in self._rows(f"SELECT {columns} FROM documents ORDER BY rowid")]

    def document(self, document_id: str) -> Document:
        """A document by its whole id. Raises UnknownDocument. Its text comes from memory when just used."""
        found = self._rows("SELECT added FROM documents WHERE id = ?", (document_id,))
        if not found:
            raise UnknownDocument(f"{document_id} is no document of the library in {self.folder}")
        return self._document(document_id, found[0][0])

    def find_document(self, given: str) -> Document:
        """A document by id, the beginning of an id (4 digits and more), name, or source path.

        Raises UnknownDocument when none or several answer to it.
        """
        summaries = self.documents()
        source = str(Path(given).resolve())
        found = [
            entry for entry in summaries if given in (entry.id, entry.name, entry.source) or entry.source == source
        ]
        if not found and len(given) >= 4:
            found = [entry for entry in summaries if entry.id.startswith(given.lower())]
        if len(found) != 1:
            what = "no document" if not found else f"{len(found)} documents"
            raise UnknownDocument(f"{given!r} names {what} of this library: python -m index list shows their ids")
        return self.document(found[0].id)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of the ids. Raises KeyError for one that is not there."""
        found = {row[0]: row for row in self._rows(f"{_PASSAGES} WHERE id IN ({marks(len(ids))})", ids)}
        return [self._passage(*found[place]) for place in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in order."""
        found = self._rows(f"{_PASSAGES} WHERE document = ? ORDER BY ordinal", (document_id,))
        return [self._passage(*row) for row in found]

    def vectors(self) -> tuple[Ids, Matrix]:
        """Ids, ascending, and the vectors: row i is passage ids[i]. Raises LibraryDamaged."""
        found = self._rows("SELECT id, vector FROM passages ORDER BY id")
        ids = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
        stored = np.frombuffer(b"".join(row[1] for row in found), dtype=np.float16)
        if stored.size != len(found) * self.manifest.dimension:
            raise LibraryDamaged(
                f"vectors of the library in {self.folder} have a wrong length: {_rebuild_command(self.folder)}"
            )
        return ids, stored.reshape(len(found), self.manifest.dimension).astype(np.float32)

    def vector_index(self) -> VectorIndex:
        """The FAISS index of this generation: from memory, from its file, or made again from the vectors."""
        from index.vectors import flat_faiss

        generation = self.generation()
        with self._index_lock:
            if self._index is None or self._index[0] != generation:
                ids, vectors = self.vectors()
                index = flat_faiss.load(self.folder, generation, ids, self.manifest.dimension)
                if index is None:
                    index = flat_faiss.build(ids, vectors)
                    with contextlib.suppress(OSError):  # a cache that cannot be kept is made again next time
                        flat_faiss.save(index, self.folder, generation)
                self._index = (generation, index)
            return self._index[1]

    def add(self, document: Document, parts: Split, vectors: Matrix) -> None:
        """Put a whole document in, in one step; an earlier version from the same source goes with it.

        `vectors` has a row for each of `parts.passages`, unit norm.
        """
        if len(vectors) != len(parts.passages) or vectors.shape[1] != self.manifest.dimension:
            raise ValueError(f"{len(parts.passages)} passages, but vectors of shape {vectors.shape}")
        with self._writing() as connection:
            earlier = self._rows("SELECT id FROM documents WHERE source = ? OR id = ?", (document.source, document.id))
            for (earlier_id,) in earlier:
                self._delete(earlier_id)
            connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.id,
                    document.name,
                    document.source,
                    document.sha256,
                    document.title,
                    document.text,
                    len(document.text),
                    len(parts.passages),
                    packed([(entry.start, entry.end, entry.level) for entry in document.headings]),
                    packed([(entry.start, entry.end) for entry in document.paragraphs]),
                    packed([(entry.start, entry.end) for entry in document.sentences]),
                    datetime.now(UTC).isoformat(timespec="milliseconds"),
                ),
            )
            for ordinal, (span, vector) in enumerate(zip(parts.passages, vectors, strict=True), start=1):
                connection.execute(
                    "INSERT INTO passages(document, ordinal, start, end, heading, vector) VALUES (?, ?, ?, ?, ?, ?)",
                    (document.id, ordinal, span.start, span.end, span.heading, vector.astype(np.float16).tobytes()),
                )
                words = _words(document.title, span.heading, document.text[span.start : span.end])
                connection.execute(
                    "INSERT INTO terms(rowid, words) VALUES (?, ?)", (connection.last_insert_rowid(), words)
                )

    def remove(self, document_id: str) -> None:
        """Take a document out, in one step. Raises UnknownDocument."""
        with self._writing():
            if not self._rows("SELECT 1 FROM documents WHERE id = ?", (document_id,)):
                raise UnknownDocument(f"{document_id} is no document of the library in {self.folder}")
            self._delete(document_id)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (secrets.token_hex(8),))
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        self._document.cache_clear()

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return rows(self.connection, query, values)

    def _delete(self, document_id: str) -> None:
        """Take everything of a document out, within a transaction; FTS5 has to be told its words."""
        for passage in self.passages_of(document_id):
            self.connection.execute(
                "INSERT INTO terms(terms, rowid, words) VALUES ('delete', ?, ?)",
                (passage.id, _words(passage.title, passage.heading, passage.text)),
            )
        self.connection.execute("DELETE FROM passages WHERE document = ?", (document_id,))
        self.connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def _load_document(self, document_id: str, _added: str) -> Document:
        columns = "id, name, source, sha256, title, text, headings, paragraphs, sentences"
        [row] = self._rows(f"SELECT {columns} FROM documents WHERE id = ?", (document_id,))
        return Document(
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            tuple(Heading(*numbers) for numbers in unpacked(row[6], 3)),
            tuple(Span(*numbers) for numbers in unpacked(row[7], 2)),
            tuple(Span(*numbers) for numbers in unpacked(row[8], 2)),
        )

    def _passage(self, place: int, document_id: str, ordinal: int, start: int, end: int, heading: str) -> Passage:
        document = self.document(document_id)
        return Passage(place, document_id, ordinal, start, end, document.title, heading, document.text[start:end])

    def _checked_manifest(self) -> Manifest:
        try:
            values: dict[str, str] = dict(self._rows("SELECT key, value FROM meta"))
            manifest = Manifest(
                format=int(values["format"]),
                splitter=int(values["splitter"]),
                terms=int(values["terms"]),
                passage_tokens=int(values["passage_tokens"]),
                model=values["model"],
                model_fingerprint=values["model_fingerprint"],
                dimension=int(values["dimension"]),
            )
            stored = self.counts().passages
            [(counted,)] = self._rows("SELECT count(*) FROM passages")
            [(indexed,)] = self._rows("SELECT count(*) FROM terms")
        except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError, KeyError, ValueError) as error:
            file = self.folder / FILE_NAME
            raise LibraryDamaged(f"{file} is damaged ({error}): {what_to_do_when_damaged()}") from error
        expected = (FORMAT_VERSION, SPLITTER_VERSION, TERMS_VERSION)
        if (manifest.format, manifest.splitter, manifest.terms) != expected:
            raise LibraryMismatch(
                f"the library in {self.folder} was built with format {manifest.format}, splitter {manifest.splitter}, "
                f"terms {manifest.terms}; this version has {', '.join(map(str, expected))}: "
                f"{_rebuild_command(self.folder)}"
            )
        if stored != counted or stored != indexed:
            raise LibraryDamaged(
                f"the library in {self.folder} should have {stored} passages and has {counted}, "
                f"{indexed} of them with terms: {_rebuild_command(self.folder)}"
            )
        return manifest


def create_library(folder: Path, model: str, fingerprint: str, dimension: int) -> Library:
    """Make an empty library for a model's vectors; opens the one that is there when there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE_NAME).exists():
        meta = {
            "format": FORMAT_VERSION,
            "splitter": SPLITTER_VERSION,
            "terms": TERMS_VERSION,
            "passage_tokens": PASSAGE_TOKENS,
            "model": model,
            "model_fingerprint": fingerprint,
            "dimension": dimension,
            "generation": secrets.token_hex(8),
        }
        create_database(folder, meta)
    return Library(folder)


def missing(folder: Path) -> LibraryMissing:
    """The error for a folder without a library."""
    return LibraryMissing(f"there is no library in {folder}: python -m index add PATH --library {folder}")


def _words(title: str, heading: str, text: str) -> str:
    """What FTS5 keeps of a passage: its terms, and those of the title and headings above it."""
    return " ".join(terms(f"{title}\n{heading}\n{text}"))


def _rebuild_command(folder: Path) -> str:
    return f"python -m index rebuild --library {folder}"
