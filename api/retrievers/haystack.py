"""A Haystack component over an open library. Needs haystack-ai."""

from __future__ import annotations

from haystack import Document, component

from api.retrievers.passages import metadata
from rag.answer import Assistant


@component
class YinzhengRetriever:
    """The passages nearest to a question, best first, with their addresses as metadata."""

    def __init__(self, assistant: Assistant, top_k: int = 10, within: list[str] | None = None) -> None:
        self.assistant = assistant
        self.top_k = top_k
        self.within = within

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Find them."""
        hits = self.assistant.search(query, self.top_k if top_k is None else top_k, self.within)
        return {"documents": [Document(content=hit.passage.text, meta=metadata(hit), score=hit.score) for hit in hits]}
