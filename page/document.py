"""What the panel beside the conversation shows: a document around a quote, as data.

The browser makes elements of it and sets their text, so that no document's text is ever parsed as
HTML and every character arrives as it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from index.errors import UnknownDocument
from index.library import Library
from index.records import Document, Span
from page.quotes import digest, place
from page.words import Words
from rag.quote import quote, sentence_around

AROUND = 20_000  # characters shown before and after a quote; a button shows as many more
_MOST = 2_000_000  # and no more than this on either side


@dataclass(frozen=True, slots=True)
class Opening:
    """What a citation asks to see. `digest` is its quote's, empty when it is not known."""

    document: str
    start: int
    end: int
    digest: str
    before: int
    after: int


def opening(data: Any) -> Opening:
    """What the browser sent, checked. Raises ValueError for anything else than an `Opening`'s fields."""
    match data:
        case {
            "document": str(document),
            "digest": str(digest_of_quote),
            "start": int(start),
            "end": int(end),
            "before": int(before),
            "after": int(after),
        }:
            return Opening(document, start, end, digest_of_quote, min(max(before, 0), _MOST), min(max(after, 0), _MOST))
    raise ValueError("not what a citation sends")


def document_view(library: Library, data: Any, words: Words) -> dict[str, Any]:
    """The document around a quote, cut in blocks, and whether the quote is what is in its place.

    `{"error": message}` when there is no such place.
    """
    try:
        wanted = opening(data)
        document = library.document(wanted.document)
        quoted = quote(document, wanted.start, wanted.end)
    except (ValueError, UnknownDocument):
        return {"error": words.bad_address}
    length = len(document.text)
    first, last = max(0, quoted.start - wanted.before), min(length, quoted.end + wanted.after)
    sentence = sentence_around(document, quoted.start)
    several = sentence is not None and quoted.end > sentence[1]
    same = digest(quoted.text) == wanted.digest
    return {
        "title": document.title,
        "name": document.name,
        "sha256": document.sha256,
        "place": " · ".join(part for part in (quoted.heading, place(quoted, words, several)) if part),
        "characters": words.characters.format(start=quoted.start, end=quoted.end),
        "verified": same,
        "verdict": words.verified if same else words.not_verified,
        "quote": quoted.text,
        "first": first,  # where the text of the blocks begins, in code points
        "blocks": list(_blocks(document, first, last, quoted.start, quoted.end)),
        "pages": _pages(document, quoted.start, quoted.end),
        "before": words.before.format(count=min(AROUND, first)) if first > 0 else None,
        "after": words.after.format(count=min(AROUND, length - last)) if last < length else None,
    }


def _pages(document: Document, start: int, end: int) -> list[int]:
    """The pages that a quote stands on, of a document whose pages can be shown."""
    touched = (place for place in document.places if place.start < end and start < place.end)
    return [int(place.label) for place in touched if place.kind == "page"]


def _blocks(document: Document, first: int, last: int, start: int, end: int) -> Iterator[dict[str, Any]]:
    """The text from `first` to `last` in order: paragraphs by number, headings by level, and what is between."""
    between = {"kind": "between"}
    at = first
    for span, kind in _named(document):
        left, right = max(span.start, at), min(span.end, last)
        if left >= right:
            continue
        if at < left:
            yield between | {"pieces": _pieces(document.text, at, left, start, end)}
        yield kind | {"pieces": _pieces(document.text, left, right, start, end)}
        at = right
    if at < last:
        yield between | {"pieces": _pieces(document.text, at, last, start, end)}


def _named(document: Document) -> list[tuple[Span, dict[str, Any]]]:
    """Paragraphs and headings, in order."""
    paragraphs = [(span, {"kind": "paragraph", "number": number}) for number, span in enumerate(document.paragraphs, 1)]
    headings = [
        (Span(entry.start, entry.end), {"kind": "heading", "level": entry.level}) for entry in document.headings
    ]
    return sorted([*paragraphs, *headings], key=lambda entry: entry[0].start)


def _pieces(text: str, first: int, last: int, start: int, end: int) -> list[dict[str, Any]]:
    """`text[first:last]` cut where the quote begins and ends."""
    cuts = sorted({first, last, min(max(start, first), last), min(max(end, first), last)})
    return [{"text": text[left:right], "mark": start <= left and right <= end} for left, right in pairwise(cuts)]
