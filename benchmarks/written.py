"""Written answers of a real language model to questions with known answers: is what is shown as supported so?

The strict check: a sentence is right when it is the words of a quote that it cites, or has one of the right answers and
cites a quote that holds the sentence which the answer stands in.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.article import ARTICLE
from benchmarks.claims import sentence_with
from benchmarks.retrieval import build_library
from benchmarks.sets import load_passages, load_questions
from index.embed import Embedder
from index.ingest import add_file
from index.local import create_library
from index.talk import Counter, say
from rag.answer import Assistant
from rag.calibrate import calibration_for
from rag.fold import fold_only
from rag.reader import Reader
from rag.records import Answer
from rag.written.model import LanguageModel
from rag.written.records import Sentence, Written
from rag.written.support import is_its_words
from rag.written.write import written

SETS = ("xquad.zh", "xquad.en")
QUESTIONS = 150  # a set


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question, the answers to it, and the sentence that holds them; both empty where there is none."""

    text: str
    answers: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class WrittenFigures:
    """Counts, but for shares in percent and seconds. `falsely_supported` and `wrongly_struck` are by the strict check.

    `citations_right` is the share of the sentences that are supported and have the right answer which cite its quote.
    """

    set: str
    model: str
    questions: int
    answered: int
    written: int
    declined: int
    broken: int
    sentences: int
    supported: int
    falsely_supported: int
    wrongly_struck: int
    citations_right: float
    seconds_to_first_sentence: float
    seconds: float


def measure_written(
    data: Path, questions: Path | None, embedder: Embedder, reader: Reader, model: LanguageModel, most: int | None
) -> Iterator[WrittenFigures]:
    """A row for the article's questions, where their file is given, and one a set."""
    with tempfile.TemporaryDirectory() as folder:
        if questions is not None:
            library = create_library(Path(folder), embedder.name, embedder.fingerprint, embedder.dimension)
            add_file(library, embedder, ARTICLE)
            assistant = Assistant(library, embedder, reader, calibration_for(library.folder, reader.fingerprint))
            yield _said(_measured("article", assistant, _of_article(questions), model))
    for name in SETS:
        with tempfile.TemporaryDirectory() as folder:
            built = build_library(data, name, embedder, Path(folder))
            calibration = calibration_for(built.library.folder, reader.fingerprint)
            assistant = Assistant(built.library, embedder, reader, calibration)
            yield _said(_measured(name, assistant, _of_set(data, name, most or QUESTIONS), model))


def _said(figures: WrittenFigures) -> WrittenFigures:
    """The figures, shown as soon as they are there: the next set takes long."""
    say(str(figures))
    return figures


def _of_article(path: Path) -> list[KnownQuestion]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [KnownQuestion(row["question"], tuple(row.get("answers") or ()), row["evidence"] or "") for row in rows]


def _of_set(data: Path, name: str, most: int) -> list[KnownQuestion]:
    passages = {passage.id: passage.text for passage in load_passages(data, name)}
    rows = [row for row in load_questions(data, name, "test") if row.answers]
    found = []
    for row in rows[:: max(1, len(rows) // most)][:most]:
        passage, (text, start) = passages[row.passage], row.answers[0]
        begin, end = sentence_with(passage, start, start + len(text))
        found.append(KnownQuestion(row.text, tuple(answer for answer, _ in row.answers), passage[begin:end].strip()))
    return found


def _measured(
    name: str, assistant: Assistant, questions: Sequence[KnownQuestion], model: LanguageModel
) -> WrittenFigures:
    results: list[tuple[KnownQuestion, Written, float | None, float]] = []
    answered = 0
    progress = Counter("questions / 问题")
    for number, question in enumerate(questions):
        progress(number, len(questions))
        result = assistant.ask(question.text)
        answered += isinstance(result, Answer)
        began, first, last = time.monotonic(), None, None
        for last in written(question.text, result, model, assistant.supports):
            if first is None and last.sentences:
                first = time.monotonic() - began
        if last is not None:
            results.append((question, last, first, time.monotonic() - began))
    sentences = [(question, last, one) for question, last, _, _ in results for one in last.sentences]
    supported = [entry for entry in sentences if entry[2].supported]
    struck = [entry for entry in sentences if not entry[2].supported]
    with_answer = [entry for entry in supported if _has_answer(entry[0], entry[2])]
    right = sum(_cites_evidence(question, last, one.citations) for question, last, one in with_answer)
    false = [entry for entry in supported if not _strictly(*entry, entry[2].citations)]
    wrongly = [entry for entry in struck if _strictly(*entry, entry[2].given)]
    # To be read by whoever measures: the strict check knows the answers of the set and no others.
    for what, entries in (("supported, not by the strict check", false), ("struck, not by the strict check", wrongly)):
        for question, last, one in entries:
            say(_as_seen(what, question, last, one))
    firsts = [first for _, _, first, _ in results if first is not None]
    return WrittenFigures(
        name,
        model.name,
        len(questions),
        answered,
        sum(bool(last.supported) for _, last, _, _ in results),
        sum(last.state == "declined" for _, last, _, _ in results),
        sum(last.state in ("cut off", "failed") for _, last, _, _ in results),
        len(sentences),
        len(supported),
        len(false),
        len(wrongly),
        round(100 * right / len(with_answer), 1) if with_answer else 0.0,
        round(median(firsts), 2) if firsts else 0.0,
        round(median(seconds for *_, seconds in results), 2) if results else 0.0,
    )


def _as_seen(what: str, question: KnownQuestion, last: Written, sentence: Sentence) -> str:
    """All that a person needs to judge the sentence, a line each."""
    numbers = sentence.citations or sentence.given
    cited = [f"  [{number}] {last.sources[number - 1].text}" for number in numbers if 1 <= number <= len(last.sources)]
    answers = " / ".join(question.answers)
    return "\n".join([f"{what}: {question.text} ({answers})", f"  {sentence.text} {list(sentence.reasons)}", *cited])


def _strictly(question: KnownQuestion, last: Written, sentence: Sentence, cited: Sequence[int]) -> bool:
    texts = [last.sources[number - 1].text for number in cited if 1 <= number <= len(last.sources)]
    if any(is_its_words(sentence.text, text) for text in texts):
        return True
    return _has_answer(question, sentence) and _cites_evidence(question, last, cited)


def _has_answer(question: KnownQuestion, sentence: Sentence) -> bool:
    folded = fold_only(sentence.text)
    return any(fold_only(answer) in folded for answer in question.answers)


def _cites_evidence(question: KnownQuestion, last: Written, cited: Sequence[int]) -> bool:
    texts = [fold_only(last.sources[number - 1].text) for number in cited if 1 <= number <= len(last.sources)]
    evidence = fold_only(question.evidence)
    return bool(evidence) and any(evidence in text or text in evidence for text in texts)
