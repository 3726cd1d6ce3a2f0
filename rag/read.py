"""Hits -> readings: the nearest few are read first, more where nothing is clear, up to a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.headings import heading_line
from rag.judge import Calibration, differ_in_script
from rag.reader import Reader
from rag.records import Hit, Reading, Signs
from rag.unseen import Wording

STEP = 4  # passages read at a time
BUDGET = 12  # passages read at most
CLEAR = 0.01  # no more are read when the best reading passes the threshold for this share of false answers
SPANS = 4  # looked for in a passage; a list needs more than one


@dataclass(frozen=True, slots=True)
class Read:
    """The readings, best first, no two with the same span; and how many passages were read for them."""

    readings: tuple[Reading, ...]
    passages: int


def read_hits(
    reader: Reader,
    calibration: Calibration,
    question: str,
    hits: Sequence[Hit],
    asked: Wording,
    clear: float | None = None,
) -> Read:
    """Read hits in their order until one is clear or the budget is spent.

    `clear` is the probability from which one is, usually the calibration's; above 1, all are read.
    """
    clear = calibration.threshold(CLEAR) if clear is None else clear
    readings: list[Reading] = []
    done = 0
    while done < min(len(hits), BUDGET):
        step = hits[done : min(done + STEP, BUDGET)]
        readings = _distinct([*readings, *_read(reader, calibration, question, step, asked)])
        done += len(step)
        if readings and readings[0].probability >= clear:
            break
    return Read(tuple(readings), done)


def signs_of(question: str, asked: Wording, hit: Hit, answerable: float, span_logit: float) -> Signs:
    """All that is known of a reading of this hit."""
    across = differ_in_script(question, hit.passage.text) or (bool(asked.words) and not asked.same_language)
    missing = 0.0 if across or not asked.words else len(asked.missing) / len(asked.words)
    return Signs(answerable, span_logit, hit.cosine, hit.lexical, float(across), missing)


def _read(
    reader: Reader, calibration: Calibration, question: str, hits: Sequence[Hit], asked: Wording
) -> list[Reading]:
    found = reader.read_spans(
        question,
        [hit.passage.text for hit in hits],
        [heading_line(hit.passage.title, hit.passage.heading) for hit in hits],
        SPANS,
    )
    readings = []
    for hit, spans in zip(hits, found, strict=True):
        best, *more = spans
        if best.start == best.end:
            continue
        signs = signs_of(question, asked, hit, best.answerable, best.span_logit)
        readings.append(
            Reading(
                hit=hit,
                start=hit.passage.start + best.start,
                end=hit.passage.start + best.end,
                signs=signs,
                score=calibration.score(signs),
                probability=calibration.probability(signs),
                more=tuple(more),
            )
        )
    return readings


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """Best first; passages overlap by a sentence, and of two with the same answer the better one stays."""
    kept: dict[tuple[str, int, int], Reading] = {}
    for reading in sorted(readings, key=lambda one: (-one.score, one.hit.passage.id)):
        kept.setdefault((reading.hit.passage.document, reading.start, reading.end), reading)
    return list(kept.values())
