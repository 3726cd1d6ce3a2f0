"""The library on one machine: everything kept under one folder.

`library.sqlite` holds what must not be lost: documents, passages, terms and vectors, a document
in one transaction. `vectors-GENERATION-HASH.faiss` is a cache over the vectors, made again from
them, without embedding anything, when it is missing, stale or damaged.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw
import numpy as np
from cachetools import LRUCache

from index import lexical_fts, store
from index.collections import Scope
from index.database import FILE_NAME, connect, create_database, marks, new_generation, rows, sqlite_errors, transaction
from index.errors import LibraryDamaged, LibraryMismatch, LibraryReadOnly, UnknownDocument, YinzhengError
from index.lexical import Keywords, LexicalHits
from index.library import Counts
from index.manifest import cannot_make, check_versions, missing, new_meta, read_manifest, rebuild_command
from index.notes_local import LocalNotes
from index.places import source_of, text_of
from index.records import Document, DocumentSummary, Passage
from index.split import Split
from index.summaries import summaries
from index.traces import empty_log, remove_left_behind, remove_vectors
from index.vectors import Ids, Matrix, Neighbours, Scores, VectorIndex
from index.vectors.current import CurrentVectors

CACHED_BYTES = 100_000_000  # of documents that were just used, as they lie in memory
CACHED_COUNTS = 20_000  # terms whose passages were counted
MERGED_FROM = 5_000  # passages from which terms in many pieces are slow to look up
MERGED_SHARE = 10  # a tenth of the passages is new since they were in one piece
_SPAN_BYTES = 120


class LocalLibrary:
    """An open library in a folder. May be used from several threads; each has its own connection."""

    def __init__(self, folder: Path) -> None:
        """Open what `create_library` made.

        Raises LibraryMissing, LibraryMismatch, LibraryDamaged or LibraryReadOnly.
        """
        self.folder = folder
        self._local = threading.local()
        self._documents: LRUCache[tuple[object, ...], Document] = LRUCache(CACHED_BYTES, _size_in_memory)
        self._held: LRUCache[tuple[str, str], int] = LRUCache(CACHED_COUNTS)
        self._lock = threading.Lock()
        self.notes = LocalNotes(self)
        if not (folder / FILE_NAME).is_file():
            raise missing(folder)
        self.manifest = read_manifest(self.connection)
        check_versions(folder, self.manifest)
        self._check_counts()
        self._vectors = CurrentVectors(folder, self.manifest.dimension, lambda: self.connection)

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
        """Within it this thread sees the library as it was at the start, whatever is written meanwhile.

        Raises LibraryMismatch when another program has rebuilt it since it was opened.
        """
        connection = self.connection
        if self._local.depth == 0:
            with sqlite_errors(self.folder):
                connection.execute("BEGIN")
        self._local.depth += 1
        try:
            if self._local.depth == 1 and read_manifest(connection) != self.manifest:
                raise LibraryMismatch(
                    f"the library in {self.folder} was rebuilt by another program, with another model or version: "
                    "start this one again"
                )
            yield
        finally:
            self._local.depth -= 1
            if self._local.depth == 0 and connection.in_transaction:
                connection.execute("ROLLBACK")  # nothing was written; unlike COMMIT it succeeds on a damaged file too

    @contextlib.contextmanager
    def writing(self, passages: bool = True, durable: bool = True) -> Iterator[apsw.Connection]:
        """One transaction of this thread. `passages` says whether it changes what is searched by vectors.

        Raises LibraryReadOnly, LibraryFull, LibraryBusy or LibraryMismatch; then nothing was written.
        """
        connection = self.connection
        self.require_writable()
        with transaction(connection, durable):
            if read_manifest(connection) != self.manifest:
                raise LibraryMismatch(
                    f"the library in {self.folder} was rebuilt by another program meanwhile: give the command again"
                )
            yield connection
            if passages:
                new_generation(connection)

    def require_model(self, fingerprint: str, name: str) -> None:
        """Raise LibraryMismatch unless the library's vectors are that model's."""
        if fingerprint != self.manifest.model_fingerprint:
            raise LibraryMismatch(
                f"the library in {self.folder} was built with the model {self.manifest.model} "
                f"({self.manifest.model_fingerprint[:8]}), not {name} ({fingerprint[:8]}): name that model, or "
                f"python -m index rebuild --model {name} --library {self.folder}"
            )

    def require_writable(self) -> None:
        """Raise LibraryReadOnly where it can only be read."""
        if self.connection.readonly("main"):
            raise LibraryReadOnly(
                f"the library in {self.folder} can be read and not written: check the permissions of the folder and "
                f"of {FILE_NAME} in it, or copy the folder to where you may write"
            )

    def counts(self, documents: Sequence[str] | None = None) -> Counts:
        """How many documents and passages there are, among the ids where some are given."""
        query = "SELECT count(*), coalesce(sum(passages), 0) FROM documents"
        if documents is None:
            [(counted, passages)] = self._rows(query)
        else:
            among = " WHERE id IN (SELECT value FROM json_each(?))"
            [(counted, passages)] = self._rows(query + among, (json.dumps(list(documents)),))
        return Counts(counted, passages)

    def generation(self) -> str:
        """Changes whenever passages do."""
        [(generation,)] = self._rows("SELECT value FROM meta WHERE key = 'generation'")
        return str(generation)

    def documents(self) -> list[DocumentSummary]:
        """Every document, in the order of adding."""
        return summaries(self.connection)

    def document(self, document_id: str) -> Document:
        """A document by its whole id. Raises UnknownDocument or LibraryDamaged.

        Its text comes from memory when just used.
        """
        found = self._rows(
            "SELECT added, version, (SELECT source || char(10) || name FROM names WHERE document = documents.id "
            "ORDER BY id LIMIT 1) FROM documents WHERE id = ?",
            (document_id,),
        )
        if not found:
            if self._rows("SELECT 1 FROM documents NOT INDEXED WHERE id = ?", (document_id,)):
                raise store.damaged(self.connection, "the table of documents")  # its rows and its index disagree
            raise self._unknown(document_id)
        key = (document_id, *found[0])
        with self._lock:
            kept = self._documents.get(key)
        if kept is None:
            kept = store.load_document(self.connection, document_id).shown()
            with self._lock, contextlib.suppress(ValueError):  # larger than all that is kept
                self._documents[key] = kept
        return kept

    def find_document(self, given: str) -> Document:
        """A document by id, the beginning of an id (4 digits and more), a name, or a source path.

        Raises UnknownDocument when none or several answer to it.
        """
        source, given = source_of(Path(given)), text_of(given)
        found = self._rows(
            "SELECT id FROM documents WHERE id = ? UNION SELECT document FROM names WHERE source IN (?, ?) OR name = ?",
            (given, given, source, given),
        )
        if not found and len(given) >= 4 and given.isalnum():
            found = self._rows("SELECT id FROM documents WHERE id GLOB ? || '*'", (given.lower(),))
        if len(found) != 1:
            what = "no document" if not found else f"{len(found)} documents"
            raise UnknownDocument(f"{given!r} names {what} of this library: python -m index list shows their ids")
        return self.document(found[0][0])

    def document_at(self, source: str) -> str | None:
        """The id of the document that a source stands for."""
        found = self._rows("SELECT document FROM names WHERE source = ?", (source,))
        return str(found[0][0]) if found else None

    def encoding_of_bytes(self, sha256: str) -> str | None:
        """The encoding that the document of these bytes was read with; None where there is none."""
        found = self._rows("SELECT encoding FROM documents WHERE id = ? AND sha256 = ?", (sha256[:16], sha256))
        return str(found[0][0]) if found else None

    def chosen_encoding(self, document_id: str) -> str:
        """The codec that the user chose for a document; "" where none was. Raises UnknownDocument."""
        return self.stored(document_id).edits.get("encoding", "")

    def choose_encoding(self, document_id: str, encoding: str) -> None:
        """Note that the user chose the codec that a text was read with, for the file's next version too.

        Nothing for what is no text file. Raises UnknownDocument.
        """
        stored = self.stored(document_id)
        if stored.document.encoding and stored.edits.get("encoding") != encoding:
            with self.writing(passages=False) as connection:
                edits = self.stored(document_id).edits
                store.put_edits(connection, document_id, {**edits, "encoding": encoding})

    def stored(self, document_id: str) -> store.StoredDocument:
        """A document as it was read, and the user's edits. Raises UnknownDocument or LibraryDamaged."""
        self.require(document_id)
        return store.load_document(self.connection, document_id)

    def file(self, document_id: str) -> bytes | None:
        """The file's bytes, where they are kept because its pages are shown. Raises LibraryDamaged."""
        found = self._rows(
            "SELECT data, sha256 FROM files JOIN documents ON documents.id = document WHERE document = ?",
            (document_id,),
        )
        if not found:
            return None
        [(data, sha256)] = found
        if store.sha256_hex(data) != sha256:
            raise store.damaged(self.connection, f"the file of the document {document_id}")
        return bytes(data)

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of the ids. Raises KeyError for one that is not there, or LibraryDamaged."""
        found = store.checked_passages(self.connection, f"WHERE id IN ({marks(len(ids))})", ids)
        by_id = {row[0]: row for row in found}
        return [self._passage(*by_id[place][:6]) for place in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in order. Raises LibraryDamaged."""
        found = store.checked_passages(self.connection, "WHERE document = ? ORDER BY ordinal", (document_id,))
        return [self._passage(*row[:6]) for row in found]

    def passage_ids(self, documents: Sequence[str]) -> Ids:
        """The ids of the documents' passages, ascending."""
        found = self._rows(
            "SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(documents)),),
        )
        return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))

    def vectors(self) -> tuple[Ids, Matrix]:
        """Ids, ascending, and the vectors: row i is passage ids[i]. Raises LibraryDamaged."""
        return store.vectors_after(self.connection, -1, self.counts().passages, self.manifest.dimension)

    def vector_index(self) -> VectorIndex:
        """The index of this generation, brought up to date with what was added and removed. Raises LibraryDamaged."""
        return self._vectors.index(self.generation())

    def vectors_of(self, document_id: str) -> Matrix:
        """The vectors of one document's passages, in order. Raises LibraryDamaged."""
        return store.vectors_of(self.connection, self._in_order(document_id), self.manifest.dimension)

    def nearest(self, vector: np.ndarray, top_k: int, within: Scope | None = None) -> Neighbours:
        """The `top_k` passages nearest to one unit vector, within the scope where one is given."""
        return self.vector_index().search(vector, top_k, None if within is None else self.passage_ids(within.documents))

    def cosines(self, vector: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given passages, in their order. Raises KeyError for one that is not there."""
        return self.vector_index().scores(vector, ids)

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms stands; 0 for one that stands nowhere.

        Counting a common term takes milliseconds, so counts are kept until passages change.
        """
        generation = self.generation()
        with self._lock:
            known = {term: self._held[generation, term] for term in terms if (generation, term) in self._held}
        unknown = [term for term in terms if term not in known]
        if unknown:
            counted = lexical_fts.passages_with(self.connection, unknown)
            known |= counted
            with self._lock:
                self._held.update({(generation, term): count for term, count in counted.items()})
        return {term: known[term] for term in terms}

    def search_terms(self, words: Keywords, top_k: int, documents: Sequence[str] | None = None) -> LexicalHits:
        """The `top_k` passages with the highest scores, of the documents where some are given (maybe none)."""
        return lexical_fts.search_terms(self.connection, words, top_k, documents)

    def score_terms(self, words: Keywords, ids: Ids) -> Scores:
        """The scores of the given passages, in their order; 0 for one that holds no term."""
        return lexical_fts.score_terms(self.connection, words, ids)

    def tidy(self) -> None:
        """Make one piece of the pieces that additions have left of the terms, where that is worth it.

        In short transactions, so that others write in between; killed, it is begun again by the next addition.
        """
        passages = self.counts().passages
        found = self._rows("SELECT value FROM meta WHERE key = 'merged'")
        merged = int(found[0][0]) if found else 0
        if passages < MERGED_FROM or passages - merged <= merged // MERGED_SHARE:
            return
        with contextlib.suppress(YinzhengError):  # the next addition tries again
            first = more = True
            while more:
                with self.writing(passages=False, durable=False) as connection:
                    more = lexical_fts.merge_terms(connection, first)
                first = False
            with self.writing(passages=False, durable=False) as connection:
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('merged', ?)", (str(passages),))

    def problems(self) -> Iterator[str]:
        """What is wrong with it, a sentence each; nothing where all is well."""
        from index.check import problems

        return problems(self)

    def size(self) -> int:
        """How many bytes its files take."""
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.is_file())

    def keep_vectors(self) -> None:
        """Bring the file of the vector index up to date, so that the next start has nothing to make."""
        self._vectors.keep(self.generation())

    def add(
        self,
        document: Document,
        parts: Split,
        vectors: Matrix,
        file: bytes | None = None,
        chosen_encoding: str = "",
    ) -> None:
        """Put a whole document in, in one step, under its source.

        An earlier version from the same source goes with it, unless it has another name too; the
        user's edits and collections go over to the new one. `vectors` has a row for each of
        `parts.passages`, unit norm. `chosen_encoding` is the codec that the user chose, "" where it was found.
        """
        if len(vectors) != len(parts.passages) or vectors.shape[1] != self.manifest.dimension:
            raise ValueError(f"{len(parts.passages)} passages, but vectors of shape {vectors.shape}")
        with self.writing() as connection:
            there = bool(self._rows("SELECT 1 FROM documents WHERE id = ?", (document.id,)))
            before = document.id if there else self.document_at(document.source)
            edits: dict[str, str] = {}
            version = 1
            if before is not None:
                earlier = store.load_document(connection, before)
                edits, version = dict(earlier.edits), earlier.version + 1
                if there:
                    store.delete_passages(connection, earlier)
            edits.pop("encoding", None)
            if chosen_encoding:
                edits["encoding"] = chosen_encoding
            stored = store.StoredDocument(document, edits, len(parts.passages), store.now(), version)
            store.put_document(connection, stored)
            store.put_passages(connection, document, stored.shown().title, parts.passages, vectors)
            connection.execute("DELETE FROM files WHERE document = ?", (document.id,))
            if file is not None:
                connection.execute("INSERT INTO files VALUES (?, ?)", (document.id, file))
            if before is not None:
                connection.execute(
                    "INSERT OR IGNORE INTO collected SELECT collection, ? FROM collected WHERE document = ?",
                    (document.id, before),
                )
            store.put_name(connection, document.source, document.name, document.id)

    def add_name(self, source: str, name: str, document_id: str) -> None:
        """Keep a document under one more name; what the source stood for before goes when that was its last name."""
        self.require(document_id)
        with self.writing() as connection:
            store.put_name(connection, source, name, document_id)

    def edit(self, document_id: str, changes: Mapping[str, str | None]) -> None:
        """Put a user's title, author, publisher, date or url in the place of the file's own; None gives that back.

        Raises UnknownDocument, or ValueError for another field or an empty title.
        """
        if not set(changes) <= set(store.EDITABLE):
            raise ValueError(f"{', '.join(changes)}: only {', '.join(store.EDITABLE)} can be edited")
        if changes.get("title", "x") == "":
            raise ValueError("a document needs a title")
        with self.writing(passages=False) as connection:
            self.require(document_id)
            edits = dict(store.load_document(connection, document_id).edits)
            for name, value in changes.items():
                if value is None:
                    edits.pop(name, None)
                else:
                    edits[name] = value
            store.put_edits(connection, document_id, edits)

    def remove(self, *document_ids: str) -> bool:
        """Take documents out with all their names, in one step, and leave no trace of their text in the folder.

        Returns False when another program is still reading the earlier state, so that traces stay
        in the log until it is done and something else is written. Raises UnknownDocument.
        """
        self._before_removal()
        with self.writing() as connection:
            for document_id in document_ids:
                self.require(document_id)
                store.delete_document(connection, document_id)
        return self.leave_no_trace()

    def remove_names(self, *sources: str) -> bool:
        """Take names out, in one step; a document goes with its last name. Returns what `remove` does."""
        self._before_removal()
        with self.writing() as connection:
            for source in sources:
                document = self.document_at(source)
                connection.execute("DELETE FROM names WHERE source = ?", (source,))
                connection.execute("DELETE FROM work WHERE source = ?", (source,))
                if document is not None:
                    store.drop_if_nameless(connection, document)
        return self.leave_no_trace()

    def leave_no_trace(self) -> bool:
        """Give freed pages back, empty the log, and drop FAISS files of earlier generations.

        Returns False when another program is still reading the earlier state.
        """
        is_coarse = self._vectors.is_coarse
        remove_vectors(self.folder, but=self.generation())
        remove_left_behind(self.folder)
        emptied = empty_log(self.connection)
        if is_coarse:
            self.keep_vectors()  # made from what is in memory; from the passages it would take minutes
        return emptied

    def _before_removal(self) -> None:
        """Drop the FAISS file: stale in a moment, and where the disk is full it makes room for the log.

        A coarse one, which takes minutes to make, is taken into memory first.
        """
        _ = self._vectors.is_coarse
        remove_vectors(self.folder)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _in_order(self, document_id: str) -> Ids:
        found = self._rows("SELECT id FROM passages WHERE document = ? ORDER BY ordinal", (document_id,))
        return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return rows(self.connection, query, values)

    def require(self, document_id: str) -> None:
        """Raise UnknownDocument unless there is a document of that id."""
        if not self._rows("SELECT 1 FROM documents WHERE id = ?", (document_id,)):
            raise self._unknown(document_id)

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(f"{document_id} is no document of the library in {self.folder}")

    def _passage(self, place: int, document_id: str, ordinal: int, start: int, end: int, heading: str) -> Passage:
        try:
            document = self.document(document_id)
        except UnknownDocument as error:
            raise store.damaged(self.connection, f"the document of passage {place}") from error
        return Passage(place, document_id, ordinal, start, end, document.title, heading, document.text[start:end])

    def _check_counts(self) -> None:
        stored = self.counts().passages
        [(counted,)] = self._rows("SELECT count(*) FROM passages")
        [(indexed,)] = self._rows("SELECT count(*) FROM terms")
        if stored != counted or stored != indexed:
            raise LibraryDamaged(
                f"the library in {self.folder} should have {stored} passages and has {counted}, "
                f"{indexed} of them with terms: {rebuild_command(self.folder)}"
            )


def _size_in_memory(document: Document) -> int:
    """About how many bytes a document takes: two a character, and its spans."""
    spans = len(document.sentences) + len(document.paragraphs) + len(document.headings) + len(document.blocks)
    return 2 * len(document.text) + _SPAN_BYTES * spans


def create_library(folder: Path, model: str, fingerprint: str, dimension: int) -> LocalLibrary:
    """Make an empty library for a model's vectors; opens the one that is there when there is one.

    Raises LibraryReadOnly or LibraryFull where it cannot be made, and what opening raises.
    """
    if not (folder / FILE_NAME).exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            create_database(folder, new_meta(model, fingerprint, dimension))
        except OSError as error:
            raise cannot_make(folder, error) from error
    return LocalLibrary(folder)
