"""Questions to begin with, every one of which the documents answer: each is asked before it is shown."""

from __future__ import annotations

import logging
import threading
from itertools import chain, zip_longest

from index.errors import YinzhengError
from index.library import Library
from page.answering import Answering
from page.suggest_made import Made, questions_of
from page.words import Words
from rag.records import Answer

SUGGESTIONS = 4
_DOCUMENTS = 6  # whose sentences are looked at, the latest added first
_ASKED = 24  # at most, in the background

_log = logging.getLogger(__name__)

# For the article that comes with the program, by the document's id; a test asks them.
_PREPARED = {
    "73b78bd9fcdecd04": {
        "zh": (
            "今年以来武汉全市净增了多少家中小企业？",
            "光谷东智从成立到投产用了多长时间？",
            "武汉设立了几只AIC基金，规模多大？",
            "有多少家中小企业完成了数字化改造并通过验收？",
        ),
        "en": ("How many AIC funds were set up, and what is their total size?",),
    },
}


class Suggestions:
    """Those of one library. They are looked for in the background, once for each state of the library."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], tuple[str, ...]] = {}
        self._begun: set[tuple[str, str]] = set()

    def for_page(self, words: Words) -> tuple[str, ...]:
        """Up to four questions in the page's language, at once: none where none was found yet."""
        library = self._answering.library
        prepared = _prepared(library, words.language)
        if prepared:
            return prepared
        key = (library.generation(), words.language)
        with self._lock:
            begun = key in self._begun
            self._begun = (
                {key} if not begun and all(key[0] != other[0] for other in self._begun) else self._begun | {key}
            )
        if not begun:
            threading.Thread(target=self._make, args=key, daemon=True).start()
        return self._made.get(key, ())

    def _make(self, generation: str, language: str) -> None:
        try:
            self._answering.wait()
            found = suggested(self._answering, language)
        except YinzhengError:
            _log.exception("no questions could be suggested")
            return
        with self._lock:
            self._made = {key: value for key, value in self._made.items() if key[0] == generation}
            self._made[generation, language] = found


def suggested(answering: Answering, language: str) -> tuple[str, ...]:
    """Questions that were just asked and answered rightly, from one document after another."""
    library = answering.library
    latest = [library.document(entry.id) for entry in library.documents()[::-1][:_DOCUMENTS]]
    columns = [list(questions_of(document, language)) for document in latest]
    turns = [made for made in chain.from_iterable(zip_longest(*columns)) if made is not None]
    found: list[str] = []
    for made in turns[:_ASKED]:
        if made.question not in found and _is_answered(answering, made):
            found.append(made.question)
            if len(found) == SUGGESTIONS:
                break
    return tuple(found)


def _is_answered(answering: Answering, made: Made) -> bool:
    result = answering.ask(made.question)
    if not isinstance(result, Answer) or result.relation != "one":
        return False
    return made.answer in result.text or result.text in made.answer


def _prepared(library: Library, language: str) -> tuple[str, ...]:
    for document in library.documents():
        if document.id in _PREPARED:
            return _PREPARED[document.id][language]
    return ()
