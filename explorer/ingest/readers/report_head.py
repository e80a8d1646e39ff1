"""Reports that begin with filters, totals or a small table of their own before the header of the records."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.ingest.readers.cell_types import CellType, cell_type, column_types, contradictions, is_name_like, is_typed

_MOST_ABOVE = 20  # rows
_FEWEST_BELOW = 3
_TIMES_AS_MUCH = 2  # filled cells below the header as above it


def proven_header(rows: Sequence[Sequence[str]], gaps: Sequence[bool], width: int) -> int | None:
    """The position of a row of names further down that the rows below prove to be the header; None where none is.

    ``gaps`` says which rows stand below a blank one. The rows above are not like those below, and either apart from
    the header or no names themselves: a header of two rows stays whole.
    """
    for position in range(1, min(_MOST_ABOVE + 1, len(rows) - _FEWEST_BELOW)):
        above, row, below = rows[:position], rows[position], rows[position + 1 :]
        if len(row) != width or not is_name_like(row) or not all(cell_type(cell) != "empty" for cell in row):
            continue
        if not gaps[position] and not all(_is_remark(other, width) for other in above):
            continue
        if _n_filled(below) < _TIMES_AS_MUCH * _n_filled(above):
            return None
        types = column_types(below, width)
        n_other, n_same = contradictions(row, types)
        if n_other and not n_same and n_other == sum(map(is_typed, types)) and not _has_record(above, types):
            return position
    return None


def _is_remark(row: Sequence[str], width: int) -> bool:
    """Whether a row is a title, or states a value: "From | 2024-01-01 | To | 2024-02-01"."""
    n_filled = _n_filled([row])
    return n_filled <= (1 if width < 5 else 2) or any(cell_type(cell) == "time" for cell in row)


def _has_record(rows: Sequence[Sequence[str]], types: Sequence[CellType]) -> bool:
    """Whether any of the rows is like the records."""
    for row in rows:
        n_other, n_same = contradictions(row, types)
        if n_same and not n_other:
            return True
    return False


def _n_filled(rows: Sequence[Sequence[str]]) -> int:
    return sum(1 for row in rows for cell in row if cell.strip())
