"""The reports that the training makes up: what is asked of them is there, or is not."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.scores import auroc, mean
from rag.overlap import f1
from rag.reader import load_reader
from training.report_facts import CLOSE, OPEN, table
from training.report_words import ASKED, IN_YEAR, QUESTIONS, SENTENCES, WHO_SAID
from training.reports import Report, report_example, untold

TABLES = ("counted", "values", "roles", "events", "products", "deeds", "durations", "sayings", "cities")
EXAMPLES = [report_example(Random(seed)) for seed in range(600)]


@pytest.mark.parametrize("name", TABLES)
def test_every_word_is_there_in_every_language(name: str) -> None:
    for words in table(name):
        assert set(ASKED) <= set(words)
        assert all(cell and cell == cell.strip() for cell in words.values()), words


@pytest.mark.parametrize("language", ASKED)
def test_everything_can_be_asked_in_every_language(language: str) -> None:
    asked = {name for spoken, name in QUESTIONS if spoken == language}
    assert asked == {"counted", "values", "roles", "products"}
    assert language in WHO_SAID and language in IN_YEAR
    assert {name for _, name in SENTENCES} == {*asked, "raised", "sayings"}


def test_the_same_dice_give_the_same_report() -> None:
    assert [report_example(Random(seed)) for seed in range(50)] == EXAMPLES[:50]


def test_an_answer_stands_where_it_is_said_to() -> None:
    answered = [one for one in EXAMPLES if one.answerable]
    for one in answered:
        answer = one.text[one.start : one.end]
        assert answer and answer == answer.strip()
        assert not {OPEN, CLOSE, "{", "}"} & set(one.text + one.question + one.heading)
        # Neither number nor name is cut.
        assert not (answer[0].isdigit() and one.text[: one.start][-1:].isdigit())
        assert not (answer[-1].isdigit() and one.text[one.end :][:1].isdigit())
    assert 0.5 < len(answered) / len(EXAMPLES) < 0.6


def test_a_known_report() -> None:
    """Written down, so that the dice of the shipped reader's training stay what they were."""
    one = EXAMPLES[0]
    assert one.question == "Когда Helang Software вышла на биржу?"
    assert one.text.startswith("Helang Software Co., Ltd. went public in 2014. Zhong Pengkang, head of technology of")
    assert one.text[one.start : one.end] == "2014"


def test_what_is_not_told_is_not_told() -> None:
    ways = set()
    for seed in range(500):
        random = Random(seed)
        report = Report(random)
        if not report.groups:
            continue
        asked = random.choice(report.facts())
        other = untold(report, asked, random)
        if other is None:
            continue
        told = report.told(other.table, other.row, other.holder)
        if told is None:
            ways.add("holder" if other.holder is not asked.holder else "thing")
        else:
            assert other.year and other.year not in report.years(asked)
            ways.add("year")
    assert ways == {"holder", "thing", "year"}


def test_a_town_that_a_report_is_not_on_is_not_in_it() -> None:
    """Of Chinese reports with Chinese questions; a firm's full name begins with a town, too."""
    towns = [words["zh"] for words in table("cities")]
    there = away = 0
    for one in EXAMPLES:
        asked = [town for town in towns if one.question.startswith(town) and "公司" not in one.question]
        if asked and one.text.endswith("。"):
            assert asked[0] in one.heading + one.text or not one.answerable, one
            there += one.answerable
            away += asked[0] not in one.heading + one.text
    assert there > 20 and away > 10


def test_a_firm_once_named_is_spoken_of_as_the_company() -> None:
    implied = [report_example(Random(seed), implied=True) for seed in range(300)]
    spoken = [one.text.count("公司") - one.text.count("有限公司") for one in implied]
    before = [one.text.count("公司") - one.text.count("有限公司") for one in EXAMPLES[:300]]
    assert sum(spoken) > 2 * sum(before)
    assert all(one.text[one.start : one.end].strip() for one in implied if one.answerable)


def test_the_shipped_reader_reads_reports_that_it_has_not_seen() -> None:
    """The reader before it had F1 91 and AUROC 80 on these."""
    reader = load_reader()
    right, there, away = [], [], []
    for number in range(150):
        one = report_example(Random(f"kept {number}"))
        reading = reader.read_spans(one.question, [one.text], [one.heading], 1)[0][0]
        if one.answerable:
            right.append(f1(one.text[reading.start : reading.end], one.text[one.start : one.end]))
            there.append(reading.answerable)
        else:
            away.append(reading.answerable)
    assert mean(right) > 0.92
    assert auroc(there, away) > 0.89
