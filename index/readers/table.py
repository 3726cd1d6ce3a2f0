"""CSV and TSV: a row a block, its cells separated by tabs; the first row is the heading that the others stand under."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain

import regex

from index.readers.source import Source, TextBuilder
from index.records import ReadFile

SNIFFED_CHARACTERS = 20_000
DELIMITERS = ",;\t|"
_NUMBER = regex.compile(r"[\s\p{Sc}%+\-–(]*\p{Nd}[\p{Nd}.,:/\s%\-)]*")


def read_table(source: Source, text: str) -> ReadFile:
    """Read comma- or tab-separated values; cells are placed as "B7", column letter and row number."""
    built = TextBuilder(source)
    tabs = source.file_name.lower().endswith(".tsv")
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # one setting for all of Python
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else delimiter(text))
    add_rows(built, rows)
    return built.done("")


def add_rows(built: TextBuilder, rows: Iterable[Sequence[str]], sheet: str = "") -> None:
    """Add a sheet's rows, its name as a heading above them and before each cell's place.

    A first row of column names is a heading too, so that a row further down is found by them.
    """
    numbered = enumerate(rows, start=1)
    first = next((entry for entry in numbered if any(cell.strip() for cell in entry[1])), None)
    if first is None:
        return
    built.add(sheet, 1)
    before = f"{sheet}!" if sheet else ""
    second = next((entry for entry in numbered if any(cell.strip() for cell in entry[1])), None)
    names = second is not None and are_names(first[1])
    _add_row(built, *first, before, (2 if sheet else 1) if names else 0)
    for number, row in chain([] if second is None else [second], numbered):
        _add_row(built, number, row, before, 0)


def delimiter(text: str) -> str:
    """The mark between the values: the library's guess, or the commonest mark where it has none.

    >>> delimiter("年份;家数\\n2023;114\\n2024;124\\n")
    ';'
    """
    lines = [line for line in text[:SNIFFED_CHARACTERS].splitlines()[:50] if line.strip()]
    try:
        return csv.Sniffer().sniff("\n".join(lines), DELIMITERS).delimiter
    except csv.Error:
        return max(DELIMITERS, key=lambda mark: sum(mark in line for line in lines))


def are_names(row: Sequence[str]) -> bool:
    """Whether a first row names columns: several cells, none of them empty in the middle or a number.

    >>> are_names(["年份", "家数"]), are_names(["2023", "114"])
    (True, False)
    """
    cells = [cell.strip() for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return len(cells) > 1 and all(cell and _NUMBER.fullmatch(cell) is None for cell in cells)


def column_letters(number: int) -> str:
    """A column's letters as spreadsheets write them, counted from 1.

    >>> column_letters(2), column_letters(28)
    ('B', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _add_row(built: TextBuilder, number: int, row: Sequence[str], before: str, level: int) -> None:
    cells = [" ".join(cell.split()) for cell in row]
    place = built.add("\t".join(cells).rstrip("\t"), level, row=True)
    for column, cell in enumerate(cells, start=1):
        built.place(place, place + len(cell), "cell", f"{before}{column_letters(column)}{number}")
        place += len(cell) + 1
