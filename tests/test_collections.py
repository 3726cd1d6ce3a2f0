"""Collections, and questions limited to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.collections import collect, collections, dissolve, rename_collection, scope, take_out
from index.errors import UnknownCollection, UnknownDocument
from index.ingest import add_file, add_files
from index.lexical import keywords, search_terms
from index.local import LocalLibrary, create_library
from index.vectors import VectorIndex, flat_faiss
from index.vectors.exact import ExactIndex
from rag.answer import Assistant
from rag.records import NotFound
from rag.retrieve import retrieve
from tests.fakes import TermEmbedder
from tests.test_life import assert_well, write
from tests.test_vectors import BUILDS, Build, unit_rows


def names(library: LocalLibrary) -> dict[str, int]:
    return {entry.name: entry.documents for entry in collections(library)}


def test_a_document_is_in_several_collections(library: LocalLibrary, fake: TermEmbedder, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{number}.txt", f"Text {number}.") for number in range(3)]
    ids = [result.detail for result in add_files(library, fake, paths, collection="全部")]
    collect(library, "two", ids[:2])
    collect(library, "empty", [])
    assert names(library) == {"empty": 0, "two": 2, "全部": 3}
    assert library.documents()[0].collections == ("two", "全部")
    take_out(library, "two", ids[:1])
    rename_collection(library, "two", "one")
    assert names(library) == {"empty": 0, "one": 1, "全部": 3}
    # A new version stays where the old one was; a removed document is in none.
    new = add_file(library, fake, write(tmp_path, "1.txt", "Another text."))
    assert scope(library, ["one"]).documents == (new.detail,)
    library.remove(new.detail)
    assert names(library) == {"empty": 0, "one": 0, "全部": 2}
    dissolve(library, "one")
    assert names(library) == {"empty": 0, "全部": 2}
    assert library.counts().documents == 2
    for call in (lambda: take_out(library, "x", []), lambda: dissolve(library, "x"), lambda: scope(library, ["x"])):
        with pytest.raises(UnknownCollection, match="it has empty, 全部"):
            call()
    with pytest.raises(UnknownCollection, match="there is one"):
        rename_collection(library, "empty", "全部")
    with pytest.raises(UnknownDocument):
        collect(library, "fresh", ["nothing"])
    assert "fresh" not in names(library)
    assert_well(library)


WORDS = st.lists(st.sampled_from(["武汉", "企业", "园区", "robot", "fund", "3.5"]), min_size=1, max_size=5)


@settings(max_examples=15)
@given(
    texts=st.lists(WORDS.map(" ".join), max_size=8, unique=True),
    question=WORDS.map(" ".join),
    top_k=st.integers(1, 9),
    data=st.data(),
)
def test_hits_within_are_the_hits_of_all_that_are_within(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str, top_k: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("within")
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    paths = [write(folder, f"{number}.txt", text) for number, text in enumerate(texts)]
    ids = [result.detail for result in add_files(library, fake, paths)]
    chosen = [document for document in ids if data.draw(st.booleans())]
    collect(library, "chosen", chosen)
    vector = fake.embed_questions([question])[0]
    everything = retrieve(library, question, vector, 50)
    limits = scope(library, ["chosen"])
    within = retrieve(library, question, vector, top_k, limits)
    expected = [hit for hit in everything if hit.passage.document in chosen][:top_k]
    assert [(hit.passage, hit.score) for hit in within] == [(hit.passage, hit.score) for hit in expected]
    assert [hit.rank for hit in within] == list(range(1, len(within) + 1))
    assert library.counts(limits.documents).documents == len(chosen)
    words = keywords(library, question)
    found = library.passages(search_terms(library, words, 50, limits.documents).ids.tolist())
    assert {passage.document for passage in found} <= set(chosen)
    library.close()


@BUILDS
def test_the_nearest_among_some_are_those_of_them_alone(build: Build) -> None:
    generator = np.random.default_rng(3)
    vectors = unit_rows(generator.standard_normal((400, 8)).round(0))  # many are equal
    ids = np.arange(400, dtype=np.int64) * 2 + 5
    index = build(ids, vectors)
    for share in (0.0, 0.02, 0.5, 1.0):
        chosen = generator.random(400) < share
        alone: VectorIndex = ExactIndex(ids[chosen], vectors[chosen])
        for question in vectors[:10]:
            found, expected = index.search(question, 12, ids[chosen]), alone.search(question, 12)
            assert found.ids.tolist() == expected.ids.tolist()
            assert found.scores.tolist() == expected.scores.tolist()
    with pytest.raises(KeyError):
        index.search(vectors[0], 3, np.array([6], np.int64))
    assert flat_faiss.build(ids[:0], vectors[:0]).search(vectors[0], 3, ids[:0]).ids.tolist() == []


def test_a_question_is_limited_as_asked(assistant: Assistant) -> None:
    question = "武汉有多少个中小企业服务工作站？"
    [entry] = assistant.library.documents()
    found = assistant.ask(question, within=[entry.name])
    assert found == assistant.ask(question) or found.searched.documents == 1
    assert found.searched.passages == entry.passages
    nothing = assistant.ask(question, within=[])
    assert isinstance(nothing, NotFound)
    assert (nothing.nearest, nothing.searched.documents, nothing.searched.passages) == ((), 0, 0)
    assert assistant.search(question, 5, within=[]) == []
    with pytest.raises(UnknownCollection, match="no collection of this library"):
        assistant.ask(question, within=["nowhere"])
