"""Which words of a question stand nowhere in the documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Assistant
from rag.records import NotFound
from rag.unseen import content_words, wording
from tests.fakes import with_threshold


@pytest.mark.parametrize(
    ("question", "unseen"),
    [
        ("深圳净增了多少家中小企业？", ("深圳",)),
        ("深圳淨增了多少家中小企業？", ("深圳",)),
        ("小米汽车在武汉的企业数量是多少？", ("小米",)),
        ("武汉有多少家中小企业？", ()),
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
