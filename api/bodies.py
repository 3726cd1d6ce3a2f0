"""How much a request may carry, and how long it may take to send it."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from index.limits import Limits

MEBIBYTE = 2**20
MOST_BYTES = 4 * MEBIBYTE  # of a request, where nothing else is said
_SLACK = MEBIBYTE  # for what is around a file in a form
SECONDS = 30.0  # that the next part of a body may take to come
_LEFT: Message = {"type": "http.disconnect"}


class Bodies:
    """Ends a request whose body is too large, as soon as that is known, or too slow."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, most = scope["path"], most_bytes(scope["path"])
        too_much = f"the request is larger than {most:,} bytes: divide it"
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > most:
            await problem(413, too_much, path, {"Connection": "close"})(scope, receive, send)
            return
        came, ended, begun = 0, False, False
        refused: tuple[int, str] | None = None

        async def limited() -> Message:
            nonlocal came, ended, refused
            if ended:
                return await receive()  # waits for the other side to leave, which may take as long as it likes
            try:
                message = await asyncio.wait_for(receive(), self._seconds)
            except TimeoutError:
                refused = (408, f"the rest of the request did not come within {self._seconds:.0f} s")
                message = _LEFT
            came += len(message.get("body", b""))
            if came > most:
                refused, message = (413, too_much), _LEFT
            ended = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            if refused is None or begun:  # else the application answers something that was broken off
                begun = True
                await send(message)

        try:
            await self._app(scope, limited, watched)
        except ClientDisconnect:
            if refused is None:
                raise
        if refused is not None and not begun:
            await problem(*refused, path, {"Connection": "close"})(scope, receive, send)


def most_bytes(path: str) -> int:
    """How large the body of a request to a path may be."""
    if path.startswith(("/api/v1/documents", "/gradio_api/upload")):
        return Limits().file_bytes + _SLACK
    if path.startswith(("/api/v1/verify", "/gradio_api/component_server")):
        return 80 * MEBIBYTE  # a report of 50 MiB, in base64
    if path.startswith("/v1/embeddings"):
        return 32 * MEBIBYTE
    return MOST_BYTES
