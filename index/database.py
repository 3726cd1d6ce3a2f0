"""The SQLite file behind the library: its tables, and how it is opened.

SQLite comes from apsw, which carries a current one: FTS5 that deletes without a trace is newer than
what many Pythons were built with.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw
import numpy as np

from index.errors import LibraryDamaged, LibraryError

FILE_NAME = "library.sqlite"
BUSY_MILLISECONDS = 30_000  # how long a second writer waits for the first

# The terms are split already; the tokenizer only has to keep everything but blanks together.
_SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    headings BLOB NOT NULL, paragraphs BLOB NOT NULL, sentences BLOB NOT NULL, added TEXT NOT NULL
);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages(document);
CREATE VIRTUAL TABLE terms USING fts5(
    words, content='',
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
);
CREATE VIRTUAL TABLE terms_rows USING fts5vocab(terms, row);
"""


def create_database(folder: Path, meta: Mapping[str, object]) -> None:
    """Make the file with its empty tables; it appears whole, and one that is there already stays."""
    partial = folder / f".{FILE_NAME}-{secrets.token_hex(4)}"
    connection = apsw.Connection(str(partial))
    try:
        connection.execute(_SCHEMA)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
        # Deleted words must be gone from the terms' own tables too. It works where FTS5 is told the
        # words to delete, not with contentless_delete=1, which only marks them.
        connection.execute("INSERT INTO terms(terms, rank) VALUES ('secure-delete', 1)")
        connection.close()
        (folder / FILE_NAME).hardlink_to(partial)
    except FileExistsError:
        pass  # another process was first
    finally:
        partial.unlink()


def connect(folder: Path) -> apsw.Connection:
    """Open the file for reading and writing. Raises LibraryError or LibraryDamaged."""
    try:
        connection = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a document said to be searchable survives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except apsw.CantOpenError as error:
        raise LibraryError(f"{folder / FILE_NAME} cannot be opened ({error}): check its permissions") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise LibraryDamaged(f"{folder / FILE_NAME} is damaged ({error}): {what_to_do_when_damaged()}") from error
    return connection


def what_to_do_when_damaged() -> str:
    """The end of a message about a damaged file."""
    return "put a copy back, or move the folder away and python -m index add the documents again"


def rows(connection: apsw.Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return connection.execute(query, tuple(values)).fetchall()


def marks(count: int) -> str:
    """As many question marks, for an IN list."""
    return ",".join("?" * count)


def packed(numbers: Sequence[tuple[int, ...]]) -> bytes:
    """Rows of integers as one blob: 32 bits each, little-endian, row by row."""
    return np.array(numbers, dtype="<i4").tobytes()


def unpacked(data: bytes, width: int) -> list[list[int]]:
    """The rows again, `width` integers each."""
    numbers: list[list[int]] = np.frombuffer(data, dtype="<i4").reshape(-1, width).tolist()
    return numbers
