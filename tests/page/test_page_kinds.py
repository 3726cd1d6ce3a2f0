"""Every kind of answer in a real browser, made up so that each is sure to come; pictures are kept under artifacts/."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from page.answering import Answering
from tests.page.conftest import OpenPage, ask, marked, picture
from tests.page.made import DIFFERING, ONE, PARTS, REFUSED, SEVERAL, MadeUp, made_library
from tests.page.test_page_looks import CONTRAST, fits


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return MadeUp(made_library(tmp_path_factory.mktemp("made")))


@pytest.fixture(scope="module")
def made_url(made_up: MadeUp, serve: Callable[[Answering], str]) -> str:
    return serve(made_up)


def violations(page: Page) -> str:
    """What axe-core finds wrong, in words; empty where it finds nothing."""
    found = Axe().run(page)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("zh-CN", 1366, "light"), ("en-US", 1366, "dark"), ("en-US", 390, "light"), ("zh-CN", 390, "dark")],
)
def test_every_kind_of_answer_in_every_look(
    open_page: OpenPage, made_url: str, locale: str, width: int, scheme: str
) -> None:
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    page = open_page(made_url, locale, width, scheme)
    for name, question in (("several", SEVERAL), ("parts", PARTS), ("differing", DIFFERING), ("unseen", REFUSED)):
        ask(page, question)
        picture(page, f"{name}-{look}")
    ask(page, ONE)
    page.locator(".turn:last-child summary").click()
    page.locator(".turn:last-child summary").scroll_into_view_if_needed()
    page.locator(".turn:last-child .tools").scroll_into_view_if_needed()
    picture(page, f"candidates-{look}")
    page.click("#settings summary")
    picture(page, f"settings-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []
    assert violations(page) == ""
    sheet = page.locator("#settings .sheet").bounding_box()
    assert sheet is not None and sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= width
    page.set_viewport_size({"width": 320, "height": 860})
    assert fits(page)
    box = page.locator("#new").bounding_box()
    assert box is not None and box["x"] + box["width"] <= 320
    picture(page, f"narrowest-{look}")


def test_a_candidate_is_opened_and_stays_unfolded_while_the_conversation_grows(
    open_page: OpenPage, made_url: str, made_up: MadeUp
) -> None:
    page = open_page(made_url)
    ask(page, ONE)
    assert page.locator(".candidates ul").is_hidden()
    page.focus(".candidates summary")
    page.keyboard.press("Enter")
    candidate = page.locator(".candidates li").first
    candidate.locator(".open").click()
    sentence = "去年安排专项资金1.8亿元，今年预计增加到2.3亿元。"
    assert marked(page) == sentence == candidate.locator("blockquote").text_content()
    page.click("#document .close")
    ask(page, PARTS)
    page.wait_for_selector(".turn:nth-child(1) .candidates[open]")
    assert page.locator(".turn:nth-child(2) .candidates[open]").count() == 0
    page.click("#new")
    page.wait_for_selector(".welcome")
    ask(page, ONE)
    page.wait_for_timeout(200)
    assert page.locator(".candidates ul").is_hidden()


def test_each_finding_opens_its_own_quote_and_the_chosen_threshold_is_asked_with(
    open_page: OpenPage, made_url: str, made_up: MadeUp
) -> None:
    page = open_page(made_url)
    assert violations(page) == ""
    ask(page, DIFFERING)
    assert made_up.thresholds[-1] is None
    for place, number in enumerate(("412个", "398个")):
        page.locator(".findings .cite").nth(place).click()
        page.wait_for_function(
            "text => document.querySelector('#document mark')?.textContent.includes(text)", arg=number
        )
        assert number in marked(page)
    assert violations(page) == ""
    page.click("#settings summary")
    page.focus("#settings input")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert "约误答 20 个" in page.inner_text("#settings output")
    page.keyboard.press("Escape")
    assert page.locator("#document").is_visible()  # it closed the settings alone
    page.click(".answer .tools [data-ask]")
    page.wait_for_selector(".turn:nth-child(2) .answer")
    assert made_up.thresholds[-1] == 0.24
