"""What a server has done, in numbers, as Prometheus reads them. No question and no text is ever in them."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from index.library import Library
from index.states import file_states
from rag.records import Answer, NotFound

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_DOING = ("ask", "search", "mentions", "embed")


class Metrics:
    """The numbers of one server, in a registry of their own."""

    def __init__(self, library: Library, waiting: Callable[[], int]) -> None:
        """`waiting` says how many questions wait just now."""
        self._registry = CollectorRegistry()
        self._questions = Counter(
            "yinzheng_questions", "Questions by what came of them.", ("outcome",), registry=self._registry
        )
        for outcome in ("answered", "refused", "failed"):
            self._questions.labels(outcome)
        self._seconds = Histogram(
            "yinzheng_seconds", "Seconds that it took.", ("stage",), registry=self._registry, buckets=_SECONDS
        )
        for stage in _DOING:
            self._seconds.labels(stage)
        gauge = Gauge("yinzheng_waiting", "Questions that wait or are being answered.", registry=self._registry)
        gauge.set_function(waiting)
        self._registry.register(_OfLibrary(library))

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count how long something takes."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._seconds.labels(stage).observe(time.monotonic() - began)

    def asked(self, result: Answer | NotFound | None) -> None:
        """Count a question; None is one that failed."""
        outcome = "failed" if result is None else "answered" if isinstance(result, Answer) else "refused"
        self._questions.labels(outcome).inc()

    def text(self) -> bytes:
        """The numbers as they are now."""
        return generate_latest(self._registry)


class _OfLibrary(Collector):
    """What is in the library, looked at when it is asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def describe(self) -> Iterable[Metric]:
        """Nothing yet, so that registering looks at no library."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Documents, passages, and files by how far they have come."""
        counts = self._library.counts()
        yield GaugeMetricFamily("yinzheng_documents", "Documents in the library.", value=counts.documents)
        yield GaugeMetricFamily("yinzheng_passages", "Passages in the library.", value=counts.passages)
        files = GaugeMetricFamily("yinzheng_files", "Files by how far they have come.", labels=("state",))
        for state, count in sorted(Tally(one.state for one in file_states(self._library)).items()):
            files.add_metric([state], count)
        yield files
