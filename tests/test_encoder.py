"""The models on OpenVINO give what the same models give on PyTorch."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from index.bundled import BUNDLED_NAME, bundled_model_folder
from index.embed import (
    BundledEmbedder,
    Embedder,
    SentenceTransformerEmbedder,
    fingerprint_with,
    folder_fingerprint,
    known_fingerprint,
    load_embedder,
)
from index.encoder import (
    RUNTIME_VERSION,
    best_precision,
    best_without_ranges,
    by_length,
    compiled,
    constant,
    load_tokenizer,
    padded,
    parameter,
    runtime_folder,
)
from index.learned import EMBEDDER, digest, with_difference
from index.tokens import load_text_encoder
from rag.reader.model import SpanReader, load_span_reader
from rag.reader.network import reads
from rag.reader.quick import quick_network
from rag.reader.shipped import SHIPPED
from rag.reader.weights import load_network
from tests.conftest import ARTICLE, ROOT
from tests.test_bundled import TEXTS


@pytest.fixture(scope="module")
def torch_embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(BUNDLED_NAME, bundled_model_folder(), EMBEDDER)


def test_vectors_are_those_of_sentence_transformers(
    embedder: Embedder, torch_embedder: SentenceTransformerEmbedder
) -> None:
    assert isinstance(embedder, BundledEmbedder)
    text = ARTICLE.read_text(encoding="utf-8")
    texts = [*TEXTS, "", "a", text, text[:900], *(text[place : place + 120] for place in range(0, 2400, 120))]
    exact = BundledEmbedder(BUNDLED_NAME, bundled_model_folder(), "f32")
    for ours, in_fp32, theirs in (
        (embedder.embed_passages(texts), exact.embed_passages(texts), torch_embedder.embed_passages(texts)),
        (embedder.embed_questions(texts), exact.embed_questions(texts), torch_embedder.embed_questions(texts)),
    ):
        assert ours.dtype == np.float32
        assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
        assert (in_fp32 * theirs).sum(axis=1).min() >= 0.9995
        cosines = (ours * theirs).sum(axis=1)  # in the precision that this processor is given
        assert cosines.mean() >= 0.998 and cosines.min() >= 0.99
    assert list(embedder.count_tokens(texts)) == list(torch_embedder.count_tokens(texts))
    assert embedder.fingerprint == torch_embedder.fingerprint
    assert embedder.dimension == torch_embedder.dimension
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_a_difference_is_added_where_it_belongs(tmp_path: Path) -> None:
    learned = {
        "encoder.layer.weight.left": np.array([[127, 0], [0, -2]], np.int8),
        "encoder.layer.weight.scale": np.array([0.5, 2.0], np.float32),
        "encoder.layer.weight.right": np.array([[1, 2, 3], [4, 5, 6]], np.int8),
        "encoder.layer.bias.added": np.array([1, -1], np.float16),
        "encoder.fours.weight.fours": np.array([[0x10, 0xF2], [0x33, 0x00]], np.uint8),
        "encoder.fours.weight.rows": np.array([1, 0.5], np.float16),
        "encoder.fours.weight.columns": np.array([1, 2, 1, 4], np.float16),
        "levels": np.arange(16, dtype=np.float32),
        "head.weight": np.array([[0.25]], np.float16),
    }
    path = tmp_path / "learned.safetensors"
    save_file(learned, path)
    layers = {
        "layer.weight": np.ones((2, 3), np.float32),
        "layer.bias": np.array([0.5, 0.5], np.float32),
        "fours.weight": np.ones((2, 4), np.float32),
        "other.bias": np.array([7], np.float32),
    }
    changed = with_difference(layers, path)
    assert changed["layer.weight"].tolist() == [[64.5, 128, 191.5], [-15, -19, -23]]
    assert changed["layer.bias"].tolist() == [1.5, -0.5]
    assert changed["fours.weight"].tolist() == [[1, 3, 3, 61], [2.5, 4, 1, 1]]
    assert changed["other.bias"].tolist() == [7]
    assert set(changed) == {*layers, "head.weight"}
    assert changed["head.weight"].tolist() == [[0.25]]
    assert layers["layer.bias"].tolist() == [0.5, 0.5]


def test_what_the_embedder_learned_is_in_its_fingerprint(embedder: Embedder, tmp_path: Path) -> None:
    assert embedder.fingerprint == fingerprint_with(folder_fingerprint(bundled_model_folder()), EMBEDDER)
    other = tmp_path / "other.safetensors"
    other.write_bytes(EMBEDDER.read_bytes() + b" ")
    assert digest(other) != digest(EMBEDDER)
    assert fingerprint_with("model", other) != fingerprint_with("model", EMBEDDER)


def test_a_question_finds_its_passage_in_another_language(embedder: Embedder) -> None:
    passages = (
        "该桥于1957年建成通车，全长1670米，是长江上的第一座铁路公路两用桥。",
        "该塔始建于三国时期，历代屡加重修，现存建筑以清代的为蓝本。",
        "该湖面积三十三平方公里，湖岸曲折，是城中最大的湖泊之一。",
    )
    questions = (
        "In welchem Jahr wurde die Brücke eröffnet?",
        "إلى أي عهد يعود بناء البرج؟",
        "Какова площадь озера?",
    )
    scores = embedder.embed_questions(questions) @ embedder.embed_passages(passages).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_text_has_the_same_vector_in_any_company(embedder: Embedder) -> None:
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    together = embedder.embed_passages(TEXTS)
    assert (alone * together).sum(axis=1).min() >= 0.9995


def test_readings_are_those_of_pytorch() -> None:
    folder = bundled_model_folder()
    tokenizer = load_text_encoder(folder, runtime_folder(folder))
    quick, shipped = (
        SpanReader(quick_network(SHIPPED, folder, best_without_ranges()), tokenizer, ""),
        load_span_reader(),
    )
    slow = SpanReader(reads(load_network(SHIPPED, folder)), load_tokenizer(folder), "")
    text = ARTICLE.read_text(encoding="utf-8")
    texts = [text[place : place + 300] for place in range(0, 3000, 300)]
    for question in ("武汉中小企业总量达到多少？", "What is the name of the humanoid robot?"):
        ours = quick.read(question, texts, ["标题"] * len(texts))
        theirs = slow.read(question, texts, ["标题"] * len(texts))
        for one, other in zip(ours, theirs, strict=True):
            assert one.answerable == pytest.approx(other.answerable, abs=0.25)
        best = max(range(len(texts)), key=lambda place: theirs[place].answerable)
        read = shipped.read(question, texts, ["标题"] * len(texts))  # in the precision that this processor is given
        assert max(range(len(texts)), key=lambda place: read[place].answerable) == best
        for one in (ours[best], read[best]):
            assert (one.start, one.end) == (theirs[best].start, theirs[best].end)


@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 2000))
def test_batches_hold_every_row_once_and_no_more_than_fits(lengths: list[int], most: int) -> None:
    groups = list(by_length(lengths, most))
    assert sorted(place for group in groups for place in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or padded(max(lengths[place] for place in group)) * len(group) <= most
    assert [lengths[place] for group in groups for place in group] == sorted(lengths)


_SERVED = """
import sys
import numpy as np
import psutil
from rag.reader.model import load_span_reader

