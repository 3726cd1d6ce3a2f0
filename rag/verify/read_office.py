"""Reports from office programs: Word and OpenDocument, read from their own XML so that no character is lost."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from rag.verify.report import NoteMark, Part

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"

# Names of the styles for quotations, in Word's and LibreOffice's languages; others are found by their parent.
_QUOTE_STYLES = frozenset(
    {"quote", "intense quote", "block text", "block quotation", "quotations", "引用", "明显引用", "引文", "zitat",
     "intensives zitat", "citation", "citation intense", "cita", "citazione"}
)  # fmt: skip
_INDENTED = 300  # twentieths of a point; less is no block
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\xad"}
_LARGEST = 256 * 2**20  # bytes of one unpacked part


def read_word(data: bytes) -> list[Part]:
    """The body with its footnotes and endnotes; deleted text of tracked changes is left out.

    A paragraph that is indented and has a note is a block quotation too: many are made by hand.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = _parsed(archive, "word/document.xml")
        styles = _word_styles(archive)
        notes = {
            (kind, note.get(f"{_W}id", "")): "\n".join(_word_text(paragraph)[0] for paragraph in note.iter(f"{_W}p"))
            for kind in ("footnote", "endnote")
            if f"word/{kind}s.xml" in archive.namelist()
            for note in _parsed(archive, f"word/{kind}s.xml").iter(f"{_W}{kind}")
            if note.get(f"{_W}type") is None
        }
    parts: list[Part] = []
    for number, paragraph in enumerate(body.iter(f"{_W}p")):
        if any(outer.tag == _FALLBACK for outer in paragraph.iterancestors()):
            continue
        text, references = _word_text(paragraph)
        marks = tuple(NoteMark(at, notes.get(reference, "")) for at, reference in references)
        quoted = _word_style(paragraph) in styles or (bool(marks) and _is_indented(paragraph))
        parts.append(Part("quotation" if quoted else "text", text, marks, number))
    return [*parts, *(Part("note", text) for text in notes.values())]


def read_opendocument(data: bytes) -> list[Part]:
    """The body with its footnotes and endnotes; comments and deleted text are left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content, common = _parsed(archive, "content.xml"), _parsed(archive, "styles.xml")
    parents = {
        style.get(f"{_STYLE}name"): style.get(f"{_STYLE}parent-style-name")
        for tree in (common, content)
        for style in tree.iter(f"{_STYLE}style")
    }
    parts: list[Part] = []
    found: list[str] = []
    for number, paragraph in enumerate(content.iter(f"{_TEXT}p", f"{_TEXT}h")):
        if any(outer.tag in (f"{_TEXT}note-body", f"{_OFFICE}annotation") for outer in paragraph.iterancestors()):
            continue
        pieces: list[str] = []
        marks: list[NoteMark] = []
        _odt_text(paragraph, pieces, marks)
        style: str | None = paragraph.get(f"{_TEXT}style-name")
        quoted = False
        while style is not None and not quoted:
            quoted = style.replace("_20_", " ").lower() in _QUOTE_STYLES
            style = parents.get(style)
        parts.append(Part("quotation" if quoted else "text", "".join(pieces), tuple(marks), number))
        found += [mark.text for mark in marks]
    return [*parts, *(Part("note", text) for text in found)]


def _parsed(archive: zipfile.ZipFile, name: str) -> etree._Element:
    if archive.getinfo(name).file_size > _LARGEST:
        raise ValueError(f"{name} unpacks to more than {_LARGEST} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(archive.read(name), parser)


def _word_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The ids of the paragraph styles for quotations, and of those made from them."""
    if "word/styles.xml" not in archive.namelist():
        return frozenset()
    quoting: set[str] = set()
    parents: dict[str, str] = {}
    for style in _parsed(archive, "word/styles.xml").iter(f"{_W}style"):
        name, parent = style.find(f"{_W}name"), style.find(f"{_W}basedOn")
        identity = style.get(f"{_W}styleId", "")
        if name is not None and str(name.get(f"{_W}val")).lower() in _QUOTE_STYLES:
            quoting.add(identity)
        if parent is not None:
            parents[identity] = str(parent.get(f"{_W}val"))
    for identity in parents:
        chain, above = {identity}, parents.get(identity)
        while above is not None and above not in chain:
            chain.add(above)
            if above in quoting:
                quoting.add(identity)
            above = parents.get(above)
    return frozenset(quoting)


def _word_style(paragraph: etree._Element) -> str | None:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return None if style is None else style.get(f"{_W}val")


def _is_indented(paragraph: etree._Element) -> bool:
    indent = paragraph.find(f"{_W}pPr/{_W}ind")
    if indent is None or paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return False
    left = indent.get(f"{_W}left") or indent.get(f"{_W}start") or "0"
    return left.lstrip("-").isdigit() and int(left) >= _INDENTED


def _word_text(paragraph: etree._Element) -> tuple[str, list[tuple[int, tuple[str, str]]]]:
    """The paragraph's text, and its note references with their offsets."""
    text = ""
    references: list[tuple[int, tuple[str, str]]] = []
    for element in _runs(paragraph):
        name = etree.QName(element).localname
        if name == "t":
            text += element.text or ""
        elif name in _MARKS and (parent := element.getparent()) is not None and parent.tag == f"{_W}r":
            text += _MARKS[name]
        elif name in ("footnoteReference", "endnoteReference"):
            references.append((len(text), (name.removesuffix("Reference"), element.get(f"{_W}id", ""))))
    return text, references


def word_text_length(run: etree._Element) -> int:
    """How many characters of its paragraph's text a run holds."""
    wrapper = etree.Element(f"{_W}p")
    wrapper.append(copy.deepcopy(run))
    return len(_word_text(wrapper)[0])


def _runs(element: etree._Element) -> Iterator[etree._Element]:
    """What is in a paragraph's runs, without paragraphs within it (text boxes) and deleted text."""
    for child in element:
        if not isinstance(child.tag, str) or child.tag in (f"{_W}p", f"{_W}del", f"{_W}moveFrom", _FALLBACK):
            continue
        yield child
        yield from _runs(child)


def _odt_text(element: etree._Element, pieces: list[str], marks: list[NoteMark]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if child.tag == f"{_TEXT}s":
            pieces.append(" " * int(child.get(f"{_TEXT}c", "1")))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag == f"{_TEXT}note":
            inner: list[str] = []
            for paragraph in child.iter(f"{_TEXT}p"):
                _odt_text(paragraph, inner, [])
                inner.append("\n")
            marks.append(NoteMark(sum(map(len, pieces)), "".join(inner).rstrip("\n")))
        elif isinstance(child.tag, str) and child.tag != f"{_OFFICE}annotation":
            _odt_text(child, pieces, marks)
        pieces.append(child.tail or "")
