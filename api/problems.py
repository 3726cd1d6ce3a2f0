"""Everything that goes wrong, as problem details (RFC 9457): the one form of an error, whatever the route."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from accounts.records import NotAllowed, UnusableAccount
from api.watched import TooManyWaiting
from index.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryFull,
    LibraryMismatch,
    LibraryReadOnly,
    LibraryUnreachable,
    UnknownCollection,
    UnknownDocument,
    UnreadableFile,
    YinzhengError,
)
from index.places import shown_place
from page.answering import AnsweringEnded
from page.kept import UnknownConversation
from rag.answer import UnusableQuestion
from rag.evidence import UnknownReport
from rag.export.content import UnexportableReport
from rag.export.styles import UnknownStyle
from rag.mentions import UnusableTerm
from rag.verify import UnreadableReport

MEDIA_TYPE = "application/problem+json"
_RETRY_SECONDS = 2
_RETRY_LATER_SECONDS = 30  # where many wait

# The first that fits; what is named nowhere is the server's fault.
_STATUS: tuple[tuple[type[YinzhengError], int], ...] = (
    (NotAllowed, 403),
    (LibraryReadOnly, 403),
    (UnknownDocument, 404),
    (UnknownCollection, 404),
    (UnknownReport, 404),
    (UnknownConversation, 404),
    (UnusableAccount, 404),
    (LibraryMismatch, 409),
    (UnreadableFile, 415),
    (UnreadableReport, 415),
    (UnexportableReport, 409),
    (UnknownStyle, 404),
    (UnusableQuestion, 422),
    (UnusableTerm, 422),
    (LibraryBusy, 503),
    (LibraryUnreachable, 503),
    (AnsweringEnded, 503),
    (TooManyWaiting, 503),
    (LibraryFull, 507),
    (LibraryDamaged, 500),
)


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="what kind of problem, as an address or about:blank", examples=["about:blank"])
    title: str = Field(description="the kind in words", examples=["Not Found"])
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(description="what happened, to what, and what to do", examples=["there is no report 7"])
    instance: str = Field(description="the path that was asked for", examples=["/api/v1/reports/7"])
    errors: list[dict[str, Any]] | None = Field(None, description="of a request that does not fit: where, and why")
    error: dict[str, Any] | None = Field(None, description="under /v1: the same, as OpenAI's clients read it")


class Refused(Exception):
    """A request that ends here."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def problem(
    status: int,
    detail: str,
    path: str,
    headers: dict[str, str] | None = None,
    errors: list[dict[str, Any]] | None = None,
) -> JSONResponse:
    """The response that says so."""
    title = HTTPStatus(status).phrase
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": path,
    }
    if errors is not None:
        content["errors"] = errors
    if path.startswith("/v1/"):
        kind = "invalid_request_error" if status < 500 else "server_error"
        content["error"] = {"message": detail, "type": kind, "param": None, "code": title.lower().replace(" ", "_")}
    return JSONResponse(content, status, headers, MEDIA_TYPE)


def status_of(error: YinzhengError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def detail_of(error: YinzhengError, library: Path) -> str:
    """The error's message, without where on this machine the library lies."""
    said = str(error).replace(shown_place(library), "LIBRARY")
    return said.replace(str(library.resolve()), "LIBRARY").replace(str(library), "LIBRARY")


def handle(app: FastAPI, library: Path) -> None:
    """Answer every error of an application with problem details."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Refused)
        return problem(error.status, error.detail, request.url.path, error.headers)

    async def expected(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, YinzhengError)
        status = status_of(error)
        seconds = _RETRY_LATER_SECONDS if isinstance(error, TooManyWaiting) else _RETRY_SECONDS
        headers = {"Retry-After": str(seconds)} if status == 503 else None
        return problem(status, detail_of(error, library), request.url.path, headers)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        detail = error.detail if error.status_code != 404 else f"there is nothing at {request.url.path}"
        return problem(error.status_code, detail, request.url.path, dict(error.headers or {}))

    async def unfit(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        found = [{"where": list(one["loc"]), "what": one["msg"]} for one in error.errors()]
        said = "; ".join(f"{'.'.join(map(str, one['where']))}: {one['what']}" for one in found)
        return problem(422, f"the request does not fit: {said}", request.url.path, errors=found)

    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        return problem(500, "this is a fault of the server; its log says more", request.url.path)

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(YinzhengError, expected)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(Exception, unexpected)
