"""The two ways to a language model, with a real client, a server on loopback, and a real model of random weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.written.local import load_local_model
from rag.written.model import AnswerCutOff, LanguageModelFailed, Message, choice_of, open_model
from rag.written.served import ServedModel
from tests.conftest import ROOT
from tests.liar import lying

ASKED = (Message("system", "Rules."), Message("user", "Question?"))
TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def test_a_server_is_asked_with_its_model_its_key_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "usual")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/elsewhere")
    with lying("写好了。[1]") as liar:
        model = open_model(choice_of(f"openai:{liar.url}", "qwen3"))
        assert liar.asked == []  # opening asks nothing
        assert "".join(model.write(ASKED)) == "写好了。[1]"
        monkeypatch.setenv("YINZHENG_LLM_KEY", "own")
        list(ServedModel(liar.url, "qwen3").write(ASKED))
    assert (model.name, model.where) == ("qwen3", liar.url)
    assert liar.keys == ["Bearer usual", "Bearer own"]
    [body, _] = liar.asked
    assert body["model"] == "qwen3" and body["stream"] is True and body["temperature"] == 0
    assert body["messages"] == [{"role": one.role, "content": one.content} for one in ASKED]


def test_what_can_be_retried_is() -> None:
    with lying("好。") as liar:
        liar.statuses = [503, 429]
        assert "".join(ServedModel(liar.url, "m").write(ASKED)) == "好。"
        assert len(liar.asked) == 3


@pytest.mark.parametrize(("status", "help_"), [(401, "YINZHENG_LLM_KEY"), (404, "/v1"), (400, "check that the server")])
def test_what_cannot_be_retried_says_what_to_do(status: int, help_: str) -> None:
    with lying("好。") as liar:
        liar.statuses = [status]
        with pytest.raises(LanguageModelFailed, match=help_) as failure:
            list(ServedModel(liar.url, "m").write(ASKED))
        assert liar.url in str(failure.value)
        assert len(liar.asked) == 1


def test_a_server_that_is_not_there_says_so() -> None:
    with lying("x") as liar:
        pass
    with pytest.raises(LanguageModelFailed, match="check that the server runs"):
        list(ServedModel(liar.url, "m", silent=1.0).write(ASKED))


def test_a_redirect_is_not_followed() -> None:
    with lying("elsewhere") as other, lying("x") as liar:
        liar.statuses = [307]
        liar.location = f"{other.url}/chat/completions"
        with pytest.raises(LanguageModelFailed):
            list(ServedModel(liar.url, "m").write(ASKED))
        assert other.asked == []


def test_whoever_stops_reading_ends_the_request() -> None:
    with lying("一二三四五", "never ends") as liar:
        pieces = ServedModel(liar.url, "m").write(ASKED)
        next(pieces)
        pieces.close()


@pytest.mark.parametrize("named", ["qwen", "openai:", "openai:ftp://x", "hf:", "ollama:x", "openai:http://x/v1"])
def test_what_names_no_model_is_refused(named: str) -> None:
    with pytest.raises(LanguageModelFailed, match=r"openai:|--llm-model"):
        choice_of(named, None)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal model with random weights and a tokenizer of bytes, saved as such models are."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {character: place for place, character in enumerate([*alphabet, "</s>"])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", pad_token="</s>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=len(vocabulary) - 1, bos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_a_model_on_this_machine_writes_the_same_each_time(tiny: Path) -> None:
    model = load_local_model(str(tiny))
    model._most_tokens = 12
    assert (model.name, model.where) == (str(tiny), "")
    texts = []
    for _ in range(2):
        pieces = []
        with pytest.raises(AnswerCutOff, match="12 tokens"):
            for piece in model.write(ASKED):
                pieces.append(piece)
        texts.append("".join(pieces))
    assert texts[0] == texts[1] != ""


def test_a_local_model_may_be_left_in_the_middle(tiny: Path) -> None:
    model = load_local_model(str(tiny))
    pieces = model.write(ASKED)
    next(pieces)
    pieces.close()
    assert next(model.write(ASKED)) is not None  # the turn is free again


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LanguageModelFailed, match="cannot be loaded"):
        load_local_model(str(tmp_path))


def test_a_model_that_does_not_chat_is_refused(tiny: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny)
    tokenizer.chat_template = None
    tokenizer.save_pretrained(tmp_path)
    AutoModelForCausalLM.from_pretrained(tiny).save_pretrained(tmp_path)
    with pytest.raises(LanguageModelFailed, match="chat template"):
        load_local_model(str(tmp_path))


def test_without_a_model_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, rag.__main__, rag.answer, rag.written.write, rag.written.choose\n"
        "loaded = {'openai', 'transformers', 'torch', 'httpx2'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
