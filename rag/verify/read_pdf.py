"""PDF reports. The file has letters and their places only: paragraphs, notes and block quotations are found by those.

Paragraphs are found as for the library. A raised small number is a note's mark, small lines at a page's foot that begin
with one are notes, and a paragraph that is indented as a whole is a block quotation. In pages of several columns no
block quotation is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import regex

from index.readers.pdf_layout import Page, Paragraph, joint, paragraphs
from index.readers.pdf_page import Line, page_lines
from rag.verify.quotations import PARAGRAPH_END
from rag.verify.report import Kind, NoteMark, Part

SMALLER = 0.93  # a note's letters, in those of the text
RAISED_SIZE = 0.8  # a mark's height at most, in that of its line's letters
LEAST_SHARE = 0.1  # of the letters, that begin at a margin
LEAST_INDENT = 0.8  # of a block quotation, in its letters' size
MOST_INDENT = 9.0
SAME_PLACE = 2.5  # points

_SIGNS = "*†‡§①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⁰¹²³⁴⁵⁶⁷⁸⁹"
_NOTE = regex.compile(rf"\s*[\[［〔]?(\d{{1,3}}|[{_SIGNS}]+)[\]］〕]?[\s.、．]*(?=\P{{N}})")
_LONE = regex.compile(rf"\s*(\d{{1,3}}|[{_SIGNS}]+)\s*")  # a note's number that is a line of its own by its place
_LISTED = regex.compile(r"\s*[\[［【〔]\d{1,3}[\]］】〕]")
_ITEM = regex.compile(
    r"\s*(?:[•·▪●■◆○*\uf0b7–-]|[(（]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）、.．])\s*\S"
)
_FOOT = 0.09  # of a page's height, where its number stands
_PAGE_NUMBER = regex.compile(r"\W*(?:第\s*|[Pp]age\s*)?\d{1,4}\W*(?:页|頁|(?:/|of|共)\s*\d{1,4}\s*页?)?\W*")

Marks = dict[int, list[tuple[int, str]]]  # by a line's identity: offsets into its text, and the notes' own signs


@dataclass(frozen=True, slots=True)
class _Shown:
    """A paragraph of the report: its text, its notes' places and numbers, its page."""

    text: str
    marks: tuple[tuple[int, str], ...]
    page: int
    quoted: bool


def read_pdf(data: bytes) -> list[Part]:
    """The paragraphs; those that are no block quotation follow each other in one part, as quotations go over them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = []
        for number, page in enumerate(document, start=1):
            pages.append(Page(number, page.get_height(), tuple(page_lines(page))))
            page.close()
    finally:
        document.close()
    body = _body_size(pages)
    marks: Marks = {}
    notes: dict[tuple[int, str], str] = {}
    kept: list[Page] = []
    for page in pages:
        lines, found = _without_notes(page, body)
        notes |= {(page.number, sign): text for sign, text in found}
        kept.append(replace(page, lines=tuple(_without_marks(line, marks) for line in lines)))
    blocks = _blocks(kept, marks)
    shown = [_shown(lines, marks, id(lines[0][1]) in blocks) for lines in _divided(paragraphs(kept), blocks)]
    return [*_parts(shown, notes), *(Part("note", text) for text in notes.values())]


def _parts(shown: Sequence[_Shown], notes: dict[tuple[int, str], str]) -> list[Part]:
    parts: list[Part] = []
    text = ""
    marks: list[NoteMark] = []

    def finish(kind: Kind) -> None:
        nonlocal text, marks
        if text:
            parts.append(Part(kind, text, tuple(marks), len(parts)))
        text, marks = "", []

    for paragraph in shown:
        apart = paragraph.quoted or _LISTED.match(paragraph.text) is not None
        if apart:
            finish("text")
        text += PARAGRAPH_END * bool(text)
        for at, sign in paragraph.marks:
            note = next((notes[page, sign] for page in _near(paragraph.page) if (page, sign) in notes), "")
            marks.append(NoteMark(len(text) + at, note))
        text += paragraph.text
        if apart:
            finish("quotation" if paragraph.quoted else "text")
    finish("text")
    return parts


def _near(page: int) -> tuple[int, ...]:
    """Where a paragraph's notes are: it may go on over the end of a page."""
    return (page, page + 1)


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_notes(page: Page, body: float) -> tuple[list[Line], list[tuple[str, str]]]:
    """The page's lines without the notes at its foot, and these: each its sign and its text."""
    lines = list(page.lines)
    foot = [line for line in lines if line.box.top < _FOOT * page.height and _PAGE_NUMBER.fullmatch(line.text)]
    inner = [line for line in lines if not any(line is other for other in foot)]
    first = _first_note(inner, body)
    found: list[tuple[str, str]] = []
    before = None
    for line in inner[first:]:
        begins = _begins(line, body)
        if begins is not None and _follows(found, begins[1]):
            found.append((begins[1], line.text[begins.end() :]))
        else:
            sign, text = found[-1]
            found[-1] = (sign, text + (joint(before or text, line.text) if text else "") + line.text)
        before = line.text
    return [*inner[:first], *foot], found


