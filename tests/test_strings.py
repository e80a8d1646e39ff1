"""Strings in one Arrow array: everything that is read of a tuple."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.strings import Strings, string_column, take_strings

lists = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=30)


@given(lists)
def test_they_are_read_like_a_tuple(values: list[str]) -> None:
    strings = Strings(values)
    assert list(strings) == values
    assert strings == tuple(values)
    assert (len(strings), hash(strings)) == (len(values), hash(tuple(values)))
    assert [strings[i] for i in range(-len(values), len(values))] == values + values


@given(lists, st.slices(30))
def test_a_part_is_what_it_is_of_a_list(values: list[str], part: slice) -> None:
    assert list(Strings(values)[part]) == values[part]


@given(lists, st.integers(0, 30))
def test_chunks_make_no_difference(values: list[str], cut: int) -> None:
    parts = [pa.array(values[:cut], pa.string()), pa.array(values[cut:], pa.string())]
    assert Strings(pa.chunked_array(parts)) == Strings(values)
    assert string_column(Strings(values)[cut:]).to_pylist() == string_column(values[cut:]).to_pylist() == values[cut:]


def test_a_place_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError):
        Strings(["a"])[1]
    with pytest.raises(ValueError, match="missing"):
        Strings(pa.array(["a", None]))


def test_they_share_the_memory_of_a_column() -> None:
    column = pa.chunked_array([["a", "bc"], ["d"]])
    assert string_column(Strings(column)) is column


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=4), max_size=6), st.data())
def test_some_rows_of_a_column_in_chunks(chunks: list[list[str]], data: st.DataObject) -> None:
    values = [value for chunk in chunks for value in chunk]
    column = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    rows = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=20)) if values else []
    assert take_strings(Strings(column), np.array(rows, dtype=np.int64)) == [values[row] for row in rows]
    assert take_strings(values, np.array(rows, dtype=np.int64)) == [values[row] for row in rows]
