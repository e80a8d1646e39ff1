"""The one neighbour graph: HNSW, or exact search where that is as fast.

Every later stage reads this graph: the map, the near-duplicates, the anomalies, "similar records". A new kind of
search is a class that fits :class:`Index` and one line in :data:`INDEXES`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

from explorer.params import NeighbourParams
from explorer.types import Floats, Ints, Neighbours, Progress, ProgressCallback

RECALL_SAMPLE = 256  # texts whose true neighbours are computed to measure recall
_BLOCK = 1024  # rows of a similarity matrix computed at a time


class Index(Protocol):
    """Nearest vectors by cosine among the unit vectors it was built from."""

    name: str

    def build(self, vectors: Floats) -> None: ...

    def query(self, queries: Floats, k: int) -> tuple[Ints, Floats]:
        """Positions (m, k) and cosines (m, k) of each query's k nearest vectors: nearest first, ties by position."""
        ...


class ExactIndex:
    """Compares with every vector; the reference that recall is measured against."""

    name = "exact"

    def build(self, vectors: Floats) -> None:
        self._vectors = vectors

    def query(self, queries: Floats, k: int) -> tuple[Ints, Floats]:
        found = np.empty((len(queries), k), dtype=np.int64)
        similarity = np.empty((len(queries), k), dtype=np.float32)
        for start in range(0, len(queries), _BLOCK):
            block = queries[start : start + _BLOCK] @ self._vectors.T
            part = np.argpartition(-block, k - 1, axis=1)[:, :k] if k < block.shape[1] else _all_columns(block)
            found[start : start + _BLOCK] = part
            similarity[start : start + _BLOCK] = np.take_along_axis(block, part, axis=1)
        return _sorted(found, similarity)


class HnswIndex:
    """Hierarchical navigable small worlds (Malkov and Yashunin 2018), by hnswlib.

    hnswlib is only deterministic when one thread builds an index, so two half-size indexes are built side by side,
    one thread each, and their answers merged: the same on every run, and two cores are used.
    """

    name = "hnsw"
    n_shards = 2

    def __init__(self, m: int = 16, ef_construction: int = 200) -> None:
        self._m = m
        self._ef_construction = ef_construction

    def build(self, vectors: Floats) -> None:
        self._vectors = vectors
        used = range(min(self.n_shards, len(vectors)))  # hnswlib cannot build an empty index
        with ThreadPoolExecutor(self.n_shards) as pool:
            self._shards = list(pool.map(self._build_shard, used))

    def _build_shard(self, shard: int) -> Any:
        import hnswlib

        positions = np.arange(shard, len(self._vectors), self.n_shards)
        index = hnswlib.Index(space="ip", dim=self._vectors.shape[1])
        index.init_index(len(positions), M=self._m, ef_construction=self._ef_construction, random_seed=100 + shard)
        index.add_items(self._vectors[positions], positions, num_threads=1)
        return index

    def query(self, queries: Floats, k: int) -> tuple[Ints, Floats]:
        try:
            answers = []
            for index in self._shards:
                wanted = min(k, index.get_current_count())
                index.set_ef(max(2 * wanted, 80))
                answers.append(index.knn_query(queries, k=wanted))
        except RuntimeError:
            # hnswlib refuses when fewer than k items can be reached from the entry point: search exactly instead.
            exact = ExactIndex()
            exact.build(self._vectors)
            return exact.query(queries, k)
        found = np.concatenate([ids.astype(np.int64) for ids, _ in answers], axis=1)
        similarity = np.concatenate([1.0 - distances for _, distances in answers], axis=1).astype(np.float32)
        found, similarity = _sorted(found, similarity)
        return found[:, :k], similarity[:, :k]


INDEXES: dict[str, type[ExactIndex] | type[HnswIndex]] = {"exact": ExactIndex, "hnsw": HnswIndex}


def find_neighbours(vectors: Floats, params: NeighbourParams, progress: ProgressCallback) -> Neighbours:
    """The nearest other vectors of each unit vector (d, dim); see :class:`explorer.types.Neighbours`."""
    d = len(vectors)
    k = min(params.k, max(d - 1, 0))
    if k == 0:
        return Neighbours(np.zeros((d, 0), dtype=np.int64), np.zeros((d, 0), dtype=np.float32), "exact", 1.0, 0)
    index: Index = INDEXES["exact" if d <= params.exact_below else "hnsw"]()
    index.build(vectors)
    progress(Progress("neighbours", 0, d))
    found = np.empty((d, k), dtype=np.int64)
    similarity = np.empty((d, k), dtype=np.float32)
    step = 8 * _BLOCK
    for start in range(0, d, step):
        stop = min(start + step, d)
        ids, cosines = index.query(vectors[start:stop], k + 1)
        found[start:stop], similarity[start:stop] = _without_self(ids, cosines, np.arange(start, stop))
        progress(Progress("neighbours", stop, d))
    similarity = np.clip(similarity, -1.0, 1.0)
    recall, sample = (1.0, 0) if index.name == "exact" else _measure_recall(vectors, similarity)
    return Neighbours(found, similarity, index.name, recall, sample)


def _measure_recall(vectors: Floats, similarity: Floats) -> tuple[float, int]:
    """Share of the true k nearest found, over an even sample; a neighbour tied with the true k-th counts as found."""
    d, k = similarity.shape
    sample = np.unique(np.linspace(0, d - 1, min(RECALL_SAMPLE, d)).astype(np.int64))
    exact = ExactIndex()
    exact.build(vectors)
    ids, cosines = exact.query(vectors[sample], k + 1)
    _, true = _without_self(ids, cosines, sample)
    found = (similarity[sample] >= true[:, -1:] - 1e-6).sum()
    return float(found / (len(sample) * k)), len(sample)


def _without_self(ids: Ints, cosines: Floats, positions: Ints) -> tuple[Ints, Floats]:
    """Drops each query's own position from its k + 1 nearest, or the last one where it is not among them."""
    own = ids == positions[:, None]
    own[~own.any(axis=1), -1] = True
    k = ids.shape[1] - 1
    return ids[~own].reshape(-1, k), cosines[~own].reshape(-1, k)


def _sorted(ids: Ints, cosines: Floats) -> tuple[Ints, Floats]:
    order = np.lexsort((ids, -cosines), axis=1)
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(cosines, order, axis=1)


def _all_columns(block: Floats) -> Ints:
    return np.broadcast_to(np.arange(block.shape[1], dtype=np.int64), block.shape)
