"""A file's bytes -> its text, apart from this process."""

from __future__ import annotations

from index.readers import read
from index.records import ReadFile


def read_apart(data: bytes, name: str, encoding: str | None = None) -> ReadFile:
    """Read a file's bytes. Raises UnreadableFile."""
    return read(data, name)
