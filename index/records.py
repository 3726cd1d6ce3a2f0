"""What the library is made of. Offsets are Unicode code points into `Document.text`, end exclusive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of some text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading's words, without the marks around them; level 1 is the outermost."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading line with its marks (level 1 and up), or a paragraph (level 0)."""

    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span of the text stands in its file: a page, a slide or a cell.

    `label` is the page's or slide's number from 1, or a cell as "Sheet1!B7" (CSV: "B7"). Places are in order and do
    not overlap.
    """

    start: int
    end: int
    kind: Literal["page", "slide", "cell"]
    label: str


@dataclass(frozen=True, slots=True)
class Origin:
    """What a citation needs to know of a document; "" for what is not known. `date` is ISO 8601 or a part of it."""

    author: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a reader makes of a file: its text, and where its blocks are, in order."""

    text: str
    title: str
    blocks: tuple[Block, ...]
    places: tuple[Place, ...] = ()
    origin: Origin = Origin()
    encoding: str = ""  # of a text file, the codec it was decoded with; "" for the others
    notes: tuple[str, ...] = ()  # what its user should know, e.g. that pages 3 and 7 hold no text


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file as the library keeps it, never changed after.

    `id` is the first 16 hexadecimal digits of the SHA-256 of the file's bytes, `bytes` how many they
    are. The same bytes under several names are one document; `name` and `source` are the first of
    them. Headings, paragraphs and sentences are in order; a heading's words count as a sentence and
    not as a paragraph. `title` and `origin` are the file's own, or what the user put in their place.
    """

    id: str
    name: str
    source: str
    sha256: str
    title: str
    text: str
    headings: tuple[Heading, ...]
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    places: tuple[Place, ...] = ()
    origin: Origin = Origin()
    encoding: str = ""
    notes: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    kind: str = ""  # the suffix of the name it was read under, without the dot: the file's format
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text. `added` is an ISO 8601 time in UTC; `pages` is 0 where there are none.

    `sources` are all the names it is kept under, the first being `source`; `collections` are in order.
    """

    id: str
    name: str
    source: str
    sha256: str
    title: str
    characters: int
    passages: int
    added: str
    kind: str
    bytes: int
    pages: int
    encoding: str
    notes: tuple[str, ...]
    origin: Origin
    sources: tuple[str, ...]
    collections: tuple[str, ...]
    encoding_chosen: bool = False  # by hand; the file's next version is then read with it too


State = Literal["waiting", "read", "split", "embedded", "searchable", "failed"]


@dataclass(frozen=True, slots=True)
class FileState:
    """How far a file has come. `reason` says why it failed and what to do, else it is empty.

    `document` is the one that answers for the file now: also the earlier version of a file whose
    new one is not searchable yet or failed. None where there is none. `since` is an ISO 8601 time in UTC.
    """

    source: str
    name: str
    state: State
    reason: str
    document: str | None
    since: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences under one heading: what is searched and read.

    `text == document.text[start:end]`. `heading` is the path of headings above it, outermost
    first, joined by " › ", without the document's title; it is embedded and read with the
    passage and is not part of its text. `ordinal` counts from 1 within the document.
    """

    id: int
    document: str
    ordinal: int
    start: int
    end: int
    title: str
    heading: str
    text: str
