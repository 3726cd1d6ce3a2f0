"""Files of every format, most of them made by other programs: known quotes at known places."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.limits import Limits
from index.readers import KNOWN_SUFFIXES, read, read_source
from index.readers.source import Source
from index.records import Origin, ReadFile
from index.split import split
from tests.conftest import ROOT
from tests.texts import TEXTS

FILES = ROOT / "tests" / "data" / "files"
MADE = sorted(path for path in FILES.iterdir() if path.suffix in KNOWN_SUFFIXES)


def read_file(name: str) -> ReadFile:
    return read((FILES / name).read_bytes(), name)


def assert_sound(found: ReadFile) -> None:
    """Blocks and places are in order, within the text, apart from each other; nothing is half of a pair."""
    for spans in (found.blocks, found.places):
        end = 0
        for span in spans:
            assert end <= span.start < span.end <= len(found.text)
            end = span.end
    found.text.encode("utf-8")
    assert found.title == " ".join(found.title.split()) != ""
    assert any(found.text[block.start : block.end].strip() for block in found.blocks)


def blocks(found: ReadFile, level: int | None = None) -> list[str]:
    return [found.text[b.start : b.end].strip() for b in found.blocks if level is None or b.level == level]


def place_of(found: ReadFile, quote: str) -> str:
    """The label of the place that holds a quote; the quote has to be there exactly, and once."""
    assert found.text.count(quote) == 1
    start = found.text.index(quote)
    [place] = [place for place in found.places if place.start <= start and start + len(quote) <= place.end]
    return place.label


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_files_are_sound_and_split(path: Path) -> None:
    found = read(path.read_bytes(), path.name)
    assert_sound(found)
    parts = split(found.text, found.blocks, found.title, lambda texts: [len(text) for text in texts])
    assert parts.passages


@pytest.mark.parametrize("name", ["pandoc-report.docx", "pandoc-report.epub", "pandoc-report.html", "report.md"])
def test_a_report_from_pandoc(name: str) -> None:
    found = read_file(name)
    assert found.title == "江河市中小企业服务报告"
    assert found.origin.author == "李文清"
    if not name.endswith("docx"):  # where the date is that of making the file
        assert found.origin.date == "2024-06-30"
    assert {"服务体系", "下一步工作"} <= {words.lstrip("# ") for words in blocks(found, 1)}
    assert {"融资服务", "Services in English"} <= {words.lstrip("# ") for words in blocks(found, 2)}
    text = found.text
    assert "工作站共有专职人员1,486名，平均每站4.8名。" in text
    assert "其中夜间来电占百分之十一，多为融资咨询。" in text  # the footnote
    assert "二〇二五年起，工作站将延长服务时间至晚上八点，并在周六开放。" in text
    if name != "report.md":
        assert "来电57,210次，满意率" in text  # the footnote's number is no part of the figure
        assert "担保费率由1.5%降至0.8%。" in blocks(found, 0)
        assert "江北区\t118\t563" in blocks(found, 0)
        assert text.index("南岸区\t98") < text.index("下一步工作")


def test_a_word_file_from_libreoffice() -> None:
    found = read_file("libreoffice-guide.docx")
    assert (found.title, found.origin.author) == ("A Guide to the Harbour Archive", "Edda Holm")
    assert blocks(found, 2) == ["Finding a log-book", "Copies"]
    assert "Map room\t6" in blocks(found, 0)
    assert "it still runs, and it loses less than two seconds in a day." in found.text


def test_a_spreadsheet_from_libreoffice() -> None:
    found = read_file("libreoffice-stations.xlsx")
    cells = {place.label: found.text[place.start : place.end] for place in found.places}
    assert cells["stations!A1"] == "区"
    assert cells["stations!B3"] == "118"
    assert cells["stations!D4"] == "96.60%"
    assert cells["stations!A5"] == "合计"
    assert blocks(found, 1) == ["stations"]
    assert blocks(found, 2) == ["区\t工作站\t专职人员\t满意率"]
    assert len(blocks(found, 0)) == 4


def test_values_are_as_the_sheet_shows_them() -> None:
    import datetime

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "数据 1"
    sheet.append([])
    sheet.append([None, "项", "值"])
    for label, value, shape in (
        ("share", 0.085, "0.0%"),
        ("whole", 12.0, "General"),
        ("part", 0.1 + 0.2, "General"),
        ("day", datetime.datetime(2024, 3, 5), "yyyy-mm-dd"),
        ("time", datetime.datetime(2024, 3, 5, 14, 30), "yyyy-mm-dd hh:mm"),
        ("truth", True, "General"),
        ("lines", "两\n行", "General"),
    ):
        sheet.append([None, label, value])
        sheet.cell(sheet.max_row, 3).number_format = shape
    book.create_sheet("empty")
    written = io.BytesIO()
    book.save(written)
    found = read(written.getvalue(), "a.xlsx")
    assert_sound(found)
    cells = {place.label: found.text[place.start : place.end] for place in found.places}
    assert [cells[f"数据 1!C{row}"] for row in range(3, 10)] == [
        *("8.5%", "12", "0.3", "2024-03-05", "2024-03-05 14:30:00", "TRUE", "两 行"),
    ]
    assert "empty" not in found.text


def test_slides_from_pandoc() -> None:
    found = read_file("pandoc-slides.pptx")
    assert (found.title, found.origin.author) == ("工作站培训", "陈立")
    assert place_of(found, "当日登记，五个工作日内答复") == "2"
    assert place_of(found, "Saturday\t10-14") == "3"
    assert place_of(found, "提醒学员：周六只办理登记业务。") == "3"
    assert "接待流程" in blocks(found, 1)


def test_a_table_keeps_its_cells() -> None:
    text = '区;工作站;备注\n东湖区;96;"他说：""来""\n第二行"\n江北区;118;\n'
    found = read(text.encode("gb18030"), "a.csv")
    cells = {place.label: found.text[place.start : place.end] for place in found.places}
    assert found.encoding == "gb18030"
    assert cells == {
        **{"A1": "区", "B1": "工作站", "C1": "备注", "A2": "东湖区", "B2": "96", "C2": '他说："来" 第二行'},
        **{"A3": "江北区", "B3": "118"},
    }
    assert blocks(found, 1) == ["区\t工作站\t备注"]
    assert blocks(read(b"a\tb, c\n1\t2, 3\n", "a.tsv")) == ["a\tb, c", "1\t2, 3"]
    assert blocks(read(b"2023,114\n2024,124\n", "a.csv"), 1) == []


@given(rows=st.lists(st.lists(st.text("ab, \t\"'中\n;1", max_size=5), min_size=2, max_size=4), min_size=1, max_size=5))
def test_every_cell_of_a_table_is_where_its_place_says(rows: list[list[str]]) -> None:
    import csv

    written = io.StringIO()
    csv.writer(written, delimiter="\t").writerows(rows)
    try:
        found = read(written.getvalue().encode(), "a.tsv")
    except UnreadableFile:
        assert not any(cell.strip() for row in rows for cell in row)
        return
    assert_sound(found)
    again = list(csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter="\t"))
    for place in found.places:
        cell = again[int(place.label[1:]) - 1][ord(place.label[0]) - ord("A")]
        assert found.text[place.start : place.end] == " ".join(cell.split())


NEWS = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>武汉新增工作站 - 江城网</title>
<meta name="author" content="李明"><meta property="og:site_name" content="江城网">
<meta property="article:published_time" content="2024-03-05T10:00:00+08:00">
<link rel="canonical" href="https://news.example.cn/a/1.html"></head><body>
<div class="top"><ul><li><a href="/">首页</a></li><li><a href="/b">新闻中心</a></li>
<li><a href="/c">政务</a></li></ul></div>
<div class="main"><h1>武汉新增三十个服务工作站</h1><div class="by">2024-03-05　记者李明</div><div class="text">
<p>江城网讯（记者李明）截至九月，武汉已建成中小企业服务工作站674个，比去年<b>新增</b>30个，<a
href="x">同比增长4.7%</a>。</p>
<p>工作站提供融资、法律和人才方面的服务，全年接待企业两万多家次，办结率达到百分之九十八点六。</p>
<h2>服务时间</h2><ul><li>周一至周五：九时至十七时</li><li>周六：只办登记</li></ul>
<table><tr><th>年份</th><th>家数</th></tr><tr><td>2023</td><td>644</td></tr><tr><td>2024</td><td>674</td></tr></table>
老式的一段，没有标签。<br>　　又一段，以缩进开头。<br><br>第三段&mdash;&mdash;结束。</div></div>
<div class="side"><h3>相关阅读</h3><ul><li><a href="1">别的新闻一</a></li><li><a href="2">别的新闻二</a></li>
<li><a href="3">别的新闻三</a></li></ul></div><script>var a = "不是正文";</script>
<footer>版权所有 江城网 鄂ICP备00000000号</footer></body></html>"""


