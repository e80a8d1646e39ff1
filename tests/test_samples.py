"""What is planted in the samples is found, with the built-in model; the floors are a little below what was measured."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from explorer.duplicates import find_pairs
from explorer.ingest import read
from explorer.neighbours import find_neighbours
from explorer.params import DuplicateParams, NeighbourParams
from explorer.pipeline import analyze, with_threshold
from explorer.types import Analysis, Progress

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
pytestmark = pytest.mark.slow


def ignore(_: Progress) -> None:
    pass


def truth(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def tickets() -> Analysis:
    return analyze(read(SAMPLES / "tickets.csv"))


@pytest.fixture(scope="module")
def log() -> Analysis:
    return analyze(read(SAMPLES / "service.log"))


@pytest.mark.parametrize("sample", ["tickets", "log"])
@pytest.mark.parametrize("exact_below", [0, 100_000], ids=["hnsw", "exact"])
@pytest.mark.parametrize("threshold", [0.7, 0.8, 0.9, 0.95])
def test_no_more_than_one_pair_in_a_thousand_is_missed(
    sample: str, exact_below: int, threshold: float, request: pytest.FixtureRequest
) -> None:
    vectors = request.getfixturevalue(sample).embedding.vectors
    near = find_neighbours(vectors, NeighbourParams(exact_below=exact_below), ignore)
    found = find_pairs(vectors, near, DuplicateParams(threshold=threshold, floor=threshold), ignore)
    cosines = np.round(np.triu(vectors.astype(np.float64) @ vectors.T.astype(np.float64), k=1), 6)
    expected = set(zip(*np.nonzero(cosines.astype(np.float32) >= np.float32(threshold)), strict=True))
    pairs = set(zip(found.a.tolist(), found.b.tolist(), strict=True))
    assert pairs <= expected
    assert len(expected - pairs) <= len(expected) / 1_000


def test_a_text_with_more_twins_than_it_has_neighbours_loses_none() -> None:
    rng = np.random.default_rng(2)
    centres = rng.standard_normal((20, 48))
    vectors = np.repeat(centres, 120, axis=0) + 0.15 * rng.standard_normal((2_400, 48))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    near = find_neighbours(vectors, NeighbourParams(k=10, exact_below=0), ignore)
    found = find_pairs(vectors, near, DuplicateParams(threshold=0.9, floor=0.9), ignore)
    cosines = np.round(np.triu(vectors.astype(np.float64) @ vectors.T.astype(np.float64), k=1), 6)
    assert len(found.a) == (cosines.astype(np.float32) >= np.float32(0.9)).sum() > 100_000


def planted_pairs(rows: list[dict[str, str]], how: str) -> list[tuple[int, int]]:
    groups: dict[str, list[int]] = {}
    for row, ticket in enumerate(rows):
        if ticket["group"] and ticket["how"] == how:
            groups.setdefault(ticket["group"], []).append(row)
    return [pair for members in groups.values() for pair in combinations(members, 2)]


@pytest.mark.parametrize(
    ("how", "threshold", "at_least"),
    [("exact", 0.9, 1.0), ("light", 0.9, 0.9), ("light", 0.95, 0.75), ("paraphrase", 0.7, 0.45)],
)
def test_planted_duplicates_are_grouped(tickets: Analysis, how: str, threshold: float, at_least: float) -> None:
    group = tickets.row_values(with_threshold(tickets, threshold).group, -1)
    pairs = planted_pairs(truth("tickets.truth.csv"), how)
    assert np.mean([group[a] == group[b] >= 0 for a, b in pairs]) >= at_least


def test_what_is_grouped_at_a_high_threshold_was_planted(tickets: Analysis) -> None:
    rows = truth("tickets.truth.csv")
    group = tickets.row_values(with_threshold(tickets, 0.95).group, -1)
    grouped = [
        pair for number in range(group.max() + 1) for pair in combinations(np.flatnonzero(group == number).tolist(), 2)
    ]
    assert np.mean([rows[a]["group"] == rows[b]["group"] != "" for a, b in grouped]) >= 0.8


def ranked_truth(analysis: Analysis, name: str) -> list[bool]:
    """For each distinct text, strangest first: whether one of its records is a planted anomaly."""
    planted = np.zeros(analysis.distinct.n_texts, dtype=np.bool_)
    for text, row in zip(analysis.distinct.text_of_row, truth(name), strict=True):
        planted[text] |= bool(row["anomaly"]) and text >= 0
    return planted[np.argsort(-analysis.anomalies.strangeness, kind="stable")].tolist()


def test_planted_anomalies_come_first_in_tickets(tickets: Analysis) -> None:
    ranked = ranked_truth(tickets, "tickets.truth.csv")
    assert sum(ranked[:10]) >= 4
    assert sum(ranked[:50]) >= 10
    assert 5 <= len(tickets.anomalies.ranked) <= 75


def test_planted_anomalies_come_first_in_the_log(log: Analysis) -> None:
    ranked = ranked_truth(log, "service.truth.csv")
    assert sum(ranked[:10]) >= 9
    assert sum(ranked[:30]) >= 18
    assert log.row_values(log.anomalies.is_anomaly, False).sum() <= 0.05 * log.corpus.n_records