reader, lengths, used = load_span_reader(), np.random.default_rng(0), []
for _ in range(3):
    for _ in range(60):
        texts = ["word " * int(length) for length in lengths.integers(40, 220, size=int(lengths.integers(1, 4)))]
        reader.read("What is it?", texts, [""] * len(texts))
    used.append(psutil.Process().memory_full_info().uss / 1e6)
print(*used)
"""


@pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="only OpenVINO keeps what it compiles by length"
)
def test_texts_of_ever_other_lengths_do_not_make_the_process_grow() -> None:
    done = subprocess.run([sys.executable, "-c", _SERVED], capture_output=True, text=True, cwd=ROOT, check=True)
    after_60, _, after_180 = map(float, done.stdout.split())
    assert after_180 < after_60 + 100  # MB; it grew by 6 for every new length, 750 here
    assert after_180 < 500


def test_a_known_fingerprint_is_made_anew_when_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.encoder.user_cache_path", lambda name: tmp_path / "cache" / name)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights").write_bytes(b"one")
    first = known_fingerprint(folder)
    assert first == known_fingerprint(folder) == folder_fingerprint(folder)
    (folder / "weights").write_bytes(b"other")
    assert known_fingerprint(folder) == folder_fingerprint(folder) != first
    (tmp_path / "cache" / "yinzheng" / "runtime" / f"model-{RUNTIME_VERSION}" / "fingerprint.json").write_text(
        "{", encoding="utf-8"
    )
    assert known_fingerprint(folder) == folder_fingerprint(folder)


def test_answering_imports_no_pytorch(article_folder: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from rag.answer import open_assistant\n"
        f"print(open_assistant(Path({str(article_folder)!r})).ask('今年以来武汉全市净增了多少家中小企业？').text)\n"
        "loaded = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "18.55万家" in done.stdout


def test_what_was_compiled_is_taken_again_unless_it_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import openvino
    from openvino import opset13 as ops

    monkeypatch.setattr("index.encoder.user_cache_path", lambda name: tmp_path / name)
    built: list[int] = []

    def build() -> openvino.Model:
        built.append(1)
        given = parameter(1)
        return openvino.Model([ops.add(given, constant(float(len(built))))], [given], "adder")

    def result(version: str = "") -> float:
        model = compiled("adder", tmp_path / "model", version, "f32", build)
        return float(model([np.array([10.0], dtype=np.float32)])[0][0])

    assert [result(), result()] == [11.0, 11.0]
    assert len(built) == 1
    [kept] = (tmp_path / "yinzheng").rglob("adder-*.blob")
    for place in (0, 40, kept.stat().st_size - 1):
        data = bytearray(kept.read_bytes())
        data[place] ^= 1
        kept.write_bytes(data)
        count = len(built)
        assert result() == 11.0 + count
        assert len(built) == count + 1
    kept.write_bytes(b"")
    result()
    assert len(built) == 5
    result("another version")
    assert [path != kept for path in (tmp_path / "yinzheng").rglob("adder-*.blob")] == [True]


@pytest.mark.parametrize(
    ("flags", "bf16", "wanted"),
    [
        ("fpu avx2 avx512f avx512_vnni", False, "int8"),
        ("fpu avx2 avx_vnni", False, "int8"),
        ("fpu avx2 avx512f", False, "f32"),
        (None, False, "f32"),
        (None, True, "int8"),
    ],
)
def test_products_are_in_8_bits_where_they_are_added_in_32(
    flags: str | None, bf16: bool, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "cpuinfo"
    if flags:
        told.write_text(f"processor\t: 0\nflags\t\t: {flags}\n", encoding="utf-8")
    monkeypatch.setattr("index.encoder._CPUINFO", told)
    monkeypatch.setattr("index.encoder._has_bf16", lambda: bf16)
    assert best_precision() == wanted


def test_without_openvino_pytorch_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "openvino" else found(name))
    embedder = load_embedder()
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.embed_questions(["武汉"]).shape == (1, embedder.dimension)
    text = "该公司于1998年在杭州成立，主要生产仪表。"
    [reading] = load_span_reader().read("公司成立于哪一年？", [text], [""])
    assert text[reading.start : reading.end] == "1998年"
