"""Where the table stands in a text: what comes before its header, how many rows the header has, and its width.

Every rule is careful with ordinary tables: the first row stays the header and nothing is set aside unless the values
below it, or the shape of the rows, say otherwise.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.errors import SettingsError
from explorer.ingest.readers.cell_types import (
    CellType,
    cell_type,
    column_types,
    contradictions,
    is_name_like,
    is_typed,
)
from explorer.ingest.readers.dialect import Sample
from explorer.ingest.readers.records import Record
from explorer.ingest.readers.report_head import proven_header
from explorer.params import ReadParams

_MOST_HEADER_ROWS = 3
_MOST_LINES_ABOVE = 30
_LONG_TEXT = re.compile(r"(?=.*\s).{100,}$", re.DOTALL)
_LINE_END = re.compile(r"\r\n|\n|\r")
_UNIT = re.compile(
    r"[\[(](?:[^\W\d_]|[%°µ/²³^$€£\- ]){1,12}[\])]|%|°[CFK]|[µmkMG]?(?:s|sec|m|g|B|b|Hz|W|Wh|V|A|l|L)|ms|min|mins|h|hrs"
    r"|hours|seconds|minutes|days|km/h|USD|EUR|GBP|\$|€|£|string|text|varchar|int|integer|bigint|float|double|date|datetime"
    r"|timestamp|bool|boolean|number|count|pcs|-"
)
_FROM_DATA = "The first row looks like data, so there is no header; columns are numbered."
_FEWEST_WORDS = 4  # of a text that is no name of a column
_LONGEST_QUESTION = 15  # words
_UNSURE = "{0} taken as the header, though nothing in the rows below proves it: set the header rows to 0 if not."


@dataclass(frozen=True)
class Layout:
    """The header's rows begin at ``first_line`` (1-based); ``names`` are one per column, "" where there is none.

    ``n_header_rows`` is 0 without a header; ``units_line`` is the line of a row of units below it. ``types`` are the
    types of the columns, as far as the first rows tell.
    """

    first_line: int
    n_header_rows: int
    names: tuple[str, ...]
    types: tuple[CellType, ...]
    header: str  # in words
    units_line: int | None = None
    is_proven: bool = False  # values below the header are of other types than its names
    has_hashes: bool = False  # records begin with "#", as comments do elsewhere
    notes: tuple[str, ...] = ()


def find_layout(sample: Sample, params: ReadParams) -> Layout:
    """Decide from the first records; ``params`` overrules."""
    records = list(sample.records)
    if not records:
        return Layout(1, 0, ("",) * sample.width, (), "none")
    top = _chosen_top(records, params) if params.first_line is not None else _find_top(records, sample.width)
    rows = [record.cells for record in records[top:]]
    if params.header_rows is not None:
        n_header, notes = min(params.header_rows, len(rows)), list[str]()
    else:
        n_header, notes = _n_header_rows(rows, sample.width)
    body = rows[n_header:]
    width, width_notes = _table_width(rows, n_header, sample.width)
    body = _until_other_table(body, width)
    types = tuple(column_types(body, width))
    units = _units_row(rows, n_header, width) if params.header_rows is None else None
    if units:
        types = tuple(column_types(body[1:], width))
    names = _joined_names(rows[:n_header], width)
    is_proven = any(contradictions(row, types)[0] > 0 for row in rows[:n_header])
    lines = [record.line for record in records[top : top + max(n_header, 1)]]
    header = _in_words(lines, n_header)
    if n_header and not is_proven and len(body) > 1 and params.header_rows is None and _is_doubtful(rows):
        notes = [*notes, _UNSURE.format(f"{header.capitalize()} {'was' if n_header == 1 else 'were'}")]
    return Layout(
        first_line=lines[0],
        n_header_rows=n_header,
        names=names,
        types=types,
        header=header,
        units_line=records[top + n_header].line if units else None,
        is_proven=is_proven,
        has_hashes=sum(row[0].lstrip().startswith("#") for row in body) >= max(0.5 * len(body), 1),
        notes=(*notes, *width_notes),
    )


def _until_other_table(body: list[list[str]], width: int) -> list[list[str]]:
    """Rows of the usual width above the header of another table, whose values would blur the types of the columns."""
    whole = [row for row in body if len(row) == width]
    if len(whole) < 2:
        return body
    for position, row in enumerate(whole[1:], start=1):
        if is_name_like(row):
            types = column_types(whole[:position], width)
            n_other, n_same = contradictions(row, types)
            if n_other >= 2 and n_other == sum(map(is_typed, types)) and not n_same and position > 1:
                return whole[:position]
    return whole


def _in_words(lines: list[int], n_header: int) -> str:
    if n_header == 0:
        return "none"
    return f"line {lines[0]}" if n_header == 1 else f"lines {lines[0]} to {lines[n_header - 1]}"


def _chosen_top(records: list[Record], params: ReadParams) -> int:
    first_line = params.first_line or 1
    top = next((i for i, record in enumerate(records) if record.line >= first_line), None)
    if top is None:
        raise SettingsError(
            f"The header cannot begin on line {first_line:,}: the table has no row there, or it is too far down. "
            "Choose an earlier line."
        )
    return top


def _find_top(records: list[Record], width: int) -> int:
    """The position of the first row of the table; those above are titles, remarks and the like."""
    gaps = [False, *(below.line > above.line + _n_lines(above) for above, below in itertools.pairwise(records))]
    if (proven := proven_header([record.cells for record in records], gaps, width)) is not None:
        return proven
    first = next((i for i, record in enumerate(records) if len(record.cells) == width), 0)
    if width < 2 or first > _MOST_LINES_ABOVE:
        return 0
    if first == 0:
        return _below_sparse_rows(records, width)
    above, block = records[:first], [record.cells for record in records[first:]]
    if any(_n_filled(record.cells) > 2 and not _is_remark(record) for record in above):
        # A header that is shorter or longer than the rows below it.
        return 0 if len(above) == 1 else _below_remarks(records)
    if len(above) == 1 and len(above[0].cells) > 1 and not _is_remark(above[0]):
        # Names for fewer columns, unless the row below is plainly the one with the names.
        is_named = is_name_like(block[0]) and contradictions(block[0], column_types(block[1:], width))[0] > 0
        return _top_of_block(records, first, width) if is_named else 0
    n_even = sum(len(row) == width for row in block)
    if n_even < max(0.6 * len(block), min(2, len(block))):
        return _below_remarks(records)
    return _top_of_block(records, first, width)


def _n_lines(record: Record) -> int:
    return 1 + len(_LINE_END.findall(record.text))


def _top_of_block(records: list[Record], first: int, width: int) -> int:
    """The first row of the usual width, unless that one too is padded with empty cells."""
    return first + _below_sparse_rows(records[first:], width)


def _below_remarks(records: list[Record]) -> int:
    return next((i for i, record in enumerate(records) if not _is_remark(record)), 0)


def _is_remark(record: Record) -> bool:
    return record.text.lstrip().startswith(("#", "//", "--", "%%", "/*"))


def _below_sparse_rows(records: list[Record], width: int) -> int:
    """A title padded to the width of the table: one or two filled cells above a row that is full of names."""
    if width < 3 or _n_filled(records[0].cells) > (1 if width < 5 else 2):
        return _below_remarks(records) if _is_remark(records[0]) and _n_filled(records[0].cells) < width else 0
    for position, record in enumerate(records[: _MOST_LINES_ABOVE + 1]):
        n_filled = _n_filled(record.cells)
        if n_filled > 2 and n_filled >= 0.6 * width:
            return position if is_name_like(record.cells) and len(records) > position + 1 else 0
        if n_filled > 2:
            return 0
    return 0


def _n_filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _n_header_rows(rows: list[list[str]], width: int) -> tuple[int, list[str]]:
    """How many of the first rows are names; 0 when the first one is a record."""
    if len(rows) < 2:
        return 1, []
    if _is_record(rows[0], rows[1:], width) and not (_has_gaps(rows[0], width) and _is_sub_header(rows, 1, width)):
        return 0, [_FROM_DATA]
    n_header = 1
    while n_header < _MOST_HEADER_ROWS and _is_sub_header(rows, n_header, width):
        n_header += 1
    return n_header, []


def _is_record(row: list[str], below: list[list[str]], width: int) -> bool:
    """Whether a row holds values like those below it."""
    types = column_types(below, max(width, len(row)))
    n_other, n_same = contradictions(row, types)
    if n_same and _are_years(row, types):
        return False
    if n_same > n_other:
        return True
    if n_other:
        return False
    if width == 1:
        return _is_one_of(row[0].strip(), [other[0].strip() for other in below if len(other) == 1])
    if any(_repeats(row, below, column) for column in range(len(row))):
        return True
    return any(_LONG_TEXT.match(cell) and _are_long(below, column) for column, cell in enumerate(row))


def _is_one_of(cell: str, below: Sequence[str]) -> bool:
    """Whether the first text of a single column reads like those below it, as no name or question above them does."""
    n_words = sorted(len(text.split()) for text in below if text)
    if not n_words or len(cell.split()) < max(_FEWEST_WORDS, n_words[len(n_words) // 4] / 2):
        return False
    n_questions = sum(text.endswith(("?", ":")) for text in below)
    is_title = cell.endswith(("?", ":")) and len(cell.split()) <= _LONGEST_QUESTION
    return not is_title or n_questions >= 0.1 * len(n_words)


def _are_years(row: list[str], types: Sequence[CellType]) -> bool:
    """Names such as 2019, 2020, 2021 above columns of numbers."""
    numbers = [cell.strip() for cell, kind in zip(row, types, strict=False) if kind == "number" and cell.strip()]
    years = [int(cell) for cell in numbers if re.fullmatch(r"(?:19|20)\d\d", cell)]
    steps = {b - a for a, b in itertools.pairwise(years)}
    return len(years) >= 2 and len(years) == len(numbers) and len(steps) == 1 and abs(steps.pop()) in (1, 5, 10)


def _repeats(row: list[str], below: list[list[str]], column: int) -> bool:
    """Whether a cell's text stands in its column again, in rows that are not the header once more."""
    cell = row[column].strip()
    same = sum(len(other) > column and other[column].strip() == cell for other in below if other != row)
    return bool(cell) and same > 0.05 * len(below)


