"""What a question costs when the library is in Milvus, beside the same library in a folder."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.copying import copy_library
from index.places import shown_place
from index.talk import say
from rag.answer import open_assistant
from rag.calibrate import read_questions
from rag.records import Answer, NotFound

WARMING = 3  # questions


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions to one library: milliseconds at the 50th and 95th percentile, for passages and for a whole answer.

    `same` of the `questions` were answered as from the folder: the same words at the same places, or refused.
    """

    library: str
    documents: int
    passages: int
    questions: int
    found_p50: float
    found_p95: float
    answered_p50: float
    answered_p95: float
    same: int


def measure_elsewhere(folder: Path, address: Path, questions: Path) -> Sequence[Asked]:
    """Copy the library to the address, then ask both every question in turns; the first ones only warm."""
    say("Copying … 正在复制……")
    copy_library(folder, address)
    texts = [row["question"] for row in read_questions(questions)]
    both = {place: open_assistant(place) for place in (folder, address)}  # readers of their own, which keep readings
    times: dict[tuple[Path, str], list[float]] = {}
    same = 0
    for number, text in enumerate(texts, start=1):
        answers = []
        for place, assistant in both.items():
            began = time.perf_counter()
            assistant.search(text, 10)
            found = time.perf_counter()
            answers.append(_said(assistant.ask(text)))
            asked = time.perf_counter()
            if number > WARMING:
                times.setdefault((place, "found"), []).append(1000 * (found - began))
                times.setdefault((place, "answered"), []).append(1000 * (asked - found))
        same += number > WARMING and answers[0] == answers[1]
        say(f"{number} of {len(texts)} questions … {number}/{len(texts)}")

    def at(place: Path, what: str, share: int) -> float:
        return round(float(np.percentile(times[place, what], share)), 1)

    return [
        Asked(
            library=shown_place(place),
            documents=assistant.library.counts().documents,
            passages=assistant.library.counts().passages,
            questions=len(texts) - WARMING,
            found_p50=at(place, "found", 50),
            found_p95=at(place, "found", 95),
            answered_p50=at(place, "answered", 50),
            answered_p95=at(place, "answered", 95),
            same=same,
        )
        for place, assistant in both.items()
    ]


def _said(answer: Answer | NotFound) -> list[tuple[str, str, int, int]]:
    """What is answered and where it stands; nothing for a refusal."""
    findings = answer.findings if isinstance(answer, Answer) else ()
    return [(one.text, one.document, one.start, one.end) for one in findings]
