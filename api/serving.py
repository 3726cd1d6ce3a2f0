"""The server started: on this machine as it is, for others only with accounts or when that is waived."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

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
    config = uvicorn.Config(
        app,
        host,
        port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_STOPPING_SECONDS,
        limit_concurrency=_AT_ONCE,
        server_header=False,
    )
    server = _Telling(config, answering)
    server.run()


class _Telling(uvicorn.Server):
    """A server that says when it is ready, and when the models are."""

    def __init__(self, config: uvicorn.Config, answering: Answering) -> None:
        super().__init__(config)
        self._answering = answering
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

    def _wait(self) -> None:
        try:
            self._answering.wait()
            say("The models are loaded. 模型已载入。")
        except BaseException as error:  # noqa: BLE001  it is raised again where the server ends
            if not self.should_exit:
                self._failure, self.should_exit = error, True
