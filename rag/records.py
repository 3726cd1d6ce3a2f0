"""What a question leads to. Scores are higher for better, ranks count from 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.records import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer the question. `cosine`, `lexical` and `translated` are what `score` was made of."""

    passage: Passage
    rank: int
    score: float
    cosine: float
    lexical: float
    translated: float = 0.0


@dataclass(frozen=True, slots=True)
class SpanReading:
    """What a reader found in one text.

    `text[start:end]` is the answer, code points. `span_logit` is the log-probability of that span
    within its text, at most 0. `answerable` is a logit: the text answers the question; it orders
    texts for one question and compares across questions. A text without a single word has
    start == end == 0 and the lowest scores.
    """

    start: int
    end: int
    span_logit: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one reading.

    `answerable` and `span` are the reader's logit and log-probability, `cosine`, `lexical` and
    `translated` the search's. `across` is 1 where question and passage are in different scripts or
    languages, else 0. `missing` is the share of the question's words that no document holds; across
    languages of its names alone, where the dictionary has them. `behind` is
    how far its cosine is below the nearest passage's, `around` the mean cosine of the first few passages:
    a question on the documents' matter is near to all of them. `unknown` is 1 where the question has a name or
    number that no document holds, `numbers_away` the share of its numbers that the passage and its headings do
    not hold. `others` is the mean of the highest
    three `answerable` that were read for the same question with another answer. `unfit` is 1 where the answer is of
    another kind than the question's words ask for, else 0.
    """

    answerable: float
    span: float
    cosine: float
    lexical: float
    across: float
    missing: float
    behind: float
    others: float
    translated: float = 0.0
    around: float = 0.0
    unknown: float = 0.0
    numbers_away: float = 0.0
    unfit: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one hit: the best answer in it, and how likely it is right.

    `start` and `end` are the answer's, in the document's text; `more` are further spans of the same
    passage, better first, in the passage's text. Readings of one question are ordered by
    `score`. For the first of them `probability` is that it is right, and `held` that the documents
    hold an answer at all: by this it is given or not.
    """

    hit: Hit
    start: int
    end: int
    signs: Signs
    score: float
    probability: float
    held: float
    more: tuple[SpanReading, ...] = ()


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
    """What was searched, how many of its passages were read, and when (ISO 8601, UTC)."""

    documents: int
    passages: int
    read: int
    when: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One of the answers: a span of a document, its text, and the numbers of the quotes that hold it.

    `citations` count from 1 into the answer's quotes; the first is the quote that the span is in, the
    others say the same elsewhere.
    """

    text: str
    document: str
    start: int
    end: int
    confidence: float
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What else might answer, and the sentence it stands in."""

    text: str
    start: int
    end: int
    confidence: float
    quote: Quote


# How the findings of an answer belong together: there is one; they make a list; each answers a part of
# the question; documents contradict each other; two places of one document answer it about as well, and which is meant
# is for its reader to say; or they are whole sentences, gathered by section for a summary, a
# comparison or a list that no span answers.
Relation = Literal["one", "several", "parts", "differing", "either", "gathered"]


@dataclass(frozen=True, slots=True)
class Answer:
    """At least one finding, the best first; citation n is `quotes[n - 1]`.

    `candidates` are other readings, `nearest` passages that were read and not quoted, best first. `missing` are parts
    of the question that have no answer, where others have one. What is "gathered" has no confidence: it is 0.
    """

    question: str
    findings: tuple[Finding, ...]
    relation: Relation
    quotes: tuple[Quote, ...]
    candidates: tuple[Candidate, ...]
    nearest: tuple[Quote, ...]
    searched: Searched
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The short answer."""
        return self.findings[0].text

    @property
    def start(self) -> int:
        """Where the short answer begins in the first quote's document."""
        return self.findings[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.findings[0].end

    @property
    def confidence(self) -> float:
        """The probability that the short answer is right."""
        return self.findings[0].confidence


@dataclass(frozen=True, slots=True)
class NotFound:
    """The documents do not hold the answer.

    `confidence` is the probability that they do all the same. `unseen` are words of the question
    that stand nowhere in the documents; empty where the question is in another language.
    """

    question: str
    confidence: float
    unseen: tuple[str, ...]
    nearest: tuple[Quote, ...]
    searched: Searched
