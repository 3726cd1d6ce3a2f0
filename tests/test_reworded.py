"""A question put in the text's own words between Chinese and English, and names read from characters."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.pinyin import read_like
from rag.reader.model import Logits, SpanReader, load_span_reader
from rag.reader.tokens import Window
from rag.reworded import reworded
from rag.translated import translated


@pytest.mark.parametrize(
    ("question", "text", "wanted"),
    [
        ("Which company came to Wuhan?", "很多企业来到武汉。", "Which 企业 came to 武汉 ?"),
        # As the text writes it: in traditional characters, in another form of the word.
        ("Which company came to Wuhan?", "很多企業來到武漢。", "Which 企業 came to 武漢 ?"),
        (
            "路德的著作什么时候传播到法国？",
            "Luther's writings spread to France.",
            "Luther 的 writings 什么时候 spread 到 France ？",
        ),
        ("路德的著作什麼時候傳播？", "Luther's writings spread.", "Luther 的 writings 什麼時候 spread ？"),
        ("What did Wang Ruyi say in Hongshan?", "洪山区的王如意说", "What did 王如意 say in 洪山 ?"),
        # A big-data platform is looked for as the words it is made of.
        ("Who built the big-data platform?", "共建大数据平台", "Who built the 大数据 平台 ?"),
        # Names in Russian, declined or not, and in Korean, with what is written at their end.
        ("Что сказал Ван Жуи в Ухане?", "武汉的王如意说", "Что сказал 王如意 в 武汉 ?"),
        ("Кто основал Гуангу Дунчжи?", "光谷東智的創始人", "Кто основал 光谷東智 ?"),
        ("Когда Чжан Цзюньлун возглавил банк?", "天气很好。", "Когда Чжан Цзюньлун возглавил банк?"),
        ("우한의 추둥은 누구입니까?", "邱冬来到武汉。", "武汉 의 邱冬 은 누구입니까?"),
        ("광구둥즈는 언제 설립되었습니까?", "光谷东智成立于2025年", "光谷东智 는 언제 설립되었습니까?"),
        # Nothing to change: one language, no such words, and languages without a dictionary.
        ("Which company came?", "Many companies came.", "Which company came?"),
        ("哪些企业来了？", "很多企业来到武汉。", "哪些企业来了？"),
        ("Which company came?", "天气很好。", "Which company came?"),
        ("何社ありますか", "很多企业来到武汉。", "何社ありますか"),
        ("", "很多企业", ""),
        ("法国\ufdfa", "In France.", "法国\ufdfa"),
        ("Which company?", "", "Which company?"),
    ],
)
def test_words_as_the_text_has_them(question: str, text: str, wanted: str) -> None:
    assert reworded(question, text) == wanted


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_question_of_any_text(question: str, text: str) -> None:
    found = reworded(question, text)
    assert found == question or found.strip()


@given(st.lists(st.sampled_from(["Which", "company", "in", "Wuhan", "funds", "many"]), min_size=1, max_size=6))
def test_what_is_put_in_stands_in_the_text(words: list[str]) -> None:
    text = "武汉的企业有五只基金，全部在这里。"
    for run in re.findall(r"[\u4e00-\u9fff]+", reworded(" ".join(words), text)):
        assert run in text


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("wang ruyi", "王如意"),
        ("hongshan", "洪山"),
        ("lvliang", "吕梁"),
        ("luliang", "吕梁"),
        ("qiu dong", "邱冬"),
        ("чжан цзюньлун", "张俊龙"),
        ("симэн", "希萌"),
        ("люйлян", "吕梁"),
        ("чжэн хуайюань", "郑怀远"),
        ("го цзинь", "郭金"),
        ("간웨이", "敢为"),
        ("한퉈", "涵拓"),
        ("뤼량", "吕梁"),
        ("젠즈", "建智"),
        ("시안", "西安"),
        ("쉐취안", "薛全"),
    ],
)
def test_names_are_read_from_their_characters(name: str, characters: str) -> None:
    assert re.fullmatch(read_like(tuple(name.split())), characters)
    assert not re.search(read_like(tuple(name.split())), "武汉天气很好")


@pytest.mark.parametrize(
    "name",
    ["wang", "luther", "london", "a e", "name", "", "strasse", "москва", "сколько", "лондон", "회사", "기업", "로봇"],
)
def test_what_is_no_pinyin_name(name: str) -> None:
    assert read_like(tuple(name.split())) == ""


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12), max_size=3))
def test_what_is_read_is_a_regular_expression(words: list[str]) -> None:
    found = read_like(tuple(words))
    assert not found or not re.compile(found).search("abc")


def test_a_long_word_is_not_cut_in_every_way() -> None:
    began = time.perf_counter()
    assert read_like(("xian" * 500,)) == ""
    assert len(read_like(("xianan" * 3,))) < 200_000
    assert time.perf_counter() - began < 2


def test_a_name_needs_its_capitals_and_leaves_known_places_alone() -> None:
    assert [word.text for word in translated("Who is Wang Ruyi of Hubei?").words if word.read] == ["wang ruyi"]
    assert not any(word.read for word in translated("who is wang ruyi?").words)
    [hubei] = [word for word in translated("Who is Wang Ruyi of Hubei?").words if word.name]
    assert "湖北" in hubei.forms
    assert [word.text for word in translated("Lange Canada").words] == ["lange", "canada"]


def test_the_reader_takes_the_mean_of_both_wordings() -> None:
    """One stretch of a text is read for the question and for its other wording; a long text as well."""
    reader = load_span_reader()
    filler = "委员会再次开会，讨论了明年的预算，没有作出决定。" * 30
    for text in ("洪山区的企业共建大数据平台，投资3亿元。", filler + "洪山区的企业共建大数据平台，投资3亿元。"):
        question = "How much did the company in Hongshan put into the big-data platform?"
        mixed = reworded(question, text)
        assert mixed != question
        [both] = reader.read(question, [text], [""])
        [other] = reader.read(mixed, [text], [""])
        assert text[both.start : both.end] == "3亿元"
        assert both.answerable != other.answerable
    # Read together or apart, a text says the same.
    texts = ["洪山区的企业共建大数据平台，投资3亿元。", "The weather was fine in the city.", "天气很好。"]
    together = reader.read(question, texts, ["", "", ""])
    for text, one in zip(texts, together, strict=True):
        [alone] = reader.read(question, [text], [""])
        assert (alone.start, alone.end) == (one.start, one.end)
        assert alone.answerable == pytest.approx(one.answerable, abs=0.1)


def test_what_does_not_answer_is_read_once() -> None:
    shipped = load_span_reader()
    asked: list[int] = []

    def counted(windows: Sequence[Window]) -> Logits:
        asked.append(len(windows))
        return shipped.network(windows)

    reader = SpanReader(counted, shipped.tokenizer, "")
    question = "How much did the company in Hongshan put into the big-data platform?"
    answering, other = "洪山区的企业共建大数据平台，投资3亿元。", "洪山区昨天下雨，气温降到5度，公园关门。"
    assert reworded(question, other) != question
    found = reader.read(question, [answering, other], ["", ""])
    assert found[1].answerable < -2
    assert sum(asked) == 3
    assert found == shipped.read(question, [answering, other], ["", ""])
