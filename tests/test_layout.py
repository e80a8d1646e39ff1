"""The map: any number of texts, the same picture every time, and safe for two at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from explorer.layout import compute_layout
from explorer.neighbours import find_neighbours
from explorer.params import LayoutParams, NeighbourParams
from explorer.types import Floats, Layout, Progress
from tests.test_neighbours import unit_vectors


def ignore(_: Progress) -> None:
    pass


def drawn(vectors: Floats, seed: int = 0) -> Layout:
    return compute_layout(vectors, find_neighbours(vectors, NeighbourParams(), ignore), LayoutParams(seed=seed), ignore)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 11, 12, 13, 40])
def test_any_number_of_texts_has_a_finite_place_each(n: int) -> None:
    layout = drawn(unit_vectors(n) if n else np.zeros((0, 8), np.float32))
    assert layout.xy.shape == (n, 2)
    assert np.isfinite(layout.xy).all()
    assert len(np.unique(layout.xy, axis=0)) == n


@pytest.mark.parametrize("n", [2, 5, 50])
def test_all_alike_is_drawn_too(n: int) -> None:
    layout = drawn(np.tile(unit_vectors(1), (n, 1)))
    assert layout.xy.shape == (n, 2)
    assert np.isfinite(layout.xy).all()


def test_texts_of_one_topic_are_drawn_together() -> None:
    rng = np.random.default_rng(3)
    topics = rng.standard_normal((3, 24))
    vectors = np.repeat(topics, 40, axis=0) + 0.2 * rng.standard_normal((120, 24))
    layout = drawn((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))
    centres = layout.xy.reshape(3, 40, 2).mean(axis=1)
    within = np.linalg.norm(layout.xy.reshape(3, 40, 2) - centres[:, None], axis=2).mean()
    between = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1).min()
    assert between > 2 * within


def test_two_runs_and_two_threads_draw_the_same() -> None:
    vectors = unit_vectors(150)
    first = drawn(vectors)
    results: list[Layout] = []
    threads = [threading.Thread(target=lambda: results.append(drawn(vectors))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.xy.tobytes() for result in results] == [first.xy.tobytes()] * 2
    assert drawn(vectors, seed=1).xy.tobytes() != first.xy.tobytes()
