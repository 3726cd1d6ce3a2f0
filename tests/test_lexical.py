"""FTS5's scores against BM25 written out here, and the queries that keyword search elsewhere loses."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.ingest import add_file
from index.lexical import keywords, score_terms, search_terms
from index.local import LocalLibrary, create_library
from index.terms import terms
from tests.fakes import TermEmbedder


def add_texts(library: LocalLibrary, folder: Path, texts: list[str]) -> list[int]:
    """Add each text as a document of one passage; the passages' ids."""
    fake = TermEmbedder()
    for number, text in enumerate(texts):
        path = folder / f"{number}.txt"
        path.write_text(text, encoding="utf-8")
        assert add_file(library, fake, path).state in ("added", "unchanged")
    return library.vectors()[0].tolist()


def bm25(passages: list[list[str]], question: list[str]) -> list[float]:
    """BM25 as in https://www.sqlite.org/fts5.html#the_bm25_function, divided by its bound."""
    average = sum(map(len, passages)) / len(passages)
    scores = [0.0] * len(passages)
    bound = 0.0
    for term in dict.fromkeys(question):
        holding = sum(term in passage for passage in passages)
        idf = max(1e-6, math.log((len(passages) - holding + 0.5) / (holding + 0.5)))
        bound += idf * 2.2
        for place, passage in enumerate(passages):
            often = Counter(passage)[term]
            scores[place] += idf * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * len(passage) / average))
    return [score / bound for score in scores]


WORDS = st.lists(
    st.sampled_from(["武汉", "企业", "园区", "robot", "Robot", "３.5", "3.5", "café", "臺灣", "台湾", "x"]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=20)
@given(texts=st.lists(WORDS.map(" ".join), min_size=1, max_size=6, unique=True), question=WORDS.map(" ".join))
def test_scores_are_those_of_brute_force(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str
) -> None:
    folder = tmp_path_factory.mktemp("lexical")
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    # The longest first line is the title, whose terms are searched too.
    ids = add_texts(library, folder, texts)
    passages = [terms(f"{passage.title}\n{passage.heading}\n{passage.text}") for passage in library.passages(ids)]
    expected = dict(zip(ids, bm25(passages, terms(question)), strict=True))
    words = keywords(library, question)
    assert np.allclose(score_terms(library, words, np.array(ids)), list(expected.values()), atol=1e-9)
    hits = search_terms(library, words, 50)
    assert set(hits.ids.tolist()) == {place for place, score in expected.items() if score > 0}
    assert np.allclose(hits.scores, [expected[place] for place in hits.ids.tolist()], atol=1e-9)
    assert all(left >= right - 1e-12 for left, right in zip(hits.scores, hits.scores[1:], strict=False))
    library.close()


def test_of_a_large_library_the_rarer_terms_choose_and_all_terms_score(
    library: LocalLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"the town of place{number} and the river" + " hall" * (number % 3) for number in range(12)]
    ids = add_texts(library, tmp_path, [*texts, "the lonely mill of the river"])
    words = keywords(library, "the mill of the hall at place3")
    every = search_terms(library, words, 20)
    assert words.passages[:2] == (13, 1)
    monkeypatch.setattr("index.lexical_fts.MOST_POSTINGS", 12)  # "hall" is in 8; "the" and "of" are in 13
    some = search_terms(library, words, 20)
    assert set(some.ids.tolist()) == {ids[12], *(ids[number] for number in range(12) if number % 3), ids[3]}
    scores = dict(zip(every.ids.tolist(), every.scores.tolist(), strict=True))
    assert np.allclose(some.scores, [scores[place] for place in some.ids.tolist()], atol=1e-12)
    assert some.ids[:2].tolist() == every.ids[:2].tolist()
    assert search_terms(library, words, 1).ids.tolist() == every.ids[:1].tolist()
    monkeypatch.setattr("index.lexical_fts.MOST_POSTINGS", 0)
    assert search_terms(library, words, 20).ids.tolist() == [ids[12]]


@pytest.mark.parametrize(
    ("question", "place"),
    [("社区食堂", 0), ("上海", 0), ("1998年", 1), ("老人的午餐", 0), ("軟體", 1), ("ＳＨＡＮＧＨＡＩ", 2)],
)
def test_chinese_keywords_find_their_passage(library: LocalLibrary, tmp_path: Path, question: str, place: int) -> None:
    texts = [
        "上海市政府今天宣布，将在年底前建成一百个社区食堂，为老年人提供午餐。",
        "这家公司成立于1998年，开发软件与软体机器人。",
        "The Shanghai office opened later.",
    ]
    ids = add_texts(library, tmp_path, texts)
    assert search_terms(library, keywords(library, question), 1).ids.tolist() == [ids[place]]


def test_nothing_in_common_is_nothing_found(library: LocalLibrary, tmp_path: Path) -> None:
    ids = add_texts(library, tmp_path, ["武汉的企业。"])
    for question in ("Wie viele?", "？！", ""):
        words = keywords(library, question)
        assert search_terms(library, words, 5).ids.tolist() == []
        assert score_terms(library, words, np.array(ids)).tolist() == [0.0]


def test_a_question_is_data_to_the_search(library: LocalLibrary, tmp_path: Path) -> None:
    ids = add_texts(library, tmp_path, ["one AND two", "near the end"])
    for question in ('one" OR "two', "NEAR(one two)", "words:one AND NOT two", "one*", "'; DROP TABLE terms; --one"):
        assert ids[0] in search_terms(library, keywords(library, question), 5).ids.tolist()


def test_terms_in_pieces_are_made_one_piece_and_score_the_same(
    library: LocalLibrary, fake: TermEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.local.MERGED_FROM", 10**6)  # not while they are added
    ids = add_texts(library, tmp_path, [f"Zebra {number} and quay {number % 3}." for number in range(12)])
    words = keywords(library, "zebra 3 quay")
    before = score_terms(library, words, np.array(ids))
    in_pieces = _pieces(library)
    monkeypatch.setattr("index.local.MERGED_FROM", 10)
    library.tidy()
    assert _pieces(library) == 1 < in_pieces
    library._held.clear()
    assert keywords(library, "zebra 3 quay") == words
    assert np.array_equal(score_terms(library, words, np.array(ids)), before)
    assert list(library.problems()) == []
    more = tmp_path / "more.txt"
    more.write_text("One more zebra.", encoding="utf-8")
    assert add_file(library, fake, more).state == "added"
    assert _pieces(library) == 2  # one passage in twelve is not worth it


def _pieces(library: LocalLibrary) -> int:
    """How many segments FTS5 keeps the terms in: those that its table of pages knows."""
    [(count,)] = library.connection.execute("SELECT count(DISTINCT segid) FROM terms_idx").fetchall()
    return int(str(count))


def test_counts_of_terms_follow_what_is_added(library: LocalLibrary, tmp_path: Path) -> None:
    add_texts(library, tmp_path, ["Zebra one."])
    assert library.passages_with(["zebra", "quay"]) == {"zebra": 1, "quay": 0}
    add_texts(library, tmp_path, ["Zebra one.", "Zebra two on the quay."])
    assert library.passages_with(["zebra", "quay"]) == {"zebra": 2, "quay": 1}
