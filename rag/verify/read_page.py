"""Reports as they are shown: HTML, and PDF, which has lines and pages but no paragraphs or block quotations."""

from __future__ import annotations

import regex
from lxml import etree
from lxml import html as lxml_html

from rag.verify.report import NoteMark, Part

_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
     "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
     "html", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
     "th", "thead", "tr", "ul"]
)  # fmt: skip
_SKIPPED = frozenset(["head", "script", "style", "template", "noscript", "iframe", "object", "svg", "math"])
_NOTE_LINK = regex.compile(r"\s*[\[(（［]?\s*(?:\d{1,4}|[*†‡§]|[①-⑳])\s*[\])）］]?\s*")
_BLANKS = regex.compile(r"[ \t\n\r\f]+")


def read_html(data: bytes) -> list[Part]:
    """The page's paragraphs; blank space is joined as a browser joins it, unless the page says otherwise."""
    tree = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding=_encoding(data), no_network=True))
    targets = {str(element.get("id")): element for element in tree.iter() if element.get("id")}
    walk = _Walk(targets)
    walk.block(tree, False, False)
    return walk.parts  # the notes are among them: they stand somewhere on the page


def read_pdf(data: bytes) -> list[Part]:
    """The text of all pages as one part, so that a quotation goes on over a page's end."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    # PDFium marks a hyphen at a line's end with U+FFFE.
    text = "\n".join(pages).replace("\r\n", "\n").replace("\ufffe", "-\n")
    return [Part("text", text)]


class _Walk:
    """The walk over a page: the paragraph under way, and what is finished."""

    def __init__(self, targets: dict[str, etree._Element]) -> None:
        self.parts: list[Part] = []
        self._targets = targets
        self._text = ""
        self._marks: list[NoteMark] = []

    def block(self, element: etree._Element, quoted: bool, kept: bool) -> None:
        """Walk an element; `quoted` within a block quotation, `kept` where blank space is."""
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            return
        style = (element.get("style") or "").replace(" ", "")
        kept = kept or element.tag in ("pre", "textarea") or "white-space:pre" in style
        inner = quoted or element.tag == "blockquote"
        is_block = element.tag in _BLOCKS
        if is_block:
            self._finish(quoted)
        note = self._note(element)
        if note is not None:
            self._marks.append(NoteMark(len(self._text), note))
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

    def _note(self, element: etree._Element) -> str | None:
        """The text of the note that a link leads to, where it is a note's number."""
        target = element.get("href", "") if element.tag == "a" else ""
        words = _words(element) if target.startswith("#") else ""
        if not _NOTE_LINK.fullmatch(words) or target[1:] not in self._targets:
            return None
        return str(_BLANKS.sub(" ", _words(self._targets[target[1:]]))).strip()

    def _finish(self, quoted: bool) -> None:
        if self._text.strip():
            kind = "quotation" if quoted else "text"
            self.parts.append(Part(kind, self._text, tuple(self._marks), len(self.parts)))  # type: ignore[arg-type]
        self._text, self._marks = "", []


def _words(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def _encoding(data: bytes) -> str | None:
    """UTF-8 where it is that; otherwise what the page says."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"
