"""HTML, one file that fetches nothing: a quote's blank space is shown as it is."""

from __future__ import annotations

from html import escape

from rag.export.content import Content, lines_of, require_fit
from rag.export.pandoc import Node, raw, write_with_pandoc


def write_html(content: Content) -> bytes:
    """The report as HTML. Raises UnexportableReport for characters that HTML cannot hold."""
    require_fit(content, "HTML")
    return write_with_pandoc(content, "html5", _nodes, ["--standalone", "--embed-resources"])


def _nodes(text: str) -> list[Node]:
    code = "<br />".join(escape(line, quote=False) for line in lines_of(text))
    return [raw("html", f'<span class="quote" style="white-space: pre-wrap">{code}</span>')]
