"""Records of a delimited text, with the line each begins on, and what to do where quotes are broken.

The standard ``csv`` module reads everything that is well formed. Where it stops, at a quote inside a quoted cell
or at one that is never closed, the record is read again by a looser rule; if that fails too, only the one line is
set aside and reading goes on behind it, so that a single quote never swallows the rest of a file.

The text comes in pieces and only the piece being read is held.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# StringIO takes 4 bytes per character, so text goes through it in pieces. Reading starts anew behind every
# broken record, so the first piece is small.
_FIRST_PIECE = 8 << 10
_LARGEST_PIECE = 1 << 20
_FARTHEST_QUOTE = 16 << 20  # characters until a quote must be closed; halved each time one is not
_NEAREST_QUOTE = 4 << 10
_LOOSE_REACH = 1 << 20  # how far a broken record may reach
_LOOSE_BUDGET = 1 << 28  # characters read loosely in one file: keeps hostile files linear
_MANY_LINES = 20
_MAX_NOTED = 10
MAX_TEXT = 4_000  # characters of a record as written that are kept

NEVER_CLOSED = "a quote opened here is never closed"
_LINE_END = re.compile(r"\r\n|\n|\r")
_ESCAPED_ENDS = ("\\\n", "\\\r\n", "\\\r")
_MARK = "\ufeff"  # begins a file, and stands in the middle where files were put behind one another


#: A pattern and what is written instead of each place where it matches.
Rewrite = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


class Record(NamedTuple):
    """One record: its cells, its first line (1-based), as it stands in the file (cut), and what is wrong or ""."""

    cells: list[str]
    line: int
    text: str
    problem: str = ""
    is_after_blank: bool = False


@dataclass(frozen=True)
class Splitter:
    """How ``csv`` has to split: one character per delimiter, quotes doubled.

    ``rewrites`` are made in the text before (a delimiter of several characters, escapes), and ``restores`` undo in
    cells what they did where it meant nothing. ``line_stand`` is written for line ends that are part of a cell.
    """

    delimiter: str
    quote: str  # "" for none
    rewrites: tuple[Rewrite, ...] = ()
    restores: tuple[tuple[str, str], ...] = ()
    line_stand: str = ""


class RecordReader:
    """Reads the records of a text; blank lines are passed over.

    ``width`` is the number of columns where it is known; it decides whether a broken record was understood.
    """

    def __init__(self, pieces: Iterable[str], splitter: Splitter, width: int = 0, start: int = 0) -> None:
        """``start``: characters at the beginning that are no part of the table."""
        self._start = start
        self.width = width
        self._pieces = iter(pieces)
        self._splitter = splitter
        self._text = ""  # from the record being read to the end of the last piece
        self._position = 0
        self._line_end = "\n"
        self._line = 1
        self._blank_line = -1
        self._farthest_quote = _FARTHEST_QUOTE
        self._loose = _loose_cell(splitter.delimiter, splitter.quote) if splitter.quote else None
        self._tight = _tight_cell(splitter.delimiter, splitter.quote) if splitter.quote else None
        self._loose_budget = _LOOSE_BUDGET
        self._is_left_open = False  # the next record is known to begin with a quote that is never closed
        self._inner_quotes: list[int] = []
        self._open_quotes: list[int] = []
        self._stray_quotes: list[int] = []
        self._marks: list[int] = []
        self._has_marks = False  # somewhere in the text that is held
        self._at_record = True  # the next line begins a record
        self._stream = io.StringIO()
        self._stream_start = 0

    def __iter__(self) -> Iterator[Record]:
        """All records."""
        return self.read(None)

    def read(self, take: Callable[[list[str], int], None] | None) -> Iterator[Record]:
        """Hands cells and line of every record of the usual width to ``take``, and yields all other records."""
        while self._position < len(self._text) or self._more():
            yield from self._well_formed(take)
            if self._position < len(self._text):
                yield self._broken()

    @property
    def n_repaired(self) -> int:
        """Records whose quotes are broken, as far as they were read."""
        return len(self._inner_quotes) + len(self._open_quotes)

    def notes(self) -> list[str]:
        """What had to be read by a looser rule."""
        notes = []
        if self._inner_quotes:
            rows = "1 row has" if len(self._inner_quotes) == 1 else f"{len(self._inner_quotes):,} rows have"
            notes.append(
                f"{rows} single quotes inside quoted cells; they were read as part of the text "
                f"({noted_lines(self._inner_quotes)})."
            )
        if self._open_quotes:
            n, first = len(self._open_quotes), self._open_quotes[0]
            what = f"Line {first} opens" if n == 1 else f"{n:,} lines (the first is line {first}) open"
            notes.append(f"{what} a quote that is never closed; the quote was read as part of the text.")
        if self._stray_quotes:
            rows = "1 row has" if len(self._stray_quotes) == 1 else f"{len(self._stray_quotes):,} rows have"
            notes.append(
                f"{rows} an odd number of quotes; they were read as part of the text "
                f"({noted_lines(self._stray_quotes)})."
            )
        if self._marks:
            one = len(self._marks) == 1
            what = "A byte order mark begins" if one else f"{len(self._marks):,} byte order marks begin"
            notes.append(
                f"{what} a row ({noted_lines(self._marks)}), as where files are put behind one another; "
                f"{'it was' if one else 'they were'} left out."
            )
        return notes

    def _more(self) -> bool:
        """Append the next piece and let go of what was read; False at the end."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        while self._splitter.line_stand and piece.endswith(_ESCAPED_ENDS) and (more := next(self._pieces, "")):
            piece += more  # text is held up to where a record may end
        if self._start:
            self._line += len(_LINE_END.findall(piece, 0, self._start))
            piece, self._start = piece[self._start :], 0
        for pattern, written in self._splitter.rewrites:
            piece = pattern.sub(written, piece)
        self._text = self._text[self._position :] + piece
        self._position = 0
        self._line_end = "\n" if "\n" in piece else "\r"
        self._has_marks = _MARK in self._text
        return True

    def _lines(self) -> Iterator[str]:
        """Lines with their ends, as the ``csv`` module wants them; ends early where a quote reaches too far."""
        start, size = self._position, _FIRST_PIECE
        while True:
            if start == len(self._text):
                start -= self._position
                if start > self._farthest_quote or not self._more():
                    return
            end = self._text.find(self._line_end, start + size) + 1 or len(self._text)
            size = min(2 * size, _LARGEST_PIECE)
            self._stream = io.StringIO(self._text[start:end], newline="")
            self._stream_start = start
            yield from self._without_marks(self._stream) if self._has_marks else self._stream
            start = end

    def _without_marks(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            if self._at_record and line.startswith(_MARK):
                self._marks.append(self._line)
                line = line.lstrip(_MARK)
            self._at_record = False
            yield line

    def _behind_mark(self, start: int) -> int:
        """``start``, or where the record begins if a mark stands there."""
        while self._has_marks and self._text.startswith(_MARK, start):
            start += 1
        return start

    def _csv_reader(self) -> Iterator[list[str]]:
        splitter = self._splitter
        if not splitter.quote:
            return csv.reader(self._lines(), delimiter=splitter.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(self._lines(), delimiter=splitter.delimiter, quotechar=splitter.quote, strict=True)

    def _well_formed(self, take: Callable[[list[str], int], None] | None) -> Iterator[Record]:
        """Records up to the first broken one, before which ``_position`` then stands."""
        reader = self._csv_reader()
        base, quote, width = self._line, self._splitter.quote, self.width
        is_restored, line_stand = bool(self._splitter.restores), self._splitter.line_stand
        self._at_record = True
        try:
            for cells in reader:
                self._at_record = True
                end = self._stream_start + self._stream.tell()
                start, line = self._position, self._line
                next_line: int = base + reader.line_num  # type: ignore[attr-defined]
                if next_line - line > _MANY_LINES and self._swallowed_records(start, end):
                    self._is_left_open = True
                    return
                if line_stand and (n_inner := self._text.count(line_stand, start, end)):
                    base += n_inner
                    next_line += n_inner
                self._position, self._line = end, next_line
                if is_restored:
                    cells = self._restored(cells)
                if len(cells) == width and take is not None:
                    if quote and self._text.count(quote, start, end) & 1:
                        self._stray_quotes.append(line)
                    take(cells, line)
                elif cells:
                    yield self._odd_record(cells, line, start, end)
                else:
                    self._blank_line = line
        except csv.Error:
            return
        if self._position < len(self._text) and not self._text[self._position :].strip("\r\n"):
            self._position = len(self._text)

    def _odd_record(self, cells: list[str], line: int, start: int, end: int) -> Record:
        """A record of another width; where it is too wide, quotes may have been misread."""
        if self._splitter.quote and self._text.count(self._splitter.quote, start, end) & 1:
            self._stray_quotes.append(line)
        if self.width and len(cells) > self.width and any(cells[self.width :]):
            loose = self._read_loosely(self._behind_mark(start), end)
            if loose is not None and loose[1] == end:
                cells = self._restored(loose[0])
                self._inner_quotes.append(line)
        return Record(cells, line, self._as_written(start, end), "", self._blank_line == line - 1)

    def _broken(self) -> Record:
        """The record at ``_position``, which is not well formed."""
        start, line = self._behind_mark(self._position), self._line
        loose = None if self._is_left_open else self._read_loosely(start, len(self._text))
        if not self._is_left_open and loose is None:
            self._farthest_quote = max(self._farthest_quote // 2, _NEAREST_QUOTE)
        self._is_left_open = False
        if loose is not None:
            cells, end = loose
            self._inner_quotes.append(line)
        else:
            end = self._end_of_line(start)
            cells = self._cells_of_line(self._text[start:end].rstrip("\r\n"))
        text = self._as_written(start, end)
        self._line += len(_LINE_END.findall(self._text, start, end))
        if self._splitter.line_stand:
            self._line += self._text.count(self._splitter.line_stand, start, end)
        self._position = end
        if loose is None:
            if self.width not in (0, len(cells)):
                return Record(self._restored(cells), line, text, NEVER_CLOSED)
            self._open_quotes.append(line)
        return Record(self._restored(cells), line, text)

    def _cells_of_line(self, line: str) -> list[str]:
        """Cells of one line, in which a quote counts only where the cell ends with its partner."""
        assert self._tight is not None
        cells, position = [], 0
        quote = self._splitter.quote
        while True:
            match = self._tight.match(line, position)
            assert match is not None  # any text is a cell
            quoted, plain = match.groups()
            cells.append(plain if quoted is None else quoted.replace(quote * 2, quote))
            if match.end() >= len(line):
                return cells
            position = match.end() + 1
            if position == len(line):
                return [*cells, ""]

    def _read_loosely(self, start: int, limit: int) -> tuple[list[str], int] | None:
        """Cells and end of the record at ``start``, where only a quote before a delimiter or a line end closes.

        None unless the record then has as many cells as the header and ends before ``limit``.
        """
        reach = min(limit, start + _LOOSE_REACH)
        if self._loose_budget <= 0 or self._loose is None:
            return None
        cells: list[str] = []
        position = start
        quote = self._splitter.quote
        while True:
            cell = self._loose.match(self._text, position, reach)
            if cell is None or (cell.end() == reach < limit):
                self._loose_budget -= reach - start
                return None
            quoted, plain, after = cell.groups()
            cells.append(plain if quoted is None else quoted.replace(quote * 2, quote))
            position = cell.end()
            if after != self._splitter.delimiter:
                break
        self._loose_budget -= position - start
        if self.width and len(cells) != self.width:
            return None
        return cells, position

    def _swallowed_records(self, start: int, end: int) -> bool:
        """Whether a record of many lines is really many records behind a quote that was left open."""
        inner = [line for line in self._text[start:end].split("\n")[1:-1] if line.strip()]
        alike = sum(line.count(self._splitter.delimiter) == self.width - 1 for line in inner)
        least = 0.8 if self.width >= 3 else 0.95
        return self.width >= 2 and len(inner) >= _MANY_LINES - 5 and alike >= least * len(inner)

    def _restored(self, cells: list[str]) -> list[str]:
        for written, meant in self._splitter.restores:
            cells = [cell.replace(written, meant) for cell in cells]
        return cells

    def _as_written(self, start: int, end: int) -> str:
        return self._restored([self._text[start : min(end, start + MAX_TEXT)].rstrip("\r\n")])[0]

    def _end_of_line(self, start: int) -> int:
        found = _LINE_END.search(self._text, start)
        return found.end() if found else len(self._text)


def unwrapped(pieces: Iterable[str]) -> Iterator[str]:
    """The text of a table whose rows were each put into quotes as if they were one cell, with the same line numbers."""
    reader = RecordReader(pieces, Splitter("\ufdd2", '"'))
    lines, n_lines, n_characters = list[str](), 1, 0
    for record in reader:
        text = "".join(record.cells)
        lines += ["\n"] * (record.line - n_lines) + [text, "\n"]
        n_lines = record.line + len(_LINE_END.findall(text)) + 1
        n_characters += len(text) + 1
        if n_characters > _LARGEST_PIECE:
            yield "".join(lines)
            lines, n_characters = [], 0
    if lines:
        yield "".join(lines)


def noted_lines(lines: list[int]) -> str:
    """ "line 7", "lines 3, 9, ...": at most ten of them."""
    listed = ", ".join(f"{line:,}" for line in lines[:_MAX_NOTED]) + (", ..." if len(lines) > _MAX_NOTED else "")
    return f"line{'s'[: len(lines) > 1]} {listed}"


def _loose_cell(delimiter: str, quote: str) -> re.Pattern[str]:
    """One cell and what ends it: a quoted cell whose inner quotes neither open nor close a cell, or plain text."""
    d, q = re.escape(delimiter), re.escape(quote)
    body = rf"(?:[^{q}]++|{q}{q}|(?<![{d}\r\n]){q}(?![ ]*(?:[{d}\r\n]|\Z)))*+"
    return re.compile(rf"(?:[ ]*{q}({body}){q}[ ]*|(?![ ]*{q})([^{d}\r\n]*+))({d}|\r\n|\n|\r|\Z)")


def _tight_cell(delimiter: str, quote: str) -> re.Pattern[str]:
    """One cell of a line: quoted where its quotes pair up, else everything up to the next delimiter."""
    d, q = re.escape(delimiter), re.escape(quote)
    return re.compile(rf"{q}((?:[^{q}]++|{q}{q})*+){q}(?=[{d}]|\Z)|([^{d}]*+)", re.DOTALL)
