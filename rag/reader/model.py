"""The shipped reader: question and texts in, the best answer spans of each and whether it answers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.encoder import by_length, runtime_folder
from index.tokens import TextEncoder, load_text_encoder
from rag.reader.shipped import SHIPPED, fingerprint
from rag.reader.spans import best_spans, settle
from rag.reader.tokens import PAD, Tokens, Window, asking, encode_all, windows
from rag.records import SpanReading
from rag.reworded import reworded

WINDOW = 256  # tokens, as in training
_NOTHING = -1e9
# A text of a lower logit is not read for the second wording, which moves it by 0.4 in the mean: of such texts none came
# above 0 by it, of questions kept out of training.
_HOPELESS = -2.0


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of some windows: `start` and `end` (windows, tokens), `answerable` (windows,)."""

    start: np.ndarray
    end: np.ndarray
    answerable: np.ndarray


Network = Callable[[Sequence[Window]], Logits]


@dataclass(frozen=True, slots=True)
class _Read:
    """One window read: logits over its text tokens, and its text's place in the list."""

    text: int
    window: Window
    start: np.ndarray
    end: np.ndarray
    answerable: float


class SpanReader:
    """A loaded reader. Not changed by reading.

    Between Chinese and English a text that may answer is read twice, for the question as it is and as
    `reworded` puts it for that text, and the logits are the mean of both.
    """

    def __init__(self, network: Network, tokenizer: TextEncoder, fingerprint: str) -> None:
        self.network = network
        self.tokenizer = tokenizer
        self.fingerprint = fingerprint

    def read(self, question: str, texts: Sequence[str], headings: Sequence[str]) -> list[SpanReading]:
        """One reading a text, in the order given; `headings` has one a text, "" for none."""
        return [readings[0] for readings in self.read_spans(question, texts, headings, 1)]

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        """For each text up to `count` spans that do not overlap, best first; at least one."""
        found: list[list[SpanReading]] = [[] for _ in texts]
        for read in self._windows_read(question, texts, headings):
            found[read.text] += _spans(read, texts[read.text], count)
        return [_best(readings, count) for readings in found]

    def _windows_read(self, question: str, texts: Sequence[str], headings: Sequence[str]) -> list[_Read]:
        again = [reworded(question, text) for text in texts]
        asked, *encoded = encode_all(self.tokenizer, [question, *headings, *texts, *again])
        before, encoded = encoded[: len(headings)], encoded[len(headings) :]
        within, otherwise = encoded[: len(texts)], encoded[len(texts) :]
        arounds = [around if heading else Tokens([], []) for heading, around in zip(headings, before, strict=True)]
        parts: list[tuple[int, Window]] = []
        for place, (around, text) in enumerate(zip(arounds, within, strict=True)):
            tokens = _with_extent(text)
            if tokens.ids:
                longest = max(asked, otherwise[place], key=lambda one: len(one.ids))
                cut = windows(longest, around, tokens, WINDOW)
                parts += [(place, asking(asked, around, window)) for window in cut]
        reads = self._each_read(parts)
        doubtful = [read for read in reads if again[read.text] != question and read.answerable > _HOPELESS]
        second = self._each_read(
            [(read.text, asking(otherwise[read.text], arounds[read.text], read.window)) for read in doubtful]
        )
        return _in_the_mean([*reads, *second])

    def _each_read(self, parts: Sequence[tuple[int, Window]]) -> list[_Read]:
        """Windows with the places of their texts; read in the order of length, given back in their own."""
        found: list[_Read | None] = [None] * len(parts)
        for group in by_length([len(window.ids) for _, window in parts]):
            for place, read in zip(group, self._batch_read([parts[place] for place in group]), strict=True):
                found[place] = read
        return [read for read in found if read is not None]

    def _batch_read(self, parts: Sequence[tuple[int, Window]]) -> list[_Read]:
        logits = self.network([window for _, window in parts])
        found = []
        for row, (place, window) in enumerate(parts):
            inside = slice(window.first, window.first + len(window.spans))
            start, end = logits.start[row, inside], logits.end[row, inside]
            found.append(_Read(place, window, start, end, float(logits.answerable[row])))
        return found


def load_span_reader(weights: Path = SHIPPED) -> SpanReader:
    """The shipped reader, on OpenVINO where it is installed, else on PyTorch.

    Raises ModelUnavailable where the bundled encoder cannot be had.
    """
    from index.bundled import BUNDLED_NAME
    from index.embed import model_folder

    bundled = model_folder(BUNDLED_NAME)
    if importlib.util.find_spec("openvino") is not None:
        from rag.reader.quick import quick_network

        network = quick_network(weights, bundled)
    else:
        from rag.reader.network import reads
        from rag.reader.weights import load_network

        network = reads(load_network(weights, bundled))
    return SpanReader(network, load_text_encoder(bundled, runtime_folder(bundled)), fingerprint(weights))


def _with_extent(tokens: Tokens) -> Tokens:
    """Without the tokens that stand for no character of the text."""
    kept = [(id_, span) for id_, span in zip(tokens.ids, tokens.spans, strict=True) if span[1] > span[0] and id_ != PAD]
    return Tokens([id_ for id_, _ in kept], [span for _, span in kept])


def _in_the_mean(reads: Sequence[_Read]) -> list[_Read]:
    """One for each stretch of a text: what its wordings of the question say of it, in the mean."""
    found: dict[tuple[int, int], list[_Read]] = {}
    for read in reads:
        found.setdefault((read.text, read.window.spans[0][0]), []).append(read)
    return [
        same[0]
        if len(same) == 1
        else _Read(
            same[0].text,
            same[0].window,
            np.mean([one.start for one in same], axis=0),
            np.mean([one.end for one in same], axis=0),
            sum(one.answerable for one in same) / len(same),
        )
        for same in found.values()
    ]


def _spans(read: _Read, text: str, count: int) -> list[SpanReading]:
    found = []
    for span in best_spans(read.start, read.end, count):
        start, end = settle(text, read.window.spans[span.first][0], read.window.spans[span.last][1])
        found.append(SpanReading(start, end, span.score, read.answerable))
    return found


def _best(readings: list[SpanReading], count: int) -> list[SpanReading]:
    """Windows of one text overlap: the better reading of two that overlap stays."""
    highest = max((reading.answerable for reading in readings), default=_NOTHING)
    kept: list[SpanReading] = []
    for reading in sorted(readings, key=lambda one: (-(one.answerable + one.span_logit), one.start)):
        if all(reading.end <= other.start or reading.start >= other.end for other in kept):
            answerable = reading.answerable if kept else highest
            kept.append(SpanReading(reading.start, reading.end, reading.span_logit, answerable))
    return kept[:count] or [SpanReading(0, 0, _NOTHING, _NOTHING)]
