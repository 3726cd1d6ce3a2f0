"""The records of absences that are kept with a report: a file each, in the folder of the evidence lists."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from index.errors import LibraryError
from rag.absence import Absence, read_absence, write_absence

_FOLDER = "absences"


def keep_absence(folder: Path, report: int, record: Absence) -> str:
    """Put a record with a report; gives its name there. The same record stays one. Raises LibraryError."""
    text = write_absence(record).encode("utf-8", "surrogatepass")
    name = f"{report}-{hashlib.sha256(text).hexdigest()[:16]}"
    path = folder / _FOLDER / f"{name}.json"
    partial = path.with_name(f".{name}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(text)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise LibraryError(f"{path} cannot be written ({error.strerror}): check its permissions") from error
    return name


def kept_absences(folder: Path, report: int) -> dict[str, Absence]:
    """A report's records by name, the earliest question first. Raises UnusableRecord for one that was changed."""
    found = {
        path.stem: read_absence(path.read_bytes().decode("utf-8", "surrogatepass"))
        for path in sorted((folder / _FOLDER).glob(f"{report}-*.json"))
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].when, item[0])))


def remove_absence(folder: Path, name: str) -> None:
    """Take a record out; nothing happens where there is none."""
    for path in (folder / _FOLDER).glob("*.json"):
        if path.stem == name:
            path.unlink(missing_ok=True)


def remove_absences(folder: Path, report: int) -> None:
    """Take all of a report's records out."""
    for path in (folder / _FOLDER).glob(f"{report}-*.json"):
        path.unlink(missing_ok=True)
