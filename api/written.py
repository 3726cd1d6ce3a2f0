"""An answer as text with numbered citations, for programs that show text; where each citation stands is told too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import regex

from rag.records import Answer, NotFound, Quote

_HAN = regex.compile(r"\p{Han}")


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation: `text[start:end]` of the written text is its number in brackets, code points."""

    number: int
    start: int
    end: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Written:
    """The text, and the citations in it in order."""

    text: str
    citations: tuple[Cited, ...]


def written(result: Answer | NotFound) -> Written:
    """The short answers with their citations, then the quotes with their addresses; or that there is none.

    Quotes are character for character, and there are no words but these around them.
    """
    chinese = _HAN.search(result.question) is not None
    if isinstance(result, Answer):
        quotes = result.quotes
        lines = [
            f"{finding.text} {''.join(f'[{number}]' for number in finding.citations)}" for finding in result.findings
        ]
        if result.relation == "differing":
            lines.insert(0, "文档说法不一：" if chinese else "The documents contradict each other:")
        if result.relation == "either":
            lines.insert(0, "原文有两处都像答案：" if chinese else "Two places answer this about as well:")
    else:
        quotes = result.nearest
        lines = ["文档中没有答案。最接近的段落：" if chinese else "Not in the documents. The nearest passages:"]
        if not quotes:
            lines = ["文档中没有答案。" if chinese else "Not in the documents."]
    said = "\n".join(lines)
    parts = [said, *(f"[{number}] {_quoted(one, chinese)}" for number, one in enumerate(quotes, start=1))]
    text = "\n\n".join(parts)
    return Written(text, _citations(parts, quotes))


def address(quote: Quote) -> str:
    """Where a quote stands, as commands and the page write it.

    >>> address(Quote("0123456789abcdef", "T", "", None, None, 1, 1, 5, 9, "text"))
    '0123456789abcdef:5-9'
    """
    return f"{quote.document}:{quote.start}-{quote.end}"


def _quoted(quote: Quote, chinese: bool) -> str:
    named: list[tuple[object, Callable[[object], str]]] = [
        (quote.title, str),
        (quote.heading, str),
        (quote.page, lambda page: f"第 {page} 页" if chinese else f"p. {page}"),
        (quote.cell, str),
        (quote.paragraph, lambda number: f"第 {number} 段" if chinese else f"paragraph {number}"),
    ]
    place = " · ".join(say(value) for value, say in named if value)
    return f"{f'“{quote.text}”' if not chinese else f'「{quote.text}」'}\n    {place} · {address(quote)}"


def _citations(parts: list[str], quotes: tuple[Quote, ...]) -> tuple[Cited, ...]:
    """Of the words that are not quoted: the numbers after the short answers, and those before the quotes."""
    found = []
    place = 0
    for number, part in enumerate(parts):
        if number == 0:
            for line in regex.finditer(r"(?:\[\d+\])+$", part, flags=regex.MULTILINE):
                found += [
                    Cited(int(one[1]), one.start(), one.end(), quotes[int(one[1]) - 1])
                    for one in regex.finditer(r"\[(\d+)\]", part, pos=line.start(), endpos=line.end())
                    if int(one[1]) <= len(quotes)
                ]
        else:
            found.append(Cited(number, place, place + len(f"[{number}]"), quotes[number - 1]))
        place += len(part) + 2
    return tuple(found)
