"""Conversations kept: each with its questions, what came of them, and the files that its quotes are from.

They lie beside the library, in the folder `LIBRARY-conversations`, a person's own in a folder of its own, and stay when
a document is removed, as evidence does. A conversation is written whole, in one transaction, when an answer has come.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import apsw
from pydantic import TypeAdapter, ValidationError

from accounts.who import asking, own_folder
from index.database import rows
from index.errors import LibraryDamaged, LibraryError, UnknownDocument, YinzhengError
from index.library import Library
from index.terms import terms
from page.conversation import Turn, Turns
from rag.evidence import Entry, address_of, connect_beside, states
from rag.records import Answer, NotFound, Quote

_log = logging.getLogger(__name__)

FILE_NAME = "conversations.sqlite"
FORMAT_VERSION = 1
_NAME_CHARACTERS = 80

_SCHEMA = f"""
CREATE TABLE conversations(
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, began TEXT NOT NULL,
    changed TEXT NOT NULL, version INTEGER NOT NULL, questions INTEGER NOT NULL, content TEXT NOT NULL,
    words TEXT NOT NULL
);
PRAGMA user_version = {FORMAT_VERSION};
"""


class UnknownConversation(YinzhengError):
    """There is none of that number."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A conversation in a list. Times are ISO 8601 in UTC."""

    id: int
    name: str
    began: str
    changed: str
    questions: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is kept: whose folder, which it is there (None before it is written), which version."""

    folder: Path
    id: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as it was written. `sources` has what is known of each quoted document, by its id."""

    listed: Listed
    version: int
    turns: Turns
    sources: dict[str, dict[str, Any]]


@cache
def _turns_type() -> TypeAdapter[tuple[Turn, ...]]:
    return TypeAdapter(tuple[Turn, ...])


def own_place(library: Path) -> Place:
    """Where whoever is asking keeps a new conversation."""
    return Place(own_folder(library, "conversations", asking.get()))


