"""A small library behind the server, with fakes where models would be slow; and the server on a real port."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from uvicorn.protocols.http.h11_impl import H11Protocol

from accounts import passwords
from accounts.store import Accounts, accounts_folder
from api.app import create_app
from index.local import LocalLibrary
from page.answering import Here
from rag.answer import Assistant
from tests.evidence_fakes import library_of
from tests.fakes import NumberReader, TermEmbedder, plain_calibration

SALTMARSH = """# The saltmarsh

## Birds

The saltmarsh survey counted 412 avocets in September. The warden was glad.

## Money

The ferry cost 18 pounds. Nobody said “why”.
"""
STATIONS = "# 服务站\n\n武汉市共建成中小企业服务工作站1325个。企业很满意。\n"
PASSWORD = "correct horse battery"


def assistant_of(library: LocalLibrary) -> Assistant:
    """An assistant with the fast model and the reader of numbers."""
    return Assistant(library, TermEmbedder(), NumberReader(), plain_calibration())


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Argon2 with little work: what it does is the same."""
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield


@pytest.fixture
def shelf(tmp_path: Path) -> LocalLibrary:
    """A library of two documents."""
    return library_of(tmp_path, {"saltmarsh.md": SALTMARSH, "stations.md": STATIONS})


@pytest.fixture
def app(shelf: LocalLibrary) -> FastAPI:
    """The server without accounts."""
    return create_app(Here(assistant_of(shelf)))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A program on this machine."""
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def accounts(shelf: LocalLibrary) -> Accounts:
    """An account of every role, all with the same password."""
    accounts = Accounts(accounts_folder(shelf.folder))
    for name in ("reader", "editor", "owner"):
        accounts.add(name, PASSWORD, name)
    return accounts


@pytest.fixture
def guarded(shelf: LocalLibrary, accounts: Accounts) -> FastAPI:
    """The server with accounts."""
    return create_app(Here(assistant_of(shelf)), accounts, None)


@contextlib.contextmanager
def serving(app: FastAPI, http: type[H11Protocol] = H11Protocol) -> Iterator[str]:
    """The application on a port of loopback, really; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on", http=http))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive() and time.monotonic() < until
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def document_id(library: LocalLibrary, name: str) -> str:
    """The id of a document of the library."""
    return library.find_document(name).id
