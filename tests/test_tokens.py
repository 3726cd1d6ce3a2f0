"""The quick tokenizer gives the ids and places of the whole one, whatever it is given."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import tokens
from index.bundled import bundled_model_folder
from index.encoder import load_tokenizer, runtime_folder
from index.tokens import QuickTokenizer, can_be_quick, load_text_encoder, pieces_in, tree
from tests.conftest import ARTICLE
from tests.test_bundled import TEXTS

ODD = (
    "", " ", "▁", "  a  b ", "a\u0301", "\u0301", "\x00\x01a\u200b", "ﷺﬁ", "각 한국어",
    "👩‍👩‍👧 🇨🇳", "𠀀𠮷", "～~\ue000",
    "<s>x</s>", "＜s＞", "a <mask> b", "<mask>", "<s>\u0301e", "<unk><pad>", "＜mask＞", "<s",
    "x\ny\r\n\tz\u2028w\u3000v",
    "é" * 40, "ก็", "ｶﾞﾊﾟ", "①²½", "Ⅷ", "\ufeffa", "a\u00a0b", "稣" * 3, "ABCabc" * 30,
)  # fmt: skip

# Characters in which the tokenizer's own rules show: spaces, marks, what NFKC joins and parts, and many scripts.
CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from(" ▁<>s/maskunkpd～\ue000\u0301\u0300\u3000\u200b\u200d中文ｱﾞéáก़َ"),
)
TEXT = st.one_of(
    st.text(CHARACTERS, max_size=40),
    st.lists(st.sampled_from([*ODD, *TEXTS]), max_size=4).map(" ".join),
    st.lists(st.sampled_from([*ODD, *TEXTS]), max_size=4).map("".join),
)


@pytest.fixture(scope="module")
def folder() -> Path:
    return bundled_model_folder()


@pytest.fixture(scope="module")
def whole(folder: Path) -> Any:
    return load_tokenizer(folder)


@pytest.fixture(scope="module")
def quick(folder: Path) -> QuickTokenizer:
    encoder = load_text_encoder(folder, runtime_folder(folder))
    assert isinstance(encoder, QuickTokenizer)
    return encoder


def assert_same(quick: QuickTokenizer, whole: Any, texts: list[str]) -> None:
    for special in (True, False):
        ours = quick.encode_batch(texts, add_special_tokens=special)
        theirs = whole.encode_batch(texts, add_special_tokens=special)
        assert [one.ids for one in ours] == [one.ids for one in theirs]
        assert [one.offsets for one in ours] == [one.offsets for one in theirs]


def test_twelve_languages_and_odd_texts(quick: QuickTokenizer, whole: Any) -> None:
    for text in (*TEXTS, *ODD):
        assert_same(quick, whole, [text])
    assert_same(quick, whole, [*TEXTS, *ODD, ARTICLE.read_text(encoding="utf-8")])
    assert quick.encode_batch([]) == []


@settings(max_examples=300)
@given(st.lists(TEXT, max_size=3))
def test_any_texts(quick: QuickTokenizer, whole: Any, texts: list[str]) -> None:
    assert_same(quick, whole, texts)


def test_several_threads_at_once(quick: QuickTokenizer, whole: Any) -> None:
    expected = {text: whole.encode(text).ids for text in TEXTS}
    wrong: list[str] = []

    def encode(text: str) -> None:
        wrong.extend(text for _ in range(20) if quick.encode_batch([text])[0].ids != expected[text])

    threads = [threading.Thread(target=encode, args=(text,)) for text in TEXTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_pieces_of_a_text_are_those_that_occur_in_it() -> None:
    words = ["a", "ab", "abc", "bc", "x", "cab", "▁", "中", "中文"]
    made = {"model": {"vocab": [(word, -1.0) for word in words]}, "added_tokens": []}
    pieces = tree(json.dumps(made))
    for text in ("", "abx", "▁cab", "文中文", "abcab中", "q"):
        assert [words[place] for place in pieces_in(pieces, text)] == [word for word in words if word in text]


def test_the_table_is_kept_and_made_again_where_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    made: list[str] = []

    def counted(content: str) -> object:
        made.append("")
        return tree(content)

    monkeypatch.setattr(tokens, "tree", counted)
    load = load_text_encoder.__wrapped__
    texts = ["武汉 firms"]
    expected = load(folder, tmp_path).encode_batch(texts)
    [kept] = tmp_path.iterdir()
    assert load(folder, tmp_path).encode_batch(texts) == expected
    assert len(made) == 1
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    for damaged in (bytes(data), bytes(data[:1000]), b""):
        kept.write_bytes(damaged)
        count = len(made)
        assert load(folder, tmp_path).encode_batch(texts) == expected
        assert len(made) == count + 1
    assert list(tmp_path.iterdir()) == [kept]


def test_another_kind_of_tokenizer_is_taken_whole(tmp_path: Path, folder: Path, whole: Any) -> None:
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [{"type": "WhitespaceSplit"}, content["pre_tokenizer"]],
    }
    assert not can_be_quick(json.dumps(content))
    (tmp_path / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    encoder = load_text_encoder.__wrapped__(tmp_path, tmp_path)
    assert not isinstance(encoder, QuickTokenizer)
    assert encoder.encode_batch(["武汉 firms"])[0].ids == whole.encode("武汉 firms").ids
