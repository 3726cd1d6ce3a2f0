"""How often the right passage comes first: dense, lexical, and what the project does."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sets import load_passages, load_questions
from index.embed import Embedder
from index.ingest import embed_parts, make_document
from index.lexical import keywords, score_terms, search_terms
from index.library import Library, create_library
from index.records import Block, ReadFile
from rag.retrieve import CANDIDATES, combined, retrieve

DEPTH = 50  # hits looked at


@dataclass(frozen=True, slots=True)
class Pair:
    """Questions from one set asked of the passages of another (or the same)."""

    label: str
    questions: str
    passages: str


TEST_PAIRS = (
    Pair("XQuAD zh→zh", "xquad.zh", "xquad.zh"),
    Pair("XQuAD en→en", "xquad.en", "xquad.en"),
    Pair("XQuAD en→zh", "xquad.en", "xquad.zh"),
    Pair("XQuAD zh→en", "xquad.zh", "xquad.en"),
    Pair("XQuAD de→zh", "xquad.de", "xquad.zh"),
    Pair("DRCD test", "drcd.test", "drcd.test"),
)
TRAIN_PAIRS = (
    *TEST_PAIRS[:5],
    Pair("DRCD dev", "drcd.dev", "drcd.dev"),
    Pair("CMRC trial", "cmrc.trial", "cmrc.trial"),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of questions, in percent; MRR@10 likewise."""

    pair: str
    ranking: str
    questions: int
    recall_at_1: float
    recall_at_5: float
    recall_at_20: float
    mrr_at_10: float


def measure(data: Path, embedder: Embedder) -> list[Figures]:
    """The figures of every test pair, three rankings each: dense, lexical, project."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        libraries = _Libraries(data, embedder, Path(folder))
        for pair in TEST_PAIRS:
            library, document_of = libraries.of(pair.passages)
            questions = load_questions(data, pair.questions, "test")
            vectors = embedder.embed_questions([question.text for question in questions])
            right = [document_of[_number(question.passage)] for question in questions]
            ranks: dict[str, list[int]] = {"dense": [], "lexical": [], "project": []}
            for question, vector, document in zip(questions, vectors, right, strict=True):
                dense = library.vector_index().search(vector, DEPTH).ids
                lexical = search_terms(library, keywords(library, question.text), DEPTH).ids
                project = [hit.passage.document for hit in retrieve(library, question.text, vector, DEPTH)]
                ranks["dense"].append(_rank(_documents(library, dense.tolist()), document))
                ranks["lexical"].append(_rank(_documents(library, lexical.tolist()), document))
                ranks["project"].append(_rank(project, document))
            figures += [_figures(pair.label, ranking, found) for ranking, found in ranks.items()]
            print(f"{pair.label}: {len(questions)} questions", file=sys.stderr)
    return figures


def tune_weight(data: Path, embedder: Embedder, weights: Sequence[float]) -> dict[str, list[float]]:
    """Recall@1 in percent for each weight of the lexical score, by `train` pair."""
    table: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        libraries = _Libraries(data, embedder, Path(folder))
        for pair in TRAIN_PAIRS:
            library, document_of = libraries.of(pair.passages)
            questions = load_questions(data, pair.questions, "train")[:1500]
            vectors = embedder.embed_questions([question.text for question in questions])
            firsts = np.zeros(len(weights))
            index = library.vector_index()
            for question, vector in zip(questions, vectors, strict=True):
                words = keywords(library, question.text)
                ids = np.union1d(index.search(vector, CANDIDATES).ids, search_terms(library, words, CANDIDATES).ids)
                cosine, lexical = index.scores(vector, ids), score_terms(library, words, ids)
                found = _documents(library, ids.tolist())
                for place, weight in enumerate(weights):
                    best = int(np.argmax(combined(cosine, lexical, weight)))
                    firsts[place] += found[best] == document_of[_number(question.passage)]
            table[pair.label] = (100 * firsts / len(questions)).round(1).tolist()
            print(f"{pair.label}: {len(questions)} questions", file=sys.stderr)
    return table


class _Libraries:
    """A library for each set, made once; and which document holds which passage of the set."""

    def __init__(self, data: Path, embedder: Embedder, folder: Path) -> None:
        self._data, self._embedder, self._folder = data, embedder, folder
        self._made: dict[str, tuple[Library, dict[str, str]]] = {}

    def of(self, name: str) -> tuple[Library, dict[str, str]]:
        if name not in self._made:
            self._made[name] = build_library(self._data, name, self._embedder, self._folder / name)
        return self._made[name]


def build_library(data: Path, name: str, embedder: Embedder, folder: Path) -> tuple[Library, dict[str, str]]:
    """A library with a document for each passage of the set; and the document's id by the passage's number."""
    import hashlib

    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    document_of = {}
    for passage in load_passages(data, name):
        sha256 = hashlib.sha256(f"{passage.id}\n{passage.text}".encode()).hexdigest()
        content = ReadFile(passage.text, passage.title, (Block(0, len(passage.text)),))
        document, parts = make_document(content, passage.id, passage.id, sha256, embedder)
        library.add(document, parts, embed_parts(embedder, document, parts))
        document_of[_number(passage.id)] = document.id
    return library, document_of


def _number(passage_id: str) -> str:
    """The part of a passage's id that is the same in every language of a set."""
    return passage_id.rpartition("-")[2]


def _documents(library: Library, ids: Sequence[int]) -> list[str]:
    return [passage.document for passage in library.passages(ids)]


def _rank(documents: Sequence[str], right: str) -> int:
    """The rank of the right document among the different ones, from 1; 0 where it is not there."""
    different = list(dict.fromkeys(documents))
    return different.index(right) + 1 if right in different else 0


def _figures(pair: str, ranking: str, ranks: Sequence[int]) -> Figures:
    def share(depth: int) -> float:
        return round(100 * sum(0 < rank <= depth for rank in ranks) / len(ranks), 1)

    reciprocal = 100 * sum(1 / rank for rank in ranks if 0 < rank <= 10) / len(ranks)
    return Figures(pair, ranking, len(ranks), share(1), share(5), share(20), round(reciprocal, 1))
