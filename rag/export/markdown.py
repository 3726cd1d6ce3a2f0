"""Markdown (CommonMark with footnotes): every mark in a quote is escaped, so that what is shown is the quote."""

from __future__ import annotations

import regex

from rag.export.content import NOT_XML, Content, lines_of, require_fit
from rag.export.pandoc import Node, raw, write_with_pandoc

_TARGET = (
    "markdown-smart-fenced_divs-native_divs-bracketed_spans-native_spans-raw_html-header_attributes-citations"
    "-superscript-subscript"
)
# Any of ASCII's punctuation may follow a backslash (https://spec.commonmark.org/0.31.2/#backslash-escapes). Left as
# they are: those that mean nothing in any dialect, and full stops and hyphens between letters and digits.
_MARKS = regex.compile(r"""[\\`*_{}\[\]<>#+!|~$^=:@"'&]|(?<![\p{L}\p{N}])[.-]|[.-](?![\p{L}\p{N}])|(?<=^\d{1,9})[.)]""")
_REPLACED = regex.compile(rf"{NOT_XML.pattern}|[\x7f-\x9f]")
# Blank space at the ends of a line, or more than one of it, would be dropped or joined.
_BLANKS = regex.compile(r"^\s+|\s+$|\s{2,}|[\t\u2028\u2029]")


def write_markdown(content: Content) -> bytes:
    """The report as Markdown. Raises UnexportableReport for control characters, which its readers replace."""
    require_fit(content, "Markdown", _REPLACED)
    return write_with_pandoc(content, _TARGET, _nodes)


def _nodes(text: str) -> list[Node]:
    nodes: list[Node] = []
    lines = lines_of(text)
    for number, line in enumerate(lines):
        code = "".join(_escaped(line))
        if number:
            # A line break at the ends of a paragraph would be none.
            inner = any(lines[:number]) and any(lines[number:])
            nodes.append({"t": "LineBreak"} if inner else raw("markdown", "&#10;"))
        if code:
            nodes.append(raw("markdown", code))
    return nodes


def _escaped(line: str) -> list[str]:
    pieces, place = [], 0
    for blank in _BLANKS.finditer(line):
        pieces += [_MARKS.sub(r"\\\g<0>", line[place : blank.start()])]
        pieces += [f"&#{ord(character)};" for character in blank.group()]
        place = blank.end()
    return [*pieces, _MARKS.sub(r"\\\g<0>", line[place:])]
