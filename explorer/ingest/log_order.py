"""Several files of one log, such as rotated ones, in the order of time."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa

from explorer.ingest.log_records import noted
from explorer.ingest.spool import Spool
from explorer.strings import take_rows
from explorer.types import Ints, Table, Times

_AT_ONCE = 100_000  # records
#: What rotation and compression put behind the name of a log: "app.log.2.gz", "app-2026-11-21.log".
_ROTATION = re.compile(r"(?:[._-](?:\d[\d._T-]*|log|txt|out|old|bak|gz|bz2|xz|zst|zip))+\Z", re.IGNORECASE)


def order_by_time(table: Table, times: Times | None) -> tuple[Table, Times | None]:
    """The records of log files that share a format or are one log by their names, earliest first; anything else is left
    as it is.

    Within a file the order of the lines stays. Files whose lines are in the order of time are merged record by
    record; where one is not, whole files are put in the order of their first times. A record without a time stays
    behind the one above it.
    """
    n_files = len(table.reports)
    is_one = 1 in (len({report.format for report in table.reports}), len({_log_name(r.source) for r in table.reports}))
    if n_files < 2 or not table.is_lines or not is_one or times is None:
        return table, times
    moments = times.astype(np.int64)
    firsts = np.empty(n_files, dtype=np.int64)
    carried = np.empty(table.n_rows, dtype=np.int64)
    all_sorted = True
    for source in range(n_files):
        rows = np.flatnonzero(table.sources == source)
        known = np.flatnonzero(~np.isnat(times[rows]))
        if not len(known):
            return table, times  # a file without times has no place among the others
        firsts[source] = moments[rows[known[0]]]
        latest = np.maximum.accumulate(np.where(np.isin(np.arange(len(rows)), known), np.arange(len(rows)), known[0]))
        carried[rows] = moments[rows[latest]]
        all_sorted &= bool((np.diff(carried[rows]) >= 0).all())
    rank = np.empty(n_files, dtype=np.int64)
    rank[np.argsort(firsts, kind="stable")] = np.arange(n_files)
    file_rank = rank[table.sources]
    keys = (np.arange(table.n_rows), file_rank, carried) if all_sorted else (np.arange(table.n_rows), file_rank)
    order: Ints = np.lexsort(keys).astype(np.int64)
    if (np.diff(order) > 0).all():
        return table, times
    return _taken(table, order, rank), times[order]


def _log_name(file_name: str) -> str:
    """The name that the rotated files of one log share."""
    return _ROTATION.sub("", file_name)


def order_of(table: Table, sources: Ints) -> Ints | None:
    """The rows (n,) of a table in the order in which records made of it stand, of which ``sources`` (n,) are the files;
    None where it is that of the table. Within a file the order is always the same.
    """
    if np.array_equal(table.sources, sources):
        return None
    order = np.empty(table.n_rows, dtype=np.int64)
    order[np.argsort(sources, kind="stable")] = np.argsort(table.sources, kind="stable")
    return order


def in_order(table: Table, order: Ints) -> Table:
    """The table with its rows in another order (n,)."""
    spool = Spool()
    for start in range(0, len(order), _AT_ONCE):
        rows = order[start : start + _AT_ONCE]
        spool.add(pa.table({name: take_rows(table.cells.column(name), rows) for name in table.columns}))
    return replace(table, cells=spool.finish(), lines=table.lines[order], sources=table.sources[order])


def _taken(table: Table, order: Ints, rank: Ints) -> Table:
    names = [table.reports[source].source for source in np.argsort(rank, kind="stable").tolist()]
    listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    note = f"The records of {len(names)} files were put in the order of time, beginning with {listed}."
    return replace(in_order(table, order), reports=noted(table.reports, range(len(names)), [note]))
