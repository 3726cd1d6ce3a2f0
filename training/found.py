"""How often the right passage is found, on rows kept out of training, by vectors alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from training.rows import Dataset, Passage, Row

LANGUAGES = ("zh", "en", "de", "es", "ru", "ar")
_PAIRS = (("zh", "zh"), ("en", "en"), ("en", "zh"), ("zh", "en"), ("de", "zh"), ("ar", "zh"), ("ru", "en"))
_OTHERS = ("drcd.dev", "cmrc.trial", "jaquad.train", "composed")
_QUESTIONS, _DISTRACTORS = 300, 600  # a set of `_OTHERS`, at most

# ("query" or "document", texts) -> unit vectors, in order.
Vectors = Callable[[str, Sequence[str]], np.ndarray]


def dev_figures(sets: dict[str, Dataset], vectors: Vectors) -> str:
    """Recall@1 and @5 in percent: means within and across languages, then pairs of languages, then other sets.

    XQuAD's questions of the dev and calibration slices, among all passages that are not of `test`; across means
    into Chinese and English.
    """
    bodies = {language: _asked(sets[f"xquad.{language}"], vectors) for language in LANGUAGES}
    within = [_recalls(bodies[one], bodies[one]) for one in LANGUAGES]
    across = [_recalls(bodies[one], bodies[two]) for one in LANGUAGES for two in ("zh", "en") if one != two]
    said = [f"within {_mean(within)}", f"across {_mean(across)}"]
    said += [f"{asking}-{reading} {_mean([_recalls(bodies[asking], bodies[reading])])}" for asking, reading in _PAIRS]
    for name in _OTHERS:
        body = _asked(sets[name], vectors, _QUESTIONS, _DISTRACTORS)
        said.append(f"{name} {_mean([_recalls(body, body)])}")
    return ", ".join(said)


class _Asked:
    """Questions and passages of a set as vectors, and the passages' numbers."""

    def __init__(self, rows: Sequence[Row], passages: Sequence[Passage], vectors: Vectors) -> None:
        self.right = [_number(row.passage) for row in rows]
        self.numbers = [_number(passage) for passage in passages]
        self.questions = vectors("query", [row.question for row in rows])
        self.passages = vectors("document", [f"{passage.title}\n{passage.text}" for passage in passages])


def _asked(body: Dataset, vectors: Vectors, most: int | None = None, distractors: int | None = None) -> _Asked:
    rows = [row for row in body.of("dev", "calibration") if row.answers][:most]
    asked = {row.passage.id: row.passage for row in rows}
    others = {row.passage.id: row.passage for row in body.of("train", "dev", "calibration") if row.answers}
    others = {id_: passage for id_, passage in others.items() if id_ not in asked}
    return _Asked(rows, [*asked.values(), *list(others.values())[:distractors]], vectors)


def _recalls(asking: _Asked, reading: _Asked) -> tuple[float, float]:
    order = (-(asking.questions @ reading.passages.T)).argsort(axis=1, kind="stable")[:, :5]
    found = [[reading.numbers[place] for place in row] for row in order]
    firsts = [row[0] == right for row, right in zip(found, asking.right, strict=True)]
    fives = [right in row for row, right in zip(found, asking.right, strict=True)]
    return 100 * float(np.mean(firsts)), 100 * float(np.mean(fives))


def _mean(recalls: Sequence[tuple[float, float]]) -> str:
    first, five = np.mean(recalls, axis=0)
    return f"{first:.1f} {five:.1f}"


def _number(passage: Passage) -> str:
    return passage.id.rpartition("-")[2]
