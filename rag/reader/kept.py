"""Readings of a conversation kept: asking the same again, or with another threshold, reads nothing anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from rag.reader import Reader
from rag.records import SpanReading

KEPT = 2000  # readings, each of one text for one question; some hundred questions


class KeptReadings:
    """A reader that remembers what it read last. Not safe to share between threads."""

    def __init__(self, reader: Reader, kept: int = KEPT) -> None:
        self.fingerprint = reader.fingerprint
        self._reader = reader
        self._kept = kept
        self._readings: OrderedDict[tuple[str, str, str, int], list[SpanReading]] = OrderedDict()

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        """As the reader's; only texts that are not remembered for this question are read."""
        keys = [(question, heading, text, count) for text, heading in zip(texts, headings, strict=True)]
        new = list(dict.fromkeys(key for key in keys if key not in self._readings))
        read = self._reader.read_spans(question, [key[2] for key in new], [key[1] for key in new], count) if new else []
        found = dict(zip(new, read, strict=True))
        for key in keys:
            found[key] = self._readings[key] = found.get(key) or self._readings[key]
            self._readings.move_to_end(key)
        while len(self._readings) > self._kept:
            self._readings.popitem(last=False)
        return [found[key] for key in keys]
