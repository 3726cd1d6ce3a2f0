"""The names and numbers of a question: what the documents must speak of if they are to answer it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from index.terms import terms
from rag.names import FOREIGN, TITLE, unsegmented
from rag.translated import translated

_WORD = regex.compile(r"\w+")
_CAPITAL = regex.compile(r"(?<![\p{Latin}\p{Cyrillic}\p{Greek}\p{N}])\p{Lu}[\p{Latin}\p{Cyrillic}\p{Greek}\p{M}\p{N}]+")
_NUMBER = regex.compile(r"\d[\d.,]*\d|\d")
_EAST = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_LEAST_RUN = 3  # characters; of those runs of two that are no words, many are no names either
# German gives every noun a capital, so that they say nothing of names there.
_GERMAN_LISTED = (
    "der die das den dem des ein eine einen einem einer und wie wer was wann wo welche welcher welches ist sind "
    "wurde wurden hat haben für von mit zu im am nicht auf"
)
_GERMAN = frozenset(_GERMAN_LISTED.split())
_GERMAN_WORDS = 2


def names_and_numbers(question: str) -> tuple[str, ...]:
    """Each once: capitalised words but the first, what Chinese names and titles show themselves by, and numbers.

    >>> names_and_numbers("How many firms had Shenzhen in 2023?"), names_and_numbers("深圳2023年有多少家企业？")
    (('Shenzhen', '2023'), ('深圳', '2023'))
    """
    found = [*_capitalised(question)]
    found += [word.text for word in translated(question).words if word.name and _EAST.match(word.text)]
    found += [*TITLE.findall(question), *FOREIGN.findall(question)]
    found += [run for run in unsegmented(question) if len(run) >= _LEAST_RUN]
    return tuple(dict.fromkeys([*found, *_NUMBER.findall(question)]))


def telling_terms(name: str) -> tuple[str, ...]:
    """The terms by which it is looked for: of Chinese and Japanese the first, for where a name ends is not written."""
    found = tuple(terms(name))
    return found[:1] if _EAST.match(name) else found


def numbers_away(named: Sequence[str], text: str) -> float:
    """What share of the numbers among the names and numbers the text does not hold, 0 where there are none.

    >>> numbers_away(("Wuhan", "2023", "8"), "8 firms in 2024"), numbers_away(("Wuhan",), "")
    (0.5, 0.0)
    """
    numbers = [name for name in named if name[0].isdigit()]
    if not numbers:
        return 0.0
    held = set(terms(text))
    return sum(not held.issuperset(terms(number)) for number in numbers) / len(numbers)


def _capitalised(question: str) -> list[str]:
    words = [one[0] for one in _WORD.finditer(question)]
    if sum(word.lower() in _GERMAN for word in words) >= _GERMAN_WORDS:
        return []
    first = _WORD.search(question)
    # What asks comes first, and has its capital from there; not in Chinese or Japanese.
    opening = first.start() if first and not _EAST.search(question) else -1
    return [one[0] for one in _CAPITAL.finditer(question) if one.start() != opening]
