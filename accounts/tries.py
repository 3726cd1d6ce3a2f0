"""How often signing in may be tried: against guessing, without shutting a person out who mistypes elsewhere."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from accounts.records import UnusableAccount
from accounts.store import account_name

# By name and address, by address, and by name: a few mistakes, many names from one place, one name from many places.
_BOTH, _ADDRESS, _NAME = parse("5/15minutes"), parse("30/15minutes"), parse("100/hour")


class Tries:
    """The tries of the last while, in memory."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def take(self, name: str, address: str) -> bool:
        """Whether one more try is let through; it counts until `forget` says that it was right."""
        # All are taken, so that one limit does not hide from another how often it was tried.
        taken = [self._limiter.hit(limit, *key) for limit, key in _keys(name, address)]
        return all(taken)

    def forget(self, name: str, address: str) -> None:
        """It was the right password: the mistakes before it no longer count."""
        limit, key = _keys(name, address)[0]
        self._limiter.clear(limit, *key)


def _keys(name: str, address: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    try:
        name = account_name(name)
    except UnusableAccount:
        name = ""
    return [(_BOTH, ("both", name, address)), (_ADDRESS, ("address", address)), (_NAME, ("name", name))]
