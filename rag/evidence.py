"""The evidence list: quotes chosen for reports, with notes, in order, kept across restarts.

It lies beside the library and not in it, in the folder `LIBRARY-evidence`. A document that is removed leaves no byte
of its text in the library's folder; what a person has chosen, noted and perhaps printed is their own, stays until they
take it out, and a library that is rebuilt or thrown away takes nothing of it along. One change is one transaction.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import apsw

from index.database import BUSY_MILLISECONDS, rows
from index.errors import LibraryDamaged, LibraryError, YinzhengError
from index.library import Library
from index.places import beside
from index.records import Document
from rag.absences import remove_absences
from rag.quote import quote

FILE_NAME = "evidence.sqlite"
FORMAT_VERSION = 1
DEFAULT_REPORT = "报告 Report"

_SCHEMA = f"""
CREATE TABLE reports(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, added TEXT NOT NULL);
CREATE TABLE entries(
    id INTEGER PRIMARY KEY AUTOINCREMENT, report INTEGER NOT NULL REFERENCES reports(id) ON DELETE CASCADE,
    place INTEGER NOT NULL, document TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, text TEXT NOT NULL,
    sha256 TEXT NOT NULL, text_sha256 TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL,
    heading TEXT NOT NULL, page INTEGER, cell TEXT, paragraph INTEGER, sentence INTEGER, author TEXT NOT NULL,
    publisher TEXT NOT NULL, date TEXT NOT NULL, url TEXT NOT NULL, note TEXT NOT NULL, question TEXT NOT NULL,
    answer TEXT NOT NULL, added TEXT NOT NULL
);
CREATE INDEX entries_by_report ON entries(report, place);
PRAGMA user_version = {FORMAT_VERSION};
"""


class UnknownReport(YinzhengError):
    """A name that is no report's, an entry that is not there, or a name that a report cannot have."""


