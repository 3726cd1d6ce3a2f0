"""From logits to probabilities, and the threshold, on rows kept out of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from benchmarks.scores import f1
from rag.reader.model import SpanReader, SpanReading
from rag.reader.weights import Calibration
from training.cases import Case

FALSE_ANSWERS = 0.05  # of the questions that the documents do not answer, at most so many are answered
_RIGHT = 0.5  # F1 from which an answer counts as right
_BINS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """One question as the reader would answer it: the best passage's logit, and what came of it.

    `first` is whether the right passage was best; `held` whether it was there at all.
    """

    group: str
    logit: float
    right: bool
    first: bool
    held: bool


def trials(reader: SpanReader, tried: Sequence[Case]) -> list[Trial]:
    """Each case with its right passage among the others, and again with it taken away."""
    found = []
    for case in tried:
        passages = [*([case.gold] if case.gold else []), *case.others]
        texts = [passage.text for passage in passages]
        readings = reader.read(case.question, texts, [passage.title for passage in passages])
        best = max(range(len(readings)), key=lambda place: readings[place].answerable)
        if case.gold is not None:
            right = best == 0 and _is_right(readings[0], case)
            found.append(Trial(case.group, readings[best].answerable, right, best == 0, True))
            readings = readings[1:]
        if readings:
            highest = max(reading.answerable for reading in readings)
            found.append(Trial(case.group, highest, False, False, False))
    return found


def _is_right(reading: SpanReading, case: Case) -> bool:
    assert case.gold is not None
    given = case.gold.text[reading.start : reading.end]
    return max(f1(given, case.gold.text[start:end]) for start, end in case.answers) >= _RIGHT


def fitted(kept: Sequence[Trial], chosen: Sequence[Trial]) -> Calibration:
    """Slope and offset on `kept`, the threshold on `chosen`.

    The two are fitted by logistic regression on the logit of the answer given.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model = LogisticRegression(C=1e6).fit([[trial.logit] for trial in kept], [trial.right for trial in kept])
    return Calibration(float(model.coef_[0][0]), float(model.intercept_[0]), threshold(chosen))


def threshold(tried: Sequence[Trial]) -> float:
    """The lowest logit above which at most `FALSE_ANSWERS` of the unanswerable lie."""
    absent = sorted((trial.logit for trial in tried if not trial.held), reverse=True)
    allowed = max(0, ceil(FALSE_ANSWERS * len(absent)) - 1)
    return absent[allowed] + 1e-6


def calibration_error(tried: Sequence[Trial], calibration: Calibration) -> float:
    """ECE: how far the probabilities of ten equal bins lie from the shares that were right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for trial in tried:
        probability = calibration.probability(trial.logit)
        bins[min(_BINS - 1, int(probability * _BINS))].append((probability, trial.right))
    total = 0.0
    for bin_ in bins:
        total += abs(sum(probability for probability, _ in bin_) - sum(right for _, right in bin_))
    return total / max(1, len(tried))
