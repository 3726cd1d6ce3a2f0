"""A question with some of its words put as a text in the other of Chinese and English puts them.

The reader knows which word of one language is which of the other less well than a dictionary does,
and it was trained on questions in which the two are mixed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.fold import Folded, fold, original_span, simplified
from rag.glossary import stem
from rag.translated import Word, mostly_han, translated

_ENGLISH = re.compile(r"[A-Za-z]+|\d[\d.,]*\d|\d")
_BETWEEN = r"[^A-Za-z\d]+"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _English:
    """The stems of an English text's words, and where each word stands."""

    stems: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


def reworded(question: str, text: str) -> str:
    """The question with every word that the text has in the other language in the text's own letters.

    Unchanged where the text is in the question's language, or holds none of its words.

    >>> reworded("Who came to Wuhan?", "很多人来到武汉。"), reworded("谁来到武汉？", "Many came to Wuhan.")
    ('Who came to 武汉 ?', '谁来到 Wuhan ？')
    """
    wanted = translated(question)
    if not wanted.words or mostly_han(text) != wanted.chinese:
        return question
    searched = fold(text) if wanted.chinese else _english(text)
    asked = question if wanted.chinese else simplified(question)
    if len(asked) != len(question):  # a ligature was taken apart
        return question
    pieces: list[str] = []
    place = 0
    for word in wanted.words:
        spoken = _pattern(word, wanted.chinese).search(asked, place)
        there = _put(word, text, searched) if spoken else ""
        if spoken and there and there.casefold() != spoken[0].casefold():
            pieces += [question[place : spoken.start()], f" {there} "]
            place = spoken.end()
    if not pieces:
        return question
    return _BLANKS.sub(" ", "".join([*pieces, question[place:]])).strip()


def _pattern(word: Word, english: bool) -> re.Pattern[str]:
    """Where the word stands in the question."""
    if not english:
        return re.compile(re.escape(word.text))
    parts = (_BETWEEN if word.text.isascii() else r"\W+").join(map(re.escape, word.text.split()))
    return re.compile(rf"(?<![A-Za-z\d]){parts}(?![A-Za-z\d])", re.IGNORECASE)


def _put(word: Word, text: str, searched: Folded | _English) -> str:
    """How the text writes the word, the longest way where it has several; "" where it does not."""
    if word.read and isinstance(searched, Folded) and (named := re.search(word.read, searched.text)):
        start, end = original_span(searched, text, *named.span())
        return text[start:end]
    found = ""
    for form in word.forms:
        if isinstance(searched, Folded):
            start = searched.text.find(form)
            span = original_span(searched, text, start, start + len(form)) if start >= 0 else (0, 0)
        else:
            span = _span_of(tuple(form.split()), searched)
        if span[1] - span[0] > len(found):
            found = text[span[0] : span[1]]
    return found


def _span_of(stems: tuple[str, ...], searched: _English) -> tuple[int, int]:
    size = len(stems)
    for first in range(len(searched.stems) - size + 1):
        if searched.stems[first : first + size] == stems:
            return searched.places[first][0], searched.places[first + size - 1][1]
    return 0, 0


def _english(text: str) -> _English:
    found = list(_ENGLISH.finditer(text))
    return _English(tuple(stem(one[0].lower()) for one in found), tuple(one.span() for one in found))
