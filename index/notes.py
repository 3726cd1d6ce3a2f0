"""What a library notes beside its documents: named collections of them, and how far each file has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.records import FileState, State


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection and how many documents are in it."""

    name: str
    documents: int


class Notes(Protocol):
    """Where they are kept. What they may be is checked by index/collections.py and index/states.py."""

    def collections(self) -> list[Collection]:
        """Every collection, by name; also empty ones."""

    def members(self, name: str) -> list[str] | None:
        """The ids of a collection's documents, ascending; None where there is no such collection."""

    def collect(self, name: str, documents: Sequence[str]) -> None:
        """Put documents into a collection, which is made where there is none. Raises UnknownDocument."""

    def take_out(self, name: str, documents: Sequence[str]) -> None:
        """Take documents out of a collection, which exists."""

    def rename(self, name: str, new: str) -> None:
        """Give a collection, which exists, a name that no other has."""

    def dissolve(self, name: str) -> None:
        """Let there be no such collection any more."""

    def files(self) -> list[FileState]:
        """Every file the library knows of: searchable ones in the order of adding, then the others."""

    def files_of(self, document_id: str) -> list[FileState]:
        """The files that a document stands for, in the order of adding."""

    def put_waiting(self, files: Sequence[tuple[str, str]]) -> None:
        """Note files, as source and name, that the library does not know yet: they wait."""

    def mark(self, source: str, name: str, state: State, reason: str) -> None:
        """Note how far a file has come."""

    def forget(self, sources: Sequence[str]) -> int:
        """Forget that files are waiting or failed; how many there were."""
