"""The table on a sheet: which rows are its header, which stand above and beneath it, and its cells as columns."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest.readers.base import BATCH_ROWS, MAX_COLUMNS, Tick, check_size, column_names, string_column
from explorer.ingest.readers.cell_types import column_types, contradictions
from explorer.ingest.readers.report_head import proven_header
from explorer.ingest.source import Source
from explorer.ingest.spool import Spool
from explorer.params import ReadParams
from explorer.types import Ints

HEAD_ROWS = 200  # that decide where the header is
_MAX_ABOVE = 60  # rows of titles and remarks above a header
_MAX_FOOTER = 10
_MAX_TEXT = 1 << 29  # characters of all cells: one text may be used by every cell of a sheet
_MAX_FILLED = 100_000_000
_MAX_WAITING = 2_000_000  # cells that have not become Arrow columns yet
_MAX_WAITING_TEXT = 1 << 26  # and their characters
_DATA = re.compile(r"\d{4}-\d\d-\d\d\b.*|\d{5,}|(?=.*\s).{120,}", re.DOTALL)  # no column is called so
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOTAL = re.compile(r"((grand |sub)?totals?|sum|summe|gesamt(summe)?|count|anzahl)( ?\(\d+\))?:?", re.IGNORECASE)


class SheetRow(NamedTuple):
    """A row with at least one filled cell: its 1-based number in the sheet, 0-based column -> text as shown, and
    whether the file itself says that it is one of names."""

    number: int
    cells: Mapping[int, str]
    is_header: bool = False


class Merge(NamedTuple):
    """Merged cells: first and last row (1-based) and column (0-based), all inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Header:
    """Where the header stands: ``titles`` of the columns that have one; ``rows`` are empty where there is none."""

    rows: tuple[int, ...]
    titles: Mapping[int, str]
    first_data: int  # row number from which rows are records
    above: tuple[int, ...] = ()  # rows with titles or remarks
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        if not self.rows:
            return "none"
        first, last = self.rows[0], self.rows[-1]
        return f"line {first}" if first == last else f"lines {first} to {last}"


def is_no_name(text: str) -> bool:
    """Whether a text is a date, a long number or prose, after which no column is called."""
    return _DATA.fullmatch(text.strip()) is not None


def find_header(rows: Sequence[SheetRow], merges: Sequence[Merge], params: ReadParams) -> Header | None:
    """The header among the first rows of a sheet; None where there are no rows."""
    first_line = params.first_line or 1
    below = [row for row in rows if row.number >= first_line]
    if not below:
        return None
    marked = _marked_header(below)
    at = 0 if params.first_line is not None else _likely_header(below, merges) if marked is None else marked
    above = tuple(row.number for row in rows if row.number < below[at].number)
    below = below[at:]
    is_marked = marked is not None and below[0].is_header
    if params.header_rows == 0 or (params.header_rows is None and not is_marked and _is_record(below[0], below[1:])):
        note = "There is no header; the columns are called after their position."
        return Header((), {}, below[0].number, above, (note,))
    if is_marked and params.header_rows is None:
        last = list(takewhile(lambda row: row.is_header, below))[-1].number
    else:
        last = _last_header_row(below, merges, params)
    # One-cell rows in a header of several are a title over the whole table.
    chosen = [row for row in below if row.number <= last]
    titles = _titles(chosen, merges)
    notes = ("The header has several rows; their names are joined by a slash.",) if len(chosen) > 1 else ()
    return Header(tuple(range(below[0].number, last + 1)), titles, last + 1, above, notes)


def _marked_header(rows: Sequence[SheetRow]) -> int | None:
    """The first row that the file says is a header, a title over all columns passed over; None where none is.

    Where every row says so, it means nothing.
    """
    if all(row.is_header for row in rows):
        return None
    least = min(2, max(len(row.cells) for row in rows))
    return next((n for n, row in enumerate(rows) if row.is_header and len(row.cells) >= least), None)


def _likely_header(rows: Sequence[SheetRow], merges: Sequence[Merge]) -> int:
    """The first row that is about as wide as the table, or the row of group names above it."""
    widths = [len(row.cells) for row in rows if len(row.cells) > 1]
    if not widths:
        return 0
    typical = median(widths)
    above = rows[: min(_MAX_ABOVE, len(rows) - 1)]
    if (proven := _proven(rows, typical)) is not None:
        return proven
    grouped = {m.bottom + 1 for m in merges if m.right > m.left}  # rows beneath a name for several columns
    at = next((n for n, row in enumerate(above) if _is_wide(row, rows[n + 1], typical, row.number in grouped)), 0)
    while at > 0 and _spans(rows[at - 1].number, merges, typical) and rows[at - 1].number == rows[at].number - 1:
        at -= 1
    return at


