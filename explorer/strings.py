"""Many strings in one Arrow array: read like a tuple, at a fraction of a tuple's memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa

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
            return Strings(self.column.take(pa.array(np.arange(start, stop, step))))
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


def string_column(values: Sequence[str]) -> pa.ChunkedArray:
    """Strings as an Arrow column, without a copy where they are one already."""
    return values.column if isinstance(values, Strings) else Strings(values).column