@pytest.mark.parametrize(
    ("charset", "codec"), [("gb2312", "gb18030"), ("utf-8", "utf-8"), ("gbk", "utf-8"), ("", "gbk")]
)
def test_the_article_of_a_news_page_without_its_menus(charset: str, codec: str) -> None:
    found = read(NEWS.format(charset=charset).encode(codec), "news.html")
    assert_sound(found)
    assert found.title == "武汉新增三十个服务工作站"
    assert found.origin == Origin("李明", "江城网", "2024-03-05", "https://news.example.cn/a/1.html")
    assert found.encoding == {"gbk": "gb18030"}.get(codec, codec)
    assert blocks(found) == [
        "武汉新增三十个服务工作站",
        "2024-03-05 记者李明",
        "江城网讯（记者李明）截至九月，武汉已建成中小企业服务工作站674个，比去年新增30个，同比增长4.7%。",
        "工作站提供融资、法律和人才方面的服务，全年接待企业两万多家次，办结率达到百分之九十八点六。",
        "服务时间",
        "周一至周五：九时至十七时",
        "周六：只办登记",
        "年份\t家数",
        "2023\t644",
        "2024\t674",
        "老式的一段，没有标签。",
        "又一段，以缩进开头。",
        "第三段——结束。",
    ]


def test_a_page_that_is_no_article_is_read_whole() -> None:
    page = "<html><body><h1>Index</h1><p>One.</p><div>Two <i>words</i>.</div><pre>a  b\n c</pre></body></html>"
    found = read(page.encode(), "a.htm")
    assert blocks(found) == ["Index", "One.", "Two words.", "a  b\n c"]


