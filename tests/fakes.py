"""Stand-ins for what is slow, deterministic in the text. The real thing is used beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from index.embed import Vectors
from index.terms import terms

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
