"""The Documents tab, limited questions and pictures of pages in a real browser; pictures kept under artifacts/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from index.collections import collect
from index.ingest import add_file
from page import removing
from page.answering import Here
from page.quotes import digest
from rag.answer import Assistant
from rag.quote import sentence_around
from tests.fakes import NumberReader, TermEmbedder, plain_calibration
from tests.page.conftest import OpenPage, ask, marked, picture
from tests.page.made import made_library
from tests.page.test_page_documents import FILES, PDF
from tests.page.test_page_kinds import violations
from tests.page.test_page_looks import CONTRAST, fits

HOSTILE = "<img src=x onerror=alert(1)>.txt"


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    """An assistant that answers from numbers, on two made documents, a PDF and a table."""
    library = made_library(tmp_path)
    for name in ("libreoffice-guide.pdf", "libreoffice-stations.xlsx"):
        assert add_file(library, TermEmbedder(), FILES / name).state == "added"
    return Assistant(library, TermEmbedder(), NumberReader(), plain_calibration(0.0))


@pytest.fixture
def url(assistant: Assistant, serve: Callable[[Assistant], str]) -> str:
    return serve(assistant)


def documents(page: Page) -> Page:
    page.click("#view-documents")
    page.wait_for_selector("#shelf tbody tr")
    return page


def names(page: Page) -> list[str]:
    return page.locator("#shelf tbody .title .name").all_inner_texts()


def test_files_are_dropped_chosen_and_told_of_while_questions_are_answered(
    open_page: OpenPage, url: str, tmp_path: Path, assistant: Assistant
) -> None:
    page = documents(open_page(url))
    (tmp_path / "avocets.txt").write_text("The saltmarsh survey counted 412 avocets.", encoding="utf-8")
    (tmp_path / HOSTILE).write_text("There are 77 lapwings.", encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    page.set_input_files("#shelf .file", [tmp_path / "avocets.txt", tmp_path / HOSTILE, tmp_path / "broken.pdf"])
    page.wait_for_selector("#shelf .adding .dismiss:visible")
    said = page.locator("#shelf .outcomes li").all_inner_texts()
    assert said[0].split() == ["avocets.txt", "已加入，1", "段"]
    assert HOSTILE in said[1] and "broken.pdf" in said[2] and "没能加入" in said[2]
    page.wait_for_selector("#shelf .files li.failed")
    assert "6 份文档" in page.inner_text("#top .library")
    picture(page, "documents-added")
    assert HOSTILE in [entry.name for entry in assistant.library.documents()]

    # Dropped: the same name again, changed.
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["The saltmarsh survey counted 500 avocets."], "avocets.txt"));
          document.querySelector("#shelf .drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_selector("#shelf .outcomes .replaced")
    page.wait_for_selector("#shelf .adding .dismiss:visible")
    assert "6 份文档" in page.inner_text("#top .library")
    page.click("#view-ask")
    ask(page, "How many avocets did the saltmarsh survey count?")
    assert "500" in page.inner_text(".answer .short")


def test_the_list_is_sorted_searched_edited_and_removed_with_the_keyboard(
    open_page: OpenPage, url: str, assistant: Assistant
) -> None:
    page = open_page(url, locale="en-US")
    page.focus("#view-ask")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#shelf tbody tr")
    assert page.get_attribute("#view-documents", "aria-selected") == "true" and page.locator("#talk").is_hidden()
    page.focus("#shelf [data-sort=bytes]")
    page.keyboard.press("Enter")
    assert page.get_attribute("#shelf th.bytes", "aria-sort") == "ascending"
    page.keyboard.press("Enter")
    sizes = [entry.bytes for entry in assistant.library.documents()]
    titles = {entry.bytes: entry.title for entry in assistant.library.documents()}
    assert names(page) == [titles[size] for size in sorted(sizes, reverse=True)]
    page.fill("#shelf .search", "news.md")
    assert names(page) == ["江城晚报：服务站建设提速"]
    assert page.inner_text("#shelf .count") == "1 of 4 documents"

    page.focus("#shelf [data-edit]")
    page.keyboard.press("Enter")
    page.fill("#shelf [name=author]", "Zhang San")
    page.fill("#shelf [name=title]", "The <b>evening</b> news")
    page.fill("#shelf dialog .new", "Press")
    page.keyboard.press("Enter")
    page.wait_for_selector("#shelf dialog [data-collection=Press]:checked")
    page.fill("#shelf [name=date]", "2024-03")
    page.keyboard.press("Enter")
    page.wait_for_selector("#shelf dialog", state="hidden")
    page.wait_for_selector("#shelf tbody .tag")
    assert names(page) == ["The <b>evening</b> news"]
    [edited] = [entry for entry in assistant.library.documents() if entry.name == "news.md"]
    assert (edited.origin.author, edited.origin.date, edited.collections) == ("Zhang San", "2024-03", ("Press",))

    page.fill("#shelf .search", "")
    page.locator(f"#shelf tr[data-id='{edited.id}'] [data-remove]").press("Enter")
    page.wait_for_selector("#shelf .removed [data-undo]")
    assert len(names(page)) == 3 and len(assistant.library.documents()) == 4
    page.keyboard.press("Enter")  # the focus is on Undo
    page.wait_for_selector(f"#shelf tr[data-id='{edited.id}']")
    page.locator(f"#shelf tr[data-id='{edited.id}'] [data-remove]").press("Enter")
    page.wait_for_selector("#shelf .removed [data-undo]")
    page.click("#view-ask")  # left: then it is done
    page.wait_for_function("document.querySelector('#top .library').textContent.includes('Documents: 3 ')")
    assert edited.id not in [entry.id for entry in assistant.library.documents()]


def test_an_addition_is_cancelled_and_nothing_of_it_is_left(
    open_page: OpenPage, assistant: Assistant, serve: Callable[[Here], str], tmp_path: Path
) -> None:
    import threading

    from index.embed import Vectors

    go = threading.Event()

    class Waiting(TermEmbedder):
        def embed_passages(self, texts: object) -> Vectors:
            go.wait(20)
            return super().embed_passages(texts)  # type: ignore[arg-type]

    class Slow(Here):
        @property
        def embedder(self) -> TermEmbedder:
            return Waiting()

    before = assistant.library.counts()
    page = documents(open_page(serve(Slow(assistant)), locale="en-US"))
    text = " ".join(f"Sentence {number} of this long report is here." for number in range(2000))
    (tmp_path / "long.txt").write_text(text, encoding="utf-8")
    page.set_input_files("#shelf .file", tmp_path / "long.txt")
    page.wait_for_function("document.querySelector('#shelf .says').textContent.includes('now long.txt')")
    page.set_input_files("#shelf .file", tmp_path / "long.txt")
    page.wait_for_selector("#shelf .documents > .wrong:visible")
    assert page.inner_text("#shelf .documents > .wrong").startswith("Files are still being added")
    picture(page, "documents-adding")
    page.click("#view-ask")
    ask(page, "全市有多少个服务站？")  # answered meanwhile
    page.click("#view-documents")
    page.wait_for_selector("#shelf .files li")
    assert page.locator("#shelf .files li").inner_text().split() == ["long.txt", "split"]
    page.click("#shelf .adding .cancel")
    go.set()
    page.wait_for_function("document.querySelector('#shelf .says').textContent.startsWith('Cancelled')")
    assert assistant.library.counts() == before
    page.wait_for_selector("#shelf .files", state="hidden")


def test_a_question_is_limited_and_the_foot_says_so(open_page: OpenPage, url: str, assistant: Assistant) -> None:
    [news] = [entry.id for entry in assistant.library.documents() if entry.name == "news.md"]
    collect(assistant.library, "报纸", [news])
    collect(assistant.library, "空的", [])
    page = open_page(url)
    page.click("#scope summary")
    page.wait_for_selector("#scope [data-name=报纸]")
    picture(page, "picker")
    assert violations(page) == "" and page.evaluate(CONTRAST) == []
    page.check("#scope [data-name=报纸]")
    page.keyboard.press("Escape")
    assert page.inner_text("#scope .now") == "在 集合“报纸” 中"
    ask(page, "全市有多少个服务站？")
    assert "398个" in page.inner_text(".answer .short")
    assert page.inner_text(".turn:last-child .searched").startswith("在集合“报纸”中 检索 1 份文档")
    page.reload()
    page.wait_for_selector("#scope .limited")
    page.click("#scope summary")
    page.wait_for_selector("#scope [data-name=空的]")
    page.uncheck("#scope [data-name=报纸]")
    page.check("#scope [data-name=空的]")
    ask(page, "全市有多少个服务站？")
    assert page.locator(".turn:last-child .not-found").count() == 1
    assert "检索 0 份文档、0 段" in page.inner_text(".turn:last-child .searched")
    page.click("#scope summary")
    page.click("#scope .reset")
    assert page.inner_text("#scope .now") == "在全部文档中"
    page.keyboard.press("Escape")
    ask(page, "全市有多少个服务站？")
    assert page.locator(".turn:last-child .within").count() == 0


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("zh-CN", 1366, "light"), ("en-US", 390, "light"), ("en-US", 1366, "dark"), ("zh-CN", 390, "dark")],
)
def test_the_tab_in_every_look_and_a_page_of_a_pdf(
    open_page: OpenPage, url: str, assistant: Assistant, locale: str, width: int, scheme: str
) -> None:
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    [guide] = [entry.id for entry in assistant.library.documents() if entry.name == PDF.name]
    collect(assistant.library, "海事", [guide])
    page = documents(open_page(url, locale, width, scheme))
    contrast = CONTRAST.replace("#conversation *", "#conversation *, #shelf *, #views *, #scope *")
    picture(page, f"documents-{look}")
    assert fits(page) and page.evaluate(contrast) == [] and violations(page) == ""
    tabs, top = page.locator("#views").bounding_box(), page.locator("#top h1").bounding_box()
    assert tabs and top and (tabs["x"] >= top["x"] + top["width"] or tabs["y"] >= top["y"] + top["height"])
    page.locator("#shelf [data-edit]").first.click()
    picture(page, f"editing-{look}")
    assert fits(page) and page.evaluate(contrast) == [] and violations(page) == ""
    page.keyboard.press("Escape")
    page.locator("#shelf [data-remove]").first.click()
    page.wait_for_selector("#shelf .removed [data-undo]")
    picture(page, f"removed-{look}")
    page.click("#shelf [data-undo]")
    page.click("#view-ask")
    document = assistant.library.document(guide)
    at = document.text.index("brass chronometer")
    around = sentence_around(document, at)
    assert around is not None
    quoted = document.text[around[0] : around[1]]
    page.goto(f"{url}?document={guide}&start={around[0]}&end={around[1]}&digest={digest(quoted)}")
    assert marked(page) == quoted
    page.wait_for_selector("#document .page img")
    page.wait_for_selector("#document .page .box")
    page.locator("#document .page .box").first.scroll_into_view_if_needed()
    picture(page, f"page-{look}")
    assert ("第 2 页" if locale == "zh-CN" else "page 2") in page.inner_text("#document .place")
    assert page.inner_text("#document .page .number") == ("第 2 页" if locale == "zh-CN" else "Page 2")
    assert fits(page) and page.evaluate(contrast) == [] and violations(page) == ""


def test_a_quote_over_two_pages_is_turned_from_one_to_the_other(
    open_page: OpenPage, url: str, assistant: Assistant
) -> None:
    [guide] = [entry.id for entry in assistant.library.documents() if entry.name == PDF.name]
    document = assistant.library.document(guide)
    [first, second] = document.places
    start, end = first.end - 20, second.start + 30
    mark = digest(document.text[start:end])
    page = open_page(url, "en-US")
    page.goto(f"{url}?document={guide}&start={start}&end={end}&digest={mark}")
    for number, button in (("Page 1", ".later"), ("Page 2", ".earlier")):
        page.wait_for_selector("#document .page .box")
        assert page.inner_text("#document .page .number") == number
        page.locator(f"#document .page {button}").press("Enter")
        page.wait_for_function(f"document.querySelector('#document .page .number').textContent !== '{number}'")
    page.wait_for_selector("#document .page .box")
    assert page.locator("#document .page .earlier").is_disabled()


def test_a_removal_is_done_although_the_page_is_closed(
    open_page: OpenPage, serve: Callable[[Assistant], str], assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removing.Removals.__init__, "__defaults__", (0.5,))
    page = documents(open_page(serve(assistant)))
    page.locator("#shelf [data-remove]").first.click()
    page.wait_for_selector("#shelf .removed [data-undo]")
    page.goto("about:blank")
    page.wait_for_timeout(1500)
    assert assistant.library.counts().documents == 3
