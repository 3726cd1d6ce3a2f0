"""An assistant that may still be opening."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from index.library import Library
from rag.answer import Assistant
from rag.records import Answer, NotFound


class Waiting:
    """The library at once, and the assistant over it when its models are loaded.

    Questions are answered one at a time: a model's tokenizer is not safe to use from two threads.
    """

    def __init__(self, library: Library, opened: Future[Assistant]) -> None:
        self.library = library
        self._opened = opened
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether a question would be answered without waiting for the models."""
        return self._opened.done()

    def wait(self) -> None:
        """Return when the assistant is open. Raises what stopped it from opening."""
        self._opened.result()

    def ask(self, question: str) -> Answer | NotFound:
        """`Assistant.ask`, once it is open. Raises what that raises, and what stopped it from opening."""
        assistant = self._opened.result()
        with self._lock:
            return assistant.ask(question)


def at_once(assistant: Assistant) -> Waiting:
    """An open assistant as one that need not be waited for."""
    opened: Future[Assistant] = Future()
    opened.set_result(assistant)
    return Waiting(assistant.library, opened)