def _first_note(lines: Sequence[Line], body: float) -> int:
    """The first of the lines at a page's foot that are notes: smaller ones, or those that begin with raised numbers."""
    first = len(lines)
    while first and lines[first - 1].size < SMALLER * body:
        first -= 1
    while first < len(lines) and not _NOTE.match(lines[first].text):
        first += 1
    number = None
    for place in range(len(lines) - 1, -1, -1):
        begins = _begins(lines[place], body)
        if begins is None or not begins[1].isdecimal():
            continue
        if begins.re is _NOTE and not _is_raised(lines[place])[begins.start(1)]:
            continue
        if number is not None and int(begins[1]) != number - 1:
            break
        number, first = int(begins[1]), min(first, place)
    return first


def _begins(line: Line, body: float) -> regex.Match[str] | None:
    """The number that a line begins with, as a note does."""
    lone = _LONE.fullmatch(line.text) if line.size < SMALLER * body else None
    return _NOTE.match(line.text) if lone is None else lone


def _follows(found: Sequence[tuple[str, str]], sign: str) -> bool:
    """Whether a line that begins with a number begins the next note: 2019 after note 3 goes on with it."""
    if not found or not sign.isascii() or not sign.isdigit():
        return True
    last = found[-1][0]
    return not last.isdigit() or int(sign) == int(last) + 1


def _without_marks(line: Line, marks: Marks) -> Line:
    """The line without its notes' marks, which are put into `marks`."""
    raised = _is_raised(line)
    if not any(raised) or all(raised):
        return line
    text = ""
    signs: list[tuple[int, str]] = []
    for place, character in enumerate(line.text):
        if not raised[place]:
            text += character
        elif signs and place and raised[place - 1]:
            signs[-1] = (signs[-1][0], signs[-1][1] + character)
        else:
            signs.append((len(text), character))
    boxes = tuple(box for box, is_raised in zip(line.boxes, raised, strict=True) if not is_raised)
    cleaned = replace(line, text=text, boxes=boxes)
    marks[id(cleaned)] = [(at, sign.strip("[]")) for at, sign in signs]
    return cleaned


def _is_raised(line: Line) -> list[bool]:
    """Of each character whether it is a note's mark, or a part of one, by its size and place."""
    inked = [box for character, box in zip(line.text, line.boxes, strict=True) if not character.isspace()]
    height = median(box.top - box.bottom for box in inked)
    bottom = median(box.bottom for box in inked)
    return [
        character in _SIGNS[4:]
        or (
            (character.isdecimal() or character in "*†‡§[]")
            and box.top - box.bottom < RAISED_SIZE * height
            and box.bottom > bottom + 0.1 * height
        )
        for character, box in zip(line.text, line.boxes, strict=True)
    ]


def _margins(pages: Sequence[Page]) -> dict[int, float]:
    """The left edge of each page's text; none for a page of several columns."""
    everywhere: Counter[int] = Counter()
    for page in pages:
        for line in page.lines:
            everywhere[round(line.box.left / SAME_PLACE)] += len(line.text)
    found: dict[int, float] = {}
    for page in pages:
        falling = sorted(page.lines, key=lambda line: -line.box.middle)
        beside = sum(
            abs(line.box.middle - other.box.middle) < line.size / 3 and min(len(line.text), len(other.text)) > 12
            for line, other in pairwise(falling)
        )
        if beside > 2:
            continue
        counted: Counter[int] = Counter()
        for line in page.lines:
            counted[round(line.box.left / SAME_PLACE)] += len(line.text)
        whole = counted.total()
        often = [place for place, count in counted.items() if count >= LEAST_SHARE * whole]
        shared = [place for place in counted if everywhere[place] >= 2 * LEAST_SHARE * everywhere.total()]
        if often or shared:
            found[page.number] = min([*often, *shared]) * SAME_PLACE
    return found


