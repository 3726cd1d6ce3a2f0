"""Question + texts -> the best answer spans in each, and how likely each text answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.records import SpanReading


class Reader(Protocol):
    """A loaded model that reads."""

    fingerprint: str  # of what it was loaded from; a calibration belongs to one

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        """For each text up to `count` spans that do not overlap, best first; at least one.

        `headings` has one line a text, "" for none.
        """


def load_reader(name: str | None = None) -> Reader:
    """The shipped reader, or an extractive model by its name on the hub or its folder. Raises ModelUnavailable."""
    if name is not None:
        from rag.reader.hub import load_hub_reader

        return load_hub_reader(name)
    from rag.reader.model import load_span_reader

    return load_span_reader()
