"""What makes training harder, so that a row seen again is not known by heart: layers left out and tokens hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import torch

from rag.reader.network import ReaderNetwork
from training.features import Batch
from training.settings import Settings

_MASK = 250001  # `<mask>` of the bundled vocabulary
_LAST_MARK = 3  # the tokens up to it are marks, of no text
_ROWS = 0.5  # the share of the rows that have tokens hidden


class Obstacles:
    """Throws the dice of a run; `state` and `go_on` carry them over a stop."""

    def __init__(self, settings: Settings) -> None:
        self._hidden, self._left_out = settings.hidden, settings.layers_left_out
        # Not of the settings' seed: the ends that ship were thrown with these.
        self._tokens = torch.Generator().manual_seed(1)
        self._layers = Random(7)

    def leave_out_layers(self, network: ReaderNetwork) -> None:
        """From now on each layer passes on what it was given, with this probability, while training."""
        if self._left_out:
            for layer in network.encoder.encoder.layer:
                layer.forward = self._sometimes(layer, layer.forward)

    def _sometimes(self, layer: torch.nn.Module, forward: Callable[..., Any]) -> Callable[..., Any]:
        def passed(hidden_states: torch.Tensor, *given: Any, **named: Any) -> Any:
            if layer.training and self._layers.random() < self._left_out:
                return hidden_states
            return forward(hidden_states, *given, **named)

        return passed

    def hide(self, batch: Batch) -> Batch:
        """The batch with the mask in place of some tokens, none of an answer."""
        if not self._hidden:
            return batch
        shape = batch.tokens.shape
        rows = torch.rand(shape[0], 1, generator=self._tokens) < _ROWS
        hidden = (torch.rand(shape, generator=self._tokens) < self._hidden) & rows
        hidden &= (batch.tokens > _LAST_MARK) & batch.attention
        places = torch.arange(shape[1])
        answers = (places >= batch.starts[:, None]) & (places <= batch.ends[:, None]) & (batch.starts >= 0)[:, None]
        return replace(batch, tokens=batch.tokens.masked_fill(hidden & ~answers, _MASK))

    def state(self) -> dict[str, Any]:
        """Of the dice."""
        version, numbers, _ = self._layers.getstate()
        return {"tokens": self._tokens.get_state(), "layers": (version, numbers)}

    def go_on(self, state: dict[str, Any]) -> None:
        """With the dice of a checkpoint."""
        self._tokens.set_state(state["tokens"])
        version, numbers = state["layers"]
        self._layers.setstate((version, tuple(numbers), None))
