"""HTML saved from the web: trafilatura finds the article; all its headings, paragraphs, items and rows are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import regex

from index.encodings import decode
from index.errors import UnreadableFile
from index.names import one_line
from index.readers.html_blocks import add_blocks, visible
from index.readers.html_origin import html_origin, html_title
from index.readers.source import Source, TextBuilder
from index.records import ReadFile

DECLARATION_BYTES = 2048
FOUND_SHARE = 0.9  # of the extracted paragraphs: what holds as many is the article, with what stands between them
EXTRACTED_ELEMENTS = 100_000
ENOUGH_SHARE = 0.25  # of the page's text outside menus: less is no article, and all of that text is read
LIST_CHARACTERS = 300  # fewer outside menus, and the page is a list of links, such as a table of contents
PARAGRAPHS = 60  # looked for, at most about twice as many
PARAGRAPH_START = 30  # characters that tell a paragraph from the others

_DECLARED = regex.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)""", regex.I
)
_SENTENCE = regex.compile(r"[.!?。！？]\s*\Z")
_XML_DECLARATION = regex.compile(r"\s*<\?xml[^>]*\?>")


def read_html(source: Source) -> ReadFile:
    """Read a page. Raises UnreadableFile for one without text, or in no encoding that can be told."""
    decoded = decode(source.data, source.name, source.encoding, declared_encoding(source.data))
    page = parse_html(decoded.text)
    if page is None:
        raise UnreadableFile(f"{source.name}: there is no text in this page")
    body = page.find("body")
    body = page if body is None else body
    bare = _blocks_of(source, body)
    article = _article(page, body, len(_squeezed(bare.text)))
    if article is not body and len(_blocks_of(source, article).text) < ENOUGH_SHARE * len(bare.text):
        article = body  # trafilatura took a menu for it
    built = TextBuilder(source)
    title = html_title(page)
    _add_headline(built, page, article)
    add_blocks(built, article, menus=article is body and _is_list(bare, len(visible(body))))
    return replace(built.done(title, html_origin(page, decoded.text)), encoding=decoded.encoding)


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page says it is in.

    >>> declared_encoding(b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">')
    'gb2312'
    """
    found = _DECLARED.search(data[:DECLARATION_BYTES])
    return None if found is None else (found[1] or found[2]).decode("ascii", "ignore")


def parse_html(text: str) -> Any:
    """The page's tree (lxml); None where there is nothing in it.

    Raises ValueError for tags in tags in tags, thousands deep, of which the parser would give only the outer ones.
    """
    from lxml import etree, html

    text = _XML_DECLARATION.sub("", text.replace("\0", ""), count=1)
    parser = html.HTMLParser(no_network=True, recover=True, remove_pis=True, huge_tree=True)
    try:
        page = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise ValueError("nested too deep")
    return page


def _is_list(bare: ReadFile, characters: int) -> bool:
    """Whether a page is a list of links: outside of them it says little, and nothing in a sentence."""
    said = any(_SENTENCE.search(bare.text[block.start : block.end]) for block in bare.blocks if not block.level)
    return not said and len(bare.text) < min(LIST_CHARACTERS, characters / 2)


def _blocks_of(source: Source, element: Any) -> ReadFile:
    built = TextBuilder(source)
    add_blocks(built, element)
    return built.done("")


def _article(page: Any, body: Any, characters: int) -> Any:
    """The smallest element that holds nearly all that trafilatura takes for the article; the body if that is little.

    `characters` is how many there are outside the body's menus.
    """
    extracted = _extracted(page)
    starts = [start for text in extracted if len(start := _squeezed(text)[:PARAGRAPH_START]) > 5]
    if not starts or sum(len(_squeezed(text)) for text in extracted) < ENOUGH_SHARE * characters:
        return body
    return _smallest(body, starts[:: max(1, len(starts) // PARAGRAPHS)])


def _smallest(element: Any, starts: Sequence[str]) -> Any:
    held = [start for start in starts if start in _squeezed(visible(element))]
    while True:
        if len(element) == 1 and _is_only_around(element, element[0]):
            element = element[0]
            continue
        for child in element:
            if isinstance(child.tag, str):
                text = _squeezed(visible(child))
                if (
                    held
                    and sum(start in text for start in held) >= FOUND_SHARE * len(held)
                    and child.tag not in _LEAVES
                ):
                    element = child
                    break
        else:
            return element


def _is_only_around(element: Any, child: Any) -> bool:
    own = f"{element.text or ''}{child.tail or ''}"
    return isinstance(child.tag, str) and child.tag not in _LEAVES and not own.strip()


def _extracted(page: Any) -> list[str]:
    import copy

    from trafilatura import bare_extraction

    if sum(1 for _ in islice(page.iter(), EXTRACTED_ELEMENTS)) == EXTRACTED_ELEMENTS:
        return []  # no article, and a minute's work
    copied = copy.deepcopy(page)
    for cell in copied.iter("td", "th"):  # trafilatura fills the rows and columns that a cell claims
        cell.attrib.pop("colspan", None)
        cell.attrib.pop("rowspan", None)
    try:
        found = bare_extraction(copied, fast=True, include_comments=False)
    except RecursionError:  # a page nested deeper than any is on purpose
        return []
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return ["".join(element.itertext()) for element in found.body.iter("p", "head", "item", "cell", "quote", "code")]


def _add_headline(built: TextBuilder, page: Any, article: Any) -> None:
    """The page's one headline, where it stands outside the article, as it does above a by-line."""
    headlines = [element for element in page.iter("h1") if visible(element).strip()]
    if len(headlines) == 1 and article not in headlines[0].iterancestors() and headlines[0] is not article:
        built.add(one_line(visible(headlines[0])), 1)


def _squeezed(text: str) -> str:
    return "".join(text.split())


_LEAVES = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "td", "table", "ul", "ol", "pre", "blockquote"}
)
