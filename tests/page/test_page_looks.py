"""Languages, widths and colour schemes; a picture of every state is kept under artifacts/."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.page.conftest import OpenPage, ask, marked, picture

QUESTIONS = {"zh-CN": "光谷东智从成立到投产用了多长时间？", "en-US": "How many avocets did the survey count?"}
ABSENT = {"zh-CN": "火星上有几个湖泊？", "en-US": "Who won the 2022 FIFA World Cup?"}
HAN = re.compile(r"[一-鿿]")

# Contrast by WCAG 2 of every text of the tool's own against what is behind it.
CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const behind = (part) => {
    for (; part; part = part.parentElement) {
      const colour = getComputedStyle(part).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const part of document.querySelectorAll("#top *, #settings *, #conversation *, #document *, #ask, #new")) {
    const own = [...part.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !part.checkVisibility() || part.closest(".unseen")) continue;
    const [a, b] = [light(getComputedStyle(part).color), light(behind(part))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) poor.push(`${part.className || part.id} ${contrast.toFixed(2)}`);
  }
  return poor;
}"""


def fits(page: Page) -> bool:
    """Whether nothing makes the page wider than its window."""
    inside: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return inside


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),  # every pair of them, and not every three: each takes seconds
    [("zh-CN", 1366, "light"), ("en-US", 1366, "dark"), ("en-US", 390, "light"), ("zh-CN", 390, "dark")],
)
def test_every_state_in_every_look(
    open_page: OpenPage, answering_url: str, refusing_url: str, locale: str, width: int, scheme: str
) -> None:
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    page = open_page(answering_url, locale, width, scheme)
    assert (page.locator("body.dark").count() == 1) == (scheme == "dark")
    picture(page, f"welcome-{look}")
    ask(page, QUESTIONS[locale])
    picture(page, f"answer-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []
    page.locator(".quote .cite").first.click()
    marked(page)
    picture(page, f"document-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []
    page.click("#document .close")
    assert page.locator("#document").is_hidden() and page.locator(".answer").is_visible()

    page = open_page(refusing_url, locale, width, scheme)
    ask(page, ABSENT[locale])
    picture(page, f"not-found-{look}")
    assert fits(page) and page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(
    ("locale", "language", "button", "placeholder"),
    [
        ("zh-CN", "zh-CN", "提问", "输入问题，按回车发送"),
        ("zh-TW", "zh-CN", "提问", "输入问题，按回车发送"),
        ("en-US", "en", "Ask", "Ask a question"),
        ("de-DE", "en", "Ask", "Ask a question"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(
    open_page: OpenPage, url: str, locale: str, language: str, button: str, placeholder: str
) -> None:
    page = open_page(url, locale)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    assert page.inner_text("#ask") == button
    assert page.get_attribute("#question textarea", "placeholder") == placeholder


def test_the_page_in_english_has_no_chinese_of_its_own(open_page: OpenPage, url: str) -> None:
    page = open_page(url, "en-US")
    ask(page, ABSENT["en-US"])
    page.locator(".nearest .open").first.click()
    marked(page)
    page.evaluate(
        "document.querySelectorAll('blockquote, cite, .heading, .text, .title, .place, h1').forEach(x => x.remove())"
    )
    assert not HAN.search(page.inner_text("body"))


def test_gradios_own_links_are_not_shown(open_page: OpenPage, url: str) -> None:
    page = open_page(url)
    assert "gradio" not in page.inner_text("body").lower()


@pytest.mark.parametrize("width", [920, 1100, 1280])
def test_what_stands_at_the_top_never_covers_the_tabs(open_page: OpenPage, answering_url: str, width: int) -> None:
    page = open_page(answering_url, "en-US", width)
    said = page.locator("#top .library").bounding_box()
    tab = page.locator("[role=tab]").first.bounding_box()
    assert said is not None
    assert tab is not None
    assert said["x"] + said["width"] <= tab["x"]
    assert fits(page)