def test_where_a_browser_saved_a_page_from() -> None:
    page = "<!-- saved from url=(0031)https://example.org/report/7 -->\n<html><body><p>Text enough.</p></body></html>"
    assert read(page.encode(), "a.html").origin.url == "https://example.org/report/7"


def test_front_matter_speaks_of_a_text_and_is_none() -> None:
    about = "title: '标题: 一'\r\nauthor:\r\n  - 李\r\n  - Wang\r\ndate: 2024-03-05\r\nsource: https://example.org/x"
    text = f"---\r\n{about}\r\n---\r\n\r\n# 二\r\n\r\n正文。\r\n"
    found = read(text.encode(), "a.md")
    assert found.text == text
    assert found.title == "标题: 一"
    assert found.origin == Origin(author="李, Wang", date="2024-03-05", url="https://example.org/x")
    assert blocks(found) == ["# 二", "正文。"]


@pytest.mark.parametrize(
    "text",
    ["---\nno mapping\n---\ntext", "---\na: b", "---\na: [\n---\nx", "text\n---\na: b\n---\n", "----\na: b\n---\n"],
)
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    found = read(text.encode(), "a.md")
    assert found.title == "a"
    assert "".join(blocks(found)).replace("\n", "") == text.replace("\n", "")


# A byte order mark is one only where the file begins.
@given(text=TEXTS.map(lambda text: text.lstrip("\ufeff")))
@settings(max_examples=50)
def test_markdown_with_front_matter_is_read_behind_it(text: str) -> None:
    try:
        bare, found = read(text.encode(), "a.md"), read(f"---\nauthor: A\n---\n{text}".encode(), "a.md")
    except UnreadableFile:
        return
    if bare.origin == Origin() and found.encoding == "utf-8":
        assert found.origin.author == "A"
        shift = len("---\nauthor: A\n---\n")
        assert [(b.start + shift, b.end + shift, b.level) for b in bare.blocks] == [
            (b.start, b.end, b.level) for b in found.blocks
        ]


def message(charset: str, html: bool = False) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "关于工作站开放时间的回复"
    mail["From"] = "王敏 <wang@example.cn>"
    mail["Date"] = "Tue, 05 Mar 2024 10:00:00 +0800"
    text = "您好：\n\n工作站自二〇二五年起周六开放，时间为十时至十四时。\n"
    if html:
        mail.set_content(f"<p>{text}</p><table><tr><td>周六</td><td>10-14</td></tr></table>", "html", charset)
    else:
        mail.set_content(text, charset=charset)
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="开放\n时间.pdf")
    return bytes(mail)


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("html", [False, True])
def test_an_e_mail(charset: str, html: bool) -> None:
    found = read(message(charset, html), "a.eml")
    assert_sound(found)
    assert found.title == "关于工作站开放时间的回复"
    assert found.origin == Origin(author="王敏 <wang@example.cn>", date="2024-03-05")
    assert "工作站自二〇二五年起周六开放，时间为十时至十四时。" in found.text
    assert [note.startswith("attached and not read: 开放") for note in found.notes] == [True]


def test_an_e_mail_without_text_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="no e-mail"):
        read(b"Hello, this is only text.\n", "a.eml")


