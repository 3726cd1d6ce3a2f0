"""Broken and hostile files, the same ones for the same seed. Each is to end in a document or in one clear sentence."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from index.readers import KNOWN_SUFFIXES

FILES = Path(__file__).parent / "data" / "files"
EIGHTHS = 8
SECRET = "root:x:0:0"  # how the file begins that entities try to bring in


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file's name and bytes, and what is wrong with it."""

    wrong: str
    name: str
    data: bytes


def bad_files(seed: int = 1) -> list[BadFile]:
    """All of them, in a fixed order."""
    chance = random.Random(seed)
    makers: tuple[Callable[[random.Random], Iterator[BadFile]], ...] = (
        _nearly_nothing,
        _wrong_suffixes,
        _truncated,
        _overwritten,
        _archive_bombs,
        _entities,
        _broken_offices,
        _broken_books,
        _pdfs,
        _texts,
        _pages,
        _tables,
        _mails,
        _names,
    )
    return [bad for maker in makers for bad in maker(chance)]


def _whole_files() -> dict[str, bytes]:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "开放时间", "a@example.cn"
    mail.set_content("工作站周六开放。\n" * 20)
    text = (FILES / "report.md").read_text(encoding="utf-8")
    return {
        ".pdf": (FILES / "libreoffice-guide.pdf").read_bytes(),
        ".docx": (FILES / "libreoffice-guide.docx").read_bytes(),
        ".xlsx": (FILES / "libreoffice-stations.xlsx").read_bytes(),
        ".pptx": (FILES / "pandoc-slides.pptx").read_bytes(),
        ".epub": (FILES / "pandoc-report.epub").read_bytes(),
        ".html": (FILES / "notice.html").read_bytes(),
        ".eml": bytes(mail),
        ".md": text.encode("utf-8"),
        ".txt": text.encode("gb18030"),
        ".text": text.encode("utf-16"),
        ".csv": (FILES / "stations.csv").read_bytes(),
    }


def _nearly_nothing(chance: random.Random) -> Iterator[BadFile]:
    for suffix in sorted(KNOWN_SUFFIXES):
        yield BadFile("empty", f"empty{suffix}", b"")
        yield BadFile("one byte", f"one{suffix}", b"\x80")
        yield BadFile("one letter", f"letter{suffix}", b"a")
        yield BadFile("blank", f"blank{suffix}", b" \r\n\t\n ")
        yield BadFile("random bytes", f"random{suffix}", chance.randbytes(5000))
        yield BadFile("zero bytes", f"zero{suffix}", bytes(5000))


def _wrong_suffixes(chance: random.Random) -> Iterator[BadFile]:
    for suffix, data in _whole_files().items():
        for wrong in chance.sample(sorted(KNOWN_SUFFIXES - {suffix}), 4):
            yield BadFile(f"a {suffix} by another name", f"wrong{suffix}{wrong}", data)
    for data in (b"\x7fELF\x02\x01\x01" + bytes(500), b"MZ" + chance.randbytes(500), b"\x89PNG\r\n\x1a\n" + bytes(99)):
        yield BadFile("a program or picture", "program.txt", data)


