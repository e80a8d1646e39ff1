"""What a log's table says about its records: their texts, times and levels."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.date_order import Order
from explorer.ingest.levels import SHOWN_LEVELS, find_levels, name_levels
from explorer.ingest.log_columns import LEVEL, LINE, MESSAGE, TIME
from explorer.ingest.outcomes import with_outcomes
from explorer.ingest.times import ParsedTimes, parse_times, zone_note
from explorer.ingest.unread_times import without_day
from explorer.strings import take_rows
from explorer.types import Ints, ReadReport, Roles, Table, Times

_LEAST_WITH_TIME = 0.5
_DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_LEEWAY = np.timedelta64(2, "D")  # for zones, and for clocks that are fast
_MOST_VALUES = 100  # of a column that is offered for colours and filters
_LONGEST_VALUE = 100
_MOST_LEVELS = 30  # different words; what has more is no level
#: What a table calls its column of levels (letters only), the most certain first.
_LEVEL_COLUMNS = ("level", "loglevel", "levelname", "severity", "severitytext", "lvl", "status", "type")


def log_texts(table: Table) -> pa.ChunkedArray:
    """What is compared of each record, null where there is nothing: its message and the fields that say what happened.

    It is the whole record where its file has no messages.
    """
    return with_outcomes(log_messages(table), table)


def log_messages(table: Table) -> pa.ChunkedArray:
    """The message of each record; the whole record where its file has no messages."""
    lines = table.cells.column(LINE)
    if MESSAGE not in table.columns:
        return lines
    messages = table.cells.column(MESSAGE)
    return pc.coalesce(messages, lines) if messages.null_count else messages


def log_column(table: Table, name: str) -> pa.ChunkedArray:
    """One column of a log as it is; of a file without messages the whole records stand for them."""
    return log_messages(table) if name == MESSAGE else table.cells.column(name)


def log_times(
    table: Table, texts: pa.ChunkedArray, *, day_first: bool | None = None, today: dt.date | None = None
) -> tuple[Times | None, tuple[ReadReport, ...]]:
    """Times (n,) of log records, and the reports with notes about them; None where no file has any.

    They are read from the column of times, and from ``texts`` for records that have none. Each file is written by one
    program, so each has rules of its own; but where the dates of one fit several orders of day and month, it is that of
    the other files in its format. ``day_first`` and ``today`` are those of
    :func:`explorer.ingest.corpus.build_corpus`.
    """
    times = np.full(table.n_rows, "NaT", dtype="datetime64[ms]")
    reports = table.reports
    has_column = table.is_lines and TIME in table.columns
    orders: dict[str, set[Order]] = {}
    waiting = [(source, False) for source in range(len(reports))]
    while waiting:
        source, is_last = waiting.pop(0)
        made = reports[source]
        rows = slice(None) if len(reports) == 1 else np.flatnonzero(table.sources == source)
        column = _taken(table.cells.column(TIME), rows) if has_column else None
        known = orders.get(made.format, set())
        decided = next(iter(known)) if len(known) == 1 else None
        newest = newest_time(made.source, today)
        found, parts = _file_times(column, _taken(texts, rows), newest, day_first, decided)
        orders.setdefault(made.format, set()).update(part.order for part in parts if part.order is not None)
        if not is_last and len(reports) > 1 and any(part.is_order_open for part in parts):
            waiting.append((source, True))  # once the other files have been read
            continue
        n_read = int((~np.isnat(found)).sum())
        notes = [note for part in parts for note in part.notes]
        if n_read >= _LEAST_WITH_TIME * len(found) and n_read:
            times[rows] = found
            n_without = len(found) - n_read
            note = f"{n_without:,} record{'' if n_without == 1 else 's'} without a time that could be read."
            notes += [zone_note(*parts), note if n_without else ""]
        elif day_first is not None and notes:
            notes.append(
                f"{n_read:,} of {len(found):,} records have a time that is one in this order; no times were taken."
            )
        else:
            notes = [without_day(column)]
        reports = noted(reports, [source], notes)
    return (None if np.isnat(times).all() else times), reports


def _file_times(
    column: pa.ChunkedArray | None,
    texts: pa.ChunkedArray,
    newest: np.datetime64 | None,
    day_first: bool | None,
    elsewhere: Order | None,
) -> tuple[Times, list[ParsedTimes]]:
    """Times (n,) of the records of one file, from their ``column`` of times or else their texts, and how they were
    read. ``elsewhere`` is the order of dates in other files."""
    parse = partial(parse_times, in_lines=True, not_after=newest, day_first=day_first, elsewhere=elsewhere)
    if column is None or column.null_count == len(column):
        parsed = parse(texts)
        return parsed.times, [parsed]
    parsed = parse(column)
    if not column.null_count or np.isnat(parsed.times).all():
        return parsed.times, [parsed]
    # Lines in another format than most, such as those of a server beside those of the program in it.
    rows = np.flatnonzero(column.is_null().to_numpy()).astype(np.int64)
    rest = parse(_taken(texts, rows), is_rest=True)
    times = parsed.times
    times[rows] = rest.times
    return times, [parsed, rest]


def _taken(column: pa.ChunkedArray, rows: Ints | slice) -> pa.ChunkedArray:
    """The cells of some rows; a slice is all of them, which needs no copy."""
    return column if isinstance(rows, slice) else pa.chunked_array([take_rows(column, rows)])


def newest_time(file_name: str, today: dt.date | None) -> np.datetime64 | None:
    """The latest time a record of a file may have: the day in the name of a rotated file, else ``today``, if known.

    When a file was last changed says little: a copy or an upload has a time of its own.
    """
    days = [] if today is None else [np.datetime64(today, "ms")]
    named = _DATE_IN_NAME.search(file_name)
    if named is not None:
        with contextlib.suppress(ValueError):  # 31 February
            days.append(np.datetime64("-".join(named.groups()), "ms"))
    return min(days) + _LEEWAY if days else None


def with_levels(table: Table, roles: Roles) -> tuple[pa.Table, Roles]:
    """The columns with one for the level, where records say it; where they do not differ in it, it is no category."""
    cells = table.cells
    given = cells.column(LEVEL) if LEVEL in cells.column_names else None
    if given is None or given.null_count:
        found = pa.chunked_array([find_levels(chunk) for chunk in log_messages(table).chunks], pa.string())
        column = found if given is None else pc.coalesce(given, found)
        if column.null_count < len(column):
            if given is None:
                cells = cells.append_column(LEVEL, column)
            else:
                cells = cells.set_column(cells.column_names.index(LEVEL), LEVEL, column)
    differs = LEVEL in cells.column_names and len(pc.unique(cells.column(LEVEL).drop_null())) > 1
    return cells, replace(roles, categories=tuple(name for name in roles.categories if name != LEVEL or differs))


def find_level_column(fields: pa.Table) -> pa.ChunkedArray | None:
    """The level of each record (n,) as it is shown, null where there is none; None where no column holds levels.

    The column of a log, or one of a table that is called so and holds nothing but levels.
    """
    by_name = {_bare(name): name for name in reversed(fields.column_names)}
    for name in [LEVEL, *(by_name[bare] for bare in _LEVEL_COLUMNS if bare in by_name)]:
        if name not in fields.column_names:
            continue
        column = fields.column(name)
        named = pa.chunked_array([name_levels(chunk) for chunk in column.chunks], pa.string())
        different = pc.unique(named.drop_null()).to_pylist()
        is_own = name == LEVEL and LINE in fields.column_names
        if len(different) <= _MOST_LEVELS and (is_own or (different and SHOWN_LEVELS.issuperset(different))):
            return named
    return None


def _bare(name: str) -> str:
    """The last step of a dotted name, its letters only."""
    return re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower())


def guess_log_categories(cells: pa.Table, taken: Collection[str | None]) -> tuple[str, ...]:
    """Columns with few values that repeat. The level comes first, also where it is yet to be found in the records."""
    names = [name for name in cells.column_names if name not in (LEVEL, LINE, TIME, MESSAGE) and name not in taken]
    level = () if LEVEL in taken else (LEVEL,)
    return (*level, *(name for name in names if _is_category(cells.column(name))))


def _is_category(column: pa.ChunkedArray) -> bool:
    values = pc.unique(column.drop_null())
    n_filled = len(column) - column.null_count
    is_short = len(values) > 0 and pc.max(pc.utf8_length(values)).as_py() <= _LONGEST_VALUE
    return (
        is_short and 2 <= len(values) <= _MOST_VALUES and 2 * len(values) <= n_filled and 10 * n_filled >= len(column)
    )


def noted(reports: tuple[ReadReport, ...], sources: Iterable[int], notes: Sequence[str]) -> tuple[ReadReport, ...]:
    """The reports, with notes that are not empty added to some of them."""
    new = tuple(note for note in notes if note)
    chosen = set(sources)
    return tuple(
        replace(made, notes=(*made.notes, *new)) if position in chosen else made
        for position, made in enumerate(reports)
    )
