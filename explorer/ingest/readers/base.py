"""What a reader of one format is, and the pieces all readers build their result from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from explorer.errors import UnreadableFileError
from explorer.ingest.source import Source
from explorer.ingest.spool import Spool
from explorer.types import Ints, ReadReport, RejectedRow

MAX_COLUMNS = 10_000
MAX_CELLS = 200_000_000
BATCH_ROWS = 20_000
_HELD_ROWS = 4_000  # few enough that the garbage collector does not walk through them again and again
_KEPT_ROWS = 60  # that can be taken back
_BATCH_CELLS = 1_000_000  # held as Python strings before they go into Arrow
MAX_REJECTED_TEXT = 2_000

Tick = Callable[[int], None]  # told how many rows were read so far


class Confidence(IntEnum):
    """How sure a reader is that a file is its own; the surest reader gets the file."""

    NO = 0  # cannot be
    FALLBACK = 1  # can be read so, as almost any text can
    LIKELY = 2  # the content looks like it
    NAMED = 3  # the name says so and the content does not speak against it
    PLAIN = 4  # the content leaves no doubt, whatever the name says


class FileRows(NamedTuple):
    """The rows of one file: string columns, the 1-based line of each row, and what was decided."""

    cells: pa.Table
    lines: Ints
    report: ReadReport
    rejected: tuple[RejectedRow, ...]


class Reader(Protocol):
    """One format. ``is_lines``: every line of the file is a record, there are no columns."""

    name: str
    is_lines: bool

    def sniff(self, source: Source) -> Confidence:
        """How sure the reader is that the file is its own. Never raises for strange content."""
        ...

    def read(self, source: Source, tick: Tick) -> FileRows:
        """All rows. Raises InputError, in one sentence, when the file cannot be used as a whole."""
        ...


@dataclass
class RowSink:
    """Collects rows as Arrow string columns, batch by batch, so that Python objects do not pile up."""

    names: Sequence[str]
    tick: Tick

    def __post_init__(self) -> None:
        self._rows: list[Sequence[str | None]] = []
        self._spool = Spool()
        self._lines: list[int] = []
        self._full_lines: list[Ints] = []
        self._n_flushed = 0
        self._batch = _KEPT_ROWS + max(1, min(_HELD_ROWS, _BATCH_CELLS // max(len(self.names), 1)))
        self.n_repaired = 0

    def add(self, cells: Sequence[str | None], line: int) -> None:
        """One row with exactly one cell per name."""
        if len(self._rows) == self._batch:
            self._flush(self._batch - _KEPT_ROWS)
        self._rows.append(cells)
        self._lines.append(line)

    def last(self) -> tuple[Sequence[str | None], int] | None:
        """The row added last and its line; None when there is none, or when too many were taken back."""
        return (self._rows[-1], self._lines[-1]) if self._rows else None

    def pop(self) -> tuple[Sequence[str | None], int]:
        """Take back the row added last."""
        return self._rows.pop(), self._lines.pop()

    def finish(self) -> tuple[pa.Table, Ints]:
        if self._rows or not self._full_lines:
            self._flush(len(self._rows))
        return self._spool.finish(), np.concatenate(self._full_lines)

    def _flush(self, n: int) -> None:
        rows, lines = self._rows[:n], self._lines[:n]
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.names)
        table, n_repaired = string_table(self.names, columns)
        self._spool.add(table)
        self._full_lines.append(np.asarray(lines, dtype=np.int64))
        self._n_flushed += n
        self.n_repaired += n_repaired
        self._rows, self._lines = self._rows[n:], self._lines[n:]
        if not self._rows or self._n_flushed % BATCH_ROWS < n:
            self.tick(self._n_flushed)


def string_table(names: Sequence[str], columns: Iterable[Sequence[str | None]]) -> tuple[pa.Table, int]:
    """An Arrow table of string columns, and how many cells had to be repaired to fit into one."""
    arrays: list[Any] = []
    n_repaired = 0
    for column in columns:
        array, n = string_column(column)
        arrays.append(array)
        n_repaired += n
    return pa.table(arrays, schema=pa.schema([(name, pa.string()) for name in names])), n_repaired


def string_column(values: Sequence[str | None]) -> tuple[Any, int]:
    """An Arrow string array; NUL characters and lone surrogates, which no report can carry, become U+FFFD."""
    try:
        array = pa.array(values, pa.string())
    except UnicodeEncodeError:
        array = None
    if array is not None and not _has_nul(array):
        return array, 0
    repaired = [None if value is None else repair_text(value) for value in values]
    n_repaired = sum(a != b for a, b in zip(values, repaired, strict=True))
    return pa.array(repaired, pa.string()), n_repaired


def _has_nul(array: Any) -> bool:
    """Whether any text of a string array, as ``pa.array`` has just made it, holds a NUL."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]  # more than 2 GB come in chunks
    letters = [chunk.buffers()[2] for chunk in chunks]
    return any(part is not None and part.size and np.frombuffer(part, np.uint8).min() == 0 for part in letters)


