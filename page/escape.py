"""Text -> HTML. All text from documents, questions and models passes through `escape`, and nothing else does."""

from __future__ import annotations

import html


def escape(text: str) -> str:
    """Text as HTML that a browser shows, and hands back, as exactly these characters.

    A carriage return is written as a reference: an HTML parser turns a plain one into a line feed.

    >>> escape("<b>\\r\\n")
    '&lt;b&gt;&#13;\\n'
    """
    return html.escape(text, quote=True).replace("\r", "&#13;")
