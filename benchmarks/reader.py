"""The reader on `test` rows: answers from the right passage, order of passages, refusing.

    python -m benchmarks.reader --data DIRECTORY [--gold N] [--among N] [--json]

`--gold` and `--among` are questions a pair of languages (0: none, left out: all).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.scores import auroc, exact, f1, mean
from rag.reader.model import SpanReader, SpanReading, load_span_reader
from rag.reader.trained import COSINE_WEIGHT
from training.rows import LANGUAGES, XQUAD, Dataset, Passage, Row, Slice, read_sets

if TYPE_CHECKING:
    import numpy as np

CANDIDATES = 20  # passages, nearest by the embedder, that the reader orders
REFUSED_OVER = 8  # passages read when the right one is taken away
GOLD_PAIRS = (*((language, language) for language in LANGUAGES), ("en", "zh"), ("zh", "en"))
AMONG_PAIRS = (("zh", "zh"), ("en", "en"), ("en", "zh"), ("zh", "en"))
_SEED = "benchmark"


@dataclass(frozen=True, slots=True)
class Gold:
    """Answers read from the right passage, in percent."""

    pair: str
    questions: int
    f1: float
    exact: float


@dataclass(frozen=True, slots=True)
class Among:
    """The right passage among its set's others, in percent; `answered` at 5 % false answers."""

    pair: str
    questions: int
    dense_first: float
    reader_first: float
    auroc: float
    answered: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """One question's candidates, best cosine first: their cosines, logits, and which is right."""

    cosines: tuple[float, ...]
    logits: tuple[float, ...]
    right: int  # place of the right passage, -1 where it is not among them


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it, with what read."""

    reader: str
    gold: tuple[Gold, ...]
    among: tuple[Among, ...]


def run(data: Path, gold: int | None = None, among: int | None = None) -> Figures:
    """Measure the shipped reader; `gold` and `among` limit the questions a pair, None for all."""
    reader = load_span_reader()
    sets = read_sets(data, (*XQUAD, "drcd.test", "drcd.dev"))
    return Figures(
        reader=reader.fingerprint,
        gold=tuple(gold_figures(reader, sets, gold)),
        among=tuple(among_figures(reader, sets, among)),
    )


def gold_figures(reader: SpanReader, sets: dict[str, Dataset], most: int | None) -> Iterable[Gold]:
    """For each pair of languages, for `drcd.test`, and the mean of the twelve languages."""
    twelve: list[Gold] = []
    for asking, reading in GOLD_PAIRS:
        figures = _gold(f"{asking}->{reading}", reader, paired(sets, asking, reading, "test", most))
        if asking == reading:
            twelve.append(figures)
        yield figures
    count = sum(one.questions for one in twelve)
    yield Gold("mean of 12", count, mean([one.f1 for one in twelve]), mean([one.exact for one in twelve]))
    yield _gold("drcd.test", reader, _some([(row, row) for row in sets["drcd.test"].of("test")], most))


def _gold(name: str, reader: SpanReader, pairs: Sequence[tuple[Row, Row]]) -> Gold:
    values, same = [], []
    for asked, read in pairs:
        text = read.passage.text
        (reading,) = reader.read(asked.question, [text], [read.passage.title])
        given = text[reading.start : reading.end]
        right = [text[start:end] for start, end in read.answers]
        values.append(max(f1(given, answer) for answer in right))
        same.append(max(exact(given, answer) for answer in right))
    return Gold(name, len(pairs), 100 * mean(values), 100 * mean(same))


def among_figures(reader: SpanReader, sets: dict[str, Dataset], most: int | None) -> Iterable[Among]:
    """For each of `AMONG_PAIRS` and `drcd.test`; the passages are the whole set's."""
    for asking, reading in AMONG_PAIRS:
        pairs = paired(sets, asking, reading, "test", most)
        yield among_of(f"{asking}->{reading}", ranked(reader, pairs, sets[f"xquad.{reading}"].passages), COSINE_WEIGHT)
    body = sets["drcd.test"]
    pairs = _some([(row, row) for row in body.of("test")], most)
    yield among_of("drcd.test", ranked(reader, pairs, body.passages), COSINE_WEIGHT)


