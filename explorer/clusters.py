"""Clusters of the map by HDBSCAN, and names for them.

A cluster is named by class-based TF-IDF (Grootendorst 2022, BERTopic): the words and word pairs that are frequent in
the cluster and rare elsewhere. Texts that belong nowhere stay unclustered; nothing is assigned by force.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy import sparse

from explorer.params import ClusterParams
from explorer.types import NO_CLUSTER, Clusters, Distinct, Floats, Ints, Layout
from explorer.words import folded, join_words, parts_of, stop_words, words_of

N_TERMS = 8
N_NAME_TERMS = 3
N_EXAMPLES = 3
_LONGEST_UNSPACED = 6  # letters of a term of a script without spaces: a term, not a sentence


def find_clusters(distinct: Distinct, vectors: Floats, layout: Layout, params: ClusterParams) -> Clusters:
    """Clusters of d texts by their positions on the map; see :class:`explorer.types.Clusters`."""
    label, strength = _hdbscan(layout.xy, params, layout.method)
    n_records = np.bincount(label[label >= 0], weights=distinct.counts[label >= 0], minlength=0).astype(np.int64)
    label, n_records = _largest_first(label, n_records)
    c = len(n_records)
    terms = characteristic_terms(distinct.texts, label, c)
    return Clusters(
        label=label,
        strength=strength,
        names=_names(terms),
        terms=terms,
        examples=tuple(_most_central(np.flatnonzero(label == i), vectors) for i in range(c)),
        n_records=n_records,
        n_texts=np.bincount(label[label >= 0], minlength=c).astype(np.int64),
    )


def default_min_cluster_size(d: int) -> int:
    """The fewest texts that make a cluster: 5 for small files, growing with the square root of their number."""
    return max(5, int(0.5 * d**0.5 + 0.5))


def _hdbscan(xy: Floats, params: ClusterParams, method: str) -> tuple[Ints, Floats]:
    d = len(xy)
    size = params.min_cluster_size or default_min_cluster_size(d)
    if d < 2 * size or method == "fixed":
        return np.full(d, NO_CLUSTER, dtype=np.int64), np.zeros(d, dtype=np.float32)
    import hdbscan

    model = hdbscan.HDBSCAN(
        min_cluster_size=size,
        min_samples=min(5, size),
        core_dist_n_jobs=1,  # more starts processes, and is slower here
        approx_min_span_tree=False,
    )
    model.fit(xy.astype(np.float64))
    return np.asarray(model.labels_, dtype=np.int64), np.asarray(model.probabilities_, dtype=np.float32)


def _largest_first(label: Ints, n_records: Ints) -> tuple[Ints, Ints]:
    """Renumbers by records, then by the first text: HDBSCAN's own numbers mean nothing."""
    first = [int(np.flatnonzero(label == i)[0]) for i in range(len(n_records))]
    order = sorted(range(len(n_records)), key=lambda i: (-int(n_records[i]), first[i]))
    new = np.full(len(n_records) + 1, NO_CLUSTER, dtype=np.int64)
    new[order] = np.arange(len(order))
    return new[label], n_records[order]


def characteristic_terms(texts: tuple[str, ...], label: Ints, c: int) -> tuple[tuple[str, ...], ...]:
    """Up to N_TERMS terms for each class 0..c-1, most characteristic first; texts labelled -1 are the background.

    Weight of a term in a class: share of the class's texts that have it, times log(1 + A / f), where f is its
    frequency over all classes and A the mean number of terms per class (c-TF-IDF).
    """
    if c == 0:
        return ()
    from sklearn.feature_extraction.text import CountVectorizer

    ignored = stop_words(texts)
    vectorizer = CountVectorizer(binary=True, analyzer=lambda text: _terms(text, ignored), max_features=50_000)
    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError:  # no text has a word
        return ((),) * c
    vocabulary = vectorizer.get_feature_names_out()
    is_pair = np.array([len(parts_of(term)) > 1 for term in vocabulary])
    bins = np.where(label >= 0, label, c)
    member = sparse.csr_matrix((np.ones(len(texts)), (bins, np.arange(len(texts)))), shape=(c + 1, len(texts)))
    sizes = np.bincount(bins, minlength=c + 1).astype(np.float64)
    per_class = member @ counts
    frequency = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
    weight = np.log1p(frequency.sum() / (c + 1) / np.maximum(frequency, 1.0))
    out = []
    for i in range(c):
        row = per_class.getrow(i)
        score = row.data / max(sizes[i], 1.0) * weight[row.indices]
        order = np.lexsort(
            (row.indices, ~is_pair[row.indices], -np.round(score, 9))
        )  # of two equals the pair says more
        out.append(_without_overlap([str(vocabulary[row.indices[j]]) for j in order[: 4 * N_TERMS]]))
    return tuple(out)


def _terms(text: str, ignored: frozenset[str]) -> list[str]:
    """The words of a text in small letters, and its pairs of words."""
    words = [word.lower().replace("’", "'") for word in words_of(text) if folded(word) not in ignored]
    return words + [join_words(first, second) for first, second in pairwise(words)]


def _without_overlap(terms: list[str]) -> tuple[str, ...]:
    """Terms without words that stand in better ones: "password reset", then of "reset link" the link alone.

    A term of a script without spaces that overlaps a better one is put together with it.
    """
    kept: list[str] = []
    seen: set[str] = set()
    for term in terms:
        words = parts_of(term)
        new = [word for word in words if word not in seen]
        seen.update(words)
        if len(new) == len(words):
            kept.append(term)
        elif new and not _lengthened(kept, term):
            kept += new
    return tuple(kept[:N_TERMS])


def _lengthened(kept: list[str], term: str) -> bool:
    """Whether ``term`` overlaps one of ``kept``, which is then longer by what ``term`` has before or after it."""
    if " " in term:
        return False
    for i, better in enumerate(kept):
        if " " in better or len(better) >= _LONGEST_UNSPACED:
            continue
        if better.startswith(term[1:]) or better.endswith(term[:-1]):
            kept[i] = term[0] + better if better.startswith(term[1:]) else better + term[-1]
            return True
    return False


def _names(terms: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """A name for each cluster from its best terms; a name that two clusters would share is told apart by a number."""
    names: list[str] = []
    for i, own in enumerate(terms):
        name = " · ".join(own[:N_NAME_TERMS]) or f"cluster {i + 1}"
        names.append(name if name not in names else f"{name} ({i + 1})")
    return tuple(names)


def _most_central(members: Ints, vectors: Floats) -> tuple[int, ...]:
    centre = vectors[members].mean(axis=0, dtype=np.float64)
    closeness = np.round(vectors[members] @ centre, 6)
    order = np.lexsort((members, -closeness))
    return tuple(int(members[i]) for i in order[:N_EXAMPLES])
