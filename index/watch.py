"""Files that change in folders, each told when nobody has written to it for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.folders import files_below, is_hidden, is_inside

SETTLE_SECONDS = 1.0  # a file that was not written to for so long is whole
TICK_MILLISECONDS = 250


@dataclass(frozen=True, slots=True)
class Changes:
    """Files that are new or were written to, and files that are there no more."""

    changed: tuple[Path, ...]
    gone: tuple[Path, ...]


def watch(paths: Sequence[Path], stop: threading.Event, settle: float = SETTLE_SECONDS) -> Iterator[Changes]:
    """Changes to the files named and to readable files in the folders named, until `stop` is set."""
    from watchfiles import Change
    from watchfiles import watch as notices

    named = {path.resolve() for path in paths if not path.is_dir()}
    folders = {path.resolve() for path in paths if path.is_dir()}
    pending: dict[Path, tuple[float, tuple[int, int] | None]] = {}
    for batch in notices(
        *folders,
        *{path.parent for path in named},  # a file that is written anew and renamed is another one to the system
        watch_filter=None,
        debounce=TICK_MILLISECONDS,
        rust_timeout=TICK_MILLISECONDS,
        yield_on_timeout=True,
        stop_event=stop,
    ):
        gone = []
        for kind, name in batch:
            path = Path(name)
            is_gone = kind == Change.deleted and not path.exists()
            if path not in named and not any(_is_seen(path, folder, is_gone) for folder in folders):
                continue
            if is_gone:  # a file, or a folder with all that was in it
                pending.pop(path, None)
                gone.append(path)
            elif kind != Change.deleted:
                found = files_below([path]) if path.is_dir() else [path]
                pending.update((file, (time.monotonic(), _stamp(file))) for file in found)
        changed = []
        for path, (since, stamp) in list(pending.items()):
            if _stamp(path) != stamp:
                pending[path] = (time.monotonic(), _stamp(path))
            elif time.monotonic() - since >= settle:
                del pending[path]
                changed.append(path)
        if changed or gone:
            yield Changes(tuple(sorted(changed)), tuple(sorted(gone)))


def _is_seen(path: Path, folder: Path, is_gone: bool) -> bool:
    """Whether a walk through the folder would come to the path, or may have."""
    if not path.is_relative_to(folder) or any(is_hidden(part) for part in path.relative_to(folder).parts):
        return False
    return is_gone or path.is_dir() or is_inside(path, folder)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written to; None for one that is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
