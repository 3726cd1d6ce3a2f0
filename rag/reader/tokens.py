"""Question, heading and text as tokens, each text token with its place in the text.

The order is ``<s> question </s></s> heading text </s>``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from index.tokens import TextEncoder

BEGIN, PAD, BREAK = 0, 1, 2
CLOSED = -1e4  # the logit of a token that cannot begin or end an answer; safe in bf16
QUESTION_TOKENS = 64  # longer questions are cut
HEADING_TOKENS = 32


@dataclass(frozen=True, slots=True)
class Tokens:
    """`ids` of a piece of text and the `spans` in it, code points, one a token."""

    ids: list[int]
    spans: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """What the network reads at once. `first` is the place of the text's first token in `ids`."""

    ids: list[int]
    first: int
    spans: list[tuple[int, int]]


def encode(tokenizer: Tokenizer, text: str) -> Tokens:
    """Tokens without the marks of beginning and end."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(encoding.ids, encoding.offsets)


def encode_all(tokenizer: TextEncoder, texts: Sequence[str]) -> list[Tokens]:
    """`encode` of each text, at once."""
    found = tokenizer.encode_batch(list(texts), add_special_tokens=False)
    return [Tokens(one.ids, one.offsets) for one in found]


def windows(question: Tokens, heading: Tokens, text: Tokens, size: int, overlap: int = 64) -> list[Window]:
    """One window where all fits in `size` tokens, else several that share `overlap` tokens."""
    before = _before(question, heading)
    room = size - len(before) - 1
    step = max(1, room - overlap)
    found = []
    for start in range(0, max(1, len(text.ids)), step):
        ids, spans = text.ids[start : start + room], text.spans[start : start + room]
        found.append(Window([*before, *ids, BREAK], len(before), spans))
        if start + room >= len(text.ids):
            break
    return found


def asking(question: Tokens, heading: Tokens, window: Window) -> Window:
    """The same stretch of the text, read for another question that is no longer."""
    before = _before(question, heading)
    return Window([*before, *window.ids[window.first :]], len(before), window.spans)


def _before(question: Tokens, heading: Tokens) -> list[int]:
    return [BEGIN, *question.ids[:QUESTION_TOKENS], BREAK, BREAK, *heading.ids[:HEADING_TOKENS]]


def padded(windows_: Sequence[Window]) -> tuple[list[list[int]], list[list[bool]], list[list[bool]]]:
    """ids, attention, and which tokens belong to the text; rows of one length."""
    length = max(len(window.ids) for window in windows_)
    ids, attention, open_ = [], [], []
    for window in windows_:
        missing = length - len(window.ids)
        ids.append(window.ids + [PAD] * missing)
        attention.append([True] * len(window.ids) + [False] * missing)
        last = window.first + len(window.spans)
        open_.append([window.first <= place < last for place in range(length)])
    return ids, attention, open_
