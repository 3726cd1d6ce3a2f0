"""What answers a server's page and programs: a bounded queue before it, and a count of what came of each question."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.log import log_question
from api.metrics import Metrics
from index.embed import Embedder
from index.errors import YinzhengError
from index.library import Library
from page.answering import Answering
from rag.judge import Calibration
from rag.records import Answer, NotFound
from rag.speaking import Speaking

MOST_WAITING = 64  # questions at once, the one being answered included: some 20 s of waiting on two cores


class TooManyWaiting(YinzhengError):
    """So many questions wait that another would wait too long."""


class Watched:
    """An Answering. Questions beyond the bound are refused at once; the others are answered in their turn."""

    def __init__(self, answering: Answering, most_waiting: int = MOST_WAITING) -> None:
        self.library: Library = answering.library
        self.metrics = Metrics(answering.library, lambda: self._waiting)
        self._answering = answering
        self._most = most_waiting
        self._waiting = 0
        self._lock = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        """The answering's own."""
        return self._answering.embedder

    @property
    def ready(self) -> bool:
        """Whether it is."""
        return self._answering.ready

    @property
    def calibration(self) -> Calibration | None:
        """The answering's own."""
        return self._answering.calibration

    def wait(self) -> None:
        """Until it is ready."""
        self._answering.wait()

    def ask(
        self, question: str, threshold: float | None = None, within: Sequence[str] | None = None
    ) -> Answer | NotFound:
        """`Answering.ask`. Raises TooManyWaiting too."""
        result = None
        began = time.monotonic()
        try:
            with self._place(), self.metrics.timed("ask"):
                result = self._answering.ask(question, threshold, within)
            return result
        finally:
            self.metrics.asked(result)
            log_question(question, result, time.monotonic() - began)

    def speaking(self, question: str, within: Sequence[str] | None = None) -> Speaking:
        """`Answering.speaking`. Raises TooManyWaiting too."""
        with self._place(), self.metrics.timed("mentions"):
            return self._answering.speaking(question, within)

    def supports(self, claim: str, texts: Sequence[str]) -> Sequence[bool]:
        """`Answering.supports`: part of an answer that has been begun, and never refused."""
        return self._answering.supports(claim, texts)

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._lock:
            if self._waiting >= self._most:
                raise TooManyWaiting(
                    f"{self._waiting} questions are waiting already: ask again in half a minute. "
                    "排队的问题太多，请半分钟后再问"
                )
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
