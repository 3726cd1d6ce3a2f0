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

    `id` is the first 16 hexadecimal digits of the SHA-256 of the file's bytes. Headings,
    paragraphs and sentences are in order; a heading's words count as a sentence and not as a
    paragraph.
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


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text. `added` is an ISO 8601 time in UTC."""

    id: str
    name: str
    source: str
    sha256: str
    title: str
    characters: int
    passages: int
    added: str


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
