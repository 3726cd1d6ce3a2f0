"""A PDF's page -> its lines, with a box for every character. pdfium says what they are, and in which order."""

from __future__ import annotations

import ctypes
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from index.readers.pdf_unseen import Unseen

SPACE_SIZES = (0.15, 1.0)  # of the letters' size: the gap of a space between two runs of one line
GAP_SIZES = 2.0  # of the letters' size: a wider gap inside a line parts the cells of a table
_KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_HYPHENS = {0x02, 0xFFFE}  # pdfium's marks for a hyphen where a word goes on in the next line


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in PDF points from the lower left."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        """Half-way up."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a ruled table by the rules below, above and to the left of it, in whole points."""

    bottom: int
    top: int
    left: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: `boxes[i]` is where `text[i]` stands. `size` is the height of its letters, in points."""

    text: str
    boxes: tuple[Box, ...]
    box: Box
    size: float
    bold: bool = False
    row: bool = False  # parted by wide gaps, as a table's cells are, or in such a cell
    cell: Cell | None = None  # of a ruled table, that of its first character


def page_lines(page: Any) -> list[Line]:
    """The lines of a page (pypdfium2's), in pdfium's order, which is that of writing."""
    return page_lines_and_unseen(page)[0]


def page_lines_and_unseen(page: Any) -> tuple[list[Line], int]:
    """The lines, and how many characters more the page has that nobody who looks at it sees."""
    lines: list[Line] = []
    runs, unseen = _runs(page)
    for line in runs:
        if lines and _goes_on(lines[-1], line):
            lines[-1] = _united(lines[-1], line)
        else:
            lines.append(line)
    return lines, unseen


def _goes_on(line: Line, following: Line) -> bool:
    """Whether two runs stand on one line, a space apart: pdfium gives a line's end where the space is not drawn."""
    size = max(line.size, following.size)
    level = abs(line.box.bottom - following.box.bottom) < 0.25 * size and min(line.size, following.size) > 0.85 * size
    return level and -SPACE_SIZES[0] * size < following.box.left - line.box.right < SPACE_SIZES[1] * size


def _united(line: Line, following: Line) -> Line:
    gap = Box(line.box.right, line.box.bottom, following.box.left, line.box.top)
    parted = gap.right - gap.left > SPACE_SIZES[0] * line.size
    return Line(
        line.text + (" " if parted else "") + following.text,
        (*line.boxes, *([gap] if parted else []), *following.boxes),
        Box(
            line.box.left,
            min(line.box.bottom, following.box.bottom),
            following.box.right,
            max(line.box.top, following.box.top),
        ),
        line.size,
        line.bold,
        line.row or following.row,
    )


def _runs(page: Any) -> tuple[list[Line], int]:
    """What pdfium takes for lines, of the characters that are seen; and how many are not."""
    import pypdfium2.raw as pdfium

    textpage = page.get_textpage()
    raw = textpage.raw
    rectangle = pdfium.FS_RECTF()
    place = ctypes.byref(rectangle)
    lines: list[Line] = []
    characters: list[str] = []
    boxes: list[Box] = []
    size, bold = 0.0, False
    high = 0  # the first half of a pair
    unseen = Unseen(page, raw)
    try:
        for index in range(pdfium.FPDFText_CountChars(raw)):
            code = pdfium.FPDFText_GetUnicode(raw, index)
            if code in {10, 13}:
                _finish(lines, characters, boxes, size, bold)
                characters, boxes, size, bold = [], [], 0.0, False
                continue
            if 0xD800 <= code < 0xDC00:
                high = code
                continue
            if 0xDC00 <= code < 0xE000:
                code, high = (0x10000 + ((high - 0xD800) << 10) + code - 0xDC00, 0) if high else (0, 0)
            character = _character(code)
            if not character:
                continue
            if not pdfium.FPDFText_GetLooseCharBox(raw, index, place):
                continue
            box = Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            if boxes and box.left < boxes[-1].left and not boxes[-1].bottom < box.middle < boxes[-1].top:
                # pdfium gives no line's end after a hyphen.
                _finish(lines, characters, boxes, size, bold)
                characters, boxes = [], []
            place_of = (box.left, box.bottom, box.right, box.top)
            if not character.isspace() and unseen.hides(index, _size(raw, index), place_of):
                continue
            if not characters:
                bold = pdfium.FPDFText_GetFontWeight(raw, index) >= 600
                size = _size(raw, index)
            characters.append(character)
            boxes.append(box)
        _finish(lines, characters, boxes, size, bold)
    finally:
        textpage.close()
    return lines, unseen.count


def make_line(characters: list[str], boxes: list[Box], size: float = 0.0, bold: bool = False) -> Line | None:
    """A line of these characters, without blank space around it; None where nothing is left.

    Where the size of its letters is not known it is the height of their boxes.
    """
    first, last = 0, len(characters)
    while first < last and characters[first].isspace():
        first += 1
    while last > first and characters[last - 1].isspace():
        last -= 1
    if first == last:
        return None
    characters, boxes = characters[first:last], boxes[first:last]
    inked = [box for character, box in zip(characters, boxes, strict=True) if not character.isspace()]
    around = Box(
        min(box.left for box in inked),
        min(box.bottom for box in inked),
        max(box.right for box in inked),
        max(box.top for box in inked),
    )
    size = size or median(box.top - box.bottom for box in inked)
    row = any(after.left - before.right > GAP_SIZES * size for before, after in pairwise(inked))
    return Line("".join(characters), tuple(boxes), around, size, bold, row)


def _finish(lines: list[Line], characters: list[str], boxes: list[Box], size: float, bold: bool) -> None:
    line = make_line(characters, boxes, size, bold)
    if line is not None:
        lines.append(line)


def _size(raw: Any, index: int) -> float:
    """The size of a letter as it is drawn: the font's, times the scale that it is drawn at."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(raw, index, matrix):
        return 0.0
    scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
    size: float = pdfium.FPDFText_GetFontSize(raw, index) * scale
    return size


def _character(code: int) -> str:
    """A character of the text, or "" for what is none: an unmapped glyph, a control character."""
    if code in _HYPHENS:
        return "-"
    if code in _KANGXI:  # fonts share a glyph between a radical and the character, and writers name the wrong one
        return _KANGXI[code]
    if code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code in {0xFEFF, 0xFFFF} or code > 0x10FFFF:
        return ""
    return " " if code == 0xA0 else chr(code)
