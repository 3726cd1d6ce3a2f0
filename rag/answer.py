"""`Assistant.ask`: the whole path from a question to its answer. Read this first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from index.collections import Scope, scope
from index.embed import Embedder, load_embedder
from index.errors import YinzhengError
from index.library import Library
from index.opening import open_library
from rag.asking import parts_of, whole_parts
from rag.calibrate import calibration_for
from rag.findings import Found, Span, found_in, numbers_in, span_of, spans_of
from rag.gather import is_of_all, leading_sentences, nearest_sentences, request_in, topic_is_there
from rag.judge import Calibration, differ_in_script
from rag.quote import quote, sentence_around
from rag.read import LIST_BUDGET, Read, read_hits
from rag.reader import Reader, load_reader
from rag.reader.kept import KeptReadings
from rag.records import Answer, Candidate, Finding, Hit, NotFound, Quote, Reading, Relation, Searched
from rag.retrieve import retrieve
from rag.unseen import Wording, unseen_words, wording
from rag.written.support import SupportWeights, read_weights, supported

QUOTES = 3  # quotes under an answer that has no more findings, and nearest passages under a refusal
CANDIDATES = 5  # other readings shown below an answer
FURTHER = 0.5  # least share of the threshold with which a reading is quoted beside the best one
PART_HITS = 3  # passages in which the parts of a question are looked for
WHOLE_DOCUMENTS = 4  # documents that are summarised together at most
PART_LEAST = -5.0  # log-probability, to its passage's best, of a span that may answer a further part


class UnusableQuestion(YinzhengError):
    """There is nothing to look for, or it is not text."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """An open library, the models that search and read it, and what their readings are worth."""

    library: Library
    embedder: Embedder
    reader: Reader
    calibration: Calibration
    support: SupportWeights = field(default_factory=read_weights)

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        """Answer a question from the library, or say that it is not there.

        `threshold` is the least probability that the documents hold an answer with which one is given;
        usually the calibration's.
        `within` names the collections and documents to look in; none of them where it is empty.
        Raises UnusableQuestion or UnknownCollection.
        """
        question = _cleaned(question)
        threshold = self.calibration.threshold() if threshold is None else threshold
        vector = self.embedder.embed_questions([question])[0]
        with self.library.snapshot():
            limits = None if within is None else scope(self.library, within)
            hits = retrieve(self.library, question, vector, LIST_BUDGET, limits)
            asked = wording(self.library, question)
            read = read_hits(self.reader, self.calibration, question, hits, asked)
            searched = self._searched(limits, read.passages)
            if read.readings and read.readings[0].held >= threshold:
                answer = self._answer(question, asked, read, hits, threshold, searched)
                if len(answer.findings) > 1:
                    return answer
                return self._gathered(question, limits, searched) or self._by_parts(answer, threshold, limits) or answer
            refusal = self._not_found(question, asked, read, hits, searched)
            return self._gathered(question, limits, searched) or self._by_parts(refusal, threshold, limits) or refusal

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> list[Hit]:
        """`search` with the assistant's own library and model."""
        return search(self.library, self.embedder, question, top_k, within)

    def supports(self, claim: str, texts: Sequence[str]) -> list[bool]:
        """Whether each text holds a claim, as far as the reader can tell."""
        return supported(self.reader, self.embedder, self.support, claim, texts)

    def _answer(
        self,
        question: str,
        asked: Wording,
        read: Read,
        hits: Sequence[Hit],
        threshold: float,
        searched: Searched,
    ) -> Answer:
        further = FURTHER * threshold
        found = self._parts(question, asked, read, further) or found_in(question, read.readings, threshold, further)
        quotes: list[Quote] = []
        findings = tuple(
            Finding(
                text=span.text,
                document=span.document,
                start=span.start,
                end=span.end,
                confidence=span.probability,
                citations=tuple(dict.fromkeys(self._cited(quotes, one) for one in (span, *same))),
            )
            for span, same in zip(found.spans, found.same, strict=True)
        )
        others = [reading for reading in read.readings if not _given(reading, findings)]
        for reading in others:
            if len(quotes) < QUOTES and reading.held >= further:
                self._cited(quotes, span_of(reading))
        return Answer(
            question=question,
            findings=findings,
            relation=found.relation,
            quotes=tuple(quotes),
            candidates=self._candidates(others, quotes),
            nearest=self._nearest([hit for hit in hits if not any(_holds(hit, entry) for entry in quotes)]),
            searched=searched,
        )

    def _gathered(self, question: str, limits: Scope | None, searched: Searched) -> Answer | None:
        """The sentences that a summary, a comparison or a list needs; None where none is asked for, or is there."""
        asked = request_in(question)
        if asked is None:
            return None
        quotes: list[Quote] = []
        if is_of_all(question, asked):
            documents = [entry.id for entry in self.library.documents()]
            within = documents if limits is None else [name for name in documents if name in limits.documents]
            if len(within) <= WHOLE_DOCUMENTS:
                quotes = leading_sentences([self.library.document(name) for name in within])
        for topic in asked.topics:
            vector = self.embedder.embed_questions([topic])[0]
            hits = retrieve(self.library, topic, vector, LIST_BUDGET, limits)
            words = wording(self.library, topic)
            across = bool(hits) and differ_in_script(topic, hits[0].passage.text)
            if not topic_is_there(words, hits, across):
                return None  # one side of a comparison alone would be taken for the whole
            quotes += [one for one in nearest_sentences(self.library, self.embedder, topic, hits) if one not in quotes]
        findings = tuple(
            Finding(one.text, one.document, one.start, one.end, 0.0, (number,)) for number, one in enumerate(quotes, 1)
        )
        return Answer(question, findings, "gathered", tuple(quotes), (), (), searched) if quotes else None

    def _by_parts(self, result: Answer | NotFound, threshold: float, limits: Scope | None) -> Answer | None:
        """The answers of a question's parts, each searched for by itself; None where not more is found so."""
        parts = whole_parts(result.question)
        if len(parts) == 1 or (isinstance(result, Answer) and numbers_in(result.text) >= len(parts)):
            return None
        spans: list[Span] = []
        missing: list[str] = []
        for part in parts:
            vector = self.embedder.embed_questions([part])[0]
            hits = retrieve(self.library, part, vector, LIST_BUDGET, limits)
            readings = read_hits(self.reader, self.calibration, part, hits, wording(self.library, part)).readings
            left = [one for one in readings if not any(_overlap(span_of(one), taken) for taken in spans)]
            if left and left[0].held >= threshold:
                spans.append(span_of(left[0]))
            else:
                missing.append(part)
        if not spans or (missing and isinstance(result, Answer)):
            return None
        quotes: list[Quote] = []
        findings = tuple(
            Finding(one.text, one.document, one.start, one.end, one.probability, (self._cited(quotes, one),))
            for one in spans
        )
        relation: Relation = "parts" if len(findings) > 1 else "one"
        return Answer(
            result.question, findings, relation, tuple(quotes), (), result.nearest, result.searched, tuple(missing)
        )

    def _not_found(
        self, question: str, asked: Wording, read: Read, hits: Sequence[Hit], searched: Searched
    ) -> NotFound:
        confidence = read.readings[0].held if read.readings else 0.0
        across = bool(hits) and differ_in_script(question, hits[0].passage.text)
        unseen = unseen_words(asked, across)
        return NotFound(question, confidence, unseen, self._nearest(hits), searched)

    def _parts(self, question: str, asked: Wording, read: Read, further: float) -> Found | None:
        """The parts' own answers, from the passages that answer the whole; None unless all have one of their own."""
        parts = parts_of(question)
        if len(parts) == 1 or numbers_in(span_of(read.readings[0]).text) >= len(parts):
            return None  # one thing is asked, or one answer says it all: "5 funds, 5.6 billion in size"
        hits = [reading.hit for reading in read.readings[:PART_HITS]]
        spans: list[Span] = []
        for part in parts:
            readings = read_hits(self.reader, self.calibration, part, hits, asked, clear=2.0).readings
            # What one part has taken is no answer to the next: "how many, and how large".
            left = [
                span
                for reading in readings
                if reading.held >= further
                for span in spans_of(reading, PART_LEAST)
                if not any(_overlap(span, taken) for taken in spans)
            ]
            if not left:
                return None
            spans.append(left[0])
        return Found("parts", tuple(spans), ((),) * len(spans))

    def _cited(self, quotes: list[Quote], span: Span) -> int:
        """The number of the quote that holds the span, which is added where there is none yet."""
        made = self._quote_around(span.document, span.start, span.end)
        if made not in quotes:
            quotes.append(made)
        return quotes.index(made) + 1

    def _quote_around(self, name: str, start: int, end: int) -> Quote:
        """The sentences that hold a span."""
        document = self.library.document(name)
        first, last = sentence_around(document, start), sentence_around(document, end - 1)
        return quote(document, min(first[0], start) if first else start, max(last[1], end) if last else end)

    def _candidates(self, readings: Sequence[Reading], quotes: Sequence[Quote]) -> tuple[Candidate, ...]:
        found = []
        for reading in readings:
            span = span_of(reading)
            around = self._quote_around(span.document, span.start, span.end)
            if around not in quotes:
                found.append(Candidate(span.text, span.start, span.end, span.probability, around))
        return tuple(found[:CANDIDATES])

    def _nearest(self, hits: Sequence[Hit]) -> tuple[Quote, ...]:
        """The first passages; a heading alone, which says little by itself, only where nothing else is left."""
        quotes = [
            quote(self.library.document(hit.passage.document), hit.passage.start, hit.passage.end) for hit in hits
        ]
        return tuple(sorted(quotes, key=lambda entry: entry.paragraph is None)[:QUOTES])

    def _searched(self, limits: Scope | None, read: int) -> Searched:
        counts = self.library.counts(None if limits is None else limits.documents)
        return Searched(counts.documents, counts.passages, read, datetime.now(UTC).isoformat(timespec="seconds"))


