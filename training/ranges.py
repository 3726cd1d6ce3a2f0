"""What the values of the encoder's matrix products range over, which computing them in 8 bits has to know.

Measured over rows kept for training, one text at a time, so that no padding counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from index.bundled import E5_PROMPTS, bundled_model_folder
from index.eight_bits import SHIPPED as EMBEDDER_RANGES
from index.eight_bits import Product, Ranges
from index.encoder import (
    Encoder,
    Weights,
    embedded,
    encoder_graph,
    exact,
    indices,
    layer_weights,
    load_encoder,
    parameter,
    partly_in_eight_bits,
    runtime,
    runtime_folder,
    threads,
)
from index.learned import EMBEDDER, with_difference
from index.tokens import load_text_encoder
from rag.reader.model import Logits, SpanReader
from rag.reader.quick import quick_network
from rag.reader.shipped import RANGES as READER_RANGES
from rag.reader.shipped import SHIPPED as READER
from rag.reader.tokens import Window
from training.rows import XQUAD, Dataset, Row, Slice, read_sets

if TYPE_CHECKING:
    import openvino

ROWS = 20  # a language: a question, its passage, and both together
TRIED = (0.5, 0.65, 0.8, 0.9)  # how much of a channel's size its weights take over
_MOST_TOKENS = 512
# Products that stay as they are: the second of each layer's feed-forward pair, as what goes into it is far from evenly
# spread, and makes half of the embedder's loss. The reader's answers lose little by it.
_LEFT = {EMBEDDER_RANGES: r"\d\.output\.dense\.", READER_RANGES: r"$^"}

Ids = list[list[int]]


def measure_ranges(data: Path, say: Callable[[str], None]) -> None:
    """Write what both models' values range over on `train` rows, and the best smoothing on `dev` rows.

    Reads `data`, the folder of the question-answering sets, and replaces the files that ship.
    """
    sets = read_sets(data, XQUAD)
    encoder = load_encoder(bundled_model_folder())
    plain = layer_weights(encoder.folder)
    embedder, reader = (with_difference(plain, learned) for learned in (EMBEDDER, READER))
    for path, weights, texts in ((EMBEDDER_RANGES, embedder, _texts), (READER_RANGES, reader, _windows)):
        measured = ranges_of(encoder, weights, texts(encoder, _rows(sets, "train")))
        measured = {name: value for name, value in measured.items() if not re.search(_LEFT[path], name)}
        rows = texts(encoder, _rows(sets, "dev"))
        whole = _pooled(encoder, weights, rows, exact)
        means: dict[float, float] = {}
        for smoothing in TRIED:
            product = partly_in_eight_bits(with_smoothing(measured, smoothing))
            cosines = (whole * _pooled(encoder, weights, rows, product)).sum(axis=1)
            means[smoothing] = float(cosines.mean())
            say(
                f"{path.parents[1].name}: {path.name}, smoothing {smoothing}: cosine to fp32 {cosines.mean():.5f} in "
                f"the mean, {cosines.min():.5f} at least, of {len(rows)} dev rows"
            )
        _write(with_smoothing(measured, max(means, key=means.__getitem__)), path)


def with_smoothing(measured: Ranges, smoothing: float) -> Ranges:
    """The ranges, and how much of a channel's size its weights take over."""
    return {**measured, "smoothing": np.array([smoothing], np.float32)}


def ranges_of(encoder: Encoder, weights: Weights, rows: Sequence[Sequence[int]]) -> Ranges:
    """The highest and lowest value of each channel that goes into each product, over rows of token ids."""
    taken: list[tuple[str, openvino.Output, openvino.Output]] = []

    def watched(values: openvino.Output, weight: np.ndarray, name: str) -> openvino.Output:
        from openvino import opset13 as ops

        table = ops.reshape(values, indices(-1, weight.shape[1]), False)
        taken.append((name, ops.reduce_max(table, indices(0)), ops.reduce_min(table, indices(0))))
        return exact(values, weight, name)

    values, mask = parameter(3, encoder.shape.width), parameter(2)
    encoder_graph(encoder.shape, weights, values, mask, watched)
    ends = [end for _, highest, lowest in taken for end in (highest, lowest)]
    request = _request(ends, [values, mask], "f32")
    found: list[np.ndarray] = []
    for row in rows:
        seen = list(request.infer([*embedded(encoder, [row])]).values())
        found = [
            (np.minimum if place % 2 else np.maximum)(one, found[place]) if found else one.copy()
            for place, one in enumerate(seen)
        ]
    names = [f"{name}.{end}" for name, _, _ in taken for end in ("highest", "lowest")]
    return dict(zip(names, found, strict=True))


def _rows(sets: dict[str, Dataset], part: Slice) -> list[Row]:
    """So many rows of each language, drawn evenly."""
    found = []
    for dataset in sets.values():
        rows = dataset.of(part)
        found += Random(dataset.name).sample(rows, min(ROWS, len(rows)))
    return found


def _texts(encoder: Encoder, rows: Sequence[Row]) -> Ids:
    """Questions and passages, as the embedder is given them."""
    tokenizer = load_text_encoder(encoder.folder, runtime_folder(encoder.folder))
    texts = [f"{E5_PROMPTS['query']}{row.question}" for row in rows]
    texts += [f"{E5_PROMPTS['document']}{row.passage.text}" for row in rows]
    return [list(one.ids[:_MOST_TOKENS]) for one in tokenizer.encode_batch(texts)]


def _windows(encoder: Encoder, rows: Sequence[Row]) -> Ids:
    """Questions with their passage, and with another that does not answer, as the reader is given them."""
    network = quick_network(READER, encoder.folder, "f32")
    seen: list[Window] = []

    def watched(windows: Sequence[Window]) -> Logits:
        seen.extend(windows)
        return network(windows)

    reader = SpanReader(watched, load_text_encoder(encoder.folder, runtime_folder(encoder.folder)), "")
    for place, row in enumerate(rows):
        other = rows[place - 1].passage
        reader.read(row.question, [row.passage.text, other.text], [row.passage.title, other.title])
    return [list(window.ids) for window in seen]


def _pooled(encoder: Encoder, weights: Weights, rows: Ids, product: Product) -> np.ndarray:
    """Unit vectors: the mean of the last layer, which the loss is measured by for the reader too."""
    from openvino import opset13 as ops

    values, mask = parameter(3, encoder.shape.width), parameter(2)
    state = encoder_graph(encoder.shape, weights, values, mask, product)
    vector = ops.normalize_l2(ops.reduce_mean(state, indices(1)), indices(1), 1e-12, "max")
    request = _request([vector], [values, mask], "f32")
    return np.concatenate([request.infer([*embedded(encoder, [row])])[0] for row in rows])


def _request(ends: Sequence[openvino.Output], given: Sequence[openvino.Output], hint: str) -> openvino.InferRequest:
    settings = {"INFERENCE_PRECISION_HINT": hint, "INFERENCE_NUM_THREADS": threads(), "ENABLE_CPU_PINNING": False}
    model = runtime().Model(list(ends), list(given), "measured")
    return runtime().Core().compile_model(model, "CPU", settings).create_infer_request()


def _write(measured: Ranges, path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({name: np.ascontiguousarray(value, np.float32) for name, value in measured.items()}, path)
