"""The tables of the reports: pure functions from an :class:`Analysis` to a table that is made part by part.

``row`` is the record's position in its file (0 is the first record) and ``id`` the user's own. Similarity is cosine and
strangeness is higher for stranger; both are rounded to 6 digits. Text columns are pandas ``str``, with lone surrogates
replaced; nothing is escaped here, since every format has its own dangers (see :mod:`explorer.report.cells`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from explorer.copies import copy_rows, is_word_for_word
from explorer.report.cells import shorten, without_surrogates
from explorer.strings import take_strings
from explorer.types import NO_CLUSTER, NO_GROUP, Analysis, Ints

#: Length of an example text in the table of clusters, in characters.
EXAMPLE_LENGTH = 120

#: Lines of a table that are in memory at a time.
PART_LENGTH = 50_000


@dataclass(frozen=True)
class ReportTable:
    """A table of ``len()`` lines. ``part`` makes the data frame of some of them, by their positions (m,), so that a
    report of millions of records is written in little memory."""

    n_lines: int
    part: Callable[[Ints], pd.DataFrame]

    def __len__(self) -> int:
        return self.n_lines

    def parts(self, n_lines: int | None = None) -> Iterator[pd.DataFrame]:
        """The first ``n_lines``, all where None, one data frame after the other; at least one, which may be empty."""
        end = len(self) if n_lines is None else min(n_lines, len(self))
        for start in range(0, max(end, 1), PART_LENGTH):
            yield self.part(np.arange(start, min(start + PART_LENGTH, end)))

    def frame(self) -> pd.DataFrame:
        """All of it at once."""
        return self.part(np.arange(len(self)))


def _whole(table: pd.DataFrame) -> ReportTable:
    """A table that is small whatever the number of records."""
    return ReportTable(len(table), lambda lines: table.iloc[lines])


def records_table(analysis: Analysis) -> ReportTable:
    """One line per record, in file order, records without text included (their x, y and strangeness are null).

    ``cluster`` is -1 and ``cluster_name`` "Unclustered" or "No text" outside clusters; ``duplicate_group`` is null
    outside groups; exactly one record of each group ``is_representative``.
    """
    duplicates, clusters, anomalies, distinct = (
        analysis.duplicates, analysis.clusters, analysis.anomalies, analysis.distinct,
    )  # fmt: skip
    names = np.array([*clusters.names, "Unclustered", "No text"], dtype=object)
    representative = np.zeros(analysis.corpus.n_records, dtype=np.bool_)
    representative[distinct.first_row[duplicates.representative]] = True

    def part(rows: Ints) -> pd.DataFrame:
        group = analysis.row_values(duplicates.group, NO_GROUP, rows)
        label = analysis.row_values(clusters.label, NO_CLUSTER, rows)
        name = np.where(label >= 0, label, len(clusters.names))
        name[distinct.text_of_row[rows] < 0] = len(clusters.names) + 1
        return pd.DataFrame(
            {
                "row": rows,
                "id": _strings(take_strings(analysis.corpus.ids, rows)),
                "x": _rounded(analysis.row_values(analysis.layout.xy[:, 0], np.nan, rows), 4),
                "y": _rounded(analysis.row_values(analysis.layout.xy[:, 1], np.nan, rows), 4),
                "cluster": label.astype(np.int64),
                "cluster_name": _strings(names[name]),
                "duplicate_group": pd.Series(group, dtype="Int64").where(group >= 0),
                "is_representative": representative[rows],
                "strangeness": _rounded(analysis.row_values(anomalies.strangeness, np.nan, rows), 6),
                "is_anomaly": analysis.row_values(anomalies.is_anomaly, False, rows),
            }
        )

    return ReportTable(analysis.corpus.n_records, part)


def pairs_table(analysis: Analysis) -> ReportTable:
    """Every pair of duplicates at the analysis's threshold, most alike first.

    ``kind`` is "near" for a pair of distinct texts, which stands once, as the records that stand for the two texts;
    "exact" for a further record whose text equals that of ``row_a``, and "masked" for one that differs from it only in
    what does not count (values and names where they are masked; signatures, quotes, markup and form text where texts
    are cleaned). Copies have similarity 1. Which pairs are listed and in which order does not depend on the order of
    the file, except among copies of one text.
    """
    first_row, pairs = analysis.distinct.first_row, analysis.pairs
    copies, text_of_copy = copy_rows(analysis)
    n_near = analysis.duplicates.n_pairs  # pairs are most alike first, so the first ones are those at the threshold
    text_a = np.concatenate([text_of_copy, pairs.a[:n_near]])
    text_b = np.concatenate([text_of_copy, pairs.b[:n_near]])
    row_b = np.concatenate([copies, first_row[pairs.b[:n_near]]])
    similarity = np.concatenate([np.ones(len(copies)), _rounded(pairs.similarity[:n_near], 6)])
    is_near = np.repeat([False, True], [len(copies), n_near])
    order = np.lexsort((row_b, text_b, text_a, is_near, -similarity))

    def part(lines: Ints) -> pd.DataFrame:
        picked = order[lines]
        a, b = first_row[text_a[picked]], row_b[picked]
        is_copy = ~is_near[picked]
        is_same = np.zeros(len(picked), dtype=np.bool_)
        is_same[is_copy] = is_word_for_word(analysis, b[is_copy], text_a[picked][is_copy])
        kind = np.where(is_copy, np.where(is_same, "exact", "masked"), "near").astype(object)
        ids, texts = analysis.corpus.ids, analysis.corpus.texts
        return pd.DataFrame(
            {
                "row_a": a,
                "row_b": b,
                "id_a": _strings(take_strings(ids, a)),
                "id_b": _strings(take_strings(ids, b)),
                "similarity": similarity[picked],
                "kind": _strings(kind),
                "text_a": _strings(take_strings(texts, a)),
                "text_b": _strings(take_strings(texts, b)),
            }
        )

    return ReportTable(len(order), part)


def groups_table(analysis: Analysis) -> ReportTable:
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

    def part(lines: Ints) -> pd.DataFrame:
        ids, texts = analysis.corpus.ids, analysis.corpus.texts
        return pd.DataFrame(
            {
                "group": group[lines],
                "size": duplicates.n_records[group[lines]],
                "representative_id": _strings(take_strings(ids, first_row[group[lines]])),
                "row": rows[lines],
                "id": _strings(take_strings(ids, rows[lines])),
                "similarity": similarity[lines],
                "text": _strings(take_strings(texts, rows[lines])),
            }
        )

    return ReportTable(len(rows), part)


def anomalies_table(analysis: Analysis) -> ReportTable:
    """One line per flagged record, strangest first; copies share their text's rank (1 is the strangest).

    ``nearest_id`` is the record that stands for the nearest other text, "" where there is no other text.
    """
    anomalies, distinct = analysis.anomalies, analysis.distinct
    rank_of_text = np.zeros(distinct.n_texts, dtype=np.int64)
    rank_of_text[anomalies.ranked] = np.arange(1, len(anomalies.ranked) + 1)
    rank_of_row = analysis.row_values(rank_of_text, 0)
    flagged = np.flatnonzero(rank_of_row)
    flagged = flagged[np.lexsort((flagged, rank_of_row[flagged]))]

    def part(lines: Ints) -> pd.DataFrame:
        rows = flagged[lines]
        text, rank = distinct.text_of_row[rows], rank_of_row[rows]
        nearest = anomalies.nearest[text]
        has_nearest = nearest >= 0
        nearest_ids = np.full(len(rows), "", dtype=object)
        nearest_ids[has_nearest] = take_strings(analysis.corpus.ids, distinct.first_row[nearest[has_nearest]])
        return pd.DataFrame(
            {
                "rank": rank,
                "row": rows,
                "id": _strings(take_strings(analysis.corpus.ids, rows)),
                "strangeness": _rounded(anomalies.strangeness[text], 6),
                "reason": _strings(anomalies.reasons[number - 1] for number in rank.tolist()),
                "nearest_id": _strings(nearest_ids),
                "nearest_similarity": np.where(has_nearest, _rounded(anomalies.nearest_similarity[text], 6), np.nan),
                "text": _strings(take_strings(analysis.corpus.texts, rows)),
            }
        )

    return ReportTable(len(flagged), part)


def clusters_table(analysis: Analysis) -> ReportTable:
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
    return _whole(
        pd.DataFrame(
            {
                "cluster": np.array(labels, dtype=np.int64),
                "name": _strings(clusters.name_of(label) for label in labels),
                "size": np.array(sizes, dtype=np.int64),
                "examples": _strings(" | ".join(_example(analysis, text) for text in texts) for texts in examples),
            }
        )
    )


def rejected_table(analysis: Analysis) -> ReportTable:
    """One line per row of the input that could not be used: where it stood, why, and what was read."""
    rejected = analysis.corpus.rejected
    return _whole(
        pd.DataFrame(
            {
                "source": _strings(item.source for item in rejected),
                "line": np.array([item.line for item in rejected], dtype=np.int64),
                "reason": _strings(item.reason for item in rejected),
                "text": _strings(item.text for item in rejected),
            }
        )
    )


def _example(analysis: Analysis, text: int) -> str:
    return shorten(analysis.corpus.texts[int(analysis.distinct.first_row[text])], EXAMPLE_LENGTH)


def _rounded(values: npt.NDArray[np.floating], digits: int) -> npt.NDArray[np.float64]:
    """Rounded in double precision; adding zero turns -0.0 into 0.0, which would print with a sign."""
    return np.asarray(np.round(values.astype(np.float64), digits) + 0.0, dtype=np.float64)


def _strings(values: Iterable[str]) -> pd.Series:
    return pd.Series([without_surrogates(value) for value in values], dtype="str")
