"""Records of a delimited text, with the line each begins on, and what to do where quotes are broken.

The standard ``csv`` module reads everything that is well formed. Where it stops, at a quote inside a quoted cell
or at one that is never closed, the record is read again by a looser rule; if that fails too, only the one line is
set aside and reading goes on behind it, so that a single quote never swallows the rest of a file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from explorer.ingest.readers.dialect import NO_DELIMITER

# StringIO takes 4 bytes per character, so a large text goes through it in pieces. Reading starts anew behind every
# broken record, so the first piece is small.
_FIRST_PIECE = 8 << 10
_LARGEST_PIECE = 8 << 20
_LOOSE_REACH = 1 << 20  # how far a broken record may reach
_LOOSE_BUDGET = 1 << 28  # characters read loosely in one file: keeps hostile files linear
_MANY_LINES = 20

NEVER_CLOSED = "a quote opened here is never closed"


class Record(NamedTuple):
    """One record: its cells, its first line (1-based), where it stands in the text, and what is wrong or ""."""

    cells: list[str]
    line: int
    start: int
    end: int
    problem: str = ""


class RecordReader:
    """Iterates over the records of ``text`` from character ``start``; blank lines are passed over.

    ``width`` is the number of columns once it is known; it decides whether a broken record was understood.
    """

    def __init__(self, text: str, delimiter: str | None, start: int = 0) -> None:
        self.width = 0
        self._text = text
        self._delimiter = delimiter or NO_DELIMITER
        self._position = start
        self._line = 1 + text.count("\n", 0, start)
        self._loose = _loose_cell(self._delimiter)
        self._loose_budget = _LOOSE_BUDGET
        self._is_left_open = False  # the next record is known to begin with a quote that is never closed
        self._n_inner_quotes = 0
        self._open_quotes: list[int] = []
        self._records = self._iterate()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def read_header(self) -> Record | None:
        """The first record, or None when there is no text."""
        return next(self._records, None)

    def text_of(self, record: Record) -> str:
        """A record as it stands in the file."""
        return self._text[record.start : record.end].rstrip("\r\n")

    def notes(self) -> list[str]:
        notes = []
        if self._n_inner_quotes:
            rows = "1 row has" if self._n_inner_quotes == 1 else f"{self._n_inner_quotes:,} rows have"
            notes.append(f"{rows} single quotes inside quoted cells; they were read as part of the text.")
        if self._open_quotes:
            n, first = len(self._open_quotes), self._open_quotes[0]
            what = f"Line {first} opens" if n == 1 else f"{n:,} lines (the first is line {first}) open"
            notes.append(f"{what} a quote that is never closed; the quote was read as part of the text.")
        return notes

    def _iterate(self) -> Iterator[Record]:
        while self._position < len(self._text):
            yield from self._well_formed()
            if self._position < len(self._text):
                yield self._broken()

    def _well_formed(self) -> Iterator[Record]:
        """Records up to the first broken one, before which ``_position`` then stands."""
        lines = _Lines(self._text, self._position)
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        base = self._line
        try:
            for cells in reader:
                start, end = self._position, lines.position()
                line, next_line = self._line, base + reader.line_num
                if next_line - line > _MANY_LINES and self._swallowed_records(start, end):
                    self._is_left_open = True
                    return
                self._position, self._line = end, next_line
                if self.width and len(cells) > self.width and any(cells[self.width :]):
                    loose = self._read_loosely(start, end)
                    cells = loose[0] if loose is not None and loose[1] == end else cells
                if cells:
                    yield Record(cells, line, start, end)
        except csv.Error:
            return
        self._position = len(self._text)

    def _broken(self) -> Record:
        """The record at ``_position``, which is not well formed."""
        start, line = self._position, self._line
        loose = None if self._is_left_open else self._read_loosely(start, len(self._text))
        self._is_left_open = False
        if loose is not None:
            cells, end = loose
            self._advance(end)
            return Record(cells, line, start, end)
        self._advance(_end_of_line(self._text, start))
        cells = self._text[start : self._position].rstrip("\r\n").split(self._delimiter)
        if self.width in (0, len(cells)):
            self._open_quotes.append(line)
            return Record(cells, line, start, self._position)
        return Record([], line, start, self._position, NEVER_CLOSED)

    def _advance(self, end: int) -> None:
        self._line += len(_LINE_END.findall(self._text, self._position, end))
        self._position = end

    def _read_loosely(self, start: int, limit: int) -> tuple[list[str], int] | None:
        """Cells and end of the record at ``start``, where only a quote before a delimiter or a line end closes.

        None unless the record then has as many cells as the header and ends before ``limit``.
        """
        reach = min(limit, start + _LOOSE_REACH)
        if self._loose_budget <= 0:
            return None
        cells: list[str] = []
        position = start
        while True:
            cell = self._loose.match(self._text, position, reach)
            if cell is None or (cell.end() == reach < limit):
                self._loose_budget -= reach - start
                return None
            quoted, plain, after = cell.groups()
            cells.append(plain if quoted is None else quoted.replace('""', '"'))
            position = cell.end()
            if after != self._delimiter:
                break
        self._loose_budget -= position - start
        if self.width and len(cells) != self.width:
            return None
        self._n_inner_quotes += 1
        return cells, position

    def _swallowed_records(self, start: int, end: int) -> bool:
        """Whether a record of many lines is really many records behind a quote that was left open."""
        inner = [line for line in self._text[start:end].split("\n")[1:-1] if line.strip()]
        alike = sum(line.count(self._delimiter) == self.width - 1 for line in inner)
        return self.width >= 3 and len(inner) >= _MANY_LINES - 5 and alike >= 0.8 * len(inner)


class _Lines:
    """Lines with their ends, as the ``csv`` module wants them, and how far they have been read."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self._stream = io.StringIO()

    def __iter__(self) -> Iterator[str]:
        piece = _FIRST_PIECE
        while self._start < len(self._text):
            cut = self._text.find("\n", self._start + piece) + 1
            piece = min(2 * piece, _LARGEST_PIECE)
            end = cut or len(self._text)
            self._stream = io.StringIO(self._text[self._start : end], newline="")
            yield from self._stream
            self._start = end

    def position(self) -> int:
        return self._start + self._stream.tell()


_LINE_END = re.compile(r"\r\n|\n|\r")


def _end_of_line(text: str, start: int) -> int:
    found = _LINE_END.search(text, start)
    return found.end() if found else len(text)


def _loose_cell(delimiter: str) -> re.Pattern[str]:
    """One cell and what ends it: a quoted cell whose inner quotes neither open nor close a cell, or plain text."""
    d = re.escape(delimiter)
    body = rf'(?:[^"]++|""|(?<![{d}\r\n])"(?![ ]*(?:[{d}\r\n]|\Z)))*+'
    return re.compile(rf'(?:[ ]*"({body})"[ ]*|(?![ ]*")([^{d}\r\n]*+))({d}|\r\n|\n|\r|\Z)')
