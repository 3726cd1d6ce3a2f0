"""How far two answers agree, as the field counts it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_ARTICLE = re.compile(r"\b(a|an|the)\b")
_CHARACTER = re.compile(
    r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


def units(text: str) -> list[str]:
    """What is compared: characters of Chinese, Japanese and Korean, words of the rest.

    SQuAD's normalisation: small letters, no punctuation, no English articles.

    >>> units("The 18.5万家 Company")
    ['185', '万', '家', 'company']
    """
    text = unicodedata.normalize("NFKC", text).lower()
    text = "".join(character for character in text if not unicodedata.category(character).startswith("P"))
    text = _ARTICLE.sub(" ", text)
    return _CHARACTER.sub(lambda found: f" {found[0]} ", text).split()


def f1(given: str, right: str) -> float:
    """Harmonic mean of precision and recall over `units`, 0 to 1; 1 where both are empty."""
    mine, theirs = units(given), units(right)
    if not mine or not theirs:
        return float(mine == theirs)
    shared = sum((Counter(mine) & Counter(theirs)).values())
    return 2 * shared / (len(mine) + len(theirs))


def exact(given: str, right: str) -> float:
    """1 where the units are the same, else 0."""
    return float(units(given) == units(right))
