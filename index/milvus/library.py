"""A library in Milvus: what is asked of it. What changes it is in index/milvus/writing.py."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from cachetools import LRUCache

from index.errors import LibraryDamaged, LibraryMismatch, LibraryMissing, UnknownDocument
from index.lexical import Keywords, LexicalHits, share
from index.library import Counts
from index.manifest import check_versions, manifest_of, new_meta
from index.milvus import tables
from index.milvus.notes import MilvusNotes
from index.milvus.server import Row, among
from index.milvus.tables import PASSAGES, ROWS, TEXTS, hashed
from index.places import MilvusAddress, source_of, text_of
from index.records import Block, Document, DocumentSummary, Heading, Origin, Passage, Place, Span
from index.split import Split
from index.store import ORIGIN_FIELDS, StoredDocument, sha256_hex
from index.vectors import Ids, Matrix, Neighbours, Scores
from index.vectors import cosines as cosines_of

if TYPE_CHECKING:
    from index.collections import Scope

KEPT_DOCUMENTS = 200  # that were just used, in memory
KEPT_COUNTS = 20_000  # terms whose passages were counted
BESIDES = 16  # more passages asked for than wanted: some may be of documents that are not shown
MOST_ASKED = 4000
_ROW = ("id", "kind", "document", "key", "shown", "number", "at", "data")
_PASSAGE = ("id", "document", "edition", "ordinal", "start", "end", "heading", "text", "digest")


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows say of one document: everything but its text."""

    id: str
    about: Mapping[str, Any]
    names: tuple[tuple[str, str], ...]  # source and name, in the order of adding
    passages: int
    shown: bool

    @property
    def edition(self) -> str:
        """Of the text and passages that are the document's now."""
        return str(self.about["edition"])

    @property
    def title(self) -> str:
        """The user's, else the file's."""
        return str(self.about["edits"].get("title", self.about["title"]))


