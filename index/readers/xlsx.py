"""Spreadsheets (XLSX): a row a block, a cell a place ("Sheet1!B7"). openpyxl reads them row by row."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any

from index.names import one_line
from index.readers.archive import check_office
from index.readers.docx import office_date
from index.readers.source import Source, TextBuilder
from index.readers.table import add_rows
from index.records import Origin, ReadFile


def read_xlsx(source: Source) -> ReadFile:
    """Read the values that the sheets show, formulas as they were last worked out.

    Raises UnreadableFile, or the library's errors for a damaged file.
    """
    from openpyxl import load_workbook

    check_office(source)
    book = load_workbook(io.BytesIO(source.data), read_only=True, data_only=True)
    built = TextBuilder(source)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # they are what the writer claims, and may be a million rows
            add_rows(built, _rows(sheet), one_line(sheet.title))
        properties = book.properties
    finally:
        book.close()
    return built.done(
        properties.title or "", Origin(author=one_line(properties.creator or ""), date=office_date(properties))
    )


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        yield [_shown(cell) for cell in row]


def _shown(cell: Any) -> str:
    """A cell's value as the sheet shows it, where that can be told from its format.

    A share in per cent and a day are what a reader saw; other formats (currency, colour) leave the number as it is.
    """
    value = cell.value
    shown = "" if value is None else str(value)
    match value:
        case bool():
            shown = shown.upper()
        case datetime.datetime():
            bare = value.time() == datetime.time()
            shown = value.date().isoformat() if bare else value.isoformat(" ", "seconds")
        case int() | float() if "%" in (cell.number_format or ""):
            shown = _in_per_cent(value, cell.number_format)
        case float():
            shown = str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return shown


def _in_per_cent(value: float, number_format: str) -> str:
    decimals = number_format.partition("%")[0].partition(".")[2].count("0")
    return f"{value * 100:.{decimals}f}%"
