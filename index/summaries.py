"""Documents without their texts, for lists."""

from __future__ import annotations

import json
from typing import Any

import apsw

from index.database import rows
from index.records import DocumentSummary, Origin
from index.store import ORIGIN_FIELDS, damaged

_COLUMNS = "id, sha256, title, characters, passages, added, kind, bytes, pages, encoding, notes, read, edits"


def summaries(connection: apsw.Connection) -> list[DocumentSummary]:
    """Every document, in the order of adding. Raises LibraryDamaged."""
    names: dict[str, list[tuple[str, str]]] = {}
    for document, source, name in rows(connection, "SELECT document, source, name FROM names ORDER BY id"):
        names.setdefault(document, []).append((source, name))
    collections: dict[str, list[str]] = {}
    for document, name in rows(
        connection,
        "SELECT document, name FROM collected JOIN collections ON collections.id = collection ORDER BY name",
    ):
        collections.setdefault(document, []).append(name)
    found = rows(connection, f"SELECT {_COLUMNS} FROM documents ORDER BY rowid")
    try:
        return [_summary(row, names[row[0]], collections.get(row[0], [])) for row in found]
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(connection, "the list of documents") from error


def _summary(row: tuple[Any, ...], names: list[tuple[str, str]], collections: list[str]) -> DocumentSummary:
    known = dict(zip(_COLUMNS.split(", "), row, strict=True))
    origin = json.loads(known["read"]) | json.loads(known["edits"])
    return DocumentSummary(
        id=known["id"],
        name=names[0][1],
        source=names[0][0],
        sha256=known["sha256"],
        title=known["title"],
        characters=known["characters"],
        passages=known["passages"],
        added=known["added"],
        kind=known["kind"],
        bytes=known["bytes"],
        pages=known["pages"],
        encoding=known["encoding"],
        notes=tuple(json.loads(known["notes"])),
        origin=Origin(**{name: origin[name] for name in ORIGIN_FIELDS}),
        sources=tuple(source for source, _ in names),
        collections=tuple(collections),
        encoding_chosen="encoding" in json.loads(known["edits"]),
    )
