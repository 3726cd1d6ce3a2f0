"""Plain text: paragraphs are separated by blank lines, or by line ends that wrap nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from index.records import Block, ReadFile

# A line at least this wide (columns; a Chinese character takes two) that stops in the middle of
# a sentence was wrapped, and goes on in the next line.
WRAPPED_COLUMNS = 40
TITLE_CHARACTERS = 80

_LINE = regex.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FINISHED = regex.compile(r"[.!?。！？…:：;；।؟۔][\p{Pe}\p{Pf}\"'”’」』]*\s*\Z")


def read_plain(text: str, stem: str) -> ReadFile:
    """Read plain text; the title is the first line when it is short, else the file's name."""
    first = text.strip().splitlines()[0].strip() if text.strip() else ""
    title = first if 0 < len(first) <= TITLE_CHARACTERS and not _FINISHED.search(first) else stem
    return ReadFile(text, title, tuple(_paragraphs(text)))


def _paragraphs(text: str) -> Iterator[Block]:
    start, place = 0, 0
    while place < len(text):
        line = _LINE.match(text, place)
        assert line is not None  # the pattern matches anywhere
        place = line.end()
        if not _goes_on(line.group()):
            yield Block(start, place)
            start = place
    if start < len(text):
        yield Block(start, len(text))


def _goes_on(line: str) -> bool:
    words = line.rstrip()
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in words)
    return columns >= WRAPPED_COLUMNS and _FINISHED.search(words) is None
