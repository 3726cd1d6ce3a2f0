"""Stand-ins for what is slow, deterministic in the text. The real thing is used beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import regex

from index.embed import Vectors
from index.terms import terms
from rag.answer import Assistant
from rag.judge import Calibration, Point
from rag.records import SpanReading

DIMENSION = 32


class TermEmbedder:
    """A text's vector is the sum of its terms' vectors: texts that share terms are near."""

    name = "terms"
    fingerprint = "0" * 64
    dimension = DIMENSION

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = [self._vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), DIMENSION)

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        return self.embed_passages(questions)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        return [len(text) for text in texts]

    def _vector(self, text: str) -> np.ndarray:
        total = np.full(DIMENSION, 1e-3)
        for term in terms(text):
            total = total + _term_vector(term)
        return np.asarray(total / np.linalg.norm(total))


@cache
def _term_vector(term: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)


class NumberReader:
    """Finds every number of a text; a text answers the better, the more of the question's terms it holds.

    `asked` lists every question and text it was given to read.
    """

    fingerprint = "1" * 64

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        self.asked += [(question, text) for text in texts]
        return [self._spans(question, text)[:count] for text in texts]

    def _spans(self, question: str, text: str) -> list[SpanReading]:
        wanted = set(terms(question))
        answerable = 8 * len(wanted & set(terms(text))) / max(1, len(wanted)) - 4
        found = list(regex.finditer(r"\d+(?:\.\d+)?\S?", text))
        if not found:
            return [SpanReading(0, 0, -1e9, -1e9)]
        return [SpanReading(one.start(), one.end(), -0.1 * place, answerable) for place, one in enumerate(found)]


def plain_calibration(threshold: float = 0.5) -> Calibration:
    """The number reader's own logit is taken as it is."""
    points = (Point(threshold, 0.0, 1.0),)
    return Calibration(
        "1" * 64, {"answerable": 1.0}, {"answerable": 1.0}, 0.0, {"answerable": 1.0}, 0.0, points, "nothing"
    )


def with_threshold(assistant: Assistant, threshold: float) -> Assistant:
    """The assistant that answers from this probability."""
    return replace(assistant, calibration=replace(assistant.calibration, curve=(Point(threshold, 0.0, 0.0),)))
