"""Rows made into what the reader sees: a question, a heading and a stretch of whole sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from random import Random

from training.rows import Passage

NO_TWIN = -1
_SENTENCE = re.compile(r"[^。！？!?؟।\n]*?(?:[。！？!?؟।\n]+|\.(?=\s)|$)[”’」』）)\"]*\s*")


@dataclass(frozen=True, slots=True)
class Example:
    """`start` and `end` are code points into `text`; both -1 where it holds no answer."""

    question: str
    heading: str
    text: str
    start: int
    end: int
    twin: int = NO_TWIN  # the number that it shares with the question that is nearly the same

    @property
    def answerable(self) -> bool:
        """Whether the text holds an answer."""
        return self.start >= 0


def whole(question: str, passage: Passage, answer: tuple[int, int] | None, heading: str = "") -> Example:
    """The passage uncut."""
    start, end = answer or (-1, -1)
    return Example(question, heading, passage.text, start, end)


def cut(example: Example, characters: int, random: Random) -> Example:
    """Whole sentences of about so many characters, around the answer where there is one."""
    spans = sentences(example.text)
    holding = [place for place, (start, end) in enumerate(spans) if start <= example.start and example.end <= end]
    if len(spans) < 2 or (example.answerable and not holding):
        return example
    first = last = holding[0] if holding else random.randrange(len(spans))
    while spans[last][1] - spans[first][0] < characters:
        sides = [side for side, open_ in (("left", first > 0), ("right", last + 1 < len(spans))) if open_]
        if not sides:
            break
        if random.choice(sides) == "left":
            first -= 1
        else:
            last += 1
    start, end = spans[first][0], spans[last][1]
    shift = start if example.answerable else 0
    return replace(example, text=example.text[start:end], start=example.start - shift, end=example.end - shift)


def without_answer(example: Example, random: Random) -> Example | None:
    """The same passage less the sentences that hold the answer's words, or None if little is left."""
    words = example.text[example.start : example.end]
    spans = [span for span in sentences(example.text) if words not in example.text[span[0] : span[1]]]
    runs: list[tuple[int, int]] = []
    for start, end in spans:
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    runs = [run for run in runs if run[1] - run[0] >= 30]
    if not runs:
        return None
    start, end = random.choice(runs)
    return Example(example.question, example.heading, example.text[start:end], -1, -1)


def swapped_in_both(example: Example, old: str, new: str) -> Example | None:
    """`old` becomes `new` in question and passage, so that the answer still stands."""
    before, after = example.text[: example.start], example.text[example.end :]
    answer = example.text[example.start : example.end]
    if old in answer or (old not in before and old not in after):
        return None
    before = before.replace(old, new)
    return Example(
        question=example.question.replace(old, new),
        heading=example.heading.replace(old, new),
        text=before + answer + after.replace(old, new),
        start=len(before),
        end=len(before) + len(answer),
    )


def sentences(text: str) -> list[tuple[int, int]]:
    """Rough sentence spans that cover the text; enough for training."""
    return [match.span() for match in _SENTENCE.finditer(text) if match.end() > match.start()]
