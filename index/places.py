"""Where things are kept when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path


def default_library() -> Path:
    """The library's folder under the user's data folder."""
    return user_data_path("yinzheng") / "library"


def beside(library: Path, part: str) -> Path:
    """The folder of what belongs to a library and does not go with its documents: evidence, accounts, …

    >>> beside(Path("/data/library"), "evidence").name
    'library-evidence'
    """
    library = library.resolve()
    return library.with_name(f"{library.name}-{part}")


def text_of(given: Path | str) -> str:
    """A path or an argument as text; bytes that are not UTF-8 are written out.

    Where the locale is C, Python has kept every byte beyond ASCII as a surrogate.
    """
    return str(given).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def source_of(path: Path) -> str:
    """What a file on the disk is known by: its whole path, links followed."""
    try:
        return text_of(path.resolve())
    except (OSError, ValueError):  # too long, or nothing that the file system could hold
        return text_of(path)
