"""Many strings in one Arrow array: read like a tuple, at a fraction of a tuple's memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa

from explorer.types import Ints

_AT_ONCE = 10_000  # strings made while iterating


class Strings(Sequence[str]):
    """Immutable strings, none of them missing. A million log lines take their own bytes and a few more each; as Python
    strings they would take 49 more each, and 8 more for the tuple.

    Made of a column of a table, they share its memory. Lone surrogates cannot be held (UnicodeEncodeError); the readers
    replace them.
    """

    __slots__ = ("column",)

    def __init__(self, values: Iterable[str] | pa.Array | pa.ChunkedArray) -> None:
        if isinstance(values, pa.ChunkedArray):
            column = values
        else:
            array = values if isinstance(values, pa.Array) else pa.array(list(values), pa.large_string())
            column = pa.chunked_array([array])
        if column.null_count:
            raise ValueError("a string is missing")
        self.column: pa.ChunkedArray = column

    def __len__(self) -> int:
        return len(self.column)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Strings: ...
    def __getitem__(self, index: int | slice) -> str | Strings:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return Strings(self.column.slice(start, max(stop - start, 0)))
            return Strings(take_rows(self.column, np.arange(start, stop, step)))
        text: str = self.column[int(index)].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        for chunk in self.column.chunks:
            for start in range(0, len(chunk), _AT_ONCE):
                yield from chunk.slice(start, _AT_ONCE).to_pylist()

    def __eq__(self, other: object) -> bool:
        return tuple(self) == (tuple(other) if isinstance(other, Strings) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Strings({list(self[:3])!r}{', ...' if len(self) > 3 else ''}, {len(self):,} in all)"


def take_rows(column: pa.ChunkedArray, rows: Ints) -> pa.Array:
    """The values of some rows (m,), which may repeat and stand in any order.

    ``ChunkedArray.take`` puts all chunks together first, in a copy of the whole column.
    """
    chunks = column.chunks
    if not len(rows):
        return pa.array([], column.type)
    if len(chunks) == 1:
        return chunks[0].take(pa.array(rows))
    ends = np.cumsum([len(chunk) for chunk in chunks])
    chunk_of = np.searchsorted(ends, rows, side="right")
    order = np.argsort(chunk_of, kind="stable")
    used, first = np.unique(chunk_of[order], return_index=True)
    parts = [
        chunks[number].take(pa.array(rows[picked] - (ends[number] - len(chunks[number]))))
        for number, picked in zip(used.tolist(), np.split(order, first[1:]), strict=True)
    ]
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return pa.concat_arrays(parts).take(pa.array(place))


def take_strings(values: Sequence[str], rows: Ints) -> list[str]:
    """The strings of some rows (m,)."""
    if not isinstance(values, Strings):
        return [values[row] for row in rows.tolist()]
    taken: list[str] = take_rows(values.column, rows).to_pylist()
    return taken


def string_column(values: Sequence[str]) -> pa.ChunkedArray:
    """Strings as an Arrow column, without a copy where they are one already."""
    return values.column if isinstance(values, Strings) else Strings(values).column
