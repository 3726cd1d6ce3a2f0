"""How sure the assistant has to be: what can be chosen, in terms of the answers that are given falsely."""

from __future__ import annotations

from dataclasses import dataclass

from rag.judge import FALSE_ANSWERS, Calibration

# Offered where the calibration tells them apart, from answering most to being surest.
_SHARES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


@dataclass(frozen=True, slots=True)
class Choice:
    """Of questions that the documents do not answer at most `false_answers` get an answer, of the others
    `answered` do: shares, as measured for the calibration."""

    false_answers: float
    answered: float


@dataclass(frozen=True, slots=True)
class Choices:
    """From answering most to being surest; `usual` is the place of the one that holds unless another is chosen."""

    all: tuple[Choice, ...]
    usual: int


def choices(calibration: Calibration) -> Choices | None:
    """What the calibration lets one choose; None where that is at most one thing."""
    found = {}
    for share in _SHARES:
        point = calibration.at(share)
        if point.false_answers <= share:
            found[point] = Choice(share, point.answered)  # a later share is smaller and as true of the point
    if len(found) < 2:
        return None
    usual = calibration.at(FALSE_ANSWERS)
    return Choices(tuple(found.values()), list(found).index(usual) if usual in found else len(found) - 1)


def chosen(data: object) -> float | None:
    """The share of false answers that the browser sent; None where nothing is chosen, or for no share at all."""
    return float(data) if isinstance(data, int | float) and 0 <= data <= 1 else None


def threshold(calibration: Calibration | None, share: float | None) -> float | None:
    """The least probability to answer with; None where nothing is chosen, for the assistant's own."""
    return calibration.threshold(share) if calibration is not None and share is not None else None
