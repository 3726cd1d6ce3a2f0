"""What people said of answers -> rows of questions with known answers, and apart from them those to be looked at.

An answer said to be right is a question with that answer and its quote as evidence; a refusal said to be right is a
question without one. What was said to be wrong tells that, and not what would be right: those rows have what was
answered and why it is wrong, for a person to complete.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page.judged import Judgement, judgements


@dataclass(frozen=True, slots=True)
class FeedbackFigures:
    """Counts. `rows` were written to `to`, `to_look_at` beside it; of one question only the last judgement counts."""

    judgements: int
    questions: int
    answers_right: int
    refusals_right: int
    answers_wrong: int
    refusals_wrong: int
    rows: int
    to_look_at: int


def write_feedback(library: Path, to: Path) -> FeedbackFigures:
    """Write `to` and, beside it, NAME.wrong.jsonl. A question that people disagree on is in neither of the rows."""
    said = judgements(library)
    last = {(one.person, one.question): one for one in said}
    right: dict[str, dict[str, Any]] = {}
    wrong: list[dict[str, Any]] = []
    counts = dict.fromkeys(((a, v) for a in (True, False) for v in ("right", "wrong")), 0)
    disputed = {question for question, verdicts in _verdicts(list(last.values())) if len(verdicts) > 1}
    for one in last.values():
        counts[one.result["answered"], one.verdict] += 1
        if one.verdict == "wrong":
            wrong.append(_to_look_at(one))
        elif one.question not in disputed:
            right[one.question] = _row(one)
    _write(to, list(right.values()))
    _write(to.with_suffix(".wrong.jsonl"), wrong)
    return FeedbackFigures(
        judgements=len(said),
        questions=len({question for _, question in last}),
        answers_right=counts[True, "right"],
        refusals_right=counts[False, "right"],
        answers_wrong=counts[True, "wrong"],
        refusals_wrong=counts[False, "wrong"],
        rows=len(right),
        to_look_at=len(wrong),
    )


def _verdicts(said: Sequence[Judgement]) -> Iterator[tuple[str, set[str]]]:
    for question in {one.question for one in said}:
        yield question, {one.verdict for one in said if one.question == question}


def _row(one: Judgement) -> dict[str, Any]:
    """As `python -m rag calibrate` and `python -m benchmarks article` read them."""
    if not one.result["answered"]:
        return {"question": one.question, "answers": [], "evidence": None}
    answers = [finding["text"] for finding in one.result["findings"]]
    return {"question": one.question, "answers": answers, "evidence": one.result["quotes"][0]["text"]}


def _to_look_at(one: Judgement) -> dict[str, Any]:
    row = _row(one)
    return {
        "question": one.question,
        "answered": row["answers"],
        "quoted": row["evidence"],
        "reason": one.reason,
        "words": one.words,
        "documents": one.documents,
        "at": one.at,
    }


def _write(path: Path, content: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in content), encoding="utf-8")
