"""What the routes work with: who answers, what is being added, the accounts; and what each asks of its caller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request

from accounts import who
from accounts.records import Person, Role
from accounts.store import Accounts
from api.metrics import Metrics
from api.records import Page
from api.watched import Watched
from index.library import Library
from page.adding import Additions
from page.answering import Answering
from rag.evidence import Evidence

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Services:
    """What one server has. `accounts` is None where whoever reaches it may do everything."""

    answering: Watched
    additions: Additions
    accounts: Accounts | None

    @property
    def metrics(self) -> Metrics:
        """The numbers of what was answered."""
        return self.answering.metrics

    @property
    def library(self) -> Library:
        """The library that is answered from."""
        return self.answering.library


def services_for(answering: Answering, accounts: Accounts | None = None) -> Services:
    """What a server over a library has."""
    watched = answering if isinstance(answering, Watched) else Watched(answering)
    return Services(watched, Additions(watched), accounts)


def services_of(request: Request) -> Services:
    """The server's own."""
    found: Services = request.app.state.services
    return found


def at_least(role: Role) -> Callable[[], Person]:
    """A dependency: who is asking. Raises NotAllowed unless they may do what takes that role."""

    def asking() -> Person:
        return who.require(role)

    asking.role = role  # type: ignore[attr-defined]  # the tests go through the routes by it
    return asking


def evidence_of(services: Annotated[Services, Depends(services_of)]) -> Evidence:
    """The evidence lists of whoever is asking."""
    return who.own_evidence(services.library.folder)


Given = Annotated[Services, Depends(services_of)]
Lists = Annotated[Evidence, Depends(evidence_of)]
Reader = Depends(at_least("reader"))
Editor = Depends(at_least("editor"))
Owner = Depends(at_least("owner"))
First = Annotated[int, Query(alias="offset", ge=0, le=2**31 - 1, description="how many to pass over")]
Most = Annotated[int, Query(alias="limit", ge=1, le=200, description="how many at most")]


def part(items: Sequence[_Item], offset: int, limit: int) -> Page[_Item]:
    """A page of a list that is at hand."""
    after = offset + limit
    return Page(
        items=list(items[offset:after]),
        total=len(items),
        offset=offset,
        limit=limit,
        next=after if after < len(items) else None,
    )
