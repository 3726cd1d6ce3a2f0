"""The OpenAPI description: every error as problem details, and how a program shows who it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE, Problem

_ABOUT = """\
Ask a library of documents, and get exact quotes. Offsets are Unicode code points into a document's text, ends are
exclusive, and `text == document.text[start:end]`. Every error is a problem (RFC 9457). Lists come in parts: `next` is
the offset of the next one.
"""
_ALWAYS = (400, 401, 403, 404, 408, 413, 421, 422, 429, 500, 503)
_CHANGING = (409, 415, 507)


def describe(app: FastAPI, accounts: bool) -> None:
    """Let the application describe itself so."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, accounts)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI, accounts: bool) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
    schemas = made["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for methods in made["paths"].values():
        for operation in methods.values():
            for status in (*_ALWAYS, *_CHANGING):
                operation["responses"][str(status)] = _problem(status)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    if accounts:
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    return made


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}
