"""Named collections of documents, and the part of the library that a question is limited to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from index.database import rows
from index.errors import UnknownCollection, UnknownDocument
from index.library import Library
from index.vectors import Ids


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection and how many documents are in it."""

    name: str
    documents: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that a question is limited to, by id, and the ids of their passages, ascending; both may be empty."""

    documents: tuple[str, ...]
    passages: Ids


def collections(library: Library) -> list[Collection]:
    """Every collection, by name; also empty ones."""
    found = rows(
        library.connection,
        "SELECT name, count(document) FROM collections LEFT JOIN collected ON collection = id "
        "GROUP BY id ORDER BY name",
    )
    return [Collection(*row) for row in found]


def collect(library: Library, name: str, documents: Sequence[str]) -> None:
    """Put documents, by id, into a collection, which is made where there is none. Raises UnknownDocument."""
    if not name.strip():
        raise UnknownCollection("a collection needs a name")
    query = (
        "SELECT count(*) FROM collected JOIN collections ON id = collection "
        "WHERE name = ? AND document IN (SELECT value FROM json_each(?))"
    )
    if documents and rows(library.connection, query, (name, json.dumps(list(documents)))) == [(len(set(documents)),)]:
        return  # nothing to write
    with library.writing(passages=False) as connection:
        connection.execute("INSERT OR IGNORE INTO collections(name) VALUES (?)", (name,))
        for document in documents:
            library.require(document)
            connection.execute(
                "INSERT OR IGNORE INTO collected SELECT id, ? FROM collections WHERE name = ?", (document, name)
            )


def take_out(library: Library, name: str, documents: Sequence[str]) -> None:
    """Take documents, by id, out of a collection; they stay in the library. Raises UnknownCollection."""
    with library.writing(passages=False) as connection:
        place = _place(library, name)
        for document in documents:
            connection.execute("DELETE FROM collected WHERE collection = ? AND document = ?", (place, document))


def rename_collection(library: Library, name: str, new: str) -> None:
    """Give a collection another name. Raises UnknownCollection, also where the new name is taken or empty."""
    with library.writing(passages=False) as connection:
        place = _place(library, name)
        if not new.strip() or rows(connection, "SELECT 1 FROM collections WHERE name = ? AND id <> ?", (new, place)):
            raise UnknownCollection(f"{new!r} cannot be a collection's new name: it is empty, or there is one")
        connection.execute("UPDATE collections SET name = ? WHERE id = ?", (new, place))


def dissolve(library: Library, name: str) -> None:
    """Let there be no such collection any more; its documents stay in the library. Raises UnknownCollection."""
    with library.writing(passages=False) as connection:
        place = _place(library, name)
        connection.execute("DELETE FROM collected WHERE collection = ?", (place,))
        connection.execute("DELETE FROM collections WHERE id = ?", (place,))


def scope(library: Library, within: Sequence[str]) -> Scope:
    """The documents of the collections and the documents named; nothing where nothing is named.

    A name is a collection's, else whatever `Library.find_document` understands. Raises UnknownCollection.
    """
    documents: dict[str, None] = {}
    for name in within:
        if any(name == entry.name for entry in collections(library)):
            documents.update(dict.fromkeys(_members(library, name)))
            continue
        try:
            documents[library.find_document(name).id] = None
        except UnknownDocument as error:
            raise UnknownCollection(f"{_unknown(library, name)}; nor is it one document ({error})") from error
    return Scope(tuple(documents), library.passage_ids(tuple(documents)))


def _members(library: Library, name: str) -> list[str]:
    query = "SELECT document FROM collected JOIN collections ON id = collection WHERE name = ? ORDER BY document"
    return [document for (document,) in rows(library.connection, query, (name,))]


def _place(library: Library, name: str) -> int:
    found = rows(library.connection, "SELECT id FROM collections WHERE name = ?", (name,))
    if not found:
        raise UnknownCollection(_unknown(library, name))
    return int(found[0][0])


def _unknown(library: Library, name: str) -> str:
    names = ", ".join(entry.name for entry in collections(library))
    return f"{name!r} is no collection of this library ({f'it has {names}' if names else 'it has none'})"
