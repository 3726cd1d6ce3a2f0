"""`Assistant.ask`: the whole path from a question to its answer. Read this first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.collections import Scope, scope
from index.embed import Embedder, load_embedder
from index.errors import YinzhengError
from index.library import Library
from rag.quote import quote, sentence_around
from rag.reader import Reader, load_reader
from rag.records import Answer, Hit, NotFound, Quote, Reading, Searched
from rag.retrieve import retrieve

READ_HITS = 12  # passages read for a question
QUOTES = 3  # quotes under an answer, and nearest passages under a refusal
THRESHOLD = 0.5  # least probability with which an answer is given
FURTHER = 0.25  # least probability of a reading quoted beside the best one


class UnusableQuestion(YinzhengError):
    """There is nothing to look for, or it is not text."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """An open library, and the models that search and read it."""

    library: Library
    embedder: Embedder
    reader: Reader
    threshold: float = THRESHOLD

    def ask(self, question: str, within: Sequence[str] | None = None) -> Answer | NotFound:
        """Answer a question from the library, or say that it is not there. Raises UnusableQuestion.

        `within` names the collections and documents to look in; none of them where it is empty.
        Raises UnknownCollection.
        """
        question = _cleaned(question)
        vector = self.embedder.embed_questions([question])[0]
        with self.library.snapshot():
            limits = None if within is None else scope(self.library, within)
            hits = retrieve(self.library, question, vector, READ_HITS, limits)
            readings = self.reader.read(question, hits)
            if readings and readings[0].probability >= self.threshold:
                return self._answer(question, readings, hits, limits)
            return self._not_found(question, readings, hits, limits)

    def search(self, question: str, top_k: int, within: Sequence[str] | None = None) -> list[Hit]:
        """The passages nearest to a question, best first, without reading them. Raises what `ask` does."""
        question = _cleaned(question)
        vector = self.embedder.embed_questions([question])[0]
        with self.library.snapshot():
            limits = None if within is None else scope(self.library, within)
            return retrieve(self.library, question, vector, top_k, limits)

    def _answer(self, question: str, readings: Sequence[Reading], hits: Sequence[Hit], limits: Scope | None) -> Answer:
        best = readings[0]
        text = self.library.document(best.hit.passage.document).text
        quotes = self._quotes(readings)
        quoted = {(entry.document, entry.start) for entry in quotes}
        unquoted = [
            hit
            for hit in hits
            if not any(
                hit.passage.document == name and hit.passage.start <= at < hit.passage.end for name, at in quoted
            )
        ]
        return Answer(
            question=question,
            text=text[best.start : best.end],
            start=best.start,
            end=best.end,
            confidence=best.probability,
            quotes=quotes,
            nearest=self._nearest(unquoted),
            searched=self._searched(limits),
        )

    def _not_found(
        self, question: str, readings: Sequence[Reading], hits: Sequence[Hit], limits: Scope | None
    ) -> NotFound:
        confidence = readings[0].probability if readings else 0.0
        return NotFound(question, confidence, self._nearest(hits), self._searched(limits))

    def _quotes(self, readings: Sequence[Reading]) -> tuple[Quote, ...]:
        """The sentences around the best reading and around others that may well answer too, each once."""
        found: dict[tuple[str, int, int], Quote] = {}
        for reading in [readings[0], *(other for other in readings[1:] if other.probability >= FURTHER)]:
            document = self.library.document(reading.hit.passage.document)
            first, last = sentence_around(document, reading.start), sentence_around(document, reading.end - 1)
            start = min(first[0], reading.start) if first else reading.start
            end = max(last[1], reading.end) if last else reading.end
            found.setdefault((document.id, start, end), quote(document, start, end))
            if len(found) == QUOTES:
                break
        return tuple(found.values())

    def _nearest(self, hits: Sequence[Hit]) -> tuple[Quote, ...]:
        """The first passages; a heading alone, which says little by itself, only where nothing else is left."""
        quotes = [
            quote(self.library.document(hit.passage.document), hit.passage.start, hit.passage.end) for hit in hits
        ]
        return tuple(sorted(quotes, key=lambda entry: entry.paragraph is None)[:QUOTES])

    def _searched(self, limits: Scope | None) -> Searched:
        counts = self.library.counts(None if limits is None else limits.documents)
        return Searched(counts.documents, counts.passages, datetime.now(UTC).isoformat(timespec="seconds"))


def open_assistant(folder: Path, model: str | None = None) -> Assistant:
    """Open a library with the model it was built with, or the one named.

    Raises LibraryMissing, LibraryMismatch (also when the named model is not the library's), or
    ModelUnavailable.
    """
    library = Library(folder)
    name = library.manifest.model if model is None else model
    embedder = load_embedder(name)
    library.require_model(embedder.fingerprint, name)
    return Assistant(library, embedder, load_reader())


def _holds(hit: Hit, document: str, place: int) -> bool:
    return hit.passage.document == document and hit.passage.start <= place < hit.passage.end


def _cleaned(question: str) -> str:
    question = question.strip()
    if not question:
        raise UnusableQuestion("the question is empty: type what you want to know")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise UnusableQuestion("the question is not valid text: it has to be UTF-8")
    return question
