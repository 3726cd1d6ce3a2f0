"""A reader from the hub: a real model class and a real tokenizer, small and untrained, from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bundled import bundled_model_folder
from index.errors import ModelUnavailable
from rag.calibrate import calibration_for
from rag.reader import load_reader
from rag.reader.hub import HubReader, load_hub_reader

_loaded: list[HubReader] = []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertConfig, BertForQuestionAnswering

    made = tmp_path_factory.mktemp("hub-reader")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(bundled_model_folder() / name, made / name)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=250_037,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=512,
        pad_token_id=1,
    )
    BertForQuestionAnswering(config).save_pretrained(made)
    return made


@pytest.fixture(scope="module")
def reader(folder: Path) -> HubReader:
    _loaded.append(load_hub_reader(str(folder)))
    return _loaded[0]


def test_the_best_span_is_the_best_of_all_pairs(reader: HubReader) -> None:
    question, text = "Who?", "Anna lives in Bern, and Bernhard lives in Genf."
    [[reading]] = reader.read_spans(question, [text], [""], 1)
    encoded = reader._tokenizer(question, text, return_tensors="pt", return_offsets_mapping=True)
    offsets = encoded.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        output = reader._model(**encoded)
    start, end = output.start_logits[0].tolist(), output.end_logits[0].tolist()
    inside = [place for place, part in enumerate(encoded.sequence_ids(0)) if part == 1]
    pairs = [(start[a] + end[b], a, b) for a in inside for b in inside if a <= b]
    best, first, last = max(pairs)
    assert reading.answerable == pytest.approx(best - start[0] - end[0], abs=1e-4)
    # The edges are put right, so the span may have lost marks at its ends.
    assert offsets[first][0] <= reading.start < reading.end
    assert text[reading.start : reading.end] in text[offsets[first][0] : offsets[last][1] + 1]


@settings(max_examples=10)
@given(st.text(max_size=60), st.lists(st.text(max_size=100), min_size=1, max_size=3))
def test_any_text_is_read_inside_its_bounds(reader: HubReader, question: str, texts: list[str]) -> None:
    readings = reader.read_spans(question, texts, ["" for _ in texts], 3)
    assert len(readings) == len(texts)
    for text, spans in zip(texts, readings, strict=True):
        assert spans
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)


def test_a_long_text_is_read_in_windows_to_its_end(reader: HubReader) -> None:
    text = "The committee met again and talked about the budget. " * 100
    [spans] = reader.read_spans("Who met?", [text], [""], 50)
    assert max(span.end for span in spans) > len(text) * 2 // 3


def test_its_weights_name_it_and_nothing_is_fitted_for_it(reader: HubReader, folder: Path, tmp_path: Path) -> None:
    assert load_reader(str(folder)).fingerprint == reader.fingerprint
    assert len(reader.fingerprint) == 64
    assert "calibrate" in calibration_for(tmp_path, reader.fingerprint).fitted_on


def test_a_name_that_is_no_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="nowhere/at-all"):
        load_hub_reader("nowhere/at-all")
    with pytest.raises(ModelUnavailable):
        load_hub_reader(str(tmp_path))
