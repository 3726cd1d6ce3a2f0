"""What the reader learned: a low-rank difference from the bundled encoder, and two heads.

The file is safetensors. A matrix of the encoder has `NAME.left` (out, rank) and `NAME.right`
(rank, in), fp16, whose product is added; a bias or norm has `NAME.added`; the heads are stored
whole under their names. The file's metadata holds the calibration, see `Calibration`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from rag.reader.network import ReaderNetwork, bundled_network

if TYPE_CHECKING:
    from torch import Tensor

SHIPPED = Path(__file__).with_name("weights") / "reader.safetensors"


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a logit to a probability, and the logit under which the reader should not answer.

    The probability is that the answer given is right, where as many questions have an answer in
    the documents as have none.
    """

    slope: float
    offset: float
    threshold: float

    def probability(self, logit: float) -> float:
        """Between 0 and 1, rising with the logit."""
        place = self.slope * logit + self.offset
        return 1 / (1 + exp(-place)) if place > 0 else exp(place) / (1 + exp(place))


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
            parameters[base].add_(value.float() @ tensors[f"{base}.right"].float())
        elif kind == "added":
            parameters[base].add_(value.float())
        elif kind != "right":
            parameters[name].copy_(value)


def read_calibration(weights: Path) -> Calibration:
    """Raises KeyError where the file has none."""
    from safetensors import safe_open

    with safe_open(weights, framework="pt") as file:
        found = file.metadata() or {}
    return Calibration(float(found["slope"]), float(found["offset"]), float(found["threshold"]))


def fingerprint(weights: Path) -> str:
    """SHA-256 of the file, in hexadecimal."""
    return hashlib.sha256(weights.read_bytes()).hexdigest()
