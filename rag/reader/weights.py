"""What the reader learned: a low-rank difference from the bundled encoder, and two heads.

The file is safetensors. A matrix of the encoder has `NAME.left` (out, rank) and `NAME.right`
(rank, in), in 8 bits, and `NAME.scale` (rank,): left x scale x right is added. A bias or norm has
`NAME.added`, fp16; the heads are stored whole, fp16, under their names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from rag.reader.network import ReaderNetwork, bundled_network

if TYPE_CHECKING:
    from torch import Tensor


def load_network(weights: Path, bundled: Path) -> ReaderNetwork:
    """The bundled encoder with the difference added, ready to read. Raises OSError for a missing file."""
    from safetensors.torch import load_file

    network = bundled_network(bundled)
    add_difference(network, load_file(weights))
    return network.eval()


@torch.no_grad()
def add_difference(network: ReaderNetwork, tensors: dict[str, Tensor]) -> None:
    """Change the network in place. Raises KeyError where a tensor fits nothing in it."""
    parameters = dict(network.named_parameters())
    for name, value in tensors.items():
        base, _, kind = name.rpartition(".")
        if kind == "left":
            scaled = value.float() * tensors[f"{base}.scale"]
            parameters[base].add_(scaled @ tensors[f"{base}.right"].float())
        elif kind == "added":
            parameters[base].add_(value.float())
        elif kind not in ("right", "scale"):
            parameters[name].copy_(value)