def _truncated(chance: random.Random) -> Iterator[BadFile]:
    for suffix, data in _whole_files().items():
        for eighth in range(1, EIGHTHS):
            yield BadFile(f"cut at {eighth}/8", f"cut-{eighth}{suffix}", data[: len(data) * eighth // EIGHTHS])


def _overwritten(chance: random.Random) -> Iterator[BadFile]:
    for suffix, data in _whole_files().items():
        for round_ in range(4):
            changed = bytearray(data)
            for _ in range(1 + len(data) // 500):
                changed[chance.randrange(len(data))] = chance.randrange(256)
            yield BadFile("bytes overwritten", f"overwritten-{round_}{suffix}", bytes(changed))


_MAIN_PARTS = {
    ".docx": ("libreoffice-guide.docx", "word/document.xml"),
    ".xlsx": ("libreoffice-stations.xlsx", "xl/sharedStrings.xml"),
    ".pptx": ("pandoc-slides.pptx", "ppt/slides/slide1.xml"),
    ".epub": ("pandoc-report.epub", "EPUB/text/ch001.xhtml"),
}


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP of these parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            part = zipfile.ZipInfo(name)  # of 1980, so that the same parts give the same bytes
            part.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(part, data)
    return written.getvalue()


def parts_of(name: str) -> dict[str, bytes]:
    """The parts of one of the whole files."""
    with zipfile.ZipFile(FILES / name) as opened:
        return {part: opened.read(part) for part in opened.namelist()}


def _archive_bombs(chance: random.Random) -> Iterator[BadFile]:
    for suffix, (whole, main) in _MAIN_PARTS.items():
        parts = parts_of(whole)
        filler = b"<!--" + b" " * 21_000_000 + b"-->"
        large = parts[main].replace(b"?>", b"?>" + filler, 1)
        yield BadFile("a part of 21 MB in a few kB", f"bomb{suffix}", archive({**parts, main: large}))
        yield BadFile("a picture of 21 MB", f"picture{suffix}", archive({**parts, "media/a.png": bytes(21_000_000)}))
        honest = archive({**parts, main: large})
        size = len(large).to_bytes(4, "little")
        yield BadFile(
            "a part that lies about its size", f"lie{suffix}", honest.replace(size, (999).to_bytes(4, "little"))
        )
        many = {f"x/{number}.xml": b"<x/>" for number in range(3000)}
        yield BadFile("thousands of parts", f"many{suffix}", archive({**parts, **many}))
        yield BadFile("an archive in an archive", f"nested{suffix}", archive({"a.zip": archive(parts)}))
        yield BadFile("an archive with no parts", f"bare{suffix}", archive({}))


def _entities(chance: random.Random) -> Iterator[BadFile]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bombs = {
        "a billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>',
        "a file from outside": '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
        "an address from outside": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p; <!ENTITY a11 "">]>',
        "a declaration far behind": "<!--"
        + " " * 70_000
        + '--><!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
    }
    for wrong, declared in bombs.items():
        for suffix, (whole, main) in _MAIN_PARTS.items():
            parts = parts_of(whole)
            head, _, rest = parts[main].decode("utf-8").partition("?>")
            text = (
                rest.replace("<!DOCTYPE html>", "").replace("</w:t>", "&a11;</w:t>", 1).replace("</t>", "&a11;</t>", 1)
            )
            text = text.replace("</a:t>", "&a11;</a:t>", 1).replace("</p>", "&a11;</p>", 1)
            yield BadFile(wrong, f"entity{suffix}", archive({**parts, main: f"{head}?>{declared}{text}".encode()}))
        yield BadFile(
            wrong,
            "entity.xhtml",
            f"<?xml version='1.0'?>{declared}<html><body><p>A &a11; b.</p></body></html>".encode(),
        )
    parts = parts_of("pandoc-report.epub")
    opf = parts["EPUB/content.opf"].decode().replace("?>", "?>" + bombs["a billion laughs"], 1)
    parts["EPUB/content.opf"] = opf.replace("<dc:title", "<dc:title>&a11;</dc:title><dc:title", 1).encode()
    yield BadFile("a billion laughs in the title", "opf.epub", archive(parts))


def _broken_offices(chance: random.Random) -> Iterator[BadFile]:
    for suffix, (whole, main) in _MAIN_PARTS.items():
        parts = parts_of(whole)
        for gone in chance.sample(sorted(parts), 3):
            yield BadFile(f"without {gone}", f"without{suffix}", archive({n: d for n, d in parts.items() if n != gone}))
        yield BadFile("an empty main part", f"hollow{suffix}", archive({**parts, main: b""}))
        yield BadFile("no XML in the main part", f"noxml{suffix}", archive({**parts, main: chance.randbytes(500)}))
    word = parts_of("libreoffice-guide.docx")
    deep = b"<w:tbl><w:tr><w:tc>" * 400 + b"<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + b"</w:tc></w:tr></w:tbl>" * 400
    controls = b"<w:sdt><w:sdtContent>" * 3000 + b"<w:p/>" + b"</w:sdtContent></w:sdt>" * 3000
    for wrong, inside in (("tables in tables", deep), ("controls in controls", controls)):
        document = word["word/document.xml"].replace(b"<w:body>", b"<w:body>" + inside, 1)
        yield BadFile(wrong, "deep.docx", archive({**word, "word/document.xml": document}))
    styles = word["word/styles.xml"].replace(
        b"</w:styles>",
        b'<w:style w:type="paragraph" w:styleId="A1"><w:name w:val="A1"/><w:basedOn w:val="B1"/></w:style>'
        b'<w:style w:type="paragraph" w:styleId="B1"><w:name w:val="B1"/><w:basedOn w:val="A1"/></w:style></w:styles>',
    )
    yield BadFile("styles based on each other", "styles.docx", archive({**word, "word/styles.xml": styles}))
    sheet = parts_of("libreoffice-stations.xlsx")
    name = "xl/worksheets/sheet1.xml"
    for wrong, old, new in (
        (
            "a cell at the far corner",
            b"</sheetData>",
            b'<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>',
        ),
        ("a text that is not there", b"<v>0</v>", b"<v>99999999</v>"),
        ("a size that is a lie", b"<sheetData", b'<dimension ref="A1:XFD1048576"/><sheetData'),
        ("a cell that is nowhere", b'r="A1"', b'r="!!"'),
        ("a number that is none", b"<v>96</v>", b"<v>9e999999</v>"),
    ):
        yield BadFile(wrong, "sheet.xlsx", archive({**sheet, name: sheet[name].replace(old, new, 1)}))


def _broken_books(chance: random.Random) -> Iterator[BadFile]:
    book = parts_of("pandoc-report.epub")
    opf = book["EPUB/content.opf"].decode()
    for wrong, changed in (
        ("a chapter outside", opf.replace("text/ch001.xhtml", "../../../../etc/passwd")),
        ("a chapter that is missing", opf.replace("text/ch001.xhtml", "text/nothing.xhtml")),
        (
            "a chapter ten thousand times",
            opf.replace("</spine>", '<itemref idref="ch001_xhtml"/>' * 10_000 + "</spine>"),
        ),
        ("no spine", opf.replace("itemref", "other")),
        ("no XML", "no"),
    ):
        yield BadFile(wrong, "book.epub", archive({**book, "EPUB/content.opf": changed.encode()}))
    locked = b'<encryption><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></encryption>'
    yield BadFile("locked", "locked.epub", archive({**book, "META-INF/encryption.xml": locked}))
    yield BadFile("no container", "bare.epub", archive({**book, "META-INF/container.xml": b"<container/>"}))


def pdf(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them its root."""
    written = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, max(objects) + 1))
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (max(objects) + 1, trailer)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % table)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), extra, packed)


def _pdfs(chance: random.Random) -> Iterator[BadFile]:
    root, font = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    )
    text = b"BT /F 12 Tf 72 700 Td (One line of text.) Tj ET\n"
    good = {1: root, 2: pages, 3: page, 4: stream(text), 5: font}
    yield BadFile("nothing wrong", "good.pdf", pdf(good))
    standard = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"41" * 32,
        b"42" * 32,
    )
    yield BadFile("encrypted", "encrypted.pdf", pdf(good, standard))
    script = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while \\(true\\) {}) >> >>"
    yield BadFile("a script", "script.pdf", pdf({**good, 1: script}))
    yield BadFile(
        "pages that hold themselves", "loop.pdf", pdf({**good, 2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"})
    )
    yield BadFile("a page that is its own parent", "parent.pdf", pdf({**good, 3: page.replace(b"2 0 R", b"3 0 R")}))
    whole = pdf(good)
    table = whole.rindex(b"startxref")
    at = int(whole[table:].split()[1])
    looped = whole.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % at)
    yield BadFile("a table that comes after itself", "prev.pdf", looped)
    yield BadFile("no table", "table.pdf", whole[:table])
    yield BadFile("a table elsewhere", "elsewhere.pdf", whole.replace(b"startxref\n", b"startxref\n9"))
    yield BadFile("a billion pages", "count.pdf", pdf({**good, 2: pages.replace(b"/Count 1", b"/Count 1000000000")}))
    yield BadFile("minus one page", "minus.pdf", pdf({**good, 2: pages.replace(b"/Count 1", b"/Count -1")}))
    yield BadFile(
        "one page ten thousand times",
        "same.pdf",
        pdf(
            {
                **good,
                2: pages.replace(b"[3 0 R]", b"[" + b"3 0 R " * 10_000 + b"]").replace(b"/Count 1", b"/Count 10000"),
            }
        ),
    )
    form = stream(
        b"/X Do " + text, b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /X 6 0 R >> >>"
    )
    drawn = page.replace(b"<< /Font", b"<< /XObject << /X 6 0 R >> /Font")
    yield BadFile("a drawing in itself", "form.pdf", pdf({**good, 3: drawn, 4: stream(b"/X Do"), 6: form}))
    yield BadFile(
        "12 MB of drawing in a few kB", "flate.pdf", pdf({**good, 4: stream(text + b"0 0 m 1 1 l S " * 900_000)})
    )
    yield BadFile("a million letters on one spot", "spot.pdf", pdf({**good, 4: stream(text * 60_000)}))
    yield BadFile(
        "a page as large as a country",
        "vast.pdf",
        pdf({**good, 3: page.replace(b"612 792", b"99999999 99999999"), 4: stream(b"")}),
    )
    yield BadFile("a page of no size", "flat.pdf", pdf({**good, 3: page.replace(b"612 792", b"0 0")}))
    yield BadFile("no font", "font.pdf", pdf({**good, 5: b"null"}))
    yield BadFile("arrays in arrays", "arrays.pdf", pdf({**good, 5: b"[" * 50_000 + b"]" * 50_000}))
    yield BadFile("no root", "root.pdf", pdf({**good, 1: b"null"}))
    yield BadFile(
        "a length that is wrong", "length.pdf", pdf({**good, 4: stream(text).replace(b"/Length ", b"/Length 9999")})
    )
    yield BadFile("no page at all", "none.pdf", pdf({**good, 2: b"<< /Type /Pages /Kids [] /Count 0 >>"}))
    yield BadFile("only a head", "head.pdf", b"%PDF-1.7\n")


def _texts(chance: random.Random) -> Iterator[BadFile]:
    for suffix in (".txt", ".md", ".html", ".csv", ".eml"):
        yield BadFile("one line of 3 MB", f"line{suffix}", b"Subject: a\n\n" + b"word " * 600_000)
        yield BadFile("a word of 3 MB", f"word{suffix}", b"Subject: a\n\n" + b"w" * 3_000_000)
    yield BadFile("30,000 headings", "headings.md", b"# A heading\n" * 30_000)
    yield BadFile("30,000 headings", "headings.html", b"<h1>A heading</h1>" * 30_000)
    yield BadFile("100,000 lines", "lines.txt", b"A line.\n" * 100_000)
    for wrong, text in (
        ("brackets", "[" * 30_000),
        ("links in links", "[a](" * 10_000),
        ("quotes in quotes", ">" * 10_000 + " a"),
        ("stars", "*a **b " * 20_000),
        ("ticks", "".join("`" * n + " " for n in range(1, 300))),
        ("lists in lists", "".join(" " * n + "- a\n" for n in range(300))),
        ("tables", "|" * 20_000 + "\n" + "|-" * 20_000 + "\n"),
        ("angle brackets", "<" * 50_000),
        ("front matter in circles", "---\na: &a [*a, *a]\ntitle: *a\nauthor: *a\n---\ntext\n"),
        (
            "front matter that grows",
            "---\n"
            + "a0: &a0 [x]\n"
            + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 9))
            + "author: *a8\n---\ntext\n",
        ),
        ("front matter that is code", "---\ntitle: !!python/object/apply:os.system ['echo']\n---\ntext\n"),
        ("marks that turn the line", "\u202eabc\u202c \u2066def\u2069\n" * 100),
        ("nothing that can be seen", "\u200b\u200e\ufeff\u2060" * 100),
        ("marks upon marks", "a" + "\u0301" * 20_000),
    ):
        yield BadFile(wrong, "text.md", text.encode())
    yield BadFile("half a pair", "pair.txt", "a\ud800b".encode("utf-16-le", "surrogatepass"))
    yield BadFile("UTF-16 of odd length", "odd.txt", b"\xff\xfea\x00b")
    yield BadFile("UTF-8 that is too long", "long.txt", b"\xc0\xaf\xe0\x80\xaf" * 50)
    yield BadFile("escapes", "escapes.txt", b"\x1b[2J\x1b]0;title\x07" * 50)
    yield BadFile("UTF-7", "seven.html", b"<meta charset=utf-7><p>+ADw-script+AD4-")


def _pages(chance: random.Random) -> Iterator[BadFile]:
    for wrong, page in (
        ("100,000 boxes in boxes", "<div>" * 100_000 + "deep"),
        ("1,500 boxes in boxes", "<div>" * 1500 + "deep enough"),
        ("lists in lists", "<ul><li>a" * 900),
        ("a comment without end", "<p>before<!-- " + "x" * 100_000),
        ("5,000 attributes", "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + ">text"),
        ("a script without end", "<p>before</p><script>" + "x" * 100_000),
        ("tags that close nothing", "</div>" * 50_000 + "text"),
        ("a table without end", "<table>" + "<tr><td colspan=99999999 rowspan=99999999>a" * 200),
        ("10,000 links", "<p>text</p><ul>" + '<li><a href="#">link</a></li>' * 10_000),
        ("an unknown encoding", '<meta charset="no-such-thing"><p>武汉'),
        ("an encoding that is none", '<meta charset="base64"><p>text</p>'),
        ("numbers of characters that are none", "<p>&#0;&#xD800;&#x110000;&#99999999999; text"),
        ("zero bytes", "<p>a\0b</p>"),
        ("a frame and nothing else", '<iframe src="file:///etc/passwd"></iframe><object data="file:///etc/passwd">'),
        ("hidden text only", '<p hidden>a</p><p style="display:none">b</p>'),
    ):
        yield BadFile(wrong, "page.html", page.encode())


def _tables(chance: random.Random) -> Iterator[BadFile]:
    for wrong, table in (
        ("20,000 columns", "a," * 20_000 + "\n"),
        ("a quote without end", 'a,b\n"' + "c\n" * 20_000),
        ("quotes and nothing else", '"' * 50_001),
        ("zero bytes", "a,b\n\0,c\n"),
        ("only commas", "," * 50_000),
        ("rows of all lengths", "\n".join("," * (n % 50) + "x" for n in range(2000))),
        ("carriage returns", "a,b\rc,d\r\re,f"),
        ("a field of a megabyte", 'a,b\n"' + "x" * 1_000_000 + '",c\n'),
    ):
        yield BadFile(wrong, "table.csv", table.encode())


def _mails(chance: random.Random) -> Iterator[BadFile]:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(500))
    for wrong, mail in (
        ("parts in parts", f"From: a@b\nSubject: deep\nMIME-Version: 1.0\n{deep}\ntext\n"),
        ("a charset that is none", "From: a@b\nContent-Type: text/plain; charset=none-such\n\n武汉的工作站\n"),
        ("base64 that is none", "From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!\n"),
        ("bytes that are not the charset's", "From: a@b\nContent-Type: text/plain; charset=us-ascii\n\n武汉的工作站\n"),
        ("only an attachment", "From: a@b\nContent-Type: application/pdf; name=x.pdf\n\n%PDF-\n"),
        ("a subject over lines", "From: a@b\nSubject: =?utf-8?b?5q2m5rGJ?=\n =?utf-8?q?=0Aline?=\n\ntext\n"),
        ("a subject in no charset", "From: a@b\nSubject: =?none?b?////?= =?utf-8?b?/w==?=\n\ntext\n"),
        ("100,000 headers", "From: a@b\n" + "X: y\n" * 100_000 + "\ntext\n"),
        ("a header of a megabyte", "From: a@b\nSubject: " + "x" * 1_000_000 + "\n\ntext\n"),
        ("addresses in circles", "From: " + "(" * 3000 + "\nSubject: a\n\ntext\n"),
        ("a date that is none", "From: a@b\nDate: the day after\n\ntext\n"),
        ("HTML only", 'From: a@b\nContent-Type: text/html\n\n<p>text <img src="http://127.0.0.1:9/x"></p>\n'),
    ):
        yield BadFile(wrong, "mail.eml", mail.encode())


NAMES = (
    *(
        "../../etc/passwd.txt",
        "..",
        ".",
        "",
        ".txt",
        "..txt",
        "a\nb.txt",
        "a\r\nerror: b.md",
        "\u202etxt.exe.md",
        "a\0b.txt",
    ),
    *(
        "\udcff\udcfe.txt",
        "x" * 251 + ".txt",
        "汉" * 83 + ".html",
        " .csv",
        "a.TXT",
        "a.txt ",
        "a.pdf.",
        "\x1b[31mred.md",
    ),
    *(
        "-rf.txt",
        "$(touch x).txt",
        "'; DROP TABLE documents; --.md",
        "CON.txt",
        "a/b\\c.txt",
        "\u2028.txt",
        "\U000e0041.txt",
    ),
)


def _names(chance: random.Random) -> Iterator[BadFile]:
    for name in NAMES:
        yield BadFile("a strange name", name, "工作站周六开放。\n".encode())
        yield BadFile("a strange name and nothing in it", name, b"")
