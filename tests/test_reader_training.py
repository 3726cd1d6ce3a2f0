"""The training's own parts, on data made up here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from benchmarks.scores import auroc
from index.bundled import bundled_model_folder
from index.encoder import load_tokenizer
from index.learned import with_difference
from rag.overlap import exact, f1, units
from rag.reader.network import ReaderNetwork
from rag.reader.shipped import SHIPPED
from rag.reader.weights import load_network
from training.compress import difference_in_fours, write
from training.examples import Example, cut, sentences, swapped_in_both, without_answer
from training.features import Batch, batches
from training.mix import MIXES, Mix
from training.neighbours import Neighbours
from training.obstacles import Obstacles
from training.settings import FURTHER, Settings
from training.switched import Dictionary, cedict_dictionary, mostly_chinese, switched
from training.train import LAST, Progress, rate_at, told_apart, train, trained_network

TEXT = "武汉是湖北的省会。长江穿城而过。2025年净增18.55万家企业。"


def _example() -> Example:
    start = TEXT.index("18.55")
    return Example("武汉净增多少家企业？", "武汉", TEXT, start, start + 8)


def test_sentences_cover_the_text() -> None:
    spans = sentences(TEXT)
    assert len(spans) == 3
    assert "".join(TEXT[start:end] for start, end in spans) == TEXT


@pytest.mark.parametrize("seed", range(5))
def test_a_cut_keeps_the_answer(seed: int) -> None:
    shorter = cut(_example(), 15, Random(seed))
    assert shorter.text in TEXT
    assert shorter.text[shorter.start : shorter.end] == "18.55万家企"


def test_without_its_answer() -> None:
    rest = without_answer(_example(), Random(0))
    assert rest is None or "18.55" not in rest.text


def test_swapped_in_both_moves_the_answer() -> None:
    changed = swapped_in_both(_example(), "武汉", "呼和浩特")
    assert changed is not None
    assert "呼和浩特" in changed.question
    assert changed.text[changed.start : changed.end] == "18.55万家企"


SMALL = Dictionary(
    [
        ("武汉", ["Wuhan city on Changjiang, subprovincial city and capital of Hubei province"]),
        ("企业", ["company", "firm", "CL:家[jia1]"]),
        ("净增", ["(of a number) to rise on balance over a long period of time"]),
        ("省会", ["provincial capital", "surname Sheng"]),
    ]
)


def test_pieces_are_the_longest_words_and_the_whole_text() -> None:
    assert SMALL.pieces("武汉净增多少家企业？") == ["武汉", "净", "增", "多少", "家", "企业", "？"]
    assert SMALL.gloss("武汉", Random(0)) == "Wuhan"
    assert SMALL.gloss("净增", Random(0)) is None
    assert {SMALL.gloss("企业", Random(seed)) for seed in range(9)} == {"company", "firm"}


@pytest.mark.parametrize("seed", range(30))
def test_words_switched_leave_the_answer_a_span(seed: int) -> None:
    example = _example()
    changed = switched(example, SMALL, Random(seed))
    if changed.text == example.text:
        assert changed.end == example.end
        assert mostly_chinese(example.question)
    else:
        assert changed.question == example.question
    answer = changed.text[changed.start : changed.end]
    assert answer.startswith("18.55万家企")
    assert changed.text.endswith(("业。", "firm.", "company.", "。"))


def test_switched_wholly() -> None:
    found = {switched(_example(), SMALL, Random(seed)).question for seed in range(60)}
    assert {"Wuhan 净增 how many 家 company？", "Wuhan 净增 how many 家 firm？"} <= found
    texts = {switched(_example(), SMALL, Random(seed)).text for seed in range(60)}
    assert "Wuhan is 湖北 of provincial capital。长江穿城而过。2025净增18.55万家企业。" in texts


def test_switched_leaves_other_languages_alone() -> None:
    example = Example("Who built it?", "", "武汉是湖北的省会。", 0, 2)
    assert all(switched(example, SMALL, Random(seed)) == example for seed in range(9))


def test_the_real_dictionary() -> None:
    real = cedict_dictionary()
    assert real.gloss("深圳", Random(0)) == real.gloss("深圳", Random(1)) == "Shenzhen"
    assert real.gloss("臺灣", Random(0)) == real.gloss("台湾", Random(0)) == "Taiwan"


def test_nearest_by_shared_terms() -> None:
    near = Neighbours(["长江大桥于1957年建成", "The bridge was built in 1957", "黄鹤楼"])
    assert near.nearest("长江大桥何时建成？", 2) == [0]


def test_rate_warms_up_holds_and_falls() -> None:
    settings = Settings(warmup_steps=10, constant_tokens=1000, decay_tokens=100)
    rates = [rate_at(Progress(step, tokens), settings) for step, tokens in ((0, 0), (50, 900), (60, 1050), (70, 1100))]
    assert rates == pytest.approx([settings.learning_rate * part for part in (0.1, 1.0, 0.5, 0.0)])


def test_scores() -> None:
    assert units("The 18.5万家 Company") == ["185", "万", "家", "company"]
    assert f1("王如意", "王如意") == 1
    assert f1("in Paris", "Paris") == pytest.approx(2 / 3)
    assert exact("the  Paris.", "paris") == 1
    assert auroc([2.0, 1.0], [1.0, 0.0]) == pytest.approx(0.875)


def _batch() -> Batch:
    tokens = torch.arange(4, 4 + 6 * 40).reshape(6, 40)
    tokens[:, 0], tokens[:, 9] = 0, 2
    attention = torch.ones(6, 40, dtype=torch.bool)
    attention[:, 35:] = False
    starts = torch.tensor([12, -1, 20, -1, 30, 12])
    ends = torch.where(starts < 0, -1, starts + 3)
    return Batch(tokens, attention, attention.clone(), starts, ends, torch.full((6,), -1))


def test_answers_marks_and_padding_are_never_hidden() -> None:
    batch, obstacles = _batch(), Obstacles(Settings(hidden=0.9))
    hidden = torch.zeros(6, 40, dtype=torch.bool)
    for _ in range(40):
        changed = obstacles.hide(batch).tokens
        assert set(changed[changed != batch.tokens].tolist()) <= {250001}
        hidden |= changed != batch.tokens
    wanted = batch.attention & (batch.tokens > 3)
    for row, start in enumerate(batch.starts.tolist()):
        if start >= 0:
            wanted[row, start : start + 4] = False
    assert torch.equal(hidden, wanted)
    assert Obstacles(Settings()).hide(batch) is batch


def test_dice_go_on_where_they_were() -> None:
    settings = Settings(hidden=0.3, layers_left_out=0.5)
    one, other = Obstacles(settings), Obstacles(settings)
    one.hide(_batch())
    other.go_on(one.state())
    assert torch.equal(one.hide(_batch()).tokens, other.hide(_batch()).tokens)
    assert one.state()["layers"] == other.state()["layers"]


def test_layers_are_left_out_in_training_alone() -> None:
    layer = torch.nn.Linear(2, 2)
    network = SimpleNamespace(encoder=SimpleNamespace(encoder=SimpleNamespace(layer=[layer])))
    Obstacles(Settings(layers_left_out=0.5)).leave_out_layers(cast(ReaderNetwork, network))
    given = torch.ones(1, 2)
    passed = [bool(torch.equal(layer.forward(given), given)) for _ in range(200)]
    assert 70 < sum(passed) < 130
    layer.eval()
    assert not any(torch.equal(layer.forward(given), given) for _ in range(20))


def test_in_four_bits_a_difference_loses_a_hundredth_of_its_square(tmp_path: Path) -> None:
    torch.manual_seed(0)
    before = {
        "encoder.one.weight": torch.randn(64, 96),
        "encoder.two.weight": torch.randn(8, 6),
        "encoder.b": torch.ones(3),
    }
    changes = torch.randn(64, 96) * torch.rand(64, 1) * (0.1 + torch.rand(96)) / 100
    changes[5] = 0
    after = {
        "encoder.one.weight": before["encoder.one.weight"] + changes,
        "encoder.two.weight": before["encoder.two.weight"],
        "encoder.b": before["encoder.b"] + 0.5,
        "head.weight": torch.tensor([[0.25, -3.0]]),
    }
    tensors = difference_in_fours(after, before)
    write(tensors, tmp_path / "packed.safetensors")
    assert not any(name.startswith("encoder.two") for name in tensors)
    assert tensors["encoder.one.weight.fours"].shape == (64, 48)
    plain = {name.removeprefix("encoder."): value.numpy() for name, value in before.items()}
    back = with_difference(plain, tmp_path / "packed.safetensors")
    lost = torch.from_numpy(back["one.weight"]) - after["encoder.one.weight"]
    assert 0.002 < float(lost.pow(2).sum() / changes.pow(2).sum()) < 0.012
    assert back["two.weight"].tolist() == before["encoder.two.weight"].tolist()
    assert back["b"].tolist() == [1.5] * 3
    assert back["head.weight"].tolist() == [[0.25, -3.0]]


def test_twins_stand_side_by_side_in_one_batch() -> None:
    tokenizer = load_tokenizer(bundled_model_folder())

    def example(number: int) -> Example:
        random = Random(number // 2)
        twin = number // 2 if random.random() < 0.5 else -1
        question = "问" * random.randint(1, 30) + "？" * (number % 2) * 5
        return Example(question, "", TEXT * random.randint(1, 4), 9, 11, twin)

    settings = Settings(block=128, batch_tokens=300)
    for block in range(3):
        for batch in batches(example, tokenizer, settings, block):
            places: dict[int, list[int]] = {}
            for place, twin in enumerate(batch.twins.tolist()):
                if twin >= 0:
                    places.setdefault(twin, []).append(place)
            assert all(there[1] - there[0] == 1 and len(there) == 2 for there in places.values())


def test_a_question_with_an_answer_is_to_stand_above_its_twin() -> None:
    judged = torch.tensor([1.0, 0.0, -2.0, 3.0, 5.0, 5.0])
    answered = torch.tensor([True, False, False, True, True, False])
    pairs = torch.tensor([4, 4, 7, 7, -1, -1])
    wanted = 2 * (np.log1p(np.exp(-1.0)) + np.log1p(np.exp(-5.0))) / 6
    assert float(told_apart(judged, answered, pairs)) == pytest.approx(wanted, rel=1e-5)
    assert float(told_apart(judged, answered, torch.full((6,), -1))) == 0


def test_every_mix_has_the_same_kinds_in_the_same_order() -> None:
    """The order decides which kind a draw falls on."""
    known = {*MIXES["usual"], "report", "report, implied", "composed", "-composed"}
    assert all(set(shares) <= known for shares in MIXES.values())
    assert all(sum(shares.values()) == 100 for shares in MIXES.values())
    assert all(settings.mix in MIXES for settings in FURTHER.values())


def test_a_stopped_run_goes_on_the_same_from_a_packed_reader(tmp_path: Path) -> None:
    bundled = bundled_model_folder()
    tokenizer = load_tokenizer(bundled)
    mix = cast(Mix, SimpleNamespace(example=lambda number: replace(_example(), question=f"武汉净增{number}家？")))
    settings = Settings(
        block=8, batch_tokens=120, constant_tokens=900, decay_tokens=1, warmup_steps=1, threads=1,
        first_block=3, layers_left_out=0.5, hidden=0.5,
    )  # fmt: skip

    def run(folder: str, tokens: int) -> ReaderNetwork:
        shorter = replace(settings, constant_tokens=tokens)
        return train(mix, tokenizer, shorter, bundled, tmp_path / folder, said.append, lambda _: "", SHIPPED)

    said: list[str] = []
    whole = run("whole", 900)
    steps = len(said)
    run("parts", 400)
    assert steps < len(said) < 2 * steps
    parts = run("parts", 900)
    assert len(said) == 2 * steps
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)

    # Checkpoints and packed readers have one mean.
    packed = load_network(SHIPPED, bundled).state_dict()
    mean = trained_network(bundled, [tmp_path / "whole" / LAST, SHIPPED]).state_dict()
    name = "encoder.encoder.layer.3.output.dense.weight"
    assert not torch.equal(whole.state_dict()[name], packed[name])
    assert torch.allclose(mean[name], (whole.state_dict()[name] + packed[name]) / 2, atol=1e-6)
