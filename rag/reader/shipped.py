"""Where what the reader learned is, and what names it. Imports no model library."""

from __future__ import annotations

from pathlib import Path

from index.learned import digest

SHIPPED = Path(__file__).with_name("weights") / "reader.safetensors"
RANGES = SHIPPED.with_name("ranges.safetensors")  # of its values, for products in 8 bits: index/eight_bits.py


def fingerprint(weights: Path = SHIPPED) -> str:
    """SHA-256 of the file, in hexadecimal. A calibration is fitted for one file."""
    return digest(weights)
