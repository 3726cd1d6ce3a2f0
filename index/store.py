"""Documents and passages as rows, within the caller's transaction.

Every row carries a digest of what is in it, checked whenever it is read: a file that was damaged on
its disk is refused, and never quoted.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import apsw
import numpy as np

from index.database import FILE_NAME, folder_of, marks, rows, what_to_do_when_damaged
from index.errors import LibraryDamaged
from index.records import Block, Document, Heading, Origin, Place, Span
from index.split import PassageSpan
from index.terms import code, terms
from index.vectors import Ids, Matrix

ORIGIN_FIELDS = ("author", "publisher", "date", "url")
EDITABLE = ("title", *ORIGIN_FIELDS)

_CONTENT = (
    "id, sha256, kind, bytes, title, text, characters, passages, pages, encoding, notes, read, edits, "
    "headings, paragraphs, sentences, blocks, places, added, version"
)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is kept: as it was read, and what the user put in the place of its title and origin.

    An edit named "encoding" is the codec that was chosen by hand.
    """

    document: Document  # title and origin as read
    edits: Mapping[str, str]
    passages: int
    added: str
    version: int

    def shown(self) -> Document:
        """The document with the user's edits."""
        origin = replace(
            self.document.origin, **{name: self.edits[name] for name in ORIGIN_FIELDS if name in self.edits}
        )
        return replace(self.document, title=self.edits.get("title", self.document.title), origin=origin)


def now() -> str:
    """The time as it is kept: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def put_document(connection: apsw.Connection, stored: StoredDocument) -> None:
    """Insert or replace a document's own row; its names and passages are put in apart."""
    document = stored.document
    values = (
        document.id,
        document.sha256,
        document.kind or PurePath(document.name).suffix.lower().removeprefix("."),
        document.bytes,
        stored.shown().title,
        document.text,
        len(document.text),
        stored.passages,
        sum(place.kind in ("page", "slide") for place in document.places),
        document.encoding,
        json.dumps(document.notes, ensure_ascii=False),
        json.dumps({"title": document.title, **asdict(document.origin)}, ensure_ascii=False),
        json.dumps(dict(stored.edits), ensure_ascii=False),
        packed([(entry.start, entry.end, entry.level) for entry in document.headings]),
        packed([(entry.start, entry.end) for entry in document.paragraphs]),
        packed([(entry.start, entry.end) for entry in document.sentences]),
        packed([(entry.start, entry.end, entry.level) for entry in document.blocks]),
        json.dumps(
            [(entry.start, entry.end, entry.kind, entry.label) for entry in document.places], ensure_ascii=False
        ),
        stored.added,
        stored.version,
    )
    names = [*_CONTENT.split(", "), "digest"]
    connection.execute(
        f"INSERT INTO documents({', '.join(names)}) VALUES ({marks(len(names))}) "
        f"ON CONFLICT(id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)}",
        (*values, digest(values)),
    )


def load_document(connection: apsw.Connection, document_id: str) -> StoredDocument:
    """A document by its id, which exists. Raises LibraryDamaged when it is not as it was put in."""
    [row] = rows(connection, f"SELECT {_CONTENT}, digest FROM documents WHERE id = ?", (document_id,))
    *values, expected = row
    if digest(values) != expected:
        raise damaged(connection, f"the document {document_id}")
    known = dict(zip(_CONTENT.split(", "), values, strict=True))
    read = json.loads(known["read"])
    title = read.pop("title")
    [(source, name), *_] = names_of(connection, document_id) or [("", "")]
    document = Document(
        id=known["id"],
        name=name,
        source=source,
        sha256=known["sha256"],
        title=title,
        text=known["text"],
        headings=tuple(Heading(*numbers) for numbers in unpacked(known["headings"], 3)),
        paragraphs=tuple(Span(*numbers) for numbers in unpacked(known["paragraphs"], 2)),
        sentences=tuple(Span(*numbers) for numbers in unpacked(known["sentences"], 2)),
        places=tuple(Place(*entry) for entry in json.loads(known["places"])),
        origin=Origin(**read),
        encoding=known["encoding"],
        notes=tuple(json.loads(known["notes"])),
        blocks=tuple(Block(*numbers) for numbers in unpacked(known["blocks"], 3)),
        kind=known["kind"],
        bytes=known["bytes"],
    )
    return StoredDocument(document, json.loads(known["edits"]), known["passages"], known["added"], known["version"])


