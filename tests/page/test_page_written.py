"""Written answers in a real browser, from a server that tells the truth, lies, obeys documents, and breaks off."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from rag.written.served import ServedModel
from tests.liar import Liar, lying
from tests.page.conftest import OpenPage, marked, picture
from tests.page.made import DIFFERING, ONE, REFUSED, MadeUp, made_library
from tests.page.test_page_kinds import violations
from tests.page.test_page_looks import CONTRAST, fits

TRUE = "服务站由市经济和信息化局主办，2021年3月启用。[1]"
FALSE = "服务站由市经济和信息化局主办，2022年3月启用。[1]"
HOSTILE = "<img src=https://evil.example/a.png onerror=alert(1)> ![x](https://evil.example/b.png) 服务站启用。[1]"


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    with lying("") as server:
        yield server


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    return MadeUp(made_library(tmp_path_factory.mktemp("written")))


@pytest.fixture(scope="module")
def written_url(made_up: MadeUp, liar: Liar, serve: Callable[..., str]) -> str:
    return serve(made_up, ServedModel(liar.url, "a-model:4b", silent=2.0))


def ask(page: Page, question: str) -> str:
    """Ask, and wait for all that comes of it; the selector of its turn."""
    turn = f".turn:nth-child({page.locator('.turn').count() + 1})"
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"{turn} :is(.written[aria-busy=false], .answer:not(:has(.written)), .not-found, .failed)")
    page.wait_for_selector("#ask:visible")
    return turn


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("zh-CN", 1366, "light"), ("en-US", 1366, "dark"), ("en-US", 390, "light"), ("zh-CN", 390, "dark")],
)
def test_a_written_answer_in_every_look(
    open_page: OpenPage, written_url: str, liar: Liar, locale: str, width: int, scheme: str
) -> None:
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    liar.script, liar.breaks = (lambda _: f"{TRUE}{FALSE}{HOSTILE}"), ""
    page = open_page(written_url, locale, width, scheme)
    assert "a-model:4b" in page.inner_text("#writing") and liar.url in page.inner_text("#writing")
    turn = ask(page, ONE)
    claims = page.locator(f"{turn} .written .claim")
    assert claims.count() >= 3
    assert page.locator(f"{turn} .written .claim:not(.struck)").count() == 1
    assert page.locator(f"{turn} .written s").first.text_content() == FALSE.removesuffix("[1]")
    assert page.locator(f"{turn} .written :is(img, a, script, blockquote)").count() == 0
    assert page.locator(f"{turn} .quotes blockquote").count() >= 1
    page.locator(f"{turn} .written .cite").first.click()
    assert "2021年3月启用" in marked(page)
    page.keyboard.press("Escape")
    picture(page, f"written-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []
    assert violations(page) == ""


def test_quotes_only_asks_no_model_and_is_remembered(open_page: OpenPage, written_url: str, liar: Liar) -> None:
    liar.script, liar.breaks = (lambda _: TRUE), ""
    page = open_page(written_url)
    page.check('#writing input[value="quotes"]', force=True)
    before = len(liar.asked)
    turn = ask(page, ONE)
    assert page.locator(f"{turn} .written").count() == 0
    page.reload()
    page.wait_for_selector('#writing input[value="quotes"]:checked', state="attached")
    assert len(liar.asked) == before


def test_nothing_is_written_where_nothing_is_found(open_page: OpenPage, written_url: str, liar: Liar) -> None:
    liar.script, liar.breaks = (lambda _: TRUE), ""
    page = open_page(written_url)
    before = len(liar.asked)
    turn = ask(page, REFUSED)
    assert page.locator(f"{turn} .not-found").count() == 1
    assert page.locator(f"{turn} .written").count() == 0
    assert len(liar.asked) == before


@pytest.mark.parametrize("breaks", ["middle", "html", "garbage", "empty"])
def test_a_broken_stream_leaves_the_quotes(open_page: OpenPage, written_url: str, liar: Liar, breaks: str) -> None:
    liar.script, liar.breaks = (lambda _: f"{TRUE}服务站由市经济和信息化局主办。[1]{FALSE}"), breaks  # type: ignore[assignment]
    page = open_page(written_url, "en-US")
    turn = ask(page, DIFFERING)
    assert page.locator(f"{turn} .quotes blockquote").count() >= 1
    assert page.locator(f"{turn} .written .broken").count() == 1
    liar.breaks = ""
    turn = ask(page, ONE)
    assert page.locator(f"{turn} .written .broken").count() == 0


def test_a_follow_up_says_what_was_searched_for_and_can_be_edited(
    open_page: OpenPage, written_url: str, made_up: MadeUp, liar: Liar
) -> None:
    liar.script, liar.breaks = (lambda _: "别的问题？那是另一回事。"), ""  # what it makes of a follow-up is of no use
    page = open_page(written_url)
    ask(page, ONE)
    turn = ask(page, "那武昌区的服务站呢？")
    whole = page.inner_text(f"{turn} .searched-for .whole")
    assert whole == "武昌区的服务站何时启用？"
    assert page.locator(f"{turn} .question").inner_text().endswith("那武昌区的服务站呢？")
    page.click(f"{turn} .searched-for button")
    assert page.input_value("#question textarea") == whole
