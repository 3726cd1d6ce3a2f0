"""Hits -> readings: the nearest few are read first, more where they give no answer, up to a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.headings import heading_line, with_headings
from index.terms import terms
from rag.asking import asks_for_list
from rag.findings import span_of
from rag.judge import Calibration, differ_in_script
from rag.kind import fits
from rag.named import numbers_away
from rag.reader import Reader
from rag.records import Hit, Reading, Signs, SpanReading
from rag.unseen import Wording

FIRST = 2  # passages read to begin with; then the rest of the budget at once. Of a list BUDGET is read first
# Passages read at most. Twelve gave no more right answers on questions kept out of training, and take twice as long.
BUDGET = 6
LIST_BUDGET = 12  # of a question for a list, whose answers stand in several passages
LIKELY = 0.2  # a list is read on beyond BUDGET when the best reading passes the threshold for this share
SPANS = 4  # looked for in a passage; a list needs more than one
# Log-probability that being of the kind that is asked for is worth to a span, over one of which that is not known.
KIND = 1.5
_OTHERS = 3  # readings whose logits `others` is the mean of
_NO_OTHER = -3.0  # taken for those that are not there: about the logit of a passage that does not answer


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Cosines of a question's hits: the highest, and the mean of the first BUDGET."""

    nearest: float
    around: float


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
    """Read hits in their order until one answers or the budget is spent; for a list, while it is likely to be there.

    `clear` is the probability from which one does, usually the calibration's threshold; above 1, the whole budget is
    read. `python -m benchmarks answers` compares both.
    """
    clear = calibration.threshold() if clear is None else clear
    surroundings = surroundings_of(hits)
    readings: list[Reading] = []
    done = 0
    listed = asks_for_list(question)
    likely = calibration.threshold(LIKELY) if clear <= 1 else 0.0
    budget, first = (LIST_BUDGET, BUDGET) if listed else (BUDGET, FIRST)
    while done < min(len(hits), budget):
        step = hits[done : budget if done else first]
        read = _read(reader, calibration, question, step, asked, surroundings)
        readings = _against_others(_distinct([*readings, *read]), calibration)
        done += len(step)
        best = readings[0].held if readings else 0.0
        # One clear answer is not the whole of a list; and what is not in the nearest passages is no list further on.
        if best < likely if listed else best >= clear:
            break
    return Read(tuple(readings), done)


def surroundings_of(hits: Sequence[Hit]) -> Surroundings:
    """Of the hits of a question, in their order; 0 where there are none."""
    first = [hit.cosine for hit in hits[:BUDGET]]
    return Surroundings(max((hit.cosine for hit in hits), default=0.0), sum(first) / max(1, len(first)))


def signs_of(question: str, asked: Wording, hit: Hit, best: SpanReading, surroundings: Surroundings) -> Signs:
    """All that is known of a reading of this hit but for the other readings."""
    across = differ_in_script(question, hit.passage.text) or (bool(asked.words) and not asked.same_language)
    looked_up, missing = (asked.names, asked.missing_names) if across else (asked.words, asked.missing)
    # Numbers are written alike in most languages.
    unknown = (
        [*asked.missing_names, *(name for name in asked.missing_named if name[0].isdigit())]
        if across
        else asked.missing_named
    )
    shown = with_headings(hit.passage.title, hit.passage.heading, hit.passage.text)
    return Signs(
        answerable=best.answerable,
        span=best.span_logit,
        cosine=hit.cosine,
        lexical=hit.lexical,
        across=float(across),
        missing=len(missing) / len(looked_up) if looked_up else 0.0,
        behind=surroundings.nearest - hit.cosine,
        others=_NO_OTHER,
        translated=hit.translated,
        around=surroundings.around,
        unknown=float(bool(unknown)),
        numbers_away=numbers_away(asked.named, shown),
        unfit=float(fits(question, hit.passage.text[best.start : best.end]) < 0),
    )


def _read(
    reader: Reader,
    calibration: Calibration,
    question: str,
    hits: Sequence[Hit],
    asked: Wording,
    surroundings: Surroundings,
) -> list[Reading]:
    found = reader.read_spans(
        question,
        [hit.passage.text for hit in hits],
        [heading_line(hit.passage.title, hit.passage.heading) for hit in hits],
        SPANS,
    )
    readings = []
    for hit, spans in zip(hits, found, strict=True):
        best, *more = best_of_kind(question, hit.passage.text, spans)
        if best.start == best.end:
            continue
        signs = signs_of(question, asked, hit, best, surroundings)
        readings.append(
            Reading(
                hit=hit,
                start=hit.passage.start + best.start,
                end=hit.passage.start + best.end,
                signs=signs,
                score=calibration.score(signs),
                probability=0.0,  # both are known when the others are
                held=0.0,
                more=tuple(more),
            )
        )
    return readings


def best_of_kind(question: str, text: str, spans: Sequence[SpanReading]) -> list[SpanReading]:
    """The spans anew, best first: those of the kind that is asked for are worth KIND more, of another KIND less."""
    return sorted(spans, key=lambda one: -(one.span_logit + KIND * fits(question, text[one.start : one.end])))


def _distinct(readings: Sequence[Reading]) -> list[Reading]:
    """Best first; passages overlap by a sentence, and of two with the same answer the better one stays."""
    kept: dict[tuple[str, int, int], Reading] = {}
    for reading in sorted(readings, key=lambda one: (-one.score, one.hit.passage.id)):
        kept.setdefault((reading.hit.passage.document, reading.start, reading.end), reading)
    return list(kept.values())


def _against_others(readings: Sequence[Reading], calibration: Calibration) -> list[Reading]:
    """The same readings, each with the sign `others`, and with what all its signs are worth."""
    words = [terms(span_of(reading).text) for reading in readings]
    found = []
    for place, reading in enumerate(readings):
        logits = [
            other.signs.answerable
            for other, theirs in zip(readings, words, strict=True)
            if other is not reading and theirs != words[place]
        ]
        highest = sorted([*logits, *[_NO_OTHER] * _OTHERS], reverse=True)[:_OTHERS]
        signs = replace(reading.signs, others=sum(highest) / _OTHERS)
        held, probability = calibration.held(signs), calibration.probability(signs)
        found.append(replace(reading, signs=signs, probability=probability, held=held))
    return found
