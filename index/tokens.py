"""The bundled model's tokenizer, without its quarter of a million pieces in memory.

Building the whole tokenizer takes most of a second and some 285 MB. What a text becomes depends only on
the pieces that occur in it, so those are looked up in a table on the disk, and the library `tokenizers`
is given a vocabulary of them alone: the same ids at the same places, in milliseconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LAYOUT = 1  # part of the table's name: raise it when what is written below changes
_CODE_BITS = 21  # of a code point
_NEVER = "\n"  # between texts: the normaliser leaves none in them
_DIGEST = 32  # bytes of SHA-256 before the table


class Encoded(NamedTuple):
    """A text as tokens: `offsets` are code points of the text, one pair a token."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class TextEncoder(Protocol):
    """What turns texts into tokens: this module's, or a whole tokenizer."""

    def encode_batch(self, input: list[str], *, add_special_tokens: bool = True) -> Sequence[Any]:
        """An `Encoded`, or what has its fields, for each text."""


class Pieces(NamedTuple):
    """A vocabulary as a tree of code points.

    Node 0 is the root. `keys` ascend: node k + 1 is reached by `keys[k]`, its parent's number and a
    code point; `ends[k]` is the piece that ends there, or -1. Of piece i, `scores[i]` is a
    log-probability, and `letters[starts[i]:starts[i + 1]]` are its bytes in UTF-8. `shell` is the
    tokenizer as JSON with nothing in its vocabulary.
    """

    keys: np.ndarray
    ends: np.ndarray
    scores: np.ndarray
    starts: np.ndarray
    letters: bytes
    shell: str


class _Vocabulary(NamedTuple):
    """A tokenizer of some pieces; its id i stands for `ids[i]`, and `known` are the pieces, ascending."""

    tokenizer: Tokenizer
    ids: np.ndarray
    known: np.ndarray


