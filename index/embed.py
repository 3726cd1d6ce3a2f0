"""Texts -> unit vectors, by any sentence-transformers model; the bundled one is the default."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.bundled import BUNDLED_NAME, E5_PROMPTS, HUB_NAME, MAX_TOKENS, bundled_model_folder
from index.errors import ModelUnavailable
from index.learned import EMBEDDER, digest, with_difference

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.encoder import Precision

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]  # row i is text i, unit norm

_OTHER_FORMATS = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "rust_model*", "tf_*"]


class Embedder(Protocol):
    """A model, loaded. `fingerprint` changes whenever the same text would get another vector."""

    name: str
    fingerprint: str
    dimension: int

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a passage, in order."""

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """One unit vector a question, in order."""

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """The model's tokens in each text, without the special ones."""


class BundledEmbedder:
    """The default model on OpenVINO: the vectors of sentence-transformers but for the bits, several times faster."""

    def __init__(self, name: str, folder: Path, precision: Precision | None = None) -> None:
        """Load the model from its unpacked folder; in the precision that this processor is fastest in, or another."""
        from index.encoder import load_encoder, pooled, runtime_folder
        from index.tokens import load_text_encoder

        self.name = name
        self.fingerprint = fingerprint_with(known_fingerprint(folder), EMBEDDER)
        self._tokenizer = load_text_encoder(folder, runtime_folder(folder))
        encoder = load_encoder(folder)
        self._vectors = pooled(encoder, precision)
        self.dimension = encoder.shape.width

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a passage, in order; the model's own prefix for passages is put before each."""
        return self._embedded(E5_PROMPTS["document"], texts)

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """One unit vector a question, in order; the model's own prefix for questions is put before each."""
        return self._embedded(E5_PROMPTS["query"], questions)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """The model's tokens in each text, without the special ones and without a limit."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encoded]

    def _embedded(self, prompt: str, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch([f"{prompt}{text}" for text in texts])
        return self._vectors([_shortened(encoding.ids) for encoding in encoded])


def _shortened(ids: list[int]) -> list[int]:
    """At most the model's number of tokens, the last one kept: it marks the end."""
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]


class SentenceTransformerEmbedder:
    """An Embedder over a sentence-transformers folder."""

    def __init__(self, name: str, folder: Path, learned: Path | None = None) -> None:
        """Load the model, with what was `learned` added. Raises ModelUnavailable when the folder holds none."""
        self.name = name
        self.fingerprint = folder_fingerprint(folder)
        self._model = _load(name, folder)
        if learned is not None:
            self.fingerprint = fingerprint_with(self.fingerprint, learned)
            _add(self._model, learned)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a passage, in order; the model's own prefix for passages is put before each."""
        vectors = self._model.encode_document(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_questions(self, questions: Sequence[str]) -> Vectors:
        """One unit vector a question, in order; the model's own prefix for questions is put before each."""
        vectors = self._model.encode_query(list(questions), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(questions), self.dimension)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """The model's tokens in each text, without the special ones and without a limit."""
        if not texts:
            return []
        encoded = self._model.tokenizer(
            list(texts), add_special_tokens=False, truncation=False, return_attention_mask=False, verbose=False
        )
        return [len(ids) for ids in encoded["input_ids"]]


def load_embedder(name: str = BUNDLED_NAME) -> Embedder:
    """Load a model by name: the bundled one, a folder, or a hub's name.

    Only a hub's name that the user gave is ever looked up on a network, and not if it is in the
    cache already. Raises ModelUnavailable with what to do.
    """
    folder = model_folder(name)
    if name != BUNDLED_NAME:
        return SentenceTransformerEmbedder(name, folder)
    if importlib.util.find_spec("openvino") is not None:
        return BundledEmbedder(name, folder)
    return SentenceTransformerEmbedder(name, folder, EMBEDDER)


def model_folder(name: str) -> Path:
    """The folder of the model called `name`; unpacked or downloaded first where it must be."""
    if name == BUNDLED_NAME:
        try:
            return bundled_model_folder()
        except ModelUnavailable as error:
            return _hub_folder(HUB_NAME, because=f"{error}. Trying {HUB_NAME} from the Hugging Face hub instead")
    if Path(name).is_dir():
        return Path(name).resolve()
    return _hub_folder(name)


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 over the names and contents of the model's files."""
    digest = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "README.md")
    for path in files:
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def fingerprint_with(model: str, learned: Path) -> str:
    """That of a model with what was learned added to it. Raises OSError."""
    return hashlib.sha256(f"{model}\n{digest(learned)}".encode()).hexdigest()


def known_fingerprint(folder: Path) -> str:
    """`folder_fingerprint`, kept beside what is compiled for the model while sizes and times are the same.

    Reading half a gigabyte takes most of a second.
    """
    from index.encoder import runtime_folder

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    look = [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]
    kept = runtime_folder(folder) / "fingerprint.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_text(encoding="utf-8"))
        if known["look"] == look:
            return str(known["fingerprint"])
    fingerprint = folder_fingerprint(folder)
    partial = kept.with_suffix(f".{secrets.token_hex(4)}")
    partial.write_text(json.dumps({"look": look, "fingerprint": fingerprint}), encoding="utf-8")
    partial.replace(kept)
    return fingerprint


def _hub_folder(name: str, because: str = "") -> Path:
    import sys

    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, ignore_patterns=_OTHER_FORMATS))
    except HFValidationError as error:
        raise ModelUnavailable(f"{name} is neither a folder nor a model's name on the Hugging Face hub") from error
    except LocalEntryNotFoundError:
        print(because or f"Fetching {name} from the Hugging Face hub …", file=sys.stderr)
    try:
        return Path(snapshot_download(name, ignore_patterns=_OTHER_FORMATS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelUnavailable(
            f"the model {name} is neither a folder, nor in the cache, nor to be had from the Hugging Face hub "
            f"({type(error).__name__}): check the name and the network, or leave --model out for {BUNDLED_NAME}"
        ) from error


def _load(name: str, folder: Path) -> SentenceTransformer:
    # transformers draws a progress bar for reading a local file, and reports what it finds there.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(f"the model {name} in {folder} cannot be loaded: {error}") from error
    if _is_plain_e5(name) and not any(model.prompts.values()):
        model.prompts.update(E5_PROMPTS)
    return model


def _add(model: SentenceTransformer, learned: Path) -> None:
    import torch

    encoder = model[0].auto_model
    layers = {name: value.numpy() for name, value in encoder.state_dict().items() if "_embeddings." not in name}
    changed = {name: torch.from_numpy(value) for name, value in with_difference(layers, learned).items()}
    encoder.load_state_dict(changed, strict=False)


def _is_plain_e5(name: str) -> bool:
    """Whether it is one of the E5 models whose hub folders leave out the prefixes they were trained with."""
    last = Path(name).name.lower()
    return last.startswith(("e5-", "multilingual-e5-")) and "instruct" not in last
