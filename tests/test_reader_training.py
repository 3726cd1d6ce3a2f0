"""The training's own parts, on data made up here."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.scores import auroc
from rag.overlap import exact, f1, units
from training.examples import Example, cut, sentences, swapped_in_both, without_answer
from training.neighbours import Neighbours
from training.settings import Settings
from training.train import Progress, rate_at

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
