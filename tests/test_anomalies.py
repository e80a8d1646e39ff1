"""Anomalies: planted ones come first, repeats hide nothing, and none is a possible answer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.anomalies import FEWEST_TEXTS, anomaly_cut, find_anomalies, n_unusual
from explorer.neighbours import find_neighbours
from explorer.params import AnomalyParams, NeighbourParams
from explorer.types import Anomalies, Distinct, Embedding, Floats, Progress


def ignore(_: Progress) -> None:
    pass


def judged(vectors: Floats, counts: list[int] | None = None, texts: list[str] | None = None) -> Anomalies:
    d = len(vectors)
    counts = counts or [1] * d
    distinct = Distinct(
        tuple(texts or [f"usual text number{i}" for i in range(d)]),
        np.array(counts),
        np.repeat(np.arange(d), counts),
        np.cumsum([0, *counts[:-1]]),
        0,
    )
    embedding = Embedding(
        vectors, np.ones(d, int), np.ones(d, int), np.zeros(d, np.float32), np.zeros(d, bool), "test", 0
    )
    return find_anomalies(distinct, embedding, find_neighbours(vectors, NeighbourParams(), ignore), AnomalyParams())


def topic(n: int, seed: int, spread: float = 0.15, dim: int = 32) -> Floats:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal(dim) + spread * rng.standard_normal((n, dim)) * np.sqrt(dim) / 2
    return unit(vectors)


def unit(vectors: np.ndarray) -> Floats:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def strangers(n: int, seed: int = 9, dim: int = 32) -> Floats:
    return unit(np.random.default_rng(seed).standard_normal((n, dim)))


def test_planted_strangers_are_flagged_first_and_nothing_else() -> None:
    vectors = np.concatenate([topic(80, 1), topic(80, 2), strangers(4)])
    result = judged(vectors)
    assert set(result.ranked.tolist()) == {160, 161, 162, 163}
    assert (np.diff(result.strangeness[result.ranked]) <= 0).all()


def test_more_strangers_than_one_in_twenty_are_counted_and_the_strangest_flagged() -> None:
    result = judged(np.concatenate([topic(100, 1), topic(100, 2), strangers(40)]))
    assert len(result.ranked) == 12
    assert set(result.ranked.tolist()) <= set(range(200, 240))
    assert 30 <= n_unusual(result.strangeness, np.ones(240, int)) <= 45


def test_a_file_without_strangers_flags_almost_none() -> None:
    result = judged(np.concatenate([topic(150, 1), topic(150, 2)]))
    assert len(result.ranked) <= 3


def test_a_burst_of_the_same_failure_is_as_strange_as_one() -> None:
    # Over records the failure's nearest neighbours would be its own copies.
    vectors = np.concatenate([topic(100, 1), strangers(1)])
    result = judged(vectors, [1] * 100 + [4])
    assert result.ranked.tolist() == [100]
    assert "It occurs 4 times." in result.reasons[0]


def test_what_makes_up_half_of_the_file_is_not_strange() -> None:
    vectors = np.concatenate([topic(100, 1), strangers(1)])
    result = judged(vectors, [1] * 100 + [4_000])
    assert result.ranked.tolist() == []


def test_the_reason_names_the_words_that_no_neighbour_has() -> None:
    vectors = np.concatenate([topic(60, 1), strangers(1)])
    texts = [f"the printer in room {i} is jammed again" for i in range(60)] + [
        "recipe for rhubarb crumble, jammed oven"
    ]
    result = judged(vectors, texts=texts)
    assert result.ranked.tolist() == [60]
    assert result.missing_words[0] == ("recipe", "rhubarb", "crumble", "oven")
    assert "None of its neighbours says: recipe, rhubarb, crumble, oven." in result.reasons[0]
    assert f"{result.nearest_similarity[60]:.2f} alike" in result.reasons[0]


@pytest.mark.parametrize("d", [0, 1, 2, 3, FEWEST_TEXTS - 1])
def test_too_few_texts_flag_nothing_and_say_so(d: int) -> None:
    result = judged(strangers(d) if d else np.zeros((0, 32), np.float32))
    assert result.cut is None
    assert not result.is_anomaly.any()
    assert result.strangeness.shape == (d,)


def test_all_alike_flags_nothing() -> None:
    assert not judged(np.tile(strangers(1), (50, 1))).is_anomaly.any()


@given(st.lists(st.tuples(st.floats(0, 1, width=32), st.integers(1, 9)), min_size=FEWEST_TEXTS, max_size=300))
def test_the_cut_never_takes_more_than_one_record_in_twenty(texts: list[tuple[float, int]]) -> None:
    strangeness = np.array([value for value, _ in texts], dtype=np.float32)
    counts = np.array([count for _, count in texts])
    cut = anomaly_cut(strangeness, counts)
    assert cut is not None
    assert cut >= 0.2
    assert counts[strangeness > cut].sum() <= 0.05 * counts.sum()
