"""The main job on the article, with the real model."""

from __future__ import annotations

import json

import pytest

from index.errors import YinzhengError
from index.local import LocalLibrary
from rag.answer import Assistant
from rag.present import answer_json
from rag.read import LIST_BUDGET
from rag.records import Answer, NotFound
from tests.conftest import ROOT
from tests.fakes import TermEmbedder, with_threshold

QUESTIONS = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "article-questions.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [row for row in QUESTIONS if row["evidence"] is not None]
KEYS = [
    "question", "found", "answer", "confidence", "relation", "answers", "quotes", "candidates", "nearest", "unseen",
    "missing", "searched",
]  # fmt: skip
# Reached when this was written, less one for other processors' arithmetic.
FIRST, AMONG_THREE = 12, 12


def test_the_evidence_is_quoted(assistant: Assistant) -> None:
    generous = with_threshold(assistant, 0.0)
    first, among_three = [], []
    for row in ANSWERABLE:
        result = generous.ask(row["question"])
        assert isinstance(result, Answer)
        if row["evidence"] in result.quotes[0].text:
            first.append(row["question"])
        if any(row["evidence"] in quote.text for quote in result.quotes):
            among_three.append(row["question"])
    assert len(first) >= FIRST, f"not first: {[r['question'] for r in ANSWERABLE if r['question'] not in first]}"
    missing = [row["question"] for row in ANSWERABLE if row["question"] not in among_three]
    assert len(among_three) >= AMONG_THREE, f"not quoted: {missing}"


def test_what_is_not_there_is_not_found(assistant: Assistant) -> None:
    for row in QUESTIONS:
        if row["evidence"] is None:
            result = assistant.ask(row["question"])
            assert isinstance(result, NotFound), row["question"]
            assert result.searched.documents == 1
            assert len(result.nearest) == 3


def test_every_quote_is_its_slice_and_the_answer_lies_in_the_first(assistant: Assistant) -> None:
    for row in QUESTIONS[::4]:
        for threshold in (0.0, 1.1):
            result = with_threshold(assistant, threshold).ask(row["question"])
            quotes = [*result.nearest, *(result.quotes if isinstance(result, Answer) else ())]
            for quote in quotes:
                assert quote.text == assistant.library.document(quote.document).text[quote.start : quote.end]
            if isinstance(result, Answer):
                first = result.quotes[0]
                assert first.start <= result.start < result.end <= first.end
                assert result.text == first.text[result.start - first.start : result.end - first.start]
                assert len({(quote.document, quote.start, quote.end) for quote in quotes}) == len(quotes)


def test_the_same_question_has_the_same_answer(assistant: Assistant) -> None:
    question = QUESTIONS[0]["question"]
    assert answer_json(assistant.ask(question)) == answer_json(assistant.ask(f"  {question}\n"))


def test_the_json_has_the_documented_keys(assistant: Assistant) -> None:
    address = ["document", "title", "heading", "page", "cell", "paragraph", "sentence", "start", "end", "text"]
    for threshold, found in ((0.0, True), (1.1, False)):
        content = answer_json(with_threshold(assistant, threshold).ask("武汉"))
        assert list(content) == KEYS
        assert content["found"] is found
        assert (content["answer"] is not None) is found
        assert bool(content["quotes"]) is found
        assert 0 <= content["confidence"] <= 1
        passages = assistant.library.counts().passages
        assert content["searched"] == {"documents": 1, "passages": passages, "read": content["searched"]["read"]}
        assert 0 < content["searched"]["read"] <= LIST_BUDGET
        assert content["answer"] == (content["answers"][0]["text"] if found else None)
        for entry in [*content["quotes"], *content["nearest"]]:
            assert list(entry) == address


@pytest.mark.parametrize(("question", "message"), [("", "empty"), (" \n\t", "empty"), ("a \udcff", "UTF-8")])
def test_an_empty_question_is_an_error(assistant: Assistant, question: str, message: str) -> None:
    with pytest.raises(YinzhengError, match=message):
        assistant.ask(question)
    with pytest.raises(YinzhengError, match=message):
        assistant.search(question, 3)


def test_any_question_is_answered_or_refused(assistant: Assistant) -> None:
    for question in ("！", "\x00", "😀<script>", "武汉" * 2000, '\u202e" OR "'):
        assert isinstance(assistant.ask(question), (Answer, NotFound))


def test_an_empty_library_refuses(library: LocalLibrary, fake: TermEmbedder, assistant: Assistant) -> None:
    result = Assistant(library, fake, assistant.reader, assistant.calibration).ask("武汉？")
    assert isinstance(result, NotFound)
    assert (result.confidence, result.nearest, result.searched.passages) == (0.0, (), 0)
