"""Quote -> HTML: its text with words marked in it, its place in words, and the buttons that open its document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from index.records import Span
from page.escape import escape
from page.words import Words
from page.words_documents import document_words
from page.words_evidence import evidence_words
from rag.records import Quote


def digest(text: str) -> str:
    """What a citation carries to have its quote checked when it is opened: SHA-256 of the UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def place(quote: Quote, words: Words, several: bool = False) -> str:
    """A quote's place in words; `several` for one that goes beyond the sentence it begins with."""
    page = words.place_page.format(page=quote.page) if quote.page is not None else ""
    if quote.cell is not None:
        page += document_words(words.language).place_cell.format(cell=quote.cell)
    if quote.paragraph is None or quote.sentence is None:
        return page + words.place_heading
    form = words.place_from if several else words.place
    return page + form.format(paragraph=quote.paragraph, sentence=quote.sentence)


def numbered(quote: Quote, number: int, spans: Iterable[Span], words: Words) -> str:
    """A quote under an answer, with its number; `spans` are the answers in it, offsets into its text."""
    return (
        f'<li class="quote">{cite(quote, number, words)}<div>{blockquote(quote.text, spans)}'
        f"{source(quote, place(quote, words), words)}</div></li>"
    )


def near(quote: Quote, words: Words) -> str:
    """A passage under a refusal."""
    return f"<li>{blockquote(quote.text, ())}{source(quote, place(quote, words, several=True), words)}</li>"


def blockquote(text: str, spans: Iterable[Span]) -> str:
    """The text, the spans of it marked; unmarked where they are all of it."""
    return f'<blockquote dir="auto">{_marked(text, spans)}</blockquote>'


def source(quote: Quote, where: str, words: Words, addable: bool = True, opens: bool = True) -> str:
    """The line below a quote: where it is from, the button that puts it in a report, and the one that opens it."""
    heading = f' › <span class="heading">{escape(quote.heading)}</span>' if quote.heading else ""
    whole = quote.title + (f" › {quote.heading}" if quote.heading else "")
    named = f"<cite>{escape(quote.title)}</cite>{heading}"
    add = f'<button type="button" class="add" {_target(quote, "add")}>{escape(evidence_words(words).add)}</button>'
    shown = f'<button type="button" class="open" {_target(quote)}>{escape(words.open_quote)}</button>'
    return (
        f'<div class="source"><span class="place">{escape(where)}</span>'
        f"{add if addable else ''}{shown if opens else ''}"
        f'<span class="from" dir="auto" title="{escape(whole)}">{named}</span></div>'
    )


def cite(quote: Quote, number: int, words: Words) -> str:
    """The number of a quote, a button that opens it."""
    label = words.citation.format(number=number, place=place(quote, words))
    return f'<button type="button" class="cite" {_target(quote)} aria-label="{escape(label)}">{number}</button>'


def _marked(text: str, spans: Iterable[Span]) -> str:
    pieces, at = [], 0
    for span in _merged(spans):
        if (span.start, span.end) == (0, len(text)):
            break
        pieces.append(f"{escape(text[at : span.start])}<strong>{escape(text[span.start : span.end])}</strong>")
        at = span.end
    return "".join([*pieces, escape(text[at:])])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """In order, those that overlap or touch made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda entry: entry.start):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _target(quote: Quote, name: str = "document") -> str:
    return (
        f'data-{name}="{escape(quote.document)}" data-start="{quote.start}" data-end="{quote.end}" '
        f'data-digest="{digest(quote.text)}"'
    )
