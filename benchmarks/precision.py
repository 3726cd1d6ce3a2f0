"""What computing in fewer bits loses: vectors, the first hit, and answers, each against fp32."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks.reader import measure_reader
from benchmarks.sets import load_passages, load_questions
from index.bundled import E5_PROMPTS, bundled_model_folder
from index.encoder import Precision, best_precision, by_length, load_encoder, padded, pooled, runtime_folder
from index.tokens import load_text_encoder
from rag.reader.model import SpanReader
from rag.reader.quick import quick_network
from rag.reader.shipped import SHIPPED

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
TEXTS = 10_000
_CHUNK = 2048  # texts embedded between two lines of progress
_MOST_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Loss:
    """Of one precision: cosines to fp32's vectors, shares in percent, and processor time.

    `recall_at_1` is the mean over languages, of `test` questions and the 240 passages in their own
    language, by vectors alone; `f1` that of the reader's answers, of as many questions as were asked for.
    `computed` are the tokens multiplied for each token of a text.
    """

    precision: str
    texts: int
    mean_cosine: float
    worst_cosine: float
    recall_at_1: float
    f1: float
    tokens_per_processor_second: int
    computed: float


@dataclass(frozen=True, slots=True)
class _Language:
    """Rows of token ids, passages first, and the place of each question's passage."""

    rows: list[list[int]]
    passages: int
    right: list[int]


def measure_precision(data: Path, most: int | None) -> Iterator[Loss]:
    """fp32, and what this processor is given; `most` questions a pair are read for the F1."""
    folder = bundled_model_folder()
    tokenizer = load_text_encoder(folder, runtime_folder(folder))

    def rows_of(kind: str, texts: Sequence[str]) -> list[list[int]]:
        encoded = tokenizer.encode_batch([f"{E5_PROMPTS[kind]}{text}" for text in texts])
        return [list(one.ids[:_MOST_TOKENS]) for one in encoded]

    languages = []
    for language in LANGUAGES:
        passages = load_passages(data, f"xquad.{language}")
        questions = load_questions(data, f"xquad.{language}", "test")
        place = {passage.id: number for number, passage in enumerate(passages)}
        rows = rows_of("document", [passage.text for passage in passages])
        rows += rows_of("query", [question.text for question in questions])
        languages.append(_Language(rows, len(passages), [place[question.passage] for question in questions]))
    rows = [row for language in languages for row in language.rows]
    more = load_passages(data, "drcd.test")[: TEXTS - len(rows)]
    rows += rows_of("document", [passage.text for passage in more])
    computed = sum(padded(max(len(rows[place]) for place in group)) * len(group) for group in _groups(rows))
    tokens = sum(map(len, rows))
    reference: np.ndarray | None = None
    for precision in dict.fromkeys(("f32", best_precision())):
        vectors, seconds = _embedded(rows, precision)
        reference = vectors if reference is None else reference
        cosines = (vectors.astype(np.float64) * reference).sum(axis=1)
        network = quick_network(SHIPPED, folder, precision)
        gold = list(measure_reader(data, SpanReader(network, tokenizer, ""), most)) if most != 0 else []
        yield Loss(
            precision,
            len(rows),
            round(float(cosines.mean()), 5),
            round(float(cosines.min()), 5),
            round(100 * float(np.mean(list(_firsts(languages, vectors)))), 2),
            round(next((one.f1 for one in gold if one.pair == "mean of 12"), float("nan")), 1),
            round(tokens / seconds),
            round(computed / tokens, 3),
        )


def _groups(rows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    return by_length([len(row) for row in rows])


def _embedded(rows: Sequence[list[int]], precision: Precision) -> tuple[np.ndarray, float]:
    """Unit vectors, and the processor time they took."""
    vectors_of = pooled(load_encoder(bundled_model_folder()), precision)
    vectors_of(rows[:2])
    found = []
    seconds = 0.0
    order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
    for start in range(0, len(order), _CHUNK):
        began = process_time()
        found.append(vectors_of([rows[place] for place in order[start : start + _CHUNK]]))
        seconds += process_time() - began
        print(f"{precision}: {start + len(found[-1])} of {len(rows)} texts", file=sys.stderr)
    vectors = np.empty((len(rows), found[0].shape[1]), dtype=np.float32)
    vectors[order] = np.concatenate(found)
    return vectors, seconds


def _firsts(languages: Sequence[_Language], vectors: np.ndarray) -> Iterator[float]:
    """The share of each language's questions that are nearest to their own passage."""
    start = 0
    for language in languages:
        own = vectors[start : start + len(language.rows)]
        nearest = (own[language.passages :] @ own[: language.passages].T).argmax(axis=1)
        yield float(np.mean(nearest == np.array(language.right)))
        start += len(language.rows)
