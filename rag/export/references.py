"""The documents of a report as CSL items, which citation styles and bibliographies are made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import regex

from rag.evidence import Entry
from rag.export.content import without_controls
from rag.export.listed import listed
from rag.verify.authors import people

_NEWSPAPER = regex.compile(r"(?:报|报社|Times|Daily|Post|News|Herald|Gazette|Tribune|Guardian)\Z", regex.IGNORECASE)
_NO_GIVEN = regex.compile(r"(?:Inc|Ltd|Co|LLC|GmbH|Corp|AG|SA)\b", regex.IGNORECASE)  # Example, Inc.
_HAN = regex.compile(r"\p{Han}")


def key_of(entry: Entry) -> str:
    """The key of an entry's document, the same in every format.

    A key begins with a letter, as BibTeX wants it.
    """
    return f"d{entry.document}"


def references(entries: Sequence[Entry], known: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """A CSL item for each document, in the order of their first entry: the known one where it is of that document."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(key_of(entry), entry)
    return [_known(key, entry, known) or _item(key, entry) for key, entry in first.items()]


def _known(key: str, entry: Entry, known: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    item = listed(entry, known)
    if item is None:
        return None
    language = item.get("language") or ("zh-CN" if _HAN.search(str(item["title"])) else "en")
    own = {**item, "id": key, "language": language}
    if own.get("URL") and not own.get("accessed"):
        own["accessed"] = {"date-parts": [_date_parts(entry.added)]}
    return own


def _item(key: str, entry: Entry) -> dict[str, Any]:
    newspaper = _NEWSPAPER.search(entry.publisher) is not None
    if newspaper:
        kind = "article-newspaper"
    elif entry.url:
        kind = "webpage"
    else:
        kind = "report" if entry.publisher else "document"
    title = without_controls(entry.title)
    item: dict[str, Any] = {
        "id": key,
        "type": kind,
        "title": title,
        "language": "zh-CN" if _HAN.search(title) else "en",
    }
    if entry.author:
        item["author"] = [_name(part) for part in regex.split(r"\s*[;；、]\s*", entry.author.strip()) if part]
    if entry.publisher:
        item["container-title" if newspaper or kind == "webpage" else "publisher"] = without_controls(entry.publisher)
    if entry.date and (parts := _date_parts(entry.date)):
        item["issued"] = {"date-parts": [parts]}
    if entry.url:
        item["URL"] = without_controls(entry.url)
        item["accessed"] = {"date-parts": [_date_parts(entry.added)]}
    return item


def _name(words: str) -> dict[str, str]:
    """A person's name in Latin letters in its parts; any other, an institution's for one, as it is written."""
    words = without_controls(words)
    family, comma, given = (part.strip() for part in words.partition(","))
    if comma and given:
        return {"family": family, "given": given} if not _NO_GIVEN.match(given) else {"literal": words}
    found = people(words)
    if len(found) == 1 and found[0].name == words and not _HAN.search(words):
        rest = (
            words.removesuffix(found[0].family)
            if words.endswith(found[0].family)
            else words.removeprefix(found[0].family)
        )
        return {"family": found[0].family, "given": rest.strip()}
    return {"literal": words}


def _date_parts(date: str) -> list[int]:
    """Year, month and day, as many as an ISO 8601 date begins with.

    >>> _date_parts("2025-11")
    [2025, 11]
    """
    found = regex.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", date)
    return [] if found is None else [int(part) for part in found.groups() if part is not None]