def _proven(rows: Sequence[SheetRow], typical: float) -> int | None:
    """The header below filters, totals or a small table of their own, where the rows beneath it prove it to be one."""
    left = min(min(row.cells) for row in rows)
    width = max(max(row.cells) for row in rows) - left + 1
    if width > min(MAX_COLUMNS, 2 * typical):
        return None
    cells = [[row.cells.get(column, "") for column in range(left, left + width)] for row in rows]
    gaps = [False, *(below.number > above.number + 1 for above, below in pairwise(rows))]
    return proven_header(cells, gaps, width)


def _is_wide(row: SheetRow, following: SheetRow, typical: float, is_grouped: bool) -> bool:
    """Whether a row can be the header: not "Made by: Ann", nor narrower than the table and apart from it."""
    if len(row.cells) < max(2, 0.6 * typical):
        return False
    is_remark = next(iter(row.cells.values())).rstrip().endswith(":")
    return len(row.cells) >= typical or is_grouped or not (is_remark or following.number > row.number + 1)


def _spans(number: int, merges: Sequence[Merge], typical: float) -> bool:
    """Whether a row has names for groups of columns; a name for all of them is a title."""
    wide = [m for m in merges if m.top == m.bottom == number and m.right > m.left]
    tall = any(m.top == number < m.bottom for m in merges)
    return (tall and bool(wide)) or any(m.right - m.left + 1 < 0.9 * typical for m in wide)


def _is_record(row: SheetRow, others: Sequence[SheetRow]) -> bool:
    """Whether a row that stands where a header would is a record: a cell that no column is called after, or numbers
    and dates where the rows below have them too."""
    if not others:
        return False
    return any(is_no_name(text) for text in row.cells.values()) or _is_like(row, others)


def _is_like(row: SheetRow, others: Sequence[SheetRow]) -> bool:
    """Whether a row has the types of those below it; numbers that count up from column to column are names."""
    columns = range(max(row.cells) + 1)
    if len(columns) > MAX_COLUMNS:
        return False
    types = column_types([[other.cells.get(column, "") for column in columns] for other in others], len(columns))
    n_other, n_same = contradictions([row.cells.get(column, "") for column in columns], types)
    if n_other or not n_same:
        return False
    numbers = [text.strip() for column, text in sorted(row.cells.items()) if types[column] == "number"]
    if any(_YEAR.fullmatch(number) for number in numbers):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(numbers) if a.isdecimal() and b.isdecimal()}
    return len(numbers) < 2 or len(steps) != 1


def _last_header_row(rows: Sequence[SheetRow], merges: Sequence[Merge], params: ReadParams) -> int:
    first = rows[0].number
    if params.header_rows is not None:
        return first + params.header_rows - 1
    tall = [m.bottom for m in merges if m.top == first < m.bottom <= first + 5]
    wide = any(m.top == m.bottom == first and m.right > m.left for m in merges)
    last = max([first + 1, *tall]) if wide else max([first, *tall])
    inside = [row for row in rows[1:] if first < row.number <= last]
    # Cells may be merged in a table's body as well: a header's second row looks like a header, and rows follow it.
    if last >= rows[-1].number or not inside or any(_is_record(row, rows) for row in inside):
        return first
    return last


def _titles(rows: Sequence[SheetRow], merges: Sequence[Merge]) -> dict[int, str]:
    """Names of the columns; several rows are joined as "Top / Sub", a merged cell counting for all that it covers."""
    wide = {(m.top, m.left): m.right for m in merges if m.right > m.left}
    parts: dict[int, list[str]] = {}
    for row in rows:
        for column, text in row.cells.items():
            shown = " ".join(text.split())
            last = wide.get((row.number, column), column) if len(rows) > 1 else column
            for covered in range(column, min(last, MAX_COLUMNS) + 1):
                names = parts.setdefault(covered, [])
                if shown and shown not in names[-1:]:
                    names.append(shown)
    return {column: " / ".join(names) for column, names in parts.items() if names}


