"""The bundled encoder on OpenVINO: token ids in, the last layer's values out.

The graph is built from the weights with OpenVINO's own operations, so that neither PyTorch nor a
conversion is needed. The table of word vectors, most of the model's bytes, stays on disk: only the
rows that a text needs are read, and the embedder and the reader share it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from platformdirs import user_cache_path

from index import eight_bits
from index.eight_bits import Product, Ranges, in_eight_bits, load_ranges
from index.learned import EMBEDDER, digest, with_difference

if TYPE_CHECKING:
    import openvino
    from tokenizers import Tokenizer

Weights = Mapping[str, np.ndarray]  # by transformers' names for a BertModel
_CPUINFO = Path("/proc/cpuinfo")
_VNNI = frozenset({"avx512_vnni", "avx_vnni"})
Precision = Literal["f32", "bf16", "int8"]  # of the large matrix products

BATCH_TOKENS = 2048  # padded; of more, texts of unlike length come together, and more is padding
LENGTHS = 16  # texts are padded to a multiple, in tokens: for every other length products are compiled anew, and kept
KEPT_SHAPES = 64  # of each kind of product; without a bound a server grows to some gigabytes in an hour
RUNTIME_VERSION = 3  # part of the cache's name: raise it when the graph or the table changes
_DIGEST = 32  # bytes of SHA-256 after what is kept compiled: a damaged one would compute nonsense
_SHUT = -1e4  # added to the attention of what is not there; safe in bf16
_EMBEDDINGS = "embeddings"
_in_use: list[np.ndarray] = []  # what compiled models point to


class Shape(NamedTuple):
    """Of the encoder; `epsilon` is the layer norm's."""

    layers: int
    heads: int
    width: int
    epsilon: float


class Encoder(NamedTuple):
    """The encoder's shape, and the vectors that stand for tokens, places and the type of text."""

    folder: Path
    shape: Shape
    words: np.ndarray  # row i is the vector of token i, fp16, mapped from the disk
    positions: np.ndarray
    type: np.ndarray


@cache
def load_encoder(folder: Path) -> Encoder:
    """Open the model in `folder`; its layers are read only when a graph is built. Raises OSError."""
    from safetensors import safe_open

    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape = Shape(
        settings["num_hidden_layers"],
        settings["num_attention_heads"],
        settings["hidden_size"],
        settings["layer_norm_eps"],
    )
    with safe_open(folder / "model.safetensors", "np") as file:
        path = runtime_folder(folder) / "words.npy"
        if not path.is_file():
            partial = path.with_name(f".words-{secrets.token_hex(4)}.npy")
            np.save(partial, file.get_tensor(f"{_EMBEDDINGS}.word_embeddings.weight").astype(np.float16))
            partial.replace(path)
        positions = file.get_tensor(f"{_EMBEDDINGS}.position_embeddings.weight")
        type_ = file.get_tensor(f"{_EMBEDDINGS}.token_type_embeddings.weight")[0]
    return Encoder(folder, shape, np.load(path, mmap_mode="r"), positions, type_)


def layer_weights(folder: Path) -> dict[str, np.ndarray]:
    """All weights but the three tables of vectors."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", "np") as file:
        return {name: file.get_tensor(name) for name in file.keys() if "_embeddings." not in name}  # noqa: SIM118


def runtime_folder(model: Path) -> Path:
    """Where what is compiled for the model in this folder is kept; made where it is not there."""
    folder = user_cache_path("yinzheng") / "runtime" / f"{model.name}-{RUNTIME_VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def embedded(encoder: Encoder, rows: Sequence[Sequence[int]], tokens: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rows, tokens, width) sums of word, position and type vectors, and the (rows, tokens) mask, both fp32.

    Rows are padded to the longest, or to `tokens` where that is more.
    """
    longest = max(tokens, *(len(row) for row in rows))
    ids = np.zeros((len(rows), longest), dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=np.float32)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    values = encoder.words[ids].astype(np.float32)
    values += encoder.positions[:longest]
    values += encoder.type
    return values, mask


