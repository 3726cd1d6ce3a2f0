"""XLSX: one sheet, every text a string and never a formula or a link."""

from __future__ import annotations

import io

from rag.export.content import Content, UnexportableReport, require_fit, without_controls
from rag.export.table import COLUMNS, table

CELL_CHARACTERS = 32_767  # Excel's own limit
_TEXT = COLUMNS.index("text")


def write_xlsx(content: Content) -> bytes:
    """The report as a workbook. Raises UnexportableReport for a quote that a cell cannot hold."""
    import xlsxwriter

    require_fit(content, "Excel")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(_TEXT, _TEXT, 80, wrapped)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    for number, row in enumerate(table(content), start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                text = cell if column == _TEXT else without_controls(cell)
                if sheet.write_string(number, column, text) != 0:
                    raise UnexportableReport(
                        f"row {number} of {content.name!r}: a cell holds at most {CELL_CHARACTERS} characters, and "
                        f"{COLUMNS[column]} has {len(cell)}: export to CSV"
                    )
            elif cell is not None:
                sheet.write_number(number, column, cell)
    book.close()
    return buffer.getvalue()
