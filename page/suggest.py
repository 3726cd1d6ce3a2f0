"""Questions to begin with."""

from __future__ import annotations

from collections.abc import Iterator

from index.library import Library
from page.words import Words

SUGGESTIONS = 4
_HEADINGS_OF_DOCUMENTS = 3  # documents whose headings are looked at

# For the article that comes with the program, by the document's id.
_PREPARED = {
    "73b78bd9fcdecd04": {
        "zh": (
            "今年以来武汉全市净增了多少家中小企业？",
            "光谷东智从成立到投产用了多长时间？",
            "武汉设立了几只AIC基金，规模多大？",
            "有多少家中小企业完成了数字化改造并通过验收？",
        ),
        "en": (
            "How many small and medium-sized firms did Wuhan gain this year?",
            "How long did Guanggu Dongzhi take from founding to production?",
            "How many AIC funds were set up, and what is their total size?",
            "How many firms completed the digital transformation and passed acceptance?",
        ),
    },
}
_ABOUT = {"zh": "关于“{heading}”，文中怎么说？", "en": "What is said about “{heading}”?"}


def suggestions(library: Library, words: Words) -> tuple[str, ...]:
    """Up to four questions in the page's language, the prepared ones first, else from headings."""
    documents = library.documents()
    for document in documents:
        if document.id in _PREPARED:
            return _PREPARED[document.id][words.language]
    headings = [
        heading for document in documents[:_HEADINGS_OF_DOCUMENTS] for heading in _headings(library, document.id)
    ]
    return tuple(_ABOUT[words.language].format(heading=heading) for heading in headings[:SUGGESTIONS])


def _headings(library: Library, document_id: str) -> Iterator[str]:
    document = library.document(document_id)
    for heading in document.headings:
        text = document.text[heading.start : heading.end].strip()
        if text and text != document.title:
            yield text