@dataclass(frozen=True, slots=True)
class Report:
    """A named list. `added` is an ISO 8601 time in UTC."""

    id: int
    name: str
    entries: int
    added: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A chosen quote: its address and exact text when it was chosen, and what its user says of it.

    `place` counts from 1 within the report. `sha256` is that of the document's file, `text_sha256` that of its text
    in UTF-8: with either, the address can be checked without this library. `question` and `answer` are "" where the
    quote answered none.
    """

    id: int
    report: int
    place: int
    document: str
    start: int
    end: int
    text: str
    sha256: str
    text_sha256: str
    name: str
    source: str
    title: str
    heading: str
    page: int | None
    cell: str | None
    paragraph: int | None
    sentence: int | None
    author: str
    publisher: str
    date: str
    url: str
    note: str
    question: str
    answer: str
    added: str


@dataclass(frozen=True, slots=True)
class State:
    """How an entry's source is now.

    `current`: the words stand at their address. `moved`: the document was replaced, and the words stand elsewhere in
    its new version. `changed`: it was replaced, and they are not in it. `gone`: it is no longer in the library. The
    address is that of now, None where there is none.
    """

    kind: Literal["current", "moved", "changed", "gone"]
    document: str | None
    start: int | None
    end: int | None


_COLUMNS = ", ".join(field.name for field in fields(Entry))


def evidence_folder(library: Path) -> Path:
    """Where the evidence chosen from a library is kept: the folder beside it.

    >>> evidence_folder(Path("/data/library")).name
    'library-evidence'
    """
    return beside(library, "evidence")


class Evidence:
    """The lists of one library. May be used from several threads; each has its own connection."""

    def __init__(self, folder: Path) -> None:
        """Open the lists in a folder, made when missing. Raises LibraryError or LibraryDamaged."""
        self.folder = folder
        self._local = threading.local()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"{folder} cannot be made ({error.strerror}): check its permissions") from error
        with self._writing() as connection:
            [(version,)] = rows(connection, "PRAGMA user_version")
            if version == 0:
                connection.execute(_SCHEMA)
            elif version != FORMAT_VERSION:
                raise LibraryError(
                    f"{folder / FILE_NAME} has format {version}, this version reads {FORMAT_VERSION}: "
                    "use the version that wrote it, or move the file away"
                )

    def reports(self) -> list[Report]:
        """Every report, in the order of making."""
        found = rows(
            self._connection(),
            "SELECT id, name, (SELECT count(*) FROM entries WHERE report = reports.id), added FROM reports ORDER BY id",
        )
        return [Report(*row) for row in found]

    def report(self, name: str) -> Report:
        """A report by its name. Raises UnknownReport."""
        for report in self.reports():
            if report.name == name.strip():
                return report
        raise UnknownReport(f"there is no report {name!r}: python -m rag evidence lists the reports")

    def create(self, name: str) -> Report:
        """Make an empty report; gives the one that is there when there is one. Raises UnknownReport."""
        with self._writing() as connection:
            connection.execute("INSERT OR IGNORE INTO reports(name, added) VALUES (?, ?)", (_named(name), _now()))
        return self.report(name)

    def rename(self, report: int, name: str) -> None:
        """Give a report another name. Raises UnknownReport, also when another report has it."""
        with self._writing() as connection:
            try:
                connection.execute("UPDATE reports SET name = ? WHERE id = ?", (_named(name), report))
            except apsw.ConstraintError as error:
                raise UnknownReport(f"there is a report {name!r} already: choose another name") from error
            _expect_change(connection, f"there is no report {report}")

    def delete(self, report: int) -> None:
        """Take a report out, with its entries and its records of absences. Raises UnknownReport."""
        with self._writing() as connection:
            connection.execute("DELETE FROM reports WHERE id = ?", (report,))
            _expect_change(connection, f"there is no report {report}")
        remove_absences(self.folder, report)

    def entries(self, report: int) -> list[Entry]:
        """The entries of a report, in order."""
        found = rows(self._connection(), f"SELECT {_COLUMNS} FROM entries WHERE report = ? ORDER BY place", (report,))
        return [Entry(*row) for row in found]

    def entry(self, entry: int) -> Entry:
        """One entry. Raises UnknownReport."""
        found = rows(self._connection(), f"SELECT {_COLUMNS} FROM entries WHERE id = ?", (entry,))
        if not found:
            raise UnknownReport(f"there is no entry {entry}: python -m rag evidence shows the entries")
        return Entry(*found[0])

    def add(
        self,
        report: int,
        document: Document,
        start: int,
        end: int,
        note: str = "",
        question: str = "",
        answer: str = "",
    ) -> Entry:
        """Put `document.text[start:end]` at the end of a report; a span that is there already stays one entry.

        Raises ValueError for a span that is empty or reaches beyond the text, UnknownReport for no report.
        """
        content = {
            **address_of(document, start, end),
            "report": report,
            "note": note,
            "question": question,
            "answer": answer,
            "added": _now(),
        }
        with self._writing() as connection:
            if not rows(connection, "SELECT 1 FROM reports WHERE id = ?", (report,)):
                raise UnknownReport(f"there is no report {report}")
            found = rows(
                connection,
                "SELECT id FROM entries WHERE report = ? AND document = ? AND start = ? AND end = ?",
                (report, document.id, start, end),
            )
            if found:
                return self.entry(found[0][0])
            [(content["place"],)] = rows(
                connection, "SELECT coalesce(max(place), 0) + 1 FROM entries WHERE report = ?", (report,)
            )
            names = ", ".join(content)
            connection.execute(
                f"INSERT INTO entries({names}) VALUES ({', '.join(f':{name}' for name in content)})", content
            )
            added = connection.last_insert_rowid()
        return self.entry(added)

    def annotate(self, entry: int, note: str) -> Entry:
        """Set an entry's note. Raises UnknownReport."""
        with self._writing() as connection:
            connection.execute("UPDATE entries SET note = ? WHERE id = ?", (note, entry))
            _expect_change(connection, f"there is no entry {entry}")
        return self.entry(entry)

    def readdress(self, entry: int, document: Document, start: int, end: int) -> Entry:
        """Give an entry another span: widened, narrowed, or where its words have moved to.

        Raises ValueError for a span that is empty or reaches beyond the text, UnknownReport for no entry.
        """
        content = address_of(document, start, end)
        with self._writing() as connection:
            setting = ", ".join(f"{name} = :{name}" for name in content)
            connection.execute(f"UPDATE entries SET {setting} WHERE id = :entry", {**content, "entry": entry})
            _expect_change(connection, f"there is no entry {entry}")
        return self.entry(entry)

    def move(self, entry: int, place: int) -> list[Entry]:
        """Put an entry at a place of its report, from 1 (beyond the ends: at the end). Raises UnknownReport."""
        report = self.entry(entry).report
        with self._writing() as connection:
            order = [
                row[0] for row in rows(connection, "SELECT id FROM entries WHERE report = ? ORDER BY place", (report,))
            ]
            order.remove(entry)
            order.insert(max(0, place - 1), entry)
            _number(connection, order)
        return self.entries(report)

    def remove(self, entry: int) -> None:
        """Take an entry out; those after it move up. Raises UnknownReport."""
        report = self.entry(entry).report
        with self._writing() as connection:
            connection.execute("DELETE FROM entries WHERE id = ?", (entry,))
            _number(
                connection,
                [
                    row[0]
                    for row in rows(connection, "SELECT id FROM entries WHERE report = ? ORDER BY place", (report,))
                ],
            )

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _connection(self) -> apsw.Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = connect_beside(self.folder / FILE_NAME)
        connection: apsw.Connection = self._local.connection
        return connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        connection = self._connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except apsw.ReadOnlyError as error:
            raise LibraryError(f"{self.folder / FILE_NAME} cannot be written: check its permissions") from error
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def open_evidence(library: Path) -> Evidence:
    """The evidence chosen from the library in a folder. Raises LibraryError or LibraryDamaged."""
    return Evidence(evidence_folder(library))


def state(library: Library, entry: Entry) -> State:
    """How the entry's source is now. `states` for many of them."""
    return states(library, [entry])[0]


def states(library: Library, entries: Sequence[Entry]) -> list[State]:
    """How the entries' sources are now: row i is entry i. The library is listed once, and each document read once."""
    found: dict[int, State] = {}
    with library.snapshot():
        summaries = library.documents()
        known = {summary.id for summary in summaries}
        replaced: dict[str, str] = {}
        for summary in summaries:
            replaced.setdefault(summary.source, summary.id)
        now = [entry.document if entry.document in known else replaced.get(entry.source) for entry in entries]
        identity, text = "", ""
        for place in sorted(range(len(entries)), key=lambda place: now[place] or ""):
            entry, current = entries[place], now[place]
            if current is None:
                found[place] = State("gone", None, None, None)
                continue
            if current != identity:
                identity, text = current, library.document(current).text
            if current == entry.document and text[entry.start : entry.end] == entry.text:
                found[place] = State("current", current, entry.start, entry.end)
            else:  # replaced, or the file is the same and is read otherwise now
                found[place] = _found_again(entry, current, text)
    return [found[place] for place in range(len(entries))]


def _found_again(entry: Entry, document: str, text: str) -> State:
    """The occurrence nearest to where the words stood before."""
    places = []
    place = text.find(entry.text)
    while place >= 0:
        places.append(place)
        place = text.find(entry.text, place + 1)
    if not places:
        return State("changed", document, None, None)
    start = min(places, key=lambda place: abs(place - entry.start))
    return State("moved", document, start, start + len(entry.text))


def text_sha256(document: Document) -> str:
    """The SHA-256 of the document's text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()


def origin_of(document: Document) -> dict[str, str]:
    """What a citation needs: author, publisher, date and URL, "" for what is not known."""
    return asdict(document.origin)


def address_of(document: Document, start: int, end: int) -> dict[str, Any]:
    """Where a quote stands and what its source is, by the fields of Entry. Raises what `quote` does."""
    made = quote(document, start, end)
    return {
        "document": document.id,
        "start": start,
        "end": end,
        "text": made.text,
        "sha256": document.sha256,
        "text_sha256": text_sha256(document),
        "name": document.name,
        "source": document.source,
        "title": document.title,
        "heading": made.heading,
        "page": made.page,
        "cell": getattr(made, "cell", None),
        "paragraph": made.paragraph,
        "sentence": made.sentence,
        **origin_of(document),
    }


def connect_beside(file: Path) -> apsw.Connection:
    """Open a file of what is kept beside a library. Raises LibraryError or LibraryDamaged."""
    try:
        connection = apsw.Connection(str(file))
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        # No WAL: a small file with few writers, and removed words would stay in one until its checkpoint.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except apsw.CantOpenError as error:
        raise LibraryError(f"{file} cannot be opened ({error}): check its permissions") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise LibraryDamaged(f"{file} is damaged ({error}): put a copy back, or move it away to begin anew") from error
    return connection


def _number(connection: apsw.Connection, order: list[int]) -> None:
    connection.executemany(
        "UPDATE entries SET place = ? WHERE id = ?", [(place, entry) for place, entry in enumerate(order, start=1)]
    )


def _expect_change(connection: apsw.Connection, message: str) -> None:
    if connection.changes() == 0:
        raise UnknownReport(message)


def _named(name: str) -> str:
    name = name.strip()
    if not name or any(not character.isprintable() for character in name):
        raise UnknownReport("a report needs a name, on one line")
    return name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
