"""The passages composed for training: read as they are meant, and sound in themselves."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from rag.fold import fold_only
from training.composed import (
    EIGHTH,
    FIFTH,
    FOURTH,
    NAME,
    NEWER,
    NINTH,
    READING,
    SECOND,
    SEVENTH,
    SIXTH,
    by_language,
    composed_set,
    language_asked,
    slice_of,
    twins,
)
from training.examples import Example
from training.mix import MIXES, Mix
from training.report_words import ASKED
from training.rows import TRAINED, Dataset, Passage, Row
from training.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSED = composed_set()
ALSO = ("el", "hi", "ro", "th", "tr", "vi")  # languages of some passages, asked in them alone
FILE = """## zh 青石镇茶厂
茶厂有9条线。

去年有3条线，今年有9条线。
? zh 茶厂现在有几条生产线？ => 茶厂有[[9条]]线
? en How many lines were there last year? => 3条
! de Wie viele Linien plant die Fabrik?
## en The Mill
The mill burned down in 1893.
? ja 製粉所はいつ焼けましたか？ => 1893
"""


def test_a_file_is_read_as_passages_and_questions(tmp_path: Path) -> None:
    (tmp_path / "one-01.txt").write_text(FILE, "utf-8")
    body = composed_set(tmp_path)
    assert [(passage.id, passage.language, passage.title) for passage in body.passages] == [
        ("composed-one.01.0", "zh", "青石镇茶厂"),
        ("composed-one.01.1", "en", "The Mill"),
    ]
    assert body.passages[0].text == "茶厂有9条线。\n\n去年有3条线，今年有9条线。"
    assert [(language_asked(row), row.question, row.answers) for row in body.rows] == [
        ("zh", "茶厂现在有几条生产线？", ((3, 5),)),
        ("en", "How many lines were there last year?", ((12, 14),)),
        ("de", "Wie viele Linien plant die Fabrik?", ()),
        ("ja", "製粉所はいつ焼けましたか？", ((24, 28),)),
    ]
    assert {row.source for row in body.rows} == {NAME}
    parts = by_language(body)
    assert {name: [row.question for row in part.rows] for name, part in parts.items()} == {
        "composed.zh": [row.question for row in body.rows[:3]],
        "composed.en": [row.question for row in body.rows[3:]],
    }


@pytest.mark.parametrize("answer", ["4条", "9条", ""])
def test_an_answer_that_does_not_stand_there_once_is_refused(tmp_path: Path, answer: str) -> None:
    (tmp_path / "one.txt").write_text(FILE.replace("茶厂有[[9条]]线", answer), "utf-8")
    with pytest.raises(ValueError, match=r"one.*times in the passage"):
        composed_set(tmp_path)


def test_what_is_committed_is_sound() -> None:
    assert len(COMPOSED.passages) == len({passage.text for passage in COMPOSED.passages}) >= 300
    assert len({row.id for row in COMPOSED.rows}) == len(COMPOSED.rows)
    assert {language_asked(row) for row in COMPOSED.rows} == {*ASKED, *ALSO}
    answered = [row for row in COMPOSED.rows if row.answers]
    assert 0.6 < len(answered) / len(COMPOSED.rows) < 0.75
    for row in COMPOSED.rows:
        assert row.question and " => " not in row.question and "[[" not in row.question
        for start, end in row.answers:
            answer = row.passage.text[start:end]
            assert answer == answer.strip() and not answer.endswith(("。", "；")) and "\n" not in answer
    for passage in COMPOSED.passages:
        assert passage.language in ("zh", "en", "ja", "de", "es", "ru", "ar", *ALSO) and passage.title
        # The first article, its town and its sentences, is what the reader is tried on.
        assert "武汉" not in passage.text and "Wuhan" not in passage.text
    asked = {language_asked(row) for row in answered if row.slice == "dev"}
    assert asked >= set(ASKED)


def test_what_was_there_first_can_be_had_alone() -> None:
    """So that what was made from some of them can be made again."""
    families = {passage.id.removeprefix(f"{NAME}-").partition(".")[0] for passage in COMPOSED.passages}
    assert sorted(NINTH) == sorted(families)
    assert composed_set(families=NINTH) == COMPOSED
    assert len(composed_set(families=EIGHTH).passages) == 3910
    assert len(composed_set(families=SEVENTH).passages) == 3310
    assert len(composed_set(families=NEWER).passages) == 1300
    assert len(composed_set(families=SIXTH).passages) == 2910
    assert len(composed_set(families=FIFTH).passages) == 2410
    assert len(composed_set(families=FOURTH).passages) == 1720
    assert len(composed_set(families=(*SECOND, READING)).passages) == 830


def test_nothing_of_the_first_article_is_in_them() -> None:
    article = fold_only((ROOT / "articles" / "wuhan-small-firms.md").read_text(encoding="utf-8"))
    runs = {article[place : place + 16] for place in range(len(article) - 16)}
    for passage in COMPOSED.passages:
        text = fold_only(passage.text)
        assert not any(text[place : place + 16] in runs for place in range(len(text) - 16)), passage.id


def test_eight_of_ten_passages_are_trained_on() -> None:
    kept = [slice_of(f"composed-made.{number}") for number in range(2000)]
    assert kept.count("dev") == pytest.approx(200, abs=50)
    assert kept.count("calibration") == pytest.approx(200, abs=50)
    assert kept.count("test") == 0


def _sets() -> dict[str, Dataset]:
    """A passage and a question each."""
    made = {}
    for name in TRAINED:
        passage = Passage(f"{name}-1", "en", "Mill", "The mill burned down in 1893. It was never built again.")
        rows = (
            Row("a", name, "When did the mill burn down?", passage, ((24, 28),), "train"),
            Row("b", name, "When was the mill built again?", passage, (), "train"),
        )
        made[name] = Dataset(name, (passage,), rows)
    return made


def test_the_mix_draws_questions_with_an_answer_and_such_that_were_written_to_have_none() -> None:
    mix = Mix(_sets(), Settings(mix="composed"))
    random = Random(0)
    # Some are drawn in the other script of Chinese, so they are compared as folded; in some a name is another.
    same = 0
    answers = {
        (fold_only(row.question), fold_only(row.passage.text[start:end]))
        for row in COMPOSED.of("train")
        for start, end in row.answers
    }
    not_told = {row.question for row in COMPOSED.of("train") if not row.answers}
    unanswered: list[Example] = []
    for _ in range(150):
        told = mix._drawn("composed", random)
        assert told is not None and told.answerable
        same += (fold_only(told.question), fold_only(told.text[told.start : told.end])) in answers
        missing = mix._drawn("-composed", random)
        if missing is not None:
            assert not missing.answerable
            unanswered.append(missing)
    assert 120 < same <= 150
    written = sum(one.question in not_told for one in unanswered)
    assert 0.5 < written / len(unanswered) < 0.95


def test_twins_are_drawn_side_by_side_over_one_text() -> None:
    mix = Mix(_sets(), Settings(mix="twins", composed=("couples", "double")))
    known = {told.question: other.question for told, other in twins(composed_set().of("train"))}
    examples = [mix.example(number) for number in range(400)]
    found = 0
    for told, other in zip(examples[::2], examples[1::2], strict=True):
        assert (told.twin >= 0) == (other.twin >= 0)
        if told.twin < 0:
            continue
        found += 1
        assert told.twin == other.twin and told.answerable and not other.answerable
        assert (told.heading, told.text) == (other.heading, other.text)
        assert fold_only(known.get(told.question, other.question)) == fold_only(other.question)
    assert found == pytest.approx(200 * 0.22, abs=20)


def test_other_mixes_do_without_them() -> None:
    """So that their rows stay what the logs were made of."""
    for name, shares in MIXES.items():
        mix = Mix(_sets(), Settings(mix=name, composed=("couples",)))
        assert (NAME in mix._rows) == (NAME in shares)
