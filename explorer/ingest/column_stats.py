"""What the cells of a column are like, for guessing its role."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from explorer.ingest.role_words import PRIORITY_VALUES, STATUS_VALUES, split_name, with_parts
from explorer.ingest.time_rules import LEADING_CHARACTERS
from explorer.ingest.times import best_rule
from explorer.types import Table

_SAMPLE = 400
_HASHED = 100  # characters of a cell that decide whether it is drawn
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
    filled = column.filter(pc.fill_null(pc.match_substring_regex(column, r"\S"), False))
    n_filled = len(filled)
    found = pc.value_counts(filled)
    counts = found.field("counts").to_numpy()
    sample = _sample(found.field("values"), counts)
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
        max_length=int(pc.max(pc.utf8_length(filled)).as_py() or 0),
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


def _sample(values: pa.Array, counts: npt.NDArray[np.int64]) -> list[str]:
    """Cells drawn by their content, each at most 2,000 characters long: the same in any order of the rows.

    Every cell has the same chance: a value that stands in the column ``c`` times draws ``c`` numbers.
    """
    if not len(values):
        return []
    heads = pc.utf8_slice_codeunits(values, 0, _HASHED).to_numpy(zero_copy_only=False).astype(object)
    of_value = hash_array(heads, categorize=False) ^ pc.utf8_length(values).to_numpy().astype(np.uint64)
    value = np.repeat(np.arange(len(counts)), counts)
    copy = np.arange(len(value)) - np.repeat(np.cumsum(counts) - counts, counts)
    drawn = _mixed(of_value[value] + copy.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    n = min(len(drawn), _SAMPLE)
    highest = np.partition(drawn, n - 1)[n - 1]
    picked = np.flatnonzero(drawn <= highest)
    cells = values.take(pa.array(value[picked])).to_pylist()
    return [cell[:2_000] for _, cell in sorted(zip(drawn[picked].tolist(), cells, strict=True))[:n]]


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
