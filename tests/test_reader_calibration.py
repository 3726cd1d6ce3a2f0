"""How the shipped calibration is made: trials over libraries of made-up sets, with a known reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.calibrate import first_of, fitted, unfitted
from rag.judge import read_calibration
from tests.fakes import NumberReader, TermEmbedder, plain_calibration
from training import calibrate
from training.rows import XQUAD, Dataset, Passage, Row

COUNT = 12


def made_up(name: str) -> Dataset:
    """Passages that name a place and its number; the first four are `calibration`, four `dev`, four `train`."""
    passages, rows = [], []
    for number in range(COUNT):
        place = f"Ober{chr(ord('a') + number) * 3}"
        text = f"The bridge of {place} has a length of {100 + number}m and is fine."
        passage = Passage(f"{name}-{number}", "en", f"T{number}", text)
        start = text.index(str(100 + number))
        kept = ("calibration", "dev", "train")[number // 4]
        question = f"How long is the bridge of {place}?"
        rows.append(Row(f"q{number}", name, question, passage, ((start, start + 4),), kept))  # type: ignore[arg-type]
        passages.append(passage)
    return Dataset(name, tuple(passages), tuple(rows))


@pytest.fixture
def sets() -> dict[str, Dataset]:
    return {name: made_up(name) for name in (*XQUAD, *calibrate.OWN)}


def test_trials_with_the_passage_and_without(sets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "load_embedder", TermEmbedder)
    said: list[str] = []
    trials = list(calibrate.collected(sets, "calibration", NumberReader(), 3, said.append))
    groups = [f"{asking}->{reading}" for reading in ("zh", "en") for asking in calibrate.LANGUAGES]
    assert {trial.group for trial in trials if trial.held} >= set(groups)
    for group in groups:
        held = [trial for trial in trials if trial.group == group and trial.held]
        absent = [trial for trial in trials if trial.group == group and not trial.held]
        assert len(held) == len(absent) == 3
        for trial in held:
            first = first_of(plain_calibration(), trial)
            assert first is not None
            assert first.right
        assert not any(seen.right for trial in absent for seen in trial.seen)
    assert any("zh->zh" in line for line in said)


def test_what_another_passage_says_too_is_not_taken_away(
    sets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "load_embedder", TermEmbedder)
    body = sets["xquad.en"]
    before = "As said, "
    again = replace(body.passages[0], id="xquad.en-again", text=f"{before}{body.passages[0].text}")
    answers = tuple((start + len(before), end + len(before)) for start, end in body.rows[0].answers)
    row = replace(body.rows[0], id="again", passage=again, answers=answers)
    sets["xquad.en"] = replace(body, passages=(*body.passages, again), rows=(*body.rows, row))
    trials = list(calibrate.collected(sets, "calibration", NumberReader(), 9, lambda line: None))
    english = [trial for trial in trials if trial.group == "en->en"]
    held = [trial for trial in english if trial.held]
    assert len(held) == 5
    # Of the two questions whose passage stands twice, none is asked as if it did not stand there.
    assert len([trial for trial in english if not trial.held]) == 3


def test_what_is_said_of_a_calibration(sets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate, "load_embedder", TermEmbedder)
    trials = list(calibrate.collected(sets, "dev", NumberReader(), 4, lambda line: None))
    calibration = fitted(trials, "r", "made up")
    lines = list(calibrate.report(calibration, trials))
    assert lines[0].startswith("ece 0.0")
    assert any(line.startswith("en->zh: held 4, answered 100.0 %; absent 4, answered 0.0 %") for line in lines)
    assert calibrate.diagram(calibration, trials).count("\n") == 6
    assert unfitted("r").threshold() == 0.5


def test_trials_are_kept_and_taken_again(
    sets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(calibrate, "load_embedder", TermEmbedder)
    monkeypatch.setattr(calibrate, "load_reader", NumberReader)
    first = calibrate.calibrate(sets, tmp_path, tmp_path / "calibration.json", 2, lambda line: None)
    monkeypatch.setattr(calibrate, "collected", None)
    assert calibrate.calibrate(sets, tmp_path, tmp_path / "calibration.json", 2, lambda line: None) == first
    assert read_calibration(tmp_path / "calibration.json") == first


def test_the_library_of_a_slice_holds_its_passages(sets: dict[str, Dataset], tmp_path: Path) -> None:
    made = calibrate.build(sets["xquad.en"], "dev", TermEmbedder(), tmp_path / "library")
    assert made.library.counts().documents == COUNT
    name = made.document_of["xquad.en-5"]
    assert "105m" in made.library.document(name).text
