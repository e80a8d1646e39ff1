"""Tables of fixed width: columns that are only lined up with spaces, as sqlcmd, PowerShell or kubectl print them.

Nothing marks such columns but spaces in the same place of every line, and ordinary text must not be cut by chance. So
a file is taken only where all lines leave the same places blank: below a header that is underlined with dashes, or
below one whose names stand apart and are contradicted by the values under them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.errors import InputError
from explorer.ingest.log_formats import choose_format
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
from explorer.ingest.readers.cell_types import column_types, contradictions, is_name_like
from explorer.ingest.readers.footers import MOST_ROWS, footer_start, is_remark, is_sparse
from explorer.ingest.readers.rows import AFTER, AGAIN, BEFORE
from explorer.ingest.readers.text_lines import head_lines, numbered_lines, screen_columns
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_CUT = "Columns of fixed width: lines were cut where all of them are blank, and padding spaces were left out."
CROSSING = "text runs across the border of two columns"

_DASHES = re.compile(r" *(?:-+|=+)(?: +(?:-+|=+))+ *")
_WORD = re.compile(r"\S+")
_APART = re.compile(r" {2,}")
_DELIMITERS = frozenset(",;\t|")
_MOST_SHOWN = 400  # lines of the head that are looked at
_MOST_ABOVE = 30
_FEWEST_ROWS, _FEWEST_UNRULED = 2, 4
_MANY_ROWS = 20  # in which one blank place is no accident
_MOST_OTHERS = 3  # lines that are no rows

Span = tuple[int, int]
Places = Sequence[str]  # a line, by letters or by columns of a screen


@dataclass(frozen=True)
class _Shape:
    """``gaps`` are the places between columns that all rows leave blank: first and behind the last, one per border.

    ``on_screen``: places are those on a screen, where some letters take two; else letters.
    """

    names: tuple[str, ...]
    header: str  # the line as written
    gaps: tuple[Span, ...]
    on_screen: bool

    def cells(self, line: str) -> list[str] | None:
        """The cells of a line, without the spaces around them; None where text stands in a gap."""
        places = self.places(line)
        if self.is_whole(places):
            return _cut(places, self.gaps)
        apart = _APART.split(line.strip())
        return apart if len(apart) == len(self.names) and not line.startswith(" ") else None

    def places(self, line: str) -> Places:
        """What stands in each place of a line."""
        return screen_columns(line) if self.on_screen else line

    def is_whole(self, places: Places) -> bool:
        """Whether all gaps are blank."""
        return all(place == " " for start, end in self.gaps for place in places[start:end])


def _cut(places: Places, gaps: Sequence[Span]) -> list[str]:
    bounds = [0, *(start for start, _ in gaps), len(places)]
    return ["".join(places[a:b]).strip() for a, b in itertools.pairwise(bounds)]


def _common_blank(lines: Sequence[Places], start: int, end: int) -> Span | None:
    """The run of places within bounds that all lines leave blank, at their edges if there is one; None without any."""
    blank = [all(len(line) <= i or line[i] == " " for line in lines) for i in range(start, end)]
    runs: list[Span] = []
    place = start
    for is_blank, group in itertools.groupby(blank):
        n = len(list(group))
        runs += [(place, place + n)] if is_blank else []
        place += n
    # Spaces between the words of a long text do not touch the names.
    return max(runs, key=lambda run: (run[0] == start or run[1] == end, run[1] - run[0], run[1]), default=None)


def _gaps(spans: Sequence[Span], lines: Sequence[Places]) -> tuple[Span, ...] | None:
    """A gap between each two names; None where some line has none there."""
    found = [_common_blank(lines, end, start) for (_, end), (start, _) in itertools.pairwise(spans)]
    gaps = tuple(gap for gap in found if gap is not None)
    return gaps if len(gaps) == len(found) else None


def _find_shape(lines: Sequence[str]) -> tuple[_Shape, bool] | None:
    """The columns of a text's first table and whether its header is underlined; None where nothing is sure."""
    if not lines or any("\t" in line for line in lines):
        return None
    place = next((i for i, line in enumerate(lines[: _MOST_ABOVE + 2]) if _DASHES.fullmatch(line)), 0)
    if place - 1 > max(_MOST_OTHERS, 0.2 * len(lines)):
        return None
    for on_screen in (False,) if all(map(str.isascii, lines)) else (True, False):
        if place:
            shape = _find_ruled(lines[place - 1], lines[place], lines[place + 1 :], on_screen=on_screen)
        else:
            shape = _find_unruled(lines[0], lines[1:], on_screen=on_screen)
        if shape is not None:
            return shape, place > 0
    return None


def _find_ruled(header: str, rule: str, below: Sequence[str], *, on_screen: bool) -> _Shape | None:
    spans = [match.span() for match in _WORD.finditer(rule)]
    plain = _Shape(("",) * len(spans), header, (), on_screen)
    rows = [plain.places(line) for line in below if not is_remark(line) and not _DASHES.fullmatch(line)]
    between = [(end, start) for (_, end), (start, _) in itertools.pairwise(spans)]
    fitting = [row for row in rows if all(_common_blank([row], *gap) for gap in between)]
    if len(fitting) < max(len(rows) - _MOST_OTHERS, 0.8 * len(rows), _FEWEST_ROWS):
        return None
    gaps = _gaps(spans, [plain.places(header), *fitting])
    return None if gaps is None else replace(plain, names=tuple(_cut(plain.places(header), gaps)), gaps=gaps)


