"""A Markdown document's source -> the marks in it that its readers do not see: those of links, notes, code and tags.

A document is kept as its source, and is quoted by those who see it rendered. Emphasis is dropped by folding itself.
"""

from __future__ import annotations

from functools import lru_cache

import regex

# A link's words are seen, its target is not; so with images, whose words stand where they cannot be shown.
_INSIDE = r"(?:[^\[\]\\\n]|\\.|\n(?!\s*\n)|\[(?:[^\[\]\\\n]|\\.)*\])*"
_TARGET = r"\([ \t]*(?:<[^<>\n]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"
_LINK = regex.compile(
    rf"(?P<open>!?\[)(?P<words>{_INSIDE})(?P<close>\]{_TARGET}|\]\[[^\[\]\n]*\])(?<!\\\])", regex.VERSION1
)
_HIDDEN = regex.compile(
    r"\[\^[^\[\]\s]+\]:?"  # a note's number
    r"|</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>\n]*)?/?>"  # a tag
    r"|<(?=https?://[^<>\s]+>)|(?<=<https?://[^<>\s]+)>"  # around an address
    r"|`+"
)


_UNSEEN = "\u200b"  # folding drops it


def as_seen(text: str) -> str:
    """The text with invisible characters in the hidden marks' place, so that every offset stays.

    >>> as_seen("a `b`") == "a \u200bb\u200b"
    True
    """
    hidden = hidden_marks(text)
    return "".join(_UNSEEN if place in hidden else sign for place, sign in enumerate(text)) if hidden else text


@lru_cache(256)
def hidden_marks(text: str) -> frozenset[int]:
    """The places of the characters that are not seen.

    >>> text = "see [the *report*](https://a.b/c)"
    >>> "".join(sign for place, sign in enumerate(text) if place not in hidden_marks(text))
    'see the *report*'
    """
    found: set[int] = set()
    if "[" in text:
        for link in _LINK.finditer(text, overlapped=True):
            found.update(range(*link.span("open")))
            found.update(range(*link.span("close")))
    for mark in _HIDDEN.finditer(text):
        found.update(range(*mark.span()))
    return frozenset(found)
