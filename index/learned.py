"""What was learned on top of the bundled encoder: a small difference from its weights, added when it is loaded.

The file is safetensors, and has a matrix of the encoder in one of two ways.

- Cut to a low rank, as in what ships: `encoder.NAME.left` (out, rank) and `encoder.NAME.right` (rank, in), in 8 bits,
  and `encoder.NAME.scale` (rank,): left x scale x right is added.
- Whole, in 4 bits, as readers are packed now: `encoder.NAME.fours` (out, in / 2), two numbers a byte, the first of
  them in the lower half; what they stand for is in `levels` (16,), one for the file, and what it is to be multiplied
  by in `encoder.NAME.rows` (out,) and `encoder.NAME.columns` (in,), fp16.

A bias or norm has `encoder.NAME.added`, fp16. What the encoder does not have (the reader's heads) is stored whole,
fp16, under its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

LEVELS = "levels"
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
        elif kind == "fours":
            rows, columns = (tensors[f"{name.removesuffix('fours')}{part}"] for part in ("rows", "columns"))
            places = np.stack([value & 15, value >> 4], axis=-1).reshape(len(value), -1)
            changed[base] = changed[base] + tensors[LEVELS][places] * np.outer(
                rows.astype(np.float32), columns.astype(np.float32)
            )
        elif kind == "added":
            changed[base] = changed[base] + value.astype(np.float32)
        elif kind not in ("right", "scale", "rows", "columns") and name != LEVELS:
            changed[name] = value.astype(np.float32)
    return changed


def digest(file: Path) -> str:
    """SHA-256 of the file, in hexadecimal. Raises OSError."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
