from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.readers.markdown import read_markdown
from index.readers.plain import read_plain
from index.records import Block, ReadFile, Span
from index.split import containing, sentence_spans, split
from tests.texts import TEXTS

Reader = Callable[[str, str], ReadFile]


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentence_spans(text, 0, len(text))]


def characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


@pytest.mark.parametrize(
    "expected",
    [
        ["他说：“今天下雨。”", "然后走了。"],
        ["净增3.5亿元，18.55万家！", "真的吗？", "“好。”", "她说。"],
        ["私は行く。", "「はい。」", "と言った。"],
        ["据称他去了。", "（见图一。）", "他回来了。"],
        ["Dr. Smith went to Washington.", "He paid 3.5 dollars.", '"Really?" she asked.', "Yes."],
        ["See No. 5 and Fig. 3 there.", "No.", "He left."],
        ["مرحبا.", "كيف حالك؟", "جيد."],
        ["नमस्ते।", "आप कैसे हैं?", "ठीक।"],
        ["Он пришёл.", "«Кто там?»", "Никого."],
        ["Das kostet z.B. 3,5 Euro.", "Wirklich?"],
        ["J. K. Rowling schrieb es.", "Ja."],
    ],
)
def test_sentences_of_many_languages(expected: list[str]) -> None:
    joint = "" if any("\u4e00" <= character <= "\u9fff" for character in expected[0]) else " "
    assert sentences(joint.join(expected)) == expected


def test_a_wrapped_line_ends_no_sentence() -> None:
    assert sentences("a line that was\nwrapped here. And\r\nagain.") == [
        "a line that was\nwrapped here.",
        "And\r\nagain.",
    ]


def test_passages_are_runs_of_whole_sentences_that_share_one() -> None:
    text = "".join(f"第{number}句话在这里。" for number in range(10))
    parts = split(text, [Block(0, len(text))], "", characters, passage_tokens=25)
    size = len("第0句话在这里。")
    assert [(span.start, span.end) for span in parts.passages] == [
        (first * size, (first + 3) * size) for first in (0, 2, 4, 6)
    ] + [(8 * size, 10 * size)]


def test_a_passage_stays_under_its_heading_and_knows_the_path() -> None:
    text = "# T\n\nOne.\n\n## A\n\nTwo.\n\n### B\n\nThree.\n\n## C\n\nFour.\n"
    read = read_markdown(text, "name")
    parts = split(text, read.blocks, read.title, characters)
    assert read.title == "T"
    assert [(text[span.start : span.end], span.heading) for span in parts.passages] == [
        ("# T", ""),
        ("One.", ""),
        ("## A", ""),
        ("Two.", "A"),
        ("### B", "A"),
        ("Three.", "A › B"),
        ("## C", ""),
        ("Four.", "C"),
    ]
    assert [text[span.start : span.end] for span in parts.headings] == ["T", "A", "B", "C"]
    assert [text[span.start : span.end] for span in parts.paragraphs] == ["One.", "Two.", "Three.", "Four."]


@pytest.mark.parametrize("reader", [read_markdown, read_plain])
@given(text=TEXTS, tokens=st.integers(1, 60))
@example(text="a\x0bb\u2029c", tokens=1)
def test_nothing_is_lost_and_nothing_moves(reader: Reader, text: str, tokens: int) -> None:
    read = reader(text, "name")
    assert read.text == text
    parts = split(text, read.blocks, read.title, characters, tokens)
    covered = bytearray(len(text))
    for passage in parts.passages:
        assert 0 <= passage.start < passage.end <= len(text)
        covered[passage.start : passage.end] = b"\1" * (passage.end - passage.start)
    assert [place for place, character in enumerate(text) if not character.isspace() and not covered[place]] == []
    starts = [(passage.start, passage.end) for passage in parts.passages]
    assert starts == sorted(starts)
    for spans in (parts.sentences, parts.paragraphs):
        assert all(left.end <= right.start for left, right in pairwise(spans))
        assert all(not text[span.start].isspace() and not text[span.end - 1].isspace() for span in spans)


@given(text=TEXTS, tokens=st.integers(1, 60))
def test_passages_begin_and_end_with_sentences(text: str, tokens: int) -> None:
    read = read_plain(text, "name")
    parts = split(text, read.blocks, read.title, characters, tokens)
    starts = {span.start for span in parts.sentences}
    ends = {span.end for span in parts.sentences}
    assert all(passage.start in starts and passage.end in ends for passage in parts.passages)


@given(text=TEXTS)
def test_sentences_in_order_give_the_paragraph_again(text: str) -> None:
    spans = sentence_spans(text, 0, len(text))
    joined = "".join(text[span.start : span.end] for span in spans)
    assert "".join(joined.split()) == "".join(text.split())


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), max_size=10), st.integers(0, 120))
def test_containing_agrees_with_looking_at_each(gaps: list[tuple[int, int]], place: int) -> None:
    spans, end = [], 0
    for gap, length in gaps:
        spans.append(Span(end + gap, end + gap + length))
        end += gap + length
    expected = next((number for number, span in enumerate(spans) if span.start <= place < span.end), None)
    assert containing(spans, place) == expected
