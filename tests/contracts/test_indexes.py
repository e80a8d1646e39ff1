"""What every index promises; a new one is held to it by being in the registry."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.neighbours import INDEXES
from tests.test_neighbours import unit_vectors

pytestmark = pytest.mark.parametrize("name", sorted(INDEXES))


def test_nearest_first_and_ties_by_position(name: str) -> None:
    vectors = np.repeat(unit_vectors(50), 3, axis=0)  # every vector three times: ties everywhere
    index = INDEXES[name]()
    index.build(vectors)
    ids, cosines = index.query(vectors, 9)
    assert ids.shape == cosines.shape == (150, 9)
    assert (np.diff(cosines, axis=1) <= 0).all()
    ties = np.diff(cosines, axis=1) == 0
    assert (np.diff(ids, axis=1)[ties] > 0).all()


def test_the_same_answer_on_every_build(name: str) -> None:
    vectors = unit_vectors(800)
    answers = []
    for _ in range(2):
        index = INDEXES[name]()
        index.build(vectors)
        answers.append([part.tobytes() for part in index.query(vectors[:100], 10)])
    assert answers[0] == answers[1]


def test_almost_all_true_neighbours_are_found(name: str) -> None:
    vectors = unit_vectors(2_000)
    index = INDEXES[name]()
    index.build(vectors)
    ids, _ = index.query(vectors[:200], 10)
    true = np.argsort(-(vectors[:200] @ vectors.T), axis=1)[:, :10]
    assert np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids, true, strict=True)]) > 0.95
