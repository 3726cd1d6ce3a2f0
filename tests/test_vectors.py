"""One contract, both implementations, judged by arithmetic written out here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vectors import Matrix, VectorIndex, flat_faiss
from index.vectors.coarse_faiss import CoarseBase, build_coarse
from index.vectors.exact import ExactIndex
from index.vectors.files import load, save
from index.vectors.grown import GrownIndex

Build = Callable[[np.ndarray, np.ndarray], VectorIndex]


def grown(ids: np.ndarray, vectors: np.ndarray) -> VectorIndex:
    """Every third passage came later, and as many more were there and are gone."""
    later = np.arange(len(ids)) % 3 == 2
    gone = ids[::2] + 100_000
    base = flat_faiss.build_base(np.concatenate([ids[~later], gone]), np.concatenate([vectors[~later], vectors[::2]]))
    return GrownIndex(base, ids[later], vectors[later], gone, base.vectors)


BUILDS = pytest.mark.parametrize("build", [ExactIndex, flat_faiss.build, grown])


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


def test_a_saved_base_is_read_again_unless_it_is_another(tmp_path: Path) -> None:
    vectors = unit_rows(np.random.default_rng(1).standard_normal((20, 8)))
    ids = np.arange(20, dtype=np.int64)
    path = save(flat_faiss.build_base(ids, vectors), tmp_path, "one")
    loaded = load(tmp_path, {"zero", "one"}, 8)
    assert loaded is not None
    base, generation = loaded
    assert generation == "one"
    assert isinstance(base, flat_faiss.FlatBase)
    found = flat_faiss.FaissIndex(base).search(vectors[3], 5)
    assert found.ids.tolist() == ExactIndex(ids, vectors).search(vectors[3], 5).ids.tolist()
    assert load(tmp_path, {"two"}, 8) is None
    assert load(tmp_path, {"one"}, 9) is None
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    assert load(tmp_path, {"one"}, 8) is None
    path.write_bytes(damaged[: len(damaged) // 2])
    assert load(tmp_path, {"one"}, 8) is None


def test_saving_leaves_one_file(tmp_path: Path) -> None:
    base = flat_faiss.build_base(np.arange(2, dtype=np.int64), unit_rows(np.eye(2, dtype=np.float32)))
    save(base, tmp_path, "one")
    path = save(base, tmp_path, "two")
    assert list(tmp_path.iterdir()) == [path]


def clustered(count: int) -> Matrix:
    """Vectors about two hundred centres, as those of texts lie about their matters."""
    generator = np.random.default_rng(3)
    centres = generator.standard_normal((200, 32))
    return unit_rows(centres[generator.integers(0, 200, count)] + 0.5 * generator.standard_normal((count, 32)))


@pytest.fixture(scope="module")
def coarse() -> tuple[np.ndarray, Matrix, CoarseBase]:
    vectors = clustered(6000)
    ids = np.arange(6000, dtype=np.int64) * 2 + 1
    chunks = [(ids[start : start + 2500], vectors[start : start + 2500]) for start in range(0, 6000, 2500)]
    return ids, vectors, build_coarse(6000, vectors[::2], chunks)


def coarsely(ids: np.ndarray, vectors: Matrix, base: CoarseBase, new: np.ndarray, gone: np.ndarray) -> GrownIndex:
    def stored(wanted: np.ndarray) -> Matrix:
        return vectors[np.searchsorted(ids, wanted)]

    return GrownIndex(base, new, stored(new), gone, stored)


def recall(index: GrownIndex, exact: ExactIndex, questions: Matrix) -> float:
    """The share of the exact ten that are found; what is found has its exact score, and is in order."""
    shares = []
    for question in questions:
        found, right = index.search(question, 10), exact.search(question, 10)
        assert found.scores.tolist() == exact.scores(question, found.ids).tolist()
        assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
        shares.append(len(set(found.ids.tolist()) & set(right.ids.tolist())) / 10)
    return float(np.mean(shares))


def test_a_coarse_base_finds_nearly_all_in_few_lists(coarse: tuple[np.ndarray, Matrix, CoarseBase]) -> None:
    ids, vectors, base = coarse
    nothing = np.empty(0, np.int64)
    assert 1 < base.index.nprobe < base.index.nlist / 2
    questions = unit_rows(vectors[5::60] + 0.05 * np.random.default_rng(4).standard_normal((100, 32)))
    assert base.ids.tolist() == ids.tolist()
    assert recall(coarsely(ids, vectors, base, nothing, nothing), ExactIndex(ids, vectors), questions) >= 0.97


def test_a_coarse_base_grows_and_shrinks(coarse: tuple[np.ndarray, Matrix, CoarseBase]) -> None:
    ids, vectors, base = coarse
    more = np.array([20_000, 20_001], np.int64)
    every, rows = np.concatenate([ids, more]), np.concatenate([vectors, unit_rows(vectors[:2] + 0.01)])
    gone, kept = ids[10:20], np.isin(every, ids[10:20], invert=True)
    exact = ExactIndex(every[kept], rows[kept])
    beside = coarsely(every, rows, base, more, gone)
    within = coarsely(every, rows, base.changed(more, rows[-2:], gone), np.empty(0, np.int64), np.empty(0, np.int64))
    assert len(base.ids) == 6000
    for index in (beside, within):
        assert len(index) == 5992
        assert recall(index, exact, rows[:40]) >= 0.97
        assert more[0] in index.search(rows[0], 2).ids
        for place in (10, 15):
            assert ids[place] not in index.search(vectors[place], 10).ids
            with pytest.raises(KeyError):
                index.scores(vectors[place], ids[place : place + 1])


def test_a_coarse_base_misses_nothing_of_a_few_passages(coarse: tuple[np.ndarray, Matrix, CoarseBase]) -> None:
    ids, vectors, base = coarse
    nothing = np.empty(0, np.int64)
    index, exact = coarsely(ids, vectors, base, nothing, nothing), ExactIndex(ids, vectors)
    for among in (ids[:0], ids[7:8], ids[::40], ids[1000:1100]):
        for question in vectors[:5]:
            found, right = index.search(question, 10, among), exact.search(question, 10, among)
            assert found.ids.tolist() == right.ids.tolist()
            assert found.scores.tolist() == right.scores.tolist()
    with pytest.raises(KeyError):
        index.search(vectors[0], 10, np.array([2], np.int64))
