"""The reader's network: the bundled encoder, a span head, and a head that says whether it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from rag.reader.tokens import CLOSED, Window, padded

if TYPE_CHECKING:
    from transformers import BertModel

    from rag.reader.model import Network

HIDDEN = 384
_ATTENTION = "reader"  # the name that `attend` has in transformers


@dataclass(frozen=True, slots=True)
class Reading:
    """Logits in fp32: `start` and `end` (batch, tokens), `answerable` (batch,)."""

    start: torch.Tensor
    end: torch.Tensor
    answerable: torch.Tensor


class ReaderNetwork(nn.Module):
    """Two jobs, two heads: in one softmax with "no answer" the two pull against each other."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.span = nn.Linear(HIDDEN, 2)
        self.answerable = nn.Sequential(nn.Linear(3 * HIDDEN, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, 1))

    def forward(self, tokens: torch.Tensor, attention: torch.Tensor, open_: torch.Tensor) -> Reading:
        """`tokens`, `attention`, `open_`: (batch, tokens); `open_` marks what may be an answer.

        Whether the text answers is judged from the first token and from the likeliest start and
        end, taken as they are: that judgement must not move the span.
        """
        shut = torch.zeros(attention.shape).masked_fill(~attention, CLOSED)[:, None, None, :]
        hidden = self.encoder(input_ids=tokens, attention_mask=shut).last_hidden_state
        logits = self.span(hidden).float().masked_fill(~open_.unsqueeze(-1), CLOSED)
        weights = logits.detach().softmax(dim=1).to(hidden.dtype)
        ends = torch.einsum("btk,bth->bkh", weights, hidden)
        judged = torch.cat([hidden[:, 0], ends[:, 0], ends[:, 1]], dim=-1)
        return Reading(logits[..., 0], logits[..., 1], self.answerable(judged).float().squeeze(-1))


def attend(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention in plain products, (batch, heads, tokens, width of a head) to (batch, tokens, heads, width).

    For heads of 32 values on a CPU in bf16 it takes 45 ms forward and back where PyTorch's fused
    kernel takes 120 (18 rows of 160 tokens, one thread): the fused backward is slow there.
    """
    with torch.autocast("cpu", enabled=False):
        weights = (query * scaling) @ key.transpose(2, 3) + attention_mask.to(query.dtype)
        return (weights.softmax(-1) @ value).transpose(1, 2).contiguous(), None


def bundled_network(folder: Path, seed: int = 0) -> ReaderNetwork:
    """The encoder in `folder` with fresh heads, dropout off: it doubles the time on a CPU."""
    from transformers import AttentionInterface, BertModel

    AttentionInterface.register(_ATTENTION, attend)
    torch.manual_seed(seed)
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation=_ATTENTION)
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return ReaderNetwork(encoder)


def quickest_precision() -> torch.autocast:
    """bf16 where the processor computes in it; elsewhere it is made up for, at a third of the speed of fp32."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


def reads(network: ReaderNetwork) -> Network:
    """The network as what `SpanReader` calls, in bf16 where that is quicker."""
    from rag.reader.model import Logits

    network = network.eval()

    @torch.inference_mode()
    def read(windows: Sequence[Window]) -> Logits:
        rows = [torch.tensor(row) for row in padded(windows)]
        with quickest_precision():
            reading = network(*rows)
        return Logits(reading.start.numpy(), reading.end.numpy(), reading.answerable.numpy())

    return read
