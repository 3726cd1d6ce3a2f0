"""A real server that speaks Milvus' protocol: Milvus Lite, in a process and a folder of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

UP_SECONDS = 60.0


class MilvusLite:
    """It runs from the start until `stop`, and again after `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def address(self, name: str) -> Path:
        """Where a library of that name is."""
        return Path(f"milvus://127.0.0.1:{self.port}/{name}")

    def start(self) -> None:
        """Start it on the same folder and port, and wait until it answers."""
        log = (self.folder / "log").open("ab")
        # One call after the other: unlike Milvus, it lets no two write to a collection at once.
        command = ("-m", "milvus_lite", "server", "--data-dir", str(self.folder / "data"), "--host", "127.0.0.1")
        self._process = subprocess.Popen(
            [sys.executable, *command, "--port", str(self.port), "--max-workers", "1"], stdout=log, stderr=log
        )
        log.close()
        until = time.monotonic() + UP_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
            assert self._process.poll() is None and time.monotonic() < until, said
            time.sleep(0.1)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None
