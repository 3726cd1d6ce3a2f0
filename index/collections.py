"""Named collections of documents, and the part of the library that a question is limited to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import UnknownCollection, UnknownDocument
from index.library import Library
from index.notes import Collection

__all__ = ["Collection", "Scope", "collect", "collections", "dissolve", "rename_collection", "scope", "take_out"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Documents that a question is limited to, by id; there may be none."""

    documents: tuple[str, ...]


def collections(library: Library) -> list[Collection]:
    """Every collection, by name; also empty ones."""
    return library.notes.collections()


def collect(library: Library, name: str, documents: Sequence[str]) -> None:
    """Put documents, by id, into a collection, which is made where there is none. Raises UnknownDocument."""
    if not name.strip():
        raise UnknownCollection("a collection needs a name")
    there = library.notes.members(name)
    if there is None or not set(documents) <= set(there):
        library.notes.collect(name, documents)


def take_out(library: Library, name: str, documents: Sequence[str]) -> None:
    """Take documents, by id, out of a collection; they stay in the library. Raises UnknownCollection."""
    _require(library, name)
    library.notes.take_out(name, documents)


def rename_collection(library: Library, name: str, new: str) -> None:
    """Give a collection another name. Raises UnknownCollection, also where the new name is taken or empty."""
    _require(library, name)
    if not new.strip() or (new != name and library.notes.members(new) is not None):
        raise UnknownCollection(f"{new!r} cannot be a collection's new name: it is empty, or there is one")
    library.notes.rename(name, new)


def dissolve(library: Library, name: str) -> None:
    """Let there be no such collection any more; its documents stay in the library. Raises UnknownCollection."""
    _require(library, name)
    library.notes.dissolve(name)


def scope(library: Library, within: Sequence[str]) -> Scope:
    """The documents of the collections and the documents named; nothing where nothing is named.

    A name is a collection's, else whatever `Library.find_document` understands. Raises UnknownCollection.
    """
    documents: dict[str, None] = {}
    for name in within:
        members = library.notes.members(name)
        if members is not None:
            documents.update(dict.fromkeys(members))
            continue
        try:
            documents[library.find_document(name).id] = None
        except UnknownDocument as error:
            raise UnknownCollection(f"{_unknown(library, name)}; nor is it one document ({error})") from error
    return Scope(tuple(documents))


def _require(library: Library, name: str) -> None:
    if library.notes.members(name) is None:
        raise UnknownCollection(_unknown(library, name))


def _unknown(library: Library, name: str) -> str:
    names = ", ".join(entry.name for entry in collections(library))
    return f"{name!r} is no collection of this library ({f'it has {names}' if names else 'it has none'})"
