"""What the cells of a column are like, for guessing its role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.role_words import split_name
from explorer.ingest.times import best_rule
from explorer.types import Table

_SAMPLE = 400
_NUMBER = re.compile(r"\s*[-+]?(?:\d[\d,. ]*)(?:[eE][-+]?\d+)?\s*%?\Z")
_WHOLE_NUMBER = re.compile(r"\s*\d+\s*\Z")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d")
# Chinese, Japanese and Thai put no spaces between words; four of their letters count as two words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")


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
    return [_stats(table.cells.column(name), name, position) for position, name in enumerate(table.columns)]


def _stats(column: pa.ChunkedArray, name: str, position: int) -> ColumnStats:
    filled = column.filter(pc.fill_null(pc.match_substring_regex(column, r"\S"), False))
    n_filled = len(filled)
    sample = _sample(filled)
    rule, time_fraction = best_rule(sample)
    counts = pc.value_counts(filled).field("counts").to_numpy() if n_filled else np.zeros(0)
    text = "".join(sample)
    n_shown = max(len(text) - sum(map(str.isspace, text)), 1)
    return ColumnStats(
        name=name,
        position=position,
        ordered_words=split_name(name),
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
        time_fraction=time_fraction,
        time_rule=rule.name if rule else "",
        evenness=_evenness(counts),
    )


def _sample(filled: pa.ChunkedArray) -> list[str]:
    """Cells spread evenly over the column, each at most 2,000 characters long."""
    rows = np.unique(np.linspace(0, len(filled) - 1, num=min(len(filled), _SAMPLE)).astype(np.int64))
    return [cell[:2_000] for cell in filled.take(pa.array(rows)).to_pylist()]


def _n_words(cell: str) -> float:
    return len(cell.split()) + len(_UNSPACED.findall(cell)) / 2


def _evenness(counts: npt.NDArray[np.number[Any]]) -> float:
    if len(counts) < 2:
        return 0.0
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum() / np.log(len(shares)))
