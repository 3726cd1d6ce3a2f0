"""What is not in the documents is refused, and looks it."""

from __future__ import annotations

import re

from rag.answer import Assistant
from tests.page.conftest import OpenPage, ask, marked
from tests.page.test_page_answers import quoted


def test_what_the_documents_do_not_say_is_not_found(open_page: OpenPage, url: str, page_assistant: Assistant) -> None:
    page = open_page(url, locale="en-US")
    ask(page, "Who won the 2022 FIFA World Cup?")
    assert page.locator(".answer").count() == page.locator(".cite").count() == 0
    said = page.inner_text(".not-found")
    counts = page_assistant.library.counts()
    assert "Not found in the documents" in said
    assert f"Searched documents: {counts.documents}, passages: {counts.passages}, passages read: " in said
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", said)


def test_the_nearest_passages_of_a_refusal_open(
    open_page: OpenPage, refusing_url: str, page_assistant: Assistant
) -> None:
    page = open_page(refusing_url)
    ask(page, "光谷东智从成立到投产用了多长时间？")
    nearest = page.locator(".not-found .nearest li")
    assert nearest.count() == 3
    for place in range(3):
        button = nearest.nth(place).locator(".open")
        expected = quoted(button, page_assistant)
        button.click()
        page.wait_for_function(
            "text => [...document.querySelectorAll('#document mark')].map(m => m.textContent).join('') === text",
            arg=expected,
        )
        assert marked(page) == expected == nearest.nth(place).locator("blockquote").text_content()


def test_a_refusal_looks_nothing_like_an_answer(open_page: OpenPage, url: str, refusing_url: str) -> None:
    looks = []
    for address, kind in ((url, ".answer"), (refusing_url, ".not-found")):
        page = open_page(address)
        ask(page, "光谷东智从成立到投产用了多长时间？")
        style = "part => [getComputedStyle(part).backgroundColor, getComputedStyle(part).borderTopStyle]"
        icon = page.locator(f"{kind} .verdict svg").inner_html()
        looks.append((*page.locator(kind).evaluate(style), icon, page.inner_text(f"{kind} .verdict")))
    for answer, refusal in zip(*looks, strict=True):
        assert answer != refusal