class Conversations:
    """Those of one person."""

    def __init__(self, folder: Path) -> None:
        """Open them in a folder, made when missing. Raises LibraryError or LibraryDamaged."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise LibraryError(f"{folder} cannot be made ({error.strerror}): check its permissions") from error
        self._connection = connect_beside(folder / FILE_NAME)
        with self._writing():
            [(version,)] = rows(self._connection, "PRAGMA user_version")
            if version == 0:
                self._connection.execute(_SCHEMA)
            elif version != FORMAT_VERSION:
                raise LibraryError(
                    f"{folder / FILE_NAME} has format {version}, this version reads {FORMAT_VERSION}: "
                    "use the version that wrote it, or move the file away"
                )

    def listed(self, searched: str = "") -> list[Listed]:
        """Those that hold every word of `searched`, in questions, answers, quotes or their name; the latest first."""
        query = "SELECT id, name, began, changed, questions, words FROM conversations ORDER BY changed DESC, id DESC"
        wanted = [f" {term} " for term in terms(searched)]
        return [
            Listed(*row[:5])
            for row in rows(self._connection, query)
            if all(term in row[5] for term in wanted) or (searched and searched.casefold() in row[1].casefold())
        ]

    def kept(self, number: int) -> Kept:
        """One of them. Raises UnknownConversation, or LibraryDamaged where it cannot be read."""
        query = "SELECT id, name, began, changed, questions, version, content FROM conversations WHERE id = ?"
        found = rows(self._connection, query, (number,))
        if not found:
            raise UnknownConversation(f"there is no conversation {number} / 没有这个对话")
        [(*listed, version, content)] = found
        try:
            data = json.loads(content)
            return Kept(Listed(*listed), version, _turns_type().validate_python(data["turns"]), data["sources"])
        except (ValueError, KeyError, ValidationError) as error:
            raise LibraryDamaged(
                f"conversation {number} in {self.folder / FILE_NAME} cannot be read: {error}"
            ) from error

    def save(self, place: Place, turns: Turns, library: Library) -> Place:
        """Write a conversation over what it was; as a new one where another window has gone on with it meanwhile."""
        before: dict[str, dict[str, Any]] = {}
        with self._writing():
            found = rows(
                self._connection,
                "SELECT version, content FROM conversations WHERE id = ? AND version = ?",
                (place.id, place.version),
            )
            if found:
                before = json.loads(found[0][1])["sources"]
            turns = tuple(replace(turn, stale=()) for turn in turns)
            sources = _sources(turns, library, before)
            content = json.dumps(
                {"turns": _turns_type().dump_python(turns, mode="json"), "sources": sources}, ensure_ascii=False
            )
            words, now = _words(turns), datetime.now(UTC).isoformat(timespec="seconds")
            if found:
                self._connection.execute(
                    "UPDATE conversations SET changed = ?, version = version + 1, questions = ?, content = ?, "
                    "words = ? WHERE id = ?",
                    (now, len(turns), content, words, place.id),
                )
                return replace(place, version=place.version + 1)
            self._connection.execute(
                "INSERT INTO conversations(name, began, changed, version, questions, content, words) "
                "VALUES (?, ?, ?, 1, ?, ?, ?)",
                (_cut(turns[0].asked or turns[0].question), now, now, len(turns), content, words),
            )
            return Place(place.folder, self._connection.last_insert_rowid(), 1)

    def rename(self, number: int, name: str) -> None:
        """Give one another name. Raises UnknownConversation, also for a name that is none."""
        name = " ".join(name.split())
        if not name or not name.isprintable():
            raise UnknownConversation("a conversation needs a name, on one line / 对话需要一个名称")
        with self._writing():
            self._connection.execute("UPDATE conversations SET name = ? WHERE id = ?", (_cut(name), number))
            self._expect_change(number)

    def delete(self, number: int) -> None:
        """Take one out; SQLite overwrites what it was with zeros. Raises UnknownConversation."""
        with self._writing():
            self._connection.execute("DELETE FROM conversations WHERE id = ?", (number,))
            self._expect_change(number)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _expect_change(self, number: int) -> None:
        if self._connection.changes() == 0:
            raise UnknownConversation(f"there is no conversation {number} / 没有这个对话")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Conversations]:
    """The conversations in a folder, closed afterwards."""
    conversations = Conversations(folder)
    try:
        yield conversations
    finally:
        conversations.close()


def saved(place: Place | None, turns: Turns, library: Library) -> Place | None:
    """Keep a conversation where it belongs; what cannot be kept is not lost to the page, and the log says why."""
    if place is None or not turns:
        return place
    try:
        with opened(place.folder) as conversations:
            return conversations.save(place, turns, library)
    except YinzhengError:
        _log.exception("a conversation could not be kept")
        return place


def opened_again(number: int, library: Library) -> tuple[Turns, Place]:
    """A conversation of whoever is asking, and where it goes on. Raises UnknownConversation."""
    place = own_place(library.folder)
    with opened(place.folder) as conversations:
        kept = conversations.kept(number)
    return looked_at_again(kept, library), replace(place, id=number, version=kept.version)


def entries_of(kept: Kept) -> list[Entry]:
    """Every quote under an answer, in order, as an entry of a report: with its question, its answer and its source."""
    entries: list[Entry] = []
    for turn in kept.turns:
        if not isinstance(turn.result, Answer):
            continue
        answer = "；".join(finding.text for finding in turn.result.findings)
        for quote in turn.result.quotes:
            source = kept.sources.get(quote.document)
            if source is None:
                continue
            number = len(entries) + 1
            entries.append(
                Entry(
                    id=number, report=kept.listed.id, place=number, note="", question=turn.question,
                    answer="" if turn.result.relation == "gathered" else answer, added=kept.listed.changed,
                    **{**source, **_at(quote)},
                )
            )  # fmt: skip
    return entries


def not_found_in(kept: Kept) -> list[str]:
    """The questions that the documents did not answer."""
    return [turn.question for turn in kept.turns if isinstance(turn.result, NotFound)]


def looked_at_again(kept: Kept, library: Library) -> Turns:
    """The turns, each with the numbers of the quotes whose source is not what it was."""
    entries = entries_of(kept)
    now = iter(states(library, entries))
    turns = []
    for turn in kept.turns:
        stale: Sequence[int] = ()
        if isinstance(turn.result, Answer):
            stale = [
                number
                for number, quote in enumerate(turn.result.quotes, start=1)
                if quote.document in kept.sources and next(now).kind != "current"
            ]
        turns.append(replace(turn, stale=tuple(stale)))
    return tuple(turns)


def _at(quote: Quote) -> dict[str, Any]:
    names = ("start", "end", "text", "heading", "page", "cell", "paragraph", "sentence")
    return {name: getattr(quote, name) for name in names}


def _sources(turns: Turns, library: Library, before: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is known of each quoted document; of one that is gone since, what was known before."""
    found = {}
    for turn in turns:
        for quote in turn.result.quotes if isinstance(turn.result, Answer) else ():
            if quote.document in found:
                continue
            if quote.document in before:
                found[quote.document] = before[quote.document]
                continue
            with contextlib.suppress(UnknownDocument, ValueError):
                found[quote.document] = address_of(library.document(quote.document), quote.start, quote.end)
    return found


def _words(turns: Turns) -> str:
    """All terms of a conversation, each once, between blanks."""
    texts = []
    for turn in turns:
        texts += [turn.asked, turn.question]
        if isinstance(turn.result, Answer):
            texts += [quote.text for quote in turn.result.quotes] + [one.text for one in turn.result.findings]
        if turn.written is not None:
            texts += [sentence.text for sentence in turn.written.sentences]
    return f" {' '.join(dict.fromkeys(term for text in texts for term in terms(text)))} "


def _cut(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _NAME_CHARACTERS else f"{name[: _NAME_CHARACTERS - 1]}…"
