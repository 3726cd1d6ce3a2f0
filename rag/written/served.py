"""A language model behind an OpenAI-compatible server: Ollama, vLLM, llama.cpp, a company's gateway."""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, cast

from rag.written.model import (
    MOST_CHARACTERS,
    MOST_SECONDS,
    MOST_TOKENS,
    AnswerCutOff,
    LanguageModelFailed,
    Message,
)

if TYPE_CHECKING:
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

CONNECTING, SILENT = 10.0, 120.0  # seconds to reach the server, and that it may be silent: small machines read slowly
RETRIES = 2  # of what can be: no connection, 408, 409, 429, 5xx; with growing pauses
KEY, USUAL_KEY = "YINZHENG_LLM_KEY", "OPENAI_API_KEY"  # environment variables


class ServedModel:
    """The server is only asked when something is to be written."""

    def __init__(self, url: str, model: str, silent: float = SILENT, most_seconds: float = MOST_SECONDS) -> None:
        """Raises LanguageModelFailed where the client is not installed."""
        try:
            import openai
        except ImportError as error:
            raise LanguageModelFailed("the package openai is not installed: pip install openai") from error
        self.name, self.where = model, url
        self._most_seconds = most_seconds
        # The last two: a stream of another shape.
        self._errors: tuple[type[Exception], ...] = (
            openai.OpenAIError, _http_error(), ValueError, OSError, AttributeError, TypeError,
        )  # fmt: skip
        try:
            self._client = openai.OpenAI(
                base_url=url,
                api_key=os.environ.get(KEY) or os.environ.get(USUAL_KEY) or "none",
                timeout=openai.Timeout(silent, connect=min(CONNECTING, silent)),
                max_retries=RETRIES,
                # What is asked goes to the place that was named, and nowhere else.
                http_client=openai.DefaultHttpxClient(follow_redirects=False),
            )
        except self._errors as error:
            raise LanguageModelFailed(f"{url} cannot be used as a language model's address: {error}") from error

    def write(self, messages: Sequence[Message]) -> Generator[str]:
        """`LanguageModel.write`."""
        written = 0
        began = time.monotonic()
        finished: str | None = None
        try:
            answer = self._client.chat.completions.create(
                model=self.name,
                messages=[{"role": message.role, "content": message.content} for message in messages],  # type: ignore[misc]
                temperature=0,
                max_tokens=MOST_TOKENS,
                stream=True,
            )
            with cast("Stream[ChatCompletionChunk]", answer) as stream:
                for chunk in stream:
                    choice = next(iter(chunk.choices or ()), None)
                    piece = choice.delta.content if choice is not None and choice.delta is not None else None
                    if isinstance(piece, str) and piece:
                        written += len(piece)
                        yield piece
                    finished = (choice.finish_reason if choice is not None else None) or finished
                    if written > MOST_CHARACTERS or time.monotonic() - began > self._most_seconds:
                        raise AnswerCutOff(f"{self.name} did not come to an end, and was stopped")
        except self._errors as error:
            raise self._failure(error, written) from error
        if written == 0:
            raise LanguageModelFailed(f"{self.name} at {self.where} wrote nothing: is it a model that chats?")
        if finished != "stop":
            raise AnswerCutOff(f"the answer of {self.name} broke off ({finished or 'the connection ended'})")

    def _failure(self, error: Exception, written: int) -> LanguageModelFailed:
        if written:
            return AnswerCutOff(f"the answer of {self.name} broke off: {_said(error)}")
        status = getattr(error, "status_code", None)
        if status in (401, 403):
            help_ = f"set its key in the environment variable {KEY} or {USUAL_KEY}"
        elif status == 404:
            help_ = f"check the address, which usually ends in /v1, and that it has a model named {self.name}"
        else:
            help_ = "check that the server runs and that the address is right"
        return LanguageModelFailed(f"{self.name} at {self.where} did not answer ({_said(error)}): {help_}")


def _http_error() -> type[Exception]:
    """The root of what the client's own HTTP library raises in the middle of a stream."""
    import httpx2

    return httpx2.HTTPError


def _said(error: Exception) -> str:
    """One line of it: a server's page of HTML is of no use in a message."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}"
