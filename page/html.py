"""Records -> HTML. All text from documents, questions and models passes through `escape`, and nothing else does."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from datetime import datetime

from index.library import Library
from page.conversation import Turn, Turns
from page.words import Words
from rag.records import Answer, NotFound, Quote, Searched

VERY_CONFIDENT, CONFIDENT = 0.9, 0.75  # least probabilities for the words that say so

_FOUND_ICON = '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="M4 10.5l4 4 8-9"/></svg>'
_NOT_FOUND_ICON = (
    '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7.5"/>'
    '<path d="M4.7 4.7l10.6 10.6"/></svg>'
)


def escape(text: str) -> str:
    """Text as HTML that a browser shows, and hands back, as exactly these characters.

    A carriage return is written as a reference: an HTML parser turns a plain one into a line feed.

    >>> escape("<b>\\r\\n")
    '&lt;b&gt;&#13;\\n'
    """
    return html.escape(text, quote=True).replace("\r", "&#13;")


def header(library: Library, words: Words) -> str:
    """The top of the page."""
    counts = library.counts()
    return (
        f'<header class="top" data-language="{words.language}">'
        '<h1><span class="seal" aria-hidden="true">引</span>引证<small lang="en">Yinzheng</small></h1>'
        f'<p class="tagline">{escape(words.tagline)}</p>'
        f'<p class="library">{escape(words.library.format(documents=counts.documents, passages=counts.passages))}</p>'
        "</header>"
    )


def conversation(turns: Turns, suggested: Sequence[str], words: Words) -> str:
    """The whole conversation; before the first question, the questions one could begin with."""
    if not turns:
        return _welcome(suggested, words)
    return f'<div class="turns" role="log">{"".join(_turn(turn, words) for turn in turns)}</div>'


def digest(text: str) -> str:
    """What a citation carries to have its quote checked when it is opened: SHA-256 of the UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def place(quote: Quote, words: Words, several: bool = False) -> str:
    """A quote's place in words; `several` for one that goes beyond the sentence it begins with."""
    page = words.place_page.format(page=quote.page) if quote.page is not None else ""
    if quote.paragraph is None or quote.sentence is None:
        return page + words.place_heading
    form = words.place_from if several else words.place
    return page + form.format(paragraph=quote.paragraph, sentence=quote.sentence)


def _welcome(suggested: Sequence[str], words: Words) -> str:
    buttons = "".join(
        f'<li><button type="button" data-ask="{escape(question)}">{escape(question)}</button></li>'
        for question in suggested
    )
    listed = f"<h3>{escape(words.suggestions)}</h3><ul>{buttons}</ul>" if buttons else ""
    return f'<div class="welcome"><h2>{escape(words.welcome)}</h2><p>{escape(words.welcome_how)}</p>{listed}</div>'


def _turn(turn: Turn, words: Words) -> str:
    question = (
        f'<p class="question" dir="auto"><span class="unseen">{escape(words.you_asked)} </span>'
        f"{escape(turn.question)}</p>"
    )
    if isinstance(turn.result, Answer):
        said = _answer(turn.result, words)
    elif isinstance(turn.result, NotFound):
        said = _not_found(turn.result, words)
    else:
        note = f"<p>{escape(turn.note)}</p>{_retry(turn, words)}"
        said = f'<section class="note {turn.state}" role="status">{note}</section>'
    return f'<article class="turn">{question}{said}</article>'


def _retry(turn: Turn, words: Words) -> str:
    if turn.state == "waiting":
        return ""
    return f'<div class="tools">{_retry_button(turn.question, words)}</div>'


def _answer(answer: Answer, words: Words) -> str:
    quotes = "".join(
        _quote(quote, number, words, _span_in(answer, quote)) for number, quote in enumerate(answer.quotes, 1)
    )
    cite = _cite(answer.quotes[0], 1, words)
    return (
        '<section class="answer">'
        f'<p class="verdict">{_FOUND_ICON}<strong>{escape(words.found)}</strong>'
        f'<span class="confidence">{escape(_confidence(answer.confidence, words))}</span></p>'
        f'<p class="short" dir="auto"><span class="words">{escape(answer.text)}</span>{cite}</p>'
        f'<h3>{escape(words.quotes)}</h3><ol class="quotes">{quotes}</ol>'
        f"{_foot(answer, words)}</section>"
    )


