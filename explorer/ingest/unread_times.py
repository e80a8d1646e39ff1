"""What to say of a column that is called a time, where none of the ways to read times reads it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from explorer.counting import counted
from explorer.ingest import role_words as words
from explorer.ingest.column_stats import ColumnStats
from explorer.ingest.times import example_of
from explorer.types import Table

_NAMES = words.TIME - {"at", "on", "start"}
_LONGEST = 60  # characters of a time, on average
_LEAST_LIKELY = 0.8  # of the cells
_FIRST_DAY, _LAST_DAY = 20_000, 80_000  # 1954 to 2119, counted from 1900 as spreadsheets do


def unread_times(table: Table, stats: Sequence[ColumnStats]) -> tuple[str, ...]:
    """A sentence on the first column whose name says that it is a time and whose cells look like one."""
    for column in stats:
        if not column.words & _NAMES or not column.n_filled or column.mean_length > _LONGEST:
            continue
        cells = table.cells.column(column.name)
        filled = cells.filter(pc.fill_null(pc.match_substring_regex(cells, r"\S"), False))
        expression = r"^\s*\d{5}(?:[.,]\d+)?\s*$" if column.is_number else r"\d"
        likely = filled.filter(pc.match_substring_regex(filled, expression))
        if len(likely) < _LEAST_LIKELY * len(filled) or (column.is_number and not _are_days(likely)):
            continue
        such = f"{counted(len(filled), 'cell')} such as {example_of(likely)} could not be read, so no times are shown."
        if column.is_number:
            return (
                f"{column.name!r} holds a spreadsheet's numbers of days: {such} Format it as a date and export it.",
            )
        return (f"{column.name!r} is called a time: {such} Dates such as 2024-03-01 09:00 can.",)
    return ()


def without_day(column: pa.ChunkedArray | None) -> str:
    """A sentence on the times of a log, none of which could be read, where they are hours without a day; else ""."""
    filled = pa.chunked_array([], pa.string()) if column is None else column.drop_null()
    clocks = filled.filter(pc.match_substring_regex(filled, r"^\W*\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?\W*$"))
    if not len(clocks) or len(clocks) < _LEAST_LIKELY * len(filled):
        return ""
    return f"{counted(len(clocks), 'time')} such as {example_of(clocks)} name no day, so no times are shown."


def _are_days(cells: pa.ChunkedArray) -> bool:
    numbers = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(cells), 0, 5).cast(pa.int64())
    return bool(pc.min(numbers).as_py() >= _FIRST_DAY and pc.max(numbers).as_py() <= _LAST_DAY)
