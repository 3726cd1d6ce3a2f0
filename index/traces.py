"""Leaving no trace: what was removed is gone from every file of the library's folder."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import apsw

from index.database import BUSY_MILLISECONDS, folder_of, sqlite_errors

LEFT_BEHIND_SECONDS = 600  # a partial file older than this belongs to a process that was killed
WAIT_SECONDS = 2.0  # for readers that still see the earlier state: a question takes less


def empty_log(connection: apsw.Connection) -> bool:
    """Give freed pages, which hold zeros, back to the disk, and empty the write-ahead log.

    Returns False when a reader of an earlier state did not finish in time: its pages stay in the log.
    """
    with sqlite_errors(folder_of(connection)):
        connection.execute("PRAGMA incremental_vacuum").fetchall()
        connection.set_busy_timeout(int(WAIT_SECONDS * 1000))
        try:
            [(busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except (apsw.BusyError, apsw.LockedError):
            return False
        finally:
            connection.set_busy_timeout(BUSY_MILLISECONDS)
    return not busy


def remove_vectors(folder: Path, but: str | None = None) -> None:
    """Delete the FAISS files, but those of one generation: others hold the vectors of what was removed."""
    for path in folder.glob("vectors-*.faiss"):
        if but is None or not path.name.startswith(f"vectors-{but}-"):
            with contextlib.suppress(OSError):
                path.unlink()


def remove_left_behind(folder: Path) -> None:
    """Delete the partial files of processes that were killed while they wrote them."""
    for pattern in (".library.sqlite-*", ".vectors-*"):
        for path in folder.glob(pattern):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
                    path.unlink()
