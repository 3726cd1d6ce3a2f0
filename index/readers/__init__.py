"""Files -> text and blocks. One format a module; a file that cannot be read is refused by name."""

from __future__ import annotations

from pathlib import Path

from index.errors import UnreadableFile
from index.readers.markdown import read_markdown
from index.readers.plain import read_plain
from index.records import ReadFile

READERS = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".text": read_plain,
}

KNOWN_SUFFIXES = frozenset(READERS)


def read(data: bytes, name: str) -> ReadFile:
    """Read a file's bytes by the suffix of its name.

    Raises UnreadableFile for a format that is not read, for bytes that are not UTF-8, and for a
    file without any text.
    """
    reader = READERS.get(Path(name).suffix.lower())
    if reader is None:
        known = ", ".join(READERS)
        raise UnreadableFile(f"{name}: this format is not read; save it as text first (read are {known})")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{name}: not UTF-8 (byte {error.start}); convert it first, for example with "
            "iconv -f GB18030 -t UTF-8, so that no character is guessed"
        ) from error
    if not text.strip():
        raise UnreadableFile(f"{name}: there is no text in it")
    return reader(text, Path(name).stem)
