"""Widening, what a cut leaves out, and who spoke."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.caution import cautions
from rag.speaker import speaker
from rag.widen import narrower_after, narrower_before, sentence_after, sentence_before, wider_after, wider_before
from tests.conftest import ARTICLE
from tests.test_quote import document_of
from tests.texts import WRITTEN_TEXTS

ARTICLE_DOCUMENT = document_of(ARTICLE.read_text(encoding="utf-8"))
SHORT = document_of("One. Two.\n\nThree. Four.\n")


def cut(words: str, text: str) -> tuple[int, int]:
    start = text.index(words)
    return start, start + len(words)


def test_wider_and_narrower_by_sentences() -> None:
    start, end = cut("Two.", SHORT.text)
    wider = wider_after(SHORT, start, end)
    assert wider is not None and SHORT.text[wider.start : wider.end] == "Two.\n\nThree."
    back = narrower_after(SHORT, wider.start, wider.end)
    assert back is not None and (back.start, back.end) == (start, end)
    wider = wider_before(SHORT, start, end)
    assert wider is not None and SHORT.text[wider.start : wider.end] == "One. Two."
    back = narrower_before(SHORT, wider.start, wider.end)
    assert back is not None and (back.start, back.end) == (start, end)
    assert wider_before(SHORT, 0, 4) is None
    assert wider_after(SHORT, *cut("Four.", SHORT.text)) is None
    assert narrower_after(SHORT, start, end) is None
    assert narrower_before(SHORT, start, end) is None


def test_a_cut_sentence_is_made_whole_first() -> None:
    start, end = cut("wo", SHORT.text)
    wider = wider_after(SHORT, start, end)
    assert wider is not None and SHORT.text[wider.start : wider.end] == "wo."
    wider = wider_before(SHORT, start, end)
    assert wider is not None and SHORT.text[wider.start : wider.end] == "Two"


@given(text=WRITTEN_TEXTS.filter(lambda text: text.strip("\ufeff").strip() != ""), data=st.data())
def test_widening_goes_to_a_sentence_and_narrowing_never_grows(text: str, data: st.DataObject) -> None:
    document = document_of(text)
    assume(document.sentences)
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    ends = {span.end for span in document.sentences}
    starts = {span.start for span in document.sentences}
    for span, grows in (
        (wider_after(document, start, end), True),
        (wider_before(document, start, end), True),
        (narrower_after(document, start, end), False),
        (narrower_before(document, start, end), False),
    ):
        if span is not None:
            assert 0 <= span.start < span.end <= len(document.text)
            assert (span.end - span.start > end - start) == grows
            assert span.end in ends or span.start in starts
    before, after = sentence_before(document, start), sentence_after(document, end)
    assert before is None or before.end <= start
    assert after is None or end <= after.start


@pytest.mark.parametrize(
    ("sentence", "quoted", "expected"),
    [
        ("据市统计局称，产值增长了三成。", "产值增长了三成", [("attribution", "据"), ("attribution", "称")]),
        ("我们不认为产值增长了三成。", "产值增长了三成", [("negation", "不"), ("attribution", "认为")]),
        ("除非需求恢复，产值将下降。", "产值将下降", [("condition", "除非")]),
        ("如果明年开工，工厂将雇用百人。", "工厂将雇用百人", [("condition", "如果")]),
        ("工厂未来将雇用百人，规模非常大。", "规模非常大", []),
        ("工厂不断扩大。", "工厂", []),
        ("工厂没有扩大。", "工厂没有扩大", []),
        ("It is not true that the harbour is closed.", "the harbour is closed", [("negation", "not")]),
        ("The harbour is closed, according to the master.", "The harbour is closed", [("attribution", "according to")]),
        ("The harbour will close unless it is repaired.", "The harbour will close", [("condition", "unless")]),
        ("He said it isn't closed.", "closed", [("attribution", "said"), ("negation", "n't")]),
        ("Nobody knows notable notes.", "notable notes", [("negation", "Nobody")]),
    ],
)
def test_what_a_cut_leaves_out(sentence: str, quoted: str, expected: list[tuple[str, str]]) -> None:
    document = document_of(f"Before. 前面不说。\n\n{sentence} 后面没有。\n")
    found = cautions(document, *cut(quoted, document.text))
    assert [(caution.kind, document.text[caution.start : caution.end]) for caution in found] == expected


def test_whole_sentences_leave_nothing_out() -> None:
    for span in ARTICLE_DOCUMENT.sentences:
        assert cautions(ARTICLE_DOCUMENT, span.start, span.end) == []


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("仅用1个月就完成了工厂建设所需的各项审批手续", "光谷东智副总经理楼凯齐"),
        ("累计融资1500万元", "武汉华动智造科技有限公司创始人王如意"),
        ("这些实实在在的帮助", "武汉华动智造科技有限公司创始人王如意"),
        ("我非常看好武汉的产业协同性。", "敢为科技创始人张俊龙"),
        ("推动特色产业集群提质扩面", "武汉市经济和信息化局（武汉市中小企业发展局）相关负责人"),
        ("今年以来，全市净增中小企业超18.55万家", None),
        ("群星方阵", None),
    ],
)
def test_who_spoke_in_the_article(quoted: str, expected: str | None) -> None:
    found = speaker(ARTICLE_DOCUMENT, *cut(quoted, ARTICLE_DOCUMENT.text))
    assert (None if found is None else ARTICLE_DOCUMENT.text[found.start : found.end]) == expected


@pytest.mark.parametrize(
    ("text", "quoted", "expected"),
    [
        ("市长王明说：“今年的工程一定会按时完工。”", "一定会按时完工", "市长王明"),
        ("他说：“今年的工程一定会按时完工。”", "一定会按时完工", None),
        ("「今年的工程一定會按時完工。」李四表示，「請放心。」", "請放心", "李四"),
        ("“We will finish the bridge in time,” said Anna Berg.", "finish the bridge", "Anna Berg"),
        ("“We will finish the bridge in time,” Anna Berg said on Monday.", "finish the bridge", "Anna Berg"),
        ("Anna Berg told reporters: “We will finish the bridge in time.”", "finish the bridge", "Anna Berg"),
        ("“We will finish the bridge in time,” she said.", "finish the bridge", None),
        ("“We will finish the bridge in time,” the harbour master said.", "finish the bridge", "the harbour master"),
        ("The so-called “bridge of all bridges in the world” was built.", "all bridges", None),
    ],
)
def test_who_spoke(text: str, quoted: str, expected: str | None) -> None:
    document = document_of(f"{text}\n")
    found = speaker(document, *cut(quoted, document.text))
    assert (None if found is None else document.text[found.start : found.end]) == expected
