"""Stack traces each of whose lines has a prefix of its own, as Android and syslog write what a program says at once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.continuation import EXCEPTION
from explorer.ingest.log_columns import COMPONENT, LEVEL, MESSAGE, TIME
from explorer.ingest.log_formats.base import Parsed
from explorer.types import Bools

_CHAIN = "During handling of the above exception|The above exception was the direct cause"
_FRAME = (
    r"^(?:\s+at\s\S|\s*(?:Caused by|Suppressed|Wrapped by): |\s+\.\.\. \d+ (?:more|common frames)"
    rf"|\s+File \"[^\"]+\", line \d+|{_CHAIN}|\s+from \S+:\d+:in |\s+---> |\s+#\d+ +(?:pc |0x)|\t\S+\.go:\d+)"
)
#: What stands between a program's own words and the frames.
_ABOVE = rf"^(?:{EXCEPTION}|Process: \S+, PID: \d+|Traceback \(most recent call last\):)"
_IS_PYTHON = r"^\s+File "
_KEYS = (TIME, LEVEL, COMPONENT, "host", "pid", "thread")
_SOURCES = (COMPONENT, "pid")  # one of them must be known


def in_prefixed_trace(parsed: Parsed) -> Bools | None:
    """(n,) which heads go on with the record above, whose source is the same; None where none does.

    Frames do, what they show of the source, and, where the time is the same as well, the exceptions above them. Where
    times are finer than a second, or there are none, what has the same source and time was said at once, with the words
    above the exception.
    """
    if (
        parsed.views is not None
        or MESSAGE not in parsed.columns
        or not any(name in parsed.columns for name in _SOURCES)
    ):
        return None
    messages = pc.fill_null(parsed.columns[MESSAGE], "")
    frames = _numpy(pc.and_(parsed.is_head, pc.match_substring_regex(messages, _FRAME)))
    if not frames.any():
        return None
    is_same, is_source = _same_as_above(parsed)
    times = parsed.columns.get(TIME, pa.nulls(len(messages), pa.string()))
    is_fine = _numpy(pc.fill_null(pc.match_substring_regex(times, r":\d\d[.,]\d"), True))
    above = _numpy(pc.match_substring_regex(messages, _ABOVE))
    # Below an exception or a frame the clock may have gone on to the next second.
    joined = frames & (is_same | (is_source & np.append(False, (above | frames)[:-1])))
    indented = _numpy(pc.match_substring_regex(messages, r"^\s+\S"))
    chains = _numpy(pc.match_substring_regex(messages, f"^(?:{_CHAIN})"))
    joined |= above & is_source & np.append(False, (joined & chains)[:-1])
    python = _numpy(pc.match_substring_regex(messages, _IS_PYTHON))
    for row in np.flatnonzero(joined & ~np.append(False, joined[:-1])).tolist():
        up = row - 1
        while above[up] and is_same[up] and is_fine[up] and not joined[up]:
            joined[up] = True
            up -= 1
    for row in np.flatnonzero(joined & ~np.append(joined[1:], False)).tolist():
        down, is_python = row + 1, bool(python[row])
        while (
            down < len(joined)
            and is_source[down]
            and not joined[down]
            and (indented[down] or (is_python and above[down]))
        ):
            joined[down] = True
            is_python &= bool(indented[down])
            down += 1
    return joined if joined.any() else None


def _same_as_above(parsed: Parsed) -> tuple[Bools, Bools]:
    """Heads whose time, level and source are those of the head above, and heads whose level and source are."""
    heads = _numpy(parsed.is_head)
    same = np.zeros(len(heads), dtype=np.bool_)
    same[1:] = heads[1:] & heads[:-1]
    same_source = same.copy()
    for name in _KEYS:
        if name in parsed.columns and len(same):
            codes = pc.fill_null(parsed.columns[name], "").dictionary_encode().indices.to_numpy()
            same[1:] &= codes[1:] == codes[:-1]
            if name != TIME:
                same_source[1:] &= codes[1:] == codes[:-1]
    return same, same_source


def as_views(parsed: Parsed, lines: pa.Array) -> pa.Array:
    """The lines (n,) without their prefixes."""
    return pc.if_else(parsed.is_head, pc.fill_null(parsed.columns[MESSAGE], ""), lines)


def _numpy(flags: pa.Array) -> Bools:
    values: Bools = flags.to_numpy(zero_copy_only=False).astype(np.bool_)
    return values
