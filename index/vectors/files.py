"""A base kept as a file, which is only ever a cache: named by a generation of the library and its own SHA-256."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Container
from pathlib import Path

import faiss

from index.vectors.coarse_faiss import CoarseBase
from index.vectors.flat_faiss import FlatBase

FaissBase = FlatBase | CoarseBase

_log = logging.getLogger("yinzheng")


def save(base: FaissBase, folder: Path, generation: str) -> Path:
    """Write the base into `folder`; older files go.

    Written beside and renamed, so that a file of that name is whole. Raises OSError where the
    folder cannot be written.
    """
    handle, partial = tempfile.mkstemp(prefix=".vectors-", dir=folder)
    os.close(handle)
    try:
        try:
            faiss.write_index(base.index, partial)
        except RuntimeError as error:  # so FAISS says that the disk is full
            raise OSError(str(error)) from error
        path = folder / f"vectors-{generation}-{_digest(Path(partial))}.faiss"
        Path(partial).replace(path)
    except OSError:
        Path(partial).unlink(missing_ok=True)
        raise
    for other in folder.glob("vectors-*.faiss"):
        if other != path:
            other.unlink(missing_ok=True)
    return path


def load(folder: Path, generations: Container[str], dimension: int) -> tuple[FaissBase, str] | None:
    """A base of one of the generations, and which; None where it is missing, damaged (said so), or of another kind."""
    for path in folder.glob("vectors-*-*.faiss"):
        _, generation, digest = path.stem.split("-", 2)
        if generation not in generations:
            continue
        try:
            if digest != _digest(path):
                _log.warning("%s is damaged and is made again from the library's own vectors / 已损坏，正在重建", path)
                continue
            index = faiss.read_index(str(path))
        except (OSError, RuntimeError):  # another process has just put a newer one in its place
            continue
        if index.d != dimension:
            continue
        if isinstance(index, faiss.IndexIDMap):
            return FlatBase(index), generation
        if isinstance(index, faiss.IndexIVFScalarQuantizer):
            return CoarseBase(index), generation
    return None


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]
