"""Requests for a summary, a comparison or a list: the quotes they need by section; and parts searched one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.ingest import add_file
from index.local import LocalLibrary
from rag.answer import Assistant
from rag.gather import request_in
from rag.present import answer_json
from rag.records import Answer, NotFound
from tests.fakes import NumberReader, TermEmbedder, plain_calibration

PORT = """# 港口年报

## 泊位

港口在北岸新建了泊位，全年投入使用的泊位共有412个。老泊位在南岸，由市政府负责管理和维护。

## 渡轮

渡轮公司每天开行渡轮，全年运送旅客96万人次。渡轮的票价由公司自行决定。
"""
REQUESTS = [
    ("总结一下这篇文章", "summary", ()), ("这篇文档主要讲了什么？", "summary", ()), (
        "Summarise this document.", "summary", ()),
    ("概括港口的泊位情况", "summary", ("港口的泊位",)), ("比较泊位和渡轮", "comparison", ("泊位", "渡轮")),
    ("泊位与渡轮有什么区别？", "comparison", ("泊位", "渡轮")), (
        "Compare the berths and the ferries.", "comparison", ("berths", "ferries")),
    ("列出港口的措施", "list", ("港口的措施",)), ("武汉如何帮助企业成长？", "list", ("武汉 帮助企业成长",)),
]  # fmt: skip
OTHERS = ("港口有多少个泊位？", "谁管理老泊位？", "How many firms does Wuhan help?", "票价比较高吗？", "哪一年启用？")


@pytest.fixture
def assistant(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    monkeypatch.setattr("rag.gather.LEAST_COSINE", 0.2)  # of the fast embedder, not of the real one
    path = tmp_path / "port.md"
    path.write_text(PORT, encoding="utf-8")
    assert add_file(library, fake, path).state == "added"
    return Assistant(library, fake, NumberReader(), plain_calibration(0.9))


@pytest.mark.parametrize(("question", "kind", "topics"), REQUESTS)
def test_requests_are_known(question: str, kind: str, topics: tuple[str, ...]) -> None:
    asked = request_in(question)
    assert asked is not None
    assert (asked.request, asked.topics) == (kind, topics)


@pytest.mark.parametrize("question", OTHERS)
def test_what_a_span_answers_is_no_request(question: str) -> None:
    assert request_in(question) is None


def test_a_summary_has_the_first_sentence_of_every_section(assistant: Assistant) -> None:
    result = assistant.ask("总结一下这篇文章")
    assert isinstance(result, Answer)
    assert result.relation == "gathered"
    assert [quote.heading for quote in result.quotes] == ["泊位", "渡轮"]
    document = assistant.library.document(result.quotes[0].document)
    for number, (finding, quote) in enumerate(zip(result.findings, result.quotes, strict=True), 1):
        assert finding.text == quote.text == document.text[quote.start : quote.end]
        assert (finding.citations, finding.confidence) == ((number,), 0.0)
    content = answer_json(result)
    assert content["relation"] == "gathered" and content["missing"] == []


def test_a_comparison_has_both_sides(assistant: Assistant) -> None:
    result = assistant.ask("比较泊位和渡轮")
    assert isinstance(result, Answer)
    assert {quote.heading for quote in result.quotes} == {"泊位", "渡轮"}


@pytest.mark.parametrize("question", ["总结火星的地质构造", "比较泊位和火星基地", "Summarise the history of Tokyo."])
def test_nothing_is_gathered_for_what_is_not_there(assistant: Assistant, question: str) -> None:
    assert isinstance(assistant.ask(question), NotFound)


def test_parts_that_stand_apart_are_searched_one_by_one(assistant: Assistant) -> None:
    result = assistant.ask("全年投入使用的泊位共有多少个，全年运送旅客多少人次？", 0.6)
    assert isinstance(result, Answer)
    assert (result.relation, result.missing) == ("parts", ())
    assert [finding.text[:2] for finding in result.findings] == ["41", "96"]


def test_a_part_without_an_answer_is_named(assistant: Assistant) -> None:
    result = assistant.ask("全年投入使用的泊位共有多少个，火星基地何时建成启用开放？", 0.6)
    assert isinstance(result, Answer)
    assert len(result.missing) == 1 and "火星基地" in result.missing[0]
    assert answer_json(result)["missing"] == list(result.missing)
