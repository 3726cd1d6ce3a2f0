"""OpenAI's own client, on a server on a real port."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from fastapi import FastAPI
from openai import BadRequestError, OpenAI, UnprocessableEntityError

from index.local import LocalLibrary
from tests.api.conftest import serving
from tests.api.test_api import ABSENT, QUESTION
from tests.fakes import DIMENSION, TermEmbedder


@pytest.fixture
def openai(app: FastAPI) -> Iterator[OpenAI]:
    """The client as its users make it."""
    with serving(app) as url, OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield client


def test_a_completion_carries_its_citations(openai: OpenAI, shelf: LocalLibrary) -> None:
    found = openai.chat.completions.create(
        model="yinzheng",
        temperature=0.2,
        messages=[
            {"role": "system", "content": "Answer in verse."},
            {"role": "user", "content": "Hello?"},
            {"role": "assistant", "content": "Yes?"},
            {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        ],
    )
    message = found.choices[0].message
    assert message.content is not None and message.content.startswith("412 [1]")
    assert found.choices[0].finish_reason == "stop"
    assert found.usage is not None and found.usage.total_tokens > 0
    quotes = message.model_extra["yinzheng"]["quotes"] if message.model_extra else []
    assert all(one["text"] in message.content for one in quotes)
    assert message.annotations
    for annotation in message.annotations:
        cited = annotation.url_citation
        number = int(message.content[cited.start_index + 1 : cited.end_index - 1])
        assert message.content[cited.start_index : cited.end_index] == f"[{number}]"
        quote = openai.get(cited.url, cast_to=object)
        assert quote == quotes[number - 1]
        assert isinstance(quote, dict) and cited.title == quote["title"]
        text = shelf.document(quote["document"]).text[quote["start"] : quote["end"]]
        assert quote["text"] == text
        assert f"{quote['document']}:{quote['start']}-{quote['end']}" in message.content


def test_a_streamed_completion_is_the_same_in_pieces(openai: OpenAI) -> None:
    whole = openai.chat.completions.create(model="x", messages=[{"role": "user", "content": QUESTION}])
    pieces, ends, annotations, usage = "", [], [], None
    stream = openai.chat.completions.create(
        model="x",
        messages=[{"role": "user", "content": QUESTION}],
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            pieces += choice.delta.content or ""
            ends += [choice.finish_reason] if choice.finish_reason else []
            annotations += (choice.delta.model_extra or {}).get("annotations", [])
    message = whole.choices[0].message
    assert (pieces, ends) == (message.content, ["stop"])
    assert message.annotations is not None
    assert annotations == [one.model_dump(exclude_unset=True) for one in message.annotations]
    assert usage == whole.usage


def test_a_refusal_says_so_in_the_question_s_language(openai: OpenAI) -> None:
    english = openai.chat.completions.create(model="x", messages=[{"role": "user", "content": ABSENT}])
    chinese = openai.chat.completions.create(model="x", messages=[{"role": "user", "content": "歌剧是谁写的？"}])
    assert str(english.choices[0].message.content).startswith("Not in the documents.")
    assert str(chinese.choices[0].message.content).startswith("文档中没有答案。")


def test_embeddings_are_the_library_s_own(openai: OpenAI) -> None:
    texts = ["The saltmarsh survey.", "武汉"]
    expected = TermEmbedder().embed_passages(texts)
    plain = openai.embeddings.create(model="terms", input=texts, encoding_format="float")
    assert np.allclose([one.embedding for one in plain.data], expected, atol=1e-6)
    packed = openai.embeddings.create(model="terms", input=texts)  # the client asks for base64 by itself
    assert np.array_equal(np.asarray([one.embedding for one in packed.data], np.float32), expected)
    assert np.allclose(openai.embeddings.create(model="terms", input=texts[0]).data[0].embedding, expected[0])
    with pytest.raises(BadRequestError, match=str(DIMENSION)):
        openai.embeddings.create(model="terms", input="x", dimensions=8)


def test_models_are_listed_and_errors_are_read(openai: OpenAI) -> None:
    assert [one.id for one in openai.models.list()] == ["yinzheng", "terms"]
    with pytest.raises(UnprocessableEntityError, match="does not fit"):
        openai.chat.completions.create(model="x", messages=[])
