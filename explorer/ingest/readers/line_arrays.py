"""Lines as Arrow arrays, cut out of a text at once instead of one string after the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from explorer.ingest.readers.base import repair_text
from explorer.types import Ints

_NEWLINE, _SPACE, _DELETE = 10, 32, 127

Bytes = npt.NDArray[np.uint8]


class Lines(NamedTuple):
    """``data`` holds UTF-8 lines, each with a newline behind it; ``starts`` and ``ends`` (n,) are where they lie in
    it, and ``array`` (n,) is the same lines without their newlines."""

    data: Bytes
    starts: Ints
    ends: Ints
    array: pa.Array


def encode_lines(text: str, end: str) -> tuple[bytes, int]:
    """Lines of a text as UTF-8 with plain newlines, and how many of them had to be repaired.

    ``end`` ends a line, "\\n" or "\\r"; before "\\n" one "\\r" is dropped. Holes of NUL bytes at the beginning of a
    line, as log rotation leaves them, are dropped; other NULs and lone surrogates, which no
    report can carry, become U+FFFD.
    """
    if end == "\r":
        text = text.replace("\r", "\n")
    elif "\r" in text:
        text = text.replace("\r\n", "\n").removesuffix("\r")
    n_repaired = 0
    try:
        data = text.encode()
    except UnicodeEncodeError:
        text, n_repaired = _repaired(text)
        data = text.encode()
    if b"\x00" in data:
        text, n = _repaired(text)
        data, n_repaired = text.encode(), n_repaired + n
    return (data if data.endswith(b"\n") else data + b"\n"), n_repaired


def _repaired(text: str) -> tuple[str, int]:
    lines = text.split("\n")
    fixed = [repair_text(line.lstrip("\x00")) for line in lines]
    return "\n".join(fixed), sum(a != b for a, b in zip(lines, fixed, strict=True))


def split_lines(encoded: bytes) -> Lines:
    """Cut at every newline; the last byte must be one."""
    data = np.frombuffer(encoded, dtype=np.uint8)
    ends = np.flatnonzero(data == _NEWLINE).astype(np.int64)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    return Lines(data, starts, ends, _strings(data[data != _NEWLINE], ends - starts))


def nonblank_lines(lines: Lines) -> Ints:
    """Positions of the lines that hold more than white space."""
    # Most lines begin with a letter, a digit or a bracket; the newline of an empty one is white space too.
    begins = lines.data[lines.starts]
    is_filled = (begins > _SPACE) & (begins < _DELETE)
    others = np.flatnonzero(~is_filled)
    if len(others):
        is_filled[others] = [
            not line.isspace() and line != "" for line in lines.array.take(pa.array(others)).to_pylist()
        ]
    found: Ints = np.flatnonzero(is_filled).astype(np.int64)
    return found


def take_records(lines: Lines, first: Ints, last: Ints) -> pa.Array:
    """The text from each ``first`` (r,) line to the end of its ``last`` (r,) line, with the newlines between them."""
    if len(first) == len(lines.array):
        return lines.array
    if np.array_equal(first, last):
        return lines.array.take(pa.array(first))
    starts, ends = lines.starts[first], lines.ends[last]
    # +1 where a record begins and -1 behind its end: the running sum is 1 inside of records.
    steps = np.zeros(len(lines.data) + 1, dtype=np.int8)
    steps[starts] += 1
    steps[ends] -= 1
    return _strings(lines.data[np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)], ends - starts)


def _strings(data: Bytes, lengths: Ints) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    large = pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(offsets), pa.py_buffer(data))
    return large.cast(pa.string()) if offsets[-1] < 2**31 - 1 else large
