"""Many people asking at once, from other processes, of the server as it is started by its users.

Each asks, waits for the answer, and asks the next; no question comes again before all have been asked, as readings
are kept. Who is told to come again does so after the time that is said.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

import httpx
import numpy as np

from benchmarks.sets import load_questions
from benchmarks.speed import library_of_real_size
from ui import free_port

SETS = ("xquad.zh", "xquad.en", "xquad.de", "xquad.ru")
_PARAGRAPHS = 1000  # of the document that is added meanwhile, some 2 MB
_WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """Of so many people at once; times in milliseconds.

    `told_to_wait` are requests answered 503 with Retry-After, after `told_within_ms` at the 95th percentile.
    `adding` says whether a long document was being added meanwhile. `memory_mb` is that of the server's processes
    at the end, what they share counted once.
    """

    people: int
    adding: bool
    seconds: int
    answers: int
    answers_per_second: float
    p50: float
    p95: float
    p99: float
    told_to_wait: int
    told_within_ms: float
    errors: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came of one person's requests: milliseconds of answers and of refusals to wait, and errors."""

    answers: list[float]
    waits: list[float]
    errors: list[str]


def measure_load(data: Path, folder: Path, people: Sequence[int], seconds: int) -> Iterator[Load]:
    """Serve a library of 10,000 passages, kept in `folder`, and ask it so long with each number of people."""
    import psutil

    library = library_of_real_size(data, folder)
    every = [load_questions(data, name, "test") for name in SETS]
    questions = [row.text for rows in zip(*every, strict=True) for row in rows]  # the languages in turn
    port = free_port("127.0.0.1", 18960)
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "ui.py", "--library", str(library.folder), "--port", str(port)]
    serving = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_it_answers(address, questions[0])
        process = psutil.Process(serving.pid)
        first = 1
        for count, adding in [*((one, False) for one in people), (people[0], True)]:
            added = _add_slowly(address) if adding else None
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                asked = pool.submit(_people, address, questions, first, count, seconds).result()
            first += len(asked.answers) + len(asked.waits) + len(asked.errors)
            if added is not None:
                httpx.delete(f"{address}/api/v1/additions/{added}")
            memory = sum(one.memory_full_info().pss for one in [process, *process.children(recursive=True)])
            yield _load(count, adding, seconds, asked, round(memory / 1e6))
            for error in asked.errors[:3]:
                print(error, file=sys.stderr)
    finally:
        serving.terminate()
        serving.wait()


def _load(people: int, adding: bool, seconds: int, asked: _Asked, memory: int) -> Load:
    half, most, nearly_all = np.percentile(asked.answers, (50, 95, 99)) if asked.answers else (0, 0, 0)
    return Load(
        people=people,
        adding=adding,
        seconds=seconds,
        answers=len(asked.answers),
        answers_per_second=round(len(asked.answers) / seconds, 2),
        p50=round(half),
        p95=round(most),
        p99=round(nearly_all),
        told_to_wait=len(asked.waits),
        told_within_ms=round(float(np.percentile(asked.waits, 95)), 1) if asked.waits else 0.0,
        errors=len(asked.errors),
        memory_mb=memory,
    )


def _until_it_answers(address: str, question: str) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.post(f"{address}/api/v1/ask", json={"question": question}, timeout=60).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not begin to answer")


def _people(address: str, questions: Sequence[str], first: int, people: int, seconds: int) -> _Asked:
    """In a process of its own, a thread a person; they share the questions, from the place `first` on."""
    asked = _Asked([], [], [])
    end = time.monotonic() + seconds
    coming = islice(cycle(questions), first % len(questions), None)
    taking = threading.Lock()

    def person() -> None:
        with httpx.Client(base_url=address, timeout=_WAIT_SECONDS) as client:
            while time.monotonic() < end:
                with taking:
                    question = next(coming)
                began = time.monotonic()
                try:
                    found = client.post("/api/v1/ask", json={"question": question})
                except httpx.HTTPError as error:
                    asked.errors.append(repr(error))
                    continue
                took = (time.monotonic() - began) * 1000
                if found.status_code == 200:
                    asked.answers.append(took)
                elif found.status_code == 503 and "retry-after" in found.headers:
                    asked.waits.append(took)
                    time.sleep(min(float(found.headers["retry-after"]), max(0.0, end - time.monotonic())))
                else:
                    asked.errors.append(f"{found.status_code} {found.text[:200]}")

    threads = [threading.Thread(target=person) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return asked


def _add_slowly(address: str) -> str:
    """Begin to add a document that takes longer than the measuring; gives the addition."""
    sentence = "The warden of the northern marsh counted the birds of every pool on the {}th day of the year. "
    text = "\n\n".join("".join(sentence.format(f"{part} {n}") for n in range(20)) for part in range(_PARAGRAPHS))
    sent = httpx.post(f"{address}/api/v1/documents", files=[("files", ("long.md", text.encode()))], timeout=60)
    return str(sent.json()["id"])
