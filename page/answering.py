"""Who answers the page's questions: an assistant here, or one in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from index.embed import Embedder, Vectors
from index.errors import YinzhengError
from index.library import Library
from rag.answer import Assistant, open_assistant
from rag.judge import Calibration
from rag.records import Answer, NotFound
from rag.speaking import Speaking, speaking

EMBEDDED_AT_ONCE = 8  # passages that a question has to wait for, while files are added

_Result = TypeVar("_Result")


class AnsweringEnded(YinzhengError):
    """The process that answers is gone."""


class Answering(Protocol):
    """The library at once, and the answers when what makes them is ready."""

    library: Library

    @property
    def embedder(self) -> Embedder:
        """What files are added with, from any thread, when it is ready. Questions go between its texts."""

    @property
    def ready(self) -> bool:
        """Whether a question is answered without waiting for the models to load."""

    @property
    def calibration(self) -> Calibration | None:
        """What its confidence is worth; None while it is not ready."""

    def wait(self) -> None:
        """Return when it is ready. Raises what stopped it from becoming so."""

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        """`Assistant.ask`, when it is ready. May be called from any thread; questions are answered one by one."""

    def speaking(self, question: str, within: Sequence[str] | None = None) -> Speaking:
        """`rag.speaking.speaking`, in turn with the questions."""

    def supports(self, claim: str, texts: Sequence[str]) -> Sequence[bool]:
        """`Assistant.supports`, likewise."""


_Numbers = Vectors | Sequence[int]


@dataclass(slots=True)
class _InTurns:
    """An embedder whose work is handed on in small parts, so that a question waits for one of them at most."""

    name: str
    fingerprint: str
    dimension: int
    in_turn: Callable[[str, Sequence[str]], _Numbers]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """`Embedder.embed_passages`."""
        return self._vectors("embed_passages", texts)

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """`Embedder.embed_questions`."""
        return self._vectors("embed_questions", questions)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """`Embedder.count_tokens`."""
        return [int(count) for count in self.in_turn("count_tokens", list(texts))]

    def _vectors(self, method: str, texts: Sequence[str]) -> Vectors:
        parts = [
            self.in_turn(method, list(texts[start : start + EMBEDDED_AT_ONCE]))
            for start in range(0, len(texts), EMBEDDED_AT_ONCE)
        ]
        return np.array([row for part in parts for row in part], dtype=np.float32).reshape(len(texts), self.dimension)


def _call(embedder: Embedder, method: str, texts: Sequence[str]) -> _Numbers:
    match method:
        case "embed_passages":
            return embedder.embed_passages(texts)
        case "embed_questions":
            return embedder.embed_questions(texts)
    return embedder.count_tokens(texts)


class Here:
    """An assistant in this process."""

    ready = True

    def __init__(self, assistant: Assistant) -> None:
        self.library = assistant.library
        self.calibration = assistant.calibration
        self._assistant = assistant
        self._lock = threading.Lock()  # a model's tokenizer is not safe to use from two threads

    def wait(self) -> None:
        """Return at once."""

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        """`Assistant.ask`."""
        with self._lock:
            return self._assistant.ask(question, threshold, within)

    def speaking(self, question: str, within: Sequence[str] | None = None) -> Speaking:
        """`rag.speaking.speaking`."""
        with self._lock:
            return speaking(self._assistant, question, within)

    def supports(self, claim: str, texts: Sequence[str]) -> Sequence[bool]:
        """`Assistant.supports`."""
        with self._lock:
            return self._assistant.supports(claim, texts)

    @property
    def embedder(self) -> Embedder:
        """The assistant's, a few texts at a time."""
        model = self._assistant.embedder
        return _InTurns(model.name, model.fingerprint, model.dimension, self._in_turn)

    def _in_turn(self, method: str, texts: Sequence[str]) -> _Numbers:
        with self._lock:
            return _call(self._assistant.embedder, method, texts)


class Elsewhere:
    """An assistant in a process of its own.

    Its imports and the page's, seconds each, then run side by side, and the page stays quick while
    a model computes.
    """

    def __init__(self, library: Library, model: str | None, reader: str | None) -> None:
        """Begin to open the assistant. Returns at once."""
        self.library = library
        self._model = model
        self._reader = reader
        self._starting = threading.Lock()
        self._start()

    @property
    def ready(self) -> bool:
        """Whether it has opened, or failed to."""
        return self._opened.done()

    @property
    def calibration(self) -> Calibration | None:
        """None while it has not opened, and where it failed to."""
        opened = self._opened
        failed = not opened.done() or opened.cancelled() or opened.exception() is not None
        return None if failed else opened.result()

    def wait(self) -> None:
        """Return when it is open. Raises what `open_assistant` does, or AnsweringEnded."""
        self._result(self._opened)

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        """`Assistant.ask`. Raises what that does, or AnsweringEnded; the process is then started again."""
        self.wait()
        answer: Future[Answer | NotFound] = self._pool.submit(_ask, question, threshold, within)
        return self._result(answer)

    def speaking(self, question: str, within: Sequence[str] | None = None) -> Speaking:
        """`rag.speaking.speaking`. Raises what that does, or AnsweringEnded."""
        self.wait()
        found: Future[Speaking] = self._pool.submit(_speaking, question, within)
        return self._result(found)

    def supports(self, claim: str, texts: Sequence[str]) -> Sequence[bool]:
        """`Assistant.supports`. Raises what `ask` does."""
        self.wait()
        held: Future[Sequence[bool]] = self._pool.submit(_supports, claim, list(texts))
        return self._result(held)

    @property
    def embedder(self) -> Embedder:
        """The other process's, a few texts at a time."""
        built = self.library.manifest  # and opening the assistant has checked that its model is that one
        return _InTurns(built.model, built.model_fingerprint, built.dimension, self._in_turn)

    def _in_turn(self, method: str, texts: Sequence[str]) -> _Numbers:
        self.wait()
        numbers: Future[_Numbers] = self._pool.submit(_compute, method, texts)
        return self._result(numbers)

    def close(self) -> None:
        """End the process, after what it is at."""
        # Waited for: where the interpreter ends meanwhile, Python 3.11 wakes a pool by a pipe that is being closed.
        self._pool.shutdown(cancel_futures=True)

    def _start(self) -> None:
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin)
        self._opened = self._pool.submit(_open, self.library.folder, self._model, self._reader)

    def _result(self, future: Future[_Result]) -> _Result:
        pool = self._pool
        try:
            return future.result()
        except BrokenProcessPool as error:
            with self._starting:
                if pool is self._pool:  # an addition and a question may both have been at it
                    self._start()
            raise AnsweringEnded(
                "the process that answers ended (was it out of memory?) and is starting again: ask once more"
            ) from error


# What follows runs in the other process.

_opened: list[Assistant] = []


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the page, which ends this process too
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _open(folder: Path, model: str | None, reader: str | None) -> Calibration:
    _opened.append(open_assistant(folder, model, reader))
    return _opened[0].calibration


def _ask(question: str, threshold: float | None, within: Sequence[str] | None) -> Answer | NotFound:
    return _opened[0].ask(question, threshold, within)


def _speaking(question: str, within: Sequence[str] | None) -> Speaking:
    return speaking(_opened[0], question, within)


def _supports(claim: str, texts: Sequence[str]) -> Sequence[bool]:
    return _opened[0].supports(claim, texts)


def _compute(method: str, texts: Sequence[str]) -> _Numbers:
    return _call(_opened[0].embedder, method, texts)
