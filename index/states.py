"""How far each file has come, kept in the library: also of files that are waiting, or failed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from index.database import rows
from index.library import Library
from index.records import FileState, State
from index.store import now


def file_states(library: Library) -> list[FileState]:
    """Every file the library knows of: searchable ones in the order of adding, then the others."""
    found = rows(
        library.connection,
        "SELECT names.source, names.name, coalesce(state, 'searchable'), coalesce(reason, ''), document, "
        "coalesce(since, added) FROM names JOIN documents ON documents.id = document "
        "LEFT JOIN work ON work.source = names.source ORDER BY names.id",
    )
    others = rows(
        library.connection,
        "SELECT source, name, state, reason, NULL, since FROM work WHERE source NOT IN (SELECT source FROM names) "
        "ORDER BY rowid",
    )
    return [FileState(*row) for row in found + others]


def put_waiting(library: Library, files: Sequence[tuple[str, str]]) -> None:
    """Note files, as source and name, that the library does not know yet: they wait."""
    known = {source for (source,) in rows(library.connection, "SELECT source FROM names")}
    waiting = [(source, name, now()) for source, name in files if source not in known]
    if waiting:
        with library.writing(passages=False) as connection:
            connection.executemany(
                "INSERT INTO work VALUES (?, ?, 'waiting', '', ?) ON CONFLICT(source) "
                "DO UPDATE SET state = 'waiting', reason = '', since = excluded.since",
                waiting,
            )


def mark(library: Library, source: str, name: str, state: State, reason: str = "") -> None:
    """Note how far a file has come. `searchable` is never noted: the document's being there says it."""
    with library.writing(passages=False, durable=False) as connection:
        connection.execute(
            "INSERT INTO work VALUES (?, ?, ?, ?, ?) ON CONFLICT(source) DO UPDATE SET name = excluded.name, "
            "state = excluded.state, reason = excluded.reason, since = excluded.since",
            (source, name, state, reason, now()),
        )


def forget(library: Library, sources: Sequence[str]) -> int:
    """Forget that files are waiting or failed; how many there were. Documents stay."""
    query = "SELECT source FROM work WHERE source IN (SELECT value FROM json_each(?))"
    known = rows(library.connection, query, (json.dumps(list(sources)),))
    if known:
        with library.writing(passages=False, durable=False) as connection:
            connection.executemany("DELETE FROM work WHERE source = ?", known)
    return len(known)
