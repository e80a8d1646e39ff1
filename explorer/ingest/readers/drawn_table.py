"""Tables drawn with bars and lines: Markdown, and what mysql, psql and other programs print on a console.

A table is taken where a line drawn below its header says how many columns there are and nearly all of the file is its
rows. Cells lose the spaces that pad them; lines that are only drawn are no rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.errors import InputError
from explorer.ingest.readers.base import (
    MAX_COLUMNS,
    Confidence,
    FileRows,
    RowSink,
    Tick,
    column_names,
    rejected_row,
    report,
)
from explorer.ingest.readers.drawn_shapes import Shape, drawn_kind, find_shape, joined_names
from explorer.ingest.readers.rows import AFTER, AGAIN, BEFORE
from explorer.ingest.readers.text_lines import head_lines, numbered_lines
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_MOST_SHOWN = 400  # lines of the head that are looked at
_MOST_JOINED = 200  # lines of one row
_NEVER_CLOSED = "a row that is never closed"


class DrawnTableReader:
    """Reads the first table of a text, and lists everything around it."""

    name = "drawn table"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text or source.params.is_about_tables or "|" not in source.head.replace("│", "|"):
            return Confidence.NO
        lines = head_lines(source)[:_MOST_SHOWN]
        shape = find_shape(lines)
        if shape is None or len(shape.names) > MAX_COLUMNS or not any(shape.names):
            return Confidence.NO
        kinds = [drawn_kind(line) for line in lines]
        rows = [shape.cells(line) for line, kind in zip(lines, kinds, strict=True) if not kind]
        n_rows = sum(row is not None and len(row) == len(shape.names) for row in rows)
        is_sure = n_rows >= 2 and len(rows) - n_rows <= max(3, 0.2 * len(lines))
        return Confidence.PLAIN if is_sure else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        shape = find_shape(head_lines(source)[:_MOST_SHOWN])
        if shape is None:
            raise InputError(f"{source.name} holds no drawn table. Check how it was exported.")
        names, name_notes = column_names(shape.names, source)
        rows = _Rows(source, shape, RowSink(names, tick))
        for number, line in numbered_lines(source):
            rows.take(line, number)
        rows.finish()
        cells, lines = rows.sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=len(rows.rejected),
            encoding=source.encoding.name,
            header=f"line {rows.header_line}",
            n_cells_repaired=rows.sink.n_repaired,
            notes=(*source.encoding.notes, *name_notes, *rows.notes()),
        )
        return FileRows(cells, lines, made, tuple(rows.rejected))


class _Rows:
    """Puts the lines of a drawn table together to rows."""

    def __init__(self, source: Source, shape: Shape, sink: RowSink) -> None:
        self.sink = sink
        self.rejected: list[RejectedRow] = []
        self.header_line = 0
        self._source = source
        self._shape = shape
        self._width = len(shape.names)
        self._row: list[list[str]] = []  # the lines of the row that is being read
        self._row_line = 0
        self._goes_on = False
        self._in_header = False  # of a grid
        self._in_table = False  # the line above belongs to a table
        self._unclosed: list[tuple[int, str]] = []
        self._other_table = 0  # the line at which it begins
        self._n_joined = 0

    def take(self, line: str, number: int) -> None:
        """One line that is not blank."""
        if self._unclosed:
            self._take_unclosed(line, number)
        elif drawn_kind(line) and drawn_kind(line) == self._shape.kind:
            self._take_rule()
        elif (cells := self._shape.cells(line)) is not None:
            self._take_cells(cells, line, number)
        elif self._shape.opens_row(line) and self.header_line:
            self._end_row()
            self._unclosed = [(number, line)]
        else:
            self._end_row()
            self._reject(number, line, AFTER if self.header_line else BEFORE)
            self._in_table = False

    def finish(self) -> None:
        """At the end of the file."""
        self._end_row()
        for number, line in self._unclosed:
            self._reject(number, line, _NEVER_CLOSED)

    def notes(self) -> list[str]:
        """What was left out or put together."""
        notes = ["Lines and bars that are only drawn, and the spaces that pad cells, were left out."]
        if self._n_joined:
            lines = "1 line was" if self._n_joined == 1 else f"{self._n_joined:,} lines were"
            notes.append(f"{lines} joined to the row above.")
        if self._other_table:
            notes.append(
                f"Another table begins at line {self._other_table:,}; it was set aside. Put it into a file of its own."
            )
        return notes

    def _take_rule(self) -> None:
        """A drawn line: below the header, or above it in a grid; in a grid also between rows and below the last."""
        is_grid = self._shape.kind == "grid"
        if is_grid and not self._in_table:
            self._end_row()
            self._in_header = True
        elif self._in_header or not is_grid:
            self._take_header()
            self._in_header = False
        else:
            self._end_row()
        self._in_table = True

    def _take_header(self) -> None:
        """The lines above a drawn line are names."""
        rows, line = self._row, self._row_line
        self._row = []
        if not rows:
            return
        names = joined_names(rows) if len({len(row) for row in rows}) == 1 else ()
        if not self.header_line and names == self._shape.names:
            self.header_line = line
        elif names == self._shape.names:
            self._reject(line, " | ".join(names), AGAIN)
        else:
            self._other_table = self._other_table or line
            self._reject(line, " | ".join(cell.strip() for row in rows for cell in row), self._of_other())

    def _take_cells(self, cells: list[str], line: str, number: int) -> None:
        is_more = self._row and (self._in_header or self._goes_on or (self._shape.in_blocks and self.header_line))
        if is_more and len(cells) == len(self._row[0]) and len(self._row) < _MOST_JOINED:
            self._row.append(cells)
        else:
            self._end_row()
            self._row, self._row_line = [cells], number
        self._goes_on = self._shape.goes_on(line)
        self._in_table = True

    def _take_unclosed(self, line: str, number: int) -> None:
        """A line behind one that opened a row without closing it."""
        begins_anew = drawn_kind(line) == "grid" or self._shape.cells(line) is not None
        if begins_anew or len(self._unclosed) >= _MOST_JOINED:
            unclosed, self._unclosed = self._unclosed, []
            for place, part in unclosed:
                self._reject(place, part, _NEVER_CLOSED)
            self.take(line, number)
            return
        self._unclosed.append((number, line))
        cells = self._shape.cells("\n".join(part for _, part in self._unclosed))
        if cells is not None and len(cells) == self._width:
            self._n_joined += len(self._unclosed) - 1
            self._row, self._row_line, self._unclosed = [cells], self._unclosed[0][0], []
            self._end_row()

    def _end_row(self) -> None:
        """What was read of a row is all of it."""
        rows, self._row, self._goes_on = self._row, [], False
        if not rows:
            return
        cells = [_joined([row[i] for row in rows]) for i in range(len(rows[0]))]
        written = " | ".join(cells)
        if self._other_table:
            self._reject(self._row_line, written, self._of_other())
        elif not self.header_line:
            self._reject(self._row_line, written, BEFORE)
        elif len(cells) > self._width and any(cells[self._width :]):
            self._reject(self._row_line, written, f"{len(cells)} cells where the header has {self._width}")
        else:
            self._n_joined += len(rows) - 1
            missing = [None] * (self._width - len(cells))
            self.sink.add([*cells[: self._width], *missing], self._row_line)

    def _of_other(self) -> str:
        return f"part of another table, which begins at line {self._other_table:,}"

    def _reject(self, number: int, line: str, reason: str) -> None:
        self.rejected.append(rejected_row(self._source, number, reason, line))


def _joined(parts: Sequence[str]) -> str:
    """The lines of one cell, without the plus signs that say that it goes on."""
    lines = [part.rstrip() for part in parts]
    whole = [line.removesuffix("+") if i + 1 < len(lines) else line for i, line in enumerate(lines)]
    return "\n".join(line.strip() for line in whole).strip()
