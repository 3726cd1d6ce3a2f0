"""A tree of HTML -> blocks: headings, paragraphs, list items and table rows, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import regex

from index.readers.source import TextBuilder

LINK_SHARE = 0.75  # of the text of a list or box: more in links, and it is a menu
MENU_LINKS = 3

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "title", "svg", "math-annotation", "iframe", "object", "video"}
    | {"audio", "canvas", "select", "option", "button", "input", "textarea", "datalist", "dialog", "link", "meta"}
)
_AROUND = frozenset({"nav", "footer", "aside", "form", "menu"})
_AROUND_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar"})
_BOXES = frozenset({"ul", "ol", "dl", "div", "section", "table", "p", "td", "header"})
_BREAKING = frozenset(
    {"address", "article", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"figure", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody"}
    | {"tfoot", "thead", "tr", "ul", "caption", "hgroup", "search", "legend", "colgroup", "nav", "footer", "aside"}
)
_HEADING = regex.compile(r"h([1-6])")
_NOTE_ROLES = frozenset({"doc-noteref", "doc-backlink"})
_NOTE_MARK = regex.compile(r"\[?\s*(?:[\p{N}a-zA-Z*†‡§]{1,4}|注\s*\d+)\s*\]?|[↩↑^\ufe0e\ufe0f]+")
_HIDDEN_STYLE = regex.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", regex.I)


@dataclass(slots=True)
class _Run:
    """The words of the block that is being gathered."""

    words: list[str] = field(default_factory=list)

    def take(self) -> list[str]:
        """The paragraphs gathered, with single spaces, and begin again.

        A page breaks lines within a paragraph; two breaks, or an indented line after one, begin a new paragraph.
        """
        paragraphs: list[list[str]] = [[]]
        for line in "".join(self.words).split("\n"):
            words = " ".join(line.split())
            if not words or line.lstrip(" \xa0").startswith("\u3000\u3000"):
                paragraphs.append([])
            if words:
                paragraphs[-1].append(words)
        self.words = []
        return ["\n".join(lines) for lines in paragraphs if lines]


def add_blocks(built: TextBuilder, element: Any, menus: bool = False) -> None:
    """Add what an element holds. `menus` keeps lists of links too, as a book's contents are."""
    run = _Run()
    _walk(built, element, run, menus)
    _add_run(built, run)


def visible(element: Any) -> str:
    """An element's text as a reader could see it, unspaced from its source."""
    return "".join(_texts(element))


def _walk(built: TextBuilder, element: Any, run: _Run, menus: bool) -> None:
    # A stack and not recursion: pages nest as deeply as they like.
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        if leaving:
            if tag in _BREAKING:
                _add_run(built, run)
            run.words.append(_spaced(node.tail) if node is not element else "")
            continue
        if _left_out(node, tag, node is element, menus):
            run.words.append(_spaced(node.tail) if node is not element else "")
            continue
        heading = _HEADING.fullmatch(tag)
        whole = heading is not None or tag in {"tr", "pre"}
        if tag in _BREAKING or heading is not None:
            _add_run(built, run)
        if whole:
            _add_whole(built, node, tag, 0 if heading is None else int(heading[1]))
            run.words.append(_spaced(node.tail) if node is not element else "")
            continue
        if tag in {"br", "wbr"}:
            run.words.append("\n" if tag == "br" else "")
        run.words.append(_spaced(node.text))
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _add_run(built: TextBuilder, run: _Run) -> None:
    for paragraph in run.take():
        built.add(paragraph)


def _add_whole(built: TextBuilder, node: Any, tag: str, level: int) -> None:
    if tag == "tr":
        cells = [" ".join(visible(cell).split()) for cell in node if cell.tag in {"td", "th"}]
        built.add("\t".join(cells).strip("\t"), row=True)
    elif tag == "pre":
        built.add(visible(node).strip("\r\n").rstrip())
    else:
        built.add(" ".join(visible(node).split()), level)


def _left_out(node: Any, tag: str, top: bool, menus: bool) -> bool:
    if not tag or tag in _UNSEEN:
        return True
    if top:
        return False
    if "hidden" in node.attrib or _HIDDEN_STYLE.search(node.get("style", "")):
        return True
    if tag in {"a", "sup"} and _is_note_mark(node):
        return True
    return not menus and (_is_around(node, tag) or (tag in _BOXES and _is_menu(node)))


def _is_around(node: Any, tag: str) -> bool:
    """Whether the page says that this is no part of what it is about."""
    return tag in _AROUND or node.get("role", "") in _AROUND_ROLES or node.get("aria-hidden") == "true"


def _is_note_mark(node: Any) -> bool:
    """Whether this is the number of a note, which would stand in the text as if it were part of a figure."""
    if node.tag == "a":
        links = [node] if node.get("role", "") in _NOTE_ROLES or node.find("sup") is not None else []
    else:
        links = node.findall(".//a")
    if len(links) != 1 or "#" not in links[0].get("href", ""):
        return False
    words = "".join(node.itertext()).strip()
    return words == "".join(links[0].itertext()).strip() and _NOTE_MARK.fullmatch(words) is not None


def _is_menu(node: Any) -> bool:
    links = list(node.iter("a"))
    if len(links) < MENU_LINKS:
        return False
    text = len("".join(visible(node).split()))
    linked = sum(len("".join(visible(link).split())) for link in links)
    return linked > LINK_SHARE * text


def _texts(element: Any) -> Iterator[str]:
    stack: list[tuple[Any, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag if isinstance(node.tag, str) else ""
        unseen = tag in _UNSEEN or (tag in {"a", "sup"} and node is not element and _is_note_mark(node))
        if not leaving and tag and not unseen:
            yield node.text or ""
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
            continue
        if tag in _BREAKING or tag in {"br", "td", "th"}:
            yield " "
        if node is not element:
            yield node.tail or ""


def _spaced(text: str | None) -> str:
    """Text between tags: its line ends are spaces to a browser."""
    return "" if text is None else regex.sub(r"[\r\n\t\f]", " ", text)
