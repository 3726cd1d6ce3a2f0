"""Who answers the page's questions: an assistant here, or one in a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Protocol, TypeVar

from index.errors import YinzhengError
from index.library import Library
from rag.answer import Assistant, open_assistant
from rag.judge import Calibration
from rag.records import Answer, NotFound

_Result = TypeVar("_Result")


class AnsweringEnded(YinzhengError):
    """The process that answers is gone."""


class Answering(Protocol):
    """The library at once, and the answers when what makes them is ready."""

    library: Library

    @property
    def ready(self) -> bool:
        """Whether a question is answered without waiting for the models to load."""

    @property
    def calibration(self) -> Calibration | None:
        """What its confidence is worth; None while it is not ready."""

    def wait(self) -> None:
        """Return when it is ready. Raises what stopped it from becoming so."""

    def ask(self, question: str, threshold: float | None = None) -> Answer | NotFound:
        """`Assistant.ask`, when it is ready. May be called from any thread; questions are answered one by one."""


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

    def ask(self, question: str, threshold: float | None = None) -> Answer | NotFound:
        """`Assistant.ask`."""
        with self._lock:
            return self._assistant.ask(question, threshold)


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

    def ask(self, question: str, threshold: float | None = None) -> Answer | NotFound:
        """`Assistant.ask`. Raises what that does, or AnsweringEnded; the process is then started again."""
        self.wait()
        answer: Future[Answer | NotFound] = self._pool.submit(_ask, question, threshold)
        return self._result(answer)

    def close(self) -> None:
        """End the process, after what it is at."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        self._pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin)
        self._opened = self._pool.submit(_open, self.library.folder, self._model, self._reader)

    def _result(self, future: Future[_Result]) -> _Result:
        try:
            return future.result()
        except BrokenProcessPool as error:
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


def _ask(question: str, threshold: float | None) -> Answer | NotFound:
    return _opened[0].ask(question, threshold)
