"""The engine: one corpus and its settings in, one Analysis out. Read this file first.

``collapse -> embed -> neighbours -> layout -> clusters``, and from the same neighbours ``duplicates`` and
``anomalies``. The dashboard, the command line and ``import explorer`` all call :func:`analyze`, and none of them
computes anything that it does not.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from importlib.metadata import version

import numpy as np

from explorer.anomalies import LARGEST_FRACTION, find_anomalies, n_unusual
from explorer.clusters import find_clusters
from explorer.counting import counted
from explorer.duplicates import find_pairs, group_duplicates
from explorer.embed import Embedder, embed_texts, get_embedder
from explorer.embed.store import VectorStore
from explorer.errors import InputError
from explorer.ingest import collapse
from explorer.layout import compute_layout
from explorer.neighbours import find_neighbours
from explorer.opposites import tell_apart
from explorer.params import Params
from explorer.types import (
    GIVEN,
    Analysis,
    Anomalies,
    Clusters,
    Corpus,
    Distinct,
    Duplicates,
    Embedding,
    Floats,
    Layout,
    Neighbours,
    Pairs,
    Progress,
    ProgressCallback,
)

#: The libraries whose version can change a result.
LIBRARIES = ("embedding-explorer", "sentence-transformers", "torch", "hnswlib", "umap-learn", "hdbscan", "numpy")


def analyze(
    corpus: Corpus,
    params: Params | None = None,
    *,
    embedder: Embedder | None = None,
    vectors: Floats | None = None,
    store: VectorStore | None = None,
    previous: Analysis | None = None,
    progress: ProgressCallback | None = None,
) -> Analysis:
    """Map, clusters, near-duplicates and anomalies of ``corpus``.

    ``embedder`` replaces the model named in the settings. ``vectors`` (n, dim) are used instead of a model where the
    user has vectors already: one per record, finite, of any length; records with the same text share the vector of
    the record that stands for them. ``store`` keeps vectors between runs. Every stage of ``previous`` whose own
    inputs did not change is reused; the result equals a fresh run. ``progress`` is told how far the run is, and may
    raise RunCancelledError to stop it.

    Raises InputError when the corpus has no records or the vectors do not fit, ModelError when the model cannot be
    used, StorageError when vectors cannot be saved.
    """
    params = params or Params()
    report = progress or _ignore
    clock = _Clock()
    if corpus.n_records == 0:
        raise InputError("There are no records to analyse. Choose a file that has at least one.")
    old = _Reusable(previous, corpus, params)

    with clock("collapse"):
        report(Progress("collapse", 0, corpus.n_records))
        distinct = old.distinct or collapse(corpus)
    with clock("embed"):
        report(Progress("embed", 0, distinct.n_texts))
        if vectors is not None:
            embedding = _given(vectors, corpus, distinct)
        else:
            embedder = embedder or get_embedder(params.embed.model)
            embedding = old.embedding(embedder.model_id) or embed_texts(distinct.texts, embedder, store, report)
    with clock("neighbours"):
        neighbours = old.neighbours(embedding) or find_neighbours(embedding.vectors, params.neighbours, report)
    with clock("layout"):
        report(Progress("layout", 0, 0))
        layout = old.layout(neighbours) or compute_layout(embedding.vectors, neighbours, params.layout, report)
    with clock("clusters"):
        report(Progress("clusters", 0, 0))
        clusters = old.clusters(layout) or find_clusters(distinct, embedding.vectors, layout, params.clusters)
    with clock("duplicates"):
        report(Progress("duplicates", 0, 0))
        pairs = old.pairs(neighbours) or tell_apart(
            find_pairs(embedding.vectors, neighbours, params.duplicates, report), distinct.texts, corpus.mask
        )
        duplicates = _grouped(pairs, distinct, params.duplicates.threshold)
    with clock("anomalies"):
        report(Progress("anomalies", 0, 0))
        anomalies = old.anomalies(neighbours) or find_anomalies(distinct, embedding, neighbours, params.anomalies)

    versions = {name: version(name) for name in LIBRARIES}
    return Analysis(
        corpus=corpus,
        params=params,
        distinct=distinct,
        embedding=embedding,
        neighbours=neighbours,
        layout=layout,
        clusters=clusters,
        pairs=pairs,
        duplicates=duplicates,
        anomalies=anomalies,
        warnings=(
            *_warnings(distinct, embedding, neighbours, pairs, params.duplicates.threshold),
            *_shared_vectors(vectors, embedding, distinct),
            *_kept_apart(duplicates),
            *_unflagged(anomalies, distinct),
        ),
        seconds=clock.seconds,
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        versions=versions,
        fingerprint=_fingerprint(corpus, params, embedding.model_id, versions),
    )


def with_threshold(analysis: Analysis, threshold: float) -> Duplicates:
    """The duplicate groups of a finished analysis at another threshold, at least ``analysis.pairs.floor``."""
    return _grouped(analysis.pairs, analysis.distinct, threshold)


def _grouped(pairs: Pairs, distinct: Distinct, threshold: float) -> Duplicates:
    return group_duplicates(pairs, distinct, max(threshold, pairs.floor))


class _Reusable:
    """The stages of an earlier analysis that this run would compute again from the same inputs.

    Each method takes what the stage reads; a stage is reused when that is the earlier analysis's own object and
    the stage's settings are equal.
    """

    def __init__(self, previous: Analysis | None, corpus: Corpus, params: Params) -> None:
        same = previous is not None and previous.corpus.fingerprint == corpus.fingerprint
        self._old = previous if same else None
        self._params = params
        self.distinct = self._old.distinct if self._old else None

    def embedding(self, model_id: str) -> Embedding | None:
        old = self._old
        return old.embedding if old and old.embedding.model_id == model_id else None

    def neighbours(self, embedding: Embedding) -> Neighbours | None:
        old = self._old
        if old and old.embedding is embedding and old.params.neighbours == self._params.neighbours:
            return old.neighbours
        return None

    def layout(self, neighbours: Neighbours) -> Layout | None:
        old = self._old
        if old and old.neighbours is neighbours and old.params.layout == self._params.layout:
            return old.layout
        return None

    def clusters(self, layout: Layout) -> Clusters | None:
        old = self._old
        return old.clusters if old and old.layout is layout and old.params.clusters == self._params.clusters else None

    def pairs(self, neighbours: Neighbours) -> Pairs | None:
        old, wanted = self._old, self._params.duplicates
        if not old or old.neighbours is not neighbours or old.params.duplicates.max_pairs != wanted.max_pairs:
            return None
        return old.pairs if old.pairs.asked_floor == min(wanted.floor, wanted.threshold) else None

    def anomalies(self, neighbours: Neighbours) -> Anomalies | None:
        old = self._old
        if old and old.neighbours is neighbours and old.params.anomalies == self._params.anomalies:
            return old.anomalies
        return None


class _Clock:
    """Seconds per stage: ``with clock("embed"): ...``."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)


