"""Names as they can be shown: a file's name may hold any character, a message is one line."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


def shown(name: str) -> str:
    """The name with what cannot be seen, or would turn the line around, written as an escape.

    >>> shown("a\\n\\u202eb.txt")
    'a\\\\n\\\\u202eb.txt'
    """
    return "".join(
        character.encode("unicode_escape").decode("ascii") if unicodedata.category(character) in _HIDDEN else character
        for character in name
    )


def one_line(words: str) -> str:
    """The words with single spaces between them, and nothing that cannot be seen: a title, an author.

    >>> one_line("  A\\n title\\x00 ")
    'A title'
    """
    kept = (" " if character.isspace() else character for character in words)
    return " ".join("".join(c for c in kept if c == " " or unicodedata.category(c) not in _HIDDEN).split())
