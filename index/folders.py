"""Which files there are to add: those named, and the readable ones in the folders named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.places import source_of, text_of
from index.readers import KNOWN_SUFFIXES

LeftOut = Literal["link out of the folder", "format that is not read", "no regular file"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to add: where its bytes are, and the name and the source it is kept under.

    The same source again is a new version of the same file.
    """

    path: Path
    name: str
    source: str


def incoming(path: Path) -> Incoming:
    """A file on the disk, under its own name; its source is its whole path, links followed."""
    return Incoming(path, text_of(path.name), source_of(path))


def files_below(
    paths: Sequence[Path], leave_out: Callable[[Path, LeftOut], None] = lambda path, why: None
) -> Iterator[Path]:
    """The files named, and those of a readable format in the folders named, recursively and in order.

    Hidden files and folders are passed over. A link is followed only where the user named it or
    where it leads to a place in the same folder; what is left out is told to `leave_out`.
    """
    for path in paths:
        if path.is_dir():
            yield from _files_in(path, leave_out)
        else:
            yield path


def is_hidden(name: str) -> bool:
    """Whether a file or folder is passed over: hidden, or the mark of an office program that has one open."""
    return name.startswith((".", "~$"))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether it is of a readable format, and no link that leads out of the folder."""
    return path.suffix.lower() in KNOWN_SUFFIXES and path.resolve().is_relative_to(folder.resolve())


def _files_in(folder: Path, leave_out: Callable[[Path, LeftOut], None]) -> Iterator[Path]:
    inside = folder.resolve()
    for root, folders, names in os.walk(folder):
        for name in folders:
            if Path(root, name).is_symlink() and not Path(root, name).resolve().is_relative_to(inside):
                leave_out(Path(root, name), "link out of the folder")
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(names):
            path = Path(root, name)
            if is_hidden(name):
                continue
            if path.suffix.lower() not in KNOWN_SUFFIXES:
                leave_out(path, "format that is not read")
            elif path.is_symlink() and not path.resolve().is_relative_to(inside):
                leave_out(path, "link out of the folder")
            elif not path.is_file():
                leave_out(path, "no regular file")
            else:
                yield path
