"""The shipped reader on OpenVINO: the same network as `network.py`, without PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import (
    Encoder,
    Precision,
    best_precision,
    best_without_ranges,
    compiled,
    constant,
    embedded,
    encoder_graph,
    index,
    indices,
    layer_weights,
    linear,
    load_encoder,
    padded,
    parameter,
    product_in,
    version_of,
)
from index.learned import with_difference
from rag.reader.model import Logits, Network
from rag.reader.shipped import RANGES, SHIPPED, fingerprint
from rag.reader.tokens import CLOSED, Window

if TYPE_CHECKING:
    import openvino


def quick_network(weights: Path, bundled: Path, precision: Precision | None = None) -> Network:
    """The network of the bundled encoder with the difference in `weights` added. Raises OSError."""
    encoder = load_encoder(bundled)
    usual: Precision = best_precision() if weights == SHIPPED else best_without_ranges()
    request = _compiled(encoder, weights, precision or usual).create_infer_request()

    def read(windows: Sequence[Window]) -> Logits:
        tokens = padded(max(len(window.ids) for window in windows))
        values, mask = embedded(encoder, [window.ids for window in windows], tokens)
        open_ = np.zeros(mask.shape, dtype=np.float32)
        for row, window in enumerate(windows):
            open_[row, window.first : window.first + len(window.spans)] = 1
        logits, answerable = request.infer([values, mask, open_]).values()
        return Logits(logits[..., 0], logits[..., 1], answerable[:, 0])

    return read


def _compiled(encoder: Encoder, weights: Path, precision: Precision) -> openvino.CompiledModel:
    def built() -> openvino.Model:
        import openvino
        from openvino import opset13 as ops

        learned = with_difference(layer_weights(encoder.folder), weights)
        values, mask, open_ = parameter(3, encoder.shape.width), parameter(2), parameter(2)
        hidden = encoder_graph(encoder.shape, learned, values, mask, product_in(precision, RANGES))
        # (rows, tokens, 2), closed where no answer may be.
        among = ops.unsqueeze(open_, indices(2))
        shut = ops.multiply(ops.subtract(constant(1.0), among), constant(CLOSED))
        logits = ops.add(ops.multiply(linear(hidden, learned, "span"), among), shut)
        ends = ops.matmul(ops.softmax(logits, 1), hidden, True, False)  # (rows, 2, width)
        both = ops.reshape(ends, indices(0, 2 * encoder.shape.width), True)
        first = ops.gather(hidden, index(0), index(1))
        judged = ops.gelu(linear(ops.concat([first, both], 1), learned, "answerable.0"), "erf")
        return openvino.Model([logits, linear(judged, learned, "answerable.2")], [values, mask, open_], "reader")

    return compiled("reader", encoder.folder, fingerprint(weights) + version_of(precision, RANGES), precision, built)
