"""A question -> every passage that speaks to it, as far as its reader finds: read on until nothing more comes.

An answer needs the best passage only; evidence is wanted from all. The passages are read in the order of nearness, and
reading ends when many in a row say nothing. How many were read is said, because those behind them were not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.collections import scope
from rag.answer import Assistant, UnusableQuestion
from rag.mentions import Mentions, speaking_to
from rag.read import BUDGET, read_hits
from rag.records import Reading
from rag.retrieve import retrieve
from rag.unseen import wording

MOST = 240  # passages read
SILENT = 36  # in a row that say nothing, after which no more are read
LEAST = 0.1  # probability of a reading that is shown: its user judges, and misses more than they are bothered


@dataclass(frozen=True, slots=True)
class Speaking:
    """Where the documents speak to a question, how many passages were read for it, and how many there are."""

    groups: tuple[Mentions, ...]
    read: int
    passages: int


def speaking(assistant: Assistant, question: str, within: Sequence[str] | None = None) -> Speaking:
    """Read the nearest passages, in everything or within collections and documents; the best document first.

    Raises UnusableQuestion or UnknownCollection.
    """
    question = question.strip()
    if not question:
        raise UnusableQuestion("the question is empty: type what you want to know")
    library = assistant.library
    vector = assistant.embedder.embed_questions([question])[0]
    with library.snapshot():
        limits = None if within is None else scope(library, within)
        hits = retrieve(library, question, vector, MOST, limits)
        asked = wording(library, question)
        readings: list[Reading] = []
        done = silent = 0
        while done < len(hits) and silent < SILENT:
            step = hits[done : done + BUDGET]
            read = read_hits(assistant.reader, assistant.calibration, question, step, asked, clear=2.0).readings
            found = [one for one in read if one.probability >= LEAST]
            readings += found
            silent = 0 if found else silent + len(step)
            done += len(step)
        readings.sort(key=lambda one: -one.probability)
        counts = library.counts(None if limits is None else limits.documents)
        return Speaking(tuple(speaking_to(library, readings, LEAST)), done, counts.passages)