def _are_long(below: list[list[str]], column: int) -> bool:
    cells = [row[column] for row in below if len(row) > column]
    return bool(cells) and sum(bool(_LONG_TEXT.match(cell)) for cell in cells) >= 0.9 * len(cells)


def _is_sub_header(rows: list[list[str]], position: int, width: int) -> bool:
    """Whether a row below the header is one more row of names: text wherever the rows below it have other values."""
    row, below = rows[position], rows[position + 1 :]
    if len(below) < 3 or len(row) < width or row == rows[0] or _is_units(row):
        return False
    types = column_types(below, width)
    n_other, n_same = contradictions(row, types)
    has_gaps = _n_filled(rows[position - 1]) < _n_filled(row) and _has_gaps(rows[position - 1], width)
    if n_same or n_other < (1 if has_gaps else 2) or n_other < sum(map(is_typed, types)) - (1 if has_gaps else 0):
        return False
    return all(cell_type(cell) in ("text", "empty") and len(cell) <= 60 for cell in row)


def _has_gaps(row: list[str], width: int) -> bool:
    """Whether columns have no name of their own, as below merged cells."""
    return not all(cell.strip() for cell in row[:width])


def _units_row(rows: list[list[str]], n_header: int, width: int) -> list[str] | None:
    """A row of units or types right below the header."""
    if n_header == 0 or len(rows) < n_header + 3:
        return None
    row = rows[n_header]
    n_other, n_same = contradictions(row, column_types(rows[n_header + 1 :], width))
    return row if _is_units(row) and n_other and not n_same else None


