"""Filters and word search over records; pure. They mark records, they never take one away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.types import NO_CLUSTER, NO_GROUP, Analysis, Bools
from explorer.ui.colours import category_of_rows

#: What stands for a record without a value in a filter's list.
NO_VALUE = "(no value)"


@dataclass(frozen=True)
class Filters:
    """What a record must be to stay in colour; an empty part asks for nothing.

    ``values`` pairs a category column with the values it may have, ``since`` and ``until`` (milliseconds since 1970,
    both included) bound its time, ``clusters`` are labels (-1 is the unclustered).
    """

    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: int | None = None
    until: int | None = None
    clusters: tuple[int, ...] = ()
    only_anomalies: bool = False
    only_duplicates: bool = False

    @property
    def n_active(self) -> int:
        timed = self.since is not None or self.until is not None
        return len(self.values) + timed + bool(self.clusters) + self.only_anomalies + self.only_duplicates


def matching_rows(analysis: Analysis, filters: Filters) -> Bools:
    """Which records (n,) pass every filter."""
    match = np.ones(analysis.corpus.n_records, dtype=np.bool_)
    for column, allowed in filters.values:
        codes, values = category_of_rows(analysis, column)
        wanted = [i for i, value in enumerate(values) if value in allowed]
        match &= np.isin(codes, [*wanted, -1] if NO_VALUE in allowed else wanted)
    times = analysis.corpus.times
    if times is not None and (filters.since is not None or filters.until is not None):
        moments = times.astype("datetime64[ms]").astype(np.int64)
        match &= ~np.isnat(times)
        if filters.since is not None:
            match &= moments >= filters.since
        if filters.until is not None:
            match &= moments <= filters.until
    if filters.clusters:
        label = analysis.row_values(analysis.clusters.label, NO_CLUSTER)
        match &= np.isin(label, filters.clusters) & (analysis.distinct.text_of_row >= 0)
    if filters.only_anomalies:
        match &= analysis.row_values(analysis.anomalies.is_anomaly, False)
    if filters.only_duplicates:
        match &= analysis.row_values(analysis.duplicates.group, NO_GROUP) >= 0
    return match


def texts_of_rows(analysis: Analysis, rows: Bools) -> Bools:
    """Which texts (d,) have at least one of the records marked in ``rows`` (n,)."""
    texts = np.zeros(analysis.distinct.n_texts, dtype=np.bool_)
    of_row = analysis.distinct.text_of_row[rows]
    texts[of_row[of_row >= 0]] = True
    return texts


def rows_with_words(analysis: Analysis, query: str) -> Bools:
    """Which records (n,) have every word of ``query`` in their text or id, in upper or lower case."""
    words = query.casefold().split()
    corpus = analysis.corpus
    if not words:
        return np.zeros(corpus.n_records, dtype=np.bool_)
    return np.fromiter(
        (
            all(word in folded for word in words)
            for folded in (
                f"{own_id}\n{text}".casefold() for own_id, text in zip(corpus.ids, corpus.texts, strict=True)
            )
        ),
        dtype=np.bool_,
        count=corpus.n_records,
    )
