"""What kind of value a cell of text holds, for telling headers from records and one dialect from another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

CellType = Literal["empty", "number", "time", "flag", "address", "code", "text"]

MOSTLY = 0.9  # of the filled cells of a column are of one type: then the column is
_MAX_LENGTH = 200

_NO_VALUE = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "\\n", "missing"})
_TYPES: tuple[tuple[CellType, re.Pattern[str]], ...] = (
    ("number", re.compile(
        r"[-+(]?\s?(?:[$€£¥]|USD|EUR|GBP)?\s?[-+]?(?:\d{1,3}(?:[ ,.'\u00a0]\d{3})+|\d+)?(?:[.,]\d+)?(?<=\d)"
        r"(?:[eE][-+]?\d+)?"
        r"\s?(?:%|[$€£¥]|USD|EUR|GBP)?\)?", re.ASCII)),
    ("time", re.compile(
        r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T\s_,]+\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:[.,]\d+)?\s?(?:[AaPp]\.?[Mm]\.?)?"
        r"\s?(?:Z|UTC|GMT|[-+]\d\d:?\d\d)?)?"
        r"|\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?"
        r"|\d{1,4}[-/. ][A-Za-z]{3,9}\.?[-/., ]+\d{2,4}(?:[\s,]+\d{1,2}:\d\d.*)?"
        r"|(?:[A-Za-z]{3,9},? )?[A-Za-z]{3,9} \d{1,2},? \d{4}(?:[\s,]+\d{1,2}:\d\d.*)?")),
    ("flag", re.compile(r"true|false|yes|no|t|f|y|n", re.IGNORECASE)),
    ("address", re.compile(
        r"[a-z][a-z0-9+.-]*://\S+|www\.\S+|[^@\s]+@[^@\s]+\.[^@\s]+|\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?"
        r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-f]*\d)[0-9a-f]{12,64}", re.IGNORECASE)),
    ("code", re.compile(
        r"[#A-Za-z]{1,8}[-_#/ ]?\d{3,}(?:[-_./]\w+)*|[A-Z]{1,8}[-_#]\d+|#\d+|\d+-[A-Z0-9-]*[A-Z][A-Z0-9-]*")),
)  # fmt: skip


@lru_cache(maxsize=1 << 15)
def _short_type(cell: str) -> CellType:
    if not cell or cell.lower() in _NO_VALUE:
        return "empty"
    return next((name for name, pattern in _TYPES if pattern.fullmatch(cell)), "text")


def cell_type(cell: str | None) -> CellType:
    """The type of one cell; a placeholder such as "N/A" counts as empty."""
    stripped = (cell or "").strip()
    return "text" if len(stripped) > _MAX_LENGTH else _short_type(stripped)


def column_types(rows: Sequence[Sequence[str]], width: int) -> list[CellType]:
    """The type of nearly all filled cells of each column; "text" where they differ, "empty" where none is filled."""
    types: list[CellType] = []
    for column in range(width):
        seen = Counter(cell_type(row[column]) for row in rows if len(row) > column)
        del seen["empty"]
        if not seen:
            types.append("empty")
            continue
        most, n = seen.most_common(1)[0]
        types.append(most if n >= MOSTLY * seen.total() else "text")
    return types


def is_typed(kind: CellType) -> bool:
    """Whether values of this type can be told from a column's name."""
    return kind not in ("text", "empty")


def contradictions(cells: Sequence[str], types: Sequence[CellType]) -> tuple[int, int]:
    """In how many typed columns a row's filled cells are of another type, and in how many of the same."""
    n_other = n_same = 0
    for cell, kind in zip(cells, types, strict=False):
        own = cell_type(cell)
        if is_typed(kind) and own != "empty":
            n_same += own == kind
            n_other += own != kind
    return n_other, n_same


def is_name_like(cells: Sequence[str]) -> bool:
    """Whether filled cells could be the names of columns: short texts, all different, hardly any missing."""
    filled = [" ".join(cell.split()).casefold() for cell in cells if cell.strip()]
    if not filled or len(filled) < 0.6 * len(cells) or len(set(filled)) < len(filled):
        return False
    return all(len(cell) <= 80 and cell_type(cell) in ("text", "flag", "code") for cell in filled)


def odd_fraction(rows: Iterable[Sequence[str]], delimiters: str) -> float:
    """The share of filled cells that look cut wrongly: they hold another delimiter without a space behind it."""
    n_filled = n_odd = 0
    odd = re.compile(rf"[{re.escape(delimiters)}](?=\S)|^\"(?!.*\"$)|^[^\"]*\"$|^\s+\".*\"$")
    for row in rows:
        for cell in row:
            kind = cell_type(cell)
            n_filled += kind != "empty"
            n_odd += kind == "text" and odd.search(cell[:_MAX_LENGTH]) is not None
    return n_odd / n_filled if n_filled else 0.0
