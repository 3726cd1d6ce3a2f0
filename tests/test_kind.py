"""The kind of answer that is asked for, in nine languages, and what a span shows."""

from __future__ import annotations

from collections import Counter

import pytest

from rag.kind import fits, kind_asked, kind_shown
from rag.read import best_of_kind
from rag.records import SpanReading
from training.composed import composed_set, language_asked
from training.report_words import ASKED


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("谁创办了这家公司？", "person"), ("Who founded the firm?", "person"), ("会社を作ったのは誰ですか？",
        "person"),
        ("Wer gründete die Firma?", "person"), ("Qui a fondé la société ?", "person"), ("¿Quién fundó la empresa?",
        "person"),
        ("Кто основал компанию?", "person"), ("누가 회사를 세웠습니까?", "person"), ("من هو مؤسس الشركة؟", "person"),
        ("公司是哪一年成立的？", "time"), ("In what year was the firm founded?", "time"), ("設立は何年ですか？",
        "time"),
        ("Wann wurde die Firma gegründet?", "time"), ("En quelle année la société est-elle née ?", "time"),
        ("¿En qué año se fundó?", "time"), ("В каком году основана компания?", "time"),
        ("회사는 언제 설립되었습니까?", "time"), ("في أي عام تأسست الشركة؟", "time"),
        ("建厂用了多长时间？", "duration"), ("How long did it take?", "duration"), ("何年間続きましたか？",
        "duration"),
        ("Wie lange dauerte es?", "duration"), ("Combien de temps a-t-il fallu ?", "duration"),
        ("¿Cuánto tiempo tardó?", "duration"), ("Сколько времени это заняло?", "duration"),
        ("얼마나 오래 걸렸습니까?", "duration"), ("كم من الوقت استغرق ذلك؟", "duration"),
        ("本地化率达到多少？", "share"), ("What percentage is local?", "share"), ("割合は何％ですか？", "share"),
        ("Wie hoch ist der Anteil?", "share"), ("Quelle part est locale ?", "share"), ("¿Qué porcentaje es local?",
        "share"),
        ("Какая доля осталась?", "share"), ("비율은 몇 퍼센트입니까?", "share"), ("ما نسبة الشركات المحلية؟",
        "share"),
        ("融资多少钱？", "money"), ("How much did the bridge cost?", "money"), ("費用はいくらですか？", "money"),
        ("Wie hoch war der Umsatz?", "money"), ("Combien a coûté le pont ?", "money"), ("¿Cuánto costó el puente?",
        "money"),
        ("Сколько стоил мост?", "money"), ("매출은 얼마입니까?", "money"), ("كم بلغت تكلفة الجسر؟", "money"),
        ("有多少家企业？", "count"), ("How many firms are there?", "count"), ("企業は何社ありますか？", "count"),
        ("Wie viele Firmen gibt es?", "count"), ("Combien d'entreprises y a-t-il ?", "count"),
        ("¿Cuántas empresas hay?", "count"), ("회사가 몇 개 있습니까?", "count"),
        ("Сколько там фирм?", "amount"), ("كم شركة هناك؟", "amount"), ("桥有多高？", "amount"),
        ("为什么停工？", None), ("Why was it closed?", None), ("なぜ閉鎖されましたか？", None),
        ("¿Por qué cerró?", None),
        ("不良率降了几个百分点？", "share"), ("몇 년부터 방송했습니까?", "time"),
        ("Combien d'argent a-t-il envoyé ?", "money"),
        ("病人拿到这笔钱的多少？", "amount"), ("By how much was the price cut?", "amount"),
        ("为什么只有几个人付钱？", None),
        ("何人改國號為魏？", None), ("The man who built it lived where?", None),
    ],
)  # fmt: skip
def test_what_a_question_asks_for(question: str, kind: str | None) -> None:
    assert kind_asked(question) == kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("40亿元以上", "money"), ("9,500 francs", "money"), ("₹100,000", "money"), ("860万元", "money"),
        ("17.58%", "share"), ("18 percent", "share"), ("三分之二", "share"), ("七成", "share"),
        ("602家", "count"), ("近3000名", "count"), ("17个", "count"),
        ("6个月", "duration"), ("83 days", "duration"), ("3年", "duration"), ("52个小时", "duration"),
        ("2025年8月", "time"), ("12 June 1643", "time"), ("19世纪", "time"),
        ("1903", "number"), ("7 km", "number"), ("8600平方米", "number"), ("王霜", "words"), ("Casimir Doms",
        "words"),
    ],
)  # fmt: skip
def test_what_a_span_shows(answer: str, kind: str) -> None:
    assert kind_shown(answer) == kind


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Quelle part des ventes vient des entreprises ?", "57家", -1), ("Quelle part des ventes ?", "87.9%", 1),
        ("На какую сумму договорились?", "4000个", -1), ("Сколько денег собрали?", "4000个", -1),
        ("谁说的？", "2025年", -1), ("谁说的？", "王如意", 1), ("誰ですか？", "カール6世", 0),
        ("How many firms are there?", "光谷东智", -1), ("Wie viele Firmen gibt es?", "zwei", 0),
        ("学校分走利润的多少？", "三成", 0), ("学校分走利润的多少？", "300元", 1), ("By how much?", "Nantes", 0),
        ("¿En qué año?", "1903", 1), ("¿En qué año?", "60%", -1), ("Wann war das?", "戦国時代", 0),
    ],
)  # fmt: skip
def test_whether_it_fits(question: str, answer: str, expected: float) -> None:
    assert fits(question, answer) == expected


def test_right_answers_are_hardly_ever_of_another_kind() -> None:
    seen: Counter[str] = Counter()
    known: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in composed_set().rows:
        language = language_asked(row)
        if language not in ASKED:  # nothing is known of how it asks
            continue
        for start, end in row.answers:
            worth = fits(row.question, row.passage.text[start:end])
            seen[language] += 1
            known[language] += worth != 0
            wrong[language] += worth < 0
    assert len(seen) == 9
    for language, count in seen.items():
        assert known[language] > 0.4 * count, language
        assert wrong[language] < 0.025 * known[language], language


def test_a_span_of_the_kind_comes_first_where_it_is_nearly_as_likely() -> None:
    text = "57家企业的销售占87.9%。"
    firms, share = SpanReading(0, 3, -1.0, 0.5), SpanReading(9, 14, -2.0, 0.5)
    assert text[share.start : share.end] == "87.9%。"[:5]
    assert best_of_kind("Quelle part des ventes ?", text, [firms, share]) == [share, firms]
    assert best_of_kind("Combien d'entreprises ?", text, [firms, share]) == [firms, share]
    assert best_of_kind("Warum?", text, [firms, share]) == [firms, share]
    far = SpanReading(9, 14, -9.0, 0.5)
    assert best_of_kind("Quelle part des ventes ?", text, [firms, far]) == [firms, far]
