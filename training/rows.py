"""Question-answering sets as rows, and the slices kept out of training."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

LANGUAGES = ("en", "zh", "de", "es", "ru", "ar", "el", "hi", "ro", "th", "tr", "vi")
XQUAD = tuple(f"xquad.{language}" for language in LANGUAGES)
TRAINED = (*XQUAD, "drcd.dev", "cmrc.trial", "squad2.zh", "jaquad.train", "policyqa", "arcd")

Slice = Literal["train", "dev", "calibration", "test"]

# Articles kept out of training, a set. The sets with many rows spare more.
_KEPT_ARTICLES = {
    "xquad": 3, "squad2.zh": 1, "drcd.dev": 28, "cmrc.trial": 14, "jaquad.train": 8, "policyqa": 2, "arcd": 6,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a set; `title` is its article's."""

    id: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question about one passage. `answers` are (start, end) in code points, empty for none."""

    id: str
    source: str
    question: str
    passage: Passage
    answers: tuple[tuple[int, int], ...]
    slice: Slice


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set: its passages in file order and its rows."""

    name: str
    passages: tuple[Passage, ...]
    rows: tuple[Row, ...]

    def of(self, *slices: Slice) -> list[Row]:
        """The rows of these slices, in file order."""
        return [row for row in self.rows if row.slice in slices]


def read_sets(data: Path, names: tuple[str, ...] = TRAINED) -> dict[str, Dataset]:
    """Read sets from `data`; rows marked `train` are shared out between train, dev and calibration.

    XQuAD's articles are kept out in all languages at once, and those of `squad2.zh` that are
    translations of them go to the same slice. Raises FileNotFoundError for a missing set.
    """
    questions = {name: list(_lines(data / f"{name}.questions.jsonl.gz")) for name in names}
    passages = {name: _passages(data / f"{name}.passages.jsonl.gz") for name in names}
    slices = _slices(questions, passages)
    return {
        name: Dataset(
            name=name,
            passages=tuple(passages[name].values()),
            rows=tuple(_row(name, line, passages[name], slices) for line in questions[name]),
        )
        for name in names
    }


def _row(name: str, line: dict[str, Any], passages: dict[str, Passage], slices: dict[tuple[str, str], Slice]) -> Row:
    passage = passages[line["passage"]]
    spans = tuple((answer["start"], answer["start"] + len(answer["text"])) for answer in line["answers"])
    kept: Slice = "test" if line["split"] == "test" else slices.get((family(name), passage.title), "train")
    return Row(line["id"], name, line["question"], passage, spans, kept)


def family(name: str) -> str:
    """The twelve XQuADs are one set of articles in twelve languages."""
    return "xquad" if name.startswith("xquad.") else name


def _slices(
    questions: dict[str, list[dict[str, Any]]], passages: dict[str, dict[str, Passage]]
) -> dict[tuple[str, str], Slice]:
    slices: dict[tuple[str, str], Slice] = {}
    article_of: dict[str, str] = {}  # XQuAD's question id -> its article
    for name in sorted(questions, key=lambda name: not name.startswith("xquad.")):
        titles: dict[str, int] = {}
        for line in questions[name]:
            title = passages[name][line["passage"]].title
            if name.startswith("xquad."):
                article_of[line["id"]] = title
            elif name == "squad2.zh" and ("xquad", article_of.get(line["id"], "")) in slices:
                slices[name, title] = slices["xquad", article_of[line["id"]]]
            if line["split"] == "train":
                titles[title] = 1
        free = sorted((title for title in titles if (family(name), title) not in slices), key=lambda t: _draw(name, t))
        if name.startswith("xquad.") and any(key[0] == "xquad" for key in slices):
            continue  # the first language decided
        kept = _KEPT_ARTICLES.get(family(name), 0)
        for title in free[:kept]:
            slices[family(name), title] = "dev"
        for title in free[kept : 2 * kept]:
            slices[family(name), title] = "calibration"
    return slices


def _draw(name: str, title: str) -> str:
    return hashlib.sha256(f"{family(name)}\n{title}".encode()).hexdigest()


def _passages(path: Path) -> dict[str, Passage]:
    return {
        line["id"]: Passage(line["id"], line["lang"], line["title"].replace("_", " "), line["text"])
        for line in _lines(path)
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
