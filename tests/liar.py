"""A deterministic server of the OpenAI protocol on loopback that says what a test wants, streamed, and breaks as told.

It is a real HTTP server: the client's retries, time-outs and broken streams are the real ones.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Break = Literal["", "middle", "no end", "garbage", "length", "empty", "silent", "never ends", "html", "wrong shape"]
# What is asked of it -> what it writes.
Script = Callable[[list[dict[str, str]]], str]


@dataclass
class Liar:
    """What the server says next, how it breaks, and what it was asked. `statuses` are given before any answer."""

    script: Script
    breaks: Break = ""
    statuses: list[int] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""
    location: str = ""  # where a status of 3xx leads

    @property
    def told(self) -> str:
        """All that the model was shown last."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])


@contextmanager
def lying(script: Script | str, breaks: Break = "") -> Iterator[Liar]:
    """A server that runs while it is needed."""
    liar = Liar(script if callable(script) else lambda _: script, breaks)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(liar))
    server.daemon_threads = True
    liar.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(liar: Liar) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            liar.asked.append(body)
            liar.keys.append(self.headers.get("Authorization", ""))
            if self.path != "/v1/chat/completions" or liar.statuses:
                self._refuse(liar.statuses.pop(0) if liar.statuses else 404)
                return
            if liar.breaks == "html":
                self._send(b"<html><body>Sign in <script>alert(1)</script></body></html>", "text/html")
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has heard enough
                self._stream(liar.script(body["messages"]))

        def _stream(self, text: str) -> None:
            pieces = _pieces(text)
            if liar.breaks == "silent":
                time.sleep(3)
                return
            if liar.breaks == "never ends":
                for _ in range(2000):
                    for piece in pieces:
                        self._event(piece)
                return
            if liar.breaks == "empty":
                pieces = []
            if liar.breaks == "middle":
                pieces = pieces[: 2 * len(pieces) // 3]
            for place, piece in enumerate(pieces):
                if liar.breaks == "garbage" and place == len(pieces) // 2:
                    self.wfile.write(b"data: {not json\n\n")
                    return
                if liar.breaks == "wrong shape" and place == len(pieces) // 2:
                    self.wfile.write(b'data: {"choices": [{"delta": "text", "index": "x"}]}\n\n')
                    continue
                self._event(piece)
            if liar.breaks == "middle":
                return
            self._event("", "length" if liar.breaks == "length" else None if liar.breaks == "no end" else "stop")
            if liar.breaks != "no end":
                self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, piece: str, finish: str | None = None) -> None:
            event = {
                "id": "x", "object": "chat.completion.chunk", "created": 0, "model": "liar",
                "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": finish}],
            }  # fmt: skip
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()

        def _refuse(self, status: int) -> None:
            self._send(b'{"error": {"message": "no <b>such</b> thing"}}', "application/json", status)

        def _send(self, body: bytes, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if liar.location:
                self.send_header("Location", liar.location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests' output is their own."""

    return Handler


def _pieces(text: str) -> Sequence[str]:
    """Of uneven lengths, so that numbers, marks and characters are cut anywhere."""
    pieces, at, length = [], 0, 1
    while at < len(text):
        pieces.append(text[at : at + length])
        at, length = at + length, length % 5 + 1
    return pieces
