"""The reader alone, on `test` rows: the answer read from the passage that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.scores import mean
from rag.overlap import exact, f1
from rag.reader import Reader
from training.rows import LANGUAGES, XQUAD, Dataset, Row, Slice, read_sets

PAIRS = (*((language, language) for language in LANGUAGES), ("en", "zh"), ("zh", "en"))
_SEED = "benchmark"


@dataclass(frozen=True, slots=True)
class Gold:
    """Answers read from the right passage, in percent."""

    pair: str
    questions: int
    f1: float
    exact: float


def measure_reader(data: Path, reader: Reader, most: int | None) -> Iterator[Gold]:
    """Each pair of languages, the mean of the twelve languages, and `drcd.test`; `most` questions a pair."""
    sets = read_sets(data, (*XQUAD, "drcd.test"))
    twelve: list[Gold] = []
    for asking, reading in PAIRS:
        figures = _gold(f"{asking}→{reading}", reader, paired(sets, asking, reading, "test", most))
        if asking == reading:
            twelve.append(figures)
        yield figures
    count = sum(one.questions for one in twelve)
    yield Gold("mean of 12", count, _round([one.f1 for one in twelve]), _round([one.exact for one in twelve]))
    yield _gold("drcd.test", reader, some([(row, row) for row in sets["drcd.test"].of("test")], most))


def _gold(name: str, reader: Reader, pairs: Sequence[tuple[Row, Row]]) -> Gold:
    values, same = [], []
    for asked, read in pairs:
        text = read.passage.text
        [[reading]] = reader.read_spans(asked.question, [text], [read.passage.title], 1)
        given = text[reading.start : reading.end]
        right = [text[start:end] for start, end in read.answers]
        values.append(100 * max(f1(given, answer) for answer in right))
        same.append(100 * max(exact(given, answer) for answer in right))
    return Gold(name, len(pairs), _round(values), _round(same))


def paired(sets: dict[str, Dataset], asking: str, reading: str, kept: Slice, most: int | None) -> list[tuple[Row, Row]]:
    """The same questions asked in one language, their rows in the language of the passages."""
    asked = {row.id: row for row in sets[f"xquad.{asking}"].of(kept)}
    return some([(asked[row.id], row) for row in sets[f"xquad.{reading}"].of(kept) if row.id in asked], most)


def some(pairs: list[tuple[Row, Row]], most: int | None) -> list[tuple[Row, Row]]:
    """So many of them, the same each time."""
    drawn = sorted(pairs, key=lambda pair: Random(f"{_SEED}:{pair[1].id}").random())
    return drawn if most is None else drawn[:most]


def _round(values: Sequence[float]) -> float:
    return round(mean(values), 1)
