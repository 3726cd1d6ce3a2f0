"""Lines of pages -> paragraphs and headings. A sentence goes on over the end of a line, a column and a page.

PDF knows no paragraphs; these rules are those by which an eye finds them: the space between lines, an indent, a line
that stops before its column does, larger letters.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import regex

from index.readers.pdf_page import Line

MARGIN_SHARE = 0.13  # of a page's height, above and below, where running heads and page numbers stand
FURNITURE_LINES = 4
LARGER = 1.13  # a heading's letters, in those of the text
HEADING_CHARACTERS = 120
LOOSER = 1.3  # the space between paragraphs, in that between lines
SAME_SIZE = 0.12
RIGHT_SIZES = 8  # of letters: what begins so far from the left edge and ends at the right one is set there
ALONE_LINES = 4  # fewer begin at one place, and it is not where a column does

_FINISHED = regex.compile(r"[.!?。！？…;；:：]['\"”’」』）)\]】》]*\Z")
_GOES_ON = regex.compile(r"[,，、\-–(（“‘]\Z")
_BEGINS = regex.compile(
    r"[•·▪●■◆○\-–—*]\s|[(（]?(?:\d{1,3}|[一二三四五六七八九十百]{1,4}|[a-zA-Z]|[ivxIVX]{1,4})[)）、.．]|"
    r"第[一二三四五六七八九十百零\d]{1,5}[章节条款编部]"
)
_NUMBERED_HEADING = regex.compile(r"[一二三四五六七八九十百]{1,4}、\S|第[一二三四五六七八九十百零\d]{1,5}[章节编部分]")
_WORD = regex.compile(
    r"[\p{L}\p{N}\p{M}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+[\p{P}]*|.[\p{Pe}\p{Pf}，。、；：！？]*", regex.V1
)
_WIDE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uffef]")
_NUMBER = regex.compile(r"\d{1,9}")
_PAGE_NUMBER = regex.compile(r"(?:\D{0,12}\s)?\D{0,4}?(\d{1,4})(?:\s*(?:/|of|共)\s*\d{1,4})?\D{0,3}", regex.I)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in order, its number from 1, and its height in points."""

    number: int
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together, each with its page's number; a heading where `level` is 1 or more."""

    lines: tuple[tuple[int, Line], ...]
    level: int


def paragraphs(pages: Sequence[Page]) -> Iterator[Paragraph]:
    """The paragraphs of a document in order, without running heads, feet and page numbers."""
    bodies = _without_furniture(pages)
    body_size = _body_size(bodies)
    pitches = _pitches(bodies)
    columns = [
        _columns(page.lines, [line for other in bodies[max(0, place - 1) : place + 2] for line in other.lines])
        for place, page in enumerate(bodies)
    ]
    groups: list[list[tuple[int, Line]]] = []
    before: tuple[int, Line] | None = None
    for position, page in enumerate(bodies):
        for line in page.lines:
            here = (position, line)
            if before is not None and _joined(before, here, columns, pitches):
                groups[-1].append(here)
            else:
                groups.append([here])
            before = here
    levels = _levels(groups, body_size, columns)
    for group, level in zip(groups, levels, strict=True):
        yield Paragraph(tuple((bodies[position].number, line) for position, line in group), level)


def joint(before: str, after: str) -> str:
    """What stands in the text between two lines of a paragraph.

    Chinese and Japanese go on without a space; a hyphen at a line's end is left as it is.

    >>> joint("数字化改", "造，其中"), joint("the end of", "a line"), joint("inter-", "national")
    ('', ' ', '')
    """
    if _WIDE.match(before[-1]) or _WIDE.match(after[0]):
        return ""
    if before[-1] in "-\u00ad\u2010" and before[-2:-1].isalpha() and after[0].isalpha():
        return ""
    return " "


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float


