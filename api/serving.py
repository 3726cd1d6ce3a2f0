"""The server started: on this machine as it is, for others only with accounts or when that is waived."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import h11
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from accounts.store import FILE_NAME, Accounts, accounts_folder
from api.access import is_loopback
from api.app import LOOPBACK_NAMES, create_app
from index.errors import YinzhengError
from index.talk import say
from page.answering import Answering

if TYPE_CHECKING:
    import gradio as gr

_STOPPING_SECONDS = 10  # that answers under way have to be finished in
_AT_ONCE = 512  # requests; more are told to come again


class NoAccounts(YinzhengError):
    """A library that would be served to others, without anyone having to say who they are."""


def accounts_for(library: Path, host: str, everyone: bool) -> Accounts | None:
    """The accounts to serve a library with; None where there are none, on this machine, or they are waived.

    Raises NoAccounts where others would reach it without any.
    """
    if everyone:
        return None
    folder = accounts_folder(library)
    accounts = Accounts(folder) if (folder / FILE_NAME).is_file() else None
    if accounts is not None and accounts.people():
        return accounts
    if not is_loopback(host):
        raise NoAccounts(
            f"{host} can be reached from other machines, and this library has no accounts: "
            f"python -m accounts add NAME --role owner --library {library} makes one, or --open lets everyone in"
        )
    return None


def serve(
    answering: Answering,
    blocks: gr.Blocks | None,
    accounts: Accounts | None,
    host: str,
    port: int,
    everyone: bool = False,
) -> None:
    """Serve until interrupted; then what is being answered is answered first. Says when it is ready."""
    hosts = None if everyone else LOOPBACK_NAMES | {host}
    app = create_app(answering, accounts, hosts, blocks)
    stopping = Stopping(app)
    config = uvicorn.Config(
        stopping,
        host,
        port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_STOPPING_SECONDS,
        limit_concurrency=_AT_ONCE,
        server_header=False,
        http=Impatient,
    )
    server = _Telling(config, answering, stopping)
    server.run()


class Impatient(H11Protocol):
    """Closes a connection on which the head of a request has not come whole in time, however steadily it drips."""

    HEAD_SECONDS = 20.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:  # the head is here; `Bodies` sees to the rest
            self._stop_waiting()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Stopping:
    """Ends the streams by which a page tells that it is open when the server stops; they never end by themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """End them, now and from now on."""
        self._stopped.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if "/heartbeat/" not in scope.get("path", ""):
            await self._app(scope, receive, send)
            return

        async def until_stopped() -> Message:
            coming = asyncio.ensure_future(receive())
            stopped = asyncio.ensure_future(self._stopped.wait())
            try:
                await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
                return coming.result() if coming.done() else {"type": "http.disconnect"}
            finally:
                coming.cancel()
                stopped.cancel()

        await self._app(scope, until_stopped, send)


class _Telling(uvicorn.Server):
    """A server that says when it is ready, and when the models are."""

    def __init__(self, config: uvicorn.Config, answering: Answering, stopping: Stopping) -> None:
        super().__init__(config)
        self._answering = answering
        self._stopping = stopping
        self._failure: BaseException | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; raises what kept the models from being loaded, as `Answering.wait` does."""
        super().run(sockets)
        if self._failure is not None:
            raise self._failure

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        if self.started:
            host = f"[{self.config.host}]" if ":" in self.config.host else self.config.host
            say(f"ready / 就绪: http://{host}:{self.config.port}/")
            threading.Thread(target=self._wait, daemon=True).start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is being answered end, and the streams that are only open."""
        self._stopping.stop()
        await super().shutdown(sockets)

    def _wait(self) -> None:
        try:
            self._answering.wait()
            say("The models are loaded. 模型已载入。")
        except BaseException as error:  # noqa: BLE001  it is raised again where the server ends
            if not self.should_exit:
                self._failure, self.should_exit = error, True
