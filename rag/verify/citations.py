"""What a report's citation says -> the address in it, and the documents of the library that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

import regex

from index.library import Library
from rag.evidence import origin_of
from rag.fold import fold_only

LEAST_NAME = 4  # characters, folded; a shorter name is a word that stands in many citations

_ADDRESS = regex.compile(r"(?<![0-9a-f])([0-9a-f]{16}):(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Address:
    """A span of a document, as an export writes it."""

    document: str
    start: int
    end: int


class Names:
    """The names under which a report may cite the library's documents."""

    def __init__(self, library: Library) -> None:
        self._names: list[tuple[str, str]] = []
        self._makers: list[tuple[str, str]] = []
        for summary in library.documents():
            origin = origin_of(library.document(summary.id))
            names = {
                summary.title,
                summary.name,
                PurePath(summary.name).stem,
                summary.id,
                summary.sha256,
                origin["url"],
            }
            self._names += _long_enough(names, summary.id)
            self._makers += _long_enough({origin["author"], origin["publisher"]}, summary.id)

    def cited(self, citation: str) -> frozenset[str]:
        """The documents that a citation names: by title, file or address, or else by author and publisher.

        A name within a longer name that is there too does not count.
        """
        folded = fold_only(citation)
        held = [(name, document) for name, document in self._names if name in folded]

        def stands_alone(name: str) -> bool:
            longer = [other for other, _ in held if name != other and name in other]
            return all(folded.count(name) > folded.count(other) for other in longer)

        named = frozenset(document for name, document in held if stands_alone(name))
        return named or frozenset(document for name, document in self._makers if name in folded)

    def is_name(self, words: str) -> bool:
        """Whether words are a document's name, or a part of one."""
        folded = fold_only(words).rstrip(".,。，")
        return any(folded in name for name, _ in self._names)


def address_in(citation: str) -> Address | None:
    """The first address in a citation.

    >>> address_in("p. 3 [0123456789abcdef:120-180]")
    Address(document='0123456789abcdef', start=120, end=180)
    """
    found = _ADDRESS.search(citation)
    return None if found is None else Address(found[1], int(found[2]), int(found[3]))


def _long_enough(names: set[str], document: str) -> list[tuple[str, str]]:
    return [(folded, document) for name in names if len(folded := fold_only(name)) >= LEAST_NAME]
