"""Tables as CSV and Parquet files: the same analysis always gives the same bytes.

CSV is UTF-8 without a byte order mark, lines end in "\\n", every text is quoted, numbers are not and a missing value is
nothing at all, so that other programs read each column back as it was. Texts that a spreadsheet would evaluate get a
leading apostrophe; Parquet carries texts unchanged.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.report.cells import export_text, without_surrogates
from explorer.report.files import replacing
from explorer.report.tables import records_table
from explorer.strings import take_strings
from explorer.types import Analysis, Bools, Floats, Ints


def write_csv(parts: Iterable[pd.DataFrame], path: Path) -> None:
    """Write a table, given in one or more parts, to ``path`` in one step; raises :class:`StorageError` when the disk
    refuses."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        for number, part in enumerate(parts):
            if number == 0:
                file.write(",".join(_quoted(name) for name in part.columns) + "\n")
            columns = [_cells(part[name]) for name in part.columns]
            file.writelines(",".join(line) + "\n" for line in zip(*columns, strict=True))


def write_records_parquet(analysis: Analysis, path: Path) -> None:
    """Write the table of records with ``text``, ``time`` (where there is one) and ``neighbors`` to ``path``.

    ``neighbors`` is a struct of ``ids``, the row numbers of the nearest other records, and ``distances``, one minus
    their cosine, nearest first. A record's copies come first at distance 0; a near text is given by the record that
    stands for it. Raises :class:`StorageError` when the disk refuses.
    """
    table = records_table(analysis)
    copies = _Copies(analysis)
    with replacing(path) as temporary, contextlib.ExitStack() as stack:
        writer: pq.ParquetWriter | None = None
        for part in table.parts():
            rows = part["row"].to_numpy()
            columns: dict[str, pa.Array] = {str(name): _arrow(column) for name, column in part.items()}
            texts = take_strings(analysis.corpus.texts, rows)
            columns["text"] = pa.array([without_surrogates(text) for text in texts], type=pa.string())
            if analysis.corpus.times is not None:
                columns["time"] = pa.array(analysis.corpus.times[rows], type=pa.timestamp("ms"))
            columns["neighbors"] = copies.neighbours(rows)
            made = pa.table(columns)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(temporary, made.schema, compression="zstd"))
            writer.write_table(made)


def neighbours_of_records(analysis: Analysis) -> pa.StructArray:
    """For each record (n,) the ``ids`` (rows) of up to k nearest other records and their ``distances`` (1 - cosine)."""
    return _Copies(analysis).neighbours(np.arange(analysis.corpus.n_records))


class _Copies:
    """The first k + 1 records of each text that occurs more than once: enough for the neighbours of each of them."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._k = analysis.params.neighbours.k
        counts, of_row = analysis.distinct.counts, analysis.distinct.text_of_row
        repeated = np.flatnonzero(counts > 1)
        self._place = np.full(len(counts) + 1, len(repeated), dtype=np.int64)  # the last line of heads has no rows
        self._place[repeated] = np.arange(len(repeated))
        self._heads = np.full((len(repeated) + 1, self._k + 1), -1, dtype=np.int64)
        by_text = np.argsort(of_row, kind="stable")[int((of_row < 0).sum()) :]
        starts = np.cumsum(counts) - counts
        for column in range(self._k + 1):
            has_more = counts[repeated] > column
            self._heads[:-1][has_more, column] = by_text[starts[repeated[has_more]] + column]

    def neighbours(self, rows: Ints) -> pa.StructArray:
        """For each of ``rows`` (m,) its own copies first, in file order, then the records of near texts."""
        distinct, near, k = self._analysis.distinct, self._analysis.neighbours, self._k
        texts = distinct.text_of_row[rows]
        heads = self._heads[self._place[texts]]  # the place behind the last is that of NO_TEXT
        is_other = (heads >= 0) & (heads != rows[:, None])
        is_copy = is_other & (np.cumsum(is_other, axis=1) <= k)
        if not distinct.n_texts:  # nothing is near, and there is no text that -1 could stand for
            return _as_struct(heads, np.zeros(heads.shape, dtype=np.float32), is_copy)
        n_copies = is_copy.sum(axis=1)
        is_near = np.arange(min(near.texts.shape[1], k)) < (k - n_copies)[:, None]
        is_near[texts < 0] = False
        near_rows = distinct.first_row[near.texts[texts, :k]]
        distance = np.round(1 - near.similarity[texts, :k].astype(np.float64), 6).clip(min=0).astype(np.float32)
        used = np.hstack([is_copy, is_near])
        distances = np.hstack([np.zeros(heads.shape, dtype=np.float32), distance])
        return _as_struct(np.hstack([heads, near_rows]), distances, used)


def _as_struct(ids: Ints, distances: Floats, used: Bools) -> pa.StructArray:
    """Lists of the ``used`` (m, w) ones of ``ids`` and ``distances`` (m, w)."""
    offsets = pa.array(np.concatenate([[0], np.cumsum(used.sum(axis=1))]), type=pa.int32())
    lists = [
        pa.ListArray.from_arrays(offsets, pa.array(ids[used], type=pa.int64())),
        pa.ListArray.from_arrays(offsets, pa.array(distances[used], type=pa.float32())),
    ]
    return pa.StructArray.from_arrays(lists, ["ids", "distances"])


def _arrow(column: pd.Series) -> pa.Array:
    if isinstance(column.dtype, pd.StringDtype):
        return pa.array(column.tolist(), type=pa.string())
    return pa.Array.from_pandas(column)


def _cells(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.StringDtype):
        return [_quoted(value) for value in column.tolist()]
    if column.dtype == np.bool_:
        return ["true" if value else "false" for value in column.tolist()]
    missing: npt.NDArray[np.bool_] = column.isna().to_numpy()
    return ["" if gone else repr(value) for value, gone in zip(column.tolist(), missing.tolist(), strict=True)]


def _quoted(value: object) -> str:
    return '"' + export_text(value).replace('"', '""') + '"'
