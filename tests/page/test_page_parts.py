"""The page's parts without a browser: words, escaping, and the document around a quote."""

from __future__ import annotations

import time
from dataclasses import asdict, fields, replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from index.embed import Embedder
from index.ingest import add_file
from index.library import Library
from index.local import LocalLibrary, create_library
from index.records import Document, Span
from index.split import Split
from page.answering import Here
from page.document import AROUND, document_view
from page.escape import escape
from page.quotes import digest
from page.suggest import Suggestions, suggested
from page.suggest_made import Made, questions_of
from page.words import CHINESE, ENGLISH, words_for
from rag.answer import Assistant, open_assistant
from rag.records import Answer
from tests.fakes import TermEmbedder

BRIDGE = (
    "# 江城长江大桥工程\n\n江城长江大桥全长为2180米，双向六车道，由三家企业承建，历时四年建成。\n\n"
    "江城长江大桥总投资达38亿元，其中市财政承担一半。\n"
)
MARSH = (
    "# The northern marsh\n\nThe area of the northern marsh is 412 hectares. Most of it is under water.\n\n"
    "The height of the watch tower is 31 metres, and the warden lives in it.\n"
)


def view(library: Library, document: Document, start: int, end: int, /, **changes: Any) -> dict[str, Any]:
    """What the browser gets for a citation."""
    asked = {
        "document": document.id,
        "start": start,
        "end": end,
        "digest": digest(document.text[start:end]),
        "before": AROUND,
        "after": AROUND,
    }
    return document_view(library, asked | changes, CHINESE)


def texts(shown: dict[str, Any], marked: bool | None = None) -> str:
    """The text of the blocks, or of the marked parts alone."""
    pieces = (piece for block in shown["blocks"] for piece in block["pieces"])
    return "".join(piece["text"] for piece in pieces if marked is None or piece["mark"] == marked)


@given(st.text())
def test_escaped_text_is_no_markup_and_comes_back_as_it_was(text: str) -> None:
    escaped = escape(text)
    assert not set("<>\"'\r") & set(escaped)
    assert Markup(escaped).unescape() == text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de,zh-TW;q=0.8,en;q=0.5", "zh"),
        ("fr;q=0.9, en;q=0.1, zh;q=0.7", "zh"),
        ("ja", "en"),
        ("zh;q=nonsense", "zh"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_language_is_the_one_the_browser_prefers(accepted: str | None, language: str) -> None:
    assert words_for(accepted).language == language


def test_both_languages_say_everything_and_fill_in_the_same_names() -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    for field in fields(CHINESE):
        chinese, english = getattr(CHINESE, field.name), getattr(ENGLISH, field.name)
        assert chinese and english
        if isinstance(chinese, str):
            assert names(chinese) == names(english), field.name
        if isinstance(chinese, dict):
            assert chinese.keys() == english.keys()
            assert all(names(chinese[key]) == names(english[key]) for key in chinese), field.name
    assert asdict(CHINESE).keys() == asdict(ENGLISH).keys()


def test_what_is_marked_is_the_quote_for_every_sentence_and_passage(assistant: Assistant) -> None:
    library = assistant.library
    [summary] = library.documents()
    document = library.document(summary.id)
    spans = [*document.sentences, *(Span(p.start, p.end) for p in library.passages_of(document.id))]
    for span in spans:
        shown = view(library, document, span.start, span.end)
        assert texts(shown, marked=True) == document.text[span.start : span.end] == shown["quote"]
        assert texts(shown) == document.text
        assert shown["verified"] and shown["before"] is None and shown["after"] is None


def test_a_quote_that_is_not_there_is_not_verified(assistant: Assistant) -> None:
    library = assistant.library
    document = library.document(library.documents()[0].id)
    shown = view(library, document, 10, 20, digest=digest(document.text[11:21]))
    assert not shown["verified"] and shown["verdict"] == CHINESE.not_verified


@pytest.mark.parametrize(
    "changes",
    [
        {"document": "0" * 16},
        {"document": 5},
        {"start": -1},
        {"start": 20, "end": 20},
        {"end": 10**9},
        {"end": "20"},
        {"end": None},
        {"before": 1.5},
        {"digest": None},
    ],
)
def test_an_address_of_nothing_is_an_error_in_words(assistant: Assistant, changes: dict[str, Any]) -> None:
    document = assistant.library.document(assistant.library.documents()[0].id)
    assert view(assistant.library, document, 10, 20, **changes) == {"error": CHINESE.bad_address}
    assert document_view(assistant.library, "nonsense", ENGLISH) == {"error": ENGLISH.bad_address}


def test_of_a_long_document_the_part_around_the_quote_is_shown(library: LocalLibrary, fake: TermEmbedder) -> None:
    line = "0123456789 中文字符\r\n"
    text = line * 20_000
    place = len(line) * 10_000
    document = Document(
        id="f" * 16,
        name="long.txt",
        source="/long.txt",
        sha256="f" * 64,
        title="Long",
        text=text,
        headings=(),
        paragraphs=tuple(Span(n * len(line), (n + 1) * len(line) - 2) for n in range(20_000)),
        sentences=tuple(Span(n * len(line), (n + 1) * len(line) - 2) for n in range(20_000)),
    )
    library.add(document, Split((), document.paragraphs, document.sentences, ()), fake.embed_passages([]))
    shown = view(library, document, place, place + 10)
    assert texts(shown) == text[place - AROUND : place + 10 + AROUND]
    assert texts(shown, marked=True) == "0123456789"
    assert "20000" in shown["before"] and "20000" in shown["after"]
    wider = view(library, document, place, place + 10, before=2 * AROUND)
    assert texts(wider) == text[place - 2 * AROUND : place + 10 + AROUND]


def test_suggestions_are_in_the_language_of_the_page_and_none_is_refused(assistant: Assistant) -> None:
    suggestions = Suggestions(Here(assistant))
    for words in (CHINESE, ENGLISH):
        asked = suggestions.for_page(words)
        assert 1 <= len(asked) <= 4
        assert all(("？" in question) == (words is CHINESE) for question in asked)
        for question in asked:
            assert isinstance(assistant.ask(question), Answer), question


def test_suggestions_are_made_of_the_documents_and_answered(embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    for name, text in (("bridge.md", BRIDGE), ("marsh.md", MARSH)):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        assert add_file(library, embedder, path).state == "added"
    library.close()
    answering = Here(open_assistant(folder))
    for language, wanted in (("zh", "江城长江大桥全长为多少？"), ("en", "What is the height of the watch tower?")):
        made = {one.question: one.answer for one in _all_questions(answering.library, language)}
        found = suggested(answering, language)
        assert wanted in found and set(found) <= set(made)
        for question in found:
            result = answering.ask(question)
            assert isinstance(result, Answer)
            assert made[question] in result.text
    suggestions = Suggestions(answering)
    until = time.monotonic() + 30
    while not (shown := suggestions.for_page(CHINESE)):  # they come in the background
        assert time.monotonic() < until
        time.sleep(0.05)
    assert shown == suggested(answering, "zh")


def _all_questions(library: Library, language: str) -> list[Made]:
    return [one for entry in library.documents() for one in questions_of(library.document(entry.id), language)]


def test_records_of_words_cannot_be_made_with_one_missing() -> None:
    with pytest.raises(TypeError):
        replace(CHINESE, nonsense="")  # type: ignore[call-arg]
