"""How long a finished report of 50 pages takes to be checked against 1,000 documents.

The documents are made of XQuAD's passages in four languages; the report is a Word file with 200 quotations of them in
its paragraphs, a tenth of these spoilt, and as many numbers; each of its pages has some 2,000 characters.
"""

from __future__ import annotations

import hashlib
import io
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.mutations import dropped
from benchmarks.sets import load_passages
from benchmarks.verify import NoModel
from index.ingest import make_document
from index.local import LocalLibrary, create_library
from index.readers import read
from rag.marks import is_long
from rag.verify import read_report, verify

DOCUMENTS, PAGES, CHARACTERS, QUOTED = 1000, 50, 2000, 4  # quotations a page
SETS = ("xquad.zh", "xquad.en", "xquad.de", "xquad.ru")
EACH = 12  # passages of a document


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """One check: what it was of, how many quotations were told as spoilt, and the seconds with the file's reading."""

    documents: int
    characters: int
    pages: int
    report_characters: int
    quotations: int
    spoilt: int
    told: int
    seconds: float


def measure_report(data: Path) -> Iterator[ReportFigures]:
    """Check the report twice: as one that quotes what the library has, and as one that quotes nothing of it."""
    with tempfile.TemporaryDirectory() as folder:
        library = _library(Path(folder), data)
        size = sum(len(library.document(summary.id).text) for summary in library.documents())
        for known in (True, False):
            report, quotations, spoilt = _report(library, known)
            began = time.perf_counter()
            given = read_report(report, "report.docx")
            checked = verify(library, given)
            seconds = time.perf_counter() - began
            told = sum(not one.ok for one in checked.quotations)
            letters = sum(len(part.text) for part in given.parts)
            yield ReportFigures(DOCUMENTS, size, PAGES, letters, quotations, spoilt, told, round(seconds, 1))


def _library(folder: Path, data: Path) -> LocalLibrary:
    model = NoModel()
    library = create_library(folder / "library", model.name, model.fingerprint, model.dimension)
    passages = [passage.text for name in SETS for passage in load_passages(data, name)]
    for place in range(DOCUMENTS):
        text = "\n\n".join(passages[(place * 7 + step) % len(passages)] for step in range(EACH)) + f"\n\n{place}\n"
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        name = f"{place}.txt"
        document, parts = make_document(read(text.encode(), name), name, f"/{name}", sha256, model)  # type: ignore[arg-type]
        library.add(document, parts, np.zeros((len(parts.passages), 1), dtype=np.float32))
    return library


def _report(library: LocalLibrary, known: bool) -> tuple[bytes, int, int]:
    """The Word file, how many quotations are in it, and how many of them are spoilt."""
    import docx

    chosen = random.Random(50)
    summaries = library.documents()
    word = docx.Document()
    spoilt = 0
    for number in range(PAGES * QUOTED):
        words = ""
        while not is_long(words[2:-2]) or len(words) < 30 or set(words) & set("“”\n"):
            document = library.document(chosen.choice(summaries).id)
            span = chosen.choice(document.sentences)
            words = document.text[span.start : span.end]
        if not known:
            letters = list(words)
            chosen.shuffle(letters)
            words = "".join(letters)
        elif number % 10 == 0:
            words = dropped(words, chosen)
        spoilt += not known or number % 10 == 0
        filling = "这里是报告自己的话，说明上面的引文，并继续往下写。And here the report goes on in its own words. "
        filling *= CHARACTERS // QUOTED // len(filling)
        word.add_paragraph(f"第{number}处写道：“{words}”（{document.name}）。其中有{number}家。{filling}")
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue(), PAGES * QUOTED, spoilt
