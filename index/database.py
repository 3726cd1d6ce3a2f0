"""The SQLite file behind the library: its tables, how it is opened, and what its errors mean to a user.

SQLite comes from apsw, which carries a current one: FTS5 that deletes without a trace is newer than
what many Pythons were built with.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from index.bm25 import weight
from index.errors import LibraryBusy, LibraryDamaged, LibraryError, LibraryFull, LibraryReadOnly

FILE_NAME = "library.sqlite"
BUSY_MILLISECONDS = 30_000  # how long a second writer waits for the first

_CANNOT_READ = (apsw.SQLITE_IOERR_READ, apsw.SQLITE_IOERR_SHORT_READ, apsw.SQLITE_IOERR_CORRUPTFS)

# `terms`: what is indexed are codes of eight letters and digits, with blanks between (index/terms.py).
TERMS_SCHEMA = """
CREATE VIRTUAL TABLE terms USING fts5(words, content='', tokenize='ascii');
CREATE VIRTUAL TABLE terms_rows USING fts5vocab(terms, row);
"""
# Deleted words must be gone from the terms' own tables too. It works where FTS5 is told the words to
# delete, not with contentless_delete=1, which only marks them.
TERMS_SETTING = "INSERT INTO terms(terms, rank) VALUES ('secure-delete', 1)"

# `names`: under which names a document's bytes were added. `work`: files that are not searchable, or not yet
# in their newest version. `files`: the bytes of documents whose pages are shown as pictures.
# The text of a document is never changed; `version` counts what is: its names, its title and its origin.
TABLES_SCHEMA = """
CREATE TABLE documents(
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
    title TEXT NOT NULL, text TEXT NOT NULL, characters INTEGER NOT NULL, passages INTEGER NOT NULL,
    pages INTEGER NOT NULL, encoding TEXT NOT NULL, notes TEXT NOT NULL, read TEXT NOT NULL, edits TEXT NOT NULL,
    headings BLOB NOT NULL, paragraphs BLOB NOT NULL, sentences BLOB NOT NULL, blocks BLOB NOT NULL,
    places TEXT NOT NULL, added TEXT NOT NULL, version INTEGER NOT NULL, digest BLOB NOT NULL
);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL REFERENCES documents(id),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
    heading TEXT NOT NULL, vector BLOB NOT NULL, digest BLOB NOT NULL
);
CREATE INDEX passages_by_document ON passages(document);
CREATE TABLE files(document TEXT PRIMARY KEY REFERENCES documents(id), data BLOB NOT NULL);
CREATE TABLE names(
    id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    document TEXT NOT NULL REFERENCES documents(id)
);
CREATE INDEX names_by_document ON names(document);
CREATE TABLE work(
    source TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL
);
CREATE TABLE collections(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE collected(
    collection INTEGER NOT NULL REFERENCES collections(id), document TEXT NOT NULL REFERENCES documents(id),
    PRIMARY KEY(collection, document)
) WITHOUT ROWID;
CREATE INDEX collected_by_document ON collected(document);
"""
# Read by what came later than format 2, and put into older libraries when they are next written to. `generations`:
# every one that there was, so that what was made of one can be told to be of this library's past.
ADDED_SCHEMA = """
CREATE TABLE IF NOT EXISTS generations(generation TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS documents_by_passages ON documents(passages);
"""
_META_SCHEMA = "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"


def create_database(folder: Path, meta: Mapping[str, object]) -> None:
    """Make the file with its empty tables; it appears whole, and one that is there already stays.

    Raises LibraryFull, LibraryReadOnly or LibraryError.
    """
    partial = folder / f".{FILE_NAME}-{secrets.token_hex(4)}"
    try:
        with sqlite_errors(folder), contextlib.closing(apsw.Connection(str(partial))) as connection:
            # Pages that a removed document leaves are given back to the disk, as many as it had.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA synchronous = OFF")  # nobody sees the file before it is written through
            with connection:
                connection.execute(_META_SCHEMA + TABLES_SCHEMA + TERMS_SCHEMA)
                connection.execute(TERMS_SETTING)
                connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(meta[key])) for key in meta])
                new_generation(connection)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        (folder / FILE_NAME).hardlink_to(partial)
    except FileExistsError:
        pass  # another process was first
    finally:
        partial.unlink(missing_ok=True)


def connect(folder: Path) -> apsw.Connection:
    """Open the file for reading and writing; for reading alone where it cannot be written.

    Raises LibraryError, LibraryReadOnly or LibraryDamaged.
    """
    with sqlite_errors(folder):
        try:
            connection = apsw.Connection(str(folder / FILE_NAME), flags=apsw.SQLITE_OPEN_READWRITE)
            _set_up(connection)
        except (apsw.CantOpenError, apsw.ReadOnlyError):
            connection = _connect_for_reading(folder)
    return connection


def _set_up(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a document said to be searchable survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")  # no words in temporary files
    _add_functions(connection)


def _add_functions(connection: apsw.Connection) -> None:
    # Asked for in a file that cannot be read, apsw says that there is no FTS5: SQLite's own reason comes first.
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    connection.register_fts5_function("term_weight", _term_weight)


def _term_weight(api: apsw.FTS5ExtensionApi, *_: object) -> float:
    """What the one term of a query counts in a row by BM25, before it is weighted by how rare it is.

    FTS5's own bm25() counts the rows of every term anew for every row that is asked for by its number.
    """
    count = len(api.phrase_column_offsets(0, 0))
    length = api.column_size(0) / (api.column_total_size(0) / api.row_count)
    return weight(count, length)


def _connect_for_reading(folder: Path) -> apsw.Connection:
    """Open a file in a folder that cannot be written, where SQLite can make no log beside it."""
    path = folder / FILE_NAME
    log = folder / f"{FILE_NAME}-wal"
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    if not log.is_file() or log.stat().st_size == 0:
        address += "&immutable=1"  # with a log SQLite needs the log's index too, which it may find beside it
    try:
        connection = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        _add_functions(connection)
    except apsw.CantOpenError as error:
        what = "has changes that were not put in place" if log.is_file() else f"cannot be opened ({error})"
        raise LibraryReadOnly(
            f"{path} {what}, and its folder cannot be written: check the permissions, or copy the folder to where "
            "you may write"
        ) from error
    return connection


@contextlib.contextmanager
def sqlite_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises into the errors that tell a user what to do."""
    file = folder / FILE_NAME
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError, apsw.FormatError, UnicodeDecodeError) as error:
        raise LibraryDamaged(f"{file} is damaged ({error}): {what_to_do_when_damaged()}") from error
    except (apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise LibraryReadOnly(
            f"the library in {folder} can be read and not written: check the permissions of the folder and of "
            f"{FILE_NAME} in it, or copy the folder to where you may write"
        ) from error
    except (apsw.FullError, apsw.IOError) as error:
        if getattr(error, "extendedresult", 0) in _CANNOT_READ:
            raise LibraryDamaged(f"{file} cannot be read ({error}): {what_to_do_when_damaged()}") from error
        raise LibraryFull(
            f"{file} cannot be written ({error}); the disk is full or failing: free some space where {folder} is, then "
            "give the same command again. What was searchable before still is"
        ) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise LibraryBusy(
            f"another program is writing to the library in {folder} and has not finished after "
            f"{BUSY_MILLISECONDS // 1000} s (an addition, or a rebuild): wait for it, then give the same command again"
        ) from error
    except apsw.CantOpenError as error:
        raise LibraryError(f"{file} cannot be opened ({error}): check its permissions") from error


def new_generation(connection: apsw.Connection) -> None:
    """Say, within a transaction, that passages have changed."""
    generation = secrets.token_hex(8)
    connection.execute(ADDED_SCHEMA)
    connection.execute("INSERT INTO generations VALUES (?)", (generation,))
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (generation,))


def knows_generation(connection: apsw.Connection, generation: str) -> bool:
    """Whether the library's passages once were of that generation, and every change since is known."""
    if not rows(connection, "SELECT 1 FROM sqlite_schema WHERE name = 'generations'"):
        return bool(rows(connection, "SELECT 1 FROM meta WHERE key = 'generation' AND value = ?", (generation,)))
    query = (
        "SELECT 1 FROM generations WHERE generation = ? "
        "AND (SELECT value FROM meta WHERE key = 'generation') IN (SELECT generation FROM generations)"
    )
    return bool(rows(connection, query, (generation,)))


def what_to_do_when_damaged() -> str:
    """The end of a message about a damaged file."""
    return "put a copy back, or move the folder away and python -m index add the documents again"


def folder_of(connection: apsw.Connection) -> Path:
    """The library's folder, of a connection to its file."""
    return Path(connection.filename).parent


def rows(connection: apsw.Connection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query. Raises LibraryDamaged, and what else `sqlite_errors` makes."""
    with sqlite_errors(folder_of(connection)):
        return connection.execute(query, tuple(values)).fetchall()


@contextlib.contextmanager
def transaction(connection: apsw.Connection, durable: bool = True) -> Iterator[None]:
    """All that is written within it, or nothing. One that is not durable may be lost in a power cut.

    Raises what `sqlite_errors` makes.
    """
    with sqlite_errors(folder_of(connection)):
        if not durable:
            connection.execute("PRAGMA synchronous = NORMAL")
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("PRAGMA defer_foreign_keys = ON")  # a document's row is put in before and after others
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite has rolled back already when the disk is full
                    connection.execute("ROLLBACK")
                raise
        finally:
            if not durable:
                connection.execute("PRAGMA synchronous = FULL")


def marks(count: int) -> str:
    """As many question marks, for an IN list."""
    return ",".join("?" * count)
