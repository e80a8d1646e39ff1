"""Which delimiter a table has, and whether its first row is a header; decided from the first rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass

_DELIMITERS = ",;\t|"
_NAMED_DELIMITERS = {"tsv": "\t", "tab": "\t", "psv": "|"}
#: Splits nothing: for files with one column, whose text may well hold commas.
NO_DELIMITER = "\x1f"
_SAMPLE_ROWS = 300
_STATED = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)  # Excel's own first line
_DATA_CELL = {
    "a time": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d"),
    "a long number": re.compile(r"\d{5,}$"),
    "a long text": re.compile(r"(?=.*\s).{120,}$", re.DOTALL),
}


@dataclass(frozen=True)
class Dialect:
    """``delimiter`` is None for one column. The table begins at character ``start`` of the text."""

    delimiter: str | None
    width: int  # columns
    has_header: bool
    start: int
    is_plain: bool  # that this is a table is seen from the content alone
    notes: tuple[str, ...]


def sniff_dialect(head: str, suffix: str) -> Dialect:
    """Decide from the beginning of a text; never raises, one column is the answer where nothing else fits."""
    stated = _STATED.match(head)
    start = stated.end() if stated else 0
    delimiters = stated.group(1) if stated else _DELIMITERS
    best, best_fit = NO_DELIMITER, 0.0
    for delimiter in delimiters:
        rows = _sample(head[start:], delimiter)
        fit = _fit(rows) + (0.05 if _NAMED_DELIMITERS.get(suffix, ",") == delimiter else 0.0) if rows else 0.0
        if len(rows[0] if rows else ()) > 1 and fit > best_fit:
            best, best_fit = delimiter, fit
    rows = _sample(head[start:], best)
    has_header = not _is_data(rows)
    width, notes = _width(rows, has_header)
    return Dialect(
        delimiter=None if best == NO_DELIMITER else best,
        width=width,
        has_header=has_header,
        start=start,
        is_plain=best != NO_DELIMITER and has_header and _is_plain(rows),
        notes=notes,
    )


def _sample(head: str, delimiter: str) -> list[list[str]]:
    """The first rows; the last one is left out where it may be cut."""
    rows = []
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    for row in reader:
        if row:
            rows.append(row)
        if len(rows) > _SAMPLE_ROWS:
            break
    return rows[:-1] if len(rows) > 2 else rows


def _fit(rows: list[list[str]]) -> float:
    """How many rows are as wide as the header; with equal fit the wider table wins."""
    width = len(rows[0])
    share = sum(len(row) == width for row in rows[1:]) / max(len(rows) - 1, 1)
    return 0.05 + share * (1 - 1 / (width + 1))


def _is_plain(rows: list[list[str]]) -> bool:
    header = [name.strip() for name in rows[0]]
    looks_named = all(0 < len(name) <= 60 and not name.isdigit() for name in header) and len(set(header)) == len(header)
    return looks_named and len(rows) > 1 and sum(len(row) == len(header) for row in rows) >= 0.9 * len(rows)


def _is_data(rows: list[list[str]]) -> bool:
    """Whether the first row has a cell no header has, in a column where all cells are of that sort."""
    if len(rows) < 2:
        return False
    for column, cell in enumerate(rows[0]):
        for shape in _DATA_CELL.values():
            if shape.match(cell):
                below = [row[column] for row in rows[1:] if len(row) > column]
                if below and sum(bool(shape.match(other)) for other in below) >= 0.9 * len(below):
                    return True
    return False


def _width(rows: list[list[str]], has_header: bool) -> tuple[int, tuple[str, ...]]:
    """Columns of the table, and what the user should know about it."""
    if not rows:
        return 1, ()
    usual, n_usual = Counter(len(row) for row in rows[1:] or rows).most_common(1)[0]
    if not has_header:
        return max(usual, 1), ("The first row looks like data, so there is no header; columns are numbered.",)
    named = len(rows[0])
    while named > 1 and not rows[0][named - 1].strip() and not any(len(r) >= named and r[named - 1] for r in rows[1:]):
        named -= 1
    is_short = len(rows) > 2 and usual > named and n_usual >= 0.9 * (len(rows) - 1)
    if is_short and any(any(row[named:]) for row in rows[1:]):
        return usual, (f"The header has {named} names for {usual} fields; the last columns are numbered.",)
    return named, ()
