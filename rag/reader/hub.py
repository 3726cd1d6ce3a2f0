"""Any extractive model of the Hugging Face hub, by name or folder, behind the reader's seam."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from index.errors import ModelUnavailable
from rag.reader.spans import best_spans, settle
from rag.records import SpanReading

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

WINDOW = 384  # tokens, as such models are usually trained
STRIDE = 128
_BATCH = 8
_NOTHING = -1e9


class HubReader:
    """A model with a start and an end head, where "no answer" is a span at the first token."""

    def __init__(self, model: Any, tokenizer: PreTrainedTokenizerBase, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._model = model.eval()
        self._tokenizer = tokenizer

    def read_spans(
        self, question: str, texts: Sequence[str], headings: Sequence[str], count: int
    ) -> list[list[SpanReading]]:
        """See `Reader`; headings are not shown to these models. `answerable` is the margin over "no answer"."""
        if not texts:
            return []
        encoded = self._tokenizer(
            [question] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=WINDOW,
            stride=STRIDE,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
            return_tensors="pt",
        )
        places = encoded.pop("overflow_to_sample_mapping").tolist()
        offsets = encoded.pop("offset_mapping").tolist()
        found: list[list[SpanReading]] = [[] for _ in texts]
        for first in range(0, len(places), _BATCH):
            part = {name: value[first : first + _BATCH] for name, value in encoded.items()}
            with torch.inference_mode():
                output = self._model(**part)
            for row in range(len(output.start_logits)):
                window = first + row
                inside = [place for place, segment in enumerate(encoded.sequence_ids(window)) if segment == 1]
                text = texts[places[window]]
                spans = [offsets[window][place] for place in inside]
                start, end = output.start_logits[row], output.end_logits[row]
                found[places[window]] += _readings(start, end, inside, spans, text, count)
        return [_best(readings, count) for readings in found]


def load_hub_reader(name: str) -> HubReader:
    """Load a model by its name on the hub or its folder. Raises ModelUnavailable."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForQuestionAnswering.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelUnavailable(
            f"the reader {name} cannot be loaded ({reason}): name an extractive question-answering model of the hub, "
            "or the folder of one"
        ) from error
    if not tokenizer.is_fast:
        raise ModelUnavailable(f"the reader {name} has no fast tokenizer, so its answers have no exact places")
    return HubReader(model, tokenizer, _fingerprint(model, name))


def _readings(
    start: torch.Tensor,
    end: torch.Tensor,
    inside: Sequence[int],
    spans: Sequence[Sequence[int]],
    text: str,
    count: int,
) -> list[SpanReading]:
    """The spans of one window; tokens without extent are no part of an answer."""
    kept = [(place, span) for place, span in zip(inside, spans, strict=True) if span[1] > span[0]]
    if not kept:
        return []
    rows = [place for place, _ in kept]
    nothing = float(start[0] + end[0])
    found = []
    for span in best_spans(start[rows].numpy(), end[rows].numpy(), count):
        margin = float(start[kept[span.first][0]] + end[kept[span.last][0]]) - nothing
        first, last = settle(text, kept[span.first][1][0], kept[span.last][1][1])
        found.append(SpanReading(first, last, span.score, margin))
    return found


def _best(readings: Sequence[SpanReading], count: int) -> list[SpanReading]:
    """Of all windows, spans that do not overlap; all carry the best one's margin."""
    kept: list[SpanReading] = []
    for reading in sorted(readings, key=lambda one: (-one.answerable, one.start)):
        if all(reading.end <= other.start or reading.start >= other.end for other in kept):
            margin = kept[0].answerable if kept else reading.answerable
            kept.append(SpanReading(reading.start, reading.end, reading.span_logit, margin))
    return kept[:count] or [SpanReading(0, 0, _NOTHING, _NOTHING)]


def _fingerprint(model: Any, name: str) -> str:
    """SHA-256 of the weights where they are a folder's, else of the name and the hub's revision."""
    digest = hashlib.sha256()
    folder = Path(name)
    files = sorted(folder.glob("*.safetensors")) if folder.is_dir() else []
    for file in files:
        digest.update(file.read_bytes())
    if not files:
        digest.update(f"{name}@{getattr(model.config, '_commit_hash', '')}".encode())
    return digest.hexdigest()
