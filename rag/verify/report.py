"""A report's bytes -> its paragraphs, which of them are block quotations, and its notes. One format a function below.

Another reading than the library's: a document is kept as its source, a report is read as its reader sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import UnreadableFile, YinzhengError

Kind = Literal["text", "quotation", "note"]


class UnreadableReport(YinzhengError):
    """A file that cannot be read as a report."""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """A note's number in the text, and the note's own text. `at` is an offset into the part's text."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph as its reader sees it. `number` counts the file's own paragraphs from 0, for marking a copy."""

    kind: Kind
    text: str
    notes: tuple[NoteMark, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class ReadReport:
    """The parts of a report in order."""

    name: str
    parts: tuple[Part, ...]


def read_report(data: bytes, name: str) -> ReadReport:
    """Read a report by the suffix of its name. Raises UnreadableReport."""
    from rag.verify import read_office, read_page, read_pdf, read_table, read_text

    readers: dict[str, Callable[[bytes], list[Part]]] = {
        ".md": read_text.read_markdown,
        ".markdown": read_text.read_markdown,
        ".txt": read_text.read_plain,
        ".text": read_text.read_plain,
        ".docx": read_office.read_word,
        ".odt": read_office.read_opendocument,
        ".html": read_page.read_html,
        ".htm": read_page.read_html,
        ".pdf": read_pdf.read_pdf,
        ".csv": read_table.read_csv,
        ".xlsx": read_table.read_xlsx,
        ".json": read_table.read_csl_json,
    }
    suffix = Path(name).suffix.lower()
    if suffix not in readers:
        raise UnreadableReport(f"{name}: no report is read from this format; read are {', '.join(readers)}")
    try:
        parts = readers[suffix](data)
    except UnreadableFile as error:
        raise UnreadableReport(str(error)) from error
    except UnicodeDecodeError as error:
        raise UnreadableReport(f"{name}: not UTF-8 (byte {error.start}); save it as UTF-8 first") from error
    except Exception as error:  # the parsers of damaged files raise what they like
        raise UnreadableReport(f"{name}: cannot be read ({type(error).__name__}: {error}); is it damaged?") from error
    return ReadReport(name, tuple(parts))
