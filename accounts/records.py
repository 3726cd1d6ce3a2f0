"""People, what they may do, and what was done. Times are ISO 8601 in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.errors import YinzhengError

# A reader asks, searches and keeps evidence; an editor changes the library too; an owner sees the audit log as well.
Role = Literal["reader", "editor", "owner"]
ROLES: tuple[Role, ...] = ("reader", "editor", "owner")


class UnusableAccount(YinzhengError):
    """A name, password, role or token that is not there, or cannot be one."""


class NotAllowed(YinzhengError):
    """Something that this person, or this token, may not do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks.

    `id` is 0 and `name` is "" for whoever sits at this machine, where there are no accounts. `role` is what may be done
    now: with a token the lesser of its person's role and its scope.
    """

    id: int
    name: str
    role: Role


THIS_MACHINE = Person(0, "", "owner")


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the owner sees them."""

    id: int
    name: str
    role: Role
    added: str


@dataclass(frozen=True, slots=True)
class Token:
    """A program's way in, without its secret. `scope` bounds what it may do; `expires` and `used` are "" for never."""

    id: int
    person: str
    name: str
    scope: Role
    added: str
    expires: str
    used: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the audit log: who changed what. No text of a document is ever in it."""

    id: int
    at: str
    person: str
    action: str
    subject: str
    detail: str


def may(person: Person, role: Role) -> bool:
    """Whether a person may do what takes that role.

    >>> may(Person(1, "an", "editor"), "reader"), may(Person(1, "an", "editor"), "owner")
    (True, False)
    """
    return ROLES.index(person.role) >= ROLES.index(role)
