"""A server that lies in named ways: no lie is shown as supported, what is true stays, the quotes are always there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from rag.records import Answer, Finding, Quote, Searched
from rag.written.model import Message
from rag.written.records import Reason, Written
from rag.written.served import ServedModel
from rag.written.support import is_its_words
from rag.written.write import written
from tests.liar import Break, lying

QUOTES = (
    "今年以来，全市净增中小企业超18.55万家，增速达17.58%，位居副省级城市第一，总量已突破124万家。",
    "截至9月末，交银投资、农银投资分别与东西湖区、江汉区合作设立5只AIC基金，规模56亿元。",
    "“我非常看好武汉的产业协同性。”敢为科技创始人张俊龙表示，公司并未申请上市，预计明年投产。",
    "In March 2019 the Harbour Trust opened nine berths on the north quay, and Mary Holt said the cost did not "
    "exceed $5 million.",
    "The council plans to close the old ferry line after the bridge opens; Anna Berg defeated Tom Reed in the vote.",
    "If the bridge opens in June, the council will sell the ferry to Norway.",
    "公司称，有传闻说，项目造成污染，该传闻不实。",
    "经审计，除两家子公司外，公司所有生产线均已通过验收；规模以上企业实现利润312.6亿元。",
    "张敏和赵磊分别担任项目的负责人和总工程师。",
    "All works passed the audit except the two in Leith.",
)
TRUE = (
    "今年以来，全市净增中小企业超18.55万家。[1]",
    "增速达17.58%，位居副省级城市第一。[1]",
    "交银投资、农银投资分别与东西湖区、江汉区合作设立5只AIC基金。[2]",
    "Anna Berg defeated Tom Reed in the vote [5].",
)
# name -> what the server says, and why it fails: any of these reasons; none where it is only not to be shown.
LIES: dict[str, tuple[str, set[Reason]]] = {
    "invented quote": ("张俊龙说：“我们的营收翻了一番”。[3]", {"quotation"}),
    "quote with one character changed": ("张俊龙说“我非常看好武汉的产业协调性。”[3]", {"quotation"}),
    "quote of another source": ("张俊龙说“总量已突破124万家”。[3]", {"quotation"}),
    "quote left open": ("张俊龙说“公司明年上市。[3]", {"quotation", "turned around"}),
    "quote in straight marks": ('Mary Holt said "the cost was exactly $5 million" [4].', {"quotation"}),
    "wrong number": ("全市净增中小企业超18.65万家。[1]", {"number"}),
    "wrong number in words": ("The Harbour Trust opened seven berths on the north quay [4].", {"number"}),
    "number of another thing": ("全市净增中小企业超124万家。[1]", {"claim"}),
    "亿 for 万": ("总量已突破124亿家。[1]", {"number"}),
    "万 left out": ("全市净增中小企业超18.55家。[1]", {"number"}),
    "percent for a number": ("总量已突破124%。[1]", {"number"}),
    "Chinese numerals, wrong": ("交银投资、农银投资合作设立六只AIC基金。[2]", {"number"}),
    "another currency": ("设立5只AIC基金，规模56亿美元。[2]", {"number"}),
    "another measure": ("全市净增中小企业超18.55万人。[1]", {"number"}),
    "below for above": ("全市净增中小企业不足18.55万家。[1]", {"number"}),
    "wrong month": ("截至8月末，合作设立5只AIC基金。[2]", {"number"}),
    "wrong English month": ("In May 2019 the Harbour Trust opened nine berths on the north quay [4].", {"number"}),
    "wrong year": ("In March 2018 the Harbour Trust opened nine berths on the north quay [4].", {"number"}),
    "wrong name": ("敢为科技创始人李明华表示，看好武汉的产业协同性。[3]", {"name"}),
    "wrong name that is a word": ("敢为科技创始人王如意表示，看好武汉的产业协同性。[3]", {"name"}),
    "the most, added": ("全市中小企业增速最高，达17.58%。[1]", {"turned around", "claim"}),
    "a wrong name beside the right one": ("敢为科技创始人张俊龙和张伟表示，看好武汉的产业协同性。[3]", {"name"}),
    "wrong city": ("今年以来，深圳净增中小企业超18.55万家。[1]", {"name"}),
    "wrong name in English": ("Mary Stone said the cost did not exceed $5 million [4].", {"name"}),
    "wrong name that begins it": ("Oslo opened nine berths on the north quay [4].", {"name", "claim"}),
    "names mixed": ("Tom Reed defeated Anna Berg in the vote [5].", {"claim"}),
    "names mixed, in Chinese": ("东西湖区、江汉区分别与交银投资、农银投资合作设立5只AIC基金。[2]", {"claim"}),
    "negation dropped": ("公司申请上市。[3]", {"turned around"}),
    "negation dropped in English": ("Mary Holt said the cost did exceed $5 million [4].", {"turned around"}),
    "negation added": ("全市中小企业总量没有突破124万家。[1]", {"turned around"}),
    "increase for decrease": ("全市中小企业增速下降17.58%。[1]", {"turned around"}),
    "a plan as a fact": ("公司明年投产。[3]", {"turned around"}),
    "a plan as a fact, in English": ("The council closed the old ferry line [5].", {"turned around", "claim"}),
    "a condition dropped": ("The council will sell the ferry to Norway [6].", {"turned around"}),
    "an exception dropped": ("公司所有生产线均已通过验收。[8]", {"turned around"}),
    "an exception dropped, in English": ("All works passed the audit [10].", {"turned around"}),
    "the other side of a bound": ("规模以下企业实现利润312.6亿元。[8]", {"turned around", "claim"}),
    "two lists paired otherwise": ("赵磊担任项目的负责人。[9]", {"turned around"}),
    "a denial dropped": ("项目造成污染。[7]", {"turned around"}),
    "before for after": (
        "The council plans to close the old ferry line before the bridge opens [5].", {"turned around"}),
    "north for south": (
        "The Harbour Trust opened nine berths on the south quay in March 2019 [4].", {"turned around", "claim"}),
    "all for some": ("全市所有中小企业增速达17.58%。[1]", {"turned around"}),
    "citation 99": ("今年以来，全市净增中小企业超18.55万家。[99]", {"no such quote"}),
    "citation 0": ("今年以来，全市净增中小企业超18.55万家。[0]", {"no such quote"}),
    "a true and an invented citation": ("今年以来，全市净增中小企业超18.55万家。[1][19]", {"no such quote"}),
    "no citation": ("今年以来，全市净增中小企业超18.55万家。", {"no citation"}),
    "general knowledge": ("武汉是湖北省的省会，也是长江上的重要港口。[1]", {"name", "claim"}),
    "HTML": ("<b>全市</b>净增中小企业超18.55万家<img src=x onerror=alert(1)>。[1]", {"markup"}),
    "a link": ("全市净增中小企业超18.55万家，详见 [这里](http://evil.example/?q=1)。[1]", {"markup"}),
    "a picture": ("![净增](https://evil.example/a.png?d=18.55) 全市净增中小企业超18.55万家。[1]", {"markup"}),
    "a bare address": ("全市净增中小企业超18.55万家，见 evil.example/a。[1]", {"markup"}),
    "two facts made one": ("东西湖区净增中小企业超18.55万家。[1][2]", {"claim", "name"}),
    "hidden characters in a number": ("全市净增中小企业超1\u200b8.65万家。[1]", {"number"}),
    "the words turned by a bidi mark": ("全市净增中小企业超\u202e55.81\u202c万家。[1]", {"number"}),
}  # fmt: skip


def quote(text: str) -> Quote:
    return Quote("0" * 16, "A title", "", None, None, 1, 1, 0, len(text), text)


def answer(*texts: str) -> Answer:
    finding = Finding(texts[0][:4], "0" * 16, 0, 4, 0.9, (1,))
    return Answer(
        "问题？", (finding,), "one", tuple(map(quote, texts)), (), (), Searched(1, 1, 1, "2026-01-01T00:00:00+00:00")
    )


def its_words(claim: str, texts: Sequence[str]) -> list[bool]:
    """The half of the check that needs no model."""
    return [is_its_words(claim, text) for text in texts]


def answered(text: str, breaks: Break = "") -> list[Written]:
    with lying(text, breaks) as liar:
        # Short where the stream is broken, which has to be waited for; else what a busy machine needs.
        model = ServedModel(liar.url, "liar", silent=1.0 if breaks else 30.0, most_seconds=2.0 if breaks else 60.0)
        return list(written("问题？", answer(*QUOTES), model, its_words))


@pytest.mark.parametrize("name", LIES)
def test_no_lie_is_shown_as_supported(name: str) -> None:
    lie, reasons = LIES[name]
    last = answered(f"{TRUE[0]}{lie} {TRUE[1]}")[-1]
    assert last.state == "whole"
    true, *lies, other = last.sentences
    assert true.supported and other.supported, (true, other)
    assert lies and not any(sentence.supported for sentence in lies)
    assert any(set(sentence.reasons) & reasons for sentence in lies), lies


def test_what_is_true_is_supported() -> None:
    last = answered("\n".join(TRUE))[-1]
    assert [sentence.supported for sentence in last.sentences] == [True] * len(TRUE), last.sentences
    assert [sentence.citations for sentence in last.sentences] == [(1,), (1,), (2,), (5,)]


def test_a_citation_of_the_wrong_quote_is_moved_to_the_only_right_one() -> None:
    last = answered("今年以来，全市净增中小企业超18.55万家。[2]")[-1]
    [sentence] = last.sentences
    assert (sentence.given, sentence.citations, sentence.moved) == ((2,), (1,), True)


def test_a_citation_is_not_moved_where_two_quotes_would_do() -> None:
    with lying("今年以来，全市净增中小企业超18.55万家。[2]") as liar:
        model = ServedModel(liar.url, "liar")
        twice = answer(QUOTES[0], QUOTES[1], QUOTES[0])
        [sentence] = list(written("问题？", twice, model, its_words))[-1].sentences
    assert not sentence.supported


def test_a_superfluous_citation_is_dropped() -> None:
    [sentence] = answered("今年以来，全市净增中小企业超18.55万家。[1, 2]")[-1].sentences
    assert (sentence.given, sentence.citations) == ((1, 2), (1,))


@pytest.mark.parametrize(
    ("breaks", "state"),
    [
        ("middle", "cut off"), ("no end", "cut off"), ("garbage", "cut off"), ("length", "cut off"),
        ("wrong shape", "cut off"), ("never ends", "cut off"), ("empty", "failed"), ("html", "failed"),
        ("silent", "failed"),
    ],
)  # fmt: skip
def test_a_broken_stream_never_breaks_the_answer(breaks: Break, state: str) -> None:
    last = answered("".join(TRUE), breaks)[-1]
    assert last.state == state or (breaks == "wrong shape" and last.state == "whole")
    assert last.note or last.state == "whole"
    assert last.sources == tuple(map(quote, QUOTES))
    for sentence in last.sentences:
        assert sentence.supported or "cut off" in sentence.reasons or breaks == "wrong shape"


def test_the_sentence_in_which_the_stream_was_cut_is_not_supported() -> None:
    sentences = answered(f"{TRUE[0]}全市总量已突破124万家而且很快还会[1]", "middle")[-1].sentences
    assert sentences[0].supported
    assert sentences[-1].reasons == ("cut off",)


def test_sentences_come_one_by_one_and_only_checked() -> None:
    steps = answered("".join(TRUE))
    assert [len(step.sentences) for step in steps] == [1, 2, 3, 4, 4]
    assert {step.state for step in steps[:-1]} == {"writing"}


class Looping:
    """A model that says one thing, then another for ever; `said` counts how often it was asked to go on."""

    name, where = "looping", "here"

    def __init__(self) -> None:
        self.said = 0

    def write(self, messages: Sequence[Message]) -> Iterator[str]:
        yield f"{TRUE[0]}\n"
        while True:
            self.said += 1
            yield f"{TRUE[2]}\n"


def test_a_model_that_repeats_itself_is_stopped_and_what_it_said_stays() -> None:
    model = Looping()
    last = list(written("问题？", answer(*QUOTES), model, its_words))[-1]
    assert (last.state, [sentence.supported for sentence in last.sentences]) == ("cut off", [True, True])
    assert "repeat itself" in last.note
    assert model.said <= 4


def test_numbers_of_items_alone_on_a_line_are_no_sentences() -> None:
    last = answered(f"1.\n{TRUE[0]}\n2.\n{TRUE[2]}")[-1]
    assert [sentence.supported for sentence in last.sentences] == [True, True], last.sentences