def among_of(name: str, found: Sequence[Ranked], weight: float) -> Among:
    """The figures of one pair with this weight of the cosine in the order."""
    first = [one.right == 0 for one in found]
    ordered = [_first(one, weight) == one.right for one in found]
    present, absent = [], []
    for one in found:
        held = list(one.logits[:REFUSED_OVER])
        if one.right >= REFUSED_OVER:
            held.append(one.logits[one.right])
        rest = [logit for place, logit in enumerate(one.logits) if place != one.right][:REFUSED_OVER]
        if one.right >= 0:  # else it was never there to be taken away
            present.append(max(held))
        absent.append(max(rest))
    limit = sorted(absent, reverse=True)[int(0.05 * len(absent))] if absent else 0.0
    answered = mean([float(score > limit) for score in present])
    return Among(name, len(found), 100 * mean(first), 100 * mean(ordered), 100 * auroc(present, absent), 100 * answered)


def _first(one: Ranked, weight: float) -> int:
    return max(range(len(one.logits)), key=lambda place: one.logits[place] + weight * one.cosines[place])


def ranked(reader: SpanReader, pairs: Sequence[tuple[Row, Row]], passages: Sequence[Passage]) -> list[Ranked]:
    """Each question's nearest passages, read."""
    if not pairs:
        return []
    vectors = _vectors([f"passage: {passage.text}" for passage in passages])
    asked = _vectors([f"query: {question.question}" for question, _ in pairs])
    found = []
    for vector, (question, read) in zip(asked, pairs, strict=True):
        cosines = vectors @ vector
        nearest = [passages[place] for place in (-cosines).argsort()[:CANDIDATES]]
        readings: list[SpanReading] = reader.read(
            question.question, [passage.text for passage in nearest], [passage.title for passage in nearest]
        )
        names = [passage.id for passage in nearest]
        right = names.index(read.passage.id) if read.passage.id in names else -1
        best = tuple(float(cosine) for cosine in sorted(cosines, reverse=True)[:CANDIDATES])
        found.append(Ranked(best, tuple(reading.answerable for reading in readings), right))
    return found


def paired(sets: dict[str, Dataset], asking: str, reading: str, kept: Slice, most: int | None) -> list[tuple[Row, Row]]:
    """The same questions asked in one language, their rows in the language of the passages."""
    asked = {row.id: row for row in sets[f"xquad.{asking}"].of(kept)}
    return _some([(asked[row.id], row) for row in sets[f"xquad.{reading}"].of(kept) if row.id in asked], most)


def _some(pairs: list[tuple[Row, Row]], most: int | None) -> list[tuple[Row, Row]]:
    drawn = sorted(pairs, key=lambda pair: Random(f"{_SEED}:{pair[1].id}").random())
    return drawn if most is None else drawn[:most]


def _vectors(texts: Sequence[str]) -> np.ndarray:
    """Row i is text i, unit norm."""
    from sentence_transformers import SentenceTransformer

    from index.bundled import bundled_model_folder

    model = SentenceTransformer(str(bundled_model_folder()), device="cpu")
    vectors: np.ndarray = model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    return vectors


def table(figures: Figures) -> str:
    """Markdown, in the order measured."""
    lines = ["| gold passage | questions | F1 | EM |", "| --- | --- | --- | --- |"]
    lines += [f"| {one.pair} | {one.questions} | {one.f1:.1f} | {one.exact:.1f} |" for one in figures.gold]
    lines += [
        "",
        "| among the set's passages | questions | right first, dense | with the reader | AUROC | answered at 5 % |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.pair} | {one.questions} | {one.dense_first:.1f} | {one.reader_first:.1f} "
        f"| {one.auroc:.1f} | {one.answered:.1f} |"
        for one in figures.among
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reader", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--gold", type=int, help="questions a pair for the right passage (default: all)")
    parser.add_argument("--among", type=int, help="questions a pair among all passages (default: all)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    figures = run(given.data, given.gold, given.among)
    sys.stdout.write(json.dumps(asdict(figures), ensure_ascii=False) if given.json else table(figures))
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
