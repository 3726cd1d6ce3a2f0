"""What people say of answers: right or wrong, why, and what had been found, beside the library.

`python -m benchmarks feedback` makes rows of it that figures and calibrations are made from.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from accounts.who import asking
from index.database import rows
from index.errors import LibraryError, UnknownDocument, YinzhengError
from index.library import Library
from index.places import beside
from page.conversation import Turns
from rag.evidence import connect_beside
from rag.records import Answer, NotFound

FILE_NAME = "feedback.sqlite"
FORMAT_VERSION = 1
MOST_CHARACTERS = 2000  # of a reason in one's own words

Verdict = Literal["right", "wrong"]
# Why an answer, or a refusal, is wrong.
Reason = Literal["", "other answer", "quote", "is there", "not there", "other"]
VERDICTS: tuple[Verdict, ...] = ("right", "wrong")
REASONS: tuple[Reason, ...] = ("", "other answer", "quote", "is there", "not there", "other")

_SCHEMA = f"""
CREATE TABLE judgements(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL, verdict TEXT NOT NULL,
    reason TEXT NOT NULL, words TEXT NOT NULL, question TEXT NOT NULL, result TEXT NOT NULL, documents TEXT NOT NULL
);
PRAGMA user_version = {FORMAT_VERSION};
"""


class UnusableJudgement(YinzhengError):
    """A verdict or a reason that there is not."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`result` is the answer or refusal as a dictionary, with "answered"; `documents` has each quoted file's hash."""

    id: int
    at: str
    person: str
    verdict: Verdict
    reason: Reason
    words: str
    question: str
    result: dict[str, Any]
    documents: dict[str, str]


def feedback_folder(library: Path) -> Path:
    """Where it lies."""
    return beside(library, "feedback")


def judge(library: Library, result: Answer | NotFound, verdict: str, reason: str = "", words: str = "") -> int:
    """Keep what whoever is asking says of a result; gives its number. Raises UnusableJudgement or LibraryError."""
    if verdict not in VERDICTS or reason not in REASONS:
        raise UnusableJudgement(f"{verdict!r}, {reason!r}: a verdict is one of {VERDICTS}, a reason one of {REASONS}")
    quotes = result.quotes if isinstance(result, Answer) else result.nearest
    documents = {}
    for name in {quote.document for quote in quotes}:
        with contextlib.suppress(UnknownDocument):
            documents[name] = library.document(name).sha256
    content = {"answered": isinstance(result, Answer), **asdict(result)}
    with _opened(feedback_folder(library.folder)) as connection:
        connection.execute(
            "INSERT INTO judgements(at, person, verdict, reason, words, question, result, documents) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                datetime.now(UTC).isoformat(timespec="seconds"),
                asking.get().name,
                verdict,
                reason,
                words[:MOST_CHARACTERS],
                result.question,
                json.dumps(content, ensure_ascii=False),
                json.dumps(dict(sorted(documents.items()))),
            ),
        )
        return int(connection.last_insert_rowid())


def judged_turn(turns: Turns, number: int, library: Library, verdict: str, reason: str, words: str) -> Turns:
    """Keep what is said of a turn's result, and say in the turn that it was said."""
    result = turns[number].result
    if result is None or turns[number].judged or verdict not in VERDICTS:
        return turns
    judge(library, result, verdict, reason, words)
    said = replace(turns[number], judged=verdict)
    return (*turns[:number], said, *turns[number + 1 :])


def judgements(library: Path) -> list[Judgement]:
    """All of them, in the order of time; none where nobody said anything."""
    folder = feedback_folder(library)
    if not (folder / FILE_NAME).is_file():
        return []
    with _opened(folder) as connection:
        query = "SELECT id, at, person, verdict, reason, words, question, result, documents FROM judgements ORDER BY id"
        return [Judgement(*(*row[:7], json.loads(row[7]), json.loads(row[8]))) for row in rows(connection, query)]


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[Any]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LibraryError(f"{folder} cannot be made ({error.strerror}): check its permissions") from error
    connection = connect_beside(folder / FILE_NAME)
    with contextlib.closing(connection), connection:
        [(version,)] = rows(connection, "PRAGMA user_version")
        if version == 0:
            connection.execute(_SCHEMA)
        elif version != FORMAT_VERSION:
            raise LibraryError(f"{folder / FILE_NAME} has format {version}, this version reads {FORMAT_VERSION}")
        yield connection
