"""A text that is still being written -> its finished sentences, each with the numbers it cites."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from index.split import sentence_spans
from rag.written.clean import visible

_NUMBER = r"\s*\^?\s*(?:quotes?|sources?|引文|原文|来源|來源)?\s*[\d０-９]{1,4}\s*"
MARK = regex.compile(rf"\s*[\[［【〔]{_NUMBER}(?:[-–—,，、;；]{_NUMBER})*[\]］】〕]", regex.IGNORECASE)
_AFTER_STOP = regex.compile(
    rf"(?:[。！？!?]|(?<!\d)\.|\.(?!\d))[\"”’」』）)]?(?:{MARK.pattern})+(?=\s)", regex.IGNORECASE
)
_RANGE = regex.compile(r"([\d０-９]{1,4})(?:\s*[-–—]\s*([\d０-９]{1,4}))?")
_LONGEST_RANGE = 20
_BULLET = regex.compile(r"\A\s*(?:[-*•·+>]+|\d{1,2}[.)、](?!\d)|#{1,6})\s+")
_ITEM = regex.compile(r"\d{1,2}[.)、]")  # its number alone on a line
_UNDECIDED = regex.compile(r"\s*(?:[\[［【〔][^\]］】〕]*|[^\p{L}\p{N}]*)")
_THINKING = regex.compile(r"\s*<think>.*?(?:</think>\s*|\Z)", regex.DOTALL)
_ENDING = regex.compile(r"[。！？!?.…；;:：”’」』）)\]]\s*\Z")
_WORDS = regex.compile(r"[\p{L}\p{N}]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the model gave it: its text without citation marks, and the numbers in these."""

    text: str
    given: tuple[int, ...]
    ended: bool  # with a full stop or the like, or a mark


def drafts(text: str, whole: bool) -> list[Draft]:
    """The sentences of a text; the last one, which may go on, only where the text is `whole`.

    Marks after a full stop belong to the sentence before it. What a model thinks aloud is left out.

    >>> drafts("It grew. [1] It rests 【2】.", True)[0]
    Draft(text='It grew.', given=(1,), ended=True)
    """
    text = visible(_THINKING.sub("", text))
    pieces = [text[start:end] for start, end in _spans(text)]
    if not whole:
        # The last one goes on. While it may yet turn out to be a mark of the one before it, that is not whole either.
        pieces = pieces[: -2 if pieces and _UNDECIDED.fullmatch(pieces[-1]) else -1]
    return [draft for piece in pieces if (draft := _draft(piece)) is not None]


def citations(text: str) -> tuple[int, ...]:
    """The numbers in the citation marks of a text, each once.

    >>> citations("so it is [1, 3-5]［２］")
    (1, 3, 4, 5, 2)
    """
    numbers: list[int] = []
    for mark in MARK.findall(text):
        for first, last in _RANGE.findall(mark):
            low, high = int(first), int(last or first)
            numbers += range(low, high + 1) if low <= high < low + _LONGEST_RANGE else (low, high)
    return tuple(dict.fromkeys(numbers))


def _spans(text: str) -> list[tuple[int, int]]:
    """Sentences and the marks that follow them; lines end sentences."""
    spans: list[tuple[int, int]] = []
    for span in sentence_spans(text, 0, len(text)):
        start = span.start
        for line in _parts(text[span.start : span.end]):
            end = start + len(line)
            led = _marks_end(text, start, end)
            if spans and led > start and "\n" not in text[spans[-1][1] : start].strip(" "):
                spans[-1] = (spans[-1][0], led)
                start = led
            if text[start:end].strip():
                spans.append((start, end))
            start = end
    return spans


def _parts(text: str) -> list[str]:
    """Lines, and what follows a mark that follows a full stop."""
    ends = [match.end() for match in _AFTER_STOP.finditer(text)]
    pieces = [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]
    return [line for piece in pieces for line in piece.splitlines(keepends=True)]


def _marks_end(text: str, start: int, end: int) -> int:
    """Where the marks that a sentence begins with end."""
    while (found := MARK.match(text, start, end)) is not None:
        start = found.end()
    stop = regex.compile(r"\s*[。.，,；;]").match(text, start, end)
    return stop.end() if stop is not None and start > 0 and text[start - 1] in "]］】〕" else start


def _draft(piece: str) -> Draft | None:
    given = citations(piece)
    text = MARK.sub("", _BULLET.sub("", piece))
    text = " ".join(text.split())
    text = regex.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda found: found[1] or found[2], text)
    text = regex.sub(r"([。！？!?.])[。.]+\Z", r"\1", text)
    if not _WORDS.search(text) or (_ITEM.fullmatch(text) and not given):
        return None
    return Draft(text, given, bool(given) or _ENDING.search(piece) is not None)
