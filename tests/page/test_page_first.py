"""How soon the page is there, that it does not jump, and that texts that run from right to left are shown so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from index.ingest import add_file
from index.local import create_library
from rag.answer import Assistant
from tests.fakes import NumberReader, TermEmbedder, plain_calibration
from tests.page.conftest import OpenPage, ask, marked, picture
from tests.page.test_page_kinds import violations
from tests.page.test_page_looks import fits

PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
SHIFTS = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(0), 500);
})"""
ARABIC = "# المحمية الشمالية\n\nأحصى الحراس 412 طائرا في المحمية في شهر سبتمبر. وكان المدير سعيدا.\n"
HEBREW = "# השמורה\n\nהפקחים ספרו 315 ציפורים בשמורה בחודש מאי. המנהל שמח.\n"
DIRECTION = "part => getComputedStyle(part).direction"


@pytest.mark.alone
@pytest.mark.parametrize("width", [1366, 390])
def test_the_page_is_there_soon_and_does_not_jump(open_page: OpenPage, url: str, width: int) -> None:
    painted = []
    for _ in range(3):  # each with nothing in the browser's cache
        page = open_page(url, width=width)
        page.wait_for_selector("#settings summary")
        painted.append(page.evaluate(PAINTED))
        if painted[-1] < 1500:
            break
    assert min(painted) < 1500, painted  # milliseconds
    assert page.evaluate(SHIFTS) < 0.1
    ask(page, "武汉有多少个中小企业服务工作站？")
    assert page.evaluate(SHIFTS) < 0.1


@pytest.fixture(scope="module")
def right_to_left(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant on two short documents."""
    folder: Path = tmp_path_factory.mktemp("right-to-left")
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    for name, text in (("arabic.md", ARABIC), ("hebrew.md", HEBREW)):
        path = folder / name
        path.write_text(text, "utf-8")
        assert add_file(library, fake, path).state == "added"
    return Assistant(library, fake, NumberReader(), plain_calibration())


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("كم طائرا أحصى الحراس في المحمية في سبتمبر؟", "أحصى الحراس 412 طائرا في المحمية في شهر سبتمبر."),
        ("כמה ציפורים ספרו הפקחים בשמורה בחודש מאי?", "הפקחים ספרו 315 ציפורים בשמורה בחודש מאי."),
    ],
)
def test_documents_from_right_to_left_are_shown_so(
    open_page: OpenPage, right_to_left: Assistant, serve: Callable[[Assistant], str], question: str, quoted: str
) -> None:
    page = open_page(serve(right_to_left), "en-US", 390)
    ask(page, question)
    quote = page.locator(".quote blockquote").first
    assert quote.evaluate("part => part.textContent").strip() == quoted
    for shown in (".turn .question", ".quote blockquote"):
        assert page.locator(shown).first.evaluate(DIRECTION) == "rtl", shown
    picture(page, f"right-to-left-{quoted[:4]}")
    assert fits(page)
    page.locator(".quote .cite").first.click()
    assert marked(page) == quoted
    assert _direction_of_mark(page) == "rtl"
    assert violations(page) == ""


def _direction_of_mark(page: Page) -> str:
    return str(page.locator("#document mark").first.evaluate(DIRECTION))
