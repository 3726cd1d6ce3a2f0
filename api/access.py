"""Who may come in: the first thing that a request meets, whether it is for the page or for a program.

Requests of other sites are refused (a browser names the site that asks), also where an address is made to lead here:
without accounts only names of this machine are answered to. With accounts a request has a session's cookie or a
token; without either it is shown to the sign-in, or told that it needs one.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from accounts import who
from accounts.records import THIS_MACHINE, Person, may
from accounts.store import Accounts
from api.problems import problem

COOKIE = "yinzheng_session"
SIGN_IN = "/sign-in"
OPEN_TO_ALL = frozenset({SIGN_IN, "/health", "/favicon.ico"})
# Of the page: only what may change the library takes files in.
EDITORS = ("/gradio_api/upload",)
OWNERS = ("/metrics",)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PROGRAMS = ("/api/", "/v1/", "/mcp", "/metrics", "/gradio_api/")


class Access:
    """Lets a request through to the application as somebody, or answers it with why not."""

    def __init__(self, app: ASGIApp, accounts: Accounts | None, hosts: frozenset[str] | None) -> None:
        """`hosts` are the only names that are answered to; None for any."""
        self._app = app
        self._accounts = accounts
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        person, refusal = self._met(connection)
        if refusal is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await refusal(scope, receive, send)
            return
        asking, kept = who.asking.set(person or THIS_MACHINE), who.kept.set(self._accounts)
        try:
            await self._app(scope, receive, send)
        finally:
            who.asking.reset(asking)
            who.kept.reset(kept)

    def _met(self, connection: HTTPConnection) -> tuple[Person | None, Response | None]:
        """Who asks, or the answer that ends it."""
        path = connection.scope["path"]
        foreign = self._foreign(connection.headers, connection.scope.get("method", "GET"))
        if foreign is not None:
            return None, problem(*foreign, path)
        if self._accounts is None:
            return THIS_MACHINE, None
        person = _person(self._accounts, connection)
        if path in OPEN_TO_ALL:
            # Nobody in particular, who may do nothing that asks who they are.
            return person or Person(-1, "", "reader"), None
        if person is None:
            return None, _unknown(connection, path)
        needed = "owner" if path.startswith(OWNERS) else "editor" if path.startswith(EDITORS) else "reader"
        if not may(person, needed):  # type: ignore[arg-type]
            return None, problem(403, f"this takes the role {needed}, and yours here is {person.role}", path)
        return person, None

    def _foreign(self, headers: Headers, method: str) -> tuple[int, str] | None:
        """Why the request is another site's; None where it is not."""
        host = headers.get("host", "")
        if self._hosts is not None and _without_port(host) not in self._hosts:
            return 421, f"{host!r} is no name of this machine: open it as 127.0.0.1, or make accounts to serve others"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "the request comes from another site"
        if method not in _SAFE and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return 403, "the request comes from another site"
        return None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server at that address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("192.168.1.5")
    (True, True, False, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _person(accounts: Accounts, connection: HTTPConnection) -> Person | None:
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":  # a program that names a token is nobody else, whatever cookie comes along
        return accounts.with_token(secret.strip())
    cookie = connection.cookies.get(COOKIE)
    return None if cookie is None else accounts.in_session(cookie)


def _unknown(connection: HTTPConnection, path: str) -> Response:
    wants_page = "text/html" in connection.headers.get("accept", "") and not path.startswith(_PROGRAMS)
    if wants_page and connection.scope.get("method") == "GET":
        return RedirectResponse(f"{SIGN_IN}?next={quote(path)}", 303)
    return problem(
        401,
        f"sign in at {SIGN_IN}, or send a token (Authorization: Bearer …): python -m accounts token makes one",
        path,
        {"WWW-Authenticate": "Bearer"},
    )


def _without_port(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "") if "@" not in host and "/" not in host else ""
