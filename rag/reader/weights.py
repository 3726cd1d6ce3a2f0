"""What the reader learned, added to the bundled encoder in PyTorch; `index.learned` says what the file holds."""

from __future__ import annotations

from pathlib import Path

import torch

from index.learned import with_difference
from rag.reader.network import ReaderNetwork, bundled_network

_ENCODER = "encoder."


def load_network(weights: Path, bundled: Path) -> ReaderNetwork:
    """The bundled encoder with the difference added, ready to read. Raises OSError for a missing file."""
    network = bundled_network(bundled)
    plain = {
        name.removeprefix(_ENCODER): value.numpy()
        for name, value in network.state_dict().items()
        if name.startswith(_ENCODER)
    }
    learned = with_difference(plain, weights)
    network.load_state_dict(
        {name: torch.from_numpy(learned[name.removeprefix(_ENCODER)]) for name in network.state_dict()}
    )
    return network.eval()
