"""Span -> Quote. There is no other way to make a quote."""

from __future__ import annotations

from index.records import Document, Heading
from index.split import HEADING_SEPARATOR, containing
from rag.records import Quote


def quote(document: Document, start: int, end: int) -> Quote:
    """The quote of `document.text[start:end]`, with its address.

    Raises ValueError for a span that is empty or reaches beyond the text.
    """
    if not 0 <= start < end <= len(document.text):
        raise ValueError(f"{document.id} has {len(document.text)} characters: nothing to quote from {start} to {end}")
    paragraph = containing(document.paragraphs, start)
    sentence = containing(document.sentences, start)
    number = None
    if paragraph is not None and sentence is not None:
        first = document.paragraphs[paragraph].start
        number = (
            1
            + sentence
            - next(
                place for place in range(sentence, -1, -1) if place == 0 or document.sentences[place - 1].start < first
            )
        )
    return Quote(
        document=document.id,
        title=document.title,
        heading=heading_path(document, start),
        page=None,
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


def sentence_around(document: Document, place: int) -> tuple[int, int] | None:
    """Start and end of the sentence that holds a place; None between sentences."""
    found = containing(document.sentences, place)
    if found is None:
        return None
    return document.sentences[found].start, document.sentences[found].end