def repair_text(text: str) -> str:
    """The text with NUL characters and lone surrogates as U+FFFD."""
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return paired.replace("\x00", "\ufffd")


def rejected_row(source: Source, line: int, reason: str, text: str) -> RejectedRow:
    """What was set aside, cut to what a report can carry."""
    return RejectedRow(source.name, line, reason, repair_text(text[:MAX_REJECTED_TEXT]))


def column_names(header: Sequence[str], source: Source) -> tuple[list[str], list[str]]:
    """Names that are unique and never empty, and notes about those that had to be changed.

    Raises UnreadableFileError when there are too many columns to be a table of records.
    """
    check_size(source, 0, len(header))
    taken = {" ".join(repair_text(name).split()) for name in header}
    names: list[str] = []
    used: set[str] = set()
    n_empty = n_repeated = 0
    n_repaired = sum(repair_text(name) != name for name in header)
    for position, raw in enumerate(header, start=1):
        base = " ".join(repair_text(raw).split())
        n_empty += not base
        base = base or f"column {position}"
        name, copy = base, 2
        n_repeated += base in used
        while name in used or (name != base and name in taken):
            name, copy = f"{base} ({copy})", copy + 1
        used.add(name)
        names.append(name)
    notes = []
    if n_empty:
        notes.append(f"{_columns(n_empty)} without a name {'is' if n_empty == 1 else 'are'} called after the position.")
    if n_repaired:
        notes.append(f"{_columns(n_repaired)} had NUL bytes or damaged characters in the name, which show as \ufffd.")
    if n_repeated:
        notes.append(f"{_columns(n_repeated)} with a repeated name got a number.")
    return names, notes


def _columns(n: int) -> str:
    return "1 column" if n == 1 else f"{n:,} columns"


def check_size(source: Source, n_rows: int, n_columns: int) -> None:
    """Refuse what would not fit into memory before it is read."""
    if n_columns > MAX_COLUMNS:
        raise UnreadableFileError(
            f"{source.name} has {n_columns:,} columns, more than the {MAX_COLUMNS:,} we read. "
            "Check the delimiter, or export only the columns you need."
        )
    if n_rows * n_columns > MAX_CELLS:
        raise UnreadableFileError(
            f"{source.name} declares {n_rows:,} rows and {n_columns:,} columns, more than the {MAX_CELLS:,} cells "
            "we read. Split it, or export only the columns you need."
        )


def report(source: Source, format: str, *, n_kept: int, n_rejected: int, **details: Any) -> ReadReport:
    """A report whose counts add up; ``details`` are further fields of ReadReport."""
    notes = (*source.notes, *details.pop("notes", ()))
    defaults: dict[str, Any] = {"encoding": None, "delimiter": None, "sheet": None} | details
    return ReadReport(
        source=source.name,
        format=format,
        n_rows_read=n_kept + n_rejected,
        n_rows_kept=n_kept,
        n_rows_rejected=n_rejected,
        notes=notes,
        **defaults,
    )
