"""What a question leads to. Scores are higher for better, ranks count from 1."""

from __future__ import annotations

from dataclasses import dataclass

from index.records import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer the question. `cosine` and `lexical` are what `score` was made of."""

    passage: Passage
    rank: int
    score: float
    cosine: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one hit: the best answer in it, and how likely it is one.

    `start` and `end` are the answer's, in the document's text. `probability` that the passage
    answers is the reader's own. Readings of one question are ordered by `score`.
    """

    hit: Hit
    start: int
    end: int
    score: float
    probability: float


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a document, its exact text, and its address.

    `text == document.text[start:end]`, sliced when the quote was made. `paragraph` counts the
    document's paragraphs from 1 and `sentence` those within it; both are None for a heading.
    `page` is that of its beginning, or its slide; None for a document without pages. `cell` is the
    cell of a table that it begins in, as "Sheet1!B7"; None where there is none.
    """

    document: str
    title: str
    heading: str
    page: int | None
    cell: str | None
    paragraph: int | None
    sentence: int | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched, and when (ISO 8601, UTC)."""

    documents: int
    passages: int
    when: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The short answer is the span `start` to `end` of the first quote's document.

    Citation n of the answer is `quotes[n - 1]`. `nearest` are passages that were read and not
    quoted, best first.
    """

    question: str
    text: str
    start: int
    end: int
    confidence: float
    quotes: tuple[Quote, ...]
    nearest: tuple[Quote, ...]
    searched: Searched


@dataclass(frozen=True, slots=True)
class NotFound:
    """The documents do not hold the answer; `confidence` is the probability that they do all the same."""

    question: str
    confidence: float
    nearest: tuple[Quote, ...]
    searched: Searched
