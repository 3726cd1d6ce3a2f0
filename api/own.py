"""Who is asking, the tokens of theirs, and for owners the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from accounts.records import Person, Role, Token
from accounts.store import Accounts
from accounts.who import note
from api.problems import Refused
from api.records import Changes, Me, NewToken, Number, Page, TokenWish
from api.services import First, Given, Most, Owner, Reader, at_least, part

router = APIRouter(tags=["accounts"])

Asking = Annotated[Person, Depends(at_least("reader"))]


@router.get("/me")
def me(person: Asking) -> Me:
    """Say who is asking, and what they may do."""
    return Me(name=person.name, role=person.role)


def _accounts(services: Given) -> Accounts:
    if services.accounts is None:
        raise Refused(404, "there are no accounts here: python -m accounts add makes the first")
    return services.accounts


Kept = Annotated[Accounts, Depends(_accounts)]


@router.get("/tokens", dependencies=[Reader])
def list_tokens(person: Asking, accounts: Kept, offset: First = 0, limit: Most = 50) -> Page[Token]:
    """List your tokens, without their secrets."""
    return part(accounts.tokens(person.name), offset, limit)


@router.post("/tokens", status_code=201)
def make_token(wanted: TokenWish, person: Asking, accounts: Kept) -> NewToken:
    """Make a token for a program, that may do no more than you may now; its secret is shown this once."""
    scope: Role = min(wanted.scope, person.role, key=("reader", "editor", "owner").index)
    token, secret = accounts.add_token(person.name, wanted.name, scope, wanted.days)
    note("token.add", f"{token.person} {token.id}", token.scope)
    return NewToken(token=token, secret=secret)


@router.delete("/tokens/{token}", status_code=204)
def revoke_token(token: Annotated[Number, Path()], person: Asking, accounts: Kept) -> Response:
    """Let one of your tokens be worth nothing from now on."""
    accounts.revoke(token, person.name)
    note("token.revoke", str(token))
    return Response(status_code=204)


@router.get("/audit", dependencies=[Owner])
def audit(accounts: Kept, offset: First = 0, limit: Most = 50) -> Changes:
    """List who changed what in the library, the latest first."""
    total, after = accounts.count_changes(), offset + limit
    return Changes(
        items=accounts.changes(offset, limit),
        total=total,
        offset=offset,
        limit=limit,
        next=after if after < total else None,
    )
