"""Tables as CSV and Parquet files: the same analysis always gives the same bytes.

CSV is UTF-8 without a byte order mark, lines end in "\\n", every text is quoted, numbers are not and a missing value is
nothing at all, so that other programs read each column back as it was. Texts that a spreadsheet would evaluate get a
leading apostrophe; Parquet carries texts unchanged.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.report.cells import export_text, without_surrogates
from explorer.report.files import replacing
from explorer.report.tables import records_table
from explorer.types import Analysis, Floats, Ints

_LINES_AT_ONCE = 50_000


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write ``table`` to ``path`` in one step; raises :class:`StorageError` when the disk refuses."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(_quoted(name) for name in table.columns) + "\n")
        for start in range(0, len(table), _LINES_AT_ONCE):
            part = table.iloc[start : start + _LINES_AT_ONCE]
            columns = [_cells(part[name]) for name in part.columns]
            file.writelines(",".join(line) + "\n" for line in zip(*columns, strict=True))


def write_records_parquet(analysis: Analysis, path: Path) -> None:
    """Write the table of records with ``text``, ``time`` (where there is one) and ``neighbors`` to ``path``.

    ``neighbors`` is a struct of ``ids``, the row numbers of the nearest other records, and ``distances``, one minus
    their cosine, nearest first. A record's copies come first at distance 0; a near text is given by the record that
    stands for it. Raises :class:`StorageError` when the disk refuses.
    """
    columns: dict[str, pa.Array] = {str(name): _arrow(column) for name, column in records_table(analysis).items()}
    columns["text"] = pa.array([without_surrogates(text) for text in analysis.corpus.texts], type=pa.string())
    if analysis.corpus.times is not None:
        columns["time"] = pa.array(analysis.corpus.times, type=pa.timestamp("ms"))
    columns["neighbors"] = neighbours_of_records(analysis)
    with replacing(path) as temporary:
        pq.write_table(pa.table(columns), temporary, compression="zstd")


def neighbours_of_records(analysis: Analysis) -> pa.StructArray:
    """For each record (n,) the ``ids`` (rows) of up to k nearest other records and their ``distances`` (1 - cosine)."""
    distinct, k = analysis.distinct, analysis.params.neighbours.k
    near_rows = distinct.first_row[analysis.neighbours.texts][:, :k]
    near_distance = np.round(1 - analysis.neighbours.similarity.astype(np.float64), 6)[:, :k].clip(min=0)
    n_near = near_rows.shape[1]
    n = analysis.corpus.n_records
    ids = np.zeros((n, k), dtype=np.int64)
    distances = np.zeros((n, k), dtype=np.float32)
    length = np.zeros(n, dtype=np.int64)

    single = np.flatnonzero(analysis.row_values(distinct.counts, 0) == 1)
    text_of_single = distinct.text_of_row[single]
    ids[single, :n_near] = near_rows[text_of_single]
    distances[single, :n_near] = near_distance[text_of_single]
    length[single] = n_near
    for text, rows in _repeated(distinct.text_of_row, distinct.counts):
        n_copies = min(k, len(rows) - 1)
        n_more = min(n_near, k - n_copies)
        head = np.broadcast_to(rows[: n_copies + 1], (len(rows), n_copies + 1))
        not_itself = head != rows[:, None]
        not_itself[not_itself.all(axis=1), -1] = False  # rows beyond the head leave out its last one
        ids[rows, :n_copies] = head[not_itself].reshape(len(rows), n_copies)
        ids[rows, n_copies : n_copies + n_more] = near_rows[text, :n_more]
        distances[rows, n_copies : n_copies + n_more] = near_distance[text, :n_more]
        length[rows] = n_copies + n_more
    return _as_struct(ids, distances, length)


def _repeated(text_of_row: Ints, counts: Ints) -> list[tuple[int, Ints]]:
    """Texts that occur more than once, with their rows in file order."""
    by_text = np.argsort(text_of_row, kind="stable")[int((text_of_row < 0).sum()) :]
    ends = np.cumsum(counts)
    return [(int(text), by_text[ends[text] - counts[text] : ends[text]]) for text in np.flatnonzero(counts > 1)]


def _as_struct(ids: Ints, distances: Floats, length: Ints) -> pa.StructArray:
    used = np.arange(ids.shape[1]) < length[:, None]
    offsets = pa.array(np.concatenate([[0], np.cumsum(length)]), type=pa.int32())
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
