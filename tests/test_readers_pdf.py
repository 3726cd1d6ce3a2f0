"""PDFs: paragraphs over lines, columns and pages; running heads; where a quote stands on the picture of its page."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.apart import page_boxes_apart, page_picture_apart, read_apart
from index.errors import UnreadableFile
from index.readers import pictures, read
from index.readers.pdf import page_boxes, page_picture
from index.records import ReadFile
from index.split import sentence_spans
from tests.test_readers import FILES, assert_sound, blocks, place_of

GUIDE = (FILES / "libreoffice-guide.pdf").read_bytes()

PAPER = """<html lang="en"><head><meta charset="utf-8"><title>Untitled</title><style>
body {{ font: 10pt "DejaVu Serif"; }} .columns {{ column-count: 2; text-align: justify; hyphens: auto }}
p {{ text-indent: 1.5em; margin: 0 }}</style></head>
<body><h1>Harbour studies</h1><div class="columns">{}</div></body>"""
PARAGRAPH = (
    "Paragraph {0} of this paper begins here, and it talks about the harbour, its pilots, the weather of the year {1}, "
    "and of the log-books that were brought in, which were {2}. Then a second sentence follows, so that lines are "
    "wrapped and the space between the columns matters for number {0}."
)


def printed(source: Path, folder: Path, heads: bool = False) -> bytes:
    """What Chromium prints to PDF, with its own running head and foot or without."""
    target = folder / f"{source.stem}.pdf"
    options = [] if heads else ["--no-pdf-header-footer"]
    subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"),
            *(*options, f"--print-to-pdf={target}", source.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target.read_bytes()


@pytest.fixture(scope="module")
def notice_data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The notice on two pages, as a government's office prints it."""
    return printed(FILES / "notice.html", tmp_path_factory.mktemp("print"))


@pytest.fixture(scope="module")
def notice(notice_data: bytes) -> ReadFile:
    return read(notice_data, "notice.pdf")


def test_a_notice_as_a_government_prints_it(notice: ReadFile) -> None:
    assert_sound(notice)
    assert notice.title == "关于开展中小企业数字化转型试点工作的通知"
    assert notice.origin.date == ""  # that of printing says nothing
    assert "关于开展中小企业数字化转型试点工作的通知" in blocks(notice)  # over two lines, centred
    assert [words for words in blocks(notice) if words[1:2] == "、"] == [
        "一、总体目标",
        "二、申报条件",
        "三、支持政策",
        "四、组织实施",
    ]
    assert all(block.level for block in notice.blocks if notice.text[block.start + 1] == "、")
    assert place_of(notice, "全市完成不少于320家中小企业的数字化改造") == "1"
    assert place_of(notice, "首批资金在项目立项后三十个工作日内拨付，其余资金在验收合格以后一次性拨付。") == "2"
    assert place_of(notice, "联系电话：027-85318842") == "2"
    assert "生物医药 80 江北区" in blocks(notice)
    assert blocks(notice)[-2:] == ["江河市经济和信息化局", "2024年8月1日"]
    # A sentence goes on over the end of the page, in one block.
    assert (
        "（三）近三年内未发生重大安全、环保和质量事故；（四）具有明确的数字化改造需求和专门的工作团队。" in notice.text
    )
    assert [place.label for place in notice.places] == ["1", "2"]


def test_every_sentence_of_the_notice_is_whole(notice: ReadFile) -> None:
    source = (FILES / "notice.html").read_text(encoding="utf-8")
    words = "".join(source.split())
    for block in notice.blocks:
        for span in sentence_spans(notice.text, block.start, block.end):
            sentence = notice.text[span.start : span.end]
            if " " not in sentence:  # but for the table's rows
                assert sentence in words


def test_columns_running_heads_and_hyphens(tmp_path: Path) -> None:
    paper = tmp_path / "paper.html"
    texts = [PARAGRAPH.format(number, 1870 + number, number * 37) for number in range(1, 41)]
    paper.write_text(PAPER.format("".join(f"<p>{text}</p>" for text in texts)), encoding="utf-8")
    found = read(printed(paper, tmp_path, heads=True), "paper.pdf")
    assert_sound(found)
    assert found.title == "Harbour studies"
    assert blocks(found) == ["Harbour studies", *texts]
    assert len(found.places) >= 2


