"""The tables that `export` writes: a row's text is a quotation, its address the citation."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from rag.export.separated import as_was
from rag.verify.report import NoteMark, Part

_ADDRESS = ("id", "start", "end")


def read_csv(data: bytes) -> list[Part]:
    """A CSV with the columns of an export."""
    text = data.decode("utf-8-sig")
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return _parts(rows[0], ([as_was(cell) for cell in row] for row in rows[1:]))


def read_xlsx(data: bytes) -> list[Part]:
    """A workbook's first sheet with the columns of an export."""
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return _parts(rows[0], rows[1:])


def read_csl_json(data: bytes) -> list[Part]:
    """CSL-JSON with quotes under `custom`."""
    quotes: list[dict[str, Any]] = [
        quote for item in json.loads(data) for quote in item.get("custom", {}).get("quotes", [])
    ]
    return [
        Part("quotation", quote["text"], (NoteMark(len(quote["text"]), quote["address"]),), number)
        for number, quote in enumerate(quotes)
    ]


def _parts(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Part]:
    missing = [name for name in ("text", *_ADDRESS) if name not in header]
    if missing:
        raise ValueError(f"there is no column {', '.join(missing)}")
    text = header.index("text")
    first, second, third = (header.index(name) for name in _ADDRESS)
    return [
        Part("quotation", row[text], (NoteMark(len(row[text]), f"{row[first]}:{row[second]}-{row[third]}"),), number)
        for number, row in enumerate(rows)
        if row
    ]
