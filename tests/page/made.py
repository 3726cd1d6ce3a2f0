"""Answers and refusals of every kind, made of two short documents: what a page over real models shows too rarely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.collections import scope
from index.ingest import add_file
from index.library import Library
from index.local import LocalLibrary, create_library
from index.records import Document
from rag.judge import Calibration, Point
from rag.mentions import mentions
from rag.quote import quote, sentence_around
from rag.records import Answer, Candidate, Finding, NotFound, Quote, Relation, Searched
from rag.speaking import Speaking
from rag.written.support import is_its_words
from tests.fakes import TermEmbedder, plain_calibration

REPORT = (
    "# 江城服务站年度报告\n\n## 建设\n\n"
    "全市已建成中小企业服务站412个，覆盖全部街道。其中江岸区35个、武昌区41个、洪山区52个，其余分布在各远城区。\n\n"
    "服务站由市经济和信息化局主办，2021年3月启用。首批服务专员共有86名，平均每名专员联系企业120家。\n\n"
    "## 经费\n\n去年安排专项资金1.8亿元，今年预计增加到2.3亿元。\n"
)
NEWS = (
    "# 江城晚报：服务站建设提速\n\n"
    "记者从发布会上获悉，截至去年年底，全市中小企业服务站达到398个。服务站最早于2021年3月启用。\n"
)
CURVE = (
    Point(0.0, 1.0, 1.0),
    Point(0.11, 0.5, 0.97),
    Point(0.24, 0.2, 0.93),
    Point(0.38, 0.1, 0.884),
    Point(0.52, 0.05, 0.832),
    Point(0.7, 0.02, 0.71),
    Point(0.83, 0.01, 0.588),
    Point(0.97, 0.0, 0.2),
)
ONE, SEVERAL, PARTS, DIFFERING, REFUSED = (
    "服务站何时启用？",
    "各区有哪些服务站？",
    "服务站由谁主办，专员有多少名？",
    "全市有多少个服务站？",
    "深圳的服务站有多少台机器人？",
)


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a document that are an answer, and words elsewhere that say the same."""

    document: Document
    text: str
    confidence: float = 0.95
    also: tuple[tuple[Document, str], ...] = ()


class MadeUp:
    """Answers its five questions from records, and anything else with a refusal."""

    ready = True
    calibration: Calibration | None = replace(plain_calibration(), curve=CURVE)

    def __init__(self, library: LocalLibrary) -> None:
        self.library: Library = library
        self.thresholds: list[float | None] = []
        self.within: list[Sequence[str] | None] = []
        self.embedder = TermEmbedder()
        self.results = results(library)

    def wait(self) -> None:
        """It is ready."""

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        self.thresholds.append(threshold)
        self.within.append(within)
        return self.results.get(question, replace(self.results[REFUSED], question=question))

    def speaking(self, question: str, within: Sequence[str] | None = None) -> Speaking:
        """Whatever holds the question's words, as if it had been read."""
        documents = None if within is None else scope(self.library, within).documents
        return Speaking(tuple(mentions(self.library, question, documents)), 7, 9)

    def supports(self, claim: str, texts: Sequence[str]) -> list[bool]:
        return [is_its_words(claim, text) for text in texts]


def made_library(folder: Path) -> LocalLibrary:
    """A library of the two documents."""
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    for name, text in (("report.md", REPORT), ("news.md", NEWS)):
        path = folder / name
        path.write_bytes(text.encode())
        assert add_file(library, fake, path).state == "added"
    return library


def results(library: LocalLibrary) -> dict[str, Answer | NotFound]:
    """What comes of the five questions."""
    named = {entry.name: library.document(entry.id) for entry in library.documents()}
    report, news = named["report.md"], named["news.md"]
    others = ((report, "1.8亿元", 0.31), (report, "120家", 0.08))
    made = [
        answer(ONE, "one", [Said(report, "2021年3月", also=((news, "2021年3月"),))], others),
        answer(
            SEVERAL, "several", [Said(report, "江岸区35个"), Said(report, "武昌区41个"), Said(report, "洪山区52个")]
        ),
        answer(PARTS, "parts", [Said(report, "市经济和信息化局"), Said(report, "86名", 0.8)], others),
        answer(DIFFERING, "differing", [Said(report, "412个"), Said(news, "398个", 0.78)], others[:1]),
    ]
    near = [sentence(report, "412个"), sentence(news, "398个"), sentence(report, "86名")]
    refused = NotFound(REFUSED, 0.1, ("深圳", "机器人"), tuple(near), searched())
    return {REFUSED: refused, **{one.question: one for one in made}}


def answer(
    question: str, relation: Relation, said: Sequence[Said], others: Sequence[tuple[Document, str, float]] = ()
) -> Answer:
    """An answer of such findings, with its quotes; each is the sentence that it stands in."""
    quotes: list[Quote] = []

    def cited(document: Document, text: str) -> int:
        made = sentence(document, text)
        if made not in quotes:
            quotes.append(made)
        return quotes.index(made) + 1

    findings = []
    for one in said:
        start = one.document.text.index(one.text)
        citations = [cited(one.document, one.text), *(cited(document, text) for document, text in one.also)]
        findings.append(
            Finding(one.text, one.document.id, start, start + len(one.text), one.confidence, tuple(citations))
        )
    candidates = [
        Candidate(text, at := document.text.index(text), at + len(text), confidence, sentence(document, text))
        for document, text, confidence in others
    ]
    return Answer(question, tuple(findings), relation, tuple(quotes), tuple(candidates), (), searched())


def sentence(document: Document, text: str) -> Quote:
    """The quote of the sentence with these words."""
    around = sentence_around(document, document.text.index(text))
    assert around is not None
    return quote(document, *around)


def searched() -> Searched:
    """Two documents, of whose passages some were read."""
    return Searched(2, 9, 4, "2026-01-02T03:04:05+00:00")
