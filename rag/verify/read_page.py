"""Reports as they are shown: HTML."""

from __future__ import annotations

import regex
from lxml import etree
from lxml import html as lxml_html

from rag.verify.report import Kind, NoteMark, Part

_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
     "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
     "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
     "th", "thead", "tr", "ul"]
)  # fmt: skip
_SKIPPED = frozenset(["head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math"])
_NOTE_LINK = regex.compile(r"\s*[\[(（［]?\s*(?:\d{1,4}|[*†‡§]|[①-⑳])\s*[\])）］]?\s*")
# How office programs name their styles for quotations in a page.
_QUOTE_CLASSES = frozenset(
    [
        "block-text",
        "quotations",
        "quote",
        "intense-quote",
        "msoquote",
        "msointensequote",
        "msoblocktext",
        "引用",
        "明显引用",
    ]
)
_BLANKS = regex.compile(r"[ \t\n\r\f]+")


def read_html(data: bytes) -> list[Part]:
    """The page's paragraphs; blank space is joined as a browser joins it, unless the page says otherwise."""
    tree = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding=_encoding(data), no_network=True))
    walk = _Walk(_notes(tree))
    walk.block(tree, "text", False)
    return walk.parts


def _notes(tree: etree._Element) -> dict[str, etree._Element]:
    """The notes by the names that the numbers in the text link to.

    A note comes after its number; office programs name the number that begins it, and not the note itself.
    """
    order: dict[str, tuple[int, etree._Element]] = {}
    links: list[tuple[int, str]] = []
    for place, element in enumerate(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        names = [element.get("id"), element.get("name") if element.tag == "a" else None]
        for name in names:
            if name:
                order.setdefault(str(name), (place, element))
        if _is_note_link(element):
            links.append((place, str(element.get("href"))[1:]))
    found: dict[str, etree._Element] = {}
    for place, target in links:
        at, element = order.get(target, (-1, tree))
        if at > place:
            found[target] = _block_of(element) if element.tag == "a" else element
    return found


def _block_of(element: etree._Element) -> etree._Element:
    """The paragraph that an element stands in."""
    for outer in element.iterancestors():
        if outer.tag in _BLOCKS:
            return outer
    return element


class _Walk:
    """The walk over a page: the paragraph under way, and what is finished. `notes` are the notes by their ids."""

    def __init__(self, notes: dict[str, etree._Element]) -> None:
        self.parts: list[Part] = []
        self._notes = notes
        self._held = set(notes.values())
        self._text = ""
        self._marks: list[NoteMark] = []

    def block(self, element: etree._Element, kind: Kind, kept: bool) -> None:
        """Walk an element that stands in a part of some kind; `kept` where blank space is."""
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        style = (element.get("style") or "").replace(" ", "")
        kept = kept or element.tag in ("pre", "textarea") or "white-space:pre" in style
        inner: Kind = "note" if element in self._held else kind
        classes = (element.get("class") or "").lower().split()
        quoted = element.tag == "blockquote" or (element.tag == "p" and not _QUOTE_CLASSES.isdisjoint(classes))
        if quoted and inner == "text":
            inner = "quotation"
        is_block = element.tag in _BLOCKS
        if is_block:
            self._finish(kind)
        target = str(element.get("href", ""))[1:]
        if _is_note_link(element) and target in self._notes and inner != "note":
            self._marks.append(NoteMark(len(self._text), str(_BLANKS.sub(" ", _words(self._notes[target]))).strip()))
            return
        if element.tag == "br":
            self._text = self._text.rstrip(" ") if not kept else self._text
            self._text += "\n"
        if element.tag == "q":
            self._text += "“"
        self._add(element.text, kept)
        for child in element:
            self.block(child, inner, kept)
            self._add(child.tail, kept)
        if element.tag == "q":
            self._text += "”"
        if is_block:
            self._finish(inner)

    def _add(self, text: str | None, kept: bool) -> None:
        if not text:
            return
        if not kept:
            text = _BLANKS.sub(" ", text)
            if self._text == "" or self._text[-1] in " \n":
                text = text.removeprefix(" ")
        self._text += text

    def _finish(self, kind: Kind) -> None:
        if self._text.strip():
            self.parts.append(Part(kind, self._text, tuple(self._marks), len(self.parts)))
        self._text, self._marks = "", []


def _is_note_link(element: etree._Element) -> bool:
    """Whether it is a link within the page whose words are a note's number."""
    if element.tag != "a" or not str(element.get("href", "")).startswith("#"):
        return False
    return _NOTE_LINK.fullmatch(_words(element)) is not None


def _words(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _encoding(data: bytes) -> str | None:
    """UTF-8 where it is that; otherwise what the page says."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
