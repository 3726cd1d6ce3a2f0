"""The text of documents and questions is shown as its characters, whatever it looks like."""

from __future__ import annotations

from rag.answer import Assistant
from tests.page.conftest import HOSTILE_TEXT, TITLE, OpenPage, ask, marked, picture

MADE_OF_TEXT = (
    "#conversation :is(script, img, a, iframe, b, em, math, .katex), "
    "#document :is(script, img, iframe, b, em, math, .katex), #document .text a"
)


def test_a_document_full_of_markup_is_shown_as_its_characters(
    open_page: OpenPage, answering_url: str, page_assistant: Assistant
) -> None:
    page = open_page(answering_url, locale="en-US")
    ask(page, "How many avocets did the saltmarsh survey count?")
    start = HOSTILE_TEXT.index("The saltmarsh survey")
    [document] = [entry for entry in page_assistant.library.documents() if entry.name == "saltmarsh.md"]
    assert page_assistant.library.document(document.id).text == HOSTILE_TEXT
    button = page.locator(f'.quotes .cite[data-document="{document.id}"][data-start="{start}"]')
    quote = (
        page.locator(".quote", has=page.locator(f'.cite[data-start="{start}"]')).locator("blockquote").text_content()
    )
    assert quote is not None and "<script>alert(1)</script>" in quote and "**September**" in quote and "\r\n" in quote
    button.click()
    assert marked(page) == quote == HOSTILE_TEXT[start : start + len(quote)]
    assert page.locator("#document .text").text_content() == HOSTILE_TEXT
    assert page.inner_text("#document .title") == TITLE
    assert "[the register](javascript:alert(1)) for $\\frac{1}{2}$ and ${7*7} {{value}}" in page.inner_text("#document")
    assert page.locator(MADE_OF_TEXT).count() == 0
    picture(page, "hostile-document-en-wide-light")


def test_a_hostile_question_is_shown_as_its_characters(open_page: OpenPage, answering_url: str) -> None:
    question = (
        "avocets <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) "
        '$\\frac{1}{2}$ $$x^2$$ **bold** ${alert(1)} {{value}} " onmouseover="alert(1)\' &lt;b&gt;'
    )
    page = open_page(answering_url, locale="en-US")
    ask(page, question)
    assert str(page.locator(".question").text_content()).removeprefix("You asked ") == question
    assert page.locator(".answer .tools [data-ask]").get_attribute("data-ask") == question
    assert page.locator(MADE_OF_TEXT).count() == 0
    page.click(".answer .tools [data-ask]")
    page.wait_for_selector(".turn:nth-child(2) .answer")
    assert str(page.locator(".question").nth(1).text_content()).removeprefix("You asked ") == question
    picture(page, "hostile-question-en-wide-light")
