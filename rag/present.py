"""Answers as JSON: the one form that the command line, programs and tests see. docs/json.md describes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.records import Answer, Candidate, Finding, Hit, NotFound
from rag.written.records import Written
from rag.written.write import Unsupported, shown


def answer_json(result: Answer | NotFound) -> dict[str, Any]:
    """An answer or a refusal, with the same keys in both; `answer` is null in a refusal."""
    answer = result if isinstance(result, Answer) else None
    searched = result.searched
    return {
        "question": result.question,
        "found": answer is not None,
        "answer": answer.text if answer else None,
        "confidence": round(result.confidence, 4),
        "relation": answer.relation if answer else None,
        "answers": [_finding_json(finding) for finding in answer.findings] if answer else [],
        "quotes": [asdict(quote) for quote in answer.quotes] if answer else [],
        "candidates": [_candidate_json(candidate) for candidate in answer.candidates] if answer else [],
        "nearest": [asdict(quote) for quote in result.nearest],
        "unseen": list(result.unseen) if isinstance(result, NotFound) else [],
        "missing": list(answer.missing) if answer else [],
        "searched": {"documents": searched.documents, "passages": searched.passages, "read": searched.read},
    }


def written_json(written: Written, unsupported: Unsupported = "strike") -> dict[str, Any]:
    """What a language model wrote; sentences that are not supported are left out where they are to be dropped."""
    return {
        "model": written.model,
        "where": written.where,
        "state": written.state,
        "note": written.note,
        "sentences": [
            {
                "text": sentence.text,
                "supported": sentence.supported,
                "citations": list(sentence.citations),
                "given": list(sentence.given),
                "reasons": list(sentence.reasons),
            }
            for sentence in shown(written.sentences, unsupported)
        ],
        "sources": [asdict(source) for source in written.sources],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "text": finding.text,
        "document": finding.document,
        "start": finding.start,
        "end": finding.end,
        "confidence": round(finding.confidence, 4),
        "citations": list(finding.citations),
    }


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "text": candidate.text,
        "start": candidate.start,
        "end": candidate.end,
        "confidence": round(candidate.confidence, 4),
        "quote": asdict(candidate.quote),
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
