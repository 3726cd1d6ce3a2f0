"""Answers as JSON: the one form that the command line, programs and tests see. docs/json.md describes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.records import Answer, Hit, NotFound


def answer_json(result: Answer | NotFound) -> dict[str, Any]:
    """An answer or a refusal, with the same keys in both; `answer` is null in a refusal."""
    found = isinstance(result, Answer)
    return {
        "question": result.question,
        "found": found,
        "answer": result.text if isinstance(result, Answer) else None,
        "confidence": round(result.confidence, 4),
        "quotes": [asdict(quote) for quote in result.quotes] if isinstance(result, Answer) else [],
        "nearest": [asdict(quote) for quote in result.nearest],
        "searched": {"documents": result.searched.documents, "passages": result.searched.passages},
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """A hit with its passage's address and text."""
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "cosine": round(hit.cosine, 4),
        "lexical": round(hit.lexical, 4),
        "document": passage.document,
        "title": passage.title,
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }
