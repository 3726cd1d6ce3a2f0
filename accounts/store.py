"""Accounts on disk: people, sessions, tokens and the audit log, in a folder beside the library.

Of a session and a token only the SHA-256 is kept (they are 256 random bits, which nobody guesses), of a password its
argon2 hash. One change is one transaction.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from accounts.passwords import hashed, is_right
from accounts.records import ROLES, Account, Change, Person, Role, Token, UnusableAccount
from index.database import BUSY_MILLISECONDS, rows
from index.errors import LibraryDamaged, LibraryError
from index.places import beside

FILE_NAME = "accounts.sqlite"
FORMAT_VERSION = 1
IDLE_SECONDS = 12 * 3600  # after which a session that was not used has ended
LASTING_SECONDS = 7 * 24 * 3600  # after which every session has ended
NOTED_SECONDS = 60  # between two notes that a session or a token is in use
TOKEN_MARK = "yz_"
_NAME_CHARACTERS = 64

_SCHEMA = f"""
CREATE TABLE people(
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL, role TEXT NOT NULL,
    added TEXT NOT NULL
);
CREATE TABLE sessions(
    digest TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE, began REAL NOT NULL,
    seen REAL NOT NULL
);
CREATE TABLE tokens(
    id INTEGER PRIMARY KEY AUTOINCREMENT, person INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
    name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, added TEXT NOT NULL, expires REAL, used REAL
);
CREATE TABLE audit(
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL, action TEXT NOT NULL,
    subject TEXT NOT NULL, detail TEXT NOT NULL
);
PRAGMA user_version = {FORMAT_VERSION};
"""


def accounts_folder(library: Path) -> Path:
    """Where the accounts of a library are kept: the folder beside it.

    >>> accounts_folder(Path("/data/library")).name
    'library-accounts'
    """
    return beside(library, "accounts")


def account_name(given: str) -> str:
    """A name as it is kept: folded, so that no two look alike by case or width. Raises UnusableAccount.

    >>> account_name(" Ａn ")
    'an'
    """
    name = unicodedata.normalize("NFKC", given).casefold().strip()
    if not 0 < len(name) <= _NAME_CHARACTERS or any(not c.isprintable() or c.isspace() for c in name):
        raise UnusableAccount(f"an account's name has 1 to {_NAME_CHARACTERS} characters, none of them a space")
    return name


class Accounts:
    """The accounts of one library. May be used from several threads; each has its own connection."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """Open the accounts in a folder, made when missing, for this user of the machine alone.

        Raises LibraryError or LibraryDamaged.
        """
        self.folder = folder
        self._clock = clock
        self._local = threading.local()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / FILE_NAME).touch(mode=0o600)
        except OSError as error:
            raise LibraryError(f"{folder} cannot be made ({error.strerror}): check its permissions") from error
        with self._writing() as connection:
            [(version,)] = rows(connection, "PRAGMA user_version")
            if version == 0:
                connection.execute(_SCHEMA)
            elif version != FORMAT_VERSION:
                raise LibraryError(
                    f"{folder / FILE_NAME} has format {version}, this version reads {FORMAT_VERSION}: "
                    "use the version that wrote it"
                )

    def people(self) -> list[Account]:
        """Every account, in the order of adding."""
        return [Account(*row) for row in self._rows("SELECT id, name, role, added FROM people ORDER BY id")]

    def add(self, name: str, password: str, role: Role) -> Account:
        """Make an account. Raises UnusableAccount, also where there is one of that name."""
        name, kept = account_name(name), hashed(password)
        with self._writing() as connection:
            try:
                connection.execute(
                    "INSERT INTO people(name, password, role, added) VALUES (?, ?, ?, ?)",
                    (name, kept, _role(role), self._now()),
                )
            except apsw.ConstraintError as error:
                raise UnusableAccount(f"there is an account {name!r} already: choose another name") from error
        return self.account(name)

    def account(self, name: str) -> Account:
        """An account by its name. Raises UnusableAccount."""
        found = self._rows("SELECT id, name, role, added FROM people WHERE name = ?", (account_name(name),))
        if not found:
            raise UnusableAccount(f"there is no account {name!r}: python -m accounts list shows them")
        return Account(*found[0])

    def set_password(self, name: str, password: str) -> None:
        """Give an account another password; its sessions end. Raises UnusableAccount."""
        account, kept = self.account(name), hashed(password)
        with self._writing() as connection:
            connection.execute("UPDATE people SET password = ? WHERE id = ?", (kept, account.id))
            connection.execute("DELETE FROM sessions WHERE person = ?", (account.id,))

    def set_role(self, name: str, role: Role) -> None:
        """Give an account another role; it counts from the next request on. Raises UnusableAccount."""
        account = self.account(name)
        with self._writing() as connection:
            connection.execute("UPDATE people SET role = ? WHERE id = ?", (_role(role), account.id))

    def remove(self, name: str) -> None:
        """Take an account out, with its sessions and tokens. Raises UnusableAccount."""
        account = self.account(name)
        with self._writing() as connection:
            connection.execute("DELETE FROM people WHERE id = ?", (account.id,))

    def sign_in(self, name: str, password: str) -> str | None:
        """The secret of a new session; None where name or password is wrong, and no telling which."""
        try:
            found = self._rows("SELECT id, password FROM people WHERE name = ?", (account_name(name),))
        except UnusableAccount:
            found = []
        if not is_right(found[0][1] if found else None, password):
            return None
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE seen < ? OR began < ?", (now - IDLE_SECONDS, now - LASTING_SECONDS)
            )
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(secret), found[0][0], now, now))
        return secret

    def in_session(self, secret: str) -> Person | None:
        """Whose session it is; None for one that has ended or never was."""
        now = self._clock()
        found = self._rows(
            "SELECT people.id, people.name, role, seen FROM sessions JOIN people ON people.id = person "
            "WHERE digest = ? AND seen >= ? AND began >= ?",
            (_digest(secret), now - IDLE_SECONDS, now - LASTING_SECONDS),
        )
        if not found:
            return None
        *person, seen = found[0]
        if now - seen > NOTED_SECONDS:
            with self._writing() as connection:
                connection.execute("UPDATE sessions SET seen = ? WHERE digest = ?", (now, _digest(secret)))
        return Person(*person)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(secret),))

    def add_token(self, person: str, name: str, scope: Role, days: int | None = None) -> tuple[Token, str]:
        """Make a token, and its secret, which is shown this once. Raises UnusableAccount."""
        account, secret = self.account(person), TOKEN_MARK + secrets.token_urlsafe(32)
        expires = None if days is None else self._clock() + days * 24 * 3600
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO tokens(person, name, digest, scope, added, expires) VALUES (?, ?, ?, ?, ?, ?)",
                (account.id, name, _digest(secret), _role(scope), self._now(), expires),
            )
            made = connection.last_insert_rowid()
        return next(token for token in self.tokens(person) if token.id == made), secret

    def tokens(self, person: str | None = None) -> list[Token]:
        """The tokens of a person, or everyone's, in the order of making."""
        found = self._rows(
            "SELECT tokens.id, people.name, tokens.name, scope, tokens.added, expires, used FROM tokens "
            "JOIN people ON people.id = person ORDER BY tokens.id"
        )
        listed = [
            Token(place, owner, name, scope, added, _time(expires), _time(used))
            for place, owner, name, scope, added, expires, used in found
        ]
        return listed if person is None else [token for token in listed if token.person == account_name(person)]

    def revoke(self, token: int, person: str | None = None) -> None:
        """Let a token be worth nothing from now on; with `person` only one of theirs. Raises UnusableAccount."""
        if not any(one.id == token for one in self.tokens(person)):
            raise UnusableAccount(f"there is no token {token}: python -m accounts tokens shows them")
        with self._writing() as connection:
            connection.execute("DELETE FROM tokens WHERE id = ?", (token,))

    def with_token(self, secret: str) -> Person | None:
        """Whose token it is, with what it may do; None for one that is revoked, has expired or never was."""
        now = self._clock()
        found = self._rows(
            "SELECT people.id, people.name, role, scope, used FROM tokens JOIN people ON people.id = person "
            "WHERE digest = ? AND (expires IS NULL OR expires > ?)",
            (_digest(secret), now),
        )
        if not found:
            return None
        [(place, name, role, scope, used)] = found
        if used is None or now - used > NOTED_SECONDS:
            with self._writing() as connection:
                connection.execute("UPDATE tokens SET used = ? WHERE digest = ?", (now, _digest(secret)))
        return Person(place, name, min(role, scope, key=ROLES.index))

    def note(self, person: str, action: str, subject: str = "", detail: str = "") -> None:
        """Put a line in the audit log."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO audit(at, person, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
                (self._now(), person, action, subject, detail),
            )

    def changes(self, offset: int = 0, limit: int | None = None) -> list[Change]:
        """The audit log, the latest first."""
        found = self._rows(
            "SELECT id, at, person, action, subject, detail FROM audit ORDER BY id DESC LIMIT ? OFFSET ?",
            (-1 if limit is None else limit, offset),
        )
        return [Change(*row) for row in found]

    def count_changes(self) -> int:
        """How many lines the audit log has."""
        [(count,)] = self._rows("SELECT count(*) FROM audit")
        return int(count)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "connection"):
            self._local.connection.close()
            del self._local.connection

    def _now(self) -> str:
        return _time(self._clock())

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return rows(self._connection(), query, values)

    def _connection(self) -> apsw.Connection:
        if not hasattr(self._local, "connection"):
            self._local.connection = _connect(self.folder / FILE_NAME)
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


def _connect(file: Path) -> apsw.Connection:
    try:
        connection = apsw.Connection(str(file))
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
    except apsw.CantOpenError as error:
        raise LibraryError(f"{file} cannot be opened ({error}): check its permissions") from error
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise LibraryDamaged(f"{file} is damaged ({error}): put a copy back") from error
    return connection


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _role(given: str) -> Role:
    for role in ROLES:
        if given == role:
            return role
    raise UnusableAccount(f"{given!r} is no role; the roles are {', '.join(ROLES)}")


def _time(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
