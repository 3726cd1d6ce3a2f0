"""python -m tests.small_server MODEL.gguf [--port N]: a small real model behind the OpenAI protocol, by llama.cpp.

The server that llama-cpp-python brings needs packages of other versions than the page does; this one has the one call
that a client of written answers makes.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def serve(path: Path, port: int) -> ThreadingHTTPServer:
    """The server, not yet running; one answer at a time."""
    from llama_cpp import Llama

    model = Llama(str(path), n_ctx=4096, n_threads=1, verbose=False)
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with turn:
                for chunk in model.create_chat_completion(
                    asked["messages"], stream=True, temperature=0.0, max_tokens=min(200, asked.get("max_tokens", 200))
                ):
                    self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.small_server", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, default=8011)
    options = parser.parse_args(arguments)
    server = serve(options.model, options.port)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
