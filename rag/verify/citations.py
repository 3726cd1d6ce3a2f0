"""What a report's citation says -> the address in it, and the documents of the library that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

import regex

from index.library import Library
from rag.evidence import origin_of
from rag.fold import fold_only
from rag.verify.authors import Person, people

LEAST_NAME = 4  # characters, folded; a shorter name is a word that stands in many citations
LEAST_STEM = 8  # of a file's name in Latin letters without its suffix: "report" names no document

# Folding drops dashes and blanks; in names they stand as private characters.
_DASH, _BLANK = "\ue010", "\ue011"
_MARK = regex.compile(r"[-‐‑‒–—―−_]")
_BLANK_BETWEEN_WORDS = regex.compile(r"(?<=[\p{Latin}\p{N}])\s+(?=[\p{Latin}\p{N}])")
_WORD_GOES_ON = regex.compile(r"[\p{Latin}\p{N}]{2}")
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
        self._people: dict[str, tuple[Person, ...]] = {}
        for summary in library.documents():
            origin = origin_of(library.document(summary.id))
            stem = PurePath(summary.name).stem
            names = {summary.title, summary.name, summary.id, summary.sha256, origin["url"]}
            if stem.isascii() and len(stem) < LEAST_STEM:
                names.discard(stem)  # it is the title of a file that has none in it
            else:
                names.add(stem)
            self._names += _long_enough(names, summary.id)
            self._makers += _long_enough({origin["author"], origin["publisher"]}, summary.id)
            self._people[summary.id] = people(origin["author"])

    def cited(self, citation: str) -> frozenset[str]:
        """The documents that a citation names: by title, file or address, or else by author and publisher."""
        return self.by_title(citation) or self._by_makers(citation) or self._by_people(citation, "in_citation")

    def introduced(self, sentence: str) -> frozenset[str]:
        """The documents that a sentence before a quotation names as its source."""
        return self.by_title(sentence) or self._by_makers(sentence) or self._by_people(sentence, "in_prose")

    def by_title(self, citation: str) -> frozenset[str]:
        """The documents that a citation names by title, file or address.

        A name within a longer name that is there too does not count.
        """
        folded = _folded(citation)
        held = [(name, document) for name, document in self._names if _holds(folded, name)]

        def stands_alone(name: str) -> bool:
            longer = [other for other, _ in held if name != other and name in other]
            return all(folded.count(name) > folded.count(other) for other in longer)

        return frozenset(document for name, document in held if stands_alone(name))

    def by_family_only(self, citation: str) -> bool:
        """Whether a citation names documents only by a family name of their author."""
        return not (self.by_title(citation) or self._by_makers(citation))

    def people_of(self, document: str) -> tuple[Person, ...]:
        """The authors of a document, as far as they are known to be persons."""
        return self._people.get(document, ())

    def people(self) -> tuple[Person, ...]:
        """The authors of all documents."""
        return tuple({person: None for found in self._people.values() for person in found})

    def _by_makers(self, citation: str) -> frozenset[str]:
        folded = _folded(citation)
        return frozenset(document for name, document in self._makers if _holds(folded, name))

    def _by_people(self, text: str, where: Literal["in_citation", "in_prose"]) -> frozenset[str]:
        held = {person for person in self.people() if person.family in text or person.family.upper() in text}
        named = {person for person in held if getattr(person, where)(text)}
        return frozenset(document for document, found in self._people.items() if named & set(found))

    def is_name(self, words: str) -> bool:
        """Whether words are a document's name, or a part of one."""
        folded = _folded(words).rstrip(".,。，")
        return any(folded in name for name, _ in self._names)


def address_in(citation: str) -> Address | None:
    """The first address in a citation.

    >>> address_in("p. 3 [0123456789abcdef:120-180]")
    Address(document='0123456789abcdef', start=120, end=180)
    """
    found = _ADDRESS.search(citation)
    return None if found is None else Address(found[1], int(found[2]), int(found[3]))


def _long_enough(names: set[str], document: str) -> list[tuple[str, str]]:
    return [(folded, document) for name in names if len(folded := _folded(name)) >= LEAST_NAME]


def _folded(text: str) -> str:
    """Folded with the marks that tell names apart: 1-2 is not 12, and words keep their ends."""
    kept = _BLANK_BETWEEN_WORDS.sub(_BLANK, _MARK.sub(_DASH, text.strip()))
    return fold_only(kept)


def _holds(text: str, name: str) -> bool:
    """Whether a folded text holds a name that is no part of a longer word or number there."""
    place = text.find(name)
    while place >= 0:
        before, after = text[place - 1 : place] + name[0], name[-1] + text[place + len(name) : place + len(name) + 1]
        if not (_WORD_GOES_ON.fullmatch(before) or _WORD_GOES_ON.fullmatch(after)):
            return True
        place = text.find(name, place + 1)
    return False
