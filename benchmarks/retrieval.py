"""How often the right passage comes first: dense, lexical, and what the project does."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.sets import load_passages, load_questions
from index.database import rows
from index.embed import Embedder
from index.ingest import make_document, passage_texts
from index.lexical import keywords, search_terms
from index.local import LocalLibrary, create_library
from index.records import Block, ReadFile
from rag.retrieve import candidates, retrieve
from training.rows import read_sets

DEPTH = 50  # hits looked at
TUNED_QUESTIONS = 1000  # of each pair, in the file's order


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


@dataclass(frozen=True, slots=True)
class SetLibrary:
    """A library with a document for each passage of a set.

    `document_of` gives the document's id by the passage's number in the set, which is the same in
    every language; `document_by_id` gives it by the library's passage id.
    """

    library: LocalLibrary
    document_of: dict[str, str]
    document_by_id: dict[int, str]


def measure(data: Path, embedder: Embedder) -> list[Figures]:
    """The figures of every test pair, three rankings each: dense, lexical, project."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        made: dict[str, SetLibrary] = {}
        for pair in TEST_PAIRS:
            searched = _library(made, data, pair.passages, embedder, Path(folder))
            library, name_of = searched.library, searched.document_by_id
            questions = load_questions(data, pair.questions, "test")
            vectors = embedder.embed_questions([question.text for question in questions])
            ranks: dict[str, list[int]] = {"dense": [], "lexical": [], "project": []}
            for question, vector in zip(questions, vectors, strict=True):
                right = searched.document_of[number(question.passage)]
                dense = library.vector_index().search(vector, DEPTH).ids.tolist()
                lexical = search_terms(library, keywords(library, question.text), DEPTH).ids.tolist()
                project = retrieve(library, question.text, vector, DEPTH)
                ranks["dense"].append(_rank([name_of[place] for place in dense], right))
                ranks["lexical"].append(_rank([name_of[place] for place in lexical], right))
                ranks["project"].append(_rank([hit.passage.document for hit in project], right))
            figures += [_figures(pair.label, ranking, found) for ranking, found in ranks.items()]
            print(f"{pair.label}: {len(questions)} questions", file=sys.stderr)
    return figures


def tune_weights(data: Path, embedder: Embedder, weights: Sequence[float]) -> dict[tuple[str, str], list[float]]:
    """Recall@1 in percent for each weight of the lexical and of the translated score, by score and `train` pair.

    The other score has its usual weight meanwhile. The questions are those that the embedder was not trained on.
    """
    sets = read_sets(data)
    table: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        made: dict[str, SetLibrary] = {}
        for pair in TRAIN_PAIRS:
            searched = _library(made, data, pair.passages, embedder, Path(folder))
            kept = {row.id for row in sets[pair.questions].of("dev", "calibration")}
            questions = [row for row in load_questions(data, pair.questions, "train") if row.id in kept]
            questions = [row for row in questions if row.answers][:TUNED_QUESTIONS]
            vectors = embedder.embed_questions([question.text for question in questions])
            firsts = {score: np.zeros(len(weights)) for score in ("lexical", "translated")}
            for question, vector in zip(questions, vectors, strict=True):
                right = searched.document_of[number(question.passage)]
                found = candidates(searched.library, question.text, vector)
                documents = [passage.document for passage in found.passages]
                for place, weight in enumerate(weights):
                    for score, scores in (
                        ("lexical", found.scores(lexical=weight)),
                        ("translated", found.scores(translated=weight)),
                    ):
                        firsts[score][place] += documents[int(np.argmax(scores))] == right
            for score, right_ones in firsts.items():
                table[score, pair.label] = (100 * right_ones / len(questions)).round(1).tolist()
            print(f"{pair.label}: {len(questions)} questions", file=sys.stderr)
    return table


def build_library(data: Path, name: str, embedder: Embedder, folder: Path) -> SetLibrary:
    """Read, split, embed and add every passage of a set, as a document of its own."""
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    document_of = {}
    made = []
    for passage in load_passages(data, name):
        sha256 = hashlib.sha256(f"{passage.id}\n{passage.text}".encode()).hexdigest()
        content = ReadFile(passage.text, passage.title, (Block(0, len(passage.text)),))
        made.append(make_document(content, passage.id, passage.id, sha256, embedder))
        document_of[number(passage.id)] = made[-1][0].id
    # In one go, so that texts of one length are embedded together.
    vectors = embedder.embed_passages([text for document, parts in made for text in passage_texts(document, parts)])
    place = 0
    for document, parts in made:
        library.add(document, parts, vectors[place : place + len(parts.passages)])
        place += len(parts.passages)
    by_id = dict(rows(library.connection, "SELECT id, document FROM passages"))
    return SetLibrary(library, document_of, by_id)


def _library(made: dict[str, SetLibrary], data: Path, name: str, embedder: Embedder, folder: Path) -> SetLibrary:
    if name not in made:
        made[name] = build_library(data, name, embedder, folder / name)
    return made[name]


def number(passage_id: str) -> str:
    """The part of a passage's id that is the same in every language of a set."""
    return passage_id.rpartition("-")[2]


def _rank(documents: Sequence[str], right: str) -> int:
    """The rank of the right document among the different ones, from 1; 0 where it is not there."""
    different = list(dict.fromkeys(documents))
    return different.index(right) + 1 if right in different else 0


def _figures(pair: str, ranking: str, ranks: Sequence[int]) -> Figures:
    def share(depth: int) -> float:
        return round(100 * sum(0 < rank <= depth for rank in ranks) / len(ranks), 1)

    reciprocal = 100 * sum(1 / rank for rank in ranks if 0 < rank <= 10) / len(ranks)
    return Figures(pair, ranking, len(ranks), share(1), share(5), share(20), round(reciprocal, 1))
