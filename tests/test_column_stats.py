"""What columns are like does not depend on how many others stand beside them, and many columns cost little."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import column_stats as module
from explorer.ingest.column_stats import column_stats
from explorer.ingest.times import best_rule
from explorer.types import Table

CELLS = st.sampled_from(
    ["", "v12", "jam", "12.5", "2024-01-02", "31/01/2024", "01/31/2024", "Mar 3, 2024", "3 March 24", "1709280000",
     "2024-13-45", "10.0.0.1", "45/45/2024", "7:05 PM"]
)  # fmt: skip


def table_of(columns: list[list[str]]) -> Table:
    n = len(columns[0])
    cells = pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)})
    return Table(cells, np.arange(n), np.zeros(n, np.int64), (), (), False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=12))
def test_a_column_is_the_same_among_others_and_alone(columns):
    for position, stats in enumerate(column_stats(table_of(columns))):
        filled = [cell for cell in columns[position] if cell]
        rule, fraction = best_rule(filled) if filled else (None, 0.0)
        assert (stats.time_rule, stats.time_fraction) == (rule.name if rule else "", pytest.approx(fraction))


def test_times_are_looked_for_in_many_columns_at_once(monkeypatch):
    searched = []
    monkeypatch.setattr(module, "best_rule", lambda sample: searched.append(len(sample)) or best_rule(sample))
    columns = [[f"v{i}", f"{i}.5", "jam"] for i in range(2_000)]
    columns[700] = ["Mar 3, 2024", "Mar 4, 2024", "Mar 5, 2024"]
    columns[1_200] = ["2024-01-02 10:11", "2024-01-03 10:11", ""]
    stats = column_stats(table_of(columns))
    assert [column.name for column in stats if column.time_rule] == ["c700", "c1200"]
    assert len(searched) < 30


def test_a_column_without_any_digit_is_not_searched_for_times(monkeypatch):
    monkeypatch.setattr(module, "best_rule", lambda _: pytest.fail("searched"))
    assert not column_stats(table_of([["jam", "dark"], ["", ""]]))[0].time_rule


_FORM = "the same form of a page before what was written into it: " * 3


_ANY_CELL = st.one_of(st.none(), CELLS, st.sampled_from("abcdefgh").map(_FORM.__add__))


@settings(max_examples=30, deadline=None)
@given(st.lists(_ANY_CELL, max_size=60).map(lambda cells: cells * 9), st.randoms(use_true_random=False))
def test_a_large_column_is_looked_at_part_by_part_and_is_the_same_in_any_order(cells, random):
    def stats_of(values):
        column = pa.chunked_array([pa.array(values[:7], pa.string()), pa.array(values[7:], pa.string())])
        return module._stats(column, "text", 0)

    small = stats_of(cells)
    random.shuffle(cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LARGE", -1)
        patch.setattr(module, "_AT_ONCE", 50)
        assert stats_of(cells) == small
