"""Questions that lean on those before them, made whole by rules, and by a model that is kept to what was said."""

from __future__ import annotations

import pytest

from rag.asking import whole_parts
from rag.follow_up import Said, whole_question
from rag.written.served import ServedModel
from tests.liar import lying

GAIN = Said("2024年武汉净增了多少家企业？", "18.55万家")
FOUNDER = Said("敢为科技的创始人是谁？", "张俊龙")
FUNDS = Said("武汉设立了几只AIC基金？", "5只")

FOLLOW_UPS = [
    ([GAIN], "那2023年呢？", "2023年武汉净增了多少家企业？"),
    ([Said("武汉净增了多少家企业？")], "那2023年呢？", "2023年武汉净增了多少家企业？"),
    ([GAIN], "深圳呢？", "2024年深圳净增了多少家企业？"),
    ([FOUNDER], "他是哪里人？", "张俊龙是哪里人？"),
    ([FOUNDER], "那光谷东智的呢？", "光谷东智的创始人是谁？"),
    ([Said("光谷东智什么时候成立的？")], "它是做什么的？", "光谷东智是做什么的？"),
    ([Said("光谷东智什么时候成立的？")], "什么时候投产？", "光谷东智什么时候投产？"),
    ([FUNDS], "规模多大？", "武汉AIC基金规模多大？"),
    ([Said("武汉有多少家创新型中小企业？")], "独角兽呢？", "武汉有多少家独角兽？"),
    ([Said("王如意哪年创办华动智造？")], "他在哪里任教？", "王如意在哪里任教？"),
    ([Said("王如意哪年创办华动智造？")], "邱冬呢？", "邱冬哪年创办华动智造？"),
    ([Said("王如意在哪里任教？"), Said("张俊龙在哪里任教？")], "他哪年毕业？", "张俊龙哪年毕业？"),
    ([Said("光谷东智从成立到投产用了多长时间？")], "其副总经理是谁？", "光谷东智的副总经理是谁？"),
    ([Said("武汉2025年净增了多少家中小企业？", "18.55万家")], "那增速呢？", "武汉中小企业的增速是多少？"),
    ([Said("武汉2025年净增了多少家中小企业？", "18.55万家")], "为什么？", "为什么武汉2025年净增了18.55万家中小企业？"),
    ([Said("武汉2025年净增了多少家中小企业？")], "那上海？", "上海2025年净增了多少家中小企业？"),
    ([Said("光谷东智的副总经理是谁？", "楼凯齐")], "总经理呢？", "光谷东智的总经理是谁？"),
    ([Said("光谷东智的副总经理是谁？", "楼凯齐")], "公司在哪里？", "光谷东智在哪里？"),
    ([Said("邱冬毕业于哪所大学？", "华中科技大学")], "这所大学在哪里？", "华中科技大学在哪里？"),
    ([Said("公司2024年的营收是多少？")], "利润呢？", "公司2024年的利润是多少？"),
    ([Said("How many firms did Wuhan gain in 2024?")], "And in 2023?", "How many firms did Wuhan gain in 2023?"),
    ([Said("How many firms did Wuhan gain?")], "And in 2023?", "How many firms did Wuhan gain in 2023?"),
    ([Said(
        "How many firms did Wuhan gain in 2024?")], "What about Shenzhen?",
            "How many firms did Shenzhen gain in 2024?"),
    ([Said("Who founded Acme?", "Ann Lee")], "Where did she study?", "Where did Ann Lee study?"),
    ([Said("Who founded Acme?", "Ann Lee")], "What is its revenue?", "What is Acme's revenue?"),
    ([Said("When was Acme founded?")], "How many employees does it have?", "How many employees does Acme have?"),
    ([Said("What was the revenue of Acme in 2024?")], "And the profit?", "What was the profit of Acme in 2024?"),
    ([Said("光谷东智的副总经理是谁？", "楼凯齐")], "社長は誰ですか？", "社長は誰ですか (光谷东智)?"),
    ([Said("光谷东智の社長は？")], "2023年の売上高は？", "2023年の売上高は (光谷东智)?"),
    ([Said("武汉の市長は？")], "武漢はどこ？", "武漢はどこ？"),
]  # fmt: skip
WHOLE = (
    "火星有几颗卫星？", "谁是武汉市市长？", "光谷东智呢绒厂在哪里？", "总结这篇文章", "Who is the president of France?",
    "When did the Harbour Trust open the berths?", "？", "武汉",
    "天使基金の最大損失率は何パーセントですか？", "武漢のロボットを造ったのは誰ですか？",
)  # fmt: skip


@pytest.mark.parametrize(
    ("earlier", "asked", "whole"), FOLLOW_UPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_follow_up_is_made_whole(earlier: list[Said], asked: str, whole: str) -> None:
    assert whole_question(earlier, asked) == whole
    assert whole_question([], asked) == asked
    assert whole_question(earlier, whole) == whole  # what was made whole stays as it is


@pytest.mark.parametrize("question", WHOLE)
def test_a_whole_question_stays_as_it_is(question: str) -> None:
    for earlier in ([GAIN], [FOUNDER, FUNDS], [Said("Who founded Acme?", "Ann Lee")]):
        assert whole_question(earlier, question) == question


def test_a_long_conversation_leans_on_what_was_made_whole() -> None:
    said: list[Said] = []
    asked = [
        "2024年武汉净增了多少家中小企业？",
        "那2023年呢？",
        "深圳呢？",
        "独角兽呢？",
        "敢为科技的创始人是谁？",
        "他在哪里毕业？",
    ]
    for question in asked:
        whole = whole_question(said, question)
        said.append(Said(whole, "张俊龙" if "创始人" in whole else ""))
    assert [one.question for one in said] == [
        "2024年武汉净增了多少家中小企业？", "2023年武汉净增了多少家中小企业？", "2023年深圳净增了多少家中小企业？",
        "2023年深圳净增了多少家独角兽？", "敢为科技的创始人是谁？", "张俊龙在哪里毕业？",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rewritten", "whole"),
    [
        ("2023年武汉净增了多少家企业？", "2023年武汉净增了多少家企业？"),
        ("2022年武汉净增了多少家企业？", "2023年武汉净增了多少家企业？"),  # nobody said 2022
        ("2023年上海净增了多少家企业？", "2023年武汉净增了多少家企业？"),  # nor Shanghai
        ("好的！\n2023年武汉净增了多少家企业？", "2023年武汉净增了多少家企业？"),
        ("How many firms did Wuhan gain in 2023?", "2023年武汉净增了多少家企业？"),
        ("", "2023年武汉净增了多少家企业？"),
    ],
)
def test_a_model_rewrites_and_is_kept_to_what_was_said(rewritten: str, whole: str) -> None:
    with lying(rewritten) as liar:
        assert whole_question([GAIN], "那2023年呢？", ServedModel(liar.url, "m")) == whole
        assert len(liar.asked) == 1


def test_a_model_is_not_asked_about_a_whole_question() -> None:
    with lying("别的") as liar:
        model = ServedModel(liar.url, "m")
        assert whole_question([GAIN], "王如意哪年创办了华动智造？", model) == "王如意哪年创办了华动智造？"
        assert liar.asked == []


def test_parts_get_the_subject_of_the_first() -> None:
    assert whole_parts("光谷东智什么时候成立，什么时候投产？") == ("光谷东智什么时候成立", "光谷东智什么时候投产？")
    assert whole_parts("光子是谁造的？") == ("光子是谁造的？",)