def tracked_docx() -> bytes:
    """A Word file with what python-docx's own paragraphs leave out: a content control, tracked changes, a text box."""
    from docx import Document

    document = Document()
    document.add_paragraph("Before.")
    written = io.BytesIO()
    document.save(written)
    inside = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:r><w:t xml:space='preserve'>Kept </w:t></w:r><w:del><w:r><w:delText>gone </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>and new</w:t></w:r></w:ins><w:r><w:tab/><w:t>after a tab.</w:t></w:r></w:p>"
        "<w:p><w:r><w:pict><v:textbox xmlns:v='urn:schemas-microsoft-com:vml'><w:txbxContent><w:p><w:r>"
        "<w:t>In a box.</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r></w:p>"
    )
    changed = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "word/document.xml":
                data = data.replace(b"<w:sectPr", inside.encode() + b"<w:sectPr", 1)
            new.writestr(part, data)
    return changed.getvalue()


def test_nothing_of_a_word_file_is_left_out() -> None:
    found = read(tracked_docx(), "a.docx")
    assert blocks(found) == ["Before.", "In a control.", "Kept and new\tafter a tab.", "In a box."]


def test_what_a_file_is_goes_before_its_name() -> None:
    for name in ("libreoffice-guide.pdf", "libreoffice-guide.docx", "libreoffice-stations.xlsx", "pandoc-report.epub"):
        data = (FILES / name).read_bytes()
        expected = read(data, name)
        for wrong in ("guide.docx", "guide.pdf", "guide.txt", "guide", "guide.html"):
            found = read(data, wrong)
            assert (found.text, found.blocks, found.places) == (expected.text, expected.blocks, expected.places)
    assert read(NEWS.format(charset="utf-8").encode(), "saved.pdf").title == "武汉新增三十个服务工作站"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"Only text.", "a.pdf", "no PDF file, whatever its name says"),
        (b"Only text.", "a.docx", "no DOCX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "a.docx", "older Office file, or one with a password"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "a.txt", "a picture"),
        (b"text", "a.exe", "format is not read"),
        (b"text", "a", r"\.pdf, \.pptx"),
        (b"", "a.html", "no text"),
        (b"<html><body><script>1</script></body></html>", "a.html", "no text"),
        (b"<div>" * 5000 + b"deep", "a.html", "damaged, or not what its name says"),
        (b"\xff\xfe\x00", "a\n\u202e.txt", r"a\\n\\u202e\.txt: "),
    ],
)
def test_refusals_are_one_line_and_name_the_file(data: bytes, name: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message) as refused:
        read(data, name)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("name", "limits", "limit"),
    [
        ("stations.csv", Limits(file_bytes=10), "file_bytes"),
        ("stations.csv", Limits(characters=20), "characters"),
        ("stations.csv", Limits(blocks=3), "blocks"),
        ("stations.csv", Limits(places=7), "places"),
        ("report.md", Limits(characters=20), "characters"),
        ("report.md", Limits(blocks=3), "blocks"),
        ("notice.html", Limits(blocks=3), "blocks"),
        ("libreoffice-guide.pdf", Limits(characters=500), "characters"),
        ("libreoffice-guide.pdf", Limits(places=1), "places"),
        ("libreoffice-stations.xlsx", Limits(places=7), "places"),
        ("libreoffice-guide.docx", Limits(unpacked_bytes=5000), "unpacked_bytes"),
        ("pandoc-report.epub", Limits(unpacked_bytes=500), "unpacked_bytes"),
        ("pandoc-slides.pptx", Limits(members=5), "members"),
    ],
)
def test_each_limit_is_named_where_it_is_passed(name: str, limits: Limits, limit: str) -> None:
    data = (FILES / name).read_bytes()
    with pytest.raises(UnreadableFile, match=f"{name}: .*the limit '{limit}'"):
        read_source(Source(data, name, limits=limits))


def test_a_short_article_among_many_links_and_a_page_of_links() -> None:
    links = "".join(f'<li><a href="/{number}">栏目{number}的标题文字</a></li>' for number in range(300))
    article = "<p>江河市图书馆自三月起延长开放时间，每晚九时闭馆，读者凭身份证即可办理借书证，不收取押金。</p>"
    page = f"<html><body><div><ul>{links}</ul></div><div><h1>开放时间</h1>{article}</div><ul>{links}</ul></body>"
    assert blocks(read(page.encode(), "a.html")) == ["开放时间", article[3:-4]]
    contents = f"<html><body><h1>目录</h1><ul>{links}</ul></body></html>"
    assert len(blocks(read(contents.encode(), "a.html"))) == 301
