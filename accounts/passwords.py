"""Passwords to what is kept of them, by argon2, and back to whether one is right."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

from accounts.records import UnusableAccount

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 10, 1024  # characters
_AT_ONCE = threading.BoundedSemaphore(2)  # each takes 64 MiB: many sign-ins at once are not to fill the memory


def hashed(password: str) -> str:
    """What is kept of a password. Raises UnusableAccount for one that is too short or too long."""
    if not LEAST <= len(password) <= MOST:
        raise UnusableAccount(f"a password has {LEAST} to {MOST} characters; this one has {len(password)}")
    with _AT_ONCE:
        return _hasher().hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Whether it is the password. Without one to compare with it takes as long, so that time tells no names."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > MOST:
        return False
    with _AT_ONCE:
        try:
            _hasher().verify(_nobodys() if kept is None else kept, password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of an account that is not there")