@cache
def load_tokenizer(folder: Path) -> Tokenizer:
    """The model's whole tokenizer, for training; it neither cuts nor pads. `index.tokens` has the quick one."""
    from tokenizers import Tokenizer

    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pooled(
    encoder: Encoder, precision: Precision | None = None, ranges: Path = eight_bits.SHIPPED
) -> Callable[[Sequence[Sequence[int]]], np.ndarray]:
    """A function from rows of token ids to unit vectors, fp32: the mean of the last layer.

    What was learned for finding passages is added to the encoder's weights; `ranges` are what 8 bits need to know
    of its values.
    """
    chosen = precision or best_precision()

    def built() -> openvino.Model:
        import openvino
        from openvino import opset13 as ops

        values, mask = parameter(3, encoder.shape.width), parameter(2)
        weights = with_difference(layer_weights(encoder.folder), EMBEDDER)
        state = encoder_graph(encoder.shape, weights, values, mask, product_in(chosen, ranges))
        total = ops.reduce_sum(ops.multiply(state, ops.unsqueeze(mask, indices(2))), indices(1))
        vector = ops.normalize_l2(total, indices(1), 1e-12, "max")  # of the sum: the mean has the same direction
        return openvino.Model([vector], [values, mask], "embedder")

    version = digest(EMBEDDER) + version_of(chosen, ranges)
    request = compiled("embedder", encoder.folder, version, chosen, built).create_infer_request()

    def vectors(rows: Sequence[Sequence[int]]) -> np.ndarray:
        found = np.empty((len(rows), encoder.shape.width), dtype=np.float32)
        lengths = [len(row) for row in rows]
        for group in by_length(lengths):
            tokens = padded(max(lengths[place] for place in group))
            found[group] = request.infer([*embedded(encoder, [rows[place] for place in group], tokens)])[0]
        return found

    return vectors


def encoder_graph(
    shape: Shape, weights: Weights, values: openvino.Output, mask: openvino.Output, product: Product
) -> openvino.Output:
    """The layers over `embedded`'s two arrays: (rows, tokens, width)."""
    from openvino import opset13 as ops

    state = _norm(values, weights, "embeddings.LayerNorm", shape.epsilon)
    shut = ops.multiply(ops.subtract(constant(1.0), mask), constant(_SHUT))
    shut = ops.unsqueeze(shut, indices(1, 2))
    for number in range(shape.layers):
        name = f"encoder.layer.{number}"
        mixed = _attention(shape, weights, name, state, shut, product)
        state = _norm(ops.add(state, mixed), weights, f"{name}.attention.output.LayerNorm", shape.epsilon)
        wide = ops.gelu(linear(state, weights, f"{name}.intermediate.dense", product), "erf")
        narrow = linear(wide, weights, f"{name}.output.dense", product)
        state = _norm(ops.add(state, narrow), weights, f"{name}.output.LayerNorm", shape.epsilon)
    return state


def _attention(
    shape: Shape, weights: Weights, name: str, state: openvino.Output, shut: openvino.Output, product: Product
) -> openvino.Output:
    from openvino import opset13 as ops

    # The three products in one: (rows, tokens, 3, heads, width of a head) -> three of (rows, heads, tokens, ...).
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    joined = {
        f"{name}.attention.self.{kind}": np.concatenate([weights[f"{part}.{kind}"] for part in parts])
        for kind in ("weight", "bias")
    }
    head = shape.width // shape.heads
    three = ops.reshape(
        linear(state, joined, f"{name}.attention.self", product), indices(0, 0, 3, shape.heads, head), True
    )
    three = ops.transpose(three, indices(2, 0, 3, 1, 4))
    query, key, value = (ops.squeeze(part, indices(0)) for part in ops.split(three, index(0), 3).outputs())
    mixed = ops.scaled_dot_product_attention(query, key, value, shut)
    mixed = ops.reshape(ops.transpose(mixed, indices(0, 2, 1, 3)), indices(0, 0, shape.width), True)
    return linear(mixed, weights, f"{name}.attention.output.dense", product)


def linear(values: openvino.Output, weights: Weights, name: str, product: Product | None = None) -> openvino.Output:
    """`NAME.weight` (out, in) and `NAME.bias` applied to the last axis."""
    from openvino import opset13 as ops

    made = (product or exact)(values, weights[f"{name}.weight"], name)
    return ops.add(made, constant(weights[f"{name}.bias"]))


def exact(values: openvino.Output, weight: np.ndarray, name: str) -> openvino.Output:
    """A product in whatever the model is compiled for."""
    from openvino import opset13 as ops

    return ops.matmul(values, constant(weight), False, True)


def product_in(precision: Precision, ranges: Path) -> Product:
    """How products are made in this precision; `ranges` are looked at for 8 bits alone. Raises OSError.

    Products whose values the ranges leave out lose too much in 8 bits: they are made in whatever the model is
    compiled for.
    """
    return partly_in_eight_bits(load_ranges(ranges)) if precision == "int8" else exact


def partly_in_eight_bits(ranges: Ranges) -> Product:
    """In 8 bits where the values are known."""
    in_few = in_eight_bits(ranges)
    return lambda values, weight, name: (in_few if f"{name}.highest" in ranges else exact)(values, weight, name)


def version_of(precision: Precision, ranges: Path) -> str:
    """What a compiled model depends on beside its weights."""
    return digest(ranges) if precision == "int8" else ""


def constant(value: np.ndarray | float) -> openvino.Output:
    """fp32."""
    from openvino import opset13 as ops

    return ops.constant(np.ascontiguousarray(value, dtype=np.float32))


