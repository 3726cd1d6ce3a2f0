"""The whole path on `test` rows: from the question to the answer, over a library of each set's passages.

Each question is asked as it is, and again with the passage that holds its answer taken away.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reader import paired, some
from benchmarks.retrieval import SetLibrary, build_library, number
from benchmarks.scores import auroc, mean
from index.embed import Embedder
from index.records import Passage
from rag.answer import Assistant
from rag.calibrate import calibration_for
from rag.findings import found_in, span_of
from rag.overlap import f1
from rag.read import LIST_BUDGET, Read, read_hits
from rag.reader import Reader
from rag.reader.kept import KeptReadings
from rag.records import Hit
from rag.retrieve import retrieve
from rag.unseen import wording
from training.rows import XQUAD, Row, read_sets

ASKING = ("zh", "en", "de", "es", "ru", "ar")
READING = ("zh", "en")
FALSE = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: `first` is whether the answer came from the right passage, were it given at any rate.

    `held` and `absent` are the probabilities that the documents hold an answer, with the right
    passage there and taken away, `f1` that of
    the answer, `f1_all` that after reading the whole budget; `read` counts passages, `seconds` is the
    time of reading them and `seconds_all` of the whole budget.
    """

    first: bool
    held: float
    absent: float
    f1: float
    f1_all: float
    read: int
    seconds: float
    seconds_all: float
    differing: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """In percent. `f1` counts an unanswered question as 0, at the default threshold; `answered_at_5` has
    the threshold that lets 5 % false answers through in these very questions."""

    group: str
    questions: int
    right_passage_first: float
    f1: float
    f1_always_answered: float
    f1_all_read: float
    auroc: float
    answered_at_5: float
    answered: float
    answered_falsely: float
    differing: float
    passages_read: float
    milliseconds_reading: float
    milliseconds_reading_all: float


def measure_answers(data: Path, embedder: Embedder, reader: Reader, most: int | None) -> Iterator[Answers]:
    """Every pair of languages, then all within a language and all across, and `drcd.test`."""
    sets = read_sets(data, (*XQUAD, "drcd.test"))
    found: dict[str, list[Outcome]] = {}
    threshold = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name in (*(f"xquad.{language}" for language in READING), "drcd.test"):
            made = build_library(data, name, embedder, Path(folder) / name)
            calibration = calibration_for(made.library.folder, reader.fingerprint)
            threshold = calibration.threshold()
            if name == "drcd.test":
                groups = [(name, some([(row, row) for row in sets[name].of("test")], most))]
            else:
                reading = name.partition(".")[2]
                groups = [(f"{asking}→{reading}", paired(sets, asking, reading, "test", most)) for asking in ASKING]
            for group, pairs in groups:
                # A conversation's memory would make reading it all look free: each question has its own.
                assistants = (Assistant(made.library, embedder, KeptReadings(reader), calibration) for _ in pairs)
                found[group] = [
                    outcome(assistant, made, asked, read)
                    for assistant, (asked, read) in zip(assistants, pairs, strict=True)
                ]
                print(f"{group}: {len(pairs)} questions", file=sys.stderr)
                yield figures_of(group, found[group], threshold)
    within = [group for group in found if group == "drcd.test" or len(set(group.split("→"))) == 1]
    for name, groups_ in (("within", within), ("across", [group for group in found if group not in within])):
        yield figures_of(name, [one for group in groups_ for one in found[group]], threshold)


def outcome(assistant: Assistant, made: SetLibrary, asked: Row, row: Row) -> Outcome:
    """Ask one question both ways."""
    right = made.document_of[number(row.passage.id)]
    answers = [row.passage.text[start:end] for start, end in row.answers]
    question = asked.question
    vector = assistant.embedder.embed_questions([question])[0]
    hits = retrieve(assistant.library, question, vector, LIST_BUDGET + 4)
    others = [hit for hit in hits if hit.passage.document != right]
    read, seconds = _timed(assistant, question, hits)
    everything, rest = _timed(assistant, question, hits, clear=2.0)
    away = [hit.passage for hit in hits if hit.passage.document == right]
    absent, _ = _timed(assistant, question, others, without=away)
    first = read.readings[0].hit.passage.document == right if read.readings else False
    threshold = assistant.calibration.threshold()
    answered = bool(read.readings) and read.readings[0].held >= threshold
    found = found_in(question, read.readings, threshold, threshold / 2) if answered else None
    return Outcome(
        first=first,
        held=_confidence(read),
        absent=_confidence(absent),
        f1=_f1(read, answers),
        f1_all=_f1(everything, answers),
        read=read.passages,
        seconds=seconds,
        seconds_all=seconds + rest,
        differing=found is not None and found.relation == "differing",
    )


def _timed(
    assistant: Assistant,
    question: str,
    hits: Sequence[Hit],
    clear: float | None = None,
    without: Sequence[Passage] = (),
) -> tuple[Read, float]:
    asked = wording(assistant.library, question, without)
    began = time.perf_counter()
    read = read_hits(assistant.reader, assistant.calibration, question, hits, asked, clear)
    return read, time.perf_counter() - began


def _confidence(read: Read) -> float:
    return read.readings[0].held if read.readings else 0.0


def _f1(read: Read, answers: Sequence[str]) -> float:
    if not read.readings:
        return 0.0
    text = span_of(read.readings[0]).text
    return max(f1(text, answer) for answer in answers)


def figures_of(group: str, outcomes: Sequence[Outcome], threshold: float) -> Answers:
    """The figures of some outcomes."""
    held, absent = [one.held for one in outcomes], [one.absent for one in outcomes]
    limit = sorted(absent, reverse=True)[int(FALSE * len(absent))]
    return Answers(
        group=group,
        questions=len(outcomes),
        right_passage_first=_percent([one.first for one in outcomes]),
        f1=_percent([one.f1 * (one.held >= threshold) for one in outcomes]),
        f1_always_answered=_percent([one.f1 for one in outcomes]),
        f1_all_read=_percent([one.f1_all for one in outcomes]),
        auroc=round(100 * auroc(held, absent), 1),
        answered_at_5=_percent([value > limit for value in held]),
        answered=_percent([value >= threshold for value in held]),
        answered_falsely=_percent([value >= threshold for value in absent]),
        differing=_percent([one.differing for one in outcomes]),
        passages_read=round(mean([one.read for one in outcomes]), 1),
        milliseconds_reading=round(1000 * mean([one.seconds for one in outcomes])),
        milliseconds_reading_all=round(1000 * mean([one.seconds_all for one in outcomes])),
    )


def _percent(values: Sequence[float]) -> float:
    return round(100 * mean([float(value) for value in values]), 1)
