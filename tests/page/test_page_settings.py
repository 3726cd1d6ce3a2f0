"""How sure the assistant has to be, set in the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import ui
from index.errors import YinzhengError
from index.local import LocalLibrary
from page import answering
from page.answering import Answering, Elsewhere, Here
from rag.answer import Assistant
from rag.judge import Point
from rag.reader import Reader
from rag.reader.kept import KeptReadings
from rag.records import SpanReading
from tests.page.conftest import Gated, OpenPage, ask
from tests.page.made import made_library

QUESTION = "光谷东智从成立到投产用了多长时间？"
# Whatever the models say: everything is answered at the first two, nothing at the last.
CURVE = (Point(0.0, 0.5, 1.0), Point(1e-9, 0.05, 0.83), Point(1.01, 0.01, 0.12))


class Counted:
    """A reader that counts the texts it reads."""

    def __init__(self, reader: Reader) -> None:
        self.fingerprint = reader.fingerprint
        self.texts = 0
        self._reader = reader

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        self.texts += len(texts)
        return self._reader.read_spans(question, texts, headings, count)


@pytest.fixture(scope="module")
def counted(page_assistant: Assistant) -> Counted:
    return Counted(page_assistant.reader)


@pytest.fixture(scope="module")
def choosing(page_assistant: Assistant, counted: Counted) -> Assistant:
    """The real assistant with three positions to choose from."""
    calibration = replace(page_assistant.calibration, curve=CURVE)
    return replace(page_assistant, calibration=calibration, reader=KeptReadings(counted))


def says(page: Page) -> str:
    return page.inner_text("#settings output")


def test_another_position_answers_the_same_question_anew_without_reading_and_is_kept(
    open_page: OpenPage, choosing: Assistant, counted: Counted, serve: Callable[[Assistant], str]
) -> None:
    page = open_page(serve(choosing))
    ask(page, QUESTION)
    assert page.locator(".turn:nth-child(1) .answer").count() == 1
    read = counted.texts
    assert read > 0

    page.wait_for_selector("#settings summary")
    page.focus("#settings summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement === document.querySelector('#settings input')")
    assert page.evaluate("document.activeElement.labels[0].textContent") == "有多大把握才作答"
    assert "约误答 5 个" in says(page) and "作答 83 个" in says(page)
    page.keyboard.press("ArrowRight")
    assert "约误答 1 个" in says(page) and "作答 12 个" in says(page)
    assert page.get_attribute("#settings input", "aria-valuetext") == says(page)
    page.keyboard.press("Escape")
    assert page.locator("#settings .sheet").is_hidden()
    assert page.evaluate("document.activeElement.matches('#settings summary')")

    page.click(".answer .tools [data-ask]")
    page.wait_for_selector(".turn:nth-child(2) :is(.answer, .not-found)")
    assert page.locator(".turn:nth-child(2) .not-found").count() == 1
    assert page.locator(".turn:nth-child(1) .answer").count() == 1
    assert counted.texts == read

    page.reload()
    page.wait_for_selector("#settings summary")
    page.click("#settings summary")
    page.wait_for_function("document.querySelector('#settings input').value === '2'")
    assert "约误答 1 个" in says(page)
    page.click(".welcome h2")
    assert page.locator("#settings .sheet").is_hidden()
    ask(page, QUESTION)
    assert page.locator(".not-found").count() == 1


def test_the_settings_come_when_the_models_are_loaded(
    open_page: OpenPage, choosing: Assistant, serve: Callable[[Gated], str]
) -> None:
    gated = Gated(choosing)
    page = open_page(serve(gated), locale="en-US")
    page.wait_for_timeout(500)
    assert page.locator("#settings summary").count() == 0
    gated.loaded.set()
    page.wait_for_selector("#settings summary")
    page.click("#settings summary")
    assert says(page).startswith("Of questions the documents do not answer, some 5 in 100 get an answer;")


def test_an_assistant_here_is_asked_with_the_threshold(choosing: Assistant) -> None:
    here = Here(choosing)
    assert here.calibration is choosing.calibration
    assert type(here.ask(QUESTION)).__name__ == "Answer"
    assert type(here.ask(QUESTION, 1.01)).__name__ == "NotFound"


class InThread(ThreadPoolExecutor):
    """Stands for the process of the models."""

    def __init__(self, workers: int, context: object, initializer: object) -> None:
        super().__init__(workers)


class Recording:
    """Stands for an assistant: answers with what it was asked."""

    calibration = "its calibration"

    def ask(self, *asked: object) -> tuple[object, ...]:
        return asked


def test_an_assistant_elsewhere_gets_model_reader_and_threshold_and_gives_its_calibration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = []

    def open_assistant(*given: object) -> Recording:
        opened.append(given)
        return Recording()

    monkeypatch.setattr(answering, "ProcessPoolExecutor", InThread)
    monkeypatch.setattr(answering, "open_assistant", open_assistant)
    monkeypatch.setattr(answering, "_opened", [])
    library = made_library(tmp_path)
    elsewhere: Any = Elsewhere(library, "a model", "a reader")
    elsewhere.wait()
    assert opened == [(library.folder, "a model", "a reader")]
    assert elsewhere.calibration == "its calibration"
    assert elsewhere.ask("What?", 0.25) == ("What?", 0.25, None)
    elsewhere.close()


def test_an_assistant_that_does_not_open_has_no_calibration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def open_assistant(*_: object) -> Recording:
        raise YinzhengError("no such model")

    monkeypatch.setattr(answering, "ProcessPoolExecutor", InThread)
    monkeypatch.setattr(answering, "open_assistant", open_assistant)
    elsewhere: Answering = Elsewhere(made_library(tmp_path), None, None)
    with pytest.raises(YinzhengError, match="no such model"):
        elsewhere.wait()
    assert elsewhere.ready and elsewhere.calibration is None


def test_the_program_takes_another_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[tuple[Path, object, object]] = []

    def elsewhere(library: LocalLibrary, model: object, reader: object) -> None:
        given.append((library.folder, model, reader))
        raise YinzhengError("enough")

    monkeypatch.setattr(ui, "Elsewhere", elsewhere)
    library = made_library(tmp_path)
    assert ui.main(["--library", str(library.folder), "--model", "a model", "--reader", "a reader"]) == 2
    assert given == [(library.folder, "a model", "a reader")]