def parameter(dimensions: int, width: int | None = None) -> Any:
    """An input in fp32 whose axes are of any length, but for the last where `width` says so."""
    from openvino import Type
    from openvino import opset13 as ops

    return ops.parameter([*[-1] * (dimensions - 1), -1 if width is None else width], Type.f32)


def runtime() -> Any:
    """OpenVINO, imported without its model converter, which takes a tenth of a second and is not needed."""
    if "openvino" not in sys.modules:
        converter = "openvino.tools.ovc"
        sys.modules[converter] = None  # type: ignore[assignment]  # to Python: it cannot be imported
        try:
            import openvino
        finally:
            del sys.modules[converter]
    import openvino

    return openvino


@cache
def _core() -> Any:
    return runtime().Core()


def best_precision() -> Precision:
    """The one that this processor is fastest in, at the loss that `python -m benchmarks precision` measures.

    Processors with bf16 have VNNI too, which adds 8-bit products in 32 bits; older ones add in 16, which overflows.
    """
    return "int8" if _has_bf16() or _has_vnni() else "f32"


def best_without_ranges() -> Precision:
    """The same, of weights whose values were not measured."""
    return "bf16" if _has_bf16() else "f32"


def _has_bf16() -> bool:
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _has_vnni() -> bool:
    """Whether Linux names it; other systems are not asked, and go without."""
    return _CPUINFO.is_file() and not _VNNI.isdisjoint(_CPUINFO.read_text(encoding="utf-8").split())


def compiled(
    name: str, folder: Path, version: str, precision: Precision, built: Callable[[], openvino.Model]
) -> openvino.CompiledModel:
    """Compile what `built` makes for this processor, or take what was compiled before.

    It is kept under the hash of the model in `folder`, the `version` of what else goes into it, this
    module's, OpenVINO's, the processor and the precision; what the name had before is deleted.
    """
    core = _core()
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": best_without_ranges() if precision == "int8" else precision,
        "PERFORMANCE_HINT": "LATENCY",
        "ENABLE_CPU_PINNING": False,  # others use the machine too
        "INFERENCE_NUM_THREADS": threads(),
        "CPU_RUNTIME_CACHE_CAPACITY": KEPT_SHAPES,
    }
    processor = [core.get_property("CPU", name) for name in ("FULL_DEVICE_NAME", "OPTIMIZATION_CAPABILITIES")]
    parts = [folder.name, version, RUNTIME_VERSION, runtime().__version__, processor, precision]
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    path = runtime_folder(folder) / f"{name}-{precision}-{key}.blob"
    # Mapped from the disk, as OpenVINO goes on reading from there; it wants memory that could be written.
    kept = np.memmap(path, dtype=np.uint8, mode="c") if _size(path) > _DIGEST else np.empty(0, np.uint8)
    content = kept[:-_DIGEST]
    if len(content) and hashlib.sha256(content.data).digest() == kept[-_DIGEST:].tobytes():
        with contextlib.suppress(RuntimeError):  # OpenVINO's own objections: it is made again
            model = core.import_model(runtime().Tensor(content, shared_memory=True), "CPU", settings)
            _in_use.append(kept)
            return model
    model = core.compile_model(built(), "CPU", settings)
    with contextlib.suppress(OSError):  # what cannot be kept is compiled again next time
        exported = model.export_model().getvalue()
        partial = path.with_name(f".{name}-{secrets.token_hex(4)}")
        partial.write_bytes(exported + hashlib.sha256(exported).digest())
        partial.replace(path)
        for old in path.parent.glob(f"{name}-{precision}-*.blob"):
            if old != path:
                old.unlink(missing_ok=True)
    return model


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def threads() -> int:
    """As many as this process may use cores, or OMP_NUM_THREADS, which PyTorch goes by too."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) > 0 else len(os.sched_getaffinity(0))


def padded(tokens: int) -> int:
    """To how many tokens a batch is padded whose longest text has so many.

    >>> padded(1), padded(16), padded(200)
    (16, 16, 208)
    """
    return -(-tokens // LENGTHS) * LENGTHS


def by_length(lengths: Sequence[int], most: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Places of rows that go into one batch: of like length, at most so many tokens with their padding."""
    group: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: (lengths[place], place)):
        if group and padded(lengths[place]) * (len(group) + 1) > most:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


def _norm(values: openvino.Output, weights: Weights, name: str, epsilon: float) -> openvino.Output:
    from openvino import opset13 as ops

    even = ops.mvn(values, indices(-1), True, epsilon, "inside_sqrt")
    return ops.add(ops.multiply(even, constant(weights[f"{name}.weight"])), constant(weights[f"{name}.bias"]))


def indices(*values: int) -> openvino.Output:
    """Axes or lengths, as a constant."""
    from openvino import opset13 as ops

    return ops.constant(np.array(values, dtype=np.int64))


def index(value: int) -> openvino.Output:
    """One place or axis, as a constant."""
    from openvino import opset13 as ops

    return ops.constant(np.int64(value))
