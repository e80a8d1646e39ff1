"""The neighbour graph: complete, sorted, without the text itself, and honest about what the search missed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.neighbours import INDEXES, find_neighbours
from explorer.params import NeighbourParams
from explorer.types import Floats, Progress


def unit_vectors(n: int, dim: int = 24, seed: int = 0, copies: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((max(n // copies, 1), dim))
    vectors = np.repeat(vectors, copies, axis=0)[:n]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def ignore(_: Progress) -> None:
    pass


@pytest.mark.parametrize("exact_below", [0, 10_000], ids=["hnsw", "exact"])
@pytest.mark.parametrize("n", [2, 3, 31, 500])
def test_every_text_has_k_others_sorted_and_never_itself(n: int, exact_below: int) -> None:
    near = find_neighbours(unit_vectors(n), NeighbourParams(k=12, exact_below=exact_below), ignore)
    assert near.texts.shape == (n, min(12, n - 1))
    assert (near.texts != np.arange(n)[:, None]).all()
    assert all(len(set(row)) == len(row) for row in near.texts.tolist())
    assert (np.diff(near.similarity, axis=1) <= 0).all()


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_to_compare_with_gives_no_neighbours(n: int) -> None:
    near = find_neighbours(unit_vectors(n) if n else np.zeros((0, 24), np.float32), NeighbourParams(), ignore)
    assert near.texts.shape == (n, 0)
    assert near.recall == 1.0


def test_exact_search_agrees_with_the_definition() -> None:
    vectors = unit_vectors(300)
    near = find_neighbours(vectors, NeighbourParams(k=7), ignore)
    cosines = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    np.fill_diagonal(cosines, -2)
    expected = np.sort(cosines, axis=1)[:, ::-1][:, :7]
    np.testing.assert_allclose(near.similarity, expected, atol=1e-6)
    assert near.method == "exact"


def test_hnsw_measures_the_recall_it_has() -> None:
    vectors = unit_vectors(3_000)
    found = find_neighbours(vectors, NeighbourParams(k=10, exact_below=0), ignore)
    true = find_neighbours(vectors, NeighbourParams(k=10), ignore)
    actual = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found.texts, true.texts, strict=True)])
    assert found.method == "hnsw"
    assert found.recall == pytest.approx(actual, abs=0.03)
    assert found.recall > 0.9


def test_hnsw_is_the_same_on_every_run() -> None:
    vectors = unit_vectors(2_000)
    first = find_neighbours(vectors, NeighbourParams(exact_below=0), ignore)
    second = find_neighbours(vectors, NeighbourParams(exact_below=0), ignore)
    assert first.texts.tobytes() == second.texts.tobytes()
    assert first.similarity.tobytes() == second.similarity.tobytes()


def test_many_equal_vectors_do_not_break_the_search() -> None:
    near = find_neighbours(unit_vectors(900, copies=300), NeighbourParams(k=20, exact_below=0), ignore)
    assert near.texts.shape == (900, 20)
    assert (near.texts != np.arange(900)[:, None]).all()


@pytest.mark.parametrize("name", sorted(INDEXES))
@given(n=st.integers(1, 60), seed=st.integers(0, 50), k=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_any_index_finds_a_vector_that_it_holds(name: str, n: int, seed: int, k: int) -> None:
    vectors = unit_vectors(n, seed=seed)
    index = INDEXES[name]()
    index.build(vectors)
    ids, cosines = index.query(vectors, min(k, n))
    assert ids.shape == cosines.shape == (n, min(k, n))
    assert (ids[:, 0] == np.arange(n)).all()
    np.testing.assert_allclose(cosines[:, 0], 1.0, atol=1e-5)
