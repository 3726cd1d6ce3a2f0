"""The shipped reader: exact places, order, refusing, and its file."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reader.model import SpanReader, load_span_reader
from rag.reader.shipped import SHIPPED, fingerprint

MOST_BYTES = 12_000_000


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return load_span_reader()


_shared: list[SpanReader] = []


def _reader() -> SpanReader:
    """Hypothesis repeats the test; the model is loaded once."""
    if not _shared:
        _shared.append(load_span_reader())
    return _shared[0]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=120), min_size=1, max_size=3))
def test_any_text_is_read_inside_its_bounds(question: str, texts: list[str]) -> None:
    readings = _reader().read(question, texts, ["" for _ in texts])
    assert len(readings) == len(texts)
    for text, reading in zip(texts, readings, strict=True):
        assert 0 <= reading.start <= reading.end <= len(text)
        assert reading.start < reading.end or not text.strip() or reading.start == reading.end == 0


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("公司成立于哪一年？", "该公司于1998年在杭州成立，主要生产仪表。现有员工300人。", "1998年"),
        (
            "Who founded the museum?",
            "The museum was founded by Maria Keller. It opened its doors in 1911.",
            "Maria Keller",
        ),
        ("What year was the company founded?", "该公司于1998年在杭州成立，主要生产仪表。", "1998年"),
    ],
)
def test_reads_the_answer(reader: SpanReader, question: str, text: str, answer: str) -> None:
    (reading,) = reader.read(question, [text], [""])
    assert text[reading.start : reading.end] == answer


def test_the_passage_that_answers_comes_first(reader: SpanReader) -> None:
    texts = [
        "The bridge is painted green and has two lanes in each direction.",
        "The bridge was opened in 1937 by the mayor.",
        "Ferries crossed the bay before there was a bridge.",
    ]
    readings = reader.read("When was the bridge opened?", texts, ["Bridge"] * 3)
    assert max(range(3), key=lambda place: readings[place].answerable) == 1


def test_the_order_of_the_texts_changes_nothing(reader: SpanReader) -> None:
    texts = ["Anna lives in Bern.", "The weather was fine, and many people came to the lake to swim.", "短文。"]
    forward = reader.read("Where does Anna live?", texts, ["", "", ""])
    backward = reader.read("Where does Anna live?", texts[::-1], ["", "", ""])
    for one, other in zip(forward, backward[::-1], strict=True):
        assert (one.start, one.end) == (other.start, other.end)
        assert one.answerable == pytest.approx(other.answerable, abs=0.05)


def test_a_long_text_is_read_to_its_end(reader: SpanReader) -> None:
    filler = "The committee met again and talked about the budget of the coming year. " * 60
    text = filler + "The tower of Oberfeld is 212 metres high."
    (reading,) = reader.read("How high is the tower of Oberfeld?", [text], [""])
    assert "212" in text[reading.start : reading.end]


def test_several_spans_do_not_overlap(reader: SpanReader) -> None:
    text = "参加的企业有东湖科技、江城电子和汉阳机械。"
    (spans,) = reader.read_spans("哪些企业参加了？", [text], [""], 3)
    assert 1 <= len(spans) <= 3
    places = sorted((span.start, span.end) for span in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(places))


def test_no_words_no_answer(reader: SpanReader) -> None:
    blank, full = reader.read("Who?", ["", "Anna lives in Bern."], ["", ""])
    assert (blank.start, blank.end) == (0, 0)
    assert blank.answerable < full.answerable


def test_headings_are_one_a_text(reader: SpanReader) -> None:
    with pytest.raises(ValueError, match="zip"):
        reader.read("Who?", ["Anna."], [])


def test_the_file_is_small_and_named_by_its_content(reader: SpanReader) -> None:
    assert SHIPPED.stat().st_size <= MOST_BYTES
    assert reader.fingerprint == fingerprint(SHIPPED)
    assert Path(SHIPPED).name == "reader.safetensors"
