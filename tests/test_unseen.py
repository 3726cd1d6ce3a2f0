"""Which words of a question stand nowhere in the documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import add_file
from index.local import create_library
from rag.answer import Assistant
from rag.fold import fold_only
from rag.named import names_and_numbers, numbers_away
from rag.records import NotFound
from rag.unseen import content_words, wording
from tests.fakes import TermEmbedder, with_threshold


@pytest.mark.parametrize(
    ("question", "unseen"),
    [
        ("深圳净增了多少家中小企业？", ("深圳",)),
        ("深圳淨增了多少家中小企業？", ("深圳",)),
        ("小米汽车在武汉的企业数量是多少？", ("小米",)),
        ("武汉有多少家中小企业？", ()),
        # Most of it, and all the more is to be said.
        ("武汉市现任市长是谁？", ("现任", "市长")),
        ("深圳地铁的首任总工程师是谁？", ("深圳", "地铁")),
        # In another language next to nothing is found, and that says nothing.
        ("What is the population of Wuhan?", ()),
        ("武漢のユニコーン企業は何社ありますか？", ()),
        ("？！", ()),
    ],
)
def test_words_the_article_does_not_hold(assistant: Assistant, question: str, unseen: tuple[str, ...]) -> None:
    result = with_threshold(assistant, 1.1).ask(question)
    assert isinstance(result, NotFound)
    assert result.unseen == unseen


def test_every_word_of_the_article_is_found(assistant: Assistant) -> None:
    text = assistant.library.document(assistant.library.documents()[0].id).text
    for line in text.splitlines():
        assert wording(assistant.library, line).missing == ()


@given(st.text(max_size=60))
def test_words_come_from_the_question(question: str) -> None:
    assert all(word in question for word in content_words(question))


@pytest.mark.parametrize(
    "question", ["Which firm has the tallest zebra?", "武汉的深圳有多少家？", "zebra 斑马 Wuhan tallest"]
)
def test_taken_not_to_be_there_is_as_never_added(question: str, fake: TermEmbedder, tmp_path: Path) -> None:
    texts = {"a": "The tallest zebra, on a bridge in Wuhan. 深圳。", "b": "A firm in Wuhan.", "c": "武汉的企业和斑马。"}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    whole, less = (create_library(tmp_path / name, "t", "t", fake.dimension) for name in ("whole", "less"))
    for name in texts:
        add_file(whole, fake, tmp_path / f"{name}.txt")
        if name != "a":
            add_file(less, fake, tmp_path / f"{name}.txt")
    [document] = [one.id for one in whole.documents() if one.name == "a.txt"]
    away = whole.passages_of(document)
    assert away
    assert wording(whole, question, away) == wording(less, question)
    assert wording(whole, question) != wording(less, question)


@pytest.mark.parametrize("question", ["多少钱？", "要多長時間？", "哪家最大？", "有多少個？", "什么样的人？"])
def test_words_that_ask_are_not_looked_for(question: str) -> None:
    assert not any(word[0] in "多哪什" for word in content_words(question))


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How many firms had Shenzhen in 2023?", ("Shenzhen", "2023")),
        ("深圳2023年有多少家企业？", ("深圳", "2023")),
        ("Mackinder在哪里出生？", ("Mackinder",)),
        ("《红楼梦》是谁写的？", ("红楼梦",)),
        ("Сколько фирм в Шэньчжэне?", ("Шэньчжэне",)),
        ("How long is the bridge, 1.5 or 2 km?", ("1.5", "2")),
        # German gives every noun a capital; and what asks has one everywhere.
        ("Wie viele Firmen hat die Stadt Wuhan 2023?", ("2023",)),
        ("Which firm grew?", ()),
        ("", ()),
    ],
)
def test_names_and_numbers_of_a_question(question: str, named: tuple[str, ...]) -> None:
    assert set(names_and_numbers(question)) == set(named)


@given(st.text(max_size=60))
def test_named_parts_stand_in_the_question(question: str) -> None:
    # Names that the dictionary has are found in the folded question.
    whole = question + fold_only(question)
    assert all(name in whole for name in names_and_numbers(question))


def test_a_name_that_no_document_holds_is_unknown(fake: TermEmbedder, tmp_path: Path) -> None:
    library = create_library(tmp_path / "l", "t", "t", fake.dimension)
    (tmp_path / "a.txt").write_text("武汉今年净增中小企业18.55万家，王如意说。Wang spoke in 2024.", encoding="utf-8")
    add_file(library, fake, tmp_path / "a.txt")
    assert wording(library, "武汉净增了多少家中小企业？").missing_named == ()
    assert wording(library, "深圳净增了多少家中小企业？").missing_named == ("深圳",)
    assert wording(library, "What did Wang say in 2023?").missing_named == ("2023",)
    assert wording(library, "What did Chen say in 2024?").missing_named == ("Chen",)
    # Where a Chinese name ends is not written: its beginning is there.
    assert wording(library, "18.55万家？").missing_named == ()


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("2024年岚图的本地化率是多少？", "2024年其供应链本地化率已达41%。", 0.0),
        ("2023年岚图的本地化率是多少？", "2024年其供应链本地化率已达41%。", 1.0),
        ("What was it in 2023?", "２０２３年达41%。", 0.0),  # numbers are written alike in other languages
        ("Which 5 funds had 18.55 in 2025?", "5只基金，12025号，1.855亿元。", 2 / 3),
        ("岚图的本地化率是多少？", "没有数字。", 0.0),
        ("Was Wuhan first in 2020?", "", 1.0),
    ],
)
def test_numbers_that_a_passage_lacks(question: str, text: str, share: float) -> None:
    assert numbers_away(names_and_numbers(question), text) == pytest.approx(share)
