"""A finding of absence that can be cited: what was asked, when, over which documents, and that they are still those."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import YinzhengError
from index.library import Library
from rag.records import NotFound

FORMAT = "yinzheng-absence-1"


class UnusableRecord(YinzhengError):
    """A record of an absence that cannot be made, or is none."""


@dataclass(frozen=True, slots=True)
class SearchedDocument:
    """A document that was searched; `sha256` is that of its file."""

    id: str
    name: str
    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NearestQuote:
    """One of the passages that came nearest: its words and their address."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Absence:
    """That a question was not answered. `when` is ISO 8601 in UTC, `confidence` the probability of an answer all the
    same, `model` and `fingerprint` are those of the model that searched."""

    question: str
    when: str
    documents: tuple[SearchedDocument, ...]
    passages: int
    confidence: float
    model: str
    fingerprint: str
    nearest: tuple[NearestQuote, ...]


@dataclass(frozen=True, slots=True)
class AbsenceState:
    """What has changed in the library since: documents that are no longer those, documents that were not searched,
    and whether the nearest quotes stand where they stood (those of documents that are still there)."""

    missing: tuple[SearchedDocument, ...]
    added: tuple[str, ...]
    nearest_stand: bool

    @property
    def unchanged(self) -> bool:
        """Whether the same question would be asked of the same documents."""
        return not self.missing and not self.added and self.nearest_stand


def record_absence(library: Library, result: NotFound) -> Absence:
    """The record of a refusal just given. Raises UnusableRecord where the library has changed since."""
    with library.snapshot():
        summaries, counts = library.documents(), library.counts()
        if (counts.documents, counts.passages) != (result.searched.documents, result.searched.passages):
            raise UnusableRecord("the library has changed since the question was asked: ask it again")
        return Absence(
            question=result.question,
            when=result.searched.when,
            documents=tuple(SearchedDocument(one.id, one.name, one.title, one.sha256) for one in summaries),
            passages=counts.passages,
            confidence=result.confidence,
            model=library.manifest.model,
            fingerprint=library.manifest.model_fingerprint,
            nearest=tuple(NearestQuote(one.document, one.start, one.end, one.text) for one in result.nearest),
        )


def absence_state(library: Library, record: Absence) -> AbsenceState:
    """Compare a record with the library as it is."""
    with library.snapshot():
        now = {summary.sha256: summary.id for summary in library.documents()}
        searched = {document.sha256 for document in record.documents}
        there = {document.id for document in record.documents if document.sha256 in now}
        stand = all(
            library.document(quote.document).text[quote.start : quote.end] == quote.text
            for quote in record.nearest
            if quote.document in there and quote.document in now.values()
        )
        return AbsenceState(
            missing=tuple(document for document in record.documents if document.sha256 not in now),
            added=tuple(identity for sha256, identity in now.items() if sha256 not in searched),
            nearest_stand=stand,
        )


def write_absence(record: Absence) -> str:
    """The record as JSON, with a SHA-256 over it that tells an accidental change."""
    content = asdict(record)
    return json.dumps({"format": FORMAT, **content, "digest": _digest(content)}, ensure_ascii=False, indent=1) + "\n"


def read_absence(text: str) -> Absence:
    """The record again. Raises UnusableRecord for anything else, and for one that was changed."""
    try:
        content: dict[str, Any] = json.loads(text)
        known, digest = content.pop("format"), content.pop("digest")
        if known != FORMAT:
            raise UnusableRecord(f"a record of format {known!r}; this version reads {FORMAT}")
        record = Absence(
            **{
                **content,
                "documents": tuple(SearchedDocument(**one) for one in content["documents"]),
                "nearest": tuple(NearestQuote(**one) for one in content["nearest"]),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableRecord(f"this is no record of an absence ({error}): python -m rag absence makes one") from error
    if digest != _digest(asdict(record)):
        raise UnusableRecord("the record was changed after it was made: its digest is another")
    return record


def absence_markdown(record: Absence, language: str = "zh") -> str:
    """The record as a paragraph for a report, with its list of documents."""
    chinese = language == "zh"
    question = json.dumps(record.question, ensure_ascii=False)
    lines = [
        f"{'提问' if chinese else 'Asked'}: {question}",
        f"{'时间' if chinese else 'When'}: {record.when}",
        f"{'检索' if chinese else 'Searched'}: {len(record.documents)} {'篇文档' if chinese else 'documents'}, "
        f"{record.passages} {'个段落' if chinese else 'passages'}; {'未找到答案' if chinese else 'no answer found'}",
        "",
        *(f"- {json.dumps(one.name, ensure_ascii=False)} · SHA-256 {one.sha256}" for one in record.documents),
    ]
    return "\n".join(lines) + "\n"


def _digest(content: dict[str, Any]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
