"""Trials -> calibration: what the signs of a reading are worth is fitted on questions with known answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import YinzhengError
from index.places import beside, milvus_address
from index.records import Passage
from rag.judge import SHIPPED, Calibration, curve_of, read_calibration
from rag.overlap import f1
from rag.read import LIST_BUDGET, read_hits
from rag.records import Hit, Reading, Signs
from rag.retrieve import retrieve
from rag.unseen import wording

if TYPE_CHECKING:
    from rag.answer import Assistant

FILE_NAME = "calibration.json"  # one fitted to its user's own questions
RIGHT = 0.5  # F1 from which an answer counts as right
LEAST_QUESTIONS = 20
_SAME = 1e-6  # a spread below is rounding
_SAME_ANSWER = 0.6  # F1 of two answers that say the same
_DIGITS = re.compile(r"\d+")
_FURTHER_HITS = 6  # so that the budget is still spent when the right passages are taken away

# A reader that nothing was fitted for: the margin alone, half of it taken as the border.
_UNFITTED = {"answerable": 1.0}

# The signs that are fitted. Pairs with "across" let another language weigh a sign anew.
ORDER_SIGNS = ("answerable", "span", "cosine", "lexical", "translated", "cosine.across")
CONFIDENCE_SIGNS = (
    "answerable",
    "span",
    "cosine",
    "lexical",
    "translated",
    "missing",
    "behind",
    "others",
    "around",
    "unknown",
    "numbers_away",
    "across",
    "answerable.across",
    "cosine.across",
    "behind.across",
    "others.across",
    "missing.across",
    "around.across",
    "unknown.across",
    "numbers_away.across",
)


class TooFewQuestions(YinzhengError):
    """Nothing can be fitted on so little."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of a trial: its signs, and whether its answer is right."""

    signs: Signs
    right: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """One question, all its readings, in the order of search; `held` whether the documents hold the answer."""

    group: str
    held: bool
    seen: tuple[Seen, ...]


def tried(
    assistant: Assistant, group: str, question: str, answers: Sequence[str], holds: Callable[[Hit], bool]
) -> list[Trial]:
    """The question as it is, and where it has answers once more with the passages that hold them taken away.

    The second is left out where the same answer is read in another passage: the documents still hold it.
    A word that stands in those passages alone is then one that no document holds.
    """
    vector = assistant.embedder.embed_questions([question])[0]
    with assistant.library.snapshot():
        hits = retrieve(assistant.library, question, vector, LIST_BUDGET + _FURTHER_HITS)
        trials = [_trial(group, _readings(assistant, question, hits), answers, holds)]
        if answers:
            holding = [hit.passage for hit in hits if holds(hit)]
            elsewhere = _readings(assistant, question, [hit for hit in hits if not holds(hit)], holding)
            if not any(_says(_text_of(reading), answer) for reading in elsewhere for answer in answers):
                trials.append(_trial(group, elsewhere, (), holds))
    return trials


def _readings(
    assistant: Assistant, question: str, hits: Sequence[Hit], without: Sequence[Passage] = ()
) -> tuple[Reading, ...]:
    asked = wording(assistant.library, question, without)
    return read_hits(assistant.reader, assistant.calibration, question, hits, asked, clear=2.0).readings


def _trial(group: str, readings: Sequence[Reading], answers: Sequence[str], holds: Callable[[Hit], bool]) -> Trial:
    seen = [
        Seen(reading.signs, holds(reading.hit) and any(f1(_text_of(reading), answer) >= RIGHT for answer in answers))
        for reading in readings
    ]
    return Trial(group, bool(answers), tuple(seen))


def _says(given: str, answer: str) -> bool:
    """Whether it is the same answer, maybe in a few other words; "1998年" and "1999年" are not."""
    return f1(given, answer) >= _SAME_ANSWER and _DIGITS.findall(given) == _DIGITS.findall(answer)


def _text_of(reading: Reading) -> str:
    passage = reading.hit.passage
    return passage.text[reading.start - passage.start : reading.end - passage.start]


def tried_rows(assistant: Assistant, row: Mapping[str, Any]) -> list[Trial]:
    """The trials of a user's question; the passages that hold its evidence, or else an answer, are the right ones."""
    answers = [str(answer) for answer in row["answers"]]
    wanted = [str(row["evidence"])] if row.get("evidence") else answers
    return tried(
        assistant, "own", str(row["question"]), answers, lambda hit: any(w in hit.passage.text for w in wanted)
    )


