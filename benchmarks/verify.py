"""Spoilt quotations that are told, and good ones that are not called altered: of every kind of change, how many.

The documents are the first article and, with --data, the passages of XQuAD in Chinese and English; the quotations are
their sentences. Every case is seeded; a spoilt quotation counts as told when it is called altered, not found, or cited
from the wrong document.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.article import ARTICLE
from benchmarks.mutations import PRINTED, SPOILT, Change, changed
from benchmarks.sets import load_passages
from index.ingest import make_document
from index.local import LocalLibrary, create_library
from index.readers import read
from rag.marks import is_long
from rag.verify import read_report, verify

CASES = 2000
LEAST = 20  # characters of a sentence that is quoted
SETS = ("xquad.zh", "xquad.en")


@dataclass(frozen=True, slots=True)
class VerifyFigures:
    """A kind of change: how many cases, and how many were told (spoilt) or called altered (only printed otherwise)."""

    change: str
    spoilt: bool
    cases: int
    told: int


class NoModel:
    """The library is only read in: no vector is used."""

    name = "none"
    fingerprint = "0" * 64
    dimension = 1

    def embed_passages(self, texts: object) -> np.ndarray:
        """Nothing is embedded."""
        raise NotImplementedError

    embed_questions = embed_passages

    def count_tokens(self, texts: list[str]) -> list[int]:
        """Characters, which is near enough for passages."""
        return [len(text) for text in texts]


def measure_verify(data: Path | None, count: int = CASES) -> list[VerifyFigures]:
    """Make the cases, a report of them, and check it."""
    with tempfile.TemporaryDirectory() as folder:
        library = _library(Path(folder), data)
        documents = [library.document(summary.id) for summary in library.documents()]
        sentences = [
            document.text[span.start : span.end]
            for document in documents
            for span in document.sentences
            if _is_quotable(document.text[span.start : span.end]) and span.end - span.start != len(document.title)
        ]
        texts = [document.text for document in documents]
        figures = _counted(library, sentences, texts, SPOILT, True, count)
        figures += _joined(library, sentences, texts, count // len(SPOILT))
        figures += _misattributed(library, count // len(SPOILT))
        return figures + _counted(library, sentences, texts, PRINTED, False, count)


def _is_quotable(words: str) -> bool:
    """Long enough with a few characters missing, and without the marks that the cases are put in."""
    return len(words) >= LEAST and is_long(words[4:-4]) and not set(words) & set("«»\n")


def _library(folder: Path, data: Path | None) -> LocalLibrary:
    model = NoModel()
    library = create_library(folder / "library", model.name, model.fingerprint, model.dimension)
    files = {ARTICLE.name: ARTICLE.read_text(encoding="utf-8")}
    for name in SETS if data is not None else ():
        for passage in load_passages(data or Path(), name):
            files[f"{passage.id}.txt"] = passage.text
    for name, text in files.items():
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        document, parts = make_document(read(text.encode(), name), name, f"/{name}", sha256, model)  # type: ignore[arg-type]
        library.add(document, parts, np.zeros((len(parts.passages), 1), dtype=np.float32))
    return library


def _counted(
    library: LocalLibrary, sentences: list[str], texts: list[str], changes: list[Change], spoilt: bool, count: int
) -> list[VerifyFigures]:
    cases = changed(sentences, changes, count)
    # A change that makes other words of the source is no spoilt quotation of it.
    cases = [case for case in cases if not spoilt or not any(case[2] in text for text in texts)]
    verdicts = _verdicts(library, [other for _, _, other in cases])
    of, told = Counter(case[0] for case in cases), Counter[str]()
    for case, verdict in zip(cases, verdicts, strict=True):
        told[case[0]] += verdict in ("altered", "not found")
    return [VerifyFigures(name, spoilt, of[name], told[name]) for name in sorted(of)]


def _joined(library: LocalLibrary, sentences: list[str], texts: list[str], count: int) -> list[VerifyFigures]:
    """Two sentences as one, what stands between them left out without a mark."""
    chosen = random.Random(21)
    pairs = [first + second for first, second in zip(sentences, sentences[2:], strict=False)]
    pairs = [pair for pair in pairs if not any(pair in text for text in texts)]
    verdicts = _verdicts(library, chosen.choices(pairs, k=count))
    return [VerifyFigures("joined", True, count, sum(verdict in ("altered", "not found") for verdict in verdicts))]


def _misattributed(library: LocalLibrary, count: int) -> list[VerifyFigures]:
    """The right words, cited from another document."""
    chosen = random.Random(22)
    documents = [library.document(summary.id) for summary in library.documents()]
    if len(documents) < 2:
        return []
    cases: list[tuple[str, str]] = []
    while len(cases) < count:
        right, wrong = chosen.sample(documents, 2)
        words = [right.text[span.start : span.end] for span in right.sentences]
        quotable = [text for text in words if _is_quotable(text) and text not in wrong.text]
        if quotable:
            cases.append((chosen.choice(quotable), wrong.name))
    reports = (read_report(f"«{words}» ({name})".encode(), "r.txt") for words, name in cases)
    told = sum(not verify(library, report).ok for report in reports)
    return [VerifyFigures("another document", True, count, told)]


def _verdicts(library: LocalLibrary, quoted: list[str]) -> list[str]:
    report = "\n\n".join(f"«{words}»" for words in quoted)
    found = {
        one.quotation.part: one.verdict for one in verify(library, read_report(report.encode(), "r.txt")).quotations
    }
    return [found[number] for number in range(len(quoted))]


def with_totals(figures: Sequence[VerifyFigures]) -> list[VerifyFigures]:
    """The figures, and the sums of the spoilt ones and of those printed otherwise."""
    found = list(figures)
    for spoilt, name in ((True, "all spoilt"), (False, "all printed otherwise")):
        rows = [row for row in figures if row.spoilt == spoilt]
        found.append(VerifyFigures(name, spoilt, sum(row.cases for row in rows), sum(row.told for row in rows)))
    return found