SECTIONS = """<html lang="zh"><head><meta charset="utf-8"><title>汇编</title><style>
@page {{ size: A4; margin: 25mm; @top-right {{ content: "滨海市文件汇编 第" counter(page) "页"; font-size: 9pt }}
@bottom-center {{ content: "— " counter(page) " —"; font-size: 12pt }} }} body {{ font: 14pt/1.6 "Noto Serif CJK SC" }}
table {{ border-collapse: collapse; width: 100% }} td, th {{ border: 1px solid; }} .new {{ break-before: page }}
h2 {{ font-size: 14pt; text-align: center }} p {{ text-indent: 2em; margin: 0 }} .right {{ text-align: right }}
</style></head><body><h1>滨海市企业名录</h1><table><tr><th>序号</th><th>企业名称</th><th>主营业务</th><th>金额</th></tr>{0}</table>{1}
<h2 class="new">第三章　附则</h2><p class="new">{2}</p>
<p class="right new">滨海市人民政府</p><p class="right">2023年9月15日</p><p>（此件公开发布）</p></body>"""
LAST_RULE = "第十条 列入本名录的企业可以优先申报市级专项资金，并由所在地的服务站指定专人联系，本名录自印发之日起施行。"
COMPANY = "滨海第{0}机械制造与技术服务股份有限公司", "高端装备制造，数控机床及其关键零部件的研发与生产"


def test_rows_of_cells_signatures_and_headings_that_begin_pages(tmp_path: Path) -> None:
    names, business = COMPANY
    rows = [(str(number), names.format(number), business, f"{number * 12.5:.1f}") for number in range(1, 4)]
    sections = [f"{number}.2　范围" for number in (1, 4, 7)]
    source = tmp_path / "list.html"
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    chapters = "".join(f'<h3 class="new">{words}</h3><p>本节适用于各县（市、区）。</p>' for words in sections)
    source.write_text(SECTIONS.format(cells, chapters, LAST_RULE), encoding="utf-8")
    data = printed(source, tmp_path)
    found = read(data, "list.pdf")
    assert_sound(found)
    assert blocks(found)[2:5] == [" ".join(row) for row in rows]  # cells of several lines, and a row of them a block
    assert [words for words in blocks(found) if "范围" in words] == [words.replace("　", " ") for words in sections]
    assert [words for words in blocks(found) if "汇编" in words or "—" in words] == []
    assert blocks(found)[-5:] == [
        "第三章 附则",
        LAST_RULE,
        "滨海市人民政府",
        "2023年9月15日",
        "（此件公开发布）",
    ]
    start, end = at(found.text, " ".join(rows[1]))
    assert sorted(under(data, found, start, end)) == sorted("".join(rows[1]))


def test_a_guide_from_libreoffice() -> None:
    found = read(GUIDE, "guide.pdf")
    assert_sound(found)
    assert (found.title, found.origin.author) == ("A Guide to the Harbour Archive", "Edda Holm")
    assert blocks(found, 1) == ["A Guide to the Harbour Archive"]
    assert blocks(found, 2) == ["Finding a log-book", "Copies"]
    assert place_of(found, "tells of the wreck of the barque Aurelia.") == "1"
    assert place_of(found, "the brass chronometer that was used on the survey of 1884") == "2"
    assert "\n" not in blocks(found)[1]


def under(data: bytes, found: ReadFile, start: int, end: int) -> str:
    """What pdfium finds in the boxes of a quote, without blank space."""
    import pypdfium2

    words = ""
    document = pypdfium2.PdfDocument(data)
    for boxes in page_boxes(data, found.text, found.places, start, end):
        page = document[boxes.page - 1]
        width, height = page.get_size()
        for area in boxes.areas:
            assert 0 <= area.left <= area.left + area.width <= 1
            assert 0 <= area.top <= area.top + area.height <= 1
            words += page.get_textpage().get_text_bounded(
                left=area.left * width - 0.5,
                right=(area.left + area.width) * width + 0.5,
                top=(1 - area.top) * height + 0.5,
                bottom=(1 - area.top - area.height) * height - 0.5,
            )
    return "".join(words.replace("\ufffe", "-").split())


@given(data=st.data())
@settings(max_examples=60)
@pytest.mark.parametrize("which", ["notice", "guide"])
def test_the_quote_stands_under_its_boxes(notice_data: bytes, which: str, data: st.DataObject) -> None:
    pdf = notice_data if which == "notice" else GUIDE
    found = read(pdf, "a.pdf")
    start = data.draw(st.integers(0, len(found.text) - 1))
    end = data.draw(st.integers(start + 1, min(len(found.text), start + 200)))
    quote = "".join(found.text[start:end].split())
    words = under(pdf, found, start, end)
    assert sorted(quote) == sorted(words) or quote in words
    assert len(words) <= len(quote) + 4 * (1 + quote.count("\n")) + 8


