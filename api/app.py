"""The whole server: the routes for programs, the page beside them, and before both who may come in. Read this first."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from accounts.store import Accounts
from accounts.tries import Tries
from api import asking, collections, conversations, documents, evidence, openai, own, signing_in, verifying
from api.access import Access
from api.bodies import Bodies
from api.describe import describe
from api.log import Logging
from api.mcp_server import mcp_server
from api.metrics import MEDIA_TYPE
from api.problems import handle
from api.services import Owner, Services, services_for
from api.watched import MOST_WAITING
from page.answering import Answering

if TYPE_CHECKING:
    import gradio as gr

_OTHER_THREADS = 64
_PREFIXES = ("/api/", "/v1/", "/mcp", "/health", "/metrics", "/sign-")
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


def create_app(
    answering: Answering,
    accounts: Accounts | None = None,
    hosts: frozenset[str] | None = LOOPBACK_NAMES,
    blocks: gr.Blocks | None = None,
) -> FastAPI:
    """The application that serves a library: the API, and the page where there is one.

    `accounts` are those that have to sign in; without any, whoever reaches it may do everything. `hosts` are the only
    names that it answers to; None for any.
    """
    services = services_for(answering, accounts)
    programs = _programs(services)

    @contextlib.asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        # A question that waits holds a thread: with as many as may wait, there are still some for everything else.
        current_default_thread_limiter().total_tokens = MOST_WAITING + _OTHER_THREADS
        server = mcp_server(services)  # a new one each time that the application starts: it runs once
        ours = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # `Access` has looked already
        programs.state.mcp = server.streamable_http_app(stateless_http=True, transport_security=ours)
        async with server.session_manager.run():
            yield

    app = FastAPI(
        openapi_url=None,
        lifespan=running,
        middleware=[
            Middleware(Logging),
            Middleware(Bodies),
            Middleware(Access, accounts=accounts, hosts=hosts if accounts is None else None),
            Middleware(_Programs, programs=programs),
        ],
    )
    app.state.programs = programs
    handle(app, services.library.folder)
    if blocks is not None:
        _mount(app, blocks)
    return app


def _programs(services: Services) -> FastAPI:
    """The routes for programs."""
    app = FastAPI(title="引证 Yinzheng", version="1", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False
    app.state.services = services
    first = APIRouter(prefix="/api/v1")
    for part in (asking, documents, collections, evidence, conversations, verifying, own):
        first.include_router(part.router)
    app.include_router(first)
    app.include_router(openai.router)
    if services.accounts is not None:
        app.include_router(signing_in.signing_in(services.accounts, Tries()))

    @app.get("/health", tags=["running"])
    async def health() -> dict[str, str]:
        """Say that the server is there; nothing is said of the library."""
        return {"status": "ok"}

    @app.get("/metrics", tags=["running"], dependencies=[Owner], response_class=PlainTextResponse)
    def metrics() -> Response:
        """What was done so far, in numbers, as Prometheus reads them."""
        return Response(services.metrics.text(), media_type=MEDIA_TYPE)

    app.router.routes.append(Route("/mcp", _Mcp(), methods=["POST"]))
    handle(app, services.library.folder)
    describe(app, accounts=services.accounts is not None)
    return app


class _Mcp:
    """The MCP server, for one call at a time: no session is kept, so only calls are taken."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await scope["app"].state.mcp(scope, receive, send)


class _Programs:
    """Hands what is for programs to their application; the rest goes on to the page."""

    def __init__(self, app: ASGIApp, programs: FastAPI) -> None:
        self._app = app
        self._programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        ours = scope["type"] == "http" and scope["path"].startswith(_PREFIXES)
        await (self._programs if ours else self._app)(scope, receive, send)


def _mount(app: FastAPI, blocks: gr.Blocks) -> None:
    import gradio as gr

    from index.limits import Limits
    from page.look import look

    gr.mount_gradio_app(app, blocks, "/", max_file_size=Limits().file_bytes, show_error=False, ssr_mode=False, **look())
