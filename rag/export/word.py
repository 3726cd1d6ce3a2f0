"""Word: real footnotes, a quote in the style of block quotations."""

from __future__ import annotations

from rag.export.content import Content, lines_of, require_fit
from rag.export.pandoc import Node, raw, words, write_with_pandoc


def write_word(content: Content) -> bytes:
    """The report as .docx. Raises UnexportableReport for characters that XML cannot hold."""
    require_fit(content, "Word")
    return write_with_pandoc(content, "docx", _nodes)


def _nodes(text: str) -> list[Node]:
    nodes: list[Node] = []
    for number, line in enumerate(lines_of(text)):
        if number:
            nodes.append({"t": "LineBreak"})
        for place, piece in enumerate(line.split("\t")):
            if place:
                nodes.append(raw("openxml", "<w:r><w:tab/></w:r>"))
            if piece:
                nodes.append(words(piece))
    return nodes