def fitted(trials: Sequence[Trial], reader: str, fitted_on: str) -> Calibration:
    """Order, confidence, what holds an answer, and curve, all on these trials."""
    bare = Calibration(reader, _order(trials), {}, 0.0, {}, 0.0, curve_of([], []), fitted_on)
    firsts = [(trial, first) for trial in trials if (first := first_of(bare, trial))]
    signs = [first.signs for _, first in firsts]
    confidence, confidence_offset = _logistic(signs, [first.right for _, first in firsts])
    holding, holding_offset = _logistic(signs, [trial.held for trial, _ in firsts])
    found = replace(
        bare,
        confidence=confidence,
        confidence_offset=confidence_offset,
        holding=holding,
        holding_offset=holding_offset,
    )
    return with_curve(found, trials)


def with_curve(calibration: Calibration, trials: Sequence[Trial]) -> Calibration:
    """The same with the curve of these trials."""
    held = [held_of(calibration, trial) for trial in trials if trial.held]
    absent = [held_of(calibration, trial) for trial in trials if not trial.held]
    return replace(calibration, curve=curve_of(held, absent))


def refitted(calibration: Calibration, trials: Sequence[Trial]) -> Calibration:
    """Fitted to a user's own questions: the signs keep their weights, slope, offset and curve are new.

    Few questions move slope and offset little: they are held towards what they were.
    Raises TooFewQuestions.
    """
    if len(trials) < LEAST_QUESTIONS:
        raise TooFewQuestions(
            f"{len(trials)} trials are too few to fit anything: at least {LEAST_QUESTIONS} are needed, "
            "half of them with their answers"
        )
    right = _platt(
        [_logit(probability_of(calibration, trial)) for trial in trials],
        [_right(calibration, trial) for trial in trials],
    )
    held = _platt([_logit(held_of(calibration, trial)) for trial in trials], [trial.held for trial in trials])
    moved = replace(
        calibration,
        confidence={name: right[0] * weight for name, weight in calibration.confidence.items()},
        confidence_offset=right[0] * calibration.confidence_offset + right[1],
        holding={name: held[0] * weight for name, weight in calibration.holding.items()},
        holding_offset=held[0] * calibration.holding_offset + held[1],
        fitted_on=f"{calibration.fitted_on}; then {len(trials)} trials of the user's own",
    )
    return with_curve(moved, trials)


def first_of(calibration: Calibration, trial: Trial) -> Seen | None:
    """The reading that would be the answer."""
    return max(trial.seen, key=lambda seen: calibration.score(seen.signs), default=None)


def probability_of(calibration: Calibration, trial: Trial) -> float:
    """The confidence of the answer; 0 where there is none."""
    first = first_of(calibration, trial)
    return calibration.probability(first.signs) if first else 0.0


def held_of(calibration: Calibration, trial: Trial) -> float:
    """The probability by which it is answered or not; 0 where there is nothing to answer with."""
    first = first_of(calibration, trial)
    return calibration.held(first.signs) if first else 0.0


def calibration_error(calibration: Calibration, trials: Sequence[Trial], bins: int = 10) -> float:
    """ECE: how far confidences and shares of right answers lie apart, in bins of equal width, by size."""
    return sum(
        count * abs(confidence - right) for confidence, right, count in reliability(calibration, trials, bins)
    ) / max(1, len(trials))


