"""The numbers, dates and percentages in a report's cited sentences -> whether the cited passage has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import regex

from index.library import Library
from index.split import containing, sentence_spans
from rag.numbers import Figure, figures, months
from rag.records import Quote
from rag.verify.citations import Names, address_in
from rag.verify.quotations import listed_references, reference_numbers
from rag.verify.report import Part

NEIGHBOURS = 1  # paragraphs before and after the cited one that belong to the passage

# Numbers of references, with a page after them, what stands in parentheses or brackets, and pages.
_MARKS = regex.compile(
    r"[\[［【〔][\d\s,，、–-]+[\]］】〕](?:\d{1,4}(?:[-–—]\d{1,4})?(?=[\s。，；、,.;:：）)\[［]|\Z))?|[（(][^（()）]*[)）]|\[[^\[\]]*\]"
    r"|第\s*\d+(?:\s*[-–—~至到]\s*\d+)?\s*[页頁]|\b(?:pages?|pp?\.)\s*\d+(?:\s*[-–—]\s*\d+)?"
)
_COUNTED = regex.compile(r"\s*[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．]\s*")

Places = Mapping[tuple[int, int, int], Quote]  # part, start and end of a quotation -> where its words are


@dataclass(frozen=True, slots=True)
class CheckedFigure:
    """A number in a report: `part.text[start:end]`, and whether its source has the same value with the same unit.

    `state` is "elsewhere" where the cited document has it, outside of the cited passage.
    """

    part: int
    start: int
    end: int
    text: str
    value: str
    state: Literal["in the passage", "elsewhere", "not there"]
    documents: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the cited passage has it."""
        return self.state == "in the passage"


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a sentence cites: the passages, and the whole documents."""

    passages: list[str]
    documents: dict[str, str]


def check_figures(library: Library, parts: tuple[Part, ...], places: Places, names: Names) -> tuple[CheckedFigure, ...]:
    """Check the numbers outside of quotations in every sentence that cites something the library has."""
    checked: list[CheckedFigure] = []
    references = listed_references(parts)
    by_part: dict[int, list[tuple[int, int]]] = {}
    for where, start, end in places:
        by_part.setdefault(where, []).append((start, end))
    for number, part in enumerate(parts):
        if part.kind != "text":
            continue
        quoted = by_part.get(number, [])
        if part.text in references.values() or not (quoted or part.notes or reference_numbers(part.text)):
            continue
        for span in sentence_spans(part.text, 0, len(part.text)):
            sources = [places[number, *one] for one in quoted if one[0] < span.end and span.start < one[1]]
            citations = [note.text for note in part.notes if span.start < note.at <= span.end]
            numbers = reference_numbers(part.text[span.start : span.end])
            citations += [references[each] for each in numbers if each in references]
            scope = _scope(library, sources, citations, names)
            if scope.documents:
                checked += _figures_of(part, number, span.start, span.end, quoted, scope)
    return tuple(checked)


def _scope(library: Library, sources: list[Quote], citations: list[str], names: Names) -> _Scope:
    """What a sentence cites; `sources` are those of the quotations in it, `citations` its notes and references."""
    scope = _Scope([], {})

    def add(document_id: str, place: int | None) -> None:
        document = library.document(document_id)
        scope.documents[document_id] = document.text
        if place is None:
            scope.passages.append(document.text)
            return
        at = containing(document.paragraphs, place)
        if at is None:
            scope.passages.append(document.text)
            return
        first = document.paragraphs[max(0, at - NEIGHBOURS)]
        last = document.paragraphs[min(len(document.paragraphs) - 1, at + NEIGHBOURS)]
        scope.passages.append(document.text[first.start : last.end])

    for source in sources:
        add(source.document, source.start)
    known = {summary.id for summary in library.documents()} if citations else set()
    for citation in citations:
        address = address_in(citation)
        if address is not None and address.document in known:
            add(address.document, address.start)
        elif not sources:
            for document_id in sorted(names.cited(citation)):
                add(document_id, None)
    return scope


def _figures_of(
    part: Part, number: int, start: int, end: int, quoted: list[tuple[int, int]], scope: _Scope
) -> list[CheckedFigure]:
    text = part.text[start:end]
    left_out = [(start + found.start(), start + found.end()) for found in _MARKS.finditer(text)] + quoted
    heading = _COUNTED.match(text) if start == 0 else None
    if heading is not None:
        left_out.append((0, heading.end()))
    passage = frozenset().union(*map(_values, scope.passages))
    checked: list[CheckedFigure] = []
    for figure in figures(text):
        at, stop = start + figure.start, start + figure.end
        if not _says_a_number(text, figure) or any(at < last and first < stop for first, last in left_out):
            continue
        key = (figure.value, figure.unit)
        state: Literal["in the passage", "elsewhere", "not there"] = "in the passage"
        if key not in passage:
            anywhere = any(key in _values(text) for text in scope.documents.values())
            state = "elsewhere" if anywhere else "not there"
        value = f"{_decimal(figure.value)}{figure.unit}"
        checked.append(
            CheckedFigure(number, at, stop, part.text[at:stop], value, state, tuple(sorted(scope.documents)))
        )
    return checked


def _says_a_number(text: str, figure: Figure) -> bool:
    """Whether it is one for certain: a single 一 or 十 is as often part of a word."""
    words = text[figure.number.start : figure.number.end]
    return figure.unit != "" or len(words) > 1 or any(character.isdecimal() for character in words)


@lru_cache(256)  # a report cites the same passages again and again
def _values(text: str) -> frozenset[tuple[Fraction, str]]:
    found = frozenset((figure.value, figure.unit) for figure in figures(text))
    return found | {(Fraction(month), "") for month in months(text)}


def _decimal(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"
