"""Examples as padded batches of tokens, in an order that depends on the seed alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import torch

from rag.reader.tokens import Window, encode, padded, windows
from training.examples import NO_TWIN, Example
from training.settings import Settings

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, slots=True)
class Feature:
    """One window; `start` and `end` are token places in it (end included), -1 without an answer."""

    window: Window
    start: int
    end: int
    twin: int = NO_TWIN


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of (rows, tokens); `starts`, `ends` (rows,), -1 without an answer; `twins` (rows,), -1 without one."""

    tokens: torch.Tensor
    attention: torch.Tensor
    open_: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    twins: torch.Tensor


def feature(tokenizer: Tokenizer, example: Example, size: int, random: Random) -> Feature | None:
    """A window of the example, with the answer where there is one; None where it fits in none."""
    question, heading, text = (encode(tokenizer, part) for part in (example.question, example.heading, example.text))
    found = windows(question, heading, text, size)
    if not example.answerable:
        return Feature(random.choice(found), -1, -1, example.twin)
    placed = [_placed(window, example) for window in found]
    whole = [one for one in placed if one is not None]
    return replace(random.choice(whole), twin=example.twin) if whole else None


def _placed(window: Window, example: Example) -> Feature | None:
    spans = enumerate(window.spans)
    inside = [place for place, (start, end) in spans if max(start, example.start) < min(end, example.end)]
    if not inside:
        return None
    first, last = inside[0], inside[-1]
    if window.spans[first][0] > example.start or window.spans[last][1] < example.end:
        return None  # the window's edge cuts the answer
    return Feature(window, window.first + first, window.first + last)


def batches(example: Callable[[int], Example], tokenizer: Tokenizer, settings: Settings, block: int) -> list[Batch]:
    """The batches of one block of rows, the same at every call."""
    numbers = range(block * settings.block, (block + 1) * settings.block)
    random = Random(f"{settings.seed}:block:{block}")
    drawn = (feature(tokenizer, example(number), settings.window, random) for number in numbers)
    features = _sorted([one for one in drawn if one is not None])
    groups = list(_groups(features, settings.batch_tokens))
    random.shuffle(groups)
    return [collate(group) for group in groups]


def _sorted(features: Sequence[Feature]) -> list[Feature]:
    """Shortest first; of twins the shorter one just before the longer."""
    lengths = {one.twin: len(one.window.ids) for one in sorted(features, key=lambda one: len(one.window.ids))}

    def place(one: Feature) -> tuple[int, int, int]:
        own = len(one.window.ids)
        return (own, NO_TWIN, 0) if one.twin == NO_TWIN else (lengths[one.twin], one.twin, own)

    return sorted(features, key=place)


def _groups(features: Sequence[Feature], budget: int) -> Iterator[list[Feature]]:
    group: list[Feature] = []
    for one in features:  # shortest first, so the newest is the longest of its group
        twin = group and one.twin != NO_TWIN and one.twin == group[-1].twin
        if group and not twin and len(one.window.ids) * (len(group) + 1) > budget:
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def collate(features: Sequence[Feature]) -> Batch:
    """Rows of one length, padded at the right."""
    ids, attention, open_ = padded([one.window for one in features])
    return Batch(
        torch.tensor(ids),
        torch.tensor(attention),
        torch.tensor(open_),
        torch.tensor([one.start for one in features]),
        torch.tensor([one.end for one in features]),
        torch.tensor([one.twin for one in features]),
    )