def put_passages(
    connection: apsw.Connection, document: Document, title: str, spans: Sequence[PassageSpan], vectors: Matrix
) -> None:
    """Insert a document's passages, their vectors (row i is spans[i]) and, under `title`, their terms."""
    for ordinal, (span, vector) in enumerate(zip(spans, vectors, strict=True), start=1):
        values = (document.id, ordinal, span.start, span.end, span.heading, vector.astype("<f2").tobytes())
        connection.execute(
            "INSERT INTO passages(document, ordinal, start, end, heading, vector, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*values, short_digest(values)),
        )
        put_terms(connection, connection.last_insert_rowid(), title, span.heading, document.text[span.start : span.end])


def put_terms(connection: apsw.Connection, place: int, title: str, heading: str, text: str) -> None:
    """Insert the terms of a passage."""
    connection.execute("INSERT INTO terms(rowid, words) VALUES (?, ?)", (place, _words(title, heading, text)))


def has_terms(connection: apsw.Connection, place: int, title: str, heading: str, text: str) -> bool:
    """Whether a passage is found by the first and the last of its terms."""
    words = _words(title, heading, text).split(" ")
    query = " AND ".join(f'"{word}"' for word in {words[0], words[-1]})
    return words == [""] or bool(
        rows(connection, "SELECT 1 FROM terms WHERE terms MATCH ? AND rowid = ?", (query, place))
    )


def delete_terms(connection: apsw.Connection, stored: StoredDocument) -> None:
    """Delete the terms of a document's passages; FTS5 has to be told what they were."""
    title = stored.shown().title
    for place, start, end, heading in spans_of(connection, stored.document.id):
        connection.execute(
            "INSERT INTO terms(terms, rowid, words) VALUES ('delete', ?, ?)",
            (place, _words(title, heading, stored.document.text[start:end])),
        )


def spans_of(connection: apsw.Connection, document_id: str) -> list[tuple[int, int, int, str]]:
    """Id, start, end and heading of a document's passages, in order. Raises LibraryDamaged."""
    return [
        row[:1] + row[3:6]
        for row in checked_passages(connection, "WHERE document = ? ORDER BY ordinal", (document_id,))
    ]


def checked_passages(connection: apsw.Connection, where: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of id, document, ordinal, start, end, heading, vector. Raises LibraryDamaged for one that was changed."""
    found = rows(
        connection, f"SELECT id, document, ordinal, start, end, heading, vector, digest FROM passages {where}", values
    )
    for row in found:
        if short_digest(row[1:7]) != row[7]:
            raise damaged(connection, f"passage {row[0]}")
    return [row[:7] for row in found]


def vectors_after(connection: apsw.Connection, last: int, most: int, dimension: int) -> tuple[Ids, Matrix]:
    """The ids above `last`, ascending, at most so many, and their vectors, a row each. Raises LibraryDamaged."""
    found = checked_passages(connection, "WHERE id > ? ORDER BY id LIMIT ?", (last, most))
    ids = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
    return ids, _matrix(connection, [row[6] for row in found], dimension)


def vectors_of(connection: apsw.Connection, ids: Ids, dimension: int) -> Matrix:
    """The vectors of passages, in the order of the ids. Raises KeyError for one that is not there."""
    query = "SELECT id, vector FROM passages WHERE id IN (SELECT value FROM json_each(?))"
    found = dict(rows(connection, query, (json.dumps(ids.tolist()),)))
    return _matrix(connection, [found[place] for place in ids.tolist()], dimension)


def _matrix(connection: apsw.Connection, vectors: Sequence[bytes], dimension: int) -> Matrix:
    stored = np.frombuffer(b"".join(vectors), dtype="<f2")
    if stored.size != len(vectors) * dimension:
        raise damaged(connection, "a vector")
    return stored.reshape(len(vectors), dimension).astype(np.float32)


def delete_passages(connection: apsw.Connection, stored: StoredDocument) -> None:
    """Delete a document's passages with their terms and vectors."""
    delete_terms(connection, stored)
    connection.execute("DELETE FROM passages WHERE document = ?", (stored.document.id,))


def delete_document(connection: apsw.Connection, document_id: str) -> None:
    """Delete everything of a document, which exists."""
    delete_passages(connection, load_document(connection, document_id))
    for table in ("files", "names", "collected"):
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (document_id,))
    connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))


