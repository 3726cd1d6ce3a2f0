"""Matrix products in 8 bits: values and weights as whole numbers, with what their ranges were measured to be.

A channel whose values are large has its weights made larger instead (Xiao et al., SmoothQuant, 2022,
https://arxiv.org/abs/2211.10438), so that one scale does for all channels of a product. The ranges come from
`python -m training ranges`, over rows that are kept for training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import openvino

# (values, weight (out, in), the product's name) -> values times the weight.
Product = Callable[["openvino.Output", np.ndarray, str], "openvino.Output"]
# NAME.highest and NAME.lowest of a product's values, by channel, fp32; and `smoothing`, how much of a channel's size
# its weights take over.
Ranges = Mapping[str, np.ndarray]

SHIPPED = Path(__file__).with_name("weights") / "ranges.safetensors"  # of the embedder
_LEAST = 1e-5


def load_ranges(path: Path) -> Ranges:
    """What was measured. Raises OSError."""
    from safetensors.numpy import load_file

    found: dict[str, np.ndarray] = load_file(path)
    return found


def in_eight_bits(ranges: Ranges) -> Product:
    """Products that OpenVINO computes in 8 bits: of whole numbers on both sides, known when it compiles."""
    smoothing = float(ranges["smoothing"][0])

    def product(values: openvino.Output, weight: np.ndarray, name: str) -> openvino.Output:
        from openvino import opset13 as ops

        highest, lowest = ranges[f"{name}.highest"], ranges[f"{name}.lowest"]
        size = np.maximum(np.maximum(np.abs(highest), np.abs(lowest)), _LEAST)
        taken = size**smoothing / np.maximum(np.abs(weight).max(axis=0), _LEAST) ** (1 - smoothing)
        values = ops.multiply(values, _constant((1 / taken)[None, None, :]))
        low, high = _with_zero(float((lowest / taken).min()), float((highest / taken).max()))
        bounds = [_constant(bound) for bound in (low, high, low, high)]
        whole_values = ops.fake_quantize(values, *bounds, 256)
        larger = weight * taken
        scale = np.maximum(np.abs(larger).max(axis=1, keepdims=True), _LEAST) / 127
        whole = np.clip(np.round(larger / scale), -127, 127).astype(np.int8)
        factor = ops.multiply(ops.convert(ops.constant(whole), "f32"), _constant(scale))
        return ops.matmul(whole_values, factor, False, True)

    return product


def _with_zero(low: float, high: float) -> tuple[float, float]:
    """The bounds moved so that 0 is one of the 256 values between them, as padding and sums need it.

    >>> low, high = _with_zero(-0.1, 0.9)
    >>> round(-low / ((high - low) / 255), 6)
    26.0
    """
    low, high = min(low, -_LEAST), max(high, _LEAST)
    step = (high - low) / 255
    zero = round(-low / step)
    return -zero * step, (255 - zero) * step


def _constant(value: np.ndarray | float) -> openvino.Output:
    from openvino import opset13 as ops

    return ops.constant(np.ascontiguousarray(value, dtype=np.float32))
