"""A quote wider or narrower by a sentence, and the sentences around it. Spans only; the text is sliced later."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from index.records import Document, Span
from index.split import containing


def wider_after(document: Document, start: int, end: int) -> Span | None:
    """To the end of the sentence that the quote's end cuts, else of the next one; None at the document's end."""
    cut = _holding(document, end - 1)
    if cut is not None and end < cut.end:
        return Span(start, cut.end)
    following = sentence_after(document, end)
    return None if following is None else Span(start, following.end)


def wider_before(document: Document, start: int, end: int) -> Span | None:
    """From the start of the sentence that the quote's start cuts, else of the one before; None at the beginning."""
    cut = _holding(document, start)
    if cut is not None and cut.start < start:
        return Span(cut.start, end)
    before = sentence_before(document, start)
    return None if before is None else Span(before.start, end)


def narrower_after(document: Document, start: int, end: int) -> Span | None:
    """Without its last sentence, or the part of one; None where nothing of another would be left."""
    last = _holding(document, end - 1) or sentence_before(document, end)
    before = None if last is None else sentence_before(document, last.start)
    return Span(start, before.end) if before is not None and before.end > start else None


def narrower_before(document: Document, start: int, end: int) -> Span | None:
    """Without its first sentence, or the part of one; None where nothing of another would be left."""
    first = _holding(document, start) or sentence_after(document, start)
    following = None if first is None else sentence_after(document, first.end)
    return Span(following.start, end) if following is not None and following.start < end else None


def sentence_before(document: Document, place: int) -> Span | None:
    """The last sentence that ends at or before a place."""
    position = bisect_right(document.sentences, place, key=lambda span: span.end) - 1
    return document.sentences[position] if position >= 0 else None


def sentence_after(document: Document, place: int) -> Span | None:
    """The first sentence that begins at or after a place."""
    position = bisect_left(document.sentences, place, key=lambda span: span.start)
    return document.sentences[position] if position < len(document.sentences) else None


def _holding(document: Document, place: int) -> Span | None:
    position = containing(document.sentences, place)
    return None if position is None else document.sentences[position]
