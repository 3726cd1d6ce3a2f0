"""The library in the real LangChain and the real Haystack."""

from __future__ import annotations

from typing import Any

import pytest

from index.local import LocalLibrary
from tests.api.conftest import assistant_of
from tests.api.test_api import QUESTION


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of them tells its makers that it ran."""
    for name, value in (("HAYSTACK_TELEMETRY_ENABLED", "False"), ("LANGSMITH_TRACING", "false")):
        monkeypatch.setenv(name, value)


def stands(library: LocalLibrary, text: str | None, metadata: dict[str, Any]) -> bool:
    document, start, end = (metadata[key] for key in ("document", "start", "end"))
    assert metadata["address"] == f"{document}:{start}-{end}"
    return library.document(document).text[start:end] == text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_langchain(shelf: LocalLibrary) -> None:
    from langchain_core.runnables import RunnableLambda

    from api.retrievers.langchain import YinzhengRetriever

    retriever = YinzhengRetriever(assistant=assistant_of(shelf), top_k=2)
    found = (retriever | RunnableLambda(list)).invoke(QUESTION)
    expected = assistant_of(shelf).search(QUESTION, 2)
    assert [one.page_content for one in found] == [hit.passage.text for hit in expected]
    assert all(stands(shelf, one.page_content, one.metadata) for one in found)
    nowhere = YinzhengRetriever(assistant=assistant_of(shelf), within=[])
    assert nowhere.invoke(QUESTION) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_haystack(shelf: LocalLibrary) -> None:
    from haystack import Pipeline

    from api.retrievers.haystack import YinzhengRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", YinzhengRetriever(assistant_of(shelf)))
    found = pipeline.run({"retriever": {"query": QUESTION, "top_k": 2}})["retriever"]["documents"]
    expected = assistant_of(shelf).search(QUESTION, 2)
    assert [(one.content, one.score) for one in found] == [(hit.passage.text, hit.score) for hit in expected]
    assert all(stands(shelf, one.content, one.meta) for one in found)
