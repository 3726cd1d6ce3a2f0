"""Question-answering sets on disk: NAME.passages.jsonl.gz and NAME.questions.jsonl.gz."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SetPassage:
    """A passage of a set."""

    id: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question, the id of the passage it was asked about, and the answers in it (none: unanswerable)."""

    id: str
    passage: str
    text: str
    answers: tuple[tuple[str, int], ...]
    split: str


def load_passages(data: Path, name: str) -> list[SetPassage]:
    """All passages of a set, in the file's order. Raises FileNotFoundError."""
    return [
        SetPassage(row["id"], row["lang"], row["title"], row["text"])
        for row in _rows(data / f"{name}.passages.jsonl.gz")
    ]


def load_questions(data: Path, name: str, split: str) -> list[SetQuestion]:
    """The questions of one split (`train` or `test`), in the file's order. Raises FileNotFoundError."""
    return [
        SetQuestion(
            row["id"],
            row["passage"],
            row["question"],
            tuple((answer["text"], answer["start"]) for answer in row["answers"]),
            row["split"],
        )
        for row in _rows(data / f"{name}.questions.jsonl.gz")
        if row["split"] == split
    ]


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]
