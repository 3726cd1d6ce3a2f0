"""OpenDocument text: footnotes, a quote in the style of quotations."""

from __future__ import annotations

from rag.export.content import Content, lines_of, require_fit
from rag.export.pandoc import Node, raw, words, write_with_pandoc


def write_opendocument(content: Content) -> bytes:
    """The report as .odt. Raises UnexportableReport for characters that XML cannot hold."""
    require_fit(content, "OpenDocument")
    return write_with_pandoc(content, "odt", _nodes)


def _nodes(text: str) -> list[Node]:
    nodes: list[Node] = []
    for number, line in enumerate(lines_of(text)):
        if number:
            nodes.append({"t": "LineBreak"})
        for place, piece in enumerate(line.split("\t")):
            if place:
                nodes.append(raw("opendocument", "<text:tab/>"))
            if piece:
                nodes.append(words(piece))
    return nodes
