"""Asking, and opening what an answer quotes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from rag.answer import Assistant
from tests.page.conftest import Gated, OpenPage, ask, marked

CHINESE_QUESTION = "光谷东智从成立到投产用了多长时间？"
ENGLISH_QUESTION = "How many AIC funds were set up, and what is their total size?"


def quoted(button: Locator, assistant: Assistant) -> str:
    """What the document holds where a citation points."""
    document = assistant.library.document(str(button.get_attribute("data-document")))
    return document.text[int(button.get_attribute("data-start") or -1) : int(button.get_attribute("data-end") or -1)]


def check_citations(page: Page, turn: int, assistant: Assistant) -> None:
    """Open each quote of a turn by its number; what is marked is what the document has there."""
    quotes = page.locator(f".turn:nth-child({turn}) .quote")
    assert 1 <= quotes.count() <= 3
    for place in range(quotes.count()):
        button = quotes.nth(place).locator(".cite")
        assert button.inner_text() == str(place + 1)
        button.click()
        page.wait_for_selector(f".turn:nth-child({turn}) .quote:nth-child({place + 1}) .cite.here")
        expected = quoted(button, assistant)
        page.wait_for_function("text => document.querySelector('#document mark')?.textContent === text", arg=expected)
        assert marked(page) == expected == quotes.nth(place).locator("blockquote").text_content()
        assert page.locator("#document mark").first.is_visible()


def in_view(page: Page) -> bool:
    """Whether the highlighted text is inside the part of the document that is shown."""
    inside: bool = page.evaluate(
        """() => {
          const mark = document.querySelector("#document mark").getBoundingClientRect();
          const shown = document.querySelector("#document .scroller").getBoundingClientRect();
          return mark.top >= shown.top && mark.bottom <= shown.bottom;
        }"""
    )
    return inside


def test_a_question_in_chinese_is_answered_from_the_article(
    open_page: OpenPage, url: str, page_assistant: Assistant
) -> None:
    page = open_page(url)
    ask(page, CHINESE_QUESTION)
    assert "6个月" in page.inner_text(".answer .short")
    assert page.locator(".not-found").count() == 0
    check_citations(page, 1, page_assistant)


def test_a_question_in_english_is_answered_from_the_chinese_article(
    open_page: OpenPage, answering_url: str, page_assistant: Assistant
) -> None:
    page = open_page(answering_url, locale="en-US")
    ask(page, ENGLISH_QUESTION)
    assert any("5只AIC基金" in text for text in page.locator(".quote blockquote").all_text_contents())
    check_citations(page, 1, page_assistant)


def test_the_quote_is_scrolled_into_view_and_its_document_named(
    open_page: OpenPage, answering_url: str, page_assistant: Assistant
) -> None:
    page = open_page(answering_url)
    ask(page, "飞恩微电子的设备利用率提升到多少？")
    button = page.locator(".quote .cite").first
    button.click()
    marked(page)
    page.wait_for_timeout(300)
    assert in_view(page)
    document = page_assistant.library.document(str(button.get_attribute("data-document")))
    shown = page.inner_text("#document")
    assert document.title in shown and document.name in shown and document.sha256 in shown
    assert page.locator("#document .text").text_content() == document.text


def test_citations_of_earlier_answers_go_on_working(
    open_page: OpenPage, answering_url: str, page_assistant: Assistant
) -> None:
    page = open_page(answering_url)
    ask(page, CHINESE_QUESTION)
    ask(page, "华动智造累计融资多少？")
    check_citations(page, 2, page_assistant)
    check_citations(page, 1, page_assistant)


def test_a_suggested_question_is_asked_by_clicking_it(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    suggestions = page.locator(".welcome li button")
    assert 3 <= suggestions.count() <= 6
    wanted = suggestions.first.inner_text()
    suggestions.first.click()
    page.wait_for_selector(".turn .answer")
    assert page.locator(".question").inner_text().endswith(wanted)
    assert page.locator("#stop").is_hidden() and page.locator("#ask").is_visible()


def test_copy_takes_the_answer_with_its_quotes_and_addresses(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    ask(page, CHINESE_QUESTION)
    page.click("[data-copy]")
    page.wait_for_function("document.querySelector('[data-copy]').textContent === '已复制'")
    copied = page.evaluate("navigator.clipboard.readText()")
    for text in page.locator(".quote blockquote").all_text_contents():
        assert text in copied
    assert "第 1 段" in copied and CHINESE_QUESTION in copied


def test_retry_asks_the_same_question_again(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    ask(page, CHINESE_QUESTION)
    page.click(".answer .tools [data-ask]")
    page.wait_for_selector(".turn:nth-child(2) .answer")
    first, second = page.locator(".short .words").all_text_contents()
    assert first == second


def test_a_new_conversation_is_empty(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    ask(page, CHINESE_QUESTION)
    page.click("#new")
    page.wait_for_selector(".welcome")
    assert page.locator(".turn").count() == 0


def test_two_people_have_two_conversations(open_page: OpenPage, url: str) -> None:
    first, second = open_page(url), open_page(url, locale="en-GB")
    ask(first, CHINESE_QUESTION)
    assert second.locator(".turn").count() == 0
    ask(second, "Who won the 2022 FIFA World Cup?")
    assert first.locator(".turn").count() == second.locator(".turn").count() == 1
    assert CHINESE_QUESTION not in second.inner_text("body")


def test_an_empty_question_is_not_asked(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    page.fill("#question textarea", "   ")
    page.click("#ask")
    page.wait_for_timeout(500)
    assert page.locator(".turn").count() == 0


def test_waiting_is_said_and_can_be_stopped(
    open_page: OpenPage, page_assistant: Assistant, serve: Callable[[Gated], str]
) -> None:
    gated = Gated(page_assistant)
    page = open_page(serve(gated))
    page.fill("#question textarea", CHINESE_QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("text=模型正在载入")
    gated.loaded.set()
    page.wait_for_selector("text=检索、阅读")
    page.click("#stop")
    page.wait_for_selector(".note.stopped")
    gated.answers.set()
    page.wait_for_timeout(500)
    assert page.locator(".answer").count() == 0 and page.locator("#ask").is_visible()
    ask(page, CHINESE_QUESTION)
    assert page.locator(".turn:nth-child(2) .answer").count() == 1


@pytest.mark.parametrize("width", [1366, 390])
def test_everything_can_be_done_with_the_keyboard(open_page: OpenPage, answering_url: str, width: int) -> None:
    page = open_page(answering_url, width=width)
    ask(page, CHINESE_QUESTION)
    for _ in range(20):
        if page.evaluate("document.activeElement.matches('.quote .cite')"):
            break
        page.keyboard.press("Shift+Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    marked(page)
    assert page.evaluate("document.activeElement.matches('#document .close')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#document", state="hidden")
    assert page.evaluate("document.activeElement.matches('.quote .cite')")


def test_the_address_of_a_quote_opens_it(open_page: OpenPage, answering_url: str, page_assistant: Assistant) -> None:
    page = open_page(answering_url)
    ask(page, CHINESE_QUESTION)
    button = page.locator(".quote .cite").first
    button.click()
    expected = marked(page)
    address = str(page.locator("#document .address").evaluate("link => link.href"))
    again = open_page(address)
    assert marked(again) == expected == quoted(button, page_assistant)


def test_an_address_that_no_longer_holds_the_quote_says_so(open_page: OpenPage, url: str) -> None:
    unknown = open_page(f"{url}?document=0123456789abcdef&start=0&end=5&digest=")
    unknown.wait_for_selector("#document .document[data-state=wrong]")
    assert "不指向资料库中的任何文字" in unknown.inner_text("#document")
    assert unknown.locator("#document mark").count() == 0
