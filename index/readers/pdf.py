"""PDF: text in reading order with its pages, and where on the page a quote stands. pdfium reads it (pypdfium2)."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import regex

from index.errors import UnreadableFile
from index.names import one_line
from index.readers.pdf_layout import Page, Paragraph, joint, paragraphs
from index.readers.pdf_page import Box, Line, page_lines, page_lines_and_unseen
from index.readers.pdf_table import in_cells
from index.readers.pictures import missing_program, picture_lines
from index.readers.source import Source, TextBuilder, check_count
from index.records import Origin, Place, ReadFile

PICTURE_SIDE = 4000  # pixels at most, whatever a page claims to measure
_UNNAMED = regex.compile(
    r"(?:untitled|无标题|microsoft word\b.*|.*\.(?:docx?|wps|indd|html?|pdf|tex|xlsx?|pptx?)|\W*)", regex.I
)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the picture of a page, in shares of its width and height, from the upper left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageBoxes:
    """Where a span of the text stands on one page (numbered from 1): an area for each of its lines, in order."""

    page: int
    areas: tuple[Area, ...]


def read_pdf(source: Source) -> ReadFile:
    """Read a PDF. Pages without text are given to Tesseract where it is installed, and named in the notes.

    Raises UnreadableFile for a damaged file and for one that needs a password.
    """
    with _opened(source.data, source.name) as document:
        check_count(source, "places", len(document))
        pages, pictures, hidden = _pages(source, document)
        notes = (*_notes(source, pages, pictures), *_hidden_notes(hidden))
        info = document.get_metadata_dict(skip_empty=True)
    found = list(paragraphs(pages))
    return _built(source, found, info, notes)


def page_boxes(data: bytes, text: str, places: Sequence[Place], start: int, end: int) -> tuple[PageBoxes, ...]:
    """Where `text[start:end]` of a document stands on its pages, from the bytes it was read from.

    A page whose lines do not agree with the text now gives no boxes, rather than wrong ones.
    """
    found = []
    touched = [place for place in places if place.kind == "page" and place.start < end and start < place.end]
    with _opened(data, "this PDF") as document:
        for place in touched:
            page = document[int(place.label) - 1]
            lines = page_lines(page) or picture_lines(page)
            areas = tuple(
                _area(page, box)
                for box in _boxes(lines, text[place.start : place.end], start - place.start, end - place.start)
            )
            page.close()
            if areas:
                found.append(PageBoxes(int(place.label), areas))
    return tuple(found)


def page_picture(data: bytes, page: int, scale: float = 1.5) -> bytes:
    """A PNG of a page (numbered from 1), `scale` pixels a point, and never more than a few thousand pixels a side."""
    with _opened(data, "this PDF") as document:
        if not 1 <= page <= len(document):
            raise UnreadableFile(f"this PDF has no page {page}; its pages are 1 to {len(document)}")
        shown = document[page - 1]
        longest = max(*shown.get_size(), 1.0)
        picture = shown.render(scale=min(scale, PICTURE_SIDE / longest)).to_pil()
        written = io.BytesIO()
        picture.save(written, "PNG")
        shown.close()
        return written.getvalue()


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Any]:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise UnreadableFile(f"{name}: needs a password; open it and save it without one, then add that") from error
        raise UnreadableFile(f"{name}: damaged, or no PDF; take a whole copy of it, or print it to PDF anew") from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(f"{name}: a page of it is damaged; take a whole copy, or print it to PDF anew") from error
    finally:
        document.close()


def _pages(source: Source, document: Any) -> tuple[list[Page], list[int], list[int]]:
    """Every page's lines; the numbers of the pages that hold none of their own, and of those with characters unseen."""
    pages, pictures, hidden, characters = [], [], [], 0
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        lines, unseen = page_lines_and_unseen(page)
        if unseen:
            hidden.append(number)
        if not lines:
            pictures.append(number)
            if len(pictures) <= source.limits.recognised_pages:
                lines = picture_lines(page)
                source.progress()
        characters += sum(len(line.text) for line in lines)
        check_count(source, "characters", characters)
        # The boxes are found again when they are asked for; of 400 pages they would take a gigabyte.
        pages.append(Page(number, page.get_height(), tuple(in_cells(page, lines))))
        page.close()
    return pages, pictures, hidden


def _hidden_notes(hidden: Sequence[int]) -> Sequence[str]:
    return [f"{_numbered(hidden)} text that nobody who looks at it sees; it was left out"] if hidden else []


