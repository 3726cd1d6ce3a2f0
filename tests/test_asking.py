"""Questions that want a list, and questions in parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asking import asks_for_list, parts_of


@pytest.mark.parametrize(
    "question",
    [
        "武汉有哪些独角兽企业？",
        "哪几家公司获得了融资？",
        "列出所有的基金。",
        "都有谁参加了会议？",
        "Which companies were listed?",
        "Who are the founders?",
        "What languages do they speak?",
        "List all the funds.",
        "Welche Firmen wurden gegründet?",
        "Auf welche neuen Aufgaben bereitet man sich vor?",
        "Welche Werke bauten die Firmen?",
        "哪两家公司合并了？",
        "Name the three largest funds.",
        "¿Qué bancos crearon los fondos?",
        "Quelles entreprises sont citées ?",
        "Какие компании участвуют?",
        "どのような企業がありますか？",
    ],
)
def test_wants_a_list(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "武汉有多少家独角兽企业？",
        "谁创立了公司？",
        "哪家公司融资最多？",
        "Who founded the company?",
        "What is the population of Wuhan?",
        "Which company built the platform?",
        "Wie heißt der Roboter?",
        "Welcher Fluss fließt durch Wuhan?",
        "Welches Unternehmen baute die Plattform?",
        "In welcher Sprache ist der Vertrag?",
        "Welchen Namen trägt der Roboter?",
        "还有哪个城市设立了基金？",
        "基金的三个类型分别是种子、天使，还有哪一个？",
        "What are firms with fewer than ten people called?",
        "What welding process was shown?",
        "Which actress did the translation?",
        "Каким был размер фонда?",
        "Назовите основателя компании.",
        "¿Qué es un fondo de capital?",
        "¿En qué país está Wuhan?",
        "Qui a fondé l'entreprise ?",
        "Кто основал компанию?",
        "",
    ],
)
def test_wants_one_answer(question: str) -> None:
    assert not asks_for_list(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How many AIC funds were set up and what is their total size?",
            ("How many AIC funds were set up", "what is their total size?"),
        ),
        ("设立了多少只基金，规模多大？", ("设立了多少只基金", "规模多大？")),
        ("华动智造是谁创立的，累计融资多少？", ("华动智造是谁创立的", "累计融资多少？")),
        ("Wie viele Fonds gibt es und wie groß sind sie?", ("Wie viele Fonds gibt es", "wie groß sind sie?")),
        ("When and where was he born?", ("When and where was he born?",)),
        ("谁在什么时候创立了华动智造？", ("谁在什么时候创立了华动智造？",)),
        ("武汉有多少家企业？", ("武汉有多少家企业？",)),
    ],
)
def test_parts(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts


@given(st.text(alphabet="多少谁什么，和 how many what and，?？武汉ab", max_size=60))
def test_parts_are_pieces_of_the_question_in_order(question: str) -> None:
    parts = parts_of(question)
    place = 0
    for part in parts:
        place = question.index(part, place) + len(part)
