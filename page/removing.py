"""Documents that are removed unless the user thinks better of it in time."""

from __future__ import annotations

import atexit
import contextlib
import logging
import threading
from collections.abc import Sequence

from index.errors import UnknownDocument, YinzhengError
from index.library import Library

HELD_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Removals:
    """Removals held back for a while. What is held when the program ends is removed then."""

    def __init__(self, library: Library, seconds: float = HELD_SECONDS) -> None:
        self._library = library
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: dict[str, threading.Timer] = {}
        atexit.register(self._at_last)

    def held(self) -> frozenset[str]:
        """The documents, by id, that are about to be removed."""
        with self._lock:
            return frozenset(self._held)

    def hold(self, document: str) -> None:
        """Remove a document in a while. Raises UnknownDocument, or LibraryReadOnly."""
        self._library.require(document)
        self._library.require_writable()
        timer = threading.Timer(self._seconds, self._in_time, [document])
        timer.daemon = True
        with self._lock:
            if document not in self._held:
                self._held[document] = timer
                timer.start()

    def keep(self, document: str) -> bool:
        """Let a document stay after all; False where it is too late."""
        with self._lock:
            timer = self._held.pop(document, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def finish(self, documents: Sequence[str] | None = None) -> None:
        """Remove what is held now, or those of the documents that are. Raises what `Library.remove` does."""
        for document in self.held() if documents is None else documents:
            if self.keep(document):
                with contextlib.suppress(UnknownDocument):  # removed by another program meanwhile
                    self._library.remove(document)

    def _in_time(self, document: str) -> None:
        self._at_last([document])

    def _at_last(self, documents: Sequence[str] | None = None) -> None:
        try:
            self.finish(documents)
        except YinzhengError:
            _log.exception("what was taken out could not be removed")
        finally:
            self._library.close()  # this thread's connection