class QuickTokenizer:
    """Gives the ids and offsets of the whole tokenizer. May be used from several threads."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._shell: dict[str, Any] = json.loads(pieces.shell)
        self._special = [token["id"] for token in self._shell["added_tokens"]]
        marks = (re.escape(token["content"]) for token in self._shell["added_tokens"])
        self._marks = re.compile("|".join(marks))
        self._vocabulary = self._of(np.empty(0, np.int64))

    def encode_batch(self, input: list[str], *, add_special_tokens: bool = True) -> list[Encoded]:
        """Each text as tokens; neither cut nor padded."""
        if not input:
            return []
        needed = pieces_in(self._pieces, self._normal(input))
        vocabulary = self._vocabulary  # others may put another in its place meanwhile
        if not np.isin(needed, vocabulary.known, assume_unique=True).all():
            self._vocabulary = vocabulary = self._of(needed)
        found = vocabulary.tokenizer.encode_batch(input, add_special_tokens=add_special_tokens)
        return [Encoded(vocabulary.ids[one.ids].tolist(), one.offsets) for one in found]

    def _normal(self, texts: Sequence[str]) -> str:
        """The texts as their pieces are looked for; marks like `<s>` stand for themselves, and part what is around."""
        normal = self._vocabulary.tokenizer.normalizer.normalize_str
        parts = (normal(part) for text in texts for part in self._marks.split(text))
        return _NEVER.join(f"▁{part}" for part in parts).replace(" ", "▁")

    def _of(self, needed: np.ndarray) -> _Vocabulary:
        from tokenizers import Tokenizer

        pieces, shell = self._pieces, self._shell
        # What is in no piece costs a little more than the least likely one, so that one is always there.
        least = int(np.argmin(pieces.scores))
        ids = [*self._special, *(place for place in np.union1d(needed, [least]).tolist() if place not in self._special)]
        starts, scores = pieces.starts, pieces.scores[ids].tolist()
        words = [pieces.letters[starts[place] : starts[place + 1]].decode() for place in ids]
        vocabulary = list(zip(words, scores, strict=True))
        special = [{**token, "id": place} for place, token in enumerate(shell["added_tokens"])]
        content = {**shell, "added_tokens": special, "model": {**shell["model"], "vocab": vocabulary}}
        return _Vocabulary(Tokenizer.from_str(json.dumps(content)), np.array(ids), needed)


@cache
def load_text_encoder(folder: Path, runtime: Path) -> TextEncoder:
    """The tokenizer of the model in `folder`; its table is kept in `runtime`, and made anew where it is damaged.

    Of a model that comes from elsewhere, with another way of parting words, it is the whole tokenizer.
    """
    path = runtime / f"pieces-{LAYOUT}.bin"
    with contextlib.suppress(OSError):
        data = path.read_bytes()
        if hashlib.sha256(data[_DIGEST:]).digest() == data[:_DIGEST]:
            return QuickTokenizer(_unpacked(data[_DIGEST:]))
    content = (folder / "tokenizer.json").read_text(encoding="utf-8")
    if not can_be_quick(content):
        return _whole(content)
    pieces = tree(content)
    packed = _packed(pieces)
    with contextlib.suppress(OSError):  # what cannot be kept is made again next time
        partial = path.with_name(f".pieces-{secrets.token_hex(4)}")
        partial.write_bytes(hashlib.sha256(packed).digest() + packed)
        partial.replace(path)
    return QuickTokenizer(pieces)


def can_be_quick(tokenizer: str) -> bool:
    """Whether a tokenizer, given as JSON, parts words at spaces alone, which become `▁`, and has a Unigram model.

    The ids of its marks must be their places among them, but for the last, as templates name them.
    """
    shell = json.loads(tokenizer)
    splits = shell["pre_tokenizer"] or {}
    ids = [token["id"] for token in shell["added_tokens"]]
    return (
        shell["model"]["type"] == "Unigram"
        and (splits.get("type"), splits.get("replacement")) == ("Metaspace", "▁")
        and ids[:-1] == list(range(len(ids) - 1))
        and shell["model"]["unk_id"] in ids[:-1]
    )


def _whole(content: str) -> TextEncoder:
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_str(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    found: TextEncoder = tokenizer
    return found


def tree(tokenizer: str) -> Pieces:
    """The vocabulary of a Unigram tokenizer, given as JSON."""
    shell = json.loads(tokenizer)
    vocabulary: list[tuple[str, float]] = shell["model"]["vocab"]
    shell["model"]["vocab"] = []
    shell["truncation"] = shell["padding"] = None
    words = [word for word, _ in vocabulary]
    codes = np.array(words, dtype=np.str_).view(np.uint32).reshape(len(words), -1).astype(np.uint64)
    lengths = np.array([len(word) for word in words])
    nodes = np.zeros(len(words), dtype=np.uint64)
    keys: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    size = 0
    for depth in range(codes.shape[1]):  # parents have lower numbers than children, so that keys ascend
        longer = np.flatnonzero(lengths > depth)
        here, inverse = np.unique(nodes[longer] << _CODE_BITS | codes[longer, depth], return_inverse=True)
        nodes[longer] = inverse + 1 + size
        last = longer[lengths[longer] == depth + 1]
        end = np.full(len(here), -1, dtype=np.int64)
        end[nodes[last].astype(np.int64) - 1 - size] = last
        keys.append(here)
        ends.append(end)
        size += len(here)
    letters = [word.encode() for word in words]
    return Pieces(
        np.concatenate(keys),
        np.concatenate(ends),
        np.array([score for _, score in vocabulary], dtype=np.float64),
        np.cumsum([0, *map(len, letters)], dtype=np.int64),
        b"".join(letters),
        json.dumps(shell),
    )


def pieces_in(pieces: Pieces, text: str) -> np.ndarray:
    """The pieces that occur anywhere in the text, ascending, each once."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    places = np.arange(len(codes))
    nodes = np.zeros(len(codes), dtype=np.uint64)
    found = [np.empty(0, np.int64)]
    while len(places):
        wanted = nodes << _CODE_BITS | codes[places]
        at = np.minimum(np.searchsorted(pieces.keys, wanted), len(pieces.keys) - 1)
        there = pieces.keys[at] == wanted
        at, places = at[there], places[there] + 1
        found.append(pieces.ends[at])
        inside = places < len(codes)
        nodes, places = (at[inside] + 1).astype(np.uint64), places[inside]
    ids = np.unique(np.concatenate(found))
    return ids[ids >= 0]


_ARRAYS = (("keys", "<u8"), ("ends", "<i8"), ("scores", "<f8"), ("starts", "<i8"))


def _packed(pieces: Pieces) -> bytes:
    """The four arrays, the letters and the shell, each behind its length in bytes."""
    parts = [getattr(pieces, name).astype(kind).tobytes() for name, kind in _ARRAYS]
    parts += [pieces.letters, pieces.shell.encode()]
    return b"".join(len(part).to_bytes(8, "little") + part for part in parts)


def _unpacked(data: bytes) -> Pieces:
    parts = []
    place = 0
    while place < len(data):
        size = int.from_bytes(data[place : place + 8], "little")
        parts.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    keys, ends, scores, starts = (
        np.frombuffer(part, dtype=kind) for part, (_, kind) in zip(parts[:4], _ARRAYS, strict=True)
    )
    return Pieces(keys, ends, scores, starts, letters=parts[4], shell=parts[5].decode())
