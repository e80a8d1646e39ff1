"""What the cells of a column are like, for guessing its role."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from explorer.ingest.role_words import PRIORITY_VALUES, STATUS_VALUES, split_name, with_parts
from explorer.ingest.time_rules import LEADING_CHARACTERS
from explorer.ingest.times import best_rule
from explorer.strings import take_rows
from explorer.types import Table

_SAMPLE = 400
_HASHED = 100  # characters of a cell that decide whether it is drawn
_SHOWN = 2_000  # characters of a drawn cell that are looked at
_LARGE = 32 << 20  # bytes of a column, from which on it is looked at part by part
_AT_ONCE = 20_000  # cells
_NUMBER = re.compile(r"\s*[-+]?(?:\d[\d,. ]*)(?:[eE][-+]?\d+)?\s*%?\Z")
_WHOLE_NUMBER = re.compile(r"\s*\d+\s*\Z")
_LINK = re.compile(r"\s*(?:https?|ftp)://\S+\s*\Z")
_PRIORITY_EDGES = re.compile(r"\A\W*(?:\d\s*[-–:.]\s*)?|\W+\Z")  # "1 - Critical" is "critical"
_LETTERS = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d")
# Chinese, Japanese and Thai put no spaces between words; four of their letters count as two words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_LIKELY_TIME = re.compile(r"\d:\d\d|\d[-/.]\d{1,2}[-/.]\d|\d{9}")
_SEARCHED_CELLS = 50_000  # that are searched for times together


@dataclass(frozen=True)
class ColumnStats:
    """One column. Counts are over all rows, fractions of letters and the like over a sample of filled cells."""

    name: str
    position: int
    ordered_words: tuple[str, ...]
    n_filled: int
    filled_fraction: float
    n_distinct: int
    mean_length: float
    max_length: int
    mean_words: float
    letter_fraction: float  # of the characters that are not spaces
    digit_fraction: float
    number_fraction: float
    is_whole_number: bool
    time_fraction: float
    time_rule: str
    link_fraction: float
    status_fraction: float  # of the cells are words for how far a record is
    priority_fraction: float
    evenness: float  # 1 when all values are equally frequent, near 0 when one value is nearly all

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.ordered_words)

    @property
    def distinct_fraction(self) -> float:
        return self.n_distinct / self.n_filled if self.n_filled else 0.0

    @property
    def is_number(self) -> bool:
        return self.number_fraction > 0.9

    @property
    def is_fraction(self) -> bool:
        return self.is_number and not self.is_whole_number


def column_stats(table: Table) -> list[ColumnStats]:
    """Statistics of every column, in the order of the table."""
    found: list[ColumnStats] = []
    times = _TimeSearch()
    for position, name in enumerate(table.columns):
        stats, sample = _stats(table.cells.column(name), name, position)
        times.add(position, sample)
        found.append(stats)
    for position, (rule, fraction) in times.finish().items():
        found[position] = replace(found[position], time_rule=rule, time_fraction=fraction)
    return found


class _TimeSearch:
    """Which columns hold times. To try all ways of writing them takes a while whatever the number of cells, so columns
    that do not look like times are tried together, and apart only where some of their cells are."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[str, float]] = {}
        self._waiting: list[tuple[int, list[str]]] = []
        self._n_waiting = 0

    def add(self, position: int, sample: Sequence[str]) -> None:
        """The sample of a column at ``position``."""
        cells = [cell[:LEADING_CHARACTERS] for cell in sample]
        if not any(map(_DIGITS.search, cells)):
            return
        if any(map(_LIKELY_TIME.search, cells)):
            self._search([(position, cells)])
            return
        self._waiting.append((position, cells))
        self._n_waiting += len(cells)
        if self._n_waiting >= _SEARCHED_CELLS:
            self._search_waiting()

    def finish(self) -> dict[int, tuple[str, float]]:
        """The rule and the share of cells it reads, by the positions of the columns that have times."""
        self._search_waiting()
        return self._found

    def _search_waiting(self) -> None:
        if self._waiting:
            self._search(self._waiting)
        self._waiting, self._n_waiting = [], 0

    def _search(self, columns: list[tuple[int, list[str]]]) -> None:
        rule, fraction = best_rule([cell for _, cells in columns for cell in cells])
        if rule is None:
            return
        if len(columns) == 1:
            self._found[columns[0][0]] = rule.name, fraction
            return
        half = len(columns) // 2
        self._search(columns[:half])
        self._search(columns[half:])


