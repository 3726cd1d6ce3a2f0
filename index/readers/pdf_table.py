"""Lines of a page that stand in the cells of a ruled table. PDF knows no tables; it has the lines that are drawn."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from index.readers.pdf_page import Cell, Line

THICK = 3.0  # points: a drawn shape that is thinner is a rule
REACH = 1.5  # points by which a rule may stop short of where it is looked for
DRAWN_SHAPES = 20_000  # on one page; a page with more is a map or a drawing

_NOTHING = np.empty((0, 3), np.float64)


def in_cells(page: Any, lines: Sequence[Line]) -> list[Line]:
    """The same lines; those in a ruled row of two cells and more say which cell theirs is."""
    across, down = _rules(page)
    if not len(across) or not len(down):
        return list(lines)
    cells = [_cell(line, across, down) for line in lines]
    columns: dict[tuple[int, int], set[int]] = defaultdict(set)
    for cell in cells:
        if cell is not None:
            columns[cell.bottom, cell.top].add(cell.left)
    return [
        line if cell is None or len(columns[cell.bottom, cell.top]) < 2 else replace(line, cell=cell, row=True)
        for line, cell in zip(lines, cells, strict=True)
    ]


def _cell(line: Line, across: np.ndarray, down: np.ndarray) -> Cell | None:
    """The rules around a line's first character; None where it has not one on every side."""
    x, y = (line.boxes[0].left + line.boxes[0].right) / 2, line.box.middle
    level = across[(across[:, 1] - REACH <= x) & (x <= across[:, 2] + REACH), 0]
    upright = down[(down[:, 1] - REACH <= y) & (y <= down[:, 2] + REACH), 0]
    below, above = level[level < y], level[level > y]
    left, right = upright[upright < x], upright[upright > x]
    if not (len(below) and len(above) and len(left) and len(right)):
        return None
    return Cell(round(below.max()), round(above.min()), round(left.max()))


def _rules(page: Any) -> tuple[np.ndarray, np.ndarray]:
    """Rows of y, left, right of the rules that go across, and of x, bottom, top of those that go down."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPage_CountObjects(page.raw)
    if count > DRAWN_SHAPES:
        return _NOTHING, _NOTHING
    across, down = [], []
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(count):
        shape = pdfium.FPDFPage_GetObject(page.raw, index)
        if pdfium.FPDFPageObj_GetType(shape) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium.FPDFPageObj_GetBounds(shape, *edges):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        wide, high = right - left, top - bottom
        if high < THICK <= wide:
            across.append(((bottom + top) / 2, left, right))
        elif wide < THICK <= high:
            down.append(((left + right) / 2, bottom, top))
        elif wide >= THICK and high >= THICK and _is_outline(shape):
            across += [(bottom, left, right), (top, left, right)]
            down += [(left, bottom, top), (right, bottom, top)]
    return np.array(across).reshape(-1, 3), np.array(down).reshape(-1, 3)


def _is_outline(shape: Any) -> bool:
    """Whether a rectangle is drawn by its edge, as a cell is, and not as a coloured ground."""
    import pypdfium2.raw as pdfium

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(
        pdfium.FPDFPath_CountSegments(shape) in (4, 5)
        and pdfium.FPDFPath_GetDrawMode(shape, fill, stroke)
        and stroke.value
    )