def test_no_boxes_rather_than_wrong_ones() -> None:
    found = read(GUIDE, "guide.pdf")
    start = found.text.index("barque Aurelia")
    assert page_boxes(GUIDE, found.text, found.places, start, start + 14)
    other = found.text.replace("Aurelia", "Amelia!")
    assert page_boxes(GUIDE, other, found.places, start, start + 14) == ()
    assert page_boxes(GUIDE, found.text, [replace(place, kind="slide") for place in found.places], 0, 9) == ()


def test_a_quote_over_two_pages_has_boxes_on_both(notice_data: bytes, notice: ReadFile) -> None:
    start = notice.text.index("（三）近三年内未发生")
    end = notice.text.index("专门的工作团队。") + len("专门的工作团队。")
    found = page_boxes(notice_data, notice.text, notice.places, start, end)
    assert [boxes.page for boxes in found] == [1, 2]
    assert page_boxes_apart(notice_data, notice.text, notice.places, start, end) == found


def test_the_picture_of_a_page() -> None:
    from PIL import Image

    picture = Image.open(io.BytesIO(page_picture(GUIDE, 2, 1.0)))
    assert picture.format == "PNG"
    assert abs(picture.height / picture.width - 792 / 612) < 0.2
    assert max(Image.open(io.BytesIO(page_picture(GUIDE, 1, 1000.0))).size) <= 4001
    assert page_picture_apart(GUIDE, 2, 1.0) == page_picture(GUIDE, 2, 1.0)
    with pytest.raises(UnreadableFile, match="has no page 3"):
        page_picture_apart(GUIDE, 3)


def scanned() -> bytes:
    """A PDF whose second page is only a picture of text, as a scanner makes it."""
    import pypdfium2
    from PIL import Image

    picture = Image.open(io.BytesIO(page_picture(GUIDE, 1, 300 / 72))).convert("L")
    written = io.BytesIO()
    picture.save(written, "PDF", resolution=300)
    whole = pypdfium2.PdfDocument(GUIDE)
    whole.import_pages(pypdfium2.PdfDocument(written.getvalue()), index=1)
    saved = io.BytesIO()
    whole.save(saved)
    return saved.getvalue()


def test_a_page_without_text_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    pictures._languages.cache_clear()
    found = read(scanned(), "scan.pdf")
    pictures._languages.cache_clear()
    assert [place.label for place in found.places] == ["1", "3"]
    [note] = found.notes
    assert note.startswith("page 2 holds no text; install Tesseract")
    with pytest.raises(UnreadableFile, match=r"no text in it \(page 1 holds no text; install Tesseract"):
        read(scanned_only(), "scan.pdf")
    pictures._languages.cache_clear()


def scanned_only() -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.new("L", (600, 800), 255).save(written, "PDF")
    return written.getvalue()


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_scanned_page_is_read_by_tesseract() -> None:
    data = scanned()
    found = read_apart(data, "scan.pdf")
    assert_sound(found)
    assert found.notes == ("page 2 holds no text of its own; it was read from the picture by Tesseract",)
    [second] = [place for place in found.places if place.label == "2"]
    quote = "which begins on the third of February 1871"
    start = found.text.index(quote, second.start)
    assert start < second.end
    [boxes] = page_boxes_apart(data, found.text, found.places, start, start + len(quote))
    assert boxes.page == 2
    expected = page_boxes(GUIDE, read(GUIDE, "g").text, read(GUIDE, "g").places, *at(read(GUIDE, "g").text, quote))
    assert abs(boxes.areas[0].top - expected[0].areas[0].top) < 0.02
    assert abs(boxes.areas[0].left - expected[0].areas[0].left) < 0.02


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_scanned_chinese_page_is_read_by_tesseract(notice_data: bytes) -> None:
    from PIL import Image

    written = io.BytesIO()
    Image.open(io.BytesIO(page_picture(notice_data, 1, 300 / 72))).convert("L").save(written, "PDF", resolution=300)
    found = read(written.getvalue(), "scan.pdf")
    assert "数字化转型试点工作" in found.text
    assert "中小企业" in found.text


def at(text: str, quote: str) -> tuple[int, int]:
    start = text.index(quote)
    return start, start + len(quote)
