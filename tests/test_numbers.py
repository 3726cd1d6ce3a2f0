from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.numbers import figures, months
from tests.texts import TEXTS


def values(text: str) -> list[str]:
    return [f"{figure.value}{figure.unit}" for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一百 100 100.0 １００ 壹佰", ["100"] * 5),
        ("18.55万 185,500 18萬5500 十八万五千五百 185500", ["185500"] * 5),
        ("17.58% 17.58％ 百分之十七点五八 17.58 percent 百分之17.58", ["879/50%"] * 5),
        ("二〇二五年 2025年 兩千零二十五", ["2025"] * 3),
        ("1.2万亿 12000亿 一万二千亿 1.2 trillion", ["1200000000000"] * 4),
        ("三千五 一百二 三万五 三千零五 十二 二十 一百零二", ["3500", "120", "35000", "3005", "12", "20", "102"]),
        ("3.5 million 1,234 1,23", ["3500000", "1234", "1", "23"]),
        ("3个百分点 3 percentage points 5‰ 千分之五", ["3pp", "3pp", "5‰", "5‰"]),
        ("-5% (-5) 10-20 2025-02-03", ["-5%", "-5", "10", "20", "2025", "2", "3"]),
        ("一亿三千万 1亿3000万", ["130000000"] * 2),
        ("千万不要，百姓，万一", []),
        ("两三百", []),
        ("3万50000", []),
        ("五百万 5百万 500万", ["5000000"] * 3),
        ("九千九百九十九万九千九百九十九", ["99999999"]),
        ("A4 COVID-19", ["4", "19"]),
    ],
)
def test_values(text: str, expected: list[str]) -> None:
    assert values(text) == expected


def chinese(number: int) -> str:
    """A number written out as a schoolbook does, by another way than the reading."""
    digits, units = "零一二三四五六七八九", ("", "十", "百", "千")
    sections = []
    rest = number
    while rest:
        rest, section = divmod(rest, 10_000)
        sections.append(section)
    words = ""
    for place in range(len(sections) - 1, -1, -1):
        section, part, gap = sections[place], "", False
        for power in (3, 2, 1, 0):
            digit = section // 10**power % 10
            if digit:
                part += ("零" if gap and (part or words) else "") + digits[digit] + units[power]
                gap = False
            else:
                gap = True
        if part and words and section < 1000 and not part.startswith("零"):
            part = "零" + part
        if part:
            words += part + ("", "万", "亿", "万亿")[place]
    return words or "零"


@given(st.integers(1, 10**12 - 1))
def test_every_whole_number_written_out_is_read(number: int) -> None:
    [found] = figures(chinese(number))
    assert found.value == number
    assert (found.start, found.end) == (0, len(chinese(number)))
    assert [figure.value for figure in figures(f"{number:,}家")] == [number]


@given(st.decimals(0, 10**9, places=3, allow_nan=False))
def test_every_decimal_is_read_exactly(number: object) -> None:
    [found] = figures(f"达{number}万")
    assert found.value == Fraction(str(number)) * 10_000


@given(TEXTS)
def test_figures_are_in_order_and_in_the_text(text: str) -> None:
    place = 0
    for figure in figures(text):
        assert place <= figure.start <= figure.number.start < figure.number.end <= figure.end <= len(text)
        place = figure.end
        assert figures(text[figure.start : figure.end])[0].unit == figure.unit


def test_months() -> None:
    assert months("In February and on 3 Sep it may rain.") == {2, 9}
