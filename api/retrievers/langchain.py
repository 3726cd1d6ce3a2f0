"""A LangChain retriever over an open library. Needs langchain-core."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from api.retrievers.passages import metadata


class YinzhengRetriever(BaseRetriever):
    """The passages nearest to a question, best first, with their addresses as metadata."""

    assistant: Any  # an Assistant; what it is made of is nothing that pydantic could look into
    top_k: int = 10
    within: list[str] | None = None

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.assistant.search(query, self.top_k, self.within)
        return [Document(page_content=hit.passage.text, metadata=metadata(hit)) for hit in hits]