def _is_units(row: list[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and set(filled) != {"-"} and all(_UNIT.fullmatch(cell) for cell in filled)


def _table_width(rows: list[list[str]], n_header: int, usual: int) -> tuple[int, list[str]]:
    """Columns of the table, and what the user should know about it."""
    body = rows[n_header:]
    if n_header == 0:
        return max(usual, 1), []
    header = rows[n_header - 1] if n_header > 1 else rows[0]
    named = max(len(row) for row in rows[:n_header])
    while named > 1 and not any(len(row) >= named and row[named - 1].strip() for row in rows):
        named -= 1
    wider = Counter(len(row) for row in body if len(row) > named)
    most, n_most = wider.most_common(1)[0] if wider else (0, 0)
    is_short = len(body) > 1 and n_most >= 0.9 * len(body) and any(any(row[named:]) for row in body)
    if is_short:
        return most, [f"The header has {len(header)} names for {most} fields; the last columns are numbered."]
    return max(named, 1), []


def _joined_names(header: list[list[str]], width: int) -> tuple[str, ...]:
    """One name per column: "Top / Sub" for several rows, where a top name stands for the empty cells behind it."""
    columns: list[list[str]] = [[] for _ in range(width)]
    for depth, row in enumerate(header):
        name = ""
        for column in range(width):
            own = row[column].strip() if column < len(row) else ""
            name = own or (name if depth < len(header) - 1 else "")
            if name and name not in columns[column]:
                columns[column].append(name)
    if len(header) == 1:
        return tuple((header[0] + [""] * width)[:width])
    return tuple(" / ".join(parts) for parts in columns)


def _is_doubtful(rows: list[list[str]]) -> bool:
    """Whether nothing but its place makes the first row a header: its cells read like those below."""
    return any(re.search(r"\d|[.!?]\s|[@/\\]", cell) or len(cell) > 40 for cell in rows[0])