def _notes(source: Source, pages: Sequence[Page], pictures: Sequence[int]) -> tuple[str, ...]:
    if not pictures:
        return ()
    reached = pictures[: source.limits.recognised_pages]
    beyond = pictures[source.limits.recognised_pages :]
    read = [number for number in reached if pages[number - 1].lines]
    empty = [number for number in reached if not pages[number - 1].lines]
    notes = []
    if read:
        notes.append(f"{_numbered(read)} no text of {_own(read)}; it was read from the picture by Tesseract")
    if empty:
        advice = missing_program()
        notes.append(f"{_numbered(empty)} no text" + (f"; {advice}" if advice else ""))
    if beyond:
        notes.append(
            f"{_numbered(beyond)} no text and came after {len(reached)} others (the limit 'recognised_pages'); "
            "raise it, or divide the file"
        )
    return tuple(notes)


def _built(source: Source, found: Sequence[Paragraph], info: dict[str, str], notes: tuple[str, ...]) -> ReadFile:
    built = TextBuilder(source)
    reached: dict[int, tuple[int, int]] = {}
    for paragraph in found:
        words, spans = _joined(paragraph)
        start = built.add(words, paragraph.level)
        for number, first, last in spans:
            before = reached.get(number, (start + first, 0))
            reached[number] = (before[0], start + last)
    for number, (first, last) in sorted(reached.items()):
        built.place(first, last, "page", str(number))
    title = one_line(info.get("Title", ""))
    if _UNNAMED.fullmatch(title):
        title = _largest(found)
    return built.done(title, Origin(author=one_line(info.get("Author", "")), date=_date(info)), notes)


def _joined(paragraph: Paragraph) -> tuple[str, list[tuple[int, int, int]]]:
    """A paragraph's text, and for each page the span of it that stands there."""
    before: Line | None = None
    spans: list[tuple[int, int, int]] = []
    parts: list[str] = []
    length = 0
    for number, line in paragraph.lines:
        between = "" if before is None else " " if before.cell != line.cell else joint(before.text, line.text)
        parts.append(between + line.text)
        first = length + len(between)
        length = first + len(line.text)
        before = line
        if spans and spans[-1][0] == number:
            spans[-1] = (number, spans[-1][1], length)
        else:
            spans.append((number, first, length))
    return "".join(parts), spans


def _boxes(lines: Sequence[Line], text: str, start: int, end: int) -> list[Box]:
    """The boxes of `text[start:end]` of a page's text; none where the lines do not give that text.

    A line that the text does not go on with is a running head or a page's number.
    """
    found: list[Box] = []
    place = 0
    for line in lines:
        while place < len(text) and text[place].isspace():
            place += 1
        if not text.startswith(line.text, place):
            continue
        first, last = max(start - place, 0), min(end - place, len(line.text))
        inked = [line.boxes[index] for index in range(first, last) if not line.text[index].isspace()]
        if inked:
            found.append(
                Box(
                    min(box.left for box in inked),
                    min(box.bottom for box in inked),
                    max(box.right for box in inked),
                    max(box.top for box in inked),
                )
            )
        place += len(line.text)
    return found if place == len(text) else []


def _area(page: Any, box: Box) -> Area:
    """A box on the picture: pdfium knows the page's rotation and its visible part."""
    import pypdfium2.raw as pdfium

    parts = 1_000_000
    corners = []
    for x, y in ((box.left, box.top), (box.right, box.bottom)):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, parts, parts, 0, x, y, across, down)
        corners.append((across.value / parts, down.value / parts))
    (left, top), (right, bottom) = corners
    return Area(min(left, right), min(top, bottom), abs(right - left), abs(bottom - top))


def _largest(found: Sequence[Paragraph]) -> str:
    """The heading in the largest letters on the first page that has one."""
    headings = [paragraph for paragraph in found if paragraph.level and paragraph.lines[0][0] == 1]
    largest = max(headings, key=lambda paragraph: paragraph.lines[0][1].size, default=None)
    return "" if largest is None else _joined(largest)[0]


def _date(info: dict[str, str]) -> str:
    """When the file was made, as ISO 8601, from "D:20240305101500+08'00'"."""
    if "Skia" in info.get("Producer", ""):
        return ""  # a browser printed it, and when it did says nothing of the text
    found = regex.match(r"D:(\d{4})(\d\d)?(\d\d)?", info.get("CreationDate", ""))
    return "" if found is None else "-".join(part for part in found.groups() if part)


def _numbered(numbers: Sequence[int]) -> str:
    """Pages by their numbers, runs as runs.

    >>> _numbered([3, 5, 6, 7])
    'pages 3 and 5-7 hold'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    listed = words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
    return f"page {listed} holds" if len(numbers) == 1 else f"pages {listed} hold"


def _own(numbers: Sequence[int]) -> str:
    return "its own" if len(numbers) == 1 else "their own"
