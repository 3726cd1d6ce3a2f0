"""A reader that needs no training: the answer is the best sentence, by the embedder and keywords."""

from __future__ import annotations

import math
from collections.abc import Sequence

from index.embed import Embedder
from index.lexical import keywords
from index.library import Library
from index.records import Span
from index.terms import terms
from rag.records import Hit, Reading

# Logistic regression on `train` rows: python -m benchmarks refusal
_PASSAGE_WEIGHT = 1.0
_LEXICAL_WEIGHT = 0.25
_SLOPE = 9.0
_MIDDLE = 1.70


class SentenceReader:
    """Ranks the sentences of the hits by their own cosine, their passage's score, and shared keywords."""

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library = library
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """The sentences of the hits, best first; each once, in its best hit."""
        best: dict[tuple[str, Span], Hit] = {}
        for hit in hits:
            for sentence in self._library.document(hit.passage.document).sentences:
                if hit.passage.start <= sentence.start and sentence.end <= hit.passage.end:
                    best.setdefault((hit.passage.document, sentence), hit)
        if not best:
            return []
        texts = [self._library.document(document).text[span.start : span.end] for document, span in best]
        cosines = self._embedder.embed_passages(texts) @ self._embedder.embed_questions([question])[0]
        words = keywords(self._library, question)
        total = sum(words.idf) or 1.0
        readings = []
        for ((_, span), hit), text, cosine in zip(best.items(), texts, cosines, strict=True):
            held = set(terms(text))
            shared = sum(weight for term, weight in zip(words.terms, words.idf, strict=True) if term in held) / total
            score = float(cosine) + _PASSAGE_WEIGHT * hit.score + _LEXICAL_WEIGHT * shared
            probability = 1 / (1 + math.exp(-_SLOPE * (score - _MIDDLE)))
            readings.append(Reading(hit, span.start, span.end, score, probability))
        return sorted(readings, key=lambda reading: (-reading.score, reading.hit.passage.id, reading.start))
