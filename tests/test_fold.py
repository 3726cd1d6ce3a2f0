from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rag.fold import differences, fold, fold_only, original_span
from tests.texts import TEXTS

_JAMO = regex.compile(r"[\u1100-\u11ff]")  # compose without being combining marks


@given(TEXTS)
def test_both_ways_of_folding_agree_and_places_are_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.cased) == len(folded.places)
    assert list(folded.places) == sorted(folded.places)
    if not _JAMO.search(text):
        assert folded.text == fold_only(text)


@given(text=TEXTS, data=st.data())
def test_what_is_found_folded_is_the_same_words_in_the_original(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = original_span(folded, text, start, end)
    assert 0 <= first < last <= len(text)
    assert folded.text[start:end] in fold(text[first:last]).text


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert differences(text, text) == []
    # A carriage return of its own before them would make the line feed that is left the end of its line.
    assert differences(regex.sub(r"(?<!\r)\r\n", "\n", text), text) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("infor-\nmation", "information", ["typographic"]),
        ("a part", "apart", ["altered"]),
        ("3-4", "34", ["altered"]),
        ("5*3", "53", ["altered"]),
        ("18.55 万", "18.55万", ["typographic"]),
        ("e\u0301tude", "étude", ["typographic"]),
        ("a\u200bb", "ab", ["typographic"]),
        ("a\r\nb", "a\nb", []),
        ("a\r\r\nb", "a\r\nb", ["typographic"]),  # two lines end, and one
        ("well-known", "well—known", ["typographic"]),
        ("a The", "a the", ["altered"]),
        ("ﬁne", "fine", ["typographic", "typographic"]),
    ],
)
def test_what_typesetting_changes(first: str, second: str, expected: list[str]) -> None:
    assert [change.kind for change in differences(first, second)] == expected


def test_other_words_are_no_printing() -> None:
    assert fold("10²").text != fold("102").text
    with pytest.raises(ValueError, match="not the same words"):
        differences("one", "two")
