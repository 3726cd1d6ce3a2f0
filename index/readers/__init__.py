"""Files -> text and blocks. One format a module; a file that cannot be read is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from index.encodings import decode
from index.errors import UnreadableFile
from index.names import one_line
from index.readers.docx import read_docx
from index.readers.eml import read_eml
from index.readers.epub import read_epub
from index.readers.html import read_html
from index.readers.markdown import read_markdown
from index.readers.pdf import read_pdf
from index.readers.plain import read_plain
from index.readers.pptx import read_pptx
from index.readers.sniff import kind_of
from index.readers.source import Source, check_count
from index.readers.table import read_table
from index.readers.xlsx import read_xlsx
from index.records import ReadFile

# Formats whose text is the file's own: from it alone, and the file's name, the blocks can be found again.
READERS: Mapping[str, Callable[[str, str], ReadFile]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".text": read_plain,
}
_KINDS: Mapping[str, Callable[[Source], ReadFile]] = {
    "html": read_html,
    "pdf": read_pdf,
    "docx": read_docx,
    "pptx": read_pptx,
    "xlsx": read_xlsx,
    "epub": read_epub,
    "eml": read_eml,
    "table": lambda source: _decoded(source, lambda text, stem: read_table(source, text)),
}
_SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "pptx",
    ".xlsx": "xlsx",
    ".csv": "table",
    ".tsv": "table",
    ".epub": "epub",
    ".eml": "eml",
}
KNOWN_SUFFIXES = frozenset(READERS) | frozenset(_SUFFIXES)

_REFUSED = {
    "old office": "an older Office file, or one with a password; open it and save it as DOCX, XLSX or PPTX without one",
    "picture": "a picture; put it into a PDF, of which pages without text are read by Tesseract",
    "rtf": "rich text; save it as DOCX",
    "opendocument": "an OpenDocument file; save it as DOCX, XLSX, PPTX or PDF",
    "archive": "an archive; unpack it and add what is in it",
    "damaged archive": "a damaged archive; take a whole copy of the file",
    "program": "a program, and no text",
}

_BINARY = {"pdf", "docx", "pptx", "xlsx", "epub"}
TITLE_CHARACTERS = 300  # shown in lists and embedded with every passage


def read(data: bytes, name: str, encoding: str | None = None) -> ReadFile:
    """Read a file's bytes: by what they are where they show it (a PDF named .docx is read as PDF), else by the suffix.

    `encoding` is the codec of a text file, chosen by hand.

    Raises UnreadableFile, in one line that names the file, for a format that is not read, for what is damaged, for
    bytes that no encoding decodes without loss, and for a file without any text.
    """
    return read_source(Source(data, name, encoding))


def read_source(source: Source) -> ReadFile:
    """Read a file within its limits; see `read`."""
    if len(source.data) > source.limits.file_bytes:
        raise UnreadableFile(
            f"{source.name}: {len(source.data):,} bytes are more than {source.limits.file_bytes:,} (the limit "
            "'file_bytes'); divide the file, or raise the limit"
        )
    try:
        content = _read_kind(source)
    except UnreadableFile as error:
        raise UnreadableFile(one_line(str(error))) from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # a library's own error for a file that is not as its format asks
        raise UnreadableFile(
            f"{source.name}: damaged, or not what its name says ({type(error).__name__}); open it in the program "
            "that made it and save it anew"
        ) from error
    return _checked(source, content)


def _read_kind(source: Source) -> ReadFile:
    suffix = Path(source.file_name).suffix.lower()
    kind = kind_of(source.data)
    if kind == "html" and suffix in READERS:
        kind = ""  # a text may begin with a tag
    if kind in _REFUSED:
        raise UnreadableFile(f"{source.name}: {_REFUSED[kind]}")
    named = _SUFFIXES.get(suffix, "")
    if not kind and named in _BINARY:
        raise UnreadableFile(
            f"{source.name}: no {named.upper()} file, whatever its name says; take a whole copy of it, or give it the "
            "suffix of what it is"
        )
    if kind or named:
        return _KINDS[kind or named](source)
    reader = READERS.get(suffix)
    if reader is None:
        known = ", ".join(sorted(KNOWN_SUFFIXES))
        raise UnreadableFile(f"{source.name}: this format is not read; save it as text first (read are {known})")
    return _decoded(source, reader)


def _decoded(source: Source, reader: Callable[[str, str], ReadFile]) -> ReadFile:
    if not source.data.strip():
        raise UnreadableFile(f"{source.name}: there is no text in it")
    decoded = decode(source.data, source.name, source.encoding)
    check_count(source, "characters", len(decoded.text))
    return replace(reader(decoded.text, source.stem), encoding=decoded.encoding)


def _checked(source: Source, content: ReadFile) -> ReadFile:
    if not any(not content.text[block.start : block.end].isspace() for block in content.blocks):
        notes = "".join(f" ({note})" for note in content.notes)
        raise UnreadableFile(f"{source.name}: there is no text in it{notes}")
    check_count(source, "characters", len(content.text))
    check_count(source, "blocks", len(content.blocks))
    check_count(source, "places", len(content.places))
    return replace(content, title=one_line(content.title)[:TITLE_CHARACTERS] or source.stem)
