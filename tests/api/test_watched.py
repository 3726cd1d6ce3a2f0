"""The bounded queue, what is counted and logged of questions, and requests that come too slowly."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from accounts.store import Accounts
from api.app import create_app
from api.bodies import Bodies
from api.log import log_to_stderr
from api.serving import Impatient
from api.watched import TooManyWaiting, Watched
from index.local import LocalLibrary
from page.answering import Here
from rag.records import Answer, NotFound
from tests.api.conftest import PASSWORD, SALTMARSH, assistant_of, serving

QUESTION = "How many avocets did the saltmarsh survey count?"
SECRET = "zanzibar"
WAITING = 50  # more than the threads that a server usually has


class Slow(Here):
    """Answers when it is told to."""

    def __init__(self, library: LocalLibrary) -> None:
        super().__init__(assistant_of(library))
        self.go = threading.Event()

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        assert self.go.wait(20)
        return super().ask(question, threshold, within)


def test_beyond_the_bound_one_is_told_at_once_and_those_who_wait_are_answered(shelf: LocalLibrary) -> None:
    slow = Slow(shelf)
    watched = Watched(slow, most_waiting=WAITING)
    app = create_app(watched)
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as client:
        answers: list[int] = []
        asking = [
            threading.Thread(
                target=lambda: answers.append(client.post("/api/v1/ask", json={"question": QUESTION}).status_code)
            )
            for _ in range(WAITING)
        ]
        for one in asking:
            one.start()
        until = time.monotonic() + 10
        while f"yinzheng_waiting {WAITING}.0" not in client.get("/metrics").text:
            assert time.monotonic() < until
        began = time.monotonic()
        refused = client.post("/api/v1/ask", json={"question": QUESTION})
        assert time.monotonic() - began < 1
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "30"
        assert f"{WAITING} questions are waiting" in refused.json()["detail"]
        with pytest.raises(TooManyWaiting):  # what the page asks stands in the same queue
            watched.ask(QUESTION)
        assert client.get("/health").status_code == 200
        slow.go.set()
        for one in asking:
            one.join()
        assert answers == [200] * WAITING
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200


def test_questions_of_the_page_and_of_programs_are_counted_alike(shelf: LocalLibrary) -> None:
    watched = Watched(Here(assistant_of(shelf)))
    with TestClient(create_app(watched), base_url="http://127.0.0.1") as client:
        assert isinstance(watched.ask(QUESTION), Answer)  # as the page does
        client.post("/api/v1/ask", json={"question": QUESTION})
        client.post("/api/v1/ask", json={"question": "Who won?"})
        numbers = client.get("/metrics").text
    assert 'yinzheng_questions_total{outcome="answered"} 2.0' in numbers
    assert 'yinzheng_questions_total{outcome="refused"} 1.0' in numbers
    assert 'yinzheng_seconds_count{stage="ask"} 3.0' in numbers
    assert "yinzheng_waiting 0.0" in numbers


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """Nothing is logged any more."""
    yield
    log_to_stderr("nothing")


def test_the_log_has_no_text_no_token_and_no_password(
    shelf: LocalLibrary, accounts: Accounts, guarded: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to_stderr("requests")
    _, token = accounts.add_token("owner", "a program", "owner")
    with TestClient(guarded, base_url="http://127.0.0.1") as client:
        client.post("/sign-in", data={"name": "owner", "password": PASSWORD})
        client.post("/sign-in", data={"name": "owner", "password": SECRET})
        headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "from-the-proxy"}
        asked = client.post("/api/v1/ask", json={"question": f"{QUESTION} {SECRET}"}, headers=headers)
        client.get("/api/v1/search", params={"question": SECRET}, headers=headers)
        client.get(f"/api/v1/documents/{shelf.documents()[0].id}/text", headers=headers)
    assert asked.headers["x-request-id"] == "from-the-proxy"
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    [question] = [line for line in lines if line["message"] == "question"]
    assert question["person"] == "owner" and question["outcome"] in ("answered", "refused") and question["seconds"] >= 0
    [request] = [line for line in lines if line.get("path") == "/api/v1/ask"]
    assert (request["id"], request["method"], request["status"]) == ("from-the-proxy", "POST", asked.status_code)
    for secret in (SECRET, token, PASSWORD, "avocets", SALTMARSH[20:40]):
        assert secret not in written


def test_questions_are_logged_only_when_that_is_asked_for(
    shelf: LocalLibrary, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = Watched(Here(assistant_of(shelf)))
    log_to_stderr("questions")
    watched.ask(QUESTION)
    written = capsys.readouterr().err
    assert json.loads(written)["question"] == QUESTION
    assert "412" not in written  # not what was answered
    log_to_stderr("nothing")
    watched.ask(QUESTION)
    assert capsys.readouterr().err == ""


def test_a_request_s_number_from_outside_cannot_write_lines(client: TestClient) -> None:
    given = client.get("/health", headers={"X-Request-ID": 'a"} {"message": "forged'})
    assert given.headers["x-request-id"].isalnum()


def test_heads_that_drip_are_given_up(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "HEAD_SECONDS", 0.6)
    with serving(app, http=Impatient) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as dripping:
            began = time.monotonic()
            dripping.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            assert _dripped_until_closed(dripping)
            assert 0.5 < time.monotonic() - began < 5
        with socket.create_connection(("127.0.0.1", port), timeout=10) as silent:
            assert silent.recv(1) == b""
        with socket.create_connection(("127.0.0.1", port), timeout=10) as second:  # after a first that was quick
            second.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert second.recv(1000).startswith(b"HTTP/1.1 200")
            second.sendall(b"GET /hea")
            assert _dripped_until_closed(second)
        assert httpx.get(f"{address}/health").json() == {"status": "ok"}


def _dripped_until_closed(connection: socket.socket) -> bool:
    """Send a byte now and then; whether the other side ended it."""
    connection.settimeout(0.2)
    for _ in range(50):
        try:
            if connection.recv(1) == b"":
                return True
        except TimeoutError:
            connection.sendall(b"a")
        except ConnectionError:
            return True
    return False


def test_a_body_that_does_not_come_is_not_waited_for(app: FastAPI) -> None:
    for one in app.user_middleware:
        if getattr(one.cls, "__name__", "") == Bodies.__name__:
            one.kwargs["seconds"] = 0.4
    with serving(app) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
            head = "POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            slow.sendall(f'{head}Content-Length: 100\r\n\r\n{{"question": '.encode())
            came = slow.recv(4000)
            while part := slow.recv(4000):  # it is closed
                came += part
            assert came.startswith(b"HTTP/1.1 408")
            assert b"did not come within" in came
