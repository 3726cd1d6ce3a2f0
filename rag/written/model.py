"""The seam: a language model that continues a conversation, named as `openai:URL` or `hf:NAME-or-folder`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from index.errors import YinzhengError

MOST_TOKENS = 800  # of one written answer
MOST_CHARACTERS = 8000  # where a server does not keep to that
MOST_SECONDS = 180.0  # from the first piece to the last


class LanguageModelFailed(YinzhengError):
    """The language model cannot be had, or broke off. The message says what to do."""


class AnswerCutOff(LanguageModelFailed):
    """What was written so far is all there will be."""


@dataclass(frozen=True, slots=True)
class Message:
    """A part of the conversation with a model."""

    role: Literal["system", "user"]
    content: str


class LanguageModel(Protocol):
    """A language model, opened. `where` is its address, or that it runs on this machine."""

    name: str
    where: str

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        """The continuation, in pieces as they come.

        Raises LanguageModelFailed before the first piece, AnswerCutOff after it.
        """


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """What was named with `--llm` and `--llm-model`, understood but not opened."""

    kind: Literal["openai", "hf"]
    place: str  # an address, or a name on the hub or a folder
    model: str

    @property
    def where(self) -> str:
        """Where it runs; "" for this machine."""
        return self.place if self.kind == "openai" else ""


def choice_of(named: str, model: str | None) -> ModelChoice:
    """`openai:URL` with a model's name, or `hf:NAME-or-folder`. Raises LanguageModelFailed.

    >>> choice_of("openai:http://127.0.0.1:11434/v1", "qwen3").place
    'http://127.0.0.1:11434/v1'
    """
    kind, _, place = named.partition(":")
    if kind == "openai" and place.startswith(("http://", "https://")):
        if not model:
            raise LanguageModelFailed(f"{named} serves several models: name one with --llm-model")
        return ModelChoice("openai", place.rstrip("/"), model)
    if kind == "hf" and place:
        return ModelChoice("hf", place, model or place)
    raise LanguageModelFailed(
        f"{named!r} names no language model: give openai:http://HOST:PORT/v1 (any compatible server) or hf:NAME"
    )


def open_model(choice: ModelChoice) -> LanguageModel:
    """Open it; nothing is asked of it yet. Raises LanguageModelFailed."""
    if choice.kind == "openai":
        from rag.written.served import ServedModel

        return ServedModel(choice.place, choice.model)
    from rag.written.local import load_local_model

    return load_local_model(choice.place)
