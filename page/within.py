"""Where a question is looked for: in everything, in collections, or in chosen documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from index.collections import collections
from index.library import Library
from page.words_documents import DocumentWords

_MOST = 1000  # names that a choice may have
_NAMED = 3  # names that are said; of more, how many more there are


@dataclass(frozen=True, slots=True)
class Within:
    """Collections' names and documents' ids, none of them for nothing at all; and what the page calls each."""

    names: tuple[str, ...]
    labels: tuple[str, ...]


def chosen_within(data: object) -> Within | None:
    """The choice that the browser sent as JSON, a list of pairs of name and label; None for everything.

    Raises ValueError for anything else: a question is never looked for in more than was chosen.
    """
    if data is None or data in ("", "null"):
        return None
    pairs = json.loads(data) if isinstance(data, str) else data
    if not isinstance(pairs, list) or len(pairs) > _MOST:
        raise ValueError("not a choice of collections and documents")
    for pair in pairs:
        match pair:
            case [str(), str()]:
                continue
        raise ValueError("not a choice of collections and documents")
    return Within(tuple(name for name, _ in pairs), tuple(label for _, label in pairs))


def said(within: Within, words: DocumentWords) -> str:
    """Where it was looked for, in words."""
    if not within.labels:
        return words.within_nothing
    named = words.comma.join(within.labels[:_NAMED])
    if len(within.labels) > _NAMED:
        return words.within_more.format(names=named, count=len(within.labels))
    return words.within.format(names=named)


def places(library: Library, words: DocumentWords) -> dict[str, Any]:
    """What can be chosen: collections with how many documents they hold, and documents."""
    return {
        "collections": [
            {"name": entry.name, "label": words.collection_named.format(name=entry.name), "count": entry.documents}
            for entry in collections(library)
        ],
        "documents": [{"name": entry.id, "label": entry.title, "file": entry.name} for entry in library.documents()],
    }
