"""The library: everything kept under one folder.

`library.sqlite` holds what must not be lost: documents, passages, terms and vectors, a document
in one transaction. `vectors-GENERATION-HASH.faiss` is a cache over the vectors, made again from
them, without embedding anything, when it is missing, stale or damaged.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import apsw
import numpy as np

from index.errors import LibraryDamaged, LibraryError, LibraryMismatch, LibraryMissing, UnknownDocument
from index.records import Document, DocumentSummary, Heading, Passage, Span
from index.split import PASSAGE_TOKENS, SPLITTER_VERSION, Split
from index.terms import TERMS_VERSION, terms
from index.vectors import Ids, Matrix, VectorIndex

FORMAT_VERSION = 1
FILE_NAME = "library.sqlite"
BUSY_MILLISECONDS = 30_000  # how long a second writer waits for the first
CACHED_DOCUMENTS = 64

_SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    headings BLOB NOT NULL, paragraphs BLOB NOT NULL, sentences BLOB NOT NULL, added TEXT NOT NULL
);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages(document);
CREATE VIRTUAL TABLE terms USING fts5(
    words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
CREATE VIRTUAL TABLE terms_rows USING fts5vocab(terms, row);
"""


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
            raise LibraryMissing(f"there is no library in {folder}: python -m index add PATH --library {folder}")
        self.manifest = self._checked_manifest()

    @property
    def connection(self) -> apsw.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "connection"):
            self._local.connection = _connect(self.folder, apsw.SQLITE_OPEN_READWRITE)
            self._local.depth = 0
        connection: apsw.Connection = self._local.connection
        return connection

    @contextmanager
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
        documents, passages = self._one("SELECT count(*), coalesce(sum(passages), 0) FROM documents")
        return Counts(int(documents), int(passages))

    def generation(self) -> str:
        """Changes with every write."""
        return str(self._one("SELECT value FROM meta WHERE key = 'generation'")[0])

    def documents(self) -> list[DocumentSummary]:
        """Every document, in the order of adding."""
        rows = self.connection.execute(
            "SELECT id, name, source, sha256, title, characters, passages, added FROM documents ORDER BY added, id"
        )
        return [DocumentSummary(*row) for row in rows]

    def document(self, document_id: str) -> Document:
        """A document by its whole id. Raises UnknownDocument. Served from memory when just used."""
        return self._document(document_id)

    def find_document(self, given: str) -> Document:
        """A document by id, the beginning of an id (4 digits and more), name, or source path.

        Raises UnknownDocument when none or several answer to it.
        """
        summaries = self.documents()
        source = str(Path(given).resolve())
        found = [entry for entry in summaries if given in (entry.id, entry.name, entry.source) or entry.source == source]
        if not found and len(given) >= 4:
            found = [entry for entry in summaries if entry.id.startswith(given.lower())]
        if len(found) != 1:
            what = "no document" if not found else f"{len(found)} documents"
            raise UnknownDocument(f"{given!r} names {what} of this library: python -m index list shows their ids")
        return self.document(found[0].id)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of the ids. Raises KeyError for one that is not there."""
        marks = ",".join("?" * len(ids))
        rows = {
            row[0]: row
            for row in self.connection.execute(
                f"SELECT id, document, ordinal, start, end, heading FROM passages WHERE id IN ({marks})", tuple(ids)
            )
        }
        return [self._passage(*rows[place]) for place in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in order."""
        rows = self.connection.execute(
            "SELECT id, document, ordinal, start, end, heading FROM passages WHERE document = ? ORDER BY ordinal",
            (document_id,),
        )
        return [self._passage(*row) for row in rows]

    def vectors(self) -> tuple[Ids, Matrix]:
        """Ids, ascending, and the vectors: row i is passage ids[i]."""
        rows = self.connection.execute("SELECT id, vector FROM passages ORDER BY id").fetchall()
        ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
        stored = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16)
        if stored.size != len(rows) * self.manifest.dimension:
            raise LibraryDamaged(f"vectors of the library in {self.folder} have a wrong length: {_rebuild_command(self.folder)}")
        return ids, stored.reshape(len(rows), self.manifest.dimension).astype(np.float32)

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
                    try:
                        flat_faiss.save(index, self.folder, generation)
                    except OSError:  # a cache that cannot be kept is made again next time
                        pass
                self._index = (generation, index)
            return self._index[1]

    def add(self, document: Document, parts: Split, vectors: Matrix) -> None:
        """Put a whole document in, in one step; an earlier version from the same source goes with it.

        `vectors` has a row for each of `parts.passages`, unit norm.
        """
        if len(vectors) != len(parts.passages) or vectors.shape[1] != self.manifest.dimension:
            raise ValueError(f"{len(parts.passages)} passages, but vectors of shape {vectors.shape}")
        with self._writing() as connection:
            earlier = connection.execute(
                "SELECT id FROM documents WHERE source = ? OR id = ?", (document.source, document.id)
            )
            for (earlier_id,) in earlier.fetchall():
                _delete(connection, earlier_id)
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
                    _packed([(entry.start, entry.end, entry.level) for entry in document.headings]),
                    _packed([(entry.start, entry.end) for entry in document.paragraphs]),
                    _packed([(entry.start, entry.end) for entry in document.sentences]),
                    datetime.now(UTC).isoformat(timespec="milliseconds"),
                ),
            )
            for ordinal, (span, vector) in enumerate(zip(parts.passages, vectors, strict=True), start=1):
                connection.execute(
                    "INSERT INTO passages(document, ordinal, start, end, heading, vector) VALUES (?, ?, ?, ?, ?, ?)",
                    (document.id, ordinal, span.start, span.end, span.heading, vector.astype(np.float16).tobytes()),
                )
                searched = " ".join(terms(f"{document.title}\n{span.heading}\n{document.text[span.start : span.end]}"))
                connection.execute(
                    "INSERT INTO terms(rowid, words) VALUES (?, ?)", (connection.last_insert_rowid(), searched)
                )

    def remove(self, document_id: str) -> None:
        """Take a document out, in one step. Raises UnknownDocument."""
        with self._writing() as connection:
            if not connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchall():
                raise UnknownDocument(f"{document_id} is no document of the library in {self.folder}")
            _delete(connection, document_id)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    @contextmanager
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

    def _one(self, query: str, values: tuple[object, ...] = ()) -> tuple[apsw.SQLiteValue, ...]:
        row = self.connection.execute(query, values).fetchone()
        if row is None:
            raise LibraryDamaged(f"the library in {self.folder} lacks its description: {_rebuild_command(self.folder)}")
        return tuple(row)

    def _load_document(self, document_id: str) -> Document:
        row = self.connection.execute(
            "SELECT id, name, source, sha256, title, text, headings, paragraphs, sentences FROM documents WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            raise UnknownDocument(f"{document_id} is no document of the library in {self.folder}")
        *words, headings, paragraphs, sentences = row
        return Document(
            *words,
            headings=tuple(Heading(*entry) for entry in _unpacked(headings, 3)),
            paragraphs=tuple(Span(*entry) for entry in _unpacked(paragraphs, 2)),
            sentences=tuple(Span(*entry) for entry in _unpacked(sentences, 2)),
        )

    def _passage(self, place: int, document_id: str, ordinal: int, start: int, end: int, heading: str) -> Passage:
        document = self.document(document_id)
        return Passage(place, document_id, ordinal, start, end, document.title, heading, document.text[start:end])

    def _checked_manifest(self) -> Manifest:
        try:
            values = dict(self.connection.execute("SELECT key, value FROM meta").fetchall())
            manifest = Manifest(
                **{key: int(values[key]) for key in ("format", "splitter", "terms", "passage_tokens", "dimension")},
                **{key: values[key] for key in ("model", "model_fingerprint")},
            )
            stored, counted = self.counts(), self._one("SELECT count(*) FROM passages")[0]
            indexed = self._one("SELECT count(*) FROM terms")[0]
        except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError, KeyError, ValueError) as error:
            raise LibraryDamaged(
                f"{self.folder / FILE_NAME} is damaged ({error}): put a copy back, or move the folder away and "
                "python -m index add the documents again"
            ) from error
        expected = (FORMAT_VERSION, SPLITTER_VERSION, TERMS_VERSION)
        if (manifest.format, manifest.splitter, manifest.terms) != expected:
            raise LibraryMismatch(
                f"the library in {self.folder} was built with format {manifest.format}, splitter {manifest.splitter}, "
                f"terms {manifest.terms}; this version has {', '.join(map(str, expected))}: {_rebuild_command(self.folder)}"
            )
        if stored.passages != counted or stored.passages != indexed:
            raise LibraryDamaged(
                f"the library in {self.folder} should have {stored.passages} passages and has {counted}, "
                f"{indexed} of them with terms: {_rebuild_command(self.folder)}"
            )
        return manifest


