"""Logs whose records are blocks of several lines or elements: what their readers have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from explorer.ingest.log_columns import COMPONENT, LEVEL, LINE, MAIN_COLUMNS, MESSAGE, TIME
from explorer.ingest.readers.base import FileRows, Tick, rejected_row, repair_text, report, string_table
from explorer.ingest.source import Source
from explorer.ingest.spool import Spool
from explorer.types import Ints, RejectedRow

MAX_FIELDS = 300  # columns of one log; what has more has names that are values
_BATCH = 4_000  # records held as Python objects

Fields = dict[str, str]


class Block(NamedTuple):
    """One record: its first line (1-based), the text as it stands in the file, its fields, and what is wrong or ""."""

    line: int
    raw: str
    fields: Mapping[str, str | None]
    problem: str = ""


def read_blocks(source: Source, blocks: Iterable[Block], tick: Tick) -> BlockLog:
    """All blocks, each a record or set aside; call ``finish`` of what is returned for the result."""
    log = BlockLog(source, tick)
    for block in blocks:
        log.take(block)
    return log


def put(fields: Fields, name: str, value: str) -> None:
    """Add a field; further values of the same name stand below the first."""
    fields[name] = f"{fields[name]}\n{value}" if fields.get(name) else value


def main_columns(
    fields: Fields, *, time: str | None, level: str | None, component: str | None, message: str | None
) -> dict[str, str | None]:
    """The columns that every log has, and the other fields beside them."""
    main = {TIME: time, LEVEL: level, COMPONENT: component, MESSAGE: message}
    return {name: value or None for name, value in main.items()} | {
        _column_name(name): value for name, value in fields.items() if value
    }


def take_first(fields: Fields, names: Sequence[str]) -> str | None:
    """The first of the fields that has a value, taken out."""
    for name in names:
        if fields.get(name):
            return fields.pop(name)
    return None


@lru_cache(maxsize=4096)
def _column_name(name: str) -> str:
    """A name that is a column's beside those that every log has."""
    clean = " ".join(repair_text(name).split()) or "field"
    return f"{clean} (field)" if clean in MAIN_COLUMNS else clean


class BlockLog:
    """Collects records as Arrow columns, batch by batch, in the order of the file."""

    def __init__(self, source: Source, tick: Tick) -> None:
        self.rejected: list[RejectedRow] = []
        self._source = source
        self._tick = tick
        self._rows: list[Mapping[str, str | None]] = []
        self._spool = Spool()
        self._lines: list[int] = []
        self._names: dict[str, None] = dict.fromkeys(MAIN_COLUMNS)
        self._left_out: set[str] = set()
        self._n_repaired = 0

    def take(self, block: Block) -> None:
        """One record, or what is set aside with the reason why."""
        if block.problem:
            self.rejected.append(rejected_row(self._source, block.line, block.problem, block.raw))
            return
        for name in block.fields:
            if name not in self._names:
                if len(self._names) < MAX_FIELDS:
                    self._names[name] = None
                else:
                    self._left_out.add(name)
        self._rows.append({LINE: block.raw, **block.fields})
        self._lines.append(block.line)
        if len(self._rows) == _BATCH:
            self._flush()

    def finish(self, format: str, encoding: str | None, notes: Sequence[str]) -> FileRows:
        """The columns that have any value, the main ones first."""
        if self._rows or not self._lines:
            self._flush()
        cells = self._spool.finish()
        kept = [
            name
            for name in self._names
            if name == LINE or (name in cells.column_names and cells.column(name).null_count < cells.num_rows)
        ]
        if self._left_out:
            n = len(self._left_out)
            notes = [*notes, f"{n:,} of the different fields got no column; they stand in the record's line."]
        lines: Ints = np.asarray(self._lines, dtype=np.int64)
        made = report(
            self._source,
            format,
            n_kept=len(lines),
            n_rejected=len(self.rejected),
            encoding=encoding,
            n_cells_repaired=self._n_repaired,
            notes=notes,
        )
        return FileRows(cells.select(kept), lines, made, tuple(self.rejected))

    def _flush(self) -> None:
        present = {LINE: None} | dict.fromkeys(name for row in self._rows for name in row)
        names = [name for name in present if name in self._names]
        table, n_repaired = string_table(names, [[row.get(name) for row in self._rows] for name in names])
        self._spool.add(table)
        self._n_repaired += n_repaired
        self._rows = []
        self._tick(len(self._lines))
