"""Long remarks above a table: dozens of lines that state filters, parameters or the terms of use before the header."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from explorer.ingest.readers.cell_types import column_types, contradictions, is_name_like, is_typed

MOST_LINES = 500
FEWEST_LINES = 31  # shorter ones are told from the table row by row
_DELIMITERS = ",;\t|"
_MOST_STARTS = 3  # per delimiter
_SHOWN = 20
_MOST_CHARACTERS = 200_000
_LINE = re.compile(r"[^\r\n]+")
_REMARK = re.compile(r"\s*(?:#|//|--|%|/\*|\*)")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def table_starts(text: str, *, is_clear: bool) -> Iterator[int]:
    """Where a table may begin below a long preamble, as positions in the text.

    ``is_clear``: the text is a table from its beginning, unless that consists of remarks.
    """
    found = list(itertools.islice(_LINE.finditer(text, 0, _MOST_CHARACTERS), MOST_LINES + _SHOWN))
    lines = [line.group() for line in found if line.group().strip()]
    starts = [line.start() for line in found if line.group().strip()]
    n_remarks = sum(1 for _ in itertools.takewhile(_REMARK.match, lines))
    if FEWEST_LINES <= n_remarks < len(lines):
        yield starts[n_remarks]
    if is_clear:
        return
    for delimiter in _DELIMITERS:
        yield from (starts[i] for i in itertools.islice(_even_blocks(lines, delimiter), _MOST_STARTS))


def _even_blocks(lines: Sequence[str], delimiter: str) -> Iterator[int]:
    """Lines that may be headers: those behind have as many delimiters, the line above has another number."""
    counts = [_QUOTED.sub("", line).count(delimiter) for line in lines]
    for i in range(FEWEST_LINES, min(len(lines) - 3, MOST_LINES)):
        is_even = 0 < counts[i] != counts[i - 1] and counts[i] == counts[i + 1] == counts[i + 2] == counts[i + 3]
        if is_even and is_name_like([name.strip(' "') for name in lines[i].split(delimiter)]):
            yield i


def is_table_below(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Whether rows leave no doubt that they are a table with its header."""
    if width < 2 or len(rows) < 4 or len(rows[0]) != width or not is_name_like(rows[0]):
        return False
    n_even = sum(len(row) == width for row in rows)
    types = column_types(rows[1:], width)
    is_proven = contradictions(rows[0], types)[0] > 0
    return n_even >= 0.9 * len(rows) and (width >= 4 or is_proven or (width == 3 and not any(map(is_typed, types))))
