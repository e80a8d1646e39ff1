"""Many strings in one Arrow array: read like a tuple, at a fraction of a tuple's memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import pyarrow as pa

_AT_ONCE = 10_000  # strings made while iterating


class Strings(Sequence[str]):
    """Immutable strings, none of them missing. A million log lines take their own bytes and 8 more each; as Python
    strings they would take 49 more each, and as many again for the tuple.

    Lone surrogates cannot be held (UnicodeEncodeError); the readers replace them.
    """

    __slots__ = ("_array",)

    def __init__(self, values: Iterable[str] | pa.Array | pa.ChunkedArray) -> None:
        if isinstance(values, pa.ChunkedArray):
            large = values.cast(pa.large_string())
            array = large.chunk(0) if large.num_chunks == 1 else large.combine_chunks()
            array = pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) else array
        elif isinstance(values, pa.Array):
            array = values.cast(pa.large_string())
        else:
            array = pa.array(list(values), pa.large_string())
        if array.null_count:
            raise ValueError("a string is missing")
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Strings: ...
    def __getitem__(self, index: int | slice) -> str | Strings:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            if step == 1:
                return Strings(self._array.slice(start, max(stop - start, 0)))
            return Strings(self._array.take(pa.array(np.arange(start, stop, step))))
        text: str = self._array[int(index)].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _AT_ONCE):
            yield from self._array.slice(start, _AT_ONCE).to_pylist()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Strings):
            return bool(self._array.equals(other._array))
        return tuple(self) == other

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Strings({list(self[:3])!r}{', ...' if len(self) > 3 else ''}, {len(self):,} in all)"

    def __arrow_array__(self, type: Any = None) -> pa.Array:
        """For ``pa.array(strings)``: the array itself, not a copy."""
        return self._array if type is None else self._array.cast(type)
