"""Slides (PPTX): a slide's title is a heading, its texts are paragraphs, its notes follow. python-pptx opens them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.names import one_line
from index.readers.archive import check_office
from index.readers.docx import office_date
from index.readers.source import Source, TextBuilder
from index.records import Origin, ReadFile

DEEPEST_GROUP = 50


def read_pptx(source: Source) -> ReadFile:
    """Read slides, each of them a place. Raises UnreadableFile, or the library's errors for a damaged file."""
    from pptx import Presentation

    check_office(source)
    presentation = Presentation(io.BytesIO(source.data))
    built = TextBuilder(source)
    first_title = ""
    for number, slide in enumerate(presentation.slides, start=1):
        begun: int | None = None
        heading = slide.shapes.title
        words = "" if heading is None else " ".join(heading.text_frame.text.split())
        first_title = first_title or words
        for text, level, row in _texts(slide, heading, words):
            start = built.add(text, level, row)
            begun = start if begun is None else begun
        if begun is not None:
            built.place(begun, built.length, "slide", str(number))
    properties = presentation.core_properties
    return built.done(
        properties.title or first_title, Origin(author=one_line(properties.author or ""), date=office_date(properties))
    )


def _texts(slide: Any, heading: Any, words: str) -> Iterator[tuple[str, int, bool]]:
    """The texts of a slide that are not blank: the text, its heading level, and whether it is a table's row."""
    if words:
        yield words, 1, False
    for shape in _shapes(slide.shapes, 0):
        if heading is not None and shape.shape_id == heading.shape_id:
            continue
        if shape.has_text_frame:
            for paragraph in shape.text_frame.paragraphs:
                text = paragraph.text.replace("\v", "\n").strip()
                if text:
                    yield text, 0, False
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                text = "\t".join(" ".join(cell.text_frame.text.split()) for cell in row.cells).strip("\t")
                if text:
                    yield text, 0, True
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
            if paragraph.text.strip():
                yield paragraph.text.replace("\v", "\n").strip(), 0, False


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            if depth < DEEPEST_GROUP:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape
