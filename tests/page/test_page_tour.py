"""The pictures of docs/tour.md and docs/zh/tour.md, made by asking the real page.

`make tour` puts them where the documents show them. Here they are made again, and the documents have to show exactly
these, each as large as it is now: a view that has changed its shape has to be taken anew.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from index.embed import Embedder
from index.ingest import add_file
from index.local import create_library
from rag.answer import Assistant, open_assistant
from tests.conftest import ARTICLE, ROOT
from tests.page.conftest import ARTIFACTS, OpenPage, ask, marked

SHOWN = ROOT / "docs" / "tour"
QUESTION = {
    "zh": "岚图2024年供应链本地化率是多少？",
    "en": "How many AIC funds were set up and what is their total size?",
}
ABSENT = {"zh": "深圳净增了多少家中小企业？", "en": "Who won the 2022 FIFA World Cup?"}
PAGES = {"zh": ROOT / "docs" / "zh" / "tour.md", "en": ROOT / "docs" / "tour.md"}


@pytest.fixture(scope="module")
def tour_url(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Assistant], str]) -> str:
    """The page over the article alone, as it is after the first start."""
    folder = tmp_path_factory.mktemp("tour") / "library"
    library = create_library(folder, embedder.name, embedder.fingerprint, embedder.dimension)
    assert add_file(library, embedder, ARTICLE).state == "added"
    library.close()
    return serve(open_assistant(folder))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tour_shows_the_page_as_it_is(open_page: OpenPage, tour_url: str, language: str) -> None:
    page = open_page(tour_url, {"zh": "zh-CN", "en": "en-US"}[language], 1200)
    made = [_taken(page, language, 1, "begin")]
    ask(page, QUESTION[language])
    made.append(_taken(page, language, 2, "answer"))
    page.locator(".quote .cite").first.click()
    marked(page)
    made.append(_taken(page, language, 3, "source"))
    page.locator(".quote [data-add]").first.click()
    page.click("#document .close")
    ask(page, ABSENT[language])
    made.append(_taken(page, language, 4, "not-found"))
    page.click("#view-documents")
    expect(page.locator("#shelf tbody tr").first).to_be_visible()
    made.append(_taken(page, language, 5, "documents"))
    page.click("#view-evidence")
    expect(page.locator(".entries > [data-row]").first).to_be_visible()
    made.append(_taken(page, language, 6, "evidence"))
    page.click("#view-conversations")
    expect(page.locator(".conversations li").first).to_be_visible()
    made.append(_taken(page, language, 7, "history"))
    if os.environ.get("YINZHENG_TOUR"):  # make tour
        SHOWN.mkdir(exist_ok=True)
        for path in made:
            shutil.copy(path, SHOWN / path.name)
    text = PAGES[language].read_text("utf-8")
    assert re.findall(r"!\[[^\]]+\]\([./]*tour/([\w-]+\.png)\)", text) == [path.name for path in made]
    for path in made:
        assert _size(SHOWN / path.name) == _size(path), f"{path.name}: make tour"


def _taken(page: Page, language: str, number: int, name: str) -> Path:
    """A picture of the page, in few colours: half a dozen of them are in the repository."""
    folder = ARTIFACTS / "tour"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number}-{name}-{language}.png"
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(64)
    few.save(path, optimize=True)
    return path


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size