def _find_unruled(header: str, below: Sequence[str], *, on_screen: bool) -> _Shape | None:
    if len(below) < _FEWEST_UNRULED or _DELIMITERS & set(header) or header.startswith(" "):
        return None
    plain = _Shape((), header, (), on_screen)
    top, rows = plain.places(header), [plain.places(line) for line in below if not is_remark(line)]
    spans = _name_spans(top, rows)
    gaps = _gaps(spans, [top, *rows])
    least = 1 if len(rows) >= _MANY_ROWS else 2
    if len(rows) < _FEWEST_UNRULED or len(spans) < 3 or not gaps or any(end - start < least for start, end in gaps):
        return None
    names = tuple(_cut(top, gaps))
    cells = [_cut(row, gaps) for row in rows]
    is_split = not any(_APART.search(cell) for row in cells for cell in row[:-1])  # else a column would hold several
    is_proven = contradictions(names, column_types(cells, len(names)))[0] > 0
    return replace(plain, names=names, gaps=gaps) if is_split and is_proven and is_name_like(names) else None


def _name_spans(header: Places, rows: Sequence[Places]) -> list[Span]:
    """Where the names of a header stand. Words with one space between them are one name, unless every row has values
    on both sides of that space."""
    spans: list[Span] = []
    words = itertools.groupby(range(len(header)), lambda i: header[i] != " ")
    for start, end in [(places[0], places[-1] + 1) for is_word, group in words if is_word and (places := list(group))]:
        is_near = bool(spans) and start - spans[-1][1] == 1
        if is_near and not all(_has_both_sides(row, spans[-1][0], start, end) for row in rows):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _has_both_sides(row: Places, first: int, start: int, end: int) -> bool:
    """Whether a row has text from ``first`` and from ``start`` on, and a space between."""
    left, right = "".join(row[first : start - 1]), "".join(row[start:end])
    return len(row) > start and row[start - 1] == " " and bool(left.strip()) and bool(right.strip())


class AlignedTableReader:
    """Cuts every line where all lines are blank."""

    name = "fixed width"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        chosen = source.params
        if chosen.delimiter == " ":  # the nearest thing a user can choose
            chosen = replace(chosen, delimiter=None)
        if not source.is_text or chosen.is_about_tables:
            return Confidence.NO
        lines = head_lines(source)[:_MOST_SHOWN]
        found = _find_shape(lines)
        if found is None or len(found[0].names) > MAX_COLUMNS:
            return Confidence.NO
        is_log = not found[1] and choose_format(lines) is not None
        return Confidence.NO if is_log else Confidence.PLAIN

    def read(self, source: Source, tick: Tick) -> FileRows:
        found = _find_shape(head_lines(source)[:_MOST_SHOWN])
        if found is None:
            raise InputError(f"{source.name} has no columns of fixed width. Check how it was exported.")
        shape = _narrowed(source, found[0])
        names, name_notes = column_names(shape.names, source)
        rows = _Rows(source, shape, RowSink(names, tick))
        for number, line in numbered_lines(source):
            rows.take(line, number)
        rows.take_footer()
        cells, lines = rows.sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=len(rows.rejected),
            encoding=source.encoding.name,
            header=f"line {rows.header_line}",
            n_cells_repaired=rows.sink.n_repaired,
            notes=(*source.encoding.notes, *name_notes, _CUT),
        )
        return FileRows(cells, lines, made, tuple(rows.rejected))


class _Rows:
    """Cuts lines into cells, and lists those that are no rows."""

    def __init__(self, source: Source, shape: _Shape, sink: RowSink) -> None:
        self.sink = sink
        self.rejected: list[RejectedRow] = []
        self.header_line = 0
        self._source = source
        self._shape = shape
        self._first: list[list[str]] = []  # rows, for the types of the columns

    def take(self, line: str, number: int) -> None:
        """One line that is not blank."""
        if not self.header_line:
            if line == self._shape.header:
                self.header_line = number
            else:
                self._reject(number, line, BEFORE)
        elif line.split() == self._shape.header.split():
            self._reject(number, line, AGAIN)
        elif is_remark(line):
            self._reject(number, line, AFTER)
        elif (cells := self._shape.cells(line)) is None:
            self._reject(number, line, CROSSING)
        elif not _DASHES.fullmatch(line):
            self.sink.add(cells, number)
            if len(self._first) < _MOST_SHOWN:
                self._first.append(cells)

    def take_footer(self) -> None:
        """Sets totals and remarks that happen to fit the columns aside."""
        width = len(self._shape.names)
        tail: list[tuple[list[str], int]] = []
        while width >= 3 and len(tail) < MOST_ROWS and (last := self.sink.last()) is not None:
            cells = [cell or "" for cell in last[0]]
            if not is_sparse(cells):
                break
            tail.append((cells, self.sink.pop()[1]))
        tail.reverse()
        start = footer_start([cells for cells, _ in tail], [False] * len(tail), width, column_types(self._first, width))
        for cells, number in tail[:start]:
            self.sink.add(cells, number)
        for cells, number in tail[start:]:
            self._reject(number, "  ".join(filter(None, cells)), AFTER)
        self.rejected.sort(key=lambda row: row.line)

    def _reject(self, number: int, line: str, reason: str) -> None:
        self.rejected.append(rejected_row(self._source, number, reason, line))


def _narrowed(source: Source, shape: _Shape) -> _Shape:
    """The shape with the gaps that are left when all lines of a file are looked at, not only its beginning."""
    if not source.is_head_cut:
        return shape
    for _, line in numbered_lines(source):
        places = shape.places(line)
        if not shape.is_whole(places):
            left = [_common_blank([places], *gap) for gap in shape.gaps]
            gaps = tuple(gap for gap in left if gap is not None)
            is_left = len(gaps) == len(left) and all(
                new[1] - new[0] >= min(old[1] - old[0], 2) for new, old in zip(gaps, shape.gaps, strict=True)
            )
            shape = replace(shape, gaps=gaps) if is_left else shape
    return shape
