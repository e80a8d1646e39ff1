"""Which lines of a log continue the record above them: stack traces, and values printed over several lines.

Decided for many lines at once: a few expressions class each line, and the classes of its neighbours do the rest.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.levels import LEVEL_WORDS
from explorer.ingest.log_parts import ANY_TIME
from explorer.types import Bools, Ints

#: More lines than these begin a record of their own, which the report says: no trace is longer.
MAX_JOINED = 2_000
BRIDGE = 5  # lines without a mark that belong to the marked lines below them: the rest of a message, a source line

# In plain text only lines that can be nothing else are joined; indented text may be anything.
_FRAME = "|".join((
    r"\s*$",  # nothing behind a prefix
    r"\s+at\s\S",  # Java, .NET, JavaScript
    r"\s+\.\.\. \d+ (?:more|common frames)",
    r"\s+File \"[^\"]+\", line \d+",  # Python
    r"\s+from \S+:\d+:in |\s*(?:from )?\S+\.(?:rb|rake|erb|haml|ru):\d+:in [`'][^']*'\s*$",  # Ruby
    r"\s+\S+\.(?:go|rs|c|cc|cpp|h|py|rb|js|ts):\d+",  # Go, Rust
    r"\s+\d+:\s+(?:0x[0-9a-f]+ - )?\S+::\S+",  # Rust
    r"\s+[~^]+\s*$",
    r"\s*(?:Caused by|Suppressed|Wrapped by): ",
    r"\s*--- End of (?:inner exception )?stack trace",
    r"\s+---> ",
    r"---> ",
    r"goroutine \d+ \[",
    r"created by [\w./]+",
    r"exit status \d+$",
    r"\[signal SIG",
    r"stack backtrace:$",
    r"\s*#\d+ (?:\S+\(\d+\): |\{main\}|\[internal function\])",  # PHP
    r"(?:\[stacktrace\]|\[previous exception\].*|Stack trace:)\s*$",
    r"\s+thrown in \S+ on line \d+",
    r"\s+#\d+ +(?:pc |0x)",  # native code
    r"Node\.js v\d+\.\d+",
    r"note: (?:run with `RUST_BACKTRACE|[Ss]ome details are omitted)",
    r"The above exception was the direct cause of",
    r"During handling of the above exception,",
))  # fmt: skip
_IS_FRAME = f"^(?:{_FRAME})"
EXCEPTION = r"(?:[\w$-]+(?:\.|::))*[\w$]*(?:Exception|Error|Throwable|Fault|Interrupt|Timeout|Warning)(?:: |:?$|\s*\()"
_IS_MARKED = (
    rf"^(?:\s+\S|Traceback \(most recent call last\):|{EXCEPTION}|{_FRAME}"
    r"|\"?[\])}]+[,;]?\s*$|[\[({]+\s*$|</?[A-Za-z?!][^>]*>?)"
)
_IS_TRACEBACK = r"^\s*(?:Traceback \(most recent call last\):|The above exception was|During handling of the above)"
#: What a program prints when it dies; its last log record has nothing to do with it, unless it speaks of an error.
_IS_CRASH = (
    r"^(?:panic: |fatal error: |Exception in thread \"|thread '[^']*' (?:\(\d+\) )?panicked at |Unhandled [Ee]xception"
    r"|Uncaught |\S+\.rb:\d+:in [`'][^']*': .*\([A-Z]\w*(?:::\w+)*\)$)"
)
_SPEAKS_OF_ERROR = r"(?i:error|fatal|panic|crit|severe|exception|fail|crash|abort)"
#: A head that only announces what stands below it: nothing behind its dash or its arrow, or "Request body:".
_ANNOUNCES = r"(?:\s-|\s->|[^:]:)\s*$"
_MAY_BE_OTHER = rf"^[\[(<]?(?:{LEVEL_WORDS})\b|\d\d:\d\d:\d\d"
_IS_FOREIGN = rf"^(?:<\d{{1,3}}>)?[\[(<]?(?:{ANY_TIME}|\d\d:\d\d:\d\d)|^\{{.*\}}\s*$"
_IS_FUNCTION = r"^[\w./*()\[\]{}-]+\(.*\)$"  # of Go; the line below says where it stands
#: What Node.js prints when it dies: a place, the line of source there, a mark below it, then the error.
_IS_NODE_PLACE = r"^(?:/|[A-Za-z]:\\|node:|file://)\S*:\d+$"
_IS_MARK = r"^\s*[~^]+\s*$"
_IS_TRACEBACK_END = r"^[A-Za-z_][\w.]*(?:: .*)?$"


def begins_record(lines: pa.Array, is_head: Bools, *, has_format: bool, continues: str | None = None) -> Bools:
    """Whether each line (n,), none of them blank, begins a record; the others join the one above.

    ``is_head`` are the lines that the log's format knows as heads; ``continues`` an expression for lines that its
    heads continue with. Without a format every line is a head but those of stack traces.
    """
    others = np.flatnonzero(~is_head)
    begins = np.ones(len(lines), dtype=np.bool_)
    if len(others):
        picked = lines.take(pa.array(others))
        mark = pc.and_not(_matches(picked, _IS_MARKED if has_format else _IS_FRAME), _matches(picked, _IS_FOREIGN))
        if continues is not None:
            mark = pc.or_(mark, _matches(picked, continues))
        marked = np.zeros(len(lines), dtype=np.bool_)
        marked[others] = _numpy(mark)
        places, below = _node_crashes(picked, others, len(lines))
        marked |= below
        crashes = _spread(_matches(picked, _IS_CRASH), others, len(lines)) | places
        starts = _spread(_matches(picked, _IS_FOREIGN), others, len(lines)) & ~marked
        firm = is_head | starts | (crashes & ~_after_error(lines, is_head, crashes))
        marked &= ~firm
        marked |= crashes & ~firm
        marked |= _bridged(marked, firm) if has_format else _around_frames(lines, marked, firm)
        if has_format:
            marked |= _announced(lines, picked, others, is_head, firm)
        marked |= _in_traceback(lines, picked, others, has_format=has_format)
        begins = ~marked
    if len(begins):
        begins[0] = True
    return begins


def cap_joined(begins: Bools) -> tuple[Bools, int]:
    """Records of at most MAX_JOINED lines, and how many had to be cut."""
    first = np.flatnonzero(begins)
    lengths = np.diff(np.append(first, len(begins)))
    too_long = np.flatnonzero(lengths > MAX_JOINED)
    if len(too_long):
        begins = begins.copy()
        for record in too_long.tolist():
            begins[first[record] : first[record] + lengths[record] : MAX_JOINED] = True
    return begins, len(too_long)


def _matches(lines: pa.Array, expression: str) -> pa.Array:
    return pc.match_substring_regex(lines, expression)


def _numpy(flags: pa.Array) -> Bools:
    values: Bools = flags.to_numpy(zero_copy_only=False).astype(np.bool_)
    return values


def _spread(flags: pa.Array, rows: Ints, n: int) -> Bools:
    spread = np.zeros(n, dtype=np.bool_)
    spread[rows] = _numpy(flags)
    return spread


def _after_error(lines: pa.Array, is_head: Bools, crashes: Bools) -> Bools:
    """Crashes whose record above speaks of an error itself: they tell more of the same."""
    rows = np.flatnonzero(crashes)
    after = np.zeros(len(is_head), dtype=np.bool_)
    if len(rows):
        heads = _last_true(is_head)[rows]
        above = lines.take(pa.array(np.maximum(heads, 0)))
        after[rows] = (heads >= 0) & _numpy(_matches(above, _SPEAKS_OF_ERROR))
    return after


def _last_true(flags: Bools) -> Ints:
    """For each position the last one at or before it that is set; -1 where there is none."""
    positions = np.where(flags, np.arange(len(flags)), -1)
    last: Ints = np.maximum.accumulate(positions)
    return last


def _bridged(marked: Bools, firm: Bools) -> Bools:
    """Lines without a mark that stand close above marked ones, with no head between: they belong to the same."""
    n = len(marked)
    known = np.where(marked | firm, np.arange(n), n)
    following = np.minimum.accumulate(known[::-1])[::-1]
    is_near = (following < n) & (following - np.arange(n) <= BRIDGE)
    bridged: Bools = ~marked & ~firm & is_near & marked[np.minimum(following, n - 1)]
    return bridged


def _announced(lines: pa.Array, picked: pa.Array, others: Ints, is_head: Bools, firm: Bools) -> Bools:
    """Lines below a head that ends with a colon or has no words of its own, up to the next that begins a record or
    may be of another log: it begins with a level, or holds a clock."""
    ends = firm | _spread(_matches(picked, _MAY_BE_OTHER), others, len(firm))
    last = _last_true(ends)
    rows = others[(last[others] >= 0) & ~ends[others]]
    heads = np.unique(last[rows])
    announces = np.zeros(len(firm), dtype=np.bool_)
    announces[heads] = is_head[heads] & _numpy(_matches(lines.take(pa.array(heads)), _ANNOUNCES))
    below = np.zeros(len(firm), dtype=np.bool_)
    below[rows] = announces[last[rows]]
    return below


def _node_crashes(picked: pa.Array, others: Ints, n: int) -> tuple[Bools, Bools]:
    """The lines (n,) at which Node.js says where it died, and the three below each: source, mark, error."""
    places = _spread(_matches(picked, _IS_NODE_PLACE), others, n)
    below = np.zeros(n, dtype=np.bool_)
    if places.any():
        marks = _spread(_matches(picked, _IS_MARK), others, n)
        places[:-2] &= marks[2:]
        places[-2:] = False
        is_other = np.zeros(n, dtype=np.bool_)
        is_other[others] = True
        for step in (1, 2, 3):
            below[step:] |= places[:-step] & is_other[step:]
    return places, below


def _around_frames(lines: pa.Array, marked: Bools, firm: Bools) -> Bools:
    """Lines of a plain text that belong to the frames beside them: functions above a place, values below a frame."""
    follows = np.zeros(len(marked), dtype=np.bool_)
    if not marked.any():
        return follows
    follows[:-1] = marked[1:] & ~marked[:-1] & ~firm[:-1]
    rows = np.flatnonzero(follows)
    follows[rows] = _numpy(_matches(lines.take(pa.array(rows)), _IS_FUNCTION))
    near = marked | follows
    indented = _numpy(_matches(lines, r"^(?:\s|[\])}]+[,;]?$)")) & ~firm
    joined: Bools = follows | (indented & (_last_true(near) > _last_true(~indented & ~near)))
    return joined


def _in_traceback(lines: pa.Array, picked: pa.Array, others: Ints, *, has_format: bool) -> Bools:
    """Lines of Python tracebacks that carry no mark: the source lines, and the exception that ends them.

    Where no format is known a traceback's first line begins a record, unless it is chained to the one above.
    """
    n = len(lines)
    opens = _spread(_matches(picked, _IS_TRACEBACK), others, n)
    if not opens.any():
        return opens
    indented = _spread(_matches(picked, r"^\s"), others, n)
    last_open = _last_true(opens)
    last_other = _last_true(~indented & ~opens)
    ends = _spread(_matches(picked, _IS_TRACEBACK_END), others, n) & ~indented & ~opens
    ends[0] = False
    ends[1:] &= indented[:-1] & (last_open[:-1] > last_other[:-1])
    joined = ends | (indented & (last_open > last_other))
    if not has_format:
        chained = _spread(_matches(picked, r"^(?:The above|During handling)"), others, n)
        joined |= chained
        joined[1:] |= opens[1:] & chained[:-1]
    return joined
