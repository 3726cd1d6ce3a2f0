"""Every place in the library that holds a term, grouped by document: complete, where search stops at the best.

Every document's text is gone through, with no index between. Simplified and traditional characters, width, case and
ways of writing a number match each other; what is given back is the original's own span.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from index.errors import YinzhengError
from index.library import Library
from index.records import Document, Span
from index.split import containing
from rag.fold import differences, fold, fold_only, is_cjk, original_span
from rag.numbers import Figure, figures
from rag.records import Reading

# Around a number's value, so that 100 is not found within 1000. Private characters: folding drops them from no text,
# and a text that has its own is only found in where the term has the same.
_LONGEST_NUMBER = 40  # characters that are looked at around a decimal point
_BEFORE, _AFTER = "\ue000", "\ue001"


class UnusableTerm(YinzhengError):
    """A term in which there is nothing to look for."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """A document, where it holds the term (in order, not overlapping), and the sentences that do.

    `sentences[i]` is around `spans[i]`; where the term runs over a sentence's end, it reaches to the next one's.
    """

    document: str
    title: str
    spans: tuple[Span, ...]
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """A text folded, with a number's value in its digits' place: character i is of `starts[i]:ends[i]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def mentions(library: Library, term: str, documents: Collection[str] | None = None) -> list[Mentions]:
    """Every document that holds the term, in the order of adding; among `documents` (ids) when given.

    Raises UnusableTerm.
    """
    with library.snapshot():
        found = []
        for summary in library.documents():
            if documents is not None and summary.id not in documents:
                continue
            document = library.document(summary.id)
            spans = spans_of(document.text, term)
            if spans:
                found.append(_mentions(document, spans))
        return found


def speaking_to(library: Library, readings: Iterable[Reading], least: float) -> list[Mentions]:
    """What readings of a question found, in the same form: those of at least that probability, each span once."""
    spans: dict[str, set[Span]] = {}
    for reading in readings:
        if reading.probability >= least:
            spans.setdefault(reading.hit.passage.document, set()).add(Span(reading.start, reading.end))
    return [
        _mentions(library.document(document), sorted(found, key=lambda span: (span.start, span.end)))
        for document, found in spans.items()
    ]


def spans_of(text: str, term: str) -> list[Span]:
    """Where a text holds a term, in order, not overlapping. Raises UnusableTerm.

    >>> spans_of("增速達１７.５８％。", "17.58%")
    [Span(start=3, end=9)]
    """
    numbers = figures(term)
    wanted = _form(term, numbers) if numbers else None
    plain = fold_only(term)
    if not plain:
        raise UnusableTerm("there is nothing to look for: a term needs a letter, a digit or a character")
    found = _plain_spans(text, term, plain)
    if wanted is not None:
        words = [part for part in _without_numbers(term, numbers) if part]
        folded = fold_only(text)
        if all(part in folded for part in words):
            found += _number_spans(text, wanted)
    return _separate(found)


def _plain_spans(text: str, term: str, plain: str) -> list[Span]:
    if plain not in fold_only(text):
        return []
    folded = fold(text)
    found = []
    place = folded.text.find(plain)
    while place >= 0:
        start, end = original_span(folded, text, place, place + len(plain))
        apart = any(change.what == "a space" for change in differences(term, text[start:end]))
        if not apart and not _cut(text, start, end):
            found.append(Span(start, end))
        place = folded.text.find(plain, place + 1)
    return found


def _number_spans(text: str, wanted: _Form) -> list[Span]:
    form = _form(text, figures(text))
    found = []
    place = form.text.find(wanted.text)
    while place >= 0:
        last = place + len(wanted.text)
        start, end = min(form.starts[place:last]), max(form.ends[place:last])
        if not _cut(text, start, end):
            found.append(Span(start, end))
        place = form.text.find(wanted.text, place + 1)
    return found


def _form(text: str, numbers: list[Figure]) -> _Form:
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def put(piece: str, start: int, end: int) -> None:
        characters.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))

    def put_words(start: int, end: int) -> None:
        words = text[start:end]
        folded = fold(words)
        for place, character in enumerate(folded.text):
            at, stop = original_span(folded, words, place, place + 1)
            put(character, start + at, start + stop)

    place = 0
    for figure in numbers:
        put_words(place, figure.start)
        put(f"{_BEFORE}{figure.value}{_AFTER}", figure.number.start, figure.number.end)
        put(figure.unit, figure.start, figure.end)
        place = figure.end
    put_words(place, len(text))
    return _Form("".join(characters), tuple(starts), tuple(ends))


def _without_numbers(term: str, numbers: list[Figure]) -> list[str]:
    bounds = [0, *(bound for figure in numbers for bound in (figure.start, figure.end)), len(term)]
    return [fold_only(term[start:end]) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]


def _cut(text: str, start: int, end: int) -> bool:
    """Whether a span begins or ends within a word of letters, or within a number."""
    return joined(text, start) or joined(text, end)


def joined(text: str, place: int) -> bool:
    """Whether the characters on both sides of a place are of one word or number.

    >>> joined("18.55万", 1), joined("18.55万", 2), joined("18.55万", 5)
    (True, True, False)
    """
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if before.isalnum() and after.isalnum() and not is_letter_of_unspaced(before) and not is_letter_of_unspaced(after):
        return True
    if not (before.isdigit() and after in ".,．") and not (before in ".,．" and after.isdigit()):
        return False
    first = max(0, place - _LONGEST_NUMBER)
    around = figures(text[first : place + _LONGEST_NUMBER])
    return any(figure.number.start < place - first < figure.number.end for figure in around)


def is_letter_of_unspaced(character: str) -> bool:
    """Whether it is of a script written without spaces; full-width letters and digits are not."""
    return is_cjk(character) and not "\uff00" <= character <= "\uff5e"


def _separate(spans: list[Span]) -> list[Span]:
    """In order; of spans that overlap the first, and of those the longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _mentions(document: Document, spans: list[Span]) -> Mentions:
    return Mentions(document.id, document.title, tuple(spans), tuple(_sentences(document, span) for span in spans))


def _sentences(document: Document, span: Span) -> Span:
    first, last = containing(document.sentences, span.start), containing(document.sentences, span.end - 1)
    start = span.start if first is None else document.sentences[first].start
    end = span.end if last is None else document.sentences[last].end
    return Span(min(start, span.start), max(end, span.end))