def reliability(calibration: Calibration, trials: Sequence[Trial], bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, share of right answers and number of trials of each bin that holds any."""
    found: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for trial in trials:
        probability = probability_of(calibration, trial)
        found[min(bins - 1, int(probability * bins))].append((probability, _right(calibration, trial)))
    return [
        (sum(p for p, _ in bin_) / len(bin_), sum(right for _, right in bin_) / len(bin_), len(bin_))
        for bin_ in found
        if bin_
    ]


def own_calibration(library: Path) -> Path:
    """Where a library's own calibration is, if there is one: in its folder, or on this machine for one in Milvus."""
    return (library if milvus_address(library) is None else beside(library, "calibration")) / FILE_NAME


def calibration_for(library: Path, reader: str) -> Calibration:
    """The library's own calibration, else the shipped one, whichever was fitted for this reader.

    Raises BadCalibration.
    """
    for path in (own_calibration(library), SHIPPED):
        if path.is_file():
            calibration = read_calibration(path)
            if calibration.reader == reader:
                return calibration
    return unfitted(reader)


def unfitted(reader: str) -> Calibration:
    """What is taken for a reader that nothing was fitted for: answer from a margin of 0."""
    points = curve_of([1.0], [0.5 - 1e-6])
    order = {"answerable": 1.0, "cosine": 40.0}
    weights = dict(_UNFITTED)
    return Calibration(reader, order, weights, 0.0, weights, 0.0, points, "nothing: python -m rag calibrate fits it")


def read_questions(path: Path) -> list[dict[str, Any]]:
    """A JSON object a line: `question`, `answers` (texts; empty where the documents hold none), `evidence` or not.

    Raises YinzhengError with the line that is wrong.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row["question"], str) or not isinstance(row["answers"], list):
                raise TypeError("question must be a text and answers a list")
        except (ValueError, KeyError, TypeError) as error:
            raise YinzhengError(
                f'{path}, line {number}: {error}; a line is {{"question": "…", "answers": ["…"]}}, '
                "with no answers where the documents hold none"
            ) from error
        rows.append(row)
    return rows


def _order(trials: Sequence[Trial]) -> dict[str, float]:
    """Weights with which the right reading comes first: a softmax over each question's readings."""
    from scipy.optimize import minimize

    tables = [
        (_table([seen.signs for seen in trial.seen], ORDER_SIGNS), np.array([seen.right for seen in trial.seen]))
        for trial in trials
        if any(seen.right for seen in trial.seen)
    ]
    scale = _scale(np.concatenate([table for table, _ in tables]))

    def loss(weights: np.ndarray) -> float:
        total = 0.0
        for table, right in tables:
            scores = table / scale @ weights
            scores = scores - scores.max()
            total -= float(np.log(np.exp(scores[right]).sum() / np.exp(scores).sum()))
        return total / len(tables) + 1e-3 * float(weights @ weights)

    found = minimize(loss, np.full(len(ORDER_SIGNS), 0.5), method="L-BFGS-B").x / scale
    return {name: round(float(weight / found[0]), 4) for name, weight in zip(ORDER_SIGNS, found, strict=True)}


def _logistic(signs: Sequence[Signs], outcomes: Sequence[bool]) -> tuple[dict[str, float], float]:
    """A weight for each sign, and the offset."""
    from sklearn.linear_model import LogisticRegression

    table = _table(signs, CONFIDENCE_SIGNS)
    scale = _scale(table)
    model = LogisticRegression(C=1.0, max_iter=2000).fit(table / scale, outcomes)
    weights = (model.coef_[0] / scale).tolist()
    named = {name: round(weight, 4) for name, weight in zip(CONFIDENCE_SIGNS, weights, strict=True)}
    return named, round(float(model.intercept_[0]), 4)


def _scale(table: np.ndarray) -> np.ndarray:
    """Each column's standard deviation; 1 for one that is the same everywhere, and so says nothing."""
    spread = table.std(axis=0)
    return np.where(spread < _SAME, 1.0, spread)


def _platt(logits: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset of a logistic curve through the logits, held towards 1 and 0."""
    from scipy.optimize import minimize

    x, y = np.array(logits), np.array(right, dtype=float)

    def loss(place: np.ndarray) -> float:
        logit = place[0] * x + place[1]
        return float(np.sum(np.logaddexp(0, logit) - y * logit) + 5 * ((place[0] - 1) ** 2 + place[1] ** 2))

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.05, 20), (-20, 20)]).x
    return float(slope), float(offset)


def _table(signs: Sequence[Signs], names: Sequence[str]) -> np.ndarray:
    """Row i is signs i, a column a name."""
    rows = []
    for one in signs:
        row = []
        for name in names:
            sign, _, where = name.partition(".")
            row.append(getattr(one, sign) * (one.across if where else 1.0))
        rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(len(signs), len(names))


def _right(calibration: Calibration, trial: Trial) -> bool:
    first = first_of(calibration, trial)
    return first is not None and first.right


def _logit(probability: float) -> float:
    bounded = min(1 - 1e-6, max(1e-6, probability))
    return float(np.log(bounded / (1 - bounded)))