def create_library(folder: Path, model: str, fingerprint: str, dimension: int) -> Library:
    """Make an empty library for a model's vectors; opens the one that is there when there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / FILE_NAME).exists():
        partial = folder / f".{FILE_NAME}-{secrets.token_hex(4)}"
        connection = apsw.Connection(str(partial))
        connection.execute(_SCHEMA)
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
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
        # Deleted text must be gone from the file as well, in the tables and in the terms.
        connection.execute("INSERT INTO terms(terms, rank) VALUES ('secure-delete', 1)")
        connection.close()
        try:
            (folder / FILE_NAME).hardlink_to(partial)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return Library(folder)


def _connect(folder: Path, flags: int) -> apsw.Connection:
    try:
        connection = apsw.Connection(str(folder / FILE_NAME), flags=flags)
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a document said to be searchable survives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except apsw.CantOpenError as error:
        raise LibraryError(f"{folder / FILE_NAME} cannot be opened ({error}): check its permissions") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise LibraryDamaged(
            f"{folder / FILE_NAME} is damaged ({error}): put a copy back, or move the folder away and "
            "python -m index add the documents again"
        ) from error
    return connection


def _delete(connection: apsw.Connection, document_id: str) -> None:
    connection.execute("DELETE FROM terms WHERE rowid IN (SELECT id FROM passages WHERE document = ?)", (document_id,))
    connection.execute("DELETE FROM passages WHERE document = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def _packed(rows: Sequence[tuple[int, ...]]) -> bytes:
    return np.array(rows, dtype="<i4").tobytes()


def _unpacked(data: bytes, width: int) -> list[list[int]]:
    unpacked: list[list[int]] = np.frombuffer(data, dtype="<i4").reshape(-1, width).tolist()
    return unpacked


def _rebuild_command(folder: Path) -> str:
    return f"python -m index rebuild --library {folder}"
