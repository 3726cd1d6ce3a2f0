"""Every format is read back with another library than the one that wrote it, and each quote compared."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bibtexparser
import docx
import lxml.etree
import lxml.html
import openpyxl
import pypandoc
import pytest
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.local import LocalLibrary
from index.records import Document
from rag.evidence import Entry, Evidence
from rag.export import WRITERS, export, kind_of
from rag.export.content import UnexportableReport
from rag.export.markdown import _REPLACED
from rag.export.markdown import _nodes as markdown_nodes
from rag.export.references import references
from rag.export.separated import as_text, as_was
from rag.export.styles import UnknownStyle, style_file
from tests.evidence_fakes import library_of
from tests.texts import TEXTS

HOSTILE = (
    "净增中小企业超18.55万家，增速达17.58%。",
    "*stars* and **more**, _lines_, `code`, ~~gone~~, [link](x), ![picture](y)",
    "\\backslash \\* $x^2$ $$y$$ \\(z\\) {braces} @cited [@d1] [^1] #tag :smile:",
    "<script>alert(1)</script> &amp; &lt; <b>bold</b> <!-- comment -->",
    '=HYPERLINK("https://example.org")',
    "+1 and -1",
    "-- dashes --- and ... dots, \"straight\" 'quotes' it's",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'=already with an apostrophe",
    "\u200f\u202eمرحبا\u202c. كيف حالك؟",
    "👩‍👩‍👧 😀 🇨🇳 𠮷野家 e\u0301tude",
    "two  spaces\tand a tab\u3000全角空格\u00a0hard",
    "first line\nsecond line\n\n  indented after a blank line",
    "# not a heading\n- not a list\n1. not numbered\n> not quoted\n    not code\n| a | b |\n---\n===\n1) one",
    "“中文引号”和「直角引号」以及《书名》……——",
    "http://example.org/a_b_c www.example.org a@b.org",
    "_x000D_ &#10; %0A ^super^ H~2~O a^b^",
    "*starred*  and  _lined_  # not a heading\t`coded`",
    " blank space at both ends ",
    "ends with a backslash\\",
    "!",
    "1.",
)
TEXT = "# 一份 *报告*\n\n" + "\n\n¶\n\n".join(HOSTILE) + "\n\n¶ \n"
FULL_STYLE = "https://example.org/a_b?c=1&d=2"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> LocalLibrary:
    return library_of(tmp_path_factory.mktemp("export"), {"报告.md": TEXT})


@pytest.fixture(scope="module")
def entries(library: LocalLibrary) -> list[Entry]:
    document = library.document(library.documents()[0].id)
    evidence = Evidence(library.folder.parent / "evidence")
    report = evidence.create("=报告 *R* <1>").id
    for words in HOSTILE:
        start = document.text.index(words)
        evidence.add(report, document, start, start + len(words), "note *x* <y>\nline 2", "多少 <b>？", "a")
    return evidence.entries(report)


def text_below(element: Any, breaks: dict[str, str], skipped: tuple[str, ...]) -> str:
    """The text of an element, for tags that stand for characters and tags that are left out."""
    parts = [element.text or ""]
    for child in element:
        name = lxml.etree.QName(child).localname
        if name == "s":
            number = next((value for key, value in child.attrib.items() if key.endswith("}c")), "1")
            parts.append(" " * int(number))
        elif name in breaks:
            parts.append(breaks[name])
        elif name not in skipped:
            parts.append(text_below(child, breaks, skipped))
        parts.append(child.tail or "")
    return "".join(parts)


def from_markdown(data: bytes) -> list[str]:
    return [text.rpartition("[^")[0] for text in rendered_quotes(data.decode())]


def rendered_quotes(source: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(source)
    found, depth = [], 0
    for token in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline" and depth:
            assert token.children is not None
            assert {child.type for child in token.children} <= {"text", "hardbreak", "text_special"}, token.children
            found.append("".join("\n" if child.type == "hardbreak" else child.content for child in token.children))
    return found


def named(paragraph: Paragraph) -> str:
    return "" if paragraph.style is None else str(paragraph.style.name)


def from_word(data: bytes) -> list[str]:
    return [part.text for part in docx.Document(io.BytesIO(data)).paragraphs if named(part) == "Block Text"]


def from_opendocument(data: bytes) -> list[str]:
    tree: Any = lxml.etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("content.xml"))
    names = {key: value for key, value in tree.nsmap.items() if key}
    styles = {
        style.get(f"{{{names['style']}}}name"): style.get(f"{{{names['style']}}}parent-style-name")
        for style in tree.iterfind(".//style:style", names)
    }
    style = f"{{{names['text']}}}style-name"
    return [
        text_below(part, {"line-break": "\n", "tab": "\t"}, ("note",))
        for part in tree.iterfind(".//text:p", names)
        if styles.get(part.get(style)) == "Quotations"
    ]


def from_html(data: bytes) -> list[str]:
    tree: Any = lxml.html.document_fromstring(data.decode("utf-8"))
    return [text_below(part, {"br": "\n"}, ()) for part in tree.xpath("//blockquote//span[@class='quote']")]


def from_csv(data: bytes) -> list[str]:
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [as_was(row["text"]) for row in reader]


def from_xlsx(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    rows = list(sheet.iter_rows())
    column = [cell.value for cell in rows[0]].index("text")
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    return [str(row[column].value) for row in rows[1:]]


def from_csl_json(data: bytes) -> list[str]:
    return [quote["text"] for item in json.loads(data) for quote in item["custom"]["quotes"]]


READ_BACK: dict[str, Callable[[bytes], list[str]]] = {
    "md": from_markdown,
    "docx": from_word,
    "odt": from_opendocument,
    "html": from_html,
    "csv": from_csv,
    "xlsx": from_xlsx,
    "json": from_csl_json,
}


@pytest.mark.parametrize("kind", READ_BACK)
def test_every_quote_comes_back_character_for_character(kind: str, library: LocalLibrary, entries: list[Entry]) -> None:
    assert READ_BACK[kind](export("=报告 *R* <1>", entries, library, kind)) == list(HOSTILE)


def test_every_format_is_read_back() -> None:
    assert set(READ_BACK) | {"bib"} == set(WRITERS)


def addresses(text: str) -> Iterator[str]:
    yield from re.findall(r"[0-9a-f]{16}:\d+-\d+", text)


def test_word_has_real_footnotes_with_addresses(library: LocalLibrary, entries: list[Entry]) -> None:
    for language, style in (("zh", None), ("en", None), ("zh", "apa")):
        data = export("R", entries, library, "docx", style, language)
        notes: Any = lxml.etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("word/footnotes.xml"))
        found = [address for note in notes for address in addresses("".join(note.itertext()))]
        assert found == [f"{entry.document}:{entry.start}-{entry.end}" for entry in entries]


@pytest.mark.parametrize("kind", ["md", "html", "odt"])
def test_each_quote_has_its_footnote(kind: str, library: LocalLibrary, entries: list[Entry]) -> None:
    data = export("R", entries, library, kind)
    text = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode() if kind == "odt" else data.decode()
    assert len(set(addresses(text))) == len(entries)
    assert ("参考文献" in text) and "<script" not in text.replace("\\<script", "")


def test_the_html_fetches_nothing(library: LocalLibrary, entries: list[Entry]) -> None:
    tree: Any = lxml.html.document_fromstring(export("R", entries, library, "html").decode())
    assert not tree.xpath("//script | //link | //img | //iframe")
    assert tree.xpath("//title/text()")


def test_the_markdown_means_the_same_to_pandoc_with_smart_quotes(library: LocalLibrary, entries: list[Entry]) -> None:
    source = export("R", entries, library, "md").decode()
    tree = json.loads(pypandoc.convert_text(source, "json", format="markdown", extra_args=["--wrap=preserve"]))
    found = []
    for block in tree["blocks"]:
        if block["t"] == "BlockQuote":
            [paragraph] = block["c"]
            kinds = {node["t"] for node in paragraph["c"]}
            assert kinds <= {"Str", "Space", "LineBreak", "Note"}, kinds
            shown = {"Space": " ", "LineBreak": "\n", "Note": ""}
            found.append("".join(shown.get(node["t"], node.get("c")) for node in paragraph["c"]))
    assert found == list(HOSTILE)


@settings(max_examples=150)
@given(text=TEXTS.filter(lambda text: text.strip() != "" and not _REPLACED.search(text)))
def test_any_text_survives_markdown(text: str) -> None:
    lines = "".join("\\\n" if node["t"] == "LineBreak" else node["c"][1] for node in markdown_nodes(text))
    source = "\n".join(f"> {line}" for line in (lines + r"\[^1\]").split("\n"))
    [shown] = rendered_quotes(source)
    assert shown == re.sub(r"\r\n?", "\n", text) + "[^1]"


@given(cell=st.text("'=+-@\t\ra") | st.text())
def test_a_csv_cell_is_never_a_formula_and_always_exact(cell: str) -> None:
    assert as_was(as_text(cell)) == cell
    assert not as_text(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_rows_have_the_whole_address(library: LocalLibrary, entries: list[Entry]) -> None:
    [first, *_] = csv.DictReader(io.StringIO(export("R", entries, library, "csv").decode("utf-8-sig"), newline=""))
    document = library.document(first["id"])
    assert document.text[int(first["start"]) : int(first["end"])] == first["text"]
    assert (first["sha256"], first["verified"], first["page"]) == (document.sha256, "current", "")


def test_the_bibliography_is_read_by_another_library(library: LocalLibrary, entries: list[Entry]) -> None:
    text = export("R", entries, library, "bib").decode()
    read = bibtexparser.parse_string(text)
    assert not read.failed_blocks
    [item] = read.entries
    assert item.key == f"d{entries[0].document}"
    assert "报告" in item["title"]


def with_origin(entry: Entry, **origin: str) -> Entry:
    from dataclasses import replace

    return replace(entry, **origin)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (  # the examples of the standard itself: online, newspaper, report
            {
                "author": "萧钰",
                "title": "出版业信息化迈入快车道",
                "date": "2001-12-19",
                "url": "http://www.creader.com/news/20011219/200112190019.html",
                "added": "2002-04-15T00:00:00+00:00",
            },
            "[1] 萧钰. 出版业信息化迈入快车道[EB/OL]. (2001-12-19)[2002-04-15]. "
            "http://www.creader.com/news/20011219/200112190019.html.",
        ),
        (
            {
                "author": "傅刚；赵承；李佳路",
                "title": "大风沙过后的思考",
                "publisher": "北京青年报",
                "date": "2000-04-12",
                "url": "http://www.bjyouth.com.cn/Bqb/20000412/GB/4216%5ED0412B1401.htm",
                "added": "2005-07-12T00:00:00+00:00",
            },
            "[1] 傅刚, 赵承, 李佳路. 大风沙过后的思考[N/OL]. 北京青年报, 2000-04-12[2005-07-12]. "
            "http://www.bjyouth.com.cn/Bqb/20000412/GB/4216%5ED0412B1401.htm.",
        ),
        (
            {"author": "丁文详", "title": "数字革命与竞争国际化", "publisher": "中国青年报", "date": "2000-11-20"},
            "[1] 丁文详. 数字革命与竞争国际化[N]. 中国青年报, 2000-11-20.",
        ),
        ({"title": "无作者", "author": ""}, "[1] 无作者[Z]."),
    ],
)
def test_gb_t_7714(origin: dict[str, str], expected: str, library: LocalLibrary, entries: list[Entry]) -> None:
    text = export("R", [with_origin(entries[0], **origin)], library, "html").decode()
    tree: Any = lxml.html.document_fromstring(text)
    [entry] = tree.xpath("//*[contains(@class, 'csl-entry')]")
    assert " ".join("".join(entry.itertext()).split()) == expected


def test_chicago_notes_stand_in_the_footnote(library: LocalLibrary, entries: list[Entry]) -> None:
    entry = with_origin(
        entries[0], title="On Harbours", author="Doe, Jane", date="2020-03", url="https://example.org/h"
    )
    text = export("R", [entry], library, "md", language="en").decode()
    assert "[^1]: Jane Doe, “On Harbours,” March 2020, <https://example.org/h>. paragraph 1" in text
    assert "References" not in text


def test_styles_by_name_and_by_file(tmp_path: Path) -> None:
    assert style_file("gb-t-7714-2015-numeric").name == "china-national-standard-gb-t-7714-2015-numeric.csl"
    own = tmp_path / "own.csl"
    shutil.copy(style_file("apa"), own)
    assert style_file(str(own)) == own
    for name in ("no-such-style", str(tmp_path / "none.csl"), "../styles/apa", "/etc/passwd"):
        with pytest.raises(UnknownStyle):
            style_file(name)


def test_a_document_is_one_reference(entries: list[Entry]) -> None:
    assert [item["id"] for item in references(entries)] == [f"d{entries[0].document}"]


@pytest.mark.parametrize("kind", ["md", "docx", "odt", "html", "xlsx"])
def test_what_a_format_cannot_hold_is_refused_and_not_altered(kind: str, tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.md": "one\0two three four"})
    document = library.document(library.documents()[0].id)
    evidence = Evidence(tmp_path / "evidence")
    report = evidence.create("R").id
    evidence.add(report, document, 0, 7)
    with pytest.raises(UnexportableReport, match="quote 1 of 'R' holds U\\+0000"):
        export("R", evidence.entries(report), library, kind)
    assert from_csv(export("R", evidence.entries(report), library, "csv")) == ["one\0two"]


def test_what_became_of_the_source_is_in_the_export(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.md": "一句话在这里。"})
    document: Document = library.document(library.documents()[0].id)
    evidence = Evidence(tmp_path / "evidence")
    report = evidence.create("R").id
    evidence.add(report, document, 0, 7)
    library.remove(document.id)
    assert "原文已不在库中" in export("R", evidence.entries(report), library, "md").decode()


def test_formats_by_suffix() -> None:
    assert kind_of(Path("a.DOCX")) == "docx"
    assert kind_of(Path("a"), "bib") == "bib"
    with pytest.raises(UnexportableReport, match="written are md, docx"):
        kind_of(Path("a.pptx"))


@pytest.mark.parametrize("kind", ["docx", "odt"])
def test_libreoffice_opens_it(kind: str, library: LocalLibrary, entries: list[Entry], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer-nogui")
    (tmp_path / f"r.{kind}").write_bytes(export("报告", entries, library, kind))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), f"r.{kind}"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
