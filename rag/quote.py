"""Span -> Quote. There is no other way to make a quote."""

from __future__ import annotations

from bisect import bisect_right

from index.headings import HEADING_SEPARATOR
from index.records import Document, Heading, Place
from index.split import containing
from rag.records import Quote


def quote(document: Document, start: int, end: int) -> Quote:
    """The quote of `document.text[start:end]`, with its address.

    Raises ValueError for a span that is empty or reaches beyond the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"{document.id} has {len(document.text)} characters: nothing to quote from {start} to {end}")
    paragraph = containing(document.paragraphs, start)
    sentence = containing(document.sentences, start)
    place = place_at(document, start)
    number = None
    if paragraph is not None and sentence is not None:
        first = document.paragraphs[paragraph].start
        number = (
            1
            + sentence
            - next(
                entry for entry in range(sentence, -1, -1) if entry == 0 or document.sentences[entry - 1].start < first
            )
        )
    return Quote(
        document=document.id,
        title=document.title,
        heading=heading_path(document, start),
        page=int(place.label) if place is not None and place.kind in ("page", "slide") else None,
        cell=place.label if place is not None and place.kind == "cell" else None,
        paragraph=None if paragraph is None else paragraph + 1,
        sentence=number,
        start=start,
        end=end,
        text=document.text[start:end],
    )


def heading_path(document: Document, place: int) -> str:
    """The headings above a place, outermost first, without the document's title.

    A heading is not above itself.
    """
    path: list[Heading] = []
    for heading in document.headings:
        if heading.start > place:
            break
        path = [outer for outer in path if outer.level < heading.level]
        if heading.end <= place:
            path.append(heading)
    words = (document.text[heading.start : heading.end] for heading in path)
    return HEADING_SEPARATOR.join(part for part in words if part != document.title)


def place_at(document: Document, start: int) -> Place | None:
    """The page, slide or cell that holds the character at `start`."""
    position = bisect_right(document.places, start, key=lambda place: place.start) - 1
    return document.places[position] if position >= 0 and start < document.places[position].end else None


def sentence_around(document: Document, place: int) -> tuple[int, int] | None:
    """Start and end of the sentence that holds a place; None between sentences."""
    found = containing(document.sentences, place)
    if found is None:
        return None
    return document.sentences[found].start, document.sentences[found].end
