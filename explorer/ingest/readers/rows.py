"""Fits the records of a delimited text to its columns, and sets aside with a reason what is no record."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Sequence

from explorer.ingest.readers.base import RowSink, rejected_row
from explorer.ingest.readers.cell_types import CellType, cell_type, contradictions, is_name_like, is_typed
from explorer.ingest.readers.dialect import Dialect
from explorer.ingest.readers.footers import MOST_ROWS, footer_start, is_sparse
from explorer.ingest.readers.layout import Layout
from explorer.ingest.readers.records import MAX_TEXT, Record, noted_lines
from explorer.ingest.source import Source
from explorer.types import RejectedRow

BEFORE = "before the header"
UNITS = "units or types below the header"
AGAIN = "the header once more"
AFTER = "after the table"
RULED = "a line drawn between rows"
COMMENT = "a comment"
NULS = "nothing but NUL bytes"
BLANK = "nothing but white space"
END_MARK = "the mark that ends a DOS file"

_OTHER_DELIMITERS = ",;\t| "
_RULED = re.compile(r"[\s|+]*[-=_*~][-=_*~\s|+:]{2,}")
_END_MARK = "\x1a"  # of a text file of DOS


class TableRows:
    """Puts records into ``sink``: short ones are filled up, too long ones and those that are no records rejected.

    Short records are held back until a whole one follows: at the end of the file they may be a footer.
    """

    def __init__(self, source: Source, sink: RowSink, layout: Layout, dialect: Dialect) -> None:
        self.sink = sink
        self.rejected: list[RejectedRow] = []
        self._source = source
        self._dialect = dialect
        self._width = len(sink.names)
        unknown: list[CellType] = ["text"] * self._width
        self._types = (*layout.types, *unknown)[: self._width]
        self._n_typed = sum(map(is_typed, self._types))
        self._has_hashes = layout.has_hashes
        self._units_line = layout.units_line
        self._first_line = layout.first_line
        self._n_header_left = layout.n_header_rows
        self._header: list[list[str]] = []
        self._probe = -1  # a typed column, in which a name is easily told from a value
        self._held: deque[Record] = deque()
        self._other_table = 0  # the line at which another table begins
        self._short_lines: list[int] = []
        self._trimmed_lines: list[int] = []
        self._other_delimiter_lines: list[int] = []
        self._suspect: Record | None = None  # a row of names, until the row behind it is seen
        self._name_lines: list[int] = []
        self._n_long = 0
        self._add = sink.add

    def reject_above(self, text: str) -> None:
        """Set aside the lines of a long preamble."""
        for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
            if line.strip():
                self._reject(Record([line], number, line), BEFORE)

    def take_top(self, record: Record) -> bool:
        """Take a record from the top of the file; False when the header is complete and records follow."""
        if record.line < self._first_line:
            self._reject(record, BEFORE)
            return True
        if self._n_header_left:
            self._n_header_left -= 1
            self._header.append(record.cells)
            self._set_probe(record.cells)
        elif record.line == self._units_line:
            self._reject(record, UNITS)
        else:
            self.take_any(record)
            return False
        return bool(self._n_header_left) or self._units_line is not None

    def _set_probe(self, header: Sequence[str]) -> None:
        names = [*header, *[""] * self._width][: self._width]
        typed = [i for i, kind in enumerate(self._types) if is_typed(kind) and names[i][:1].isalpha()]
        numbers = [i for i in typed if self._types[i] in ("number", "time")]
        self._probe = (numbers or typed or [-1])[0] if self._n_typed else -1

    def take_any(self, record: Record) -> None:
        """A record of any width."""
        if len(record.cells) == self._width and not record.problem:
            self.take(record.cells, record.line)
        else:
            self.take_odd(record)

    def take(self, cells: list[str], line: int) -> None:
        """A record of the usual width."""
        if self._held:
            self._settle()
        if self._suspect is not None:
            self._judge_suspect(cells)
        if (cells[self._probe][:1].isalpha() if self._probe >= 0 else cells in self._header) or self._other_table:
            record = Record(cells, line, (self._dialect.delimiter or "").join(cells))
            reason = self._why_no_record(record)
            if reason:
                self._reject(record, reason)
                return
            if self._suspect is not None:
                return
        self._add(cells, line)

    def take_odd(self, record: Record) -> None:
        """A record that is broken, or wider or narrower than the table."""
        cells = record.cells
        if self._suspect is not None:
            self._judge_suspect(cells)
        if not self._other_table and not record.problem and (split := self._split_otherwise(record)) is not None:
            self._settle()
            self._other_delimiter_lines.append(record.line)
            self.sink.add(split, record.line)
            return
        reason = record.problem or self._why_no_record(record)
        if self._suspect is not None:
            return
        self._take_misfit(record, reason)

    def _take_misfit(self, record: Record, reason: str) -> None:
        cells = record.cells
        if not reason and len(cells) < self._width:
            if not self._has_hashes and record.text.lstrip().startswith("#") and cell_type(cells[0]) == "text":
                reason = COMMENT
            elif _RULED.fullmatch(record.text):
                reason = RULED
            elif not record.text.strip("\x00 \t\r\n"):
                reason = NULS if "\x00" in record.text else BLANK
            elif self._is_end_mark(cells):
                reason = END_MARK
        if reason:
            self._settle()
            self._reject(record, reason)
        elif len(cells) < self._width:
            self._held.append(record)
            if len(self._held) > MOST_ROWS:
                self._add_short(self._held.popleft())
        elif any(cell.strip() for cell in cells[self._width :]) or self._is_shifted(cells):
            self._settle()
            self._n_long += 1
            self._reject(record, f"{len(cells)} fields where the header has {self._width}")
        else:
            self._settle()
            self._trimmed_lines.append(record.line)
            self.sink.add(cells[: self._width], record.line)

    def finish(self) -> None:
        """At the end of the file: what is held back is a footer, or short records after all."""
        if self._suspect is not None:
            self._release_suspect()
        self._take_last_table()
        self._take_footer()
        self.rejected.sort(key=lambda row: row.line)

    def _take_last_table(self) -> None:
        """Sets aside another table at the end: names below a blank line, then rows of their number of cells only."""
        held = list(self._held)
        for position, record in enumerate(held[:-1]):
            n_cells = len(record.cells)
            n_other, n_same = contradictions(record.cells, self._types)
            is_head = record.is_after_blank and n_cells > 1 and is_name_like(record.cells)
            if not is_head or not n_other or n_same or not all(map(_is_name, record.cells)):
                continue
            if all(len(other.cells) == n_cells for other in held[position + 1 :]):
                self._other_table = record.line
                for other in held[position:]:
                    self._reject(other, self._why_no_record(other))
                    self._held.pop()
                return

    def _take_footer(self) -> None:
        """Sets totals and remarks below the table aside."""
        whole: list[tuple[Sequence[str | None], int]] = []
        while len(whole) < MOST_ROWS and (last := self.sink.last()) is not None:
            if self._is_end_mark(last[0]):
                self._reject(self._as_record(*self.sink.pop()), END_MARK)
                continue
            if self._width < 3 or not is_sparse([cell or "" for cell in last[0]]):
                break
            whole.append(self.sink.pop())
        whole.reverse()
        tail = [self._as_record(*row) for row in whole] + list(self._held)
        blanks = [record.is_after_blank for record in tail]
        start = footer_start([record.cells for record in tail], blanks, self._width, self._types)
        for cells, line in whole[:start]:
            self.sink.add(cells, line)
        for record in tail[len(whole) : max(start, len(whole))]:
            self._add_short(record)
        self._held.clear()
        below = {record.line for record in tail[start:]}
        self._short_lines = [line for line in self._short_lines if line not in below]
        for record in tail[start:]:
            self._reject(record, AFTER)

    def _as_record(self, cells: Sequence[str | None], line: int) -> Record:
        filled = [cell or "" for cell in cells]
        return Record(filled, line, (self._dialect.delimiter or "").join(filled))

    @staticmethod
    def _is_end_mark(cells: Sequence[str | None]) -> bool:
        return any(cells) and all(not cell or not cell.strip(_END_MARK) for cell in cells)

    def notes(self) -> list[str]:
        """What was done with rows that do not fit."""
        notes = []
        if self._short_lines:
            rows = _rows(self._short_lines, "has", "have")
            where = noted_lines(self._short_lines)
            notes.append(f"{rows} fewer fields than the header; the missing cells are left empty ({where}).")
        if self._trimmed_lines:
            rows, where = _rows(self._trimmed_lines, "ends", "end"), noted_lines(self._trimmed_lines)
            notes.append(f"{rows} with empty fields beyond the header, which were left out ({where}).")
        if self._other_delimiter_lines:
            rows, where = _rows(self._other_delimiter_lines, "has", "have"), noted_lines(self._other_delimiter_lines)
            notes.append(f"{rows} another delimiter and were split by that one ({where}).")
        if self._n_long:
            one = self._n_long == 1
            notes.append(
                f"{'1 row has' if one else f'{self._n_long:,} rows have'} more fields than the header and "
                f"{'was' if one else 'were'} set aside. If a text holds the delimiter, export it with quotes or with "
                "another delimiter."
            )
        if self._name_lines:
            rows, where = _rows(self._name_lines, "reads", "read"), noted_lines(self._name_lines)
            notes.append(f"{rows} like the header of another table, but the rows around fit this one ({where}).")
        if self._other_table:
            notes.append(
                f"Another table begins at line {self._other_table:,}; it was set aside. Put it into a file of its own."
            )
        return notes

    def _why_no_record(self, record: Record) -> str:
        """A reason to set a row aside that holds names where the table holds values, or "".

        Names that are not those of the header may begin another table, which the row behind them shows.
        """
        cells = record.cells
        if self._other_table:
            return f"part of another table, which begins at line {self._other_table:,}"
        if not self._header:
            return ""
        if cells in self._header:
            n_words = sum(len(name) > 1 and name[:1].isalpha() for name in cells)
            return AGAIN if self._width > 1 and n_words >= 0.5 * len(cells) else ""
        if self._n_typed < 2 or len(cells) < 2 or not is_name_like(cells):
            return ""
        n_other, n_same = contradictions(cells, self._types)
        if n_same or n_other < max(2, sum(map(is_typed, self._types[: len(cells)]))) or not all(map(_is_name, cells)):
            return ""
        self._suspect = record
        return ""

    def _judge_suspect(self, following: Sequence[str]) -> None:
        """Names in the middle of a table begin another one, unless the row behind them fits this one."""
        suspect = self._suspect
        assert suspect is not None
        n_other, n_same = contradictions(following, self._types)
        if len(following) == self._width and n_same and not n_other:
            self._release_suspect()
        else:
            self._suspect = None
            self._settle()
            self._other_table = suspect.line
            self._reject(suspect, self._why_no_record(suspect))

    def _release_suspect(self) -> None:
        suspect, self._suspect = self._suspect, None
        assert suspect is not None
        self._name_lines.append(suspect.line)
        if len(suspect.cells) == self._width:
            self._add(suspect.cells, suspect.line)
        else:
            self._take_misfit(suspect, "")

    def _is_shifted(self, cells: Sequence[str]) -> bool:
        """Whether a row with an empty field too many has it in the middle: its values stand under the wrong names."""
        row = cells[: self._width]
        in_unused = any(kind == "empty" and cell.strip() for cell, kind in zip(row, self._types, strict=False))
        return in_unused or contradictions(row, self._types)[0] > 0

    def _split_otherwise(self, record: Record) -> list[str] | None:
        """Cells of a row that is written with another delimiter than the others; None unless the types agree."""
        if self._n_typed < 2 or self._width < 3 or len(record.text) >= MAX_TEXT or "\n" in record.text:
            return None
        for delimiter in _OTHER_DELIMITERS:
            if delimiter == self._dialect.delimiter or record.text.count(delimiter) < self._width - 1:
                continue
            try:
                quote = self._dialect.quote or None
                reader = (
                    csv.reader([record.text], delimiter=delimiter, quotechar=quote, strict=True)
                    if quote
                    else csv.reader([record.text], delimiter=delimiter, quoting=csv.QUOTE_NONE)
                )
                [cells] = reader
            except (csv.Error, ValueError):
                continue
            n_other, n_same = contradictions(cells, self._types)
            if len(cells) == self._width and n_same >= max(2, 0.5 * self._n_typed) and not n_other:
                return cells
        return None

    def _settle(self) -> None:
        while self._held:
            self._add_short(self._held.popleft())

    def _add_short(self, record: Record) -> None:
        self._short_lines.append(record.line)
        self.sink.add([*record.cells, *[None] * (self._width - len(record.cells))], record.line)

    def _reject(self, record: Record, reason: str) -> None:
        self.rejected.append(rejected_row(self._source, record.line, reason, record.text))


def _is_name(cell: str) -> bool:
    name = cell.strip()
    return not name or (len(name) <= 40 and (name[0].isalpha() or name[0] == "_"))


def _rows(lines: Sequence[int], one: str, many: str) -> str:
    return f"1 row {one}" if len(lines) == 1 else f"{len(lines):,} rows {many}"
