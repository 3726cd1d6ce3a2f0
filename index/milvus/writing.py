"""What changes a library in Milvus. Several programs may do so at once: ids are hashes of what is put in.

The order is what keeps every document whole for those who ask. In: a row that is not shown, then passages and
text, then one call that shows it, lets its source stand for it, and hides the version whose last name that was.
Out: one call that hides it, then the rest. What a `kill -9` leaves in between is never shown, and swept later.

Two programs may add and take out the same document at once, and Milvus has no lock. So each looks again when it is
done: who added, whether all is still there; who took out, whether it was given a name meanwhile. Whichever looks
last puts it back.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from index.errors import LibraryBusy, UnknownDocument
from index.milvus import tables
from index.milvus.server import Row, among
from index.milvus.tables import PASSAGES, ROWS, TEXTS, hashed, row
from index.records import Document
from index.split import PassageSpan, Split
from index.store import EDITABLE, now, sha256_hex
from index.vectors import Matrix

if TYPE_CHECKING:
    from index.milvus.library import Known, MilvusLibrary

TRIES = 5  # at putting in what another program is taking out
LEFT_ALONE_SECONDS = 3600.0  # before what is not shown counts as left by an interrupted program
_EVERYTHING = ("id", "kind", "document", "key", "shown", "number", "at", "data")


def add(
    library: MilvusLibrary, document: Document, parts: Split, vectors: Matrix, file: bytes | None, chosen: str
) -> None:
    """Put a whole document in, in one step, under its source. Raises LibraryBusy."""
    for _ in range(TRIES):
        _put_in(library, document, parts.passages, vectors, file, chosen)
        known = library.known_all([document.id]).get(document.id)
        if known is not None and _passages_in(library, known) == len(parts.passages):
            return
    raise LibraryBusy(
        f"{document.name}: another program keeps taking it out of the library at {library.address.shown}: "
        "see which, then add it again"
    )


def _put_in(
    library: MilvusLibrary,
    document: Document,
    spans: Sequence[PassageSpan],
    vectors: Matrix,
    file: bytes | None,
    chosen: str,
) -> None:
    there = library.known_all([document.id]).get(document.id)
    before = document.id if there is not None else library.document_at(document.source)
    earlier = library.known_all([before])[before] if before is not None else None
    edits = (
        {} if earlier is None else {key: value for key, value in earlier.about["edits"].items() if key != "encoding"}
    )
    if chosen:
        edits["encoding"] = chosen
    edition = tables.edition_of(document, spans)
    about = _about(document, edits, edition)
    about["version"] = 1 if earlier is None else earlier.about["version"] + 1
    if there is not None:
        about |= {"at": there.about["at"]}
    mine = row("document", document.id, about, document=document.id, shown=True, number=len(spans))
    if there is None:
        _put(library, ROWS, [{**mine, "shown": False}])
    title = edits.get("title", document.title)
    _put(library, PASSAGES, tables.passage_rows(document, title, edition, spans, vectors))
    _put(library, TEXTS, tables.text_rows(document, edition, file))
    named = library.document_at(document.source)
    together = [mine, _name(document.source, document.name, document.id)]
    if earlier is not None:
        together += [
            {**member, "id": member["id"].replace(earlier.id, document.id), "document": document.id}
            for member in _rows_of(library, [earlier.id], ["member"])
        ]
    left = _left_by(library, named, document.id, document.source)
    library.server.together(library.table(ROWS), together + [_hidden(library, one) for one in left])
    library.server.delete(library.table(ROWS), among("id", [f"work/{hashed(document.source)}"]))
    _changed(library)
    if there is not None:
        for table in (PASSAGES, TEXTS):
            library.server.delete(library.table(table), f'document == "{document.id}" and edition != "{edition}"')
    for one in left:
        _clear(library, one.id)


def add_name(library: MilvusLibrary, source: str, name: str, document_id: str) -> None:
    """Keep a document under one more name; what the source stood for before goes when that was its last name.

    Raises UnknownDocument.
    """
    known = library.known(document_id)
    before = library.document_at(source)
    left = _left_by(library, before, document_id, source)
    together = [_name(source, name, document_id), _row_of(known), *(_hidden(library, one) for one in left)]
    library.server.together(library.table(ROWS), together)
    library.server.delete(library.table(ROWS), among("id", [f"work/{hashed(source)}"]))
    _changed(library)
    for one in left:
        _clear(library, one.id)
    if _passages_in(library, known) != known.passages:
        raise UnknownDocument(f"{name}: another program took the document out just now: add the file again")


def edit(library: MilvusLibrary, document_id: str, changes: Mapping[str, str | None]) -> None:
    """Put a user's title, author, publisher, date or url in the place of the file's own; None gives that back.

    Raises UnknownDocument, or ValueError for another field or an empty title.
    """
    if not set(changes) <= set(EDITABLE):
        raise ValueError(f"{', '.join(changes)}: only {', '.join(EDITABLE)} can be edited")
    if changes.get("title", "x") == "":
        raise ValueError("a document needs a title")
    known = library.known(document_id)
    edits = {**known.about["edits"], **{key: value for key, value in changes.items() if value is not None}}
    put_edits(library, known, {key: value for key, value in edits.items() if changes.get(key, "") is not None})


def put_edits(library: MilvusLibrary, known: Known, edits: Mapping[str, str]) -> None:
    """Let these edits stand for a document. Its terms follow its title; its vectors keep the one read."""
    about = {**known.about, "edits": dict(edits), "version": known.about["version"] + 1}
    title = edits.get("title", known.about["title"])
    if title != known.title:
        fields = (*_PASSAGE_FIELDS, "vector")
        passages = library.server.query(library.table(PASSAGES), f'document == "{known.id}"', fields)
        _put(library, PASSAGES, (_under_title(passage, title) for passage in passages))
        _changed(library)
    _put(library, ROWS, [row("document", known.id, about, document=known.id, number=known.passages)])


_PASSAGE_FIELDS = ("id", "document", "edition", "ordinal", "start", "end", "heading", "text", "digest")


def _under_title(passage: Row, title: str) -> Row:
    weights = tables.weights_of(title, passage["heading"], passage["text"])
    return {**passage, "codes": sorted(place for place in weights if place), "terms": weights}


def remove(library: MilvusLibrary, documents: Sequence[str]) -> bool:
    """Take documents out with all their names, in one step. Raises UnknownDocument."""
    there = [library.known(document) for document in dict.fromkeys(documents)]
    library.server.together(library.table(ROWS), [_hidden(library, known) for known in there])
    sources = [f"name/{hashed(source)}" for known in there for source, _ in known.names]
    if sources:
        library.server.delete(library.table(ROWS), among("id", sources))
    _changed(library)
    gone = [_clear(library, known.id) for known in there]
    return all(gone)


def remove_names(library: MilvusLibrary, sources: Sequence[str]) -> bool:
    """Take names out, in one step; a document goes with its last name."""
    gone: dict[str, list[str]] = {}
    for source in dict.fromkeys(sources):
        document = library.document_at(source)
        if document is not None:
            gone.setdefault(document, []).append(source)
    there = library.known_all(list(gone))
    nameless = [known for known in there.values() if {source for source, _ in known.names} <= set(gone[known.id])]
    detached = [_name(source, "", "") for document, those in gone.items() for source in those]
    hidden = [_hidden(library, known) for known in nameless]
    library.server.together(library.table(ROWS), [*detached, *hidden])
    ids = [f"{kind}/{hashed(source)}" for source in sources for kind in ("name", "work")]
    if ids:
        library.server.delete(library.table(ROWS), among("id", ids))
    _changed(library)
    gone_for_good = [_clear(library, known.id) for known in nameless]
    return all(gone_for_good)


def sweep(library: MilvusLibrary) -> None:
    """Take away what interrupted programs left: documents that have not been shown for an hour, and are not."""
    before = time.time_ns() - int(LEFT_ALONE_SECONDS * 1e9)
    where = f'kind == "document" and shown == false and at < {before}'
    for left in list(library.server.query(library.table(ROWS), where, ("document",))):
        _clear(library, left["document"], even_if_named=True)


def _clear(library: MilvusLibrary, document: str, even_if_named: bool = False) -> bool:
    """Delete everything of a document that is hidden, unless it was given a name again. True where it is gone."""
    if not even_if_named and _rows_of(library, [document], ["name"]):
        _show_again(library, document, [], [])
        return False
    mine = f'document == "{document}"'
    texts = list(library.server.query(library.table(TEXTS), mine, _TEXT_FIELDS))
    passages = list(library.server.query(library.table(PASSAGES), mine, (*_PASSAGE_FIELDS, "codes", "terms", "vector")))
    for table in (PASSAGES, TEXTS):
        library.server.delete(library.table(table), mine)
    if not even_if_named and _rows_of(library, [document], ["name"]):
        _show_again(library, document, texts, passages)
        return False
    library.server.delete(library.table(ROWS), mine)
    _changed(library)
    return True


_TEXT_FIELDS = ("id", "document", "edition", "part", "number", "data", "nothing")


def _show_again(library: MilvusLibrary, document: str, texts: list[Row], passages: list[Row]) -> None:
    """Another program gave the document a name while this one was taking it out: put back what was deleted."""
    _put(library, TEXTS, texts)
    _put(library, PASSAGES, passages)
    _put(library, ROWS, [{**mine, "shown": True} for mine in _rows_of(library, [document], ["document"])])
    _changed(library)


def _put(library: MilvusLibrary, table: str, rows: Iterable[Row]) -> None:
    library.server.upsert(library.table(table), rows)


def _rows_of(library: MilvusLibrary, documents: Sequence[str], kinds: Sequence[str]) -> list[Row]:
    where = f"{among('document', documents)} and {among('kind', kinds)}"
    found = library.server.query(library.table(ROWS), where, (*_EVERYTHING, "nothing"))
    return list(found)


def _passages_in(library: MilvusLibrary, known: Known) -> int:
    where = f'document == "{known.id}" and edition == "{known.edition}"'
    return library.server.count(library.table(PASSAGES), where)


def _left_by(library: MilvusLibrary, before: str | None, after: str, source: str) -> list[Known]:
    """The document that a source stood for, where it stands for another now and that was its last name."""
    if before is None or before == after:
        return []
    known = library.known(before)
    return [known] if {one for one, _ in known.names} <= {source} else []


def _name(source: str, name: str, document: str) -> Row:
    data = {"source": source, "name": name}
    return row("name", hashed(source), data, document=document, number=time.time_ns(), found_by=hashed(name))


def _row_of(known: Known) -> Row:
    return row("document", known.id, known.about, document=known.id, number=known.passages)


def _hidden(library: MilvusLibrary, known: Known) -> Row:
    library.forget(known.id)
    return {**_row_of(known), "shown": False}


def _changed(library: MilvusLibrary) -> None:
    """A new generation, and nothing remembered of the one before."""
    library.forget_all()
    _put(library, ROWS, [row("meta", "generation", {"generation": secrets.token_hex(8)})])


def _about(document: Document, edits: Mapping[str, str], edition: str) -> dict[str, Any]:
    """What a document's row says of it."""
    return {
        "sha256": document.sha256,
        "kind": document.kind or PurePath(document.name).suffix.lower().removeprefix("."),
        "bytes": document.bytes,
        "title": document.title,
        "origin": asdict(document.origin),
        "edits": dict(edits),
        "characters": len(document.text),
        "pages": sum(place.kind in ("page", "slide") for place in document.places),
        "encoding": document.encoding,
        "notes": list(document.notes),
        "added": now(),
        "at": time.time_ns(),
        "edition": edition,
        "digest": sha256_hex(tables.content_bytes(document)),
    }