def _blocks(pages: Sequence[Page], marks: Marks) -> dict[int, int]:
    """The lines (by identity) that block quotations are made of, with a number for each of these."""
    margins = _margins(pages)
    first_lines = _first_lines(pages, margins)
    found: dict[int, int] = {}
    for page in pages:
        if page.number not in margins:
            continue
        runs: list[list[Line]] = []
        right = max((line.box.right for line in page.lines), default=0.0)
        for line in page.lines:
            indent = line.box.left - margins[page.number]
            if line.row or not LEAST_INDENT * line.size <= indent <= MOST_INDENT * line.size:
                runs.append([])
            elif runs and runs[-1] and _goes_on(runs[-1], line):
                runs[-1].append(line)
            else:
                runs.append([line])
        for run in runs:
            if run and _is_block(run, margins[page.number], right, first_lines, marks):
                number = len(found) + 1
                found.update((id(line), number) for line in run)
    return found


def _goes_on(run: Sequence[Line], line: Line) -> bool:
    """Whether an indented line goes on with those above it; the first of them may be indented further."""
    before = run[-1]
    pitch = before.box.bottom - line.box.bottom
    lefts = [one.box.left for one in run[1:]] or [min(run[0].box.left, line.box.left)]
    even = abs(line.box.left - lefts[0]) <= SAME_PLACE
    return even and 0 < pitch < 2.2 * line.size and abs(before.size - line.size) < 0.1 * line.size


def _first_lines(pages: Sequence[Page], margins: dict[int, float]) -> set[int]:
    """How far first lines of paragraphs are indented: those that a line at the margin follows."""
    counted: Counter[int] = Counter()
    for page in pages:
        margin = margins.get(page.number)
        for line, following in pairwise(page.lines):
            if margin is None or abs(following.box.left - margin) > SAME_PLACE:
                continue
            indent = line.box.left - margin
            full = line.box.right > following.box.right - 2 * line.size
            if SAME_PLACE < indent <= 3 * line.size and full:
                counted[round(indent / SAME_PLACE)] += 1
    return {indent for indent, times in counted.items() if times > 1}


def _is_block(run: Sequence[Line], margin: float, right: float, first_lines: set[int], marks: Marks) -> bool:
    """Whether lines that are indented alike are a block quotation.

    A single one is where a note ends it. Lines indented like the first ones of paragraphs are where one of them is full
    and goes on in the next.
    """
    if _ITEM.match(run[0].text) or _LISTED.match(run[0].text):
        return False
    indent = round((run[-1].box.left - margin) / SAME_PLACE)
    if any(abs(indent - first) <= 1 for first in first_lines):
        return any(line.box.right > right - 3.5 * line.size for line in run[:-1])
    last = run[-1]
    return len(run) > 1 or any(at >= len(last.text) - 2 for at, _ in marks.get(id(last), ()))


def _divided(found: Iterable[Paragraph], blocks: dict[int, int]) -> Iterator[list[tuple[int, Line]]]:
    """The lines of each paragraph, with their pages; those of a block quotation by themselves."""
    lines: list[tuple[int, Line]] = []
    before = 0
    for paragraph in found:
        for place, (page, line) in enumerate(paragraph.lines):
            block = blocks.get(id(line), 0)
            if lines and (block != before or (place == 0 and not block)):
                yield lines
                lines = []
            lines.append((page, line))
            before = block
    if lines:
        yield lines


def _shown(lines: Sequence[tuple[int, Line]], marks: Marks, quoted: bool) -> _Shown:
    text = ""
    places: list[tuple[int, str]] = []
    for _, line in lines:
        if text:
            # A hyphen at a line's end stays told from one within a line.
            text += "\n" if text[-1] in "-\u00ad\u2010" else joint(text, line.text)
        places += [(len(text) + at, sign) for at, sign in marks.get(id(line), ())]
        text += line.text
    return _Shown(text, tuple(places), lines[0][0], quoted)
