"""What a library was built with, and whether this version may use it."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import apsw

from index.database import rows, what_to_do_when_damaged
from index.errors import LibraryDamaged, LibraryError, LibraryFull, LibraryMismatch, LibraryMissing, LibraryReadOnly
from index.split import PASSAGE_TOKENS, SPLITTER_VERSION
from index.terms import TERMS_VERSION

FORMAT_VERSION = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a library was built with; searched with anything else it would answer wrongly."""

    format: int
    splitter: int
    terms: int
    passage_tokens: int
    model: str
    model_fingerprint: str
    dimension: int


def read_manifest(connection: apsw.Connection) -> Manifest:
    """What a library's file says it was built with. Raises LibraryDamaged."""
    try:
        return manifest_of(dict(rows(connection, "SELECT key, value FROM meta")))
    except (apsw.SQLError, KeyError, ValueError) as error:
        file = Path(connection.filename)
        raise LibraryDamaged(f"{file} is damaged ({error}): {what_to_do_when_damaged()}") from error


def manifest_of(values: Mapping[str, Any]) -> Manifest:
    """The manifest of what `new_meta` gave. Raises KeyError or ValueError."""
    return Manifest(
        format=int(values["format"]),
        splitter=int(values["splitter"]),
        terms=int(values["terms"]),
        passage_tokens=int(values["passage_tokens"]),
        model=str(values["model"]),
        model_fingerprint=str(values["model_fingerprint"]),
        dimension=int(values["dimension"]),
    )


def require_not_newer(folder: Path, manifest: Manifest) -> None:
    """Raise LibraryMismatch for a library that this version is too old for: it must not touch it."""
    if manifest.format > FORMAT_VERSION or manifest.splitter > SPLITTER_VERSION or manifest.terms > TERMS_VERSION:
        raise LibraryMismatch(
            f"the library in {folder} was made by a newer version of this program (format {manifest.format}, splitter "
            f"{manifest.splitter}, terms {manifest.terms}; this one knows {FORMAT_VERSION}, {SPLITTER_VERSION}, "
            f"{TERMS_VERSION}): use that version, or another folder with --library. Nothing was changed"
        )


def new_meta(model: str, fingerprint: str, dimension: int) -> dict[str, object]:
    """What a library made by this version says of itself, by the fields of Manifest."""
    return asdict(
        Manifest(FORMAT_VERSION, SPLITTER_VERSION, TERMS_VERSION, PASSAGE_TOKENS, model, fingerprint, dimension)
    )


def cannot_make(folder: Path, error: OSError) -> LibraryError:
    """The error for a folder that could not be made into a library."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LibraryFull(f"{folder}: the disk is full; free some space there, then give the same command again")
    return LibraryReadOnly(
        f"{folder} cannot be written ({error.strerror}): check its permissions, or name another with --library"
    )


def missing(folder: Path) -> LibraryMissing:
    """The error for a folder without a library."""
    return LibraryMissing(f"there is no library in {folder}: python -m index add PATH --library {folder}")


def rebuild_command(folder: Path) -> str:
    """The command that makes a library anew from its own texts."""
    return f"python -m index rebuild --library {folder}"


def check_versions(folder: Path, manifest: Manifest) -> None:
    """Raise LibraryMismatch for a library of another version, older or newer."""
    require_not_newer(folder, manifest)
    expected = (FORMAT_VERSION, SPLITTER_VERSION, TERMS_VERSION)
    if (manifest.format, manifest.splitter, manifest.terms) != expected:
        raise LibraryMismatch(
            f"the library in {folder} was built with format {manifest.format}, splitter {manifest.splitter}, "
            f"terms {manifest.terms}; this version has {', '.join(map(str, expected))}: {rebuild_command(folder)}"
        )
