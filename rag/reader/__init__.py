"""Question + passages -> the best answer in each, and how likely it is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.records import Hit, Reading


class Reader(Protocol):
    """Reads hits for a question."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the hits, best first, no two with the same span. Empty for no hits."""


def load_reader() -> Reader:
    """The shipped reader. Raises ModelUnavailable."""
    from rag.reader.model import load_span_reader
    from rag.reader.trained import TrainedReader

    return TrainedReader(load_span_reader())
