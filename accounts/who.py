"""Who is asking, for the code below the server that has to know; and what is theirs alone.

The server sets it for each request, and threads that a request's work is handed to take it along.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

from accounts.records import THIS_MACHINE, NotAllowed, Person, Role, may
from accounts.store import Accounts
from index.places import beside
from rag.evidence import Evidence

asking: ContextVar[Person] = ContextVar("asking", default=THIS_MACHINE)
kept: ContextVar[Accounts | None] = ContextVar("kept", default=None)  # the accounts served with, if any


def require(role: Role) -> Person:
    """Who is asking. Raises NotAllowed unless they may do what takes that role."""
    person = asking.get()
    if not may(person, role):
        raise NotAllowed(
            f"this takes the role {role}, and yours here is {person.role}: ask an owner / "
            f"此操作需要 {role} 权限，你目前是 {person.role}，请联系所有者"
        )
    return person


def note(action: str, subject: str = "", detail: str = "") -> None:
    """Put a change of the library in the audit log, where there are accounts."""
    accounts = kept.get()
    if accounts is not None:
        accounts.note(asking.get().name, action, subject, detail)


def own_evidence(library: Path) -> Evidence:
    """The evidence lists of whoever is asking. Raises LibraryError or LibraryDamaged."""
    return Evidence(own_evidence_folder(library, asking.get()))


def own_evidence_folder(library: Path, person: Person) -> Path:
    """Where a person's lists lie.

    >>> own_evidence_folder(Path("/data/library"), Person(3, "an", "reader")).name
    'person-3'
    """
    return own_folder(library, "evidence", person)


def own_folder(library: Path, part: str, person: Person) -> Path:
    """Where a person's part of what lies beside a library is; the machine's own user's, where the commands look."""
    folder = beside(library, part)
    return folder if person.id == 0 else folder / f"person-{person.id}"
