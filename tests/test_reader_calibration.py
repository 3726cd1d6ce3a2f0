"""How the shipped calibration is made: trials over libraries of made-up sets, with a known reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from rag.calibrate import Trial, first_of, fitted, unfitted
from rag.judge import read_calibration
from rag.records import Hit
from tests.fakes import NumberReader, TermEmbedder, plain_calibration
from training import calibrate
from training.rows import XQUAD, Dataset, Passage, Row, Slice

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


@pytest.fixture(scope="module")
def sets() -> Mapping[str, Dataset]:
    return {name: made_up(name) for name in (*XQUAD, *calibrate.OWN)}


def collected(sets: Mapping[str, Dataset], kept: Slice, most: int) -> tuple[list[Trial], list[str]]:
    """The trials, and what was said."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrate, "load_embedder", TermEmbedder)
        return list(calibrate.collected(dict(sets), kept, NumberReader(), most, said.append)), said


def in_english_alone(patch: pytest.MonkeyPatch) -> None:
    """One library a slice instead of eleven, where one shows as much."""
    patch.setattr(calibrate, "LANGUAGES", ("en",))
    patch.setattr(calibrate, "OWN", ())
    patch.setattr(calibrate, "COMPOSED", ())


@pytest.fixture(scope="module")
def of_calibration(sets: Mapping[str, Dataset]) -> tuple[list[Trial], list[str]]:
    """Of each group three questions, made once: it takes a library for each set."""
    return collected(sets, "calibration", 3)


def test_trials_with_the_passage_and_without(of_calibration: tuple[list[Trial], list[str]]) -> None:
    trials, said = of_calibration
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
    sets: Mapping[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_english_alone(monkeypatch)
    body = sets["xquad.en"]
    before = "As said, "
    again = replace(body.passages[0], id="xquad.en-again", text=f"{before}{body.passages[0].text}")
    answers = tuple((start + len(before), end + len(before)) for start, end in body.rows[0].answers)
    row = replace(body.rows[0], id="again", passage=again, answers=answers)
    twice = replace(body, passages=(*body.passages, again), rows=(*body.rows, row))
    trials, _ = collected({**sets, "xquad.en": twice}, "calibration", 9)
    english = [trial for trial in trials if trial.group == "en->en"]
    held = [trial for trial in english if trial.held]
    assert len(held) == 5
    # Of the two questions whose passage stands twice, none is asked as if it did not stand there.
    assert len([trial for trial in english if not trial.held]) == 3


def test_what_is_said_of_a_calibration(of_calibration: tuple[list[Trial], list[str]]) -> None:
    trials, _ = of_calibration
    calibration = fitted(trials, "r", "made up")
    lines = list(calibrate.report(calibration, trials))
    assert lines[0].startswith("ece 0.0")
    assert any(line.startswith("en->zh: held 3, answered 100.0 %; absent 3, answered 0.0 %") for line in lines)
    assert calibrate.diagram(calibration, trials).count("\n") == 6
    assert unfitted("r").threshold() == 0.5


def test_trials_are_kept_and_taken_again(
    sets: Mapping[str, Dataset], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_english_alone(monkeypatch)
    monkeypatch.setattr(calibrate, "load_embedder", TermEmbedder)
    monkeypatch.setattr(calibrate, "load_reader", NumberReader)
    first = calibrate.calibrate(dict(sets), tmp_path, tmp_path / "calibration.json", 2, lambda line: None)
    monkeypatch.setattr(calibrate, "collected", None)
    assert calibrate.calibrate(dict(sets), tmp_path, tmp_path / "calibration.json", 2, lambda line: None) == first
    assert read_calibration(tmp_path / "calibration.json") == first


def test_the_library_of_a_slice_holds_its_passages(sets: Mapping[str, Dataset], tmp_path: Path) -> None:
    placed = calibrate.apart(sets["xquad.en"], "dev", TermEmbedder(), tmp_path / "library")
    there = placed["xquad.en-5"]
    assert there.library.counts().documents == COUNT
    assert there.library.document(there.document).text[there.start : there.end] == sets["xquad.en"].passages[5].text


def test_an_article_is_one_document_of_its_own_library(sets: Mapping[str, Dataset], tmp_path: Path) -> None:
    body = sets["xquad.en"]
    titles = [f"T{number // 2}" for number in range(COUNT)]
    passages = [replace(one, title=title) for one, title in zip(body.passages, titles, strict=True)]
    rows = [replace(row, passage=passage) for row, passage in zip(body.rows, passages, strict=True)]
    placed = calibrate.whole(Dataset("xquad.en", tuple(passages), tuple(rows)), "dev", TermEmbedder(), tmp_path / "l")
    # Rows 4 to 7 are of `dev`: two articles of two paragraphs.
    assert sorted(placed) == [f"xquad.en-{number}" for number in (4, 5, 6, 7)]
    for number in (4, 5, 6, 7):
        there = placed[f"xquad.en-{number}"]
        assert there.library.counts().documents == 1
        document = there.library.document(there.document)
        assert document.text[there.start : there.end] == passages[number].text
        assert len(document.paragraphs) == 2
        both = there.library.passages_of(there.document)
        hits = [Hit(passage, 1, 1.0, 1.0, 0.0) for passage in both]
        assert [there.holds(hit) for hit in hits] == [
            passages[number].text in hit.passage.text or hit.passage.text in passages[number].text for hit in hits
        ]
        assert any(map(there.holds, hits))


def test_articles_are_asked_too(of_calibration: tuple[list[Trial], list[str]]) -> None:
    trials, _ = of_calibration
    alone = [trial for trial in trials if trial.group == "en->en article"]
    assert [trial.held for trial in alone] == [True, False] * 3
    # Each is the only passage of its article, so that nothing is left without it.
    assert [len(trial.seen) for trial in alone] == [1, 0] * 3
    first = alone[0].seen[0]
    assert first.right and first.signs.around == first.signs.cosine and first.signs.behind == 0.0


def test_words_of_a_passage_taken_away_are_missing(of_calibration: tuple[list[Trial], list[str]]) -> None:
    trials, _ = of_calibration
    english = [trial for trial in trials if trial.group == "en->en"]
    for held, absent in zip(english[::2], english[1::2], strict=True):
        assert held.held and not absent.held
        # "How long is the bridge of ...": the place stands in its passage alone.
        assert {seen.signs.missing for seen in held.seen} == {0.0}
        assert {seen.signs.missing for seen in absent.seen} == {0.5}
