"""Open a library by where it is: a folder, or an address such as milvus://host:19530/name."""

from __future__ import annotations

from pathlib import Path

from index.database import FILE_NAME
from index.library import Library
from index.local import LocalLibrary, create_library
from index.places import milvus_address


def open_library(place: Path) -> Library:
    """The library there. Raises LibraryMissing, LibraryMismatch, LibraryDamaged, LibraryReadOnly or LibraryBusy."""
    address = milvus_address(place)
    if address is None:
        return LocalLibrary(place)
    from index.milvus.library import MilvusLibrary

    return MilvusLibrary(address)


def is_library(place: Path) -> bool:
    """Whether there is a library."""
    address = milvus_address(place)
    if address is None:
        return (place / FILE_NAME).is_file()
    from index.milvus.library import is_there

    return is_there(address)


def make_library(place: Path, model: str, fingerprint: str, dimension: int) -> Library:
    """Make an empty library for a model's vectors; opens the one that is there when there is one.

    Raises LibraryReadOnly or LibraryFull where it cannot be made, and what opening raises.
    """
    address = milvus_address(place)
    if address is None:
        return create_library(place, model, fingerprint, dimension)
    from index.milvus.library import create_in_milvus

    return create_in_milvus(address, model, fingerprint, dimension)
