"""Collections and files' states as rows in Milvus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from index.milvus.server import Row, among
from index.milvus.tables import ROWS, hashed, row
from index.notes import Collection
from index.records import FileState, State
from index.store import now

if TYPE_CHECKING:
    from index.milvus.library import MilvusLibrary

_FIELDS = ("id", "kind", "document", "number", "at", "data")


class MilvusNotes:
    """The notes of a library in Milvus."""

    def __init__(self, library: MilvusLibrary) -> None:
        """Of an open library."""
        self._library = library

    def collections(self) -> list[Collection]:
        """Every collection, by name; also empty ones."""
        rows = self._rows('kind in ["collection", "member"]')
        members = [_data(row)["collection"] for row in rows if row["kind"] == "member"]
        names = sorted(_data(row)["name"] for row in rows if row["kind"] == "collection")
        return [Collection(name, members.count(name)) for name in names]

    def members(self, name: str) -> list[str] | None:
        """The ids of a collection's documents, ascending; None where there is no such collection."""
        mine = hashed(name)
        rows = self._rows(f'id == "collection/{mine}" or (kind == "member" and key == "{mine}")')
        if not any(row["kind"] == "collection" for row in rows):
            return None
        there = sorted(row["document"] for row in rows if row["kind"] == "member")
        return sorted(self._library.known_all(there))

    def collect(self, name: str, documents: Sequence[str]) -> None:
        """Put documents into a collection, which is made where there is none. Raises UnknownDocument."""
        for document in documents:
            self._library.require(document)
        self._put([row("collection", hashed(name), {"name": name}), *(_member(name, one) for one in documents)])

    def take_out(self, name: str, documents: Sequence[str]) -> None:
        """Take documents out of a collection, which exists."""
        self._delete([_member(name, one)["id"] for one in documents])

    def rename(self, name: str, new: str) -> None:
        """Give a collection, which exists, a name that no other has."""
        if new != name:
            there = self.members(name) or []
            self._put([row("collection", hashed(new), {"name": new}), *(_member(new, one) for one in there)])
            self.dissolve(name)

    def dissolve(self, name: str) -> None:
        """Let there be no such collection any more."""
        mine = hashed(name)
        self._library.server.delete(
            self._library.table(ROWS), f'id == "collection/{mine}" or (kind == "member" and key == "{mine}")'
        )

    def files(self) -> list[FileState]:
        """Every file the library knows of: searchable ones in the order of adding, then the others."""
        rows = self._rows('kind in ["name", "work", "document"]')
        work = {_data(row)["source"]: _data(row) for row in _by_time(rows, "work")}
        shown = {row["document"]: _data(row) for row in rows if row["kind"] == "document" and row["shown"]}
        found = []
        for entry in _by_time(rows, "name"):
            if entry["document"] in shown:
                data = _data(entry)
                noted = work.pop(data["source"], None)
                state = noted or {"state": "searchable", "reason": "", "since": shown[entry["document"]]["added"]}
                found.append(
                    FileState(
                        data["source"], data["name"], state["state"], state["reason"], entry["document"], state["since"]
                    )
                )
        others = [
            FileState(one["source"], one["name"], one["state"], one["reason"], None, one["since"])
            for one in work.values()
        ]
        return found + others

    def files_of(self, document_id: str) -> list[FileState]:
        """The files that a document stands for, in the order of adding."""
        known = self._library.known(document_id)
        return [
            FileState(source, name, "searchable", "", document_id, known.about["added"]) for source, name in known.names
        ]

    def put_waiting(self, files: Sequence[tuple[str, str]]) -> None:
        """Note files, as source and name, that the library does not know yet: they wait."""
        ids = [f"name/{hashed(source)}" for source, _ in files]
        named = self._library.server.get(self._library.table(ROWS), ids, ("id", "document")) if ids else []
        there = self._library.known_all([row["document"] for row in named if row["document"]])
        known = {row["id"] for row in named if row["document"] in there}
        waiting = [(source, name) for source, name in files if f"name/{hashed(source)}" not in known]
        self._put([_work(source, name, "waiting", "") for source, name in waiting])

    def mark(self, source: str, name: str, state: State, reason: str) -> None:
        """Note how far a file has come."""
        self._put([_work(source, name, state, reason)])

    def forget(self, sources: Sequence[str]) -> int:
        """Forget that files are waiting or failed; how many there were."""
        ids = [f"work/{hashed(source)}" for source in sources]
        known = self._library.server.get(self._library.table(ROWS), ids, ("id",)) if ids else []
        self._delete([row["id"] for row in known])
        return len(known)

    def _rows(self, where: str) -> list[Row]:
        return list(self._library.server.query(self._library.table(ROWS), where, (*_FIELDS, "shown")))

    def _put(self, rows: Sequence[Row]) -> None:
        self._library.server.upsert(self._library.table(ROWS), rows)

    def _delete(self, ids: Sequence[str]) -> None:
        if ids:
            self._library.server.delete(self._library.table(ROWS), among("id", ids))


def _member(name: str, document: str) -> Row:
    mine = hashed(name)
    return row("member", f"{mine[:32]}/{document}", {"collection": name}, document=document, found_by=mine)


def _work(source: str, name: str, state: State, reason: str) -> Row:
    data = {"source": source, "name": name, "state": state, "reason": reason, "since": now()}
    return row("work", hashed(source), data)


def _by_time(rows: Sequence[Row], kind: str) -> list[Row]:
    return sorted((row for row in rows if row["kind"] == kind), key=lambda row: int(row["number"] or row["at"]))


def _data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    return data
