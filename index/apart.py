"""Reading in a process of its own, which is ended at its limits of time and memory, so that no file harms this one.

A worker is kept warm between files; it imports no model. What goes back and forth is JSON and bytes, never pickles:
what a hostile file made of its parser is not believed here either.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import IO, Any

from index.errors import UnreadableFile
from index.limits import Limits
from index.names import shown
from index.readers.pdf import Area, PageBoxes
from index.records import Block, Origin, Place, ReadFile

ROOT = Path(__file__).parent.parent
START_SECONDS = 60.0  # until a new worker says that it is there, on a slow disk, beyond the limit
FILES_EACH = 500  # read by one worker before a new one takes over, whatever the parsers left in its memory
IDLE_WORKERS = 2
HEADER = struct.Struct(">cQQ")  # a frame's kind, and the lengths of its JSON and of its bytes


def read_apart(data: bytes, name: str, encoding: str | None = None, limits: Limits | None = None) -> ReadFile:
    """`index.readers.read` in a worker. Raises UnreadableFile, naming the limit where one was passed."""
    limits = Limits() if limits is None else limits
    if len(data) > limits.file_bytes:
        raise UnreadableFile(
            f"{shown(name)}: {len(data):,} bytes are more than {limits.file_bytes:,} (the limit 'file_bytes'); divide "
            "the file, or raise the limit"
        )
    found, text = _ask({"do": "read", "name": name, "encoding": encoding}, data, name, limits)
    return ReadFile(
        text.decode("utf-8"),
        found["title"],
        tuple(Block(*block) for block in found["blocks"]),
        tuple(Place(*place) for place in found["places"]),
        Origin(**found["origin"]),
        found["encoding"],
        tuple(found["notes"]),
    )


def page_boxes_apart(
    data: bytes, text: str, places: Sequence[Place], start: int, end: int, limits: Limits | None = None
) -> tuple[PageBoxes, ...]:
    """`index.readers.pdf.page_boxes` in a worker: where a quote stands on its pages. Raises UnreadableFile."""
    touched = [place for place in places if place.kind == "page" and place.start < end and start < place.end]
    if not touched:
        return ()
    first, last = touched[0].start, touched[-1].end
    request = {
        "do": "boxes",
        "text": text[first:last],
        "places": [(place.start - first, place.end - first, place.kind, place.label) for place in touched],
        "start": start - first,
        "end": end - first,
    }
    found, _ = _ask(request, data, "this PDF", Limits() if limits is None else limits)
    return tuple(PageBoxes(page, tuple(Area(*area) for area in areas)) for page, areas in found)


def page_picture_apart(data: bytes, page: int, scale: float = 1.5, limits: Limits | None = None) -> bytes:
    """`index.readers.pdf.page_picture` in a worker: a PNG of a page. Raises UnreadableFile."""
    request = {"do": "picture", "page": page, "scale": scale}
    return _ask(request, data, "this PDF", Limits() if limits is None else limits)[1]


class _Worker:
    """One process, and a thread that hands on what it says."""

    def __init__(self) -> None:
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from index.worker import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        self._said: queue.SimpleQueue[tuple[bytes, Any, bytes] | None] = queue.SimpleQueue()
        self.files = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, request: dict[str, Any], data: bytes, seconds: float) -> tuple[bytes, Any, bytes] | None:
        """The last frame of an answer; None where the worker ended instead. Raises queue.Empty after `seconds`."""
        assert self._process.stdin is not None
        self.files += 1
        try:
            send(self._process.stdin, b"q", request, data)
        except OSError:
            return None
        wait = seconds + (START_SECONDS if self.files == 1 else 0.0)
        while True:
            frame = self._said.get(timeout=wait)
            if frame is None or frame[0] != b"p":
                return frame
            wait = seconds  # from this sign of progress, the first of which says that it is there

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not yet sent cannot be; the pipe is closed all the same
                    pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while (frame := receive(self._process.stdout)) is not None:
                self._said.put(frame)
        except (OSError, ValueError):
            pass  # ended from here
        self._said.put(None)


def send(pipe: IO[bytes], kind: bytes, content: Any, data: bytes) -> None:
    """Write one frame."""
    said = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    pipe.write(HEADER.pack(kind, len(said), len(data)))
    pipe.write(said)
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[bytes, Any, bytes] | None:
    """Read one frame: its kind, its JSON and its bytes; None at the pipe's end."""
    head = pipe.read(HEADER.size)
    if len(head) < HEADER.size:
        return None
    kind, said, length = HEADER.unpack(head)
    content, data = pipe.read(said), pipe.read(length)
    return None if len(data) < length else (kind, json.loads(content.decode("utf-8", "surrogatepass")), data)


_idle: list[_Worker] = []
_lock = threading.Lock()
_wanted: queue.SimpleQueue[Future[_Worker]] = queue.SimpleQueue()


def _ask(request: dict[str, Any], data: bytes, name: str, limits: Limits) -> tuple[Any, bytes]:
    worker = _take()
    kept = False
    try:
        answer = worker.ask({**request, "limits": asdict(limits)}, data, limits.seconds)
        if answer is None:
            raise UnreadableFile(
                f"{shown(name)}: its reader crashed on it, or needed more than {limits.memory_bytes:,} bytes of memory "
                "(the limit 'memory_bytes'); save it anew in the program that made it, divide it, or raise the limit"
            )
        kind, content, answered = answer
        kept = kind != b"m" and worker.files < FILES_EACH
        if kind == b"m":
            raise UnreadableFile(
                f"{shown(name)}: reading it needs more than {limits.memory_bytes:,} bytes of memory (the limit "
                "'memory_bytes'); divide the file, or raise the limit"
            )
        if kind == b"e":
            raise UnreadableFile(content)
        return content, answered
    except queue.Empty:
        raise UnreadableFile(
            f"{shown(name)}: reading it takes longer than {limits.seconds:g} s (the limit 'seconds'); divide the file, "
            "or raise the limit"
        ) from None
    finally:
        if kept:
            _give_back(worker)
        else:
            worker.end()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.alive():
                return worker
            worker.end()  # its pipes; somebody short of memory ended it while it waited, and no file of ours
        _begin_starting()
    made: Future[_Worker] = Future()
    _wanted.put(made)
    return made.result()


@cache
def _begin_starting() -> None:
    """Once, when the first worker is wanted: the workers import this module too, and want none."""
    threading.Thread(target=_start_workers, daemon=True).start()


def _start_workers() -> None:
    """Start what is wanted, for as long as this process runs: a worker ends with the thread that started it.

    The signal for a parent's death (prctl(2), PR_SET_PDEATHSIG) is for that of the thread; those that ask come and go.
    """
    while True:
        made = _wanted.get()
        try:
            made.set_result(_Worker())
        except OSError as error:  # no more processes, or no memory for one
            made.set_exception(error)


def _give_back(worker: _Worker) -> None:
    with _lock:
        if len(_idle) < IDLE_WORKERS:
            _idle.append(worker)
            return
    worker.end()


@atexit.register
def end_workers() -> None:
    """End the workers that wait for the next file."""
    with _lock:
        while _idle:
            _idle.pop().end()
