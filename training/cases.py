"""Questions with their right passage and seven near ones, from a slice kept out of training."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from training.neighbours import Neighbours
from training.rows import Dataset, Passage, Row, Slice

NEAR = 7
PAIRS = (("zh", "zh"), ("en", "en"), ("en", "zh"), ("zh", "en"), ("de", "zh"), ("ru", "en"), ("es", "es"), ("ar", "ar"))


@dataclass(frozen=True, slots=True)
class Case:
    """`others` do not answer; `gold` is None where nothing in the set answers the question."""

    group: str
    question: str
    gold: Passage | None
    answers: tuple[tuple[int, int], ...]
    others: tuple[Passage, ...]


def cases(sets: dict[str, Dataset], kept: Slice, most: int) -> list[Case]:
    """Up to `most` cases a group, in an order that does not depend on anything else."""
    found: list[Case] = []
    english = Neighbours([passage.text for passage in sets["xquad.en"].passages])
    for asking, reading in PAIRS:
        asked = {row.id: row for row in sets[f"xquad.{asking}"].of(kept)}
        read = {row.id: row for row in sets[f"xquad.{reading}"].of(kept)}
        questions = {row.id: row.question for row in sets["xquad.en"].rows}
        for id_ in _some(asked.keys() & read.keys(), most):
            places = english.nearest(questions[id_], NEAR + 1)
            body = sets[f"xquad.{reading}"].passages  # in the same order in every language
            others = [body[place] for place in places if body[place].id != read[id_].passage.id]
            found.append(_case(f"{asking}-{reading}", asked[id_], read[id_], others))
    for name in ("drcd.dev", "cmrc.trial", "jaquad.train", "squad2.zh"):
        found += _own_cases(sets[name], kept, most)
    return found


def _own_cases(body: Dataset, kept: Slice, most: int) -> Iterator[Case]:
    near = Neighbours([passage.text for passage in body.passages])
    rows = {row.id: row for row in body.of(kept)}
    for row in (rows[id_] for id_ in _some(rows, most)):
        places = near.nearest(row.question, NEAR + 1)
        others = [body.passages[place] for place in places if body.passages[place].id != row.passage.id]
        if row.answers:
            yield _case(body.name, row, row, others)
        else:
            yield Case(body.name, row.question, None, (), (row.passage, *others[:NEAR]))


def _case(group: str, asked: Row, read: Row, others: list[Passage]) -> Case:
    return Case(group, asked.question, read.passage, read.answers, tuple(others[:NEAR]))


def _some(ids: Iterable[str], most: int) -> list[str]:
    return sorted(ids, key=lambda id_: Random(id_).random())[:most]
