from __future__ import annotations

import pytest
from hypothesis import given

from index.terms import terms
from tests.texts import TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("社区食堂", ["社区", "区食", "食堂"]),
        ("１８．５５万家", ["18.55", "万家"]),
        ("Firms, firms & FIRMS", ["firms", "firms", "firms"]),
        ("1998年", ["1998", "年"]),
        ("café", ["café"]),
        ("カタカナ", ["カタ", "タカ", "カナ"]),
        ("안녕하세요 세계", ["안녕", "녕하", "하세", "세요", "세계"]),
        ("185,500 и 41%", ["185,500", "и", "41"]),
        ("", []),
        ("。！？ …", []),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_simplified_and_traditional_match() -> None:
    assert terms("臺灣的軟體發展") == terms("台湾的软体发展")


def test_width_and_case_match() -> None:
    assert terms("ＷＵＨＡＮ") == terms("wuhan")


def test_thai_keeps_its_vowel_signs_with_their_letters() -> None:
    assert "".join(terms("กิน")).count("ิ") >= 1


@given(TEXTS)
def test_terms_hold_no_blank_and_are_the_same_twice(text: str) -> None:
    found = terms(text)
    assert all(term and not any(character.isspace() for character in term) for term in found)
    assert found == terms(text)
