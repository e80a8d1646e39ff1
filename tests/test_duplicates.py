"""Near-duplicates: every pair, no chains, no lost record, and the same answer in any order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.duplicates import find_pairs, group_duplicates
from explorer.neighbours import find_neighbours
from explorer.params import DuplicateParams, NeighbourParams
from explorer.types import Distinct, Duplicates, Floats, Pairs, Progress
from tests.factories import make_analysis


def ignore(_: Progress) -> None:
    pass


def distinct_of(counts: list[int]) -> Distinct:
    text_of_row = np.repeat(np.arange(len(counts)), counts)
    first = np.searchsorted(text_of_row, np.arange(len(counts)))
    return Distinct(tuple(f"text {i:04}" for i in range(len(counts))), np.array(counts), text_of_row, first, 0)


def crowd(n: int, seed: int, spread: float = 0.5) -> Floats:
    """Vectors around a few centres, so that there are pairs at every similarity."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((max(n // 8, 1), 16))
    vectors = centres[rng.integers(0, len(centres), n)] + spread * rng.standard_normal((n, 16))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def pairs_of(vectors: Floats, floor: float, k: int = 30, max_pairs: int = 3_000_000) -> Pairs:
    near = find_neighbours(vectors, NeighbourParams(k=k), ignore)
    return find_pairs(vectors, near, DuplicateParams(threshold=1.0, floor=floor, max_pairs=max_pairs), ignore)


def at_angles(*degrees: float) -> Floats:
    angle = np.deg2rad(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


@given(n=st.integers(2, 80), seed=st.integers(0, 30), k=st.integers(2, 12))
@settings(max_examples=40, deadline=None)
def test_every_pair_above_the_floor_is_found_however_few_neighbours_are_kept(n: int, seed: int, k: int) -> None:
    vectors = crowd(n, seed)
    pairs = pairs_of(vectors, 0.7, k=k)
    cosines = np.round(vectors.astype(np.float64) @ vectors.T.astype(np.float64), 6)
    expected = {(a, b) for a in range(n) for b in range(a + 1, n) if cosines[a, b] >= 0.7}
    assert set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) == expected
    assert (np.diff(pairs.similarity) <= 0).all()
    assert pairs.floor == pairs.asked_floor == 0.7


def test_too_many_pairs_raise_the_floor_and_say_so() -> None:
    vectors = crowd(300, 1)
    everything = pairs_of(vectors, 0.5)
    limited = pairs_of(vectors, 0.5, max_pairs=500)
    assert len(everything.a) > 500 >= len(limited.a)
    assert limited.floor > limited.asked_floor == 0.5
    assert len(limited.a) == (everything.similarity >= np.float32(limited.floor)).sum()


def test_a_chain_is_not_a_group() -> None:
    # 0 and 20 degrees are 0.94 alike, so are 20 and 40; 0 and 40 are 0.77.
    vectors = at_angles(0, 20, 40)
    groups = group_duplicates(pairs_of(vectors, 0.9), distinct_of([1, 1, 1]), 0.9)
    assert groups.n_groups == 1
    assert groups.representative.tolist() == [1]
    # A longer chain falls apart: nobody is put beside a text that is not like it.
    vectors = at_angles(0, 20, 40, 60, 80)
    groups = group_duplicates(pairs_of(vectors, 0.9), distinct_of([1] * 5), 0.9)
    check(groups, vectors, [1] * 5)
    assert groups.n_groups == 2


def check(groups: Duplicates, vectors: Floats, counts: list[int]) -> None:
    """What is always true of groups."""
    threshold = np.float32(groups.threshold)
    for number, leader in enumerate(groups.representative):
        members = np.flatnonzero(groups.group == number)
        assert leader in members
        assert groups.n_records[number] == sum(counts[m] for m in members) >= 2
        exact = np.round(vectors[members].astype(np.float64) @ vectors[leader].astype(np.float64), 6)
        np.testing.assert_allclose(groups.similarity[members], np.where(members == leader, 1.0, exact), atol=1e-6)
        assert (groups.similarity[members] >= threshold).all()
    assert (np.diff(groups.n_records) <= 0).all()
    assert (groups.similarity[groups.group < 0] == 0).all()


