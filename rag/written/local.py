"""A language model on this machine, through transformers."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from typing import Any

from rag.written.model import MOST_SECONDS, MOST_TOKENS, AnswerCutOff, LanguageModelFailed, Message

_PIECE_SECONDS = 120.0  # that the next piece may take; a large model on a small machine reads the prompt slowly


class LocalModel:
    """A causal model and its tokenizer, which must know how a conversation is written."""

    def __init__(self, name: str, model: Any, tokenizer: Any, most_tokens: int = MOST_TOKENS) -> None:
        self.name, self.where = name, ""
        self._model, self._tokenizer, self._most_tokens = model, tokenizer, most_tokens
        self._turn = threading.Lock()

    def write(self, messages: Sequence[Message]) -> Generator[str]:
        """`LanguageModel.write`. One at a time."""
        import torch
        from transformers import MaxTimeCriteria, StoppingCriteriaList, TextIteratorStreamer

        ended = threading.Event()  # also when whoever reads the pieces no longer does
        failures: list[Exception] = []
        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, skip_special_tokens=True, timeout=_PIECE_SECONDS
        )
        asked = self._tokenizer.apply_chat_template(
            [{"role": message.role, "content": message.content} for message in messages],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        tokens = 0

        def stop(ids: Any, _scores: Any, **_: Any) -> Any:
            nonlocal tokens
            tokens = ids.shape[-1] - asked["input_ids"].shape[-1]
            return torch.full((ids.shape[0],), ended.is_set(), dtype=torch.bool)

        def generate() -> None:
            try:
                with torch.inference_mode():
                    self._model.generate(
                        **asked,
                        streamer=streamer,
                        max_new_tokens=self._most_tokens,
                        do_sample=False,
                        stopping_criteria=StoppingCriteriaList([MaxTimeCriteria(MOST_SECONDS), stop]),
                    )
            except Exception as error:  # noqa: BLE001  it is told in the thread that waits
                failures.append(error)
                streamer.end()

        written = 0
        with self._turn:
            thread = threading.Thread(target=generate, daemon=True)
            thread.start()
            try:
                for piece in streamer:
                    written += len(piece)
                    if piece:
                        yield piece
            finally:
                ended.set()
                thread.join(_PIECE_SECONDS)
        if failures:
            kind = AnswerCutOff if written else LanguageModelFailed
            raise kind(f"{self.name} failed: {failures[0]}") from failures[0]
        if tokens >= self._most_tokens - 1:
            raise AnswerCutOff(f"{self.name} did not come to an end within {self._most_tokens} tokens")


def load_local_model(name: str) -> LocalModel:
    """A causal model by its folder or its name on the hub, with its chat template. Raises LanguageModelFailed."""
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForCausalLM.from_pretrained(name)
    except (OSError, ValueError, ImportError, KeyError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise LanguageModelFailed(
            f"hf:{name} cannot be loaded ({first}): give a folder, or a name on the hub while there is a network"
        ) from error
    if tokenizer.chat_template is None:
        raise LanguageModelFailed(f"hf:{name} has no chat template: choose one made to chat, usually called Instruct")
    model.eval()
    return LocalModel(name, model, tokenizer)
