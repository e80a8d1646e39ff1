"""Where a table ends: whether the last rows of a file are records, or totals and remarks below the table.

The rows behind the last blank line are judged together. A row whose cells are like those above it is a record whatever
its words are; what is neither plainly a record nor plainly a remark goes with its neighbours, and is a record where
they say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from explorer.ingest.readers.cell_types import CellType, cell_type, contradictions, is_typed

MOST_ROWS = 50  # that can be a footer

_THINGS = r"(?:rows?|records?|lines?|entries|results?|tickets?|items?|cases?|incidents?|issues?|requests?)"
_NUMBER = r"\d[\d.,' ]*"
_TOTAL_WORDS = r"(?:(?:grand |sub-?|overall )?totals?|sum|summe|gesamt(?:summe)?|average|mean|count|total général)"
_TOTAL = re.compile(rf"\W*{_TOTAL_WORDS}\b\W*", re.IGNORECASE)
_DRAWN = re.compile(r"[-=*_~#\s]{2,}")
#: Say nothing but how many rows there were, or that they end.
_SURE = re.compile(
    rf"\W*(?:{_TOTAL_WORDS}(?: (?:number )?(?:of )?(?:\w+ )?\w+)?\s*[:=]?\s*{_NUMBER}%?"
    rf"|(?:{_THINGS}|number of (?:\w+ )?{_THINGS}|\w+ count)\s*[:=]\s*{_NUMBER}"
    rf"|{_NUMBER}\s?(?:\w+ )?{_THINGS}(?: (?:exported|found|selected|returned|affected|listed|shown|processed|in set"
    rf"|in total))?(?:,? \([\d.]+ sec\))?"
    r"|end(?: of)?(?: the)? (?:report|file|export|list|table|data|results?|page)|eof|end|fin"
    r"|page \d+(?: ?(?:of|/) ?\d+)?)\W*",
    re.IGNORECASE,
)
#: How the file was made, by whom, and whose it is.
_MADE = re.compile(
    r"\W*(?:(?:report |file |list |data |export )?(?:generated|exported|printed|produced|downloaded|created)\s*"
    r"(?:by\b|on\b|at\b|from\b|with\b|:)|copyright\b|©|all rights reserved"
    r"|this (?:report|file|export|list) (?:was|is)\b)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    rf"[-=*_#~]{{2,}}|\W*(?:{_TOTAL_WORDS}\b|number of|end\b|{_NUMBER} {_THINGS}\b|{_THINGS}\b.{{0,20}}\d|report\b"
    r"|source\b|notes?\b|page \d|confidential|filter|disclaimer)",
    re.IGNORECASE,
)


class _Is(Enum):
    RECORD = "record"
    UNCLEAR = "unclear"
    REMARK = "remark"


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row sums up the others: the word in its first filled cell, and only numbers behind it."""
    filled = [cell for cell in cells if cell.strip()]
    return (
        bool(filled)
        and _TOTAL.fullmatch(filled[0]) is not None
        and all(cell_type(cell) in ("number", "empty") for cell in filled[1:])
    )


def is_remark(line: str) -> bool:
    """Whether a line says nothing but how many rows there were, or that they end."""
    return _SURE.fullmatch(line.strip()) is not None


def is_sparse(cells: Sequence[str]) -> bool:
    """Whether a row of a table of three columns or more may be a remark, or a sum, that was padded with empty cells."""
    return sum(1 for cell in cells if cell.strip()) <= 2 or is_total(cells)


def footer_start(tail: Sequence[Sequence[str]], blanks: Sequence[bool], width: int, types: Sequence[CellType]) -> int:
    """How many of the last rows of a file are records; those behind are its footer.

    ``tail`` are the rows as read, ``blanks`` whether a blank line stands above each; ``width`` and ``types`` are the
    table's columns.
    """
    is_empty = [not any(cell.strip() for cell in row) for row in tail]
    starts = [i for i in range(len(tail)) if blanks[i] or (i and is_empty[i - 1])]
    block = starts[-1] if starts else len(tail)
    judged = [_judge(row, width, types, is_apart=i >= block) for i, row in enumerate(tail)]
    start = len(tail)
    for i in reversed(range(len(tail))):
        if judged[i] is _Is.RECORD:
            break
        if judged[i] is _Is.REMARK:
            start = i
    if start < len(tail):
        block = max((first for first in starts if first <= start), default=start)
        if _Is.RECORD not in judged[block:start]:
            start = block
        while start and is_empty[start - 1]:
            start -= 1
    return start


def _judge(row: Sequence[str], width: int, types: Sequence[CellType], *, is_apart: bool) -> _Is:
    filled = [cell for cell in row if cell.strip()]
    if not filled:
        return _Is.UNCLEAR
    if width < 2:
        return _Is.RECORD
    if is_total(row) and (len(filled) > 1 or width >= 3 or len(row) < width):
        return _Is.REMARK
    n_other, n_same = contradictions(row, types)
    if (n_same and not n_other) or len(filled) > 2:
        return _Is.RECORD
    is_foreign = is_typed(types[0]) and cell_type(row[0]) not in (types[0], "empty")
    is_short = len(row) < width
    is_line = _DRAWN.fullmatch(filled[0]) is not None and len(filled) == 1
    if (_SURE.fullmatch(filled[0]) or is_line) and (is_short or width >= 3):
        return _Is.REMARK
    if _MADE.match(filled[0]) and (is_apart or is_foreign or (is_short and width >= 3)):
        return _Is.REMARK
    if _WORDS.match(filled[0]) and (is_apart or is_foreign):
        return _Is.REMARK
    if is_foreign and is_short and len(filled) == 1 and width >= 3 and (is_apart or " " in filled[0].strip()):
        return _Is.REMARK
    return _Is.UNCLEAR
