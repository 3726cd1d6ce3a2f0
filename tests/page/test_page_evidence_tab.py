"""The Evidence tab in a real browser: adding, selecting, keeping, exporting, checking; pictures under artifacts/."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Page

from index.ingest import add_file
from index.records import Document
from page.answering import Answering
from page.document import AROUND
from rag.answer import Assistant
from rag.evidence import Entry, open_evidence
from tests.fakes import TermEmbedder, with_threshold
from tests.page.conftest import OpenPage, ask, marked, picture
from tests.page.made import ONE, PARTS, REFUSED, MadeUp, made_library
from tests.page.test_page_kinds import violations
from tests.page.test_page_looks import CONTRAST, fits

MILL = (
    "# The mill 🏭\r\n\r\n"
    "The chair said, “We will 👩‍👩‍👧 not sell the mill 🏭 this year.”\r\n\r\n"
    "Unless the council 𠀋 agrees,\r\nthe mill stays <b>shut</b>.\r\n"
)
REPORT = (
    "他们写道：“全市已建成中小企业服务站412个，覆盖全部街道。”\n\n"
    "又说：“其中江岸区36个、武昌区41个、洪山区52个，其余分布在各远城区。”\n\n还说：“月球上的服务站从来不用排队。”\n"
)
OWN_CONTRAST = CONTRAST.replace('"#top *,', '"#evidence *, #views *, #evidence-said, #top *,')


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> MadeUp:
    folder = tmp_path_factory.mktemp("evidence")
    library = made_library(folder)
    for name, text in (("mill.md", MILL), ("long.txt", "🏭前" * AROUND + "中间这一句要选。" + "后\r\n" * AROUND)):
        (folder / name).write_bytes(text.encode())
        assert add_file(library, TermEmbedder(), folder / name).state == "added"
    return MadeUp(library)


@pytest.fixture(scope="module")
def made_url(made_up: MadeUp, serve: Callable[[Answering], str]) -> str:
    return serve(made_up)


def fresh(made_up: MadeUp) -> None:
    """No reports."""
    evidence = open_evidence(made_up.library.folder)
    for report in evidence.reports():
        evidence.delete(report.id)
    evidence.close()


def kept(made_up: Answering) -> list[Entry]:
    evidence = open_evidence(made_up.library.folder)
    found = [entry for report in evidence.reports() for entry in evidence.entries(report.id)]
    evidence.close()
    return found


def document(made_up: MadeUp, name: str) -> Document:
    return next(made_up.library.document(one.id) for one in made_up.library.documents() if one.name == name)


def said(page: Page, text: str) -> None:
    page.wait_for_function("text => document.querySelector('#evidence-said').textContent.includes(text)", arg=text)


def add_a_mention(page: Page) -> None:
    """One that is not in the report: a press on one that is goes to it there, once the server has answered."""
    before = page.locator(".entry").count()
    page.locator(".group .add:not(.held)").first.click()
    page.wait_for_function("before => document.querySelectorAll('.entry').length === before + 1", arg=before)


def have_read(page: Page) -> None:
    """What speaks to the question that stands there."""
    page.locator("[data-form=mentions] [value=speaks]").click()
    page.wait_for_selector("[data-part=mentions] .why")
    page.wait_for_timeout(300)


def test_a_quote_is_added_by_key_kept_over_a_restart_widened_and_exported(
    open_page: OpenPage, page_assistant: Assistant, serve: Callable[[Assistant | Answering], str], tmp_path: Path
) -> None:
    page = open_page(serve(with_threshold(page_assistant, 0.0)))
    ask(page, "光谷东智从成立到投产用了多长时间？")
    page.locator(".quote .add").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".quote .add.held")
    assert page.locator(".quote .add").first.inner_text() == "已在“报告”中"
    quote = page.locator(".quote blockquote").first.text_content()

    page = open_page(serve(with_threshold(page_assistant, 0.0)))  # another page, another browser, the same disk
    page.focus("#view-ask")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")  # the last but one
    page.wait_for_selector(".entry")
    assert page.locator(".entry > blockquote").text_content() == quote
    assert "光谷东智从成立到投产用了多长时间？" in page.inner_text(".entry")
    page.click(".entry .open")
    assert marked(page) == quote
    page.click("#document .close")
    page.fill(".entry textarea", "第一章")
    page.click(".adjust summary")
    said(page, "备注已保存")
    page.click("[data-do=wider_after]")
    page.wait_for_function(
        "text => document.querySelector('.entry > blockquote').textContent.length > text.length", arg=quote
    )
    assert page.locator(".adjust").get_attribute("open") is not None  # what was unfolded stays so
    button = page.locator(".entry .open")
    assert int(str(button.get_attribute("data-end"))) - int(str(button.get_attribute("data-start"))) > len(str(quote))
    wide = str(page.locator(".entry > blockquote").text_content())
    page.click("[data-key=export] summary")
    with page.expect_download() as download:
        page.click("[data-form=export] button")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "报告.docx"
    paragraphs = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    assert any(wide in paragraph for paragraph in paragraphs) and "第一章" in "\n".join(paragraphs)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mill.md", "👩‍👩‍👧 not sell the mill 🏭"),
        ("mill.md", "this year.”\r\n\r\nUnless the council 𠀋 agrees,\r\nthe mill"),
        ("long.txt", "中间这一句要选。"),
    ],
)
def test_selected_words_are_added_exactly(
    open_page: OpenPage, made_up: MadeUp, made_url: str, name: str, text: str
) -> None:
    fresh(made_up)
    opened = document(made_up, name)
    start = opened.text.index(text)
    end = start + len(text)
    page = open_page(f"{made_url}?document={opened.id}&start={end - 1}&end={end}&digest=")
    page.wait_for_selector("#document mark")
    page.wait_for_selector("#document .add-shown:not([hidden])")
    page.evaluate(
        """text => {
          const walker = document.createTreeWalker(document.querySelector("#document .text"), NodeFilter.SHOW_TEXT);
          const nodes = [];
          while (walker.nextNode()) nodes.push(walker.currentNode);
          const at = nodes.map((node) => node.data).join("").indexOf(text);
          const point = (place) => {
            for (const node of nodes) {
              if (place <= node.length) return [node, place];
              place -= node.length;
            }
          };
          getSelection().setBaseAndExtent(...point(at), ...point(at + text.length));
        }""",
        text,
    )
    count = len(text)
    page.wait_for_function(
        "count => document.querySelector('.add-shown').textContent.includes(` ${count} `)", arg=count
    )
    page.keyboard.press("e")
    page.wait_for_selector(".add-shown.held")
    [entry] = kept(made_up)
    assert (entry.document, entry.start, entry.end, entry.text) == (opened.id, start, start + count, text)
    page.click("#view-evidence")
    page.wait_for_selector(".entry")
    assert page.locator(".entry > blockquote").text_content() == text


def test_the_list_is_used_with_the_keyboard_alone(open_page: OpenPage, made_up: MadeUp, made_url: str) -> None:
    fresh(made_up)
    page = open_page(made_url)
    ask(page, PARTS)
    for place in range(2):
        page.locator(".quote .add").nth(place).press("Enter")
        page.wait_for_function("count => document.querySelectorAll('.quote .add.held').length === count", arg=place + 1)
    entry = kept(made_up)[0]
    page.click("#view-evidence")
    page.locator(".adjust summary").first.press("Enter")
    page.locator("[data-do=wider_after]").first.press("Enter")
    page.wait_for_function(
        "count => document.querySelector('.entry blockquote').textContent.length > count", arg=len(entry.text)
    )
    page.click("#view-ask")
    assert page.locator(".quote .add.held").count() == 2  # also the one that was widened
    page.locator(".candidates summary").press("Enter")
    page.locator(".candidates .add").first.press("Enter")
    said(page, "第 3 条")
    before = [entry.text for entry in kept(made_up)]
    page.focus("#view-ask")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")  # the last but one
    page.locator("[data-do=down]").first.press("Enter")
    page.wait_for_function("document.activeElement.ariaLabel === '下移第 2 条'")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.entry:last-child')")
    assert [entry.text for entry in kept(made_up)] == [*before[1:], before[0]]
    page.locator("[data-do=remove]").last.press("Enter")
    said(page, "已移除")
    page.wait_for_function("document.activeElement.matches('.entry:last-child')")
    page.locator(".manage summary").press("Enter")
    page.fill("[data-form=create] input", "第二份 <i>&")
    page.keyboard.press("Enter")
    said(page, "已建立“第二份 <i>&”")
    assert page.locator(".entry").count() == 0
    page.locator("[data-choose]").select_option(index=0)
    page.wait_for_selector(".entry")
    page.locator(".manage .delete").press("Enter")
    page.locator(".manage .delete").press("Enter")
    said(page, "已删除")
    assert [entry.text for entry in kept(made_up)] == []


def test_the_order_is_changed_by_dragging(open_page: OpenPage, made_up: MadeUp, made_url: str) -> None:
    fresh(made_up)
    evidence = open_evidence(made_up.library.folder)
    report, long = evidence.create("报告").id, document(made_up, "report.md")
    for span in long.sentences[:4]:
        evidence.add(report, long, span.start, span.end)
    evidence.close()
    one, two, three, four = (entry.text for entry in kept(made_up))
    page = open_page(made_url)
    page.set_viewport_size({"width": 1366, "height": 1800})  # all of them in view
    page.click("#view-evidence")
    page.wait_for_selector(".entry:nth-child(4)")

    def drag(place: int, to: int, part: float) -> None:
        row = page.locator(".entry").nth(to - 1)
        box = row.bounding_box()
        assert box is not None
        page.locator(".entry .drag").nth(place - 1).drag_to(
            row, target_position={"x": 200, "y": int(box["height"] * part)}
        )

    def shown_is(*texts: str) -> None:
        page.wait_for_function(
            "texts => [...document.querySelectorAll('.entry > blockquote')]"
            ".every((one, at) => one.textContent === texts[at])",
            arg=list(texts),
        )
        assert [entry.text for entry in kept(made_up)] == list(texts)

    drag(1, 3, 0.9)
    shown_is(two, three, one, four)
    drag(4, 1, 0.1)
    shown_is(four, two, three, one)
    drag(2, 3, 0.1)  # where it is already
    shown_is(four, two, three, one)
    assert page.locator(".drop-before, .drop-after, .dragged").count() == 0


def test_a_quote_is_widened_before_it_goes_in(open_page: OpenPage, made_up: MadeUp, made_url: str) -> None:
    fresh(made_up)
    mill = document(made_up, "mill.md")
    start = mill.text.index("the mill stays")
    page = open_page(f"{made_url}?document={mill.id}&start={start}&end={start + 14}&digest=")
    page.wait_for_selector("#document mark")
    page.locator(".adjust-shown summary").press("Enter")
    page.wait_for_selector(".adjust-shown .caution")  # the cut leaves out "Unless"
    page.wait_for_selector("[data-adjust=wider_before]:not([disabled])")
    picture(page, "evidence-before-adding")
    page.locator("[data-adjust=wider_before]").press("Enter")
    page.wait_for_function("document.querySelector('#document mark').textContent.startsWith('Unless')")
    page.wait_for_selector("[data-adjust=wider_after]:not([disabled])")
    assert page.evaluate("document.activeElement.dataset.adjust") == "wider_before"
    page.locator("[data-adjust=wider_after]").press("Enter")
    page.keyboard.press("e")  # at once: what was asked for goes in
    page.wait_for_selector(".add-shown.held")
    assert page.locator(".adjust-shown .caution").count() == 0
    [entry] = kept(made_up)
    page.wait_for_function("document.activeElement.matches('.adjust-shown *')")  # nothing more comes after
    [sentence] = [one for one in mill.sentences if one.start <= start < one.end]
    assert (entry.start, entry.end) == (sentence.start, sentence.end)


def test_a_marked_copy_is_downloaded(open_page: OpenPage, made_url: str, tmp_path: Path) -> None:
    page = open_page(made_url)
    page.click("#view-evidence")
    page.click("[data-key=verify] > summary")
    word = docx.Document()
    for paragraph in REPORT.split("\n\n"):
        word.add_paragraph(paragraph)
    word.save(str(tmp_path / "稿.docx"))
    page.set_input_files("[data-form=verify] input[type=file]", tmp_path / "稿.docx")
    page.click("[data-form=verify] button")
    page.wait_for_selector(".copies")
    with page.expect_download() as download:
        page.click(".copies [data-kind=docx]")
    assert download.value.suggested_filename == "稿 ✓.docx"
    download.value.save_as(tmp_path / "marked.docx")
    comments = [comment.text for comment in docx.Document(str(tmp_path / "marked.docx")).comments]
    assert len(comments) == 3 and "'6' ← '5'" in comments[1] and "not found" in comments[2]
    with page.expect_download() as download:
        page.click(".copies [data-kind=html]")
    download.value.save_as(tmp_path / "marked.html")
    assert "<del>6</del><ins>5</ins>" in (tmp_path / "marked.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("zh-CN", 1366, "light"), ("en-US", 1366, "dark"), ("en-US", 390, "light"), ("zh-CN", 390, "dark")],
)
def test_the_tab_in_every_look(
    open_page: OpenPage, made_up: MadeUp, made_url: str, locale: str, width: int, scheme: str
) -> None:
    fresh(made_up)
    look = f"{locale[:2]}-{'wide' if width > 900 else 'narrow'}-{scheme}"
    page = open_page(made_url, locale, width, scheme)
    page.click("#view-evidence")
    page.wait_for_selector("#evidence .none")
    picture(page, f"evidence-empty-{look}")
    assert fits(page) and page.evaluate(OWN_CONTRAST) == [] and violations(page) == ""

    page.click("#view-ask")
    ask(page, REFUSED)
    page.locator(".nearest .add").first.click()
    page.wait_for_selector(".nearest .add.held")
    ask(page, ONE)
    page.locator(".turn:last-child .quote .add").first.click()
    page.wait_for_selector(".turn:last-child .quote .add.held")
    page.wait_for_timeout(300)
    picture(page, f"evidence-added-{look}")
    assert fits(page) and page.evaluate(OWN_CONTRAST) == [] and violations(page) == ""
    evidence = open_evidence(made_up.library.folder)
    mill = document(made_up, "mill.md")
    start = mill.text.index("the mill stays")
    evidence.add(evidence.reports()[0].id, mill, start, start + len("the mill stays"), "with a note")
    evidence.close()

    page.locator(".turn:last-child [data-mentions]").click()
    page.wait_for_selector(".group .all")
    add_a_mention(page)
    have_read(page)
    picture(page, f"evidence-mentions-{look}")
    assert fits(page) and page.evaluate(OWN_CONTRAST) == [] and violations(page) == ""
    page.click("[data-key=mentions] > summary")
    page.click("[data-key=verify] > summary")
    page.set_input_files(
        "[data-form=verify] input[type=file]", {"name": "稿.md", "mimeType": "text/markdown", "buffer": REPORT.encode()}
    )
    page.click("[data-form=verify] button")
    page.wait_for_selector(".checked li")
    page.locator(".checked").scroll_into_view_if_needed()
    picture(page, f"evidence-checked-{look}")
    assert page.locator(".checked del").all_text_contents() == ["6"]
    assert page.locator(".checked ins").all_text_contents() == ["5"]
    assert fits(page) and page.evaluate(OWN_CONTRAST) == [] and violations(page) == ""
    page.locator(".checked .altered .open").click()
    assert marked(page) == "其中江岸区35个、武昌区41个、洪山区52个，其余分布在各远城区。"
    picture(page, f"evidence-beside-{look}")
    assert violations(page) == ""
    page.click("#document .close")
    page.click("[data-key=verify] > summary")
    page.click("[data-key=export] > summary")
    page.locator(".adjust summary").last.click()
    page.locator(".adjust").last.scroll_into_view_if_needed()
    picture(page, f"evidence-list-{look}")
    assert page.locator(".caution").count() == 1
    assert fits(page) and page.evaluate(OWN_CONTRAST) == [] and violations(page) == ""
