from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Passage, Span
from rag.fold import fold_only
from rag.mentions import UnusableTerm, mentions, spans_of, speaking_to
from rag.numbers import figures
from rag.records import Hit, Reading, Signs
from tests.evidence_fakes import library_of
from tests.texts import TEXTS


def found(text: str, term: str) -> list[str]:
    return [text[span.start : span.end] for span in spans_of(text, term)]


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("臺灣的中小企業和中小企业", "中小企业", ["中小企業", "中小企业"]),
        ("ＡＩ和AI与ai，但不是fair或AI4", "AI", ["ＡＩ", "AI", "ai"]),
        ("一百家、100家、１００家、100.0家，不是1000家或100.5家", "100家", ["一百家", "100家", "１００家", "100.0家"]),
        ("共185,500家，即18萬5500家，超18.55万家", "18.55万", ["185,500", "18萬5500", "18.55万"]),
        (
            "增速达17.58%，百分之十七点五八，17.58 percent，117.58%",
            "17.58%",
            ["17.58%", "百分之十七点五八", "17.58 percent"],
        ),
        ("增速达17.58%，百分之十七点五八", "17.58", ["17.58", "十七点五八"]),
        ("中小\n企业，中 小 企 业", "中小企业", ["中小\n企业", "中 小 企 业"]),
        ("a part, apart, a  part, a\npart", "a part", ["a part", "a  part", "a\npart"]),
        ("一一对应，统一，万一", "一一", ["一一"]),
        ("哈哈哈哈哈", "哈哈", ["哈哈", "哈哈"]),
        ("cafe\u0301 café CAFÉ", "café", ["cafe\u0301", "café", "CAFÉ"]),
        ("第一百零二条", "102", ["一百零二"]),
        ("二〇二五年与2025年", "2025年", ["二〇二五年", "2025年"]),
    ],
)
def test_forms_match_each_other(text: str, term: str, expected: list[str]) -> None:
    assert found(text, term) == expected


@pytest.mark.parametrize("term", ["", "  ", "\u200b", "——"])
def test_a_term_without_anything_is_refused(term: str) -> None:
    with pytest.raises(UnusableTerm):
        spans_of("text", term)


@given(text=TEXTS, data=st.data())
def test_what_is_in_a_text_is_found_there(text: str, data: st.DataObject) -> None:
    """Whatever is cut out at blank space or punctuation, and has something in it, is found where it was."""
    bounds = [0, *(place for place, character in enumerate(text) if character in " \n，。"), len(text)]
    start, end = sorted((data.draw(st.sampled_from(bounds)), data.draw(st.sampled_from(bounds))))
    term = text[start:end]
    if not fold_only(term) or any(character.isdigit() for character in text):
        return
    spans = spans_of(text, term)
    assert any(span.start < end and start < span.end for span in spans)
    assert all(fold_only(text[span.start : span.end]) == fold_only(term) for span in spans)


PIECES = (
    "一百",
    "100",
    "１００",
    "10",
    "0",
    "零",
    "家",
    "%",
    "％",
    "百分之",
    "企業",
    "企业",
    "，",
    " ",
    "a",
    "A",
    "5",
    ".",
)


def oracle(text: str, term: str) -> set[tuple[int, int]]:
    """By brute force: each number in the text whose value and unit are the term's."""
    [wanted] = figures(term)
    return {
        (figure.start, figure.end)
        for figure in figures(text)
        if (figure.value, figure.unit) == (wanted.value, wanted.unit)
    }


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.sampled_from(["100", "10%", "5", "一百"]))
def test_numbers_against_brute_force(text: str, term: str) -> None:
    spans = {(span.start, span.end) for span in spans_of(text, term)}
    for start, end in oracle(text, term):
        glued = any(text[place : place + 1].lower() == "a" for place in (start - 1, end) if place >= 0)
        assert glued or any(first <= start and end <= last for first, last in spans)
    for start, end in spans:
        value = figures(term)[0].value
        assert any(
            figure.value == value and figure.start <= start and end <= figure.end for figure in figures(text)
        ) or fold_only(text[start:end]) == fold_only(term)


@given(
    st.lists(st.sampled_from(["企业", "企業", "中小", "，", "\n", " ", "a", "Ａ", "業"]), max_size=8).map("".join),
    st.sampled_from(["企业", "中小企業", "業", "a"]),
)
def test_words_against_brute_force(text: str, term: str) -> None:
    wanted = fold_only(term)
    expected = set()
    for start, end in itertools.combinations(range(len(text) + 1), 2):
        piece = text[start:end]
        if fold_only(piece) == wanted and fold_only(piece[0]) and fold_only(piece[-1]):
            around = text[start - 1 : start] + text[end : end + 1]
            if not (term == "a" and any(character in "aＡ" for character in around)):
                expected.add((start, end))
    assert {(span.start, span.end) for span in spans_of(text, term)} == expected


def test_grouped_by_document_with_exact_places(tmp_path: Path) -> None:
    texts = {
        "a.md": "# 企業\n\n甲企业。乙企業！\n",
        "b.txt": "nothing here",
        "c.md": "丙没有。企业在此。",
    }
    library = library_of(tmp_path, texts)
    groups = mentions(library, "企业")
    assert [(group.title, len(group.spans)) for group in groups] == [("企業", 3), ("c", 1)]
    for group in groups:
        text = library.document(group.document).text
        assert all(text[span.start : span.end] in ("企业", "企業") for span in group.spans)
    text = library.document(groups[0].document).text
    assert [text[span.start : span.end] for span in groups[0].sentences] == ["企業", "甲企业。", "乙企業！"]
    only = mentions(library, "企业", [groups[1].document])
    assert [group.document for group in only] == [groups[1].document]
    assert mentions(library, "企业", []) == []


def test_readings_that_speak_to_a_question(tmp_path: Path) -> None:
    library = library_of(tmp_path, {"a.txt": "One thing. Another thing."})
    document = library.documents()[0].id
    hit = Hit(Passage(1, document, 1, 0, 25, "a", "", "One thing. Another thing."), 1, 1.0, 1.0, 0.0)
    signs = Signs(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    found = ((11, 18, 0.9), (0, 3, 0.6), (4, 9, 0.2))
    readings = [Reading(hit, start, end, signs, sure, sure, sure) for start, end, sure in found]
    [group] = speaking_to(library, readings, 0.5)
    assert group.spans == (Span(0, 3), Span(11, 18))
    assert group.sentences == (Span(0, 10), Span(11, 25))


def test_a_large_text_is_gone_through_quickly() -> None:
    text = "武汉的中小企业有很多家，增速很快。" * 20_000  # a third of a million characters
    began = time.process_time()
    assert len(spans_of(text + "净增18.55万家", "净增185,500家")) == 1
    assert time.process_time() - began < 10
