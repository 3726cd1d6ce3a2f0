"""What a file is, told from its bytes where they leave no doubt, whatever its name says."""

from __future__ import annotations

import io
import zipfile

import regex

HEAD_BYTES = 1024
_MARKUP = regex.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]", regex.I | regex.S)
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"II*\0", "picture"),
    (b"MM\0*", "picture"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x7fELF", "program"),
)
_PARTS = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("META-INF/container.xml", "epub"),
    ("content.xml", "opendocument"),
)


def kind_of(data: bytes) -> str:
    """A word for what the bytes certainly are, or "" where only the name can tell (any kind of text).

    >>> kind_of(b"%PDF-1.7 ..."), kind_of(b"Hello")
    ('pdf', '')
    """
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:HEAD_BYTES]
    if b"%PDF-" in head and not head.lstrip().startswith(b"<"):  # some writers put lines before it
        return "pdf"
    return "html" if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")) else ""


def _archive(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return "damaged archive"
    return next((kind for part, kind in _PARTS if part in names), "archive")