class MilvusLibrary:
    """An open library in Milvus. May be used from several threads, and by several programs at once."""

    def __init__(self, address: MilvusAddress) -> None:
        """Open what `create_in_milvus` made. Raises LibraryMissing, LibraryMismatch or LibraryUnreachable."""
        self.address = address
        self.folder = Path(address.shown)
        self.server = tables.connected(address)
        if not self.server.has(self.table(ROWS)):
            raise _missing(address)
        found = self.server.get(self.table(ROWS), ["meta/manifest"], _ROW)
        if not found:
            raise _missing(address)
        self.manifest = manifest_of(json.loads(found[0]["data"]))
        check_versions(self.folder, self.manifest)
        self.notes = MilvusNotes(self)
        self._documents: LRUCache[tuple[str, ...], Document] = LRUCache(KEPT_DOCUMENTS)
        self._counted: LRUCache[tuple[str, str], int] = LRUCache(KEPT_COUNTS)
        self._lock = threading.Lock()
        self._local = threading.local()

    def table(self, name: str) -> str:
        """The collection's whole name."""
        return f"{self.address.name}_{name}"

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it a document that was looked at stays as it was, and the generation too.

        Milvus keeps no earlier state: a document that is taken out meanwhile, before its text was fetched, raises
        UnknownDocument.
        """
        outer = getattr(self._local, "known", None)
        if outer is None:
            self._local.known, self._local.generation = {}, None
        try:
            yield
        finally:
            if outer is None:
                self._local.known = None

    def require_model(self, fingerprint: str, name: str) -> None:
        """Raise LibraryMismatch unless the library's vectors are that model's."""
        if fingerprint != self.manifest.model_fingerprint:
            raise LibraryMismatch(
                f"the library at {self.address.shown} was built with the model {self.manifest.model} "
                f"({self.manifest.model_fingerprint[:8]}), not {name} ({fingerprint[:8]}): name that model, or copy a "
                "library that was built with the other one to a new name: python -m index copy"
            )

    def require_writable(self) -> None:
        """Milvus says so itself when something is written."""

    def require(self, document_id: str) -> None:
        """Raise UnknownDocument unless there is a document of that id."""
        self.known(document_id)

    def counts(self, documents: Sequence[str] | None = None) -> Counts:
        """How many documents and passages there are, among the ids where some are given."""
        if documents is not None:
            there = self.known_all(documents).values()
            return Counts(len(there), sum(known.passages for known in there))
        generation = self.generation()
        documents_there = self._kept(
            generation, "documents", lambda: self._count('kind == "document" and shown == true')
        )
        return Counts(documents_there, self._kept(generation, "passages", self._count_passages))

    def _count(self, where: str) -> int:
        return self.server.count(self.table(ROWS), where)

    def _count_passages(self) -> int:
        """All, less those of documents that are not shown: on their way in, or out."""
        hidden = [row["document"] for row in self._rows('kind == "document" and shown == false')]
        total = self.server.count(self.table(PASSAGES))
        return total - (self.server.count(self.table(PASSAGES), among("document", hidden)) if hidden else 0)

    def _kept(self, generation: str, key: str, count: Any) -> int:
        with self._lock:
            found = self._counted.get((generation, key))
        if found is None:
            found = int(count())
            with self._lock:
                self._counted[generation, key] = found
        return found

    def generation(self) -> str:
        """Changes whenever passages do."""
        pinned = getattr(self._local, "known", None) is not None
        if pinned and self._local.generation is not None:
            return str(self._local.generation)
        found = self.server.get(self.table(ROWS), ["meta/generation"], ("id", "data"))
        generation = str(json.loads(found[0]["data"])["generation"]) if found else ""
        if pinned:
            self._local.generation = generation
        return generation

    def _rows(self, where: str) -> list[Row]:
        return list(self.server.query(self.table(ROWS), where, _ROW))

    def documents(self) -> list[DocumentSummary]:
        """Every document, in the order of adding."""
        members: dict[str, list[str]] = {}
        rows = self._rows('kind in ["document", "name", "member"]')
        for row in rows:
            if row["kind"] == "member":
                members.setdefault(row["document"], []).append(json.loads(row["data"])["collection"])
        found = [known for known in _known_of(rows).values() if known.shown]
        ordered = sorted(found, key=lambda known: (known.about["at"], known.id))
        return [_summary(known, sorted(members.get(known.id, ()))) for known in ordered]

    def known(self, document_id: str) -> Known:
        """What is known of a document without its text. Raises UnknownDocument."""
        found = self.known_all([document_id])
        if not found:
            raise UnknownDocument(
                f"{document_id} is no document of the library at {self.address.shown}; was it taken out just now?"
            )
        return found[document_id]

    def known_all(self, documents: Sequence[str]) -> dict[str, Known]:
        """What is known of these documents, without those that are not there or not shown."""
        kept: dict[str, Known | None] | None = getattr(self._local, "known", None)
        wanted = [one for one in dict.fromkeys(documents) if kept is None or one not in kept]
        found = _known_of(self._rows(f'{among("document", wanted)} and kind in ["document", "name"]')) if wanted else {}
        shown: dict[str, Known | None] = {one: known for one, known in found.items() if known.shown}
        if kept is not None:
            kept.update({one: shown.get(one) for one in wanted})
            shown = kept
        return {one: known for one in documents if (known := shown.get(one)) is not None}

    def forget(self, document_id: str) -> None:
        """Within a snapshot, look at a document anew when next asked for it."""
        kept = getattr(self._local, "known", None)
        if kept is not None:
            kept.pop(document_id, None)

    def forget_all(self) -> None:
        """Within a snapshot, look at everything anew: this thread has changed it."""
        if getattr(self._local, "known", None) is not None:
            self._local.known, self._local.generation = {}, None

    def document(self, document_id: str) -> Document:
        """A document by its whole id. Raises UnknownDocument or LibraryDamaged."""
        known = self.known(document_id)
        key = (document_id, known.edition, json.dumps(known.about["edits"]), *known.names[0])
        with self._lock:
            kept = self._documents.get(key)
        if kept is None:
            kept = self._stored(known).shown()
            with self._lock:
                self._documents[key] = kept
        return kept

    def stored(self, document_id: str) -> StoredDocument:
        """A document as it was read, and the user's edits. Raises UnknownDocument or LibraryDamaged."""
        return self._stored(self.known(document_id))

    def _stored(self, known: Known) -> StoredDocument:
        data = self._part(known, "text")
        if data is None or sha256_hex(data) != known.about["digest"]:
            self._gone_or_damaged(known)
        content, about = tables.content_of(data), known.about
        source, name = known.names[0] if known.names else ("", "")
        document = Document(
            id=known.id,
            name=name,
            source=source,
            sha256=about["sha256"],
            title=about["title"],
            text=content["text"],
            headings=tuple(Heading(*entry) for entry in content["headings"]),
            paragraphs=tuple(Span(*entry) for entry in content["paragraphs"]),
            sentences=tuple(Span(*entry) for entry in content["sentences"]),
            places=tuple(Place(*entry) for entry in content["places"]),
            origin=Origin(**about["origin"]),
            encoding=about["encoding"],
            notes=tuple(about["notes"]),
            blocks=tuple(Block(*entry) for entry in content["blocks"]),
            kind=about["kind"],
            bytes=about["bytes"],
        )
        return StoredDocument(document, about["edits"], known.passages, about["added"], about["version"])

    def _part(self, known: Known, part: str) -> bytes | None:
        where = f'document == "{known.id}" and edition == "{known.edition}" and part == "{part}"'
        pieces = list(self.server.query(self.table(TEXTS), where, ("number", "data")))
        if not pieces:
            return None
        try:
            return tables.unpacked(pieces)
        except ValueError:
            self._gone_or_damaged(known)

    def _gone_or_damaged(self, known: Known) -> NoReturn:
        """Raise UnknownDocument for what was taken out meanwhile, else LibraryDamaged."""
        self.forget_all()
        if self.known(known.id).edition == known.edition:
            raise LibraryDamaged(
                f"the document {known.id} at {self.address.shown} is not as it was put in: remove it and add its file "
                "again"
            )
        raise UnknownDocument(f"{known.id} was just read anew by another program: ask again")

    def file(self, document_id: str) -> bytes | None:
        """The file's bytes, where they are kept because its pages are shown. Raises LibraryDamaged."""
        known = self.known(document_id)
        data = self._part(known, "file")
        if data is not None and sha256_hex(data) != known.about["sha256"]:
            self._gone_or_damaged(known)
        return data

    def find_document(self, given: str) -> Document:
        """A document by id, the beginning of an id (4 digits and more), a name, or a source path.

        Raises UnknownDocument when none or several answer to it.
        """
        source, given = source_of(Path(given)), text_of(given)
        ids = [f"name/{hashed(one)}" for one in (source, given)] + [f"document/{given}"]
        where = f'{among("id", ids)} or (kind == "name" and key == "{hashed(given)}")'
        found = {row["document"] for row in self._rows(where)}
        if not found and len(given) >= 4 and given.isalnum() and given.isascii():
            found = {row["document"] for row in self._rows(f'id like "document/{given.lower()}%"')}
        there = list(self.known_all(sorted(found)))
        if len(there) != 1:
            what = "no document" if not there else f"{len(there)} documents"
            raise UnknownDocument(f"{given!r} names {what} of this library: python -m index list shows their ids")
        return self.document(there[0])

    def document_at(self, source: str) -> str | None:
        """The id of the document that a source stands for."""
        for row in self.server.get(self.table(ROWS), [f"name/{hashed(source)}"], _ROW):
            if row["document"] and self.known_all([row["document"]]):
                return str(row["document"])
        return None

    def encoding_of_bytes(self, sha256: str) -> str | None:
        """The encoding that the document of these bytes was read with; None where there is none."""
        known = self.known_all([sha256[:16]]).get(sha256[:16])
        return None if known is None or known.about["sha256"] != sha256 else str(known.about["encoding"])

    def chosen_encoding(self, document_id: str) -> str:
        """The codec that the user chose for a document; "" where none was. Raises UnknownDocument."""
        return str(self.known(document_id).about["edits"].get("encoding", ""))

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of the ids. Raises KeyError for one that is not there, or LibraryDamaged."""
        rows = {row["id"]: row for row in self.server.get(self.table(PASSAGES), list(ids), _PASSAGE)}
        known = self.known_all([row["document"] for row in rows.values()])
        return [self._passage(rows[place], known) for place in ids]

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in order. Raises LibraryDamaged."""
        known = self.known(document_id)
        rows = self.server.query(self.table(PASSAGES), self._current(known), _PASSAGE)
        ordered = sorted(rows, key=lambda row: int(row["ordinal"]))
        return [self._passage(row, {document_id: known}) for row in ordered]

    def _current(self, known: Known) -> str:
        return f'document == "{known.id}" and edition == "{known.edition}"'

    def _passage(self, row: Row, known: Mapping[str, Known]) -> Passage:
        document = known[row["document"]]
        values = [row[name] for name in _PASSAGE[1:-1]]
        if tables.passage_digest(*values) != row["digest"]:
            raise LibraryDamaged(
                f"passage {row['ordinal']} of {document.id} at {self.address.shown} is not as it was put in: remove "
                "the document and add its file again"
            )
        return Passage(
            row["id"],
            document.id,
            row["ordinal"],
            row["start"],
            row["end"],
            document.title,
            row["heading"],
            row["text"],
        )

    def vectors_of(self, document_id: str) -> Matrix:
        """The vectors of one document's passages, in order. Raises UnknownDocument."""
        rows = self.server.query(self.table(PASSAGES), self._current(self.known(document_id)), ("ordinal", "vector"))
        ordered = sorted(rows, key=lambda row: int(row["ordinal"]))
        return np.array([row["vector"] for row in ordered], np.float32).reshape(len(ordered), self.manifest.dimension)

    def nearest(self, vector: np.ndarray, top_k: int, within: Scope | None = None) -> Neighbours:
        """The `top_k` passages nearest to one unit vector, within the scope where one is given.

        Milvus finds them as its index does; their cosines and order are exact.
        """
        ids = self._found("vector", vector.astype(np.float32), top_k, None if within is None else within.documents)
        scores = self.cosines(vector, ids)
        order = np.lexsort((ids, -scores))[:top_k]
        return Neighbours(ids[order], scores[order])

    def _found(self, field: str, wanted: Any, top_k: int, documents: Sequence[str] | None) -> Ids:
        """The ids, ascending, of at least `top_k` passages of documents that are shown, where there are so many."""
        if documents is not None and not documents:
            return np.empty(0, np.int64)
        where = "" if documents is None else among("document", documents)
        most = top_k + BESIDES
        while True:
            found = self.server.search(self.table(PASSAGES), field, wanted, most, where, ("id", "document", "edition"))
            known = self.known_all([row["document"] for row in found])
            shown = [
                row["id"]
                for row in found
                if row["document"] in known and known[row["document"]].edition == row["edition"]
            ]
            if len(shown) >= top_k or len(found) < most or most >= MOST_ASKED:
                return np.sort(np.array(shown, np.int64))
            most = min(MOST_ASKED, 4 * most)

    def cosines(self, vector: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given passages, in their order. Raises KeyError for one that is not there."""
        rows = self.server.get(self.table(PASSAGES), ids.tolist(), ("id", "vector"))
        found = {row["id"]: row["vector"] for row in rows}
        kept = np.array([found[place] for place in ids.tolist()], np.float32)
        return cosines_of(vector, kept.reshape(len(ids), self.manifest.dimension))

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms stands; those on their way in or out may be among them."""
        generation, most = self.generation(), self.counts().passages

        def count(term: str) -> int:
            where = f"array_contains(codes, {tables.dimension_of(term)})"
            return self._kept(generation, f"term {term}", lambda: self.server.count(self.table(PASSAGES), where))

        return {term: min(count(term), most) for term in terms}

    def search_terms(self, words: Keywords, top_k: int, documents: Sequence[str] | None = None) -> LexicalHits:
        """The `top_k` passages with the highest scores, of the documents where some are given (maybe none)."""
        idf_of = zip(words.terms, words.idf, words.passages, strict=True)
        wanted = {tables.dimension_of(term): idf for term, idf, count in idf_of if count}
        ids = self._found("terms", wanted, top_k, documents) if wanted else np.empty(0, np.int64)
        scores = self.score_terms(words, ids)
        order = np.lexsort((ids, -scores))[:top_k]
        return LexicalHits(ids[order], scores[order])

    def score_terms(self, words: Keywords, ids: Ids) -> Scores:
        """The scores of the given passages, in their order; 0 for one that holds no term."""
        rows = self.server.get(self.table(PASSAGES), ids.tolist(), ("id", "terms")) if len(ids) else []
        weights = {row["id"]: row["terms"] for row in rows}
        places = [tables.dimension_of(term) for term in words.terms]
        totals = [
            sum(idf * weights[one].get(place, 0.0) for place, idf in zip(places, words.idf, strict=True))
            for one in ids.tolist()
        ]
        return np.array([share(total, words) for total in totals], np.float64)

    def add(
        self,
        document: Document,
        parts: Split,
        vectors: Matrix,
        file: bytes | None = None,
        chosen_encoding: str = "",
    ) -> None:
        """Put a whole document in, in one step, under its source; see `index.library.Library.add`."""
        from index.milvus.writing import add

        if len(vectors) != len(parts.passages) or vectors.shape[1] != self.manifest.dimension:
            raise ValueError(f"{len(parts.passages)} passages, but vectors of shape {vectors.shape}")
        add(self, document, parts, vectors, file, chosen_encoding)

    def choose_encoding(self, document_id: str, encoding: str) -> None:
        """Note that the user chose the codec that a text was read with. Raises UnknownDocument."""
        from index.milvus.writing import put_edits

        known = self.known(document_id)
        if known.about["encoding"] and known.about["edits"].get("encoding") != encoding:
            put_edits(self, known, {**known.about["edits"], "encoding": encoding})

    def add_name(self, source: str, name: str, document_id: str) -> None:
        """Keep a document under one more name; what the source stood for before goes when that was its last name."""
        from index.milvus.writing import add_name

        add_name(self, source, name, document_id)

    def edit(self, document_id: str, changes: Mapping[str, str | None]) -> None:
        """Put a user's title, author, … in the place of the file's own; see `index.library.Library.edit`."""
        from index.milvus.writing import edit

        edit(self, document_id, changes)

    def remove(self, *document_ids: str) -> bool:
        """Take documents out with all their names, in one step. Raises UnknownDocument."""
        from index.milvus.writing import remove

        return remove(self, document_ids)

    def remove_names(self, *sources: str) -> bool:
        """Take names out, in one step; a document goes with its last name."""
        from index.milvus.writing import remove_names

        return remove_names(self, sources)

    def leave_no_trace(self) -> bool:
        """Clear away what interrupted additions and removals left."""
        from index.milvus.writing import sweep

        sweep(self)
        return True

    def keep_vectors(self) -> None:
        """Milvus does so by itself."""

    def tidy(self) -> None:
        """Clear away what interrupted additions and removals left; the rest Milvus does by itself."""
        self.leave_no_trace()

    def problems(self) -> Iterator[str]:
        """What is wrong with it, a sentence each; nothing where all is well."""
        from index.milvus.check import problems

        return problems(self)

    def size(self) -> None:
        """Milvus does not tell."""

    def close(self) -> None:
        """The connection serves all threads, and ends with the program."""


def is_there(address: MilvusAddress) -> bool:
    """Whether there is a library at the address. Raises LibraryUnreachable."""
    server = tables.connected(address)
    rows = f"{address.name}_{ROWS}"
    return server.has(rows) and bool(server.get(rows, ["meta/manifest"], ("id",)))


def create_in_milvus(address: MilvusAddress, model: str, fingerprint: str, dimension: int) -> MilvusLibrary:
    """Make an empty library for a model's vectors; opens the one that is there when there is one.

    Raises LibraryUnreachable, and what opening raises.
    """
    if not is_there(address):
        server = tables.connected(address)
        tables.create(server, address.name, dimension)
        manifest = tables.row("meta", "manifest", new_meta(model, fingerprint, dimension))
        server.upsert(f"{address.name}_{ROWS}", [manifest])
    return MilvusLibrary(address)


def _missing(address: MilvusAddress) -> LibraryMissing:
    return LibraryMissing(f"there is no library at {address.shown}: python -m index add PATH --library {address.shown}")


def _known_of(rows: Sequence[Row]) -> dict[str, Known]:
    names: dict[str, list[tuple[int, str, str]]] = {}
    for row in rows:
        if row["kind"] == "name":
            data = json.loads(row["data"])
            names.setdefault(row["document"], []).append((row["number"], data["source"], data["name"]))
    return {
        row["document"]: Known(
            row["document"],
            json.loads(row["data"]),
            tuple((source, name) for _, source, name in sorted(names.get(row["document"], ()))),
            row["number"],
            row["shown"],
        )
        for row in rows
        if row["kind"] == "document"
    }


def _summary(known: Known, collections: Sequence[str]) -> DocumentSummary:
    about = known.about
    source, name = known.names[0] if known.names else ("", "")
    shown = about["origin"] | {key: about["edits"][key] for key in ORIGIN_FIELDS if key in about["edits"]}
    return DocumentSummary(
        id=known.id,
        name=name,
        source=source,
        sha256=about["sha256"],
        title=known.title,
        characters=about["characters"],
        passages=known.passages,
        added=about["added"],
        kind=about["kind"] or PurePath(name).suffix.lower().removeprefix("."),
        bytes=about["bytes"],
        pages=about["pages"],
        encoding=about["encoding"],
        notes=tuple(about["notes"]),
        origin=Origin(**shown),
        sources=tuple(source for source, _ in known.names),
        collections=tuple(collections),
        encoding_chosen="encoding" in about["edits"],
    )
