"""Real quotations, spoilt and only printed otherwise: what must be told, and what must not be called altered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.mutations import PRINTED, SPOILT, changed
from index.local import LocalLibrary
from rag.verify import read_report, verify
from tests.conftest import ARTICLE
from tests.evidence_fakes import library_of
from tests.test_verify import HARBOUR

MORE = (
    "# The lighthouse keepers of the northern coast\n\nThe keepers, who were never paid on time, kept a careful diary. "
    "Unless the fog was too thick, they could see 14 ships from the tower every day. It was not a quiet life, the last "
    "keeper said, but it was an honest one. In 1913 about 27.5% of the lamps were replaced, according to the board.\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    texts = {"wuhan.md": ARTICLE.read_text(encoding="utf-8"), "harbour.md": HARBOUR, "keepers.md": MORE}
    return library_of(tmp_path_factory.mktemp("mutations"), texts)


def sentences(library: LocalLibrary) -> list[str]:
    documents = [library.document(summary.id) for summary in library.documents()]
    found = [document.text[span.start : span.end] for document in documents for span in document.sentences]
    titles = {document.title for document in documents}
    return [words for words in found if len(words) >= 20 and words not in titles]


def verdicts(library: LocalLibrary, texts: list[str]) -> list[str]:
    report = "\n\n".join(f"«{text}»" for text in texts)
    return [one.verdict for one in verify(library, read_report(report.encode(), "r.txt")).quotations]


def test_every_spoilt_quotation_is_told(library: LocalLibrary) -> None:
    cases = changed(sentences(library), SPOILT, 400)
    texts = [document.text for document in (library.document(summary.id) for summary in library.documents())]
    told = verdicts(library, [other for _, _, other in cases])
    missed = [
        case for case, verdict in zip(cases, told, strict=True)
        if verdict not in ("altered", "not found") and not any(case[2] in text for text in texts)
    ]  # fmt: skip
    assert missed == []
    assert Counter(told)["not found"] < 20  # the source is shown for nearly all


def test_no_quotation_that_is_only_printed_otherwise_is_called_altered(library: LocalLibrary) -> None:
    cases = changed(sentences(library), PRINTED, 300)
    told = verdicts(library, [other for _, _, other in cases])
    wrong = [case for case, verdict in zip(cases, told, strict=True) if verdict not in ("typographic", "exact")]
    assert wrong == []


def test_the_article_is_exact_sentence_by_sentence(library: LocalLibrary, tmp_path: Path) -> None:
    report = "\n\n".join(f"> {words}" for words in sentences(library))
    found = verify(library, read_report(report.encode(), "r.md")).quotations
    assert {one.verdict for one in found} == {"exact"}