def _stats(column: pa.ChunkedArray, name: str, position: int) -> tuple[ColumnStats, list[str]]:
    """The statistics of one column, without its times, and the sample they were taken from."""
    counts, sample, max_length = _values(column)
    n_filled = int(counts.sum())
    text = "".join(sample)
    n_shown = max(len(text) - sum(map(str.isspace, text)), 1)
    stats = ColumnStats(
        name=name,
        position=position,
        ordered_words=with_parts(split_name(name)),
        n_filled=n_filled,
        filled_fraction=n_filled / max(len(column), 1),
        n_distinct=len(counts),
        mean_length=sum(map(len, sample)) / max(len(sample), 1),
        max_length=max_length,
        mean_words=sum(map(_n_words, sample)) / max(len(sample), 1),
        letter_fraction=len(_LETTERS.findall(text)) / n_shown,
        digit_fraction=len(_DIGITS.findall(text)) / n_shown,
        number_fraction=sum(bool(_NUMBER.match(cell)) for cell in sample) / max(len(sample), 1),
        is_whole_number=bool(sample) and all(_WHOLE_NUMBER.match(cell) for cell in sample),
        time_fraction=0.0,
        time_rule="",
        link_fraction=_fraction(sample, _LINK.match),
        status_fraction=_fraction(sample, lambda cell: cell.strip().casefold() in STATUS_VALUES),
        priority_fraction=_fraction(sample, lambda cell: _PRIORITY_EDGES.sub("", cell.casefold()) in PRIORITY_VALUES),
        evenness=_evenness(counts),
    )
    return stats, sample


class _Values(NamedTuple):
    """The filled cells of a column: how many records have each different one, some of them, and the longest."""

    counts: npt.NDArray[np.int64]
    sample: list[str]
    max_length: int


def _values(column: pa.ChunkedArray) -> _Values:
    if column.nbytes > _LARGE:
        return _large_values(column)
    filled = column.filter(_is_filled(column))
    found = pc.value_counts(filled)
    values, counts = found.field("values"), found.field("counts").to_numpy()
    drawn, numbers = _drawn(_marks(values.to_pylist()), counts)
    sample = _in_order(values.take(pa.array(drawn)).to_pylist(), numbers)
    return _Values(counts, sample, int(pc.max(pc.utf8_length(filled)).as_py() or 0))


def _large_values(column: pa.ChunkedArray) -> _Values:
    """The same part by part: of a column of long texts neither a copy nor its different values are held."""
    hashes, marks, rows = [np.empty(0, dtype=np.int64)], [_marks([])], [np.empty(0, dtype=np.int64)]
    start = max_length = 0
    for chunk in column.chunks:
        for first in range(0, len(chunk), _AT_ONCE):
            part = chunk.slice(first, _AT_ONCE)
            is_filled = _is_filled(part).to_numpy(zero_copy_only=False)
            cells = part.filter(pa.array(is_filled)).to_pylist()
            hashes.append(np.fromiter(map(hash, cells), dtype=np.int64, count=len(cells)))
            marks.append(_marks(cells))
            rows.append(start + first + np.flatnonzero(is_filled))
            max_length = max(max_length, *map(len, cells), 0)
        start += len(chunk)
    _, first_of, counts = np.unique(np.concatenate(hashes), return_index=True, return_counts=True)
    drawn, numbers = _drawn(np.concatenate(marks)[first_of], counts)
    sample = take_rows(column, np.concatenate(rows)[first_of[drawn]]).to_pylist()
    return _Values(counts, _in_order(sample, numbers), max_length)


def _is_filled(cells: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.fill_null(pc.match_substring_regex(cells, r"\S"), False)


def _marks(cells: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A number for each cell, made of its beginning and its length, by which it is drawn."""
    heads = np.empty(len(cells), dtype=object)
    heads[:] = [cell[:_HASHED] for cell in cells]
    lengths = np.fromiter(map(len, cells), dtype=np.uint64, count=len(cells))
    return np.asarray(hash_array(heads, categorize=False) ^ lengths, dtype=np.uint64)


def _drawn(
    marks: npt.NDArray[np.uint64], counts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Which of some different values (v,) are drawn, one more than once where it is frequent, and their numbers.

    Every cell has the same chance: a value that stands in the column ``c`` times draws ``c`` numbers.
    """
    value = np.repeat(np.arange(len(counts)), counts)
    copy = np.arange(len(value)) - np.repeat(np.cumsum(counts) - counts, counts)
    numbers = _mixed(marks[value] + copy.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    n = min(len(numbers), _SAMPLE)
    picked = np.flatnonzero(numbers <= np.partition(numbers, n - 1)[n - 1]) if n else np.empty(0, dtype=np.int64)
    return value[picked], numbers[picked]


def _in_order(cells: Sequence[str], numbers: npt.NDArray[np.uint64]) -> list[str]:
    """The sample: the cells with the smallest numbers, in an order that is that of no rows."""
    return [cell[:_SHOWN] for _, cell in sorted(zip(numbers.tolist(), cells, strict=True))[:_SAMPLE]]


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Numbers without what they had in common (the finishing step of splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: npt.NDArray[np.uint64] = numbers ^ (numbers >> np.uint64(31))
    return mixed


def _fraction(sample: list[str], is_one: Callable[[str], object]) -> float:
    return sum(bool(is_one(cell)) for cell in sample) / max(len(sample), 1)


def _n_words(cell: str) -> float:
    return len(cell.split()) + len(_UNSPACED.findall(cell)) / 2


def _evenness(counts: npt.NDArray[np.number[Any]]) -> float:
    if len(counts) < 2:
        return 0.0
    shares = np.sort(counts) / counts.sum()  # sorted: sums of fractions depend on their order
    return float(-(shares * np.log(shares)).sum() / np.log(len(shares)))
