"""Readings -> the answers that are given, and how they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import regex

from index.terms import terms
from rag.asking import asks_for_list
from rag.records import Reading, Relation

LISTED = 12  # answers of a list at most
RIVAL = 1.0  # by how much less, in the reader's logit, a reading may score and still contradict the best
_EVEN = log(0.25)  # a further span of a passage belongs to a list when it is at least so likely as its first
_DIGIT = regex.compile(r"\d")
_NUMBER = regex.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Span:
    """A possible answer in a document, its text, and the probability that it is right."""

    document: str
    start: int
    end: int
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Found:
    """The answers, the best first (parts: in the order asked), and who else says the same: a list an answer."""

    relation: Relation
    spans: tuple[Span, ...]
    same: tuple[tuple[Span, ...], ...]


def found_in(question: str, readings: Sequence[Reading], threshold: float, further: float) -> Found:
    """What to answer from readings of which the first passes the threshold.

    A reading of another document that passes `further` and has the same words is cited with its
    answer. One that passes the threshold, scores nearly as high and has others contradicts it; one of the same
    document answers it as well. Where a list is asked for, all that pass the threshold are answers.
    """
    best = span_of(readings[0])
    others = [span_of(reading) for reading in readings[1:] if reading.held >= further]
    if asks_for_list(question):
        listed = [span for reading in readings if reading.held >= threshold for span in spans_of(reading)]
        answers = _unlike([span for span in listed if _of_one_kind(best.text, span.text)])[:LISTED]
        relation: Relation = "several"
    else:
        rivals = [
            span_of(reading)
            for reading in readings[1:]
            if reading.held >= threshold and reading.score >= readings[0].score - RIVAL
        ]
        against = [span for span in rivals if contradict(best.text, span.text)]
        elsewhere = [span for span in against if span.document != best.document]
        answers = _unlike([best, *(elsewhere or against[:1])])
        relation = "differing" if elsewhere else "either"
    same = tuple(tuple(other for other in others if _says(other, answer)) for answer in answers)
    return Found(relation if len(answers) > 1 else "one", tuple(answers), same)


def span_of(reading: Reading) -> Span:
    """The reading's answer."""
    passage = reading.hit.passage
    text = passage.text[reading.start - passage.start : reading.end - passage.start]
    return Span(passage.document, reading.start, reading.end, text, reading.probability)


def alike(one: str, other: str) -> bool:
    """Whether two answers say the same: the same terms, or one's are a part of the other's.

    >>> alike("18.55万家", "１８．５５萬家"), alike("18.55万家", "124万家")
    (True, False)
    """
    mine, theirs = terms(one), terms(other)
    return _within(mine, theirs) or _within(theirs, mine)


def contradict(one: str, other: str) -> bool:
    """Whether two answers to one question exclude each other: two quantities, or two names, not alike."""
    return not alike(one, other) and _of_one_kind(one, other)


def _of_one_kind(one: str, other: str) -> bool:
    """Both with a number in them, or neither: a count is no answer where names are."""
    return bool(_DIGIT.search(one)) == bool(_DIGIT.search(other))


def numbers_in(text: str) -> int:
    """How many numbers stand in a text.

    >>> numbers_in("5只，规模1,056.5亿元")
    2
    """
    return len(_NUMBER.findall(text))


def spans_of(reading: Reading, least: float = _EVEN) -> list[Span]:
    """The reading's answer and the further spans that are nearly as likely, by `least` in log-probability."""
    passage = reading.hit.passage
    spans = [span_of(reading)]
    for more in reading.more:
        if more.span_logit >= reading.signs.span + least and more.end > more.start:
            text = passage.text[more.start : more.end]
            start, end = passage.start + more.start, passage.start + more.end
            spans.append(Span(passage.document, start, end, text, reading.probability))
    return spans


def _unlike(spans: Sequence[Span]) -> list[Span]:
    """The first of each answer, in order."""
    kept: list[Span] = []
    for span in spans:
        if not any(alike(span.text, other.text) for other in kept):
            kept.append(span)
    return kept


def _says(other: Span, answer: Span) -> bool:
    elsewhere = other.document != answer.document or other.end <= answer.start or other.start >= answer.end
    return elsewhere and alike(other.text, answer.text)


def _within(inner: Sequence[str], outer: Sequence[str]) -> bool:
    length = len(inner)
    return length > 0 and any(
        list(outer[place : place + length]) == list(inner) for place in range(len(outer) - length + 1)
    )
