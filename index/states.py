"""How far each file has come, kept in the library: also of files that are waiting, or failed."""

from __future__ import annotations

from collections.abc import Sequence

from index.library import Library
from index.records import FileState, State


def file_states(library: Library) -> list[FileState]:
    """Every file the library knows of: searchable ones in the order of adding, then the others."""
    return library.notes.files()


def put_waiting(library: Library, files: Sequence[tuple[str, str]]) -> None:
    """Note files, as source and name, that the library does not know yet: they wait."""
    library.notes.put_waiting(files)


def mark(library: Library, source: str, name: str, state: State, reason: str = "") -> None:
    """Note how far a file has come. `searchable` is never noted: the document's being there says it."""
    library.notes.mark(source, name, state, reason)


def forget(library: Library, sources: Sequence[str]) -> int:
    """Forget that files are waiting or failed; how many there were. Documents stay."""
    return library.notes.forget(sources)