def names_of(connection: apsw.Connection, document_id: str) -> list[tuple[str, str]]:
    """Source and name of every name a document is kept under, in the order of adding."""
    return [
        (source, name)
        for source, name in rows(
            connection, "SELECT source, name FROM names WHERE document = ? ORDER BY id", (document_id,)
        )
    ]


def put_name(connection: apsw.Connection, source: str, name: str, document_id: str) -> None:
    """Let a source stand for a document; the one it stood for goes when that was its last name."""
    earlier = rows(connection, "SELECT document FROM names WHERE source = ?", (source,))
    connection.execute(
        "INSERT INTO names(source, name, document) VALUES (?, ?, ?) "
        "ON CONFLICT(source) DO UPDATE SET name = excluded.name, document = excluded.document",
        (source, name, document_id),
    )
    connection.execute("DELETE FROM work WHERE source = ?", (source,))
    for (before,) in earlier:
        if before != document_id:
            drop_if_nameless(connection, before)


def drop_if_nameless(connection: apsw.Connection, document_id: str) -> None:
    """Delete a document that no name is left for."""
    if not names_of(connection, document_id):
        delete_document(connection, document_id)


def put_edits(connection: apsw.Connection, document_id: str, edits: Mapping[str, str]) -> None:
    """Let these edits stand for a document, which exists. Its terms follow its title; its vectors keep the one read."""
    before = load_document(connection, document_id)
    after = replace(before, version=before.version + 1, edits=edits)
    if after.shown().title != before.shown().title:
        delete_terms(connection, before)
        for place, start, end, heading in spans_of(connection, document_id):
            put_terms(connection, place, after.shown().title, heading, before.document.text[start:end])
    put_document(connection, after)


def digest(values: Iterable[Any]) -> bytes:
    """SHA-256 over a row."""
    return _hashed(hashlib.sha256(), values)


def short_digest(values: Iterable[Any]) -> bytes:
    """64 bits over a small row, of which there are many."""
    return _hashed(hashlib.blake2b(digest_size=8), values)


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of a file's bytes, as documents carry it."""
    return hashlib.sha256(data).hexdigest()


def damaged(connection: apsw.Connection, what: str) -> LibraryDamaged:
    """The error for something that is not as it was put in."""
    return LibraryDamaged(
        f"{what} in {folder_of(connection) / FILE_NAME} is not as it was put in; the file is damaged: "
        f"{what_to_do_when_damaged()}"
    )


def packed(numbers: Sequence[tuple[int, ...]]) -> bytes:
    """Rows of integers as one blob: their differences from row to row, which are small, deflated.

    Its length is no multiple of four, which is how it is told from what earlier versions kept: the numbers as they
    are, 32 bits each. Of a text of short paragraphs those took a third of what the text does.

    >>> unpacked(packed([(0, 12), (14, 40)]), 2)
    [[0, 12], [14, 40]]
    """
    table = np.array(numbers, dtype="<i4")
    steps = np.diff(table, axis=0, prepend=np.zeros_like(table[:1])) if len(table) else table
    data = zlib.compress(steps.tobytes())
    return data if len(data) % 4 else data + b"\0"


def unpacked(data: bytes, width: int) -> list[list[int]]:
    """The rows again, `width` integers each."""
    if len(data) % 4:
        steps = np.frombuffer(zlib.decompressobj().decompress(data), dtype="<i4").reshape(-1, width)
        table = np.cumsum(steps, axis=0, dtype=np.int64)
    else:
        table = np.frombuffer(data, dtype="<i4").reshape(-1, width)
    numbers: list[list[int]] = table.tolist()
    return numbers


def _hashed(hasher: Any, values: Iterable[Any]) -> bytes:
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        hasher.update(len(data).to_bytes(8, "little"))
        hasher.update(data)
    result: bytes = hasher.digest()
    return result


def _words(title: str, heading: str, text: str) -> str:
    """What FTS5 is given of a passage: the codes of its terms, and those of the title and headings above it."""
    return " ".join(map(code, terms(f"{title}\n{heading}\n{text}")))