@dataclass
class Body:
    """The records beneath a header. Iterate first; ``footer`` holds the rows that stood beneath the table, and
    ``repeated`` the header where it stands in the table once more, as at the top of each page of a report."""

    rows: Iterable[SheetRow]
    header: Header
    footer: list[SheetRow] = field(default_factory=list)
    repeated: list[SheetRow] = field(default_factory=list)

    def __iter__(self) -> Iterator[SheetRow]:
        held: deque[SheetRow] = deque()
        widths: deque[int] = deque(maxlen=HEAD_ROWS)
        for row in self.rows:
            if row.number < self.header.first_data:
                continue
            if row.is_header and row.cells.items() <= self.header.titles.items():
                self.repeated.append(row)
                continue
            held.append(row)
            if len(held) > _MAX_FOOTER:
                widths.append(len(held[0].cells))
                yield held.popleft()
        widths.extend(len(row.cells) for row in held)
        keep = self._n_records(list(held), median(widths) if widths else 0)
        self.footer = list(held)[keep:]
        yield from list(held)[:keep]

    def _n_records(self, last: Sequence[SheetRow], typical: float) -> int:
        """How many of the last rows are records: narrow rows after a gap, or with a total's name, are not."""
        keep = len(last)
        for n in range(len(last) - 1, 0, -1):
            is_narrow = len(last[n].cells) <= max(1, typical / 4) and typical >= 3
            has_gap = last[n].number > last[n - 1].number + 1
            first = next(iter(last[n].cells.values()))
            is_total = len(last[n].cells) < typical and _TOTAL.fullmatch(first.strip()) is not None
            if (is_narrow and has_gap) or is_total:
                keep = n
            elif not is_narrow:
                break
        return keep


class GridSink:
    """Collects rows of filled cells as Arrow string columns; any row may bring further columns."""

    def __init__(self, source: Source, tick: Tick) -> None:
        self.lines: list[int] = []
        self.n_repaired = 0
        self._source = source
        self._tick = tick
        self._rows: list[Mapping[int, str]] = []
        self._spool = Spool()
        self._n_columns = self._n_characters = self._n_cells = self._n_waiting = self._n_flushed = 0

    def add(self, row: SheetRow) -> None:
        self._rows.append(row.cells)
        self.lines.append(row.number)
        self._n_characters += sum(map(len, row.cells.values()))
        self._n_cells += len(row.cells)
        self._n_waiting += len(row.cells)
        if self._n_characters > _MAX_TEXT or self._n_cells > _MAX_FILLED:
            raise UnreadableFileError(
                f"{self._source.name} holds more than {_MAX_TEXT:,} characters or {_MAX_FILLED:,} filled cells. "
                "Split it, or export only the columns you need."
            )
        last = max(row.cells)
        if last >= MAX_COLUMNS:
            raise far_cell(self._source, row.number, last + 1)
        self._n_columns = max(self._n_columns, last + 1)
        is_full = self._n_waiting > _MAX_WAITING or self._n_characters - self._n_flushed > _MAX_WAITING_TEXT
        if len(self._rows) == BATCH_ROWS or is_full:
            self._flush()

    def finish(self, titles: Mapping[int, str]) -> tuple[pa.Table, Ints, list[str]]:
        """The table, the line of each row, and notes; columns with neither a name nor a cell are left out."""
        width = max([self._n_columns, *(column + 1 for column in titles)])
        check_size(self._source, 0, width)
        if self._rows or not self.lines:
            self._flush()
        table = self._spool.finish()
        filled = {int(name) for name in table.column_names}
        columns = sorted(filled | titles.keys())
        names, notes = column_names([titles.get(column, f"column {column + 1}") for column in columns], self._source)
        n_unnamed = sum(column not in titles for column in columns)
        if n_unnamed and titles:
            what = "1 column without a name is" if n_unnamed == 1 else f"{n_unnamed:,} columns without a name are"
            notes.append(f"{what} called after the position in the sheet.")
        empty = pa.nulls(table.num_rows, pa.string())
        arrays = [table.column(str(column)) if column in filled else empty for column in columns]
        made = pa.table(arrays, schema=pa.schema([(name, pa.string()) for name in names]))
        return made, np.asarray(self.lines, dtype=np.int64), notes

    def _flush(self) -> None:
        check_size(self._source, len(self.lines), self._n_columns)
        columns: dict[int, list[str | None]] = {}
        for position, row in enumerate(self._rows):
            for column, text in row.items():
                values = columns.get(column)
                if values is None:
                    values = columns[column] = [None] * len(self._rows)
                values[position] = text
        arrays: list[Any] = []
        for values in columns.values():
            array, n_repaired = string_column(values)
            arrays.append(array)
            self.n_repaired += n_repaired
        if arrays or not self._rows:
            schema = pa.schema([(str(column), pa.string()) for column in columns])
            self._spool.add(pa.table(arrays, schema=schema))
        self._rows, self._n_waiting, self._n_flushed = [], 0, self._n_characters
        self._tick(len(self.lines))


def far_cell(source: Source, row: int, column: int) -> InputError:
    """The refusal of a sheet whose last column is too far out to belong to a table."""
    return UnreadableFileError(
        f"{source.name} has a cell in row {row:,}, column {column:,}, far from the others. "
        "Delete the empty rows and columns behind the data and save it again, or save it as CSV."
    )