def _ignore(_: Progress) -> None:
    """Progress that nobody watches."""


def _given(vectors: Floats, corpus: Corpus, distinct: Distinct) -> Embedding:
    """The user's own vectors (n, dim), one per distinct text and of unit length."""
    try:
        given = np.asarray(vectors, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise InputError("The vectors are not an array of numbers. Give one row of numbers per record.") from error
    if given.ndim != 2 or len(given) != corpus.n_records:
        raise InputError(
            f"The vectors have the shape {given.shape} for {corpus.n_records:,} records. Give one vector per record."
        )
    chosen = given[distinct.first_row]
    length = np.linalg.norm(chosen, axis=1, keepdims=True)
    if not np.isfinite(chosen).all() or not np.isfinite(length).all() or (length == 0).any():
        raise InputError(
            "Some vectors are zero, or hold values that are not numbers. Give every record a usable vector."
        )
    d = distinct.n_texts
    return Embedding(
        vectors=(chosen / length).astype(np.float32),
        n_tokens=np.zeros(d, dtype=np.int64),
        n_windows=np.ones(d, dtype=np.int64),
        unknown_fraction=np.zeros(d, dtype=np.float32),
        by_letters=np.zeros(d, dtype=np.bool_),
        model_id=f"{GIVEN}@{blake2b(chosen.tobytes(), digest_size=6).hexdigest()}",
        n_cached=0,
    )


def _shared_vectors(vectors: Floats | None, embedding: Embedding, distinct: Distinct) -> tuple[str, ...]:
    """Says so when records with the same text came with different vectors, of which only one is used."""
    if vectors is None:
        return ()
    rows = np.flatnonzero(distinct.text_of_row >= 0)
    own = np.asarray(vectors, dtype=np.float64)[rows]
    used = embedding.vectors[distinct.text_of_row[rows]]
    length = np.linalg.norm(own, axis=1)
    differ = np.einsum("ij,ij->i", own, used.astype(np.float64)) < (1 - 1e-4) * length
    if not differ.any():
        return ()
    return (
        "Records with the same text came with different vectors; one is used for all: "
        f"{counted(int(differ.sum()), 'record')}.",
    )


def _warnings(
    distinct: Distinct, embedding: Embedding, neighbours: Neighbours, pairs: Pairs, threshold: float
) -> tuple[str, ...]:
    """What a reader of the results must know, as sentences."""
    out = []
    if distinct.n_empty:
        out.append(f"Listed, but compared with nothing for want of a text: {counted(distinct.n_empty, 'record')}.")
    n_long = int((embedding.n_windows > 1).sum())
    if n_long:
        out.append(f"Longer than the model's window, read in pieces and averaged: {counted(n_long, 'text')}.")
    n_spelled = int(embedding.by_letters.sum())
    if n_spelled:
        out.append(
            f"In a script the model cannot read, compared by letters and not by meaning: {counted(n_spelled, 'text')}."
        )
    if neighbours.recall < 0.95:
        out.append(
            f"The search found {neighbours.recall:.1%} of the true nearest neighbours "
            f"(measured on {counted(neighbours.n_recall_sample, 'text')}); some near-duplicates may be missing."
        )
    if pairs.floor > pairs.asked_floor:
        out.append(
            f"More than {len(pairs.a):,} pairs are at least {pairs.asked_floor:.2f} alike; the list holds those from "
            f"{pairs.floor:.2f} upwards."
        )
    if pairs.floor > threshold:
        out.append(f"The duplicate threshold was raised from {threshold:.2f} to {pairs.floor:.2f} for that reason.")
    return tuple(out)


def _kept_apart(duplicates: Duplicates) -> tuple[str, ...]:
    if not duplicates.n_opposed:
        return ()
    return (
        f"At least {duplicates.threshold:.2f} alike, but saying different things (on / off, 200 / 404): "
        f"{counted(duplicates.n_opposed, 'pair')}. They are listed as pairs and put into no common group.",
    )


def _unflagged(anomalies: Anomalies, distinct: Distinct) -> tuple[str, ...]:
    unusual = n_unusual(anomalies.strangeness, distinct.counts)
    flagged = int(distinct.counts[anomalies.is_anomaly].sum())
    if unusual == flagged:
        return ()
    return (
        f"Far from all others lie {counted(unusual, 'record')}, more than one in {round(1 / LARGEST_FRACTION)}: the "
        f"{flagged:,} strangest are flagged as anomalies, and the list goes on below the cut.",
    )


def _fingerprint(corpus: Corpus, params: Params, model_id: str, versions: dict[str, str]) -> str:
    parts = [corpus.fingerprint, params.to_dict(), model_id, versions]
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=12).hexdigest()