def search(
    library: Library, embedder: Embedder, question: str, top_k: int, within: Sequence[str] | None = None
) -> list[Hit]:
    """The passages nearest to a question, best first, without reading them. Raises what `Assistant.ask` does."""
    question = _cleaned(question)
    vector = embedder.embed_questions([question])[0]
    with library.snapshot():
        limits = None if within is None else scope(library, within)
        return retrieve(library, question, vector, top_k, limits)


def open_assistant(folder: Path, model: str | None = None, reader: str | None = None) -> Assistant:
    """Open a library with the model it was built with, or the one named; `reader` names another reader.

    Raises LibraryMissing, LibraryMismatch (also when the named model is not the library's),
    ModelUnavailable, or BadCalibration.
    """
    library = open_library(folder)
    name = library.manifest.model if model is None else model
    embedder = load_embedder(name)
    library.require_model(embedder.fingerprint, name)
    loaded = KeptReadings(load_reader(reader))
    return Assistant(library, embedder, loaded, calibration_for(folder, loaded.fingerprint))


def _given(reading: Reading, findings: Sequence[Finding]) -> bool:
    return any(
        reading.hit.passage.document == one.document and reading.start < one.end and one.start < reading.end
        for one in findings
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def _holds(hit: Hit, entry: Quote) -> bool:
    return hit.passage.document == entry.document and hit.passage.start <= entry.start < hit.passage.end


def _cleaned(question: str) -> str:
    question = question.strip()
    if not question:
        raise UnusableQuestion("the question is empty: type what you want to know")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise UnusableQuestion("the question is not valid text: it has to be UTF-8")
    return question
