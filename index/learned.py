"""What was learned on top of the bundled encoder: a small difference from its weights, added when it is loaded.

The file is safetensors. A matrix of the encoder has `encoder.NAME.left` (out, rank) and `encoder.NAME.right`
(rank, in), in 8 bits, and `encoder.NAME.scale` (rank,): left x scale x right is added. A bias or norm has
`encoder.NAME.added`, fp16. What the encoder does not have (the reader's heads) is stored whole, fp16, under its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

EMBEDDER = Path(__file__).with_name("weights") / "embedder.safetensors"  # made by `python -m training embedder`


def with_difference(layers: Mapping[str, np.ndarray], learned: Path) -> dict[str, np.ndarray]:
    """The layers' weights, by transformers' names, with what was learned added. Raises OSError.

    What the file stores whole is in the result under its own name.
    """
    from safetensors.numpy import load_file

    tensors = load_file(learned)
    changed: dict[str, np.ndarray] = dict(layers)
    for name, value in tensors.items():
        base, _, kind = name.rpartition(".")
        base = base.removeprefix("encoder.")
        if kind == "left":
            right, scale = (tensors[f"{name.removesuffix('left')}{part}"] for part in ("right", "scale"))
            changed[base] = changed[base] + (value.astype(np.float32) * scale) @ right.astype(np.float32)
        elif kind == "added":
            changed[base] = changed[base] + value.astype(np.float32)
        elif kind not in ("right", "scale"):
            changed[name] = value.astype(np.float32)
    return changed


def digest(file: Path) -> str:
    """SHA-256 of the file, in hexadecimal. Raises OSError."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
