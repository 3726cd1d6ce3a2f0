"""The archives that DOCX, PPTX, XLSX and EPUB are: opened only when what is in them keeps to the limits."""

from __future__ import annotations

import io
import zipfile
from typing import IO

import regex

from index.errors import UnreadableFile
from index.readers.source import Source, check_count

CHUNK_BYTES = 1 << 20
OVERLAP_BYTES = 32
_DECLARES = regex.compile(rb"<!DOCTYPE|<!ENTITY|<\0!\0D\0O\0C\0T|<\0!\0E\0N\0T")
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")


def open_archive(source: Source) -> zipfile.ZipFile:
    """The archive, checked. Python's zipfile gives no more of a part than it declares, so the sum of these holds.

    Raises UnreadableFile for one that is damaged, too large when unpacked, or encrypted.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise UnreadableFile(f"{source.name}: damaged; take a whole copy of the file") from error
    parts = archive.infolist()
    check_count(source, "members", len(parts))
    check_count(source, "unpacked_bytes", sum(part.file_size for part in parts))
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(f"{source.name}: parts of it need a password; save it without one, then add that")
    return archive


def check_office(source: Source) -> None:
    """Check an Office file (DOCX, PPTX, XLSX): its parts declare no entities, which the format forbids.

    Raises UnreadableFile.
    """
    with open_archive(source) as archive:
        for part in archive.infolist():
            with archive.open(part) as opened:
                if _declares_entities(opened):
                    raise UnreadableFile(
                        f"{source.name}: its part {part.filename!r} declares entities, which no Office file may; open "
                        "it in the program that made it and save it anew"
                    )


def _declares_entities(opened: IO[bytes]) -> bool:
    """Whether an XML part declares something, anywhere in it: a comment of any length may stand before that."""
    before = chunk = opened.read(CHUNK_BYTES)
    if not chunk.lstrip().startswith(_XML_STARTS):
        return False  # a picture or another part that no XML parser is given
    while chunk:
        if _DECLARES.search(before):
            return True
        chunk = opened.read(CHUNK_BYTES)
        before = before[-OVERLAP_BYTES:] + chunk
    return False
