"""Collections and files' states as rows of the library's own SQLite file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.database import rows
from index.notes import Collection
from index.records import FileState, State
from index.store import now

if TYPE_CHECKING:
    from index.local import LocalLibrary


class LocalNotes:
    """The notes of a library in a folder."""

    def __init__(self, library: LocalLibrary) -> None:
        """Of an open library."""
        self._library = library

    def collections(self) -> list[Collection]:
        """Every collection, by name; also empty ones."""
        found = rows(
            self._library.connection,
            "SELECT name, count(document) FROM collections LEFT JOIN collected ON collection = id "
            "GROUP BY id ORDER BY name",
        )
        return [Collection(*row) for row in found]

    def members(self, name: str) -> list[str] | None:
        """The ids of a collection's documents, ascending; None where there is no such collection."""
        if not rows(self._library.connection, "SELECT 1 FROM collections WHERE name = ?", (name,)):
            return None
        query = "SELECT document FROM collected JOIN collections ON id = collection WHERE name = ? ORDER BY document"
        return [document for (document,) in rows(self._library.connection, query, (name,))]

    def collect(self, name: str, documents: Sequence[str]) -> None:
        """Put documents into a collection, which is made where there is none. Raises UnknownDocument."""
        with self._library.writing(passages=False) as connection:
            connection.execute("INSERT OR IGNORE INTO collections(name) VALUES (?)", (name,))
            for document in documents:
                self._library.require(document)
                connection.execute(
                    "INSERT OR IGNORE INTO collected SELECT id, ? FROM collections WHERE name = ?", (document, name)
                )

    def take_out(self, name: str, documents: Sequence[str]) -> None:
        """Take documents out of a collection, which exists."""
        with self._library.writing(passages=False) as connection:
            connection.execute(
                "DELETE FROM collected WHERE collection = (SELECT id FROM collections WHERE name = ?) "
                "AND document IN (SELECT value FROM json_each(?))",
                (name, json.dumps(list(documents))),
            )

    def rename(self, name: str, new: str) -> None:
        """Give a collection, which exists, a name that no other has."""
        with self._library.writing(passages=False) as connection:
            connection.execute("UPDATE collections SET name = ? WHERE name = ?", (new, name))

    def dissolve(self, name: str) -> None:
        """Let there be no such collection any more."""
        with self._library.writing(passages=False) as connection:
            connection.execute(
                "DELETE FROM collected WHERE collection = (SELECT id FROM collections WHERE name = ?)", (name,)
            )
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))

    def files(self) -> list[FileState]:
        """Every file the library knows of: searchable ones in the order of adding, then the others."""
        found = rows(
            self._library.connection,
            "SELECT names.source, names.name, coalesce(state, 'searchable'), coalesce(reason, ''), document, "
            "coalesce(since, added) FROM names JOIN documents ON documents.id = document "
            "LEFT JOIN work ON work.source = names.source ORDER BY names.id",
        )
        others = rows(
            self._library.connection,
            "SELECT source, name, state, reason, NULL, since FROM work "
            "WHERE source NOT IN (SELECT source FROM names) ORDER BY rowid",
        )
        return [FileState(*row) for row in found + others]

    def files_of(self, document_id: str) -> list[FileState]:
        """The files that a document stands for, in the order of adding."""
        query = (
            "SELECT source, name, 'searchable', '', document, added FROM names JOIN documents "
            "ON documents.id = document WHERE document = ? ORDER BY names.id"
        )
        return [FileState(*row) for row in rows(self._library.connection, query, (document_id,))]

    def put_waiting(self, files: Sequence[tuple[str, str]]) -> None:
        """Note files, as source and name, that the library does not know yet: they wait."""
        known = {source for (source,) in rows(self._library.connection, "SELECT source FROM names")}
        waiting = [(source, name, now()) for source, name in files if source not in known]
        if waiting:
            with self._library.writing(passages=False) as connection:
                connection.executemany(
                    "INSERT INTO work VALUES (?, ?, 'waiting', '', ?) ON CONFLICT(source) "
                    "DO UPDATE SET state = 'waiting', reason = '', since = excluded.since",
                    waiting,
                )

    def mark(self, source: str, name: str, state: State, reason: str) -> None:
        """Note how far a file has come."""
        with self._library.writing(passages=False, durable=False) as connection:
            connection.execute(
                "INSERT INTO work VALUES (?, ?, ?, ?, ?) ON CONFLICT(source) DO UPDATE SET name = excluded.name, "
                "state = excluded.state, reason = excluded.reason, since = excluded.since",
                (source, name, state, reason, now()),
            )

    def forget(self, sources: Sequence[str]) -> int:
        """Forget that files are waiting or failed; how many there were."""
        query = "SELECT source FROM work WHERE source IN (SELECT value FROM json_each(?))"
        known = rows(self._library.connection, query, (json.dumps(list(sources)),))
        if known:
            with self._library.writing(passages=False, durable=False) as connection:
                connection.executemany("DELETE FROM work WHERE source = ?", known)
        return len(known)
