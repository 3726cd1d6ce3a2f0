"""A line of JSON for each request and each question, on stderr, for who runs the server.

No document's text, no address' query, no token and no password is ever in it, and a question only where that was
asked for.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from typing import Literal

from pythonjsonlogger.json import JsonFormatter
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts import who
from rag.records import Answer, NotFound

Logged = Literal["nothing", "requests", "questions"]

_log = logging.getLogger("yinzheng.server")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # of a request, where a proxy has given it one
_HEADER = "x-request-id"


def log_to_stderr(logged: Logged) -> None:
    """Begin to log: requests and what came of questions, or the questions' words too."""
    _log.handlers.clear()
    _log.propagate = False
    _log.setLevel({"nothing": logging.CRITICAL, "requests": logging.INFO, "questions": logging.DEBUG}[logged])
    if logged != "nothing":
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter("{message}", style="{", timestamp=True, json_ensure_ascii=False))
        _log.addHandler(handler)


def log_question(question: str, result: Answer | NotFound | None, seconds: float) -> None:
    """Log what came of a question; None is one that failed."""
    if not _log.isEnabledFor(logging.INFO):
        return
    outcome = "failed" if result is None else "answered" if isinstance(result, Answer) else "refused"
    fields: dict[str, object] = {"outcome": outcome, "seconds": round(seconds, 3), "person": who.asking.get().name}
    if result is not None:
        fields["passages_read"] = result.searched.read
    if _log.isEnabledFor(logging.DEBUG):
        fields["question"] = question
    _log.info("question", extra=fields)


class Logging:
    """Logs each request when it is answered, and gives it a number that the answer carries too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(_HEADER, "")
        number = given if _ID.fullmatch(given) else secrets.token_hex(8)
        began, status = time.monotonic(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[_HEADER] = number
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            fields = {
                "id": number,
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "seconds": round(time.monotonic() - began, 3),
            }
            _log.info("request", extra=fields)
