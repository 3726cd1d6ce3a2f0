"""The edges of answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reader.spans import best_spans, settle


@pytest.mark.parametrize(
    ("text", "found", "settled"),
    [
        ("增速达17.58%，位居第一", "17", "17.58%"),
        ("增速达17.58%，位居第一", "58", "17.58%"),
        ("净增中小企业超18.55万家，", "18.55万", "18.55万家"),
        ("净增中小企业超18.55万家，", "18.55", "18.55万家"),
        ("一台名为“光子”的机器人", "“光子", "光子"),
        ("一台名为“光子”的机器人", "“光子”", "光子"),
        ("读了《红楼梦》一书", "《红楼梦", "红楼梦"),
        ("A loss of -3.5% was seen.", "3.5", "-3.5%"),
        ("It cost $1,200.50 in all.", "200", "$1,200.50"),
        ("in the U.S. and Canada.", "U.S.", "U.S."),
        ("It was Paris. Then", "Paris. ", "Paris"),
        ("from 1990-1995 on", "1995", "1995"),
        ("推出“中医诊疗”模式。", "中医诊疗”模式", "“中医诊疗”模式"),
        ("推出“中医诊疗”模式。", "推出“中医诊疗", "推出“中医诊疗”"),
        ("仅用了6个月。", "6个", "6个月"),
        ("于2025年2月成立", "2025", "2025年"),
        ("温度为 25 °C 左右", "25", "25 °C"),
        ("《红楼梦》与《西游记》", "《红楼梦》与《西游记》", "《红楼梦》与《西游记》"),
    ],
)
def test_edges(text: str, found: str, settled: str) -> None:
    start = text.index(found)
    first, last = settle(text, start, start + len(found))
    assert text[first:last] == settled


@given(st.text(min_size=1, max_size=60), st.data())
def test_any_text_keeps_a_span_inside(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = settle(text, start, end)
    assert 0 <= first < last <= len(text)
    assert first < end and start < last  # something of what was given
    assert settle(text, first, last) == (first, last)


def test_best_spans_do_not_overlap_and_begin_before_they_end() -> None:
    start = np.array([0.0, 5.0, 0.0, 4.0, 0.0])
    end = np.array([6.0, 0.0, 5.0, 0.0, 4.0])
    spans = best_spans(start, end, 2)
    assert [(span.first, span.last) for span in spans] == [(1, 2), (3, 4)]
    assert spans[0].score > spans[1].score


def test_fewer_spans_than_asked_for() -> None:
    assert len(best_spans(np.zeros(1), np.zeros(1), 5)) == 1
