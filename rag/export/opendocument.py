"""OpenDocument text: footnotes, a quote in the style of quotations."""

from __future__ import annotations

from rag.export.content import Content, require_fit
from rag.export.pandoc import Node, nodes_with_tabs, raw, write_with_pandoc


def write_opendocument(content: Content) -> bytes:
    """The report as .odt. Raises UnexportableReport for characters that XML cannot hold."""
    require_fit(content, "OpenDocument")
    return write_with_pandoc(content, "odt", _nodes)


def _nodes(text: str) -> list[Node]:
    return nodes_with_tabs(text, raw("opendocument", "<text:tab/>"))
