"""Written answers and conversations on the command line, with the real models and a server on loopback."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from rag.__main__ import main
from tests.liar import lying

QUESTION = "光谷东智从成立到投产用了多长时间？"
WRITTEN = "这家企业从成立到投产仅用了6个月。[1] 这家企业从成立到投产仅用了9个月。[1] 它很有名。"


def asked(folder: Path, *more: str) -> list[str]:
    return ["ask", *more, "--library", str(folder), "--false-answers", "0.2"]


def test_a_written_answer_is_printed_with_what_is_not_supported(
    article_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lying(WRITTEN) as liar:
        model = ["--llm", f"openai:{liar.url}", "--llm-model", "a-model"]
        assert main(asked(article_folder, QUESTION, *model)) == 0
        struck = capsys.readouterr().out
        assert main(asked(article_folder, QUESTION, *model, "--unsupported", "drop")) == 0
        dropped = capsys.readouterr().out
    assert "a-model" in struck and liar.url in struck
    assert "  这家企业从成立到投产仅用了6个月。 [1]" in struck and "✗ 这家企业从成立到投产仅用了9个月。" in struck
    assert "6个月。 [1]" in dropped and "9个月" not in dropped and "有名" not in dropped
    assert "[1] " in dropped.split("\n\n")[-2]  # the quotes are there all the same


def test_lines_of_one_conversation(
    article_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n它什么时候成立？\n火星有几颗卫星？\n"))
    with lying(WRITTEN) as liar:
        model = ["--llm", f"openai:{liar.url}", "--llm-model", "a-model"]
        main(asked(article_folder, "-", "--conversation", *model))
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert [one["asked"] for one in (first, second)] == [QUESTION, "它什么时候成立？"]
    assert second["question"] == "光谷东智什么时候成立？"
    sentences = first["written"]["sentences"]
    assert [sentence["supported"] for sentence in sentences] == [True, False, False]
    assert sentences[1]["reasons"] == ["number"]
    assert (third["found"], third["written"]) == (False, None)


def test_a_server_that_is_not_there_leaves_the_answer(article_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lying("") as liar:
        pass
    model = ["--llm", f"openai:{liar.url}", "--llm-model", "a-model"]
    assert main(asked(article_folder, QUESTION, "--json", *model)) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["written"]["state"] == "failed" and "check that the server runs" in content["written"]["note"]
    assert content["quotes"]


def test_a_model_that_is_named_wrongly_is_an_error(article_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked(article_folder, QUESTION, "--llm", "gpt")) == 2
    assert "openai:http://" in capsys.readouterr().err
