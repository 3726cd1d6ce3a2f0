"""Text -> search terms, for any script: one function for documents and for questions.

Matching ignores width, case, and the difference between simplified and traditional characters.
Scripts written without spaces become overlapping pairs of characters, so that keyword search
needs no dictionary and finds 社区食堂 inside a longer run.
"""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from opencc import OpenCC

TERMS_VERSION = 1  # raise it when the same text would give other terms

_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_RUN = regex.compile(
    rf"(?P<unspaced>{_UNSPACED}+\p{{M}}*(?:{_UNSPACED}|\p{{M}})*)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}])+)"
)


def terms(text: str) -> list[str]:
    """The text's terms in order, repeats kept.

    >>> terms("１８．５５万家 Firms 臺灣")
    ['18.55', '万家', 'firms', '台湾']
    """
    folded = _simplifier().convert(unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    for run in _RUN.finditer(folded):
        value = run.group()
        if run.lastgroup == "unspaced" and len(value) > 1:
            found.extend(value[place : place + 2] for place in range(len(value) - 1))
        else:
            found.append(value)
    return found


@lru_cache(1 << 16)
def code(term: str) -> str:
    """What the library keeps of a term: 40 bits of its BLAKE2b as 8 letters and digits.

    FTS5 keeps some deleted words as marks between its pages; from a code nothing can be read.
    Two of a million terms meet in one code about every second library, and then only share a score.
    """
    return base64.b32encode(hashlib.blake2b(term.encode(), digest_size=5).digest()).decode().lower()


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