def _columns(lines: Sequence[Line], nearby: Sequence[Line]) -> dict[int, _Column]:
    """For each line (by its id) the edges of the column that it stands in: those that most lines near it keep to.

    A line that begins where few do, a heading in the middle or a signature on the right, is in the column around it;
    a page may hold nothing else, so `nearby` has the lines of the pages before and after it too.
    """
    found = {}
    for line in lines:
        reach = 3 * line.size
        seen: Sequence[Line] = lines
        beside = [other for other in seen if abs(other.box.left - line.box.left) <= reach]
        if len(beside) < ALONE_LINES:
            seen = nearby
            around = [
                other for other in seen if other.box.left <= line.box.left and other.box.right >= line.box.right - 1
            ]
            wide = sorted(around, key=lambda other: other.box.right - other.box.left)[len(around) // 2]
            beside = [other for other in seen if abs(other.box.left - wide.box.left) <= reach]
        rights = sorted(other.box.right for other in beside)
        right = rights[min(len(rights) - 1, int(0.85 * len(rights)))]
        lefts = sorted(other.box.left for other in seen if abs(other.box.right - right) <= reach)
        left = lefts[int(0.15 * len(lefts))] if lefts else line.box.left
        found[id(line)] = _Column(min(left, line.box.left), max(right, line.box.right))
    return found


def _joined(
    before: tuple[int, Line], after: tuple[int, Line], columns: Sequence[dict[int, _Column]], pitches: dict[int, float]
) -> bool:
    """Whether `after` goes on with the paragraph of `before`."""
    (page, line), (next_page, following) = before, after
    if line.cell is not None and following.cell is not None:
        return page == next_page and (line.cell.bottom, line.cell.top) == (following.cell.bottom, following.cell.top)
    moved = next_page != page or line.box.bottom <= following.box.bottom  # to a new page or column
    column = columns[page][id(line)]
    if _are_apart(line, following, moved, pitches) or _is_on_the_right(line, column):
        return False
    finished = _FINISHED.search(line.text) is not None
    small = following.text[0].islower()
    if not _is_full(line, following, column.right):
        return not finished and (small or _GOES_ON.search(line.text) is not None)
    if not finished:
        return (
            not moved or small or _WIDE.match(following.text[0]) is not None or _GOES_ON.search(line.text) is not None
        )
    start = columns[next_page][id(following)].left if moved else line.box.left
    return not moved and following.box.left <= start + 0.8 * line.size and _BEGINS.match(following.text) is None


def _are_apart(line: Line, following: Line, moved: bool, pitches: dict[int, float]) -> bool:
    """Whether their looks or the space between them say that they are no lines of one paragraph."""
    if line.row or following.row or abs(line.size - following.size) > SAME_SIZE * max(line.size, following.size):
        return True
    if moved:
        return False
    if line.box.bottom - following.box.bottom > LOOSER * pitches.get(round(line.size), 2 * line.size):
        return True
    # A signature and its date, one below the other on the right.
    return following.box.left > line.box.left + 3 * line.size and not _centred(line, following)


def _centred(line: Line, following: Line) -> bool:
    return abs(line.box.left + line.box.right - following.box.left - following.box.right) < 2 * line.size


def _is_on_the_right(line: Line, column: _Column) -> bool:
    """Whether a line stands at the right edge alone, as a signature, its date or a page's mark does."""
    return line.box.right > column.right - line.size and line.box.left > column.left + RIGHT_SIZES * line.size


def _is_full(line: Line, following: Line, right: float) -> bool:
    """Whether the first word of the next line would not have fitted into this one."""
    word = _WORD.match(following.text)
    last = following.boxes[(word.end() if word is not None else 1) - 1]
    return line.box.right + last.right - following.boxes[0].left > right - 0.6 * line.size


def _body_size(pages: Iterable[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _pitches(pages: Iterable[Page]) -> dict[int, float]:
    """The usual distance from line to line, for each size of letters (rounded)."""
    found: dict[int, list[float]] = defaultdict(list)
    for page in pages:
        for line, following in pairwise(page.lines):
            pitch = line.box.bottom - following.box.bottom
            if 0 < pitch < 3 * line.size and abs(line.size - following.size) <= SAME_SIZE * line.size:
                found[round(line.size)].append(pitch)
    return {size: median(values) for size, values in found.items()}


def _levels(
    groups: Sequence[Sequence[tuple[int, Line]]], body_size: float, columns: Sequence[dict[int, _Column]]
) -> list[int]:
    """A level for each group of lines: by the size of its letters, then bold, then numbered as Chinese headings are."""
    sizes = [round(max(line.size for _, line in group) * 2) / 2 for group in groups]
    texts = ["".join(line.text for _, line in group) for group in groups]
    short = [
        len(text) <= HEADING_CHARACTERS and not text.endswith(("。", "；", "，", ",", ";")) and not group[0][1].row
        for text, group in zip(texts, groups, strict=True)
    ]
    larger = sorted({size for size, fits in zip(sizes, short, strict=True) if fits and size > LARGER * body_size})[::-1]
    mostly_bold = sum(line.bold for group in groups for _, line in group) > sum(map(len, groups)) / 2
    levels = []
    for size, text, fits, group in zip(sizes, texts, short, groups, strict=True):
        page, line = group[0]
        if not fits or not any(character.isalpha() for character in text):
            levels.append(0)
        elif size in larger:
            levels.append(min(larger.index(size) + 1, 4))
        elif len(group) == 1 and line.bold and not mostly_bold and _FINISHED.search(text) is None:
            levels.append(min(len(larger), 4) + 1)
        elif (
            len(group) == 1
            and _NUMBERED_HEADING.match(text)
            and line.box.right < columns[page][id(line)].right - line.size
        ):
            levels.append(min(len(larger), 4) + 2)
        else:
            levels.append(0)
    return levels


def _without_furniture(pages: Sequence[Page]) -> list[Page]:
    """The pages without lines that come again at the same height in the margin, and without their numbers."""
    seen: Counter[_Sign] = Counter()
    pitches = _pitches(pages)
    for page in pages:
        seen.update({sign for line in _in_margin(page, pitches) for sign in _signs(line, page.number)})
    often = max(2, min(3, len(pages)))
    kept = []
    for page in pages:
        dropped = {
            id(line)
            for line in _in_margin(page, pitches)
            if any(seen[sign] >= often for sign in _signs(line, page.number))
        }
        kept.append(Page(page.number, page.height, tuple(line for line in page.lines if id(line) not in dropped)))
    return kept


_Sign = tuple[str, int, int]


def _signs(line: Line, page: int) -> Iterator[_Sign]:
    """What a line has in common with its like on other pages: its words, or a number that grows as the pages do.

    A number that does not tells nothing: "1.2 Scope" and "7.4 Scope" are headings that happen to begin a page.
    """
    height = round(line.box.bottom / 4)
    yield line.text, height, 0
    masked = _NUMBER.sub("#", line.text)
    for place, number in enumerate(_NUMBER.findall(line.text), start=1):
        yield f"{place} {masked}", height, int(number) - page
    alone = _page_number(line)
    if alone is not None:
        yield "", 0, alone - page


def _in_margin(page: Page, pitches: dict[int, float]) -> list[Line]:
    """The few outermost lines above and below that a wide space parts from the text."""
    falling = sorted(page.lines, key=lambda line: -line.box.bottom)
    upper = [line for line in falling if line.box.middle > page.height * (1 - MARGIN_SHARE)]
    lower = [line for line in falling if line.box.middle < page.height * MARGIN_SHARE]
    return [*_parted(upper, falling, pitches), *_parted(lower[::-1], falling[::-1], pitches)]


def _parted(margin: Sequence[Line], inwards: Sequence[Line], pitches: dict[int, float]) -> Sequence[Line]:
    for count, (line, following) in enumerate(pairwise(inwards[: FURNITURE_LINES + 1]), start=1):
        pitch = abs(line.box.bottom - following.box.bottom)
        other = abs(line.size - following.size) > SAME_SIZE * max(line.size, following.size)
        if pitch > line.size and (other or pitch > LOOSER * pitches.get(round(line.size), 1.5 * line.size)):
            return margin[:count]
    return margin if len(inwards) <= FURNITURE_LINES else ()


def _page_number(line: Line) -> int | None:
    found = _PAGE_NUMBER.fullmatch(line.text.strip())
    return int(found[1]) if found is not None and len(line.text) <= 24 else None
