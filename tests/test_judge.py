"""Confidence, thresholds and curves; what is fitted to trials of a known making."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import YinzhengError
from rag.answer import Assistant
from rag.calibrate import (
    Seen,
    TooFewQuestions,
    Trial,
    calibration_error,
    calibration_for,
    first_of,
    fitted,
    held_of,
    probability_of,
    read_questions,
    refitted,
    reliability,
    tried_rows,
    unfitted,
)
from rag.judge import (
    SHIPPED,
    UNFIT,
    UNFIT_ORDER,
    BadCalibration,
    Calibration,
    curve_of,
    differ_in_script,
    read_calibration,
    write_calibration,
)
from rag.records import Signs
from tests.fakes import plain_calibration

shares = st.lists(st.floats(0, 1), max_size=60)


def signs(answerable: float, across: float = 0.0, cosine: float = 0.8) -> Signs:
    return Signs(answerable, -1.0, cosine, 0.3, across, 0.0, 0.0, -3.0)


def trials(seed: int, count: int = 600) -> list[Trial]:
    """Right with the probability sigmoid(2 x answerable - 1), so that what is fitted is known."""
    random = Random(seed)
    made = []
    for number in range(count):
        place = random.gauss(0, 2)
        right = random.random() < 1 / (1 + np.exp(1 - 2 * place))
        other = Seen(signs(place - 3, cosine=random.gauss(0.8, 0.02)), False)
        best = Seen(signs(place, cosine=random.gauss(0.8, 0.02)), right)
        made.append(Trial("made up", number % 2 == 0 or right, (other, best)))
    return made


@given(shares, shares, st.integers(1, 100))
def test_the_curve_tells_what_its_thresholds_do(present: list[float], absent: list[float], points: int) -> None:
    curve = curve_of(present, absent, points)
    assert [point.threshold for point in curve] == sorted({point.threshold for point in curve})
    for point in curve:
        answered = sum(value >= point.threshold - 1e-6 for value in present) / max(1, len(present))
        false = sum(value >= point.threshold + 1e-6 for value in absent) / max(1, len(absent))
        assert point.answered <= answered + 1e-4
        assert false <= point.false_answers + 1e-4
    assert curve[-1].false_answers == 0


def test_an_answer_of_another_kind_comes_last_and_is_hardly_believed() -> None:
    calibration = plain_calibration()
    fitting, unfit = signs(6.0), replace(signs(6.0), unfit=1.0)
    assert calibration.score(unfit) == calibration.score(fitting) - UNFIT_ORDER
    assert calibration.probability(unfit) == pytest.approx(UNFIT * calibration.probability(fitting))
    assert calibration.held(unfit) == pytest.approx(UNFIT * calibration.held(fitting))
    # However sure the reader is, no threshold in use lets it through.
    assert read_calibration(SHIPPED).held(replace(signs(99.0), unfit=1.0)) < read_calibration(SHIPPED).threshold()


@given(shares, shares, st.floats(0, 1))
def test_no_more_false_answers_than_asked_for(present: list[float], absent: list[float], most: float) -> None:
    calibration = replace(plain_calibration(), curve=curve_of(present, absent))
    threshold = calibration.threshold(most)
    assert sum(value >= threshold + 1e-6 for value in absent) <= most * len(absent) + 1e-9


def test_what_is_fitted_is_what_it_was_made_with() -> None:
    calibration = fitted(trials(1, 4000), "r", "made up")
    kept = trials(2, 4000)
    assert calibration_error(calibration, kept) < 0.03
    for place in (-1.0, 0.5, 2.0):
        expected = 1 / (1 + np.exp(1 - 2 * place))
        assert calibration.probability(signs(place)) == pytest.approx(expected, abs=0.05)
    assert all(first is trial.seen[1] for trial in kept if (first := first_of(calibration, trial)))


def test_held_is_fitted_to_what_is_held() -> None:
    """Every second question has an answer in the documents, whether the reading is right or not."""
    calibration, kept = fitted(trials(1, 4000), "r", "made up"), trials(2, 4000)
    for probability, share in (
        (held_of, sum(trial.held for trial in kept) / len(kept)),
        (probability_of, sum(trial.seen[1].right for trial in kept) / len(kept)),
    ):
        assert np.mean([probability(calibration, trial) for trial in kept]) == pytest.approx(share, abs=0.02)
    assert calibration.held(signs(-2.0)) > calibration.probability(signs(-2.0)) + 0.3
    # The curve is of this probability.
    threshold = calibration.threshold(0.05)
    absent = [held_of(calibration, trial) for trial in trials(1, 4000) if not trial.held]
    assert 0.03 < sum(value >= threshold for value in absent) / len(absent) <= 0.05


def test_confidence_rises_with_the_reader(assistant: Assistant) -> None:
    for across in (0.0, 1.0):
        found = [assistant.calibration.probability(signs(place, across)) for place in np.linspace(-8, 8, 33)]
        assert found == sorted(found)
        assert 0 <= found[0] < found[-1] <= 1


def test_reliability_counts_every_trial() -> None:
    calibration = fitted(trials(1), "r", "made up")
    kept = trials(3)
    bins = reliability(calibration, kept)
    assert sum(count for _, _, count in bins) == len(kept)
    # Against the definition, trial by trial.
    error = 0.0
    for low in np.arange(10) / 10:
        inside = [trial for trial in kept if low <= min(0.999999, probability_of(calibration, trial)) < low + 0.1]
        right = sum((first_of(calibration, trial) or trial.seen[0]).right for trial in inside)
        error += abs(sum(probability_of(calibration, trial) for trial in inside) - right) / len(kept)
    assert calibration_error(calibration, kept) == pytest.approx(error, abs=1e-6)


def test_a_users_own_questions_move_slope_and_offset() -> None:
    before = fitted(trials(1, 2000), "r", "made up")
    shifted = [
        Trial(one.group, one.held, tuple(replace(seen, signs=replace(seen.signs, answerable=seen.signs.answerable + 2))
                                         for seen in one.seen))
        for one in trials(4, 2000)
    ]  # fmt: skip
    after = refitted(before, shifted)
    assert after.holding != before.holding
    assert calibration_error(after, shifted) < 0.04 < calibration_error(before, shifted)
    assert after.order == before.order
    assert after.at(0.05).false_answers <= 0.05


def test_few_questions_change_little_and_too_few_nothing() -> None:
    before = fitted(trials(1, 2000), "r", "made up")
    some = trials(5, 24)
    after = refitted(before, some)
    for place in (-2.0, 0.0, 2.0):
        assert after.probability(signs(place)) == pytest.approx(before.probability(signs(place)), abs=0.25)
    with pytest.raises(TooFewQuestions, match="19 trials"):
        refitted(before, some[:19])


def test_written_and_read_back(tmp_path: Path) -> None:
    calibration = fitted(trials(1), "r", "made up")
    write_calibration(calibration, tmp_path / "c.json")
    assert read_calibration(tmp_path / "c.json") == calibration


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"curve": []}', '{"curve": [{"threshold": 1}]}', "null"])
def test_a_broken_calibration_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "calibration.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadCalibration, match=r"calibration\.json"):
        calibration_for(tmp_path, "r")


def test_the_librarys_own_comes_before_the_shipped_one(tmp_path: Path) -> None:
    shipped = read_calibration(SHIPPED)
    assert calibration_for(tmp_path, shipped.reader) == shipped
    own = replace(shipped, holding_offset=shipped.holding_offset + 1, fitted_on="own")
    write_calibration(own, tmp_path / "calibration.json")
    assert calibration_for(tmp_path, shipped.reader) == own
    # One for another reader serves nothing.
    assert calibration_for(tmp_path, "another") == unfitted("another")


def test_the_shipped_one_belongs_to_the_shipped_reader(assistant: Assistant) -> None:
    calibration = read_calibration(SHIPPED)
    assert calibration.reader == assistant.reader.fingerprint
    assert assistant.calibration == calibration
    assert calibration.at(0.05).false_answers <= 0.05
    assert [point.answered for point in calibration.curve] == sorted(
        (point.answered for point in calibration.curve), reverse=True
    )


def test_trials_of_a_users_question(assistant: Assistant) -> None:
    row = {"question": "光谷东智从成立到投产用了多长时间？", "answers": ["6个月"]}
    held, absent = tried_rows(assistant, row)
    assert held.held and not absent.held
    first = first_of(assistant.calibration, held)
    assert first is not None and first.right
    assert not any(seen.right for seen in absent.seen)
    [refused] = tried_rows(assistant, {"question": "光谷东智的注册资本是多少？", "answers": []})
    assert not refused.held


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    good = json.dumps({"question": "?", "answers": []})
    path.write_text(f"{good}\n\n{{}}\n", encoding="utf-8")
    with pytest.raises(YinzhengError, match="line 3"):
        read_questions(path)
    path.write_text(good, encoding="utf-8")
    assert read_questions(path) == [{"question": "?", "answers": []}]


@pytest.mark.parametrize(
    ("question", "text", "differ"),
    [
        ("武汉有多少家企业？", "AIC基金规模56亿元", False),
        ("How many?", "规模56亿元 AIC fund", True),
        ("武漢のユニコーン企業は何社ありますか？", "8家独角兽企业", True),
        ("Сколько?", "Wie viele", True),
        ("2024?", "2025!", False),
        ("ワクチンはいつ", "日本のワクチンは", False),
    ],
)
def test_scripts(question: str, text: str, differ: bool) -> None:
    assert differ_in_script(question, text) is differ


def test_calibration_without_signs_is_its_offset() -> None:
    assert Calibration("r", {}, {}, 0.0, {}, 2.0, curve_of([], []), "").probability(signs(3.0)) == 0.5
