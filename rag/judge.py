"""What a reading is worth: its place among the others, and the probability that it is right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from math import exp
from pathlib import Path

import regex

from index.errors import YinzhengError
from rag.records import Signs

SHIPPED = Path(__file__).parent / "reader" / "weights" / "calibration.json"
# What it costs an answer to be of another kind than is asked for. Not fitted with the others, as it is too rare: of
# 9,903 trials kept out of training 69 had such a one first, 6 of them right, none of the 2 that would have been given.
UNFIT_ORDER, UNFIT = 4.0, 0.2
FALSE_ANSWERS = 0.05  # at the default threshold: of the questions that the documents do not hold

_SCRIPTS = (
    ("han", regex.compile(r"\p{Han}")),
    ("hangul", regex.compile(r"\p{Hangul}")),
    ("latin", regex.compile(r"\p{Latin}")),
    ("cyrillic", regex.compile(r"\p{Cyrillic}")),
    ("arabic", regex.compile(r"\p{Arabic}")),
    ("greek", regex.compile(r"\p{Greek}")),
    ("devanagari", regex.compile(r"\p{Devanagari}")),
    ("thai", regex.compile(r"\p{Thai}")),
    ("hebrew", regex.compile(r"\p{Hebrew}")),
)
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_OF_ONE_LANGUAGE = ("han", "kana", "hangul", "greek", "thai")
_JAPANESE = 0.2  # Kana to a Chinese character
_LOOKED_AT = 2000  # characters


class BadCalibration(YinzhengError):
    """A calibration that cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Point:
    """With this threshold: the share of questions without an answer that get one all the same, and
    the share of questions with an answer that get one."""

    threshold: float
    false_answers: float
    answered: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted for one reader.

    `order` weighs the signs that order one question's readings; `confidence` those that make the
    logit of the probability that the answer is right, `holding` those of the probability that the
    documents hold one, each with its offset added; a sign that has no weight counts for nothing.
    "answerable.across" and its like weigh a sign where `across` is 1. `curve` has rising thresholds
    of the second probability. `fitted_on` says in words on what.
    """

    reader: str
    order: dict[str, float]
    confidence: dict[str, float]
    confidence_offset: float
    holding: dict[str, float]
    holding_offset: float
    curve: tuple[Point, ...]
    fitted_on: str

    def score(self, signs: Signs) -> float:
        """Orders the readings of one question, highest first."""
        return _weighed(self.order, signs) - UNFIT_ORDER * signs.unfit

    def probability(self, signs: Signs) -> float:
        """That this reading, first among its question's, is right: 0 to 1.

        Where as many questions have an answer in the documents as have none.
        """
        return _logistic(self.confidence_offset + _weighed(self.confidence, signs)) * (UNFIT if signs.unfit else 1.0)

    def held(self, signs: Signs) -> float:
        """That the documents hold an answer, by the first reading: 0 to 1, as above."""
        return _logistic(self.holding_offset + _weighed(self.holding, signs)) * (UNFIT if signs.unfit else 1.0)

    def threshold(self, false_answers: float = FALSE_ANSWERS) -> float:
        """The least `held` to answer with, so that at most that share of false answers is given."""
        return self.at(false_answers).threshold

    def at(self, false_answers: float) -> Point:
        """The first point of the curve with at most so many false answers; the last where none has."""
        return next((point for point in self.curve if point.false_answers <= false_answers), self.curve[-1])


def _logistic(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit > 0 else exp(logit) / (1 + exp(logit))


def _weighed(weights: dict[str, float], signs: Signs) -> float:
    total = 0.0
    for name, weight in weights.items():
        sign, _, where = name.partition(".")
        total += weight * getattr(signs, sign) * (signs.across if where else 1.0)
    return total


def sign_names() -> tuple[str, ...]:
    """The signs, in the order of the record."""
    return tuple(field.name for field in fields(Signs))


def differ_in_script(question: str, text: str) -> bool:
    """Whether most letters of the two are of different scripts; with some Kana in it a text is Japanese.

    >>> differ_in_script("What is AIC?", "合作设立5只AIC基金"), differ_in_script("何社ありますか", "8家独角兽")
    (True, True)
    """
    return _script(question) != _script(text)


def script_tells_language(text: str) -> bool:
    """Whether most of its letters are of a script that one language alone is written in.

    >>> script_tells_language("武汉市长是谁？"), script_tells_language("Who is mayor?")
    (True, False)
    """
    return _script(text) in _OF_ONE_LANGUAGE


def _script(text: str) -> str:
    text = text[:_LOOKED_AT]
    counts = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    kana = len(_KANA.findall(text))
    if kana > _JAPANESE * counts["han"]:
        counts["kana"], counts["han"] = kana + counts["han"], 0
    counts["han"] *= 3  # a Chinese character says as much as a few letters
    most = max(counts, key=lambda name: counts[name])
    return most if counts[most] else ""


def read_calibration(path: Path) -> Calibration:
    """Read what `write_calibration` wrote. Raises BadCalibration; FileNotFoundError where there is none."""
    text = path.read_text(encoding="utf-8")
    try:
        data = json.loads(text)
        curve = tuple(Point(**point) for point in data.pop("curve"))
        calibration = Calibration(curve=curve, **data)
        known = set(sign_names())
        named = {name.partition(".")[0] for name in (*calibration.order, *calibration.confidence, *calibration.holding)}
        if not curve or not named <= known:
            raise ValueError(f"unknown signs: {', '.join(sorted(named - known))}" if curve else "an empty curve")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadCalibration(
            f"{path} is no calibration ({error}): delete it, or make it again with calibrate"
        ) from error
    return calibration


def write_calibration(calibration: Calibration, path: Path) -> None:
    """Write it whole, as JSON that a person can read."""
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(calibration), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def curve_of(present: Sequence[float], absent: Sequence[float], points: int = 100) -> tuple[Point, ...]:
    """The curve from `held` where the answer is in the documents, and where it is not.

    One point for each 1 / `points` of false answers, thresholds rising, the last with none.
    """
    ordered = sorted(absent, reverse=True)
    found: dict[float, Point] = {}
    for part in range(points, -1, -1):
        allowed = int(len(ordered) * part / points)
        # Above the next one that would be answered falsely; all are answered from 0.
        threshold = 0.0 if allowed >= len(ordered) else round(ordered[allowed] + 1e-6, 6)
        false = sum(value >= threshold for value in ordered) / max(1, len(ordered))
        answered = sum(value >= threshold for value in present) / max(1, len(present))
        found[threshold] = Point(threshold, round(false, 4), round(answered, 4))
    return tuple(sorted(found.values(), key=lambda point: point.threshold))
