"""The seam between a library and everything that asks it: one folder (index/local.py), or Milvus (index/milvus)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.manifest import Manifest
from index.notes import Notes
from index.records import Document, DocumentSummary, Passage
from index.vectors import Ids, Matrix, Neighbours, Scores

if TYPE_CHECKING:
    from index.collections import Scope
    from index.lexical import Keywords, LexicalHits
    from index.split import Split
    from index.store import StoredDocument


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is."""

    documents: int
    passages: int


class Library(Protocol):
    """An open library. May be used from several threads. Every document in it is wholly there."""

    @property
    def folder(self) -> Path:
        """Where it is; what belongs to it and is no document lies beside it: see `index.places.beside`."""

    @property
    def manifest(self) -> Manifest:
        """What it was built with."""

    @property
    def notes(self) -> Notes:
        """Its collections, and how far files have come."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it what was found can be looked up, whatever is written meanwhile."""

    def require_model(self, fingerprint: str, name: str) -> None:
        """Raise LibraryMismatch unless the library's vectors are that model's."""

    def require_writable(self) -> None:
        """Raise LibraryReadOnly where it can only be read."""

    def require(self, document_id: str) -> None:
        """Raise UnknownDocument unless there is a document of that id."""

    def counts(self, documents: Sequence[str] | None = None) -> Counts:
        """How many documents and passages there are, among the ids where some are given."""

    def generation(self) -> str:
        """Changes whenever passages do."""

    def documents(self) -> list[DocumentSummary]:
        """Every document, in the order of adding."""

    def document(self, document_id: str) -> Document:
        """A document by its whole id. Raises UnknownDocument or LibraryDamaged."""

    def find_document(self, given: str) -> Document:
        """A document by id, the beginning of an id (4 digits and more), a name, or a source path.

        Raises UnknownDocument when none or several answer to it.
        """

    def document_at(self, source: str) -> str | None:
        """The id of the document that a source stands for."""

    def stored(self, document_id: str) -> StoredDocument:
        """A document as it was read, and the user's edits. Raises UnknownDocument or LibraryDamaged."""

    def file(self, document_id: str) -> bytes | None:
        """The file's bytes, where they are kept because its pages are shown. Raises LibraryDamaged."""

    def encoding_of_bytes(self, sha256: str) -> str | None:
        """The encoding that the document of these bytes was read with; None where there is none."""

    def chosen_encoding(self, document_id: str) -> str:
        """The codec that the user chose for a document; "" where none was. Raises UnknownDocument."""

    def choose_encoding(self, document_id: str, encoding: str) -> None:
        """Note that the user chose the codec that a text was read with, for the file's next version too."""

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of the ids. Raises KeyError for one that is not there, or LibraryDamaged."""

    def passages_of(self, document_id: str) -> list[Passage]:
        """The passages of one document, in order. Raises LibraryDamaged."""

    def vectors_of(self, document_id: str) -> Matrix:
        """The vectors of one document's passages, in order. Raises LibraryDamaged."""

    def nearest(self, vector: np.ndarray, top_k: int, within: Scope | None = None) -> Neighbours:
        """The `top_k` passages nearest to one unit vector, within the scope where one is given."""

    def cosines(self, vector: np.ndarray, ids: Ids) -> Scores:
        """The cosines of the given passages, in their order. Raises KeyError for one that is not there."""

    def passages_with(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms stands; 0 for one that stands nowhere."""

    def search_terms(self, words: Keywords, top_k: int, documents: Sequence[str] | None = None) -> LexicalHits:
        """The `top_k` passages with the highest scores, of the documents where some are given (maybe none)."""

    def score_terms(self, words: Keywords, ids: Ids) -> Scores:
        """The scores of the given passages, in their order; 0 for one that holds no term."""

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

    def add_name(self, source: str, name: str, document_id: str) -> None:
        """Keep a document under one more name; what the source stood for before goes when that was its last name."""

    def edit(self, document_id: str, changes: Mapping[str, str | None]) -> None:
        """Put a user's title, author, publisher, date or url in the place of the file's own; None gives that back.

        Raises UnknownDocument, or ValueError for another field or an empty title.
        """

    def remove(self, *document_ids: str) -> bool:
        """Take documents out with all their names, in one step. False where traces of their text stay for now.

        Raises UnknownDocument.
        """

    def remove_names(self, *sources: str) -> bool:
        """Take names out, in one step; a document goes with its last name. Returns what `remove` does."""

    def leave_no_trace(self) -> bool:
        """Clear away what is left of what was removed. False where traces of it stay for now."""

    def keep_vectors(self) -> None:
        """Have ready what the next start would have to make of the vectors."""

    def tidy(self) -> None:
        """Put in order what additions have left in pieces, where that is worth it."""

    def problems(self) -> Iterator[str]:
        """What is wrong with it, a sentence each; nothing where all is well."""

    def size(self) -> int | None:
        """How many bytes it takes; None where that cannot be told."""

    def close(self) -> None:
        """Close what this thread has open."""
