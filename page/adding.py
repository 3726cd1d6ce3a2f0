"""Uploaded files into the library, in a thread of their own, while the page goes on answering."""

from __future__ import annotations

import atexit
import contextlib
import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.errors import YinzhengError
from index.folders import Incoming
from index.ingest import FileResult, Step, add_files
from index.names import one_line
from page.answering import Answering

UPLOADED = "upload:"  # what the source of an uploaded file begins with; the same name again is its new version
NAME_CHARACTERS = 255
FOLDER_CHARACTERS = 1000
_KEPT = 20  # runs whose outcome can still be asked for

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: where it lies now, its name there, and the folders it was in, "a/b" or none.

    `replaces` is what the library knows the file by whose new version it is.
    """

    path: Path
    name: str
    folder: str = ""
    replaces: str | None = None

    @property
    def source(self) -> str:
        """What the library knows it by: files of one name in several folders are several."""
        return self.replaces or UPLOADED + "/".join(part for part in (self.folder, self.name) if part)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file; `reason` says why it failed and what to do."""

    name: str
    state: Literal["added", "replaced", "unchanged", "failed"]
    passages: int = 0
    reason: str = ""


@dataclass
class Run:
    """One addition of files: how far it is, seen from other threads."""

    names: dict[Path, str]
    sources: frozenset[str] = frozenset()
    state: Literal["waiting", "adding", "done", "cancelled", "failed"] = "waiting"
    outcomes: list[Outcome] = field(default_factory=list)
    share: float = 0.0  # of all bytes, between 0 and 1
    began: float = 0.0  # by the monotonic clock; 0 while it waits
    at: str = ""  # the file that it is at
    error: str = ""
    cancelled: threading.Event = field(default_factory=threading.Event)

    def seconds_left(self) -> float | None:
        """An estimate from the share that is done; None where there is none yet."""
        if self.state != "adding" or self.share <= 0:
            return None
        return (time.monotonic() - self.began) / self.share * (1 - self.share)


class Additions:
    """What the page is adding to the library: one run after the other."""

    def __init__(self, assistant: Answering) -> None:
        self._assistant = assistant
        self._runs: dict[str, Run] = {}
        self._folders: set[Path] = set()  # of uploaded files that are being added
        self._one_at_a_time = threading.Lock()
        atexit.register(self._delete_uploads)

    def start(self, uploads: Sequence[Upload], collection: str | None = None, encoding: str | None = None) -> str:
        """Begin to add files; the key to ask for its progress. The files are moved away, and deleted when it ends.

        `collection` and `encoding` are what `add_files` takes.
        """
        folder = Path(tempfile.mkdtemp(prefix="yinzheng-"))
        self._folders.add(folder)
        files = []
        try:
            for number, upload in enumerate(uploads):
                path = folder / str(number)
                shutil.move(upload.path, path)
                with contextlib.suppress(OSError):
                    upload.path.parent.rmdir()  # it was made for this file
                files.append(Incoming(path, upload.name, upload.source))
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        run = Run({file.path: file.name for file in files}, frozenset(file.source for file in files))
        key = secrets.token_hex(8)
        self._runs[key] = run
        for old in list(self._runs)[:-_KEPT]:
            if self._runs[old].state not in ("waiting", "adding"):
                del self._runs[old]
        threading.Thread(target=self._add, args=(run, files, folder, collection, encoding), daemon=True).start()
        return key

    def run(self, key: str) -> Run | None:
        """How far a run is; None where there is none of that key."""
        return self._runs.get(key)

    def under_way(self) -> set[str]:
        """The sources of the files that are not in and not given up."""
        return {
            source for run in list(self._runs.values()) if run.state in ("waiting", "adding") for source in run.sources
        }

    def _add(
        self, run: Run, files: Sequence[Incoming], folder: Path, collection: str | None, encoding: str | None
    ) -> None:
        library = self._assistant.library
        try:
            with self._one_at_a_time:
                self._assistant.wait()
                run.began, run.state = time.monotonic(), "adding"
                for result in add_files(
                    library,
                    self._assistant.embedder,
                    files,
                    collection=collection,
                    encoding=encoding,
                    report=lambda step: _reached(run, step),
                    cancelled=run.cancelled.is_set,
                ):
                    run.outcomes.append(_outcome(run, result))
            run.state = "cancelled" if run.cancelled.is_set() and len(run.outcomes) < len(files) else "done"
        except YinzhengError as error:
            run.error, run.state = str(error), "failed"
        except Exception as error:  # noqa: BLE001  the browser waits for an end; the log has the whole cause
            _log.exception("files could not be added")
            run.error, run.state = f"{type(error).__name__}: {error}", "failed"
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._folders.discard(folder)
            library.close()  # this thread's connection

    def _delete_uploads(self) -> None:
        for folder in list(self._folders):
            shutil.rmtree(folder, ignore_errors=True)


def uploaded_name(given: str) -> str:
    """A name as the library keeps it: no folders, nothing that cannot be seen, and not too long.

    >>> uploaded_name("C:\\\\fakepath\\\\..\\\\年报\\n.pdf")
    '年报 .pdf'
    """
    name = one_line(given.replace("\\", "/").rpartition("/")[2])
    return name[-NAME_CHARACTERS:] or "file"


def uploaded_folder(given: str) -> str:
    """The folders of a dropped file as the library keeps them: plain names, none that leads upwards.

    >>> uploaded_folder("reports/../2024/./a")
    'reports/2024/a'
    """
    parts = (one_line(part) for part in given.replace("\\", "/").split("/"))
    return "/".join(part for part in parts if part not in ("", ".", ".."))[-FOLDER_CHARACTERS:].strip("/")


def _reached(run: Run, step: Step) -> None:
    run.share = step.share
    run.at = run.names[step.path]


def _outcome(run: Run, result: FileResult) -> Outcome:
    reason = result.detail if result.state == "failed" else ""
    for path, name in run.names.items():
        reason = reason.replace(str(path), name)
    return Outcome(run.names[result.path], result.state, result.passages, reason)
