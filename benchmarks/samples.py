"""What is found of what was planted in the samples: the figures of the README, measured.

python benchmarks/samples.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np

from explorer.ingest import read
from explorer.pipeline import analyze, with_threshold
from explorer.types import Analysis
from explorer.workspace.home import default_store

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"
Pairs = set[tuple[int, int]]


def main() -> None:
    """Analyses both samples and prints what was found of each truth."""
    tickets = analyze(read(SAMPLES / "tickets.csv"), store=default_store("samples"))
    rows = truth("tickets.truth.csv")
    print(f"tickets: {tickets.corpus.n_records:,} records, {tickets.distinct.n_texts:,} distinct texts")
    for threshold in (0.95, 0.90, 0.80, 0.70):
        print(f"  {threshold:.2f}  {duplicates(tickets, rows, threshold)}")
    print(f"  {anomalies(tickets, rows)}")
    log = analyze(read(SAMPLES / "service.log"), store=default_store("samples"))
    print(f"log: {log.corpus.n_records:,} records, {log.distinct.n_texts:,} distinct texts")
    print(f"  {anomalies(log, truth('service.truth.csv'))}")


def truth(name: str) -> list[dict[str, str]]:
    """What was planted, a line for each record."""
    with (SAMPLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def duplicates(analysis: Analysis, rows: list[dict[str, str]], threshold: float) -> str:
    """Planted pairs that are in one group, by how they were planted, and how many grouped pairs were planted."""
    group = analysis.row_values(with_threshold(analysis, threshold).group, -1)
    of_group: dict[str, list[int]] = {}
    for row, ticket in enumerate(rows):
        of_group.setdefault(ticket["group"], []).append(row)
    planted = {name: pairs_of([members]) for name, members in of_group.items() if name}
    parts = []
    for how in ("exact", "light", "paraphrase"):
        pairs = [pair for found in planted.values() for pair in found if all(rows[row]["how"] == how for row in pair)]
        parts.append(f"{how} {sum(group[a] == group[b] >= 0 for a, b in pairs)} of {len(pairs)}")
    grouped = pairs_of(np.flatnonzero(group == number).tolist() for number in range(group.max() + 1))
    n_right = sum(rows[a]["group"] == rows[b]["group"] != "" for a, b in grouped)
    return f"{', '.join(parts)}; {n_right / len(grouped):.0%} of {len(grouped):,} pairs in groups were planted"


def pairs_of(groups: Iterable[list[int]]) -> Pairs:
    """All pairs within groups."""
    return {pair for members in groups for pair in combinations(members, 2)}


def anomalies(analysis: Analysis, rows: list[dict[str, str]]) -> str:
    """Planted anomalies among the flagged texts, and among the strangest."""
    kinds: dict[int, set[str]] = {}
    for text, row in zip(analysis.distinct.text_of_row.tolist(), rows, strict=True):
        if row["anomaly"] and text >= 0:
            kinds.setdefault(text, set()).add(row["anomaly"])
    flagged = set(analysis.anomalies.ranked.tolist())
    strangest = np.argsort(-analysis.anomalies.strangeness, kind="stable")
    found = set().union(*(kinds[text] for text in flagged & kinds.keys()))
    every = set().union(*kinds.values())
    return (
        f"anomalies: {len(flagged & kinds.keys())} of {len(kinds)} planted texts among {len(flagged)} flagged, "
        f"{len(found)} of {len(every)} kinds; {sum(int(text) in kinds for text in strangest[:10])} of the 10 strangest "
        f"and {sum(int(text) in kinds for text in strangest[:30])} of the 30 were planted"
    )


if __name__ == "__main__":
    main()