@given(
    counts=st.lists(st.integers(1, 4), min_size=1, max_size=60),
    seed=st.integers(0, 30),
    threshold=st.sampled_from([0.7, 0.8, 0.9, 0.95]),
)
@settings(max_examples=60, deadline=None)
def test_every_member_is_like_its_representative_and_nobody_with_a_duplicate_is_left_out(
    counts: list[int], seed: int, threshold: float
) -> None:
    vectors = crowd(len(counts), seed)
    pairs = pairs_of(vectors, 0.7)
    groups = group_duplicates(pairs, distinct_of(counts), threshold)
    check(groups, vectors, counts)
    # Nobody who has a duplicate is left out.
    near = pairs.similarity >= np.float32(threshold)
    has_duplicate = np.array(counts) > 1
    has_duplicate[pairs.a[near]] = has_duplicate[pairs.b[near]] = True
    assert ((groups.group >= 0) == has_duplicate).all()
    assert groups.n_pairs == near.sum()


@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.9])
def test_there_is_no_group_of_one(threshold: float) -> None:
    for seed in range(80):
        vectors = crowd(30, seed)
        groups = group_duplicates(pairs_of(vectors, 0.7), distinct_of([1] * 30), threshold)
        check(groups, vectors, [1] * 30)


@given(seed=st.integers(0, 30))
@settings(max_examples=20, deadline=None)
def test_a_higher_threshold_never_adds_a_pair_or_a_grouped_text(seed: int) -> None:
    vectors = crowd(60, seed)
    pairs = pairs_of(vectors, 0.7)
    steps = [group_duplicates(pairs, distinct_of([1] * 60), t) for t in (0.7, 0.8, 0.9, 1.0)]
    for looser, stricter in pairwise(steps):
        assert stricter.n_pairs <= looser.n_pairs
        assert ((stricter.group >= 0) <= (looser.group >= 0)).all()


def test_copies_alone_make_a_group() -> None:
    groups = group_duplicates(pairs_of(at_angles(0, 90), 0.9), distinct_of([3, 1]), 0.9)
    assert groups.group.tolist() == [0, -1]
    assert groups.n_records.tolist() == [3]
    assert groups.n_pairs == 0


@pytest.mark.parametrize("n", [0, 1])
def test_without_two_texts_there_is_no_pair(n: int) -> None:
    pairs = pairs_of(np.zeros((n, 4), np.float32) + np.float32(0.5), 0.7)
    groups = group_duplicates(pairs, distinct_of([1] * n), 0.9)
    assert (len(pairs.a), groups.n_groups) == (0, 0)


def test_what_a_rare_leader_is_left_with_is_led_by_the_most_frequent() -> None:
    # The rare text (0 degrees) is near to two groups; the larger one has a leader of its own that takes its members.
    vectors = at_angles(0, 20, -20, -30)
    found = group_duplicates(pairs_of(vectors, 0.7), distinct_of([1, 10, 8, 40]), 0.9)
    assert found.representative.tolist() == [3, 1]
    assert found.group.tolist() == [1, 1, 0, 0]
    assert found.similarity == pytest.approx([np.cos(np.deg2rad(20)), 1.0, np.cos(np.deg2rad(10)), 1.0], abs=1e-5)


def test_a_text_seen_once_does_not_stand_for_one_seen_often() -> None:
    # The rare text lies between two others and so is near to the most records.
    vectors = {"often": [1.0, 0.0], "rare": [1.0, 0.3], "seldom": [1.0, 0.6]}
    analysis = make_analysis(["often"] * 50 + ["seldom"] * 2 + ["rare"], vectors=vectors)
    representatives = {analysis.distinct.texts[text] for text in analysis.duplicates.representative}
    assert "rare" not in representatives
    assert "often" in representatives
