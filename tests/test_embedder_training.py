"""The embedder's training, on data made up here; one step of it with the real model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from index.bundled import bundled_model_folder
from index.encoder import load_tokenizer
from index.learned import with_difference
from training.embedder import (
    LAST,
    also_right,
    begun_encoder,
    bundled_encoder,
    loss_of,
    pack_embedder,
    rate_at,
    train_embedder,
    vectors_of,
)
from training.found import dev_figures
from training.pairs import SHARES, Pairs, PairStream
from training.rows import XQUAD, Dataset, Passage, Row, Slice
from training.settings import EMBEDDER_FURTHER, EmbedderSettings

SMALL = EmbedderSettings(steps=2, questions=4, save_steps=1, evaluate_steps=9, rank=4, kept=1.0, threads=1)


def made_up(name: str) -> Dataset:
    """Passages with a number each; of twelve, eight are `train`, two `dev` and two `calibration`."""
    passages, rows = [], []
    for number in range(12):
        text = f"The bridge of Ober{number} has a length of {100 + number} metres. It is painted blue."
        passage = Passage(f"{name}-{number:05}", "en", f"Bridge {number}", text)
        start = text.index(str(100 + number))
        kept: Slice = "train" if number < 8 else "dev" if number < 10 else "calibration"
        question = f"How long is the bridge of Ober{number}?"
        rows.append(Row(f"q{number}", name, question, passage, ((start, start + 3),), kept))
        passages.append(passage)
    return Dataset(name, tuple(passages), tuple(rows))


@pytest.fixture(scope="module")
def sets() -> dict[str, Dataset]:
    return {name: made_up(name) for name in (*XQUAD, *(name for name in SHARES["composed"] if "xquad" not in name))}


def test_each_question_has_its_passage_first_and_a_false_friend_after(sets: dict[str, Dataset]) -> None:
    stream = PairStream(sets, "seed")
    sources = set()
    for number in range(30):
        batch = stream.batch(number, 5)
        sources.add(batch.source.partition(".")[0])
        assert len(batch.questions) == 5
        assert len(batch.passages) == len(batch.numbers) >= 5
        for question, passage, place in zip(batch.questions, batch.passages, batch.numbers, strict=False):
            name = question.removeprefix("How long is the bridge of ").removesuffix("?")
            assert f"{name} has a length of" in passage
            assert int(place) == int(name.removeprefix("Ober")) < 8  # of `train` alone
        for question, place in zip(batch.questions, batch.numbers[5:], strict=False):
            assert int(place) < 8
            assert question
        assert stream.batch(number, 5) == batch == PairStream(sets, "seed").batch(number, 5)
    assert {"xquad", "drcd", "jaquad"} <= sources
    assert PairStream(sets, "another").batch(0, 5) != stream.batch(0, 5)
    assert not any(source.startswith("composed") for source in sources)
    later = PairStream(sets, "seed", "composed")
    assert {"composed", "xquad.mixed", "drcd.dev"} <= {later.batch(number, 2).source for number in range(60)}


def test_every_run_has_shares_of_a_hundred() -> None:
    assert all(sum(shares.values()) == 100 for shares in SHARES.values())
    assert all(settings.shares in SHARES for settings in EMBEDDER_FURTHER.values())


def test_a_passage_that_comes_twice_is_nobodys_false_friend() -> None:
    batch = Pairs("x", ("a", "b", "c"), ("p1", "p2", "p1 cut", "p2 too", "p3"), ("1", "2", "1", "2", "3"))
    assert also_right(batch).tolist() == [
        [False, False, True, False, False],
        [False, False, False, True, False],
        [True, False, False, False, False],
    ]


def test_the_rate_warms_up_holds_and_falls() -> None:
    settings = replace(SMALL, steps=100, warmup_steps=10, decay=0.2, learning_rate=1.0)
    assert [rate_at(step, settings) for step in (0, 4, 9, 50, 79)] == pytest.approx([0.1, 0.5, 1, 1, 1])
    assert [rate_at(step, settings) for step in (90, 99)] == pytest.approx([0.5, 0.05])


def test_found_on_dev_is_counted_by_hand(sets: dict[str, Dataset]) -> None:
    def vectors(kind: str, texts: object) -> np.ndarray:
        found = []
        for text in texts:  # type: ignore[attr-defined]
            number = int(text.partition("Ober")[2].split()[0].rstrip("?"))
            vector = np.zeros(12, np.float32)
            # One question is taken for its neighbour's passage, which leaves its own second.
            vector[number] = 1.0
            if kind == "query" and number == 9:
                vector[8] = 2.0
            found.append(vector)
        return np.array(found)

    assert dev_figures(sets, vectors).startswith("within 75.0 100.0, across 75.0 100.0, zh-zh 75.0 100.0")


def test_steps_lower_the_loss_and_a_stopped_run_goes_on_the_same(sets: dict[str, Dataset], tmp_path: Path) -> None:
    bundled = bundled_model_folder()
    tokenizer = load_tokenizer(bundled)
    settings = replace(SMALL, learning_rate=1e-3, warmup_steps=1, decay=0.01)
    said: list[str] = []
    whole = train_embedder(sets, settings, bundled, tmp_path / "whole", said.append)
    assert said[0].startswith("step 0 ")
    assert " loss " in said[0]

    train_embedder(sets, replace(settings, steps=1, decay=1e-9), bundled, tmp_path / "parts", said.append)
    parts = train_embedder(sets, settings, bundled, tmp_path / "parts", said.append)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-5)

    before = bundled_encoder(bundled)
    batch = PairStream(sets, settings.seed).batch(0, settings.questions)
    with torch.inference_mode():
        assert loss_of(whole, tokenizer, batch, settings) < loss_of(before, tokenizer, batch, settings)

    out = tmp_path / "embedder.safetensors"
    pack_embedder(sets, settings, bundled, tmp_path / "whole", out, said.append)
    assert said[-1].startswith("wrote embedder.safetensors, ")
    start = {name: value.numpy() for name, value in before.state_dict().items() if "embeddings" not in name}
    changed = with_difference(start, out)
    assert changed.keys() == start.keys()
    learned = torch.load(tmp_path / "whole" / LAST, weights_only=True)["network"]
    name = "encoder.layer.3.output.dense.bias"
    assert np.allclose(changed[name], learned[name].numpy(), atol=1e-4)
    assert not np.array_equal(changed[name], start[name])

    # Gone on with: what was packed is where it begins, and is kept whole.
    begun = begun_encoder(bundled, out)
    assert np.allclose(begun.state_dict()[name].numpy(), changed[name], atol=1e-6)
    further = replace(settings, steps=1, kept=0.0, rank=16, shares="composed", seed="later")
    ended = train_embedder(sets, further, bundled, tmp_path / "further", said.append, out)
    weight = "encoder.layer.3.output.dense.weight"
    assert not torch.equal(ended.state_dict()[weight], begun.state_dict()[weight])
    pack_embedder(sets, further, bundled, tmp_path / "further", tmp_path / "again.safetensors", said.append, out)
    again = with_difference(start, tmp_path / "again.safetensors")
    assert np.allclose(again[weight], changed[weight], atol=1e-4)
    assert not np.allclose(again[weight], start[weight], atol=1e-4)


def test_vectors_in_training_are_those_of_use() -> None:
    from index.embed import SentenceTransformerEmbedder

    bundled = bundled_model_folder()
    texts = ["武汉有多少家企业？", "How many?", "Wie lang ist die Brücke? " * 60]
    plain = SentenceTransformerEmbedder("plain", bundled)
    with torch.inference_mode():
        made = vectors_of(bundled_encoder(bundled), load_tokenizer(bundled), "query", texts[:2], SMALL).numpy()
        long = vectors_of(bundled_encoder(bundled), load_tokenizer(bundled), "document", texts, SMALL).numpy()
    assert (made * plain.embed_questions(texts[:2])).sum(axis=1).min() > 0.998  # bf16
    assert np.allclose(np.linalg.norm(long, axis=1), 1, atol=1e-5)
