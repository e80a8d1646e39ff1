"""The map: UMAP on the neighbour graph, one picture for the eye and for HDBSCAN.

UMAP (McInnes, Healy and Melville 2018) is handed the graph that already exists, so nothing is searched twice.
"""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np

from explorer.params import LayoutParams
from explorer.types import Floats, Layout, Neighbours, Progress, ProgressCallback

FEWEST_FOR_UMAP = 12  # below this UMAP has too few neighbours to arrange anything
MANY = 20_000  # from here on fewer epochs: the optimisation is then the slowest stage after the embedding

# Numba's fallback threading layer aborts the whole process when two threads run UMAP at once.
_LOCK = threading.Lock()


def compute_layout(vectors: Floats, neighbours: Neighbours, params: LayoutParams, progress: ProgressCallback) -> Layout:
    """Positions (d, 2) of d texts with unit vectors (d, dim); the same texts and seed give the same positions.

    Up to four texts have fixed places, a few more are placed by their principal components. Distances on the map
    are a picture: they are never used to judge duplicates or anomalies.
    """
    d = len(vectors)
    if d <= 4 or not _differ(vectors):
        return Layout(_fixed(d), "fixed")
    start = _principal_components(vectors)
    if d < FEWEST_FOR_UMAP:
        return Layout(start, "pca")
    progress(Progress("layout", 0, 0))
    return Layout(_umap(vectors, neighbours, params, start), "umap")


def _umap(vectors: Floats, neighbours: Neighbours, params: LayoutParams, start: Floats) -> Floats:
    with _LOCK:
        umap = _import_umap()
        d = len(vectors)
        # UMAP wants every point as its own first neighbour.
        ids = np.concatenate([np.arange(d)[:, None], neighbours.texts], axis=1).astype(np.int32)
        distances = np.concatenate([np.zeros((d, 1), dtype=np.float32), 1.0 - neighbours.similarity], axis=1)
        model = umap.UMAP(
            n_neighbors=ids.shape[1],
            min_dist=params.min_dist,
            metric="cosine",
            n_epochs=200 if d <= MANY else 100,
            init=start,
            random_state=params.seed,
            n_jobs=1,
            precomputed_knn=(ids, np.clip(distances, 0.0, 2.0).astype(np.float32), None),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about seeding, graph parts and precomputed neighbours: all intended
            xy = np.asarray(model.fit_transform(vectors), dtype=np.float32)
    return xy if np.isfinite(xy).all() else start


def _import_umap() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about TensorFlow, which nothing here needs
        import umap

    return umap


def _differ(vectors: Floats) -> bool:
    return bool((np.abs(vectors - vectors[0]) > 1e-6).any())


def _fixed(d: int) -> Floats:
    """Places on a circle, the first at the top."""
    angle = np.pi / 2 - 2 * np.pi * np.arange(d) / max(d, 1)
    return (
        np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32) if d > 1 else np.zeros((d, 2), np.float32)
    )


def _principal_components(vectors: Floats) -> Floats:
    """The first two principal components (d, 2), scaled to a width of 20, with signs that do not depend on luck."""
    if vectors.shape[1] == 1:  # one dimension has one component
        vectors = np.concatenate([vectors, np.zeros_like(vectors)], axis=1)
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, [-1, -2]]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    scores = centred @ axes
    width = np.abs(scores).max()
    return np.asarray(10.0 * scores / width, dtype=np.float32)
