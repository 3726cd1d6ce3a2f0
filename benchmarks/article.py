"""Questions on the first article, the whole path: is the evidence quoted, and is what is not there refused?

The questions' file has a JSON object a line: `question`, `answers` (texts; empty where the article
holds none), `evidence` (a part of the article, or null).
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from index.embed import Embedder
from index.ingest import add_file
from index.local import create_library
from rag.answer import Assistant
from rag.calibrate import calibration_for
from rag.reader import Reader
from rag.records import Answer

ARTICLE = Path(__file__).parent.parent / "articles" / "wuhan-small-firms.md"


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """Counts of questions; a question that is refused counts as not quoted."""

    answerable: int
    evidence_in_first_quote: int
    evidence_in_three_quotes: int
    short_answer_right: int
    unanswerable: int
    refused: int


def measure_article(questions: Path, embedder: Embedder, reader: Reader) -> ArticleFigures:
    """Ask them all, at the default threshold. The short answer is right when it is, or holds, one of the answers."""
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    first = three = short = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        library = create_library(Path(folder), embedder.name, embedder.fingerprint, embedder.dimension)
        add_file(library, embedder, ARTICLE)
        calibration = calibration_for(library.folder, reader.fingerprint)
        assistant = Assistant(library, embedder, reader, calibration)
        for row in rows:
            result = assistant.ask(row["question"])
            if row["evidence"] is None:
                refused += not isinstance(result, Answer)
            elif isinstance(result, Answer):
                held = [row["evidence"] in quote.text for quote in result.quotes]
                first += held[0]
                three += any(held)
                short += any(
                    answer in finding.text for answer in row.get("answers") or () for finding in result.findings
                )
    answerable = sum(row["evidence"] is not None for row in rows)
    return ArticleFigures(answerable, first, three, short, len(rows) - answerable, refused)
