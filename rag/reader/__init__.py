"""Question + passages -> the best answer in each, and how likely it is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.library import Library
from rag.records import Hit, Reading


class Reader(Protocol):
    """Reads hits for a question."""

    def read(self, library: Library, question: str, hits: Sequence[Hit]) -> list[Reading]:
        """The readings of the hits, best first; at most one a sentence. Empty for no hits."""
