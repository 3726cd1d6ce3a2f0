from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.ingest import add_file
from index.lexical import keywords, score_terms
from index.local import LocalLibrary, create_library
from rag.answer import Assistant
from rag.retrieve import LEXICAL_WEIGHT, TRANSLATED_WEIGHT, retrieve
from rag.translated import found_in, held_shares, translated
from tests.fakes import TermEmbedder

WORDS = st.lists(
    st.sampled_from(["武汉", "企业", "园区", "机器人", "robot", "fund", "3.5", "café"]), min_size=1, max_size=6
)


@settings(max_examples=15)
@given(
    texts=st.lists(WORDS.map(" ".join), max_size=8, unique=True), question=WORDS.map(" ".join), top_k=st.integers(1, 9)
)
def test_hits_are_those_of_scoring_every_passage(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], question: str, top_k: int
) -> None:
    folder = tmp_path_factory.mktemp("retrieve")
    fake = TermEmbedder()
    library = create_library(folder / "library", fake.name, fake.fingerprint, fake.dimension)
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        add_file(library, fake, folder / f"{number}.txt")
    vector = fake.embed_questions([question])[0]
    ids, vectors = library.vectors()
    cosine = (vectors.astype(np.float64) * vector.astype(np.float64)).sum(axis=1)
    lexical = score_terms(library, keywords(library, question), ids)
    abroad = translated(question)
    passages = [f"{passage.text}\n{passage.title}" for passage in library.passages(ids.tolist())]
    shares = held_shares(abroad, found_in(library, abroad).rarity, passages)
    scores = cosine + LEXICAL_WEIGHT * lexical + TRANSLATED_WEIGHT * shares
    by_id = dict(zip(ids.tolist(), scores.tolist(), strict=True))
    hits = retrieve(library, question, vector, top_k)
    # Terms are summed in another order than here: the last binary digit of a score may differ, and nothing else.
    assert [hit.score for hit in hits] == pytest.approx(sorted(scores.tolist(), reverse=True)[:top_k], abs=1e-12)
    assert [hit.score for hit in hits] == pytest.approx([by_id[hit.passage.id] for hit in hits], abs=1e-12)
    order = [(-hit.score, hit.passage.id) for hit in hits]
    assert order == sorted(set(order))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    library.close()


def test_words_of_another_language_do_not_disturb(assistant: Assistant) -> None:
    question = "What is the name of the humanoid robot that carried the torch?"
    hits = assistant.search(question, 5)
    assert "一台名为“光子”的人形机器人" in hits[0].passage.text
    assert hits[0].lexical == 0


def test_a_rare_word_lifts_its_passage(assistant: Assistant) -> None:
    hits = assistant.search("楼凯齐", 3)
    assert "楼凯齐" in hits[0].passage.text
    assert hits[0].lexical > 0.2


def test_an_empty_library_has_no_hits(library: LocalLibrary, fake: TermEmbedder) -> None:
    assert retrieve(library, "武汉", fake.embed_questions(["武汉"])[0], 5) == []
