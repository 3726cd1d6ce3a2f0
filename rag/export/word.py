"""Word: real footnotes, a quote in the style of block quotations."""

from __future__ import annotations

from rag.export.content import Content, require_fit
from rag.export.pandoc import Node, nodes_with_tabs, raw, write_with_pandoc


def write_word(content: Content) -> bytes:
    """The report as .docx. Raises UnexportableReport for characters that XML cannot hold."""
    require_fit(content, "Word")
    return write_with_pandoc(content, "docx", _nodes)


def _nodes(text: str) -> list[Node]:
    return nodes_with_tabs(text, raw("openxml", "<w:r><w:tab/></w:r>"))
