"""CSV: UTF-8 with a byte order mark, as spreadsheets want it, and a quote never taken for a formula."""

from __future__ import annotations

import csv
import io

import regex

from rag.export.content import Content
from rag.export.table import COLUMNS, table

# Spreadsheets run a cell that begins so. An apostrophe before it is their own sign that a cell is text. A cell that
# begins with apostrophes and then so gets one more, so that taking one away always gives the cell as it was.
_FORMULA = regex.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def write_csv(content: Content) -> bytes:
    """The report as CSV. The line ends within a quote are its own."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in table(content))
    return buffer.getvalue().encode("utf-8-sig", "surrogatepass")


def as_text(cell: str) -> str:
    """A cell that no spreadsheet runs.

    >>> as_text("=1+1"), as_text("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_was(cell: str) -> str:
    """The cell before `as_text`.

    >>> as_was("'=1+1"), as_was("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
