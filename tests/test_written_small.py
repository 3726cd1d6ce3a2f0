"""A small real instruct model, behind llama.cpp's own server and through transformers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.written.local import load_local_model
from rag.written.model import LanguageModel, Message
from rag.written.served import ServedModel
from rag.written.support import is_its_words
from rag.written.write import written
from tests.small_server import bundled_model, serve
from tests.test_written_lies import QUOTES, answer, its_words

QUESTION = "When did the Harbour Trust open the berths?"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = serve(bundled_model())
    yield f"{server.listening_address}/v1"
    del server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as a folder that transformers loads by itself."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path, made = bundled_model(), tmp_path_factory.mktemp("smollm2")
    AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name).save_pretrained(made)
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name)
    model.hf_quantizer = None  # its weights are whole by now
    del model.config.quantization_config
    model.save_pretrained(made)
    return made


def heard_and_checked(model: LanguageModel) -> None:
    """It writes, and no sentence that cites what does not say it is left with its citation."""
    [*_, last] = written(QUESTION, answer(*QUOTES[3:]), model, its_words)
    assert last.state in ("whole", "cut off")
    assert last.sentences
    for sentence in last.sentences:
        assert not sentence.supported or sentence.citations
        assert all(is_its_words(sentence.text, last.sources[number - 1].text) for number in sentence.citations)


def test_a_small_model_behind_a_server_is_heard_and_checked(url: str) -> None:
    heard_and_checked(ServedModel(url, "smollm2"))


def test_the_same_model_through_transformers_is_heard_and_checked(folder: Path) -> None:
    heard_and_checked(load_local_model(str(folder)))


def test_both_ways_lead_to_a_model_that_understands(url: str, folder: Path) -> None:
    asked = [Message("user", "What is the capital of France? Answer with one word.")]
    for model in (ServedModel(url, "smollm2"), load_local_model(str(folder))):
        assert "Paris" in "".join(model.write(asked))
