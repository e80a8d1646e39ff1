"""The tables of the reports: pure functions from an :class:`Analysis` to a data frame.

``row`` is the record's position in its file (0 is the first record) and ``id`` the user's own. Similarity is cosine and
strangeness is higher for stranger; both are rounded to 6 digits. Text columns are pandas ``str``, with lone surrogates
replaced; nothing is escaped here, since every format has its own dangers (see :mod:`explorer.report.cells`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from explorer.copies import copy_rows, is_word_for_word
from explorer.report.cells import shorten, without_surrogates
from explorer.types import NO_CLUSTER, NO_GROUP, Analysis

#: Length of an example text in the table of clusters, in characters.
EXAMPLE_LENGTH = 120

Rows = npt.NDArray[np.int64]


def records_table(analysis: Analysis) -> pd.DataFrame:
    """One line per record, in file order, records without text included (their x, y and strangeness are null).

    ``cluster`` is -1 and ``cluster_name`` "Unclustered" or "No text" outside clusters; ``duplicate_group`` is null
    outside groups; exactly one record of each group ``is_representative``.
    """
    duplicates, clusters = analysis.duplicates, analysis.clusters
    group = analysis.row_values(duplicates.group, NO_GROUP)
    label = analysis.row_values(clusters.label, NO_CLUSTER)
    names = np.array([*clusters.names, "Unclustered", "No text"], dtype=object)
    name_index = np.where(label >= 0, label, len(clusters.names))
    name_index[analysis.distinct.text_of_row < 0] = len(clusters.names) + 1
    representative = np.zeros(len(group), dtype=np.bool_)
    representative[analysis.distinct.first_row[duplicates.representative]] = True
    return pd.DataFrame(
        {
            "row": np.arange(analysis.corpus.n_records, dtype=np.int64),
            "id": _strings(analysis.corpus.ids),
            "x": _rounded(analysis.row_values(analysis.layout.xy[:, 0], np.nan), 4),
            "y": _rounded(analysis.row_values(analysis.layout.xy[:, 1], np.nan), 4),
            "cluster": label.astype(np.int64),
            "cluster_name": _strings(names[name_index]),
            "duplicate_group": pd.Series(group, dtype="Int64").where(group >= 0),
            "is_representative": representative,
            "strangeness": _rounded(analysis.row_values(analysis.anomalies.strangeness, np.nan), 6),
            "is_anomaly": analysis.row_values(analysis.anomalies.is_anomaly, False),
        }
    )


def pairs_table(analysis: Analysis) -> pd.DataFrame:
    """Every pair of duplicates at the analysis's threshold, most alike first.

    ``kind`` is "near" for a pair of distinct texts, which stands once, as the records that stand for the two texts;
    "exact" for a further record whose text equals that of ``row_a``, and "masked" for one that differs from it only in
    what does not count (values and names where they are masked; signatures, quotes, markup and form text where texts
    are cleaned). Copies have similarity 1. Which pairs are listed and in which order does not depend on the order of
    the file, except among copies of one text.
    """
    distinct, pairs = analysis.distinct, analysis.pairs
    copies, text_of_copy = copy_rows(analysis)
    n_near = analysis.duplicates.n_pairs  # pairs are most alike first, so the first ones are those at the threshold
    text_a = np.concatenate([text_of_copy, pairs.a[:n_near]])
    text_b = np.concatenate([text_of_copy, pairs.b[:n_near]])
    row_a = distinct.first_row[text_a]
    row_b = np.concatenate([copies, distinct.first_row[pairs.b[:n_near]]])
    similarity = np.concatenate([np.ones(len(copies)), _rounded(pairs.similarity[:n_near], 6)])
    is_near = np.repeat([False, True], [len(copies), n_near])
    order = np.lexsort((row_b, text_b, text_a, is_near, -similarity))
    is_same = is_word_for_word(analysis, copies, text_of_copy)
    kind = np.concatenate([np.where(is_same, "exact", "masked"), np.full(n_near, "near")]).astype(object)
    row_a, row_b = row_a[order], row_b[order]
    ids, texts = _objects(analysis.corpus.ids), _objects(analysis.corpus.texts)
    return pd.DataFrame(
        {
            "row_a": row_a,
            "row_b": row_b,
            "id_a": _strings(ids[row_a]),
            "id_b": _strings(ids[row_b]),
            "similarity": similarity[order],
            "kind": _strings(kind[order]),
            "text_a": _strings(texts[row_a]),
            "text_b": _strings(texts[row_b]),
        }
    )


def groups_table(analysis: Analysis) -> pd.DataFrame:
    """One line per record in a duplicate group: largest group first, its representative first, then most alike first.

    ``size`` counts the group's records and ``similarity`` is the one to the group's representative.
    """
    duplicates, distinct = analysis.duplicates, analysis.distinct
    group_of_row = analysis.row_values(duplicates.group, NO_GROUP)
    rows = np.flatnonzero(group_of_row >= 0)
    group, text = group_of_row[rows], distinct.text_of_row[rows]
    similarity = _rounded(duplicates.similarity[text], 6)
    first_row = distinct.first_row[duplicates.representative]
    is_other_text, is_other_row = text != duplicates.representative[group], rows != first_row[group]
    order = np.lexsort((rows, text, -similarity, is_other_text, is_other_row, group))
    rows, group, similarity = rows[order], group[order], similarity[order]
    ids, texts = _objects(analysis.corpus.ids), _objects(analysis.corpus.texts)
    return pd.DataFrame(
        {
            "group": group,
            "size": duplicates.n_records[group],
            "representative_id": _strings(ids[first_row[group]]),
            "row": rows,
            "id": _strings(ids[rows]),
            "similarity": similarity,
            "text": _strings(texts[rows]),
        }
    )


def anomalies_table(analysis: Analysis) -> pd.DataFrame:
    """One line per flagged record, strangest first; copies share their text's rank (1 is the strangest).

    ``nearest_id`` is the record that stands for the nearest other text, "" where there is no other text.
    """
    anomalies, distinct = analysis.anomalies, analysis.distinct
    rank_of_text = np.zeros(distinct.n_texts, dtype=np.int64)
    rank_of_text[anomalies.ranked] = np.arange(1, len(anomalies.ranked) + 1)
    rank_of_row = analysis.row_values(rank_of_text, 0)
    rows = np.flatnonzero(rank_of_row)
    rows = rows[np.lexsort((rows, rank_of_row[rows]))]
    text = distinct.text_of_row[rows]
    nearest = anomalies.nearest[text]
    ids, texts = _objects(analysis.corpus.ids), _objects(analysis.corpus.texts)
    nearest_ids = np.full(len(rows), "", dtype=object)
    nearest_ids[nearest >= 0] = ids[distinct.first_row[nearest[nearest >= 0]]]
    return pd.DataFrame(
        {
            "rank": rank_of_row[rows],
            "row": rows,
            "id": _strings(ids[rows]),
            "strangeness": _rounded(anomalies.strangeness[text], 6),
            "reason": _strings(_objects(anomalies.reasons)[rank_of_row[rows] - 1]),
            "nearest_id": _strings(nearest_ids),
            "nearest_similarity": np.where(nearest >= 0, _rounded(anomalies.nearest_similarity[text], 6), np.nan),
            "text": _strings(texts[rows]),
        }
    )


def clusters_table(analysis: Analysis) -> pd.DataFrame:
    """One line per cluster, largest first, and one for the unclustered records (-1) where there are any.

    ``size`` counts records; ``examples`` are up to three shortened texts, the most central ones of a cluster, and the
    most frequent ones among the unclustered.
    """
    clusters, distinct = analysis.clusters, analysis.distinct
    labels = list(range(len(clusters.names)))
    sizes = [int(size) for size in clusters.n_records]
    examples = [list(texts) for texts in clusters.examples]
    loose = np.flatnonzero(clusters.label < 0)
    if len(loose):
        labels.append(NO_CLUSTER)
        sizes.append(int(distinct.counts[loose].sum()))
        examples.append([int(text) for text in loose[np.argsort(-distinct.counts[loose], kind="stable")[:3]]])
    return pd.DataFrame(
        {
            "cluster": np.array(labels, dtype=np.int64),
            "name": _strings(clusters.name_of(label) for label in labels),
            "size": np.array(sizes, dtype=np.int64),
            "examples": _strings(" | ".join(_example(analysis, text) for text in texts) for texts in examples),
        }
    )


def rejected_table(analysis: Analysis) -> pd.DataFrame:
    """One line per row of the input that could not be used: where it stood, why, and what was read."""
    rejected = analysis.corpus.rejected
    return pd.DataFrame(
        {
            "source": _strings(item.source for item in rejected),
            "line": np.array([item.line for item in rejected], dtype=np.int64),
            "reason": _strings(item.reason for item in rejected),
            "text": _strings(item.text for item in rejected),
        }
    )


def _example(analysis: Analysis, text: int) -> str:
    return shorten(analysis.corpus.texts[int(analysis.distinct.first_row[text])], EXAMPLE_LENGTH)


def _rounded(values: npt.NDArray[np.floating], digits: int) -> npt.NDArray[np.float64]:
    """Rounded in double precision; adding zero turns -0.0 into 0.0, which would print with a sign."""
    return np.asarray(np.round(values.astype(np.float64), digits) + 0.0, dtype=np.float64)


def _objects(values: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array([*values, None], dtype=object)[:-1]  # the None keeps NumPy from making a fixed-width array


def _strings(values: Iterable[str]) -> pd.Series:
    return pd.Series([without_surrogates(value) for value in values], dtype="str")
