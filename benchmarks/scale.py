"""What searching, opening, adding and removing cost as a library grows to a million passages.

Each size is measured in a process of its own, over one library that is grown from size to size.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.grow import Sentences, document_of, grow, real_sentences, vectors_of
from benchmarks.plot import log_log
from benchmarks.sets import load_questions
from index import store
from index.embed import load_embedder
from index.lexical import keywords, score_terms, search_terms
from index.local import LocalLibrary, create_library
from index.split import PassageSpan, Split
from index.vectors import Matrix
from rag.answer import open_assistant

LANGUAGES = ("zh", "en", "de", "ru")
TOP_K = 10
_CHUNK = 50_000
_ADDED = 5  # passages of the document that is added and removed


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one size; times in milliseconds at the 50th and 95th percentile, or in seconds.

    `recall` is that of the ten nearest vectors against brute force. `open` is from nothing to the first
    answer's library and vector index, models not included. `memory_mb` is that of
    the process that asked, with both models, what it shares counted in part.
    `add` is until the document is found, `remove` until it is not, `trace` until
    nothing of it is left in the files.
    """

    passages: int
    library_mb: int
    index: str
    build_s: float
    open_s: float
    recall: float
    vectors_p50: float
    vectors_p95: float
    keywords_p50: float
    keywords_p95: float
    retrieve_p50: float
    retrieve_p95: float
    answer_p50: float
    answer_p95: float
    add_s: float
    remove_s: float
    trace_s: float
    memory_mb: int


def measure_scale(data: Path, folder: Path, sizes: Sequence[int], questions: int) -> Iterator[Cost]:
    """Grow a library in `folder` to each of the sizes, ascending, and measure it there with so many questions.

    What is in the folder from an earlier run is gone on with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    embedder = load_embedder()
    sentences = real_sentences(data, embedder, folder)
    library = create_library(folder / "library", embedder.name, embedder.fingerprint, embedder.dimension)
    every = [load_questions(data, f"xquad.{language}", "test") for language in LANGUAGES]
    texts = [row.text for rows in every for row in rows[:: max(1, len(rows) * len(LANGUAGES) // questions)]]
    for size in sizes:
        grow(library, sentences, size)
        began = time.perf_counter()
        library.tidy()
        library.keep_vectors()
        built = time.perf_counter() - began
        right = nearest(library, embedder.embed_questions(texts))
        print(f"{size} passages: measuring {len(texts)} questions", file=sys.stderr)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            measured = pool.submit(_asked, library.folder, texts, right).result()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            measured |= pool.submit(_changed, library.folder, sentences, size).result()
        files = sum(path.stat().st_size for path in library.folder.iterdir())
        yield Cost(
            passages=library.counts().passages, library_mb=round(files / 1e6), build_s=round(built, 1), **measured
        )


def picture(costs: Sequence[Cost]) -> str:
    """What searching costs against size, as an SVG."""
    lines = {
        "vectors, p95": [(cost.passages, cost.vectors_p95) for cost in costs],
        "keywords, p95": [(cost.passages, cost.keywords_p95) for cost in costs],
        "both, p95": [(cost.passages, cost.retrieve_p95) for cost in costs],
        "opening": [(cost.passages, 1000 * cost.open_s) for cost in costs],
        "a document added": [(cost.passages, 1000 * cost.add_s) for cost in costs],
    }
    return log_log(lines, "passages", "ms")


def nearest(library: LocalLibrary, questions: Matrix) -> list[list[int]]:
    """The ids of the TOP_K nearest passages to each question, by brute force over the stored vectors."""
    best = np.empty((len(questions), 0))
    ids = np.empty((len(questions), 0), np.int64)
    last = -1
    while True:
        more, vectors = store.vectors_after(library.connection, last, _CHUNK, questions.shape[1])
        if not len(more):
            return ids.tolist()
        scores = np.concatenate([best, questions @ vectors.T], axis=1)
        names = np.concatenate([ids, np.broadcast_to(more, (len(questions), len(more)))], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP_K]
        best, ids = np.take_along_axis(scores, order, axis=1), np.take_along_axis(names, order, axis=1)
        last = int(more[-1])


def _asked(folder: Path, texts: Sequence[str], right: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Open the library and ask, once warm, so that what is measured is the work and not the disk."""
    from rag.retrieve import retrieve

    began = time.perf_counter()
    library = LocalLibrary(folder)
    index = library.vector_index()
    opened = time.perf_counter() - began
    assistant = replace(open_assistant(folder), library=library)
    vectors = assistant.embedder.embed_questions(texts)
    times: dict[str, list[float]] = {"vectors": [], "keywords": [], "retrieve": [], "answer": []}
    hits = 0

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        times[name].append(1000 * (time.perf_counter() - start))
        return result

    def lexical(text: str) -> None:
        words = keywords(library, text)
        score_terms(library, words, search_terms(library, words, 50).ids[:50])

    index = library.vector_index()
    for text, vector, ten in zip(texts, vectors, right, strict=True):
        found = timed("vectors", partial(index.search, vector, TOP_K))
        hits += len(set(found.ids.tolist()) & set(ten))
        timed("keywords", partial(lexical, text))
        with library.snapshot():
            timed("retrieve", partial(retrieve, library, text, vector, 12))
        timed("answer", partial(assistant.ask, text))
    figures: dict[str, Any] = {
        f"{name}_p{share}": round(float(np.percentile(values, share)), 1)
        for name, values in times.items()
        for share in (50, 95)
    }
    base = index.base  # type: ignore[attr-defined]
    kind = "exact" if base.exact else f"{base.index.nprobe} of {base.index.nlist} lists"
    return {
        **figures,
        "index": kind,
        "open_s": round(opened, 2),
        "recall": round(hits / (TOP_K * len(texts)), 4),
        "memory_mb": round(psutil.Process().memory_full_info().pss / 1e6),
    }


def _changed(folder: Path, sentences: Sentences, number: int) -> dict[str, Any]:
    """Add a document to an open library and take it out again."""
    library = LocalLibrary(folder)
    library.vector_index()
    document, parts, spans = document_of(sentences, number)  # one that no size holds
    vectors = vectors_of(sentences, parts)[:_ADDED]
    passages = tuple(PassageSpan(span.start, span.end, "") for span in spans[:_ADDED])
    began = time.perf_counter()
    library.add(document, Split((), document.paragraphs, document.sentences, passages), vectors)
    added = library.passage_ids([document.id])
    assert set(library.vector_index().search(vectors[0], TOP_K).ids.tolist()) & set(added.tolist())
    add = time.perf_counter() - began
    began = time.perf_counter()
    with library.writing() as connection:  # as LocalLibrary.remove does, in its two steps
        store.delete_document(connection, document.id)
    found = library.vector_index().search(vectors[0], TOP_K)
    assert not set(found.ids.tolist()) & set(added.tolist())
    remove = time.perf_counter() - began
    library.leave_no_trace()
    trace = time.perf_counter() - began
    return {"add_s": round(add, 2), "remove_s": round(remove, 2), "trace_s": round(trace, 2)}