def _not_found(refusal: NotFound, words: Words) -> str:
    nearest = "".join(_near(quote, words) for quote in refusal.nearest)
    listed = (
        f'<h3>{escape(words.nearest)}</h3><ul class="nearest">{nearest}</ul>'
        if nearest
        else f"<p>{escape(words.nothing_near)}</p>"
    )
    return (
        '<section class="not-found">'
        f'<p class="verdict">{_NOT_FOUND_ICON}<strong>{escape(words.not_found)}</strong></p>'
        f'<p class="why">{escape(words.not_found_why)}</p>{listed}{_foot(refusal, words)}</section>'
    )


def _quote(quote: Quote, number: int, words: Words, inner: tuple[int, int] | None) -> str:
    text = escape(quote.text)
    if inner is not None:
        start, end = inner
        before, within, after = quote.text[:start], quote.text[start:end], quote.text[end:]
        text = f"{escape(before)}<strong>{escape(within)}</strong>{escape(after)}"
    return (
        f'<li class="quote">{_cite(quote, number, words)}<div><blockquote dir="auto">{text}</blockquote>'
        f"{_source(quote, place(quote, words), words)}</div></li>"
    )


def _near(quote: Quote, words: Words) -> str:
    return (
        f'<li><blockquote dir="auto">{escape(quote.text)}</blockquote>'
        f"{_source(quote, place(quote, words, several=True), words)}</li>"
    )


def _source(quote: Quote, where: str, words: Words) -> str:
    heading = f' › <span class="heading">{escape(quote.heading)}</span>' if quote.heading else ""
    whole = quote.title + (f" › {quote.heading}" if quote.heading else "")
    source = f"<cite>{escape(quote.title)}</cite>{heading}"
    return (
        f'<div class="source"><span class="place">{escape(where)}</span>'
        f'<button type="button" class="open" {_target(quote)}>{escape(words.open_quote)}</button>'
        f'<span class="from" dir="auto" title="{escape(whole)}">{source}</span></div>'
    )


def _cite(quote: Quote, number: int, words: Words) -> str:
    label = words.citation.format(number=number, place=place(quote, words))
    return f'<button type="button" class="cite" {_target(quote)} aria-label="{escape(label)}">{number}</button>'


def _target(quote: Quote) -> str:
    return (
        f'data-document="{escape(quote.document)}" data-start="{quote.start}" data-end="{quote.end}" '
        f'data-digest="{digest(quote.text)}"'
    )


def _foot(result: Answer | NotFound, words: Words) -> str:
    copied = copy_text(result, words) if isinstance(result, Answer) else None
    copy = (
        f'<button type="button" data-copy="{escape(copied)}" data-copied="{escape(words.copied)}" '
        f'data-failed="{escape(words.copy_failed)}">{escape(words.copy)}</button>'
        if copied is not None
        else ""
    )
    return (
        f'<div class="tools">{copy}{_retry_button(result.question, words)}'
        f'<span class="searched">{escape(_searched(result.searched, words))}</span></div>'
    )


def _retry_button(question: str, words: Words) -> str:
    return f'<button type="button" data-ask="{escape(question)}">{escape(words.retry)}</button>'


def copy_text(answer: Answer, words: Words) -> str:
    """An answer as plain text to paste: question, short answer, and the quotes with their addresses."""
    quotes = [
        words.copy_quote.format(
            number=number,
            text=quote.text,
            title=quote.title,
            heading=f" › {quote.heading}" if quote.heading else "",
            place=place(quote, words),
            start=quote.start,
            end=quote.end,
            document=quote.document,
        )
        for number, quote in enumerate(answer.quotes, 1)
    ]
    parts = [
        words.copy_question.format(question=answer.question),
        words.copy_answer.format(answer=answer.text),
        *quotes,
    ]
    return "\n\n".join(parts)


def _span_in(answer: Answer, quote: Quote) -> tuple[int, int] | None:
    """Where the short answer is within its quote; None when it is elsewhere, or all of the quote."""
    inside = quote is answer.quotes[0] and quote.start <= answer.start and answer.end <= quote.end
    if not inside or (answer.start, answer.end) == (quote.start, quote.end):
        return None
    return answer.start - quote.start, answer.end - quote.start


def _confidence(probability: float, words: Words) -> str:
    level = (probability >= CONFIDENT) + (probability >= VERY_CONFIDENT)
    return words.confidence[level]


def _searched(searched: Searched, words: Words) -> str:
    when = datetime.fromisoformat(searched.when).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return words.searched.format(documents=searched.documents, passages=searched.passages, when=when)
