"""One contract, both implementations, judged by arithmetic written out here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vectors import VectorIndex, flat_faiss
from index.vectors.exact import ExactIndex

Build = Callable[[np.ndarray, np.ndarray], VectorIndex]
BUILDS = pytest.mark.parametrize("build", [ExactIndex, flat_faiss.build])


def unit_rows(rows: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.where(norms == 0, 1, norms)).astype(np.float16).astype(np.float32)


def brute_force(ids: np.ndarray, vectors: np.ndarray, question: np.ndarray, top_k: int) -> list[tuple[int, float]]:
    scored = [
        (int(place), sum(float(left) * float(right) for left, right in zip(vector, question, strict=True)))
        for place, vector in zip(ids, vectors, strict=True)
    ]
    return sorted(scored, key=lambda entry: (-round(entry[1], 12), entry[0]))[:top_k]


@BUILDS
@given(data=st.data())
def test_ids_order_and_scores_are_those_of_brute_force(build: Build, data: st.DataObject) -> None:
    count, dimension = data.draw(st.integers(0, 40)), data.draw(st.sampled_from([1, 3, 8]))
    # Few different values: many vectors are equal, so that ties are common.
    values = st.lists(st.sampled_from([-1.0, 0.0, 0.5, 1.0]), min_size=dimension, max_size=dimension)
    vectors = unit_rows(
        np.array(data.draw(st.lists(values, min_size=count, max_size=count)), dtype=np.float32).reshape(
            count, dimension
        )
    )
    ids = np.cumsum(data.draw(st.lists(st.integers(1, 5), min_size=count, max_size=count)), dtype=np.int64)
    question = unit_rows(np.array([data.draw(values)], dtype=np.float32))[0]
    top_k = data.draw(st.integers(0, 50))
    found = build(ids, vectors).search(question, top_k)
    expected = brute_force(ids, vectors, question, top_k)
    assert found.ids.tolist() == [place for place, _ in expected]
    assert np.allclose(found.scores, [score for _, score in expected], rtol=0, atol=1e-12)


def test_both_give_the_same_to_the_last_bit() -> None:
    generator = np.random.default_rng(7)
    vectors = unit_rows(generator.standard_normal((3000, 384)))
    vectors[1000:2000] = vectors[:1000]  # every one of these has a twin
    ids = np.arange(3000, dtype=np.int64) * 3 + 1
    exact, fast = ExactIndex(ids, vectors), flat_faiss.build(ids, vectors)
    for question in unit_rows(generator.standard_normal((20, 384))):
        left, right = exact.search(question, 50), fast.search(question, 50)
        assert left.ids.tolist() == right.ids.tolist()
        assert left.scores.tolist() == right.scores.tolist()
        assert exact.scores(question, left.ids).tolist() == left.scores.tolist()
        assert fast.scores(question, left.ids[::-1]).tolist() == left.scores[::-1].tolist()


@BUILDS
def test_an_id_that_is_not_there_has_no_score(build: Build) -> None:
    index = build(np.array([2, 4], np.int64), unit_rows(np.eye(2, dtype=np.float32)))
    for wrong in (1, 3, 5):
        with pytest.raises(KeyError):
            index.scores(np.array([1, 0], np.float32), np.array([wrong], np.int64))
    assert index.scores(np.array([1, 0], np.float32), np.empty(0, np.int64)).tolist() == []


def test_a_saved_index_is_read_again_unless_it_is_another(tmp_path: Path) -> None:
    vectors = unit_rows(np.random.default_rng(1).standard_normal((20, 8)))
    ids = np.arange(20, dtype=np.int64)
    path = flat_faiss.save(flat_faiss.build(ids, vectors), tmp_path, "one")
    loaded = flat_faiss.load(tmp_path, "one", ids, 8)
    assert loaded is not None
    assert loaded.search(vectors[3], 5).ids.tolist() == ExactIndex(ids, vectors).search(vectors[3], 5).ids.tolist()
    assert flat_faiss.load(tmp_path, "two", ids, 8) is None
    assert flat_faiss.load(tmp_path, "one", ids[:-1], 8) is None
    assert flat_faiss.load(tmp_path, "one", ids, 9) is None
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    assert flat_faiss.load(tmp_path, "one", ids, 8) is None
    path.write_bytes(damaged[: len(damaged) // 2])
    assert flat_faiss.load(tmp_path, "one", ids, 8) is None


def test_saving_leaves_one_file(tmp_path: Path) -> None:
    index = flat_faiss.build(np.arange(2, dtype=np.int64), unit_rows(np.eye(2, dtype=np.float32)))
    flat_faiss.save(index, tmp_path, "one")
    path = flat_faiss.save(index, tmp_path, "two")
    assert list(tmp_path.iterdir()) == [path]
