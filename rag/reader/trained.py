"""The trained reader behind the seam: it reads each hit, orders them, and says how likely each answers."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import TYPE_CHECKING

from index.ingest import heading_line
from rag.records import Hit, Reading

if TYPE_CHECKING:
    from rag.reader.model import SpanReader

# What a cosine of 1 is worth beside the reader's logit: cosines of near passages differ by a few
# hundredths, logits by a few units. Not fitted yet.
COSINE_WEIGHT = 40.0


class TrainedReader:
    """Reads with the shipped model."""

    def __init__(self, spans: SpanReader) -> None:
        self._spans = spans

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the hits, best first; where two passages share the same answer, the better one."""
        found = self._spans.read(
            question,
            [hit.passage.text for hit in hits],
            [heading_line(hit.passage.title, hit.passage.heading) for hit in hits],
        )
        readings: dict[tuple[str, int, int], Reading] = {}
        for hit, span in zip(hits, found, strict=True):
            if span.start == span.end:
                continue
            score = span.answerable + COSINE_WEIGHT * hit.cosine
            start, end = hit.passage.start + span.start, hit.passage.start + span.end
            reading = Reading(hit, start, end, score, _probability(span.answerable))
            known = readings.get((hit.passage.document, start, end))
            if known is None or known.score < score:
                readings[hit.passage.document, start, end] = reading
        return sorted(readings.values(), key=lambda reading: (-reading.score, reading.hit.passage.id))


def _probability(answerable: float) -> float:
    """The reader's own, trained on rows of which 45 in 100 hold no answer.

    The calibration in the weights' file is for 1 false answer in 20 among the nearest passages of
    one article, and would leave most questions unanswered: see docs/benchmarks.md.
    """
    return 1 / (1 + exp(-answerable)) if answerable > 0 else exp(answerable) / (1 + exp(answerable))
