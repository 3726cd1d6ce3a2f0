"""A library of any size: real passages first, then seeded recombinations of their sentences.

Embedding a million passages takes a day on two cores. Real sentences are embedded once, and a passage has
the mean of its sentences' vectors, so that terms and vectors go together as those of texts do.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

import apsw
import numpy as np

from benchmarks.sets import load_passages
from index import store
from index.embed import Embedder
from index.local import LocalLibrary
from index.records import Document, Span
from index.split import sentence_spans
from index.terms import code, terms
from index.vectors import Matrix

SETS = ("xquad.zh", "xquad.en", "xquad.de", "xquad.ru", "drcd.dev")
PASSAGES = 50  # in a document
_MOST = 240  # passages of a set
_SENTENCES = (3, 7)  # in a recombined passage, at least and at most
_BATCH = 512
_COMMITTED = 20  # documents at once


@dataclass(frozen=True, slots=True)
class Sentences:
    """Real sentences: texts, the codes of their terms, and vectors, a row each.

    `passages` lists, by language, which sentences each real passage has.
    """

    texts: list[str]
    codes: list[str]
    vectors: Matrix
    passages: list[list[list[int]]]


def real_sentences(data: Path, embedder: Embedder, folder: Path) -> Sentences:
    """The sentences of the sets' passages; their vectors are kept in the folder between runs."""
    texts: list[str] = []
    passages: list[list[list[int]]] = []
    for name in SETS:
        passages.append([])
        for passage in load_passages(data, name)[:_MOST]:
            spans = sentence_spans(passage.text, 0, len(passage.text))
            passages[-1].append(list(range(len(texts), len(texts) + len(spans))))
            texts += [passage.text[span.start : span.end] for span in spans]
    path = folder / "sentences.npy"
    if path.is_file():
        vectors = np.load(path)
    else:
        vectors = np.empty((len(texts), embedder.dimension), np.float32)
        for start in range(0, len(texts), _BATCH):
            vectors[start : start + _BATCH] = embedder.embed_passages(texts[start : start + _BATCH])
            print(f"{start} of {len(texts)} sentences embedded", file=sys.stderr)
        np.save(path, vectors)
    return Sentences(texts, [" ".join(map(code, terms(text))) for text in texts], vectors, passages)


def grow(library: LocalLibrary, sentences: Sentences, passages: int) -> None:
    """Add documents of PASSAGES passages each until the library has so many; goes on where it was left."""
    done = library.counts().documents
    wanted = passages // PASSAGES
    while done < wanted:
        with library.writing(durable=False) as connection:
            for number in range(done, min(wanted, done + _COMMITTED)):
                _put(connection, sentences, number)
        done = min(wanted, done + _COMMITTED)
        if done % (50 * _COMMITTED) == 0:
            print(f"{done * PASSAGES} of {passages} passages", file=sys.stderr)


def document_of(sentences: Sentences, number: int) -> tuple[Document, list[list[int]], list[Span]]:
    """Document `number`, from 0; the sentences of each of its passages, and where these stand in the text."""
    parts = list(_parts(sentences, number))
    texts = [" ".join(sentences.texts[place] for place in part) for part in parts]
    ends = list(accumulate(len(text) + 2 for text in texts))
    spans = [Span(end - 2 - len(text), end - 2) for text, end in zip(texts, ends, strict=True)]
    lengths = [[len(sentences.texts[place]) + 1 for place in part] for part in parts]
    starts = [[span.start, *accumulate(one, initial=span.start)][1:] for span, one in zip(spans, lengths, strict=True)]
    text = "\n\n".join(texts)
    sha256 = hashlib.sha256(f"{number}\n{text}".encode()).hexdigest()
    document = Document(
        id=sha256[:16],
        name=f"{number:06}.txt",
        source=f"grown:{number:06}",
        sha256=sha256,
        title=f"{number:06}",
        text=text,
        headings=(),
        paragraphs=tuple(spans),
        sentences=tuple(Span(a, b - 1) for row in starts for a, b in pairwise(row)),
    )
    return document, parts, spans


def _parts(sentences: Sentences, number: int) -> Iterator[list[int]]:
    """The sentences of each passage: the real passages one after the other, then two of them mixed at random."""
    real = [part for language in sentences.passages for part in language]
    for place in range(number * PASSAGES, (number + 1) * PASSAGES):
        if place < len(real):
            yield real[place]
            continue
        random = Random(place)
        language = random.choice(sentences.passages)
        both = random.choice(language) + random.choice(language)
        yield random.sample(both, min(len(both), random.randint(*_SENTENCES)))


def _put(connection: apsw.Connection, sentences: Sentences, number: int) -> None:
    """As `LocalLibrary.add` does, but that terms are not looked for again in every passage."""
    document, parts, spans = document_of(sentences, number)
    store.put_document(connection, store.StoredDocument(document, {}, len(parts), store.now(), 1))
    title = " ".join(map(code, terms(document.title)))
    for ordinal, (part, span, vector) in enumerate(zip(parts, spans, vectors_of(sentences, parts), strict=True), 1):
        values = (document.id, ordinal, span.start, span.end, "", vector.astype("<f2").tobytes())
        connection.execute(
            "INSERT INTO passages(document, ordinal, start, end, heading, vector, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*values, store.short_digest(values)),
        )
        words = " ".join([title, *(sentences.codes[place] for place in part)])
        connection.execute("INSERT INTO terms(rowid, words) VALUES (?, ?)", (connection.last_insert_rowid(), words))
    store.put_name(connection, document.source, document.name, document.id)


def vectors_of(sentences: Sentences, parts: Sequence[Sequence[int]]) -> Matrix:
    """The means of the sentences' vectors, unit norm, a row a passage."""
    rows = np.stack([sentences.vectors[list(part)].mean(axis=0) for part in parts])
    found: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found
