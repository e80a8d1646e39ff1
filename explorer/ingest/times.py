"""Times from text: one rule for a whole column, chosen on a sample, never guessed cell by cell.

All results are UTC in ``datetime64[ms]``; a time without a zone is taken as UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from explorer.ingest.time_rules import NO_CLOCK, RULES, Numbers, TimeRule, Written, full_years, is_known_zone, match
from explorer.types import Ints, Times

Strings = Any  # a sequence of str or None, an Arrow array or a chunked array

SAMPLE = 300
_AT_ONCE = 50_000  # texts whose times are taken apart at a time: the parts take many times what the times do
_NO_YEAR = 2000  # the year shown where lines carry none; a leap year, so that 29 February exists
_SHIFTS = 9  # years tried for times without one: 29 February needs a leap year, eight years back at the most


@dataclass(frozen=True, eq=False)
class ParsedTimes:
    """``times`` (n,) with NaT where a cell is empty or could not be read; ``n_unread`` counts the latter.

    ``zones`` are the zones as written, most frequent first, "" for times without one; empty where no clock was read.
    """

    times: Times
    rule: str | None
    n_unread: int
    notes: tuple[str, ...]
    zones: tuple[str, ...] = ()

    @property
    def zone_note(self) -> str:
        """A sentence on the zones of the times, "" where there is nothing to say."""
        named = [zone for zone in self.zones if zone]
        if not self.zones:
            return ""
        if not named:
            return "The times carry no zone; they are taken as UTC."
        listed = ", ".join(named[:6]) + (", ..." if len(named) > 6 else "")
        without = "; times without a zone are taken as UTC" if "" in self.zones else ""
        return f"Times are shown in UTC; as written their zone is {listed}{without}."


def parse_times(
    values: Strings,
    *,
    in_lines: bool = False,
    not_after: np.datetime64 | None = None,
    day_first: bool | None = None,
) -> ParsedTimes:
    """Times of cells (n,), or with ``in_lines`` the times near the start of log lines.

    Times without a year get the latest one that puts none of them later than ``not_after``, and the year _NO_YEAR where
    that is None. ``day_first`` says how dates such as 01/02/2024 are meant; None decides it from all of them.
    """
    blocks = list(_blocks(values))
    filled = [np.flatnonzero(_is_filled(block)) for block in blocks]
    n_filled = sum(map(len, filled))
    rule, _ = _best_rule(_sample(blocks, filled, in_lines=in_lines), in_lines=in_lines)
    times = np.full(sum(map(len, blocks)), "NaT", dtype="datetime64[ms]")
    if rule is None:
        return ParsedTimes(times, None, n_filled, ())
    written = [match(rule, block, in_lines=in_lines) for block in blocks]
    dates = _decide(written, in_lines=in_lines, not_after=not_after, day_first=day_first)
    start = n_read = 0
    for number, (block, said) in enumerate(zip(blocks, written, strict=True)):
        found = dates.times_of(number, said)
        times[start + said.rows] = found
        n_read += int((~np.isnat(found)).sum())
        start += len(block)
    zones, zone_notes = _zones(written)
    return ParsedTimes(times, rule.name, n_filled - n_read, (*dates.notes, *zone_notes), zones)


def best_rule(sample: Sequence[str], *, in_lines: bool = False) -> tuple[TimeRule | None, float]:
    """The rule that reads most of a sample, and the share it reads; (None, 0.0) when none reads any."""
    return _best_rule(pa.array(sample, pa.string()), in_lines=in_lines)


def _best_rule(sample: pa.Array, *, in_lines: bool) -> tuple[TimeRule | None, float]:
    best, best_share = None, 0.0
    for rule in RULES:
        written = match(rule, sample, in_lines=in_lines)
        if len(written) > best_share * len(sample):
            dates = _decide([written], in_lines=in_lines)
            share = float((~np.isnat(dates.times_of(0, written))).sum()) / len(sample)
            if share > best_share:
                best, best_share = rule, share
    return best, best_share


def _blocks(values: Strings) -> Iterator[pa.Array]:
    """The texts in pieces that are taken apart at a time."""
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = pa.array(values, pa.string())
    for chunk in values.chunks if isinstance(values, pa.ChunkedArray) else [values]:
        for start in range(0, len(chunk), _AT_ONCE):
            yield chunk.slice(start, _AT_ONCE)


def _is_filled(block: pa.Array) -> Any:
    return pc.fill_null(pc.match_substring_regex(block, r"\S"), False).to_numpy(zero_copy_only=False)


def _sample(blocks: list[pa.Array], filled: list[Ints], *, in_lines: bool) -> pa.Array:
    """Some of the texts: every so many lines of a log, which stand in an order that matters; else cells chosen by what
    they hold, which is the same in any order of the rows."""
    n_filled = sum(map(len, filled))
    if in_lines or n_filled <= SAMPLE:
        picked = np.arange(0, n_filled, max(n_filled // SAMPLE, 1))
    else:
        hashes = [hash_array(block.take(pa.array(rows)).to_numpy(zero_copy_only=False), categorize=False)
                  for block, rows in zip(blocks, filled, strict=True)]  # fmt: skip
        picked = np.argsort(np.concatenate(hashes), kind="stable")[:SAMPLE]
    ends = np.cumsum([len(rows) for rows in filled])
    block_of = np.searchsorted(ends, picked, side="right")
    texts = [
        blocks[block][int(filled[block][place - ends[block]])].as_py()  # counted from the block's end
        for block, place in zip(block_of.tolist(), picked.tolist(), strict=True)
    ]
    return pa.array(texts, pa.string())


@dataclass(frozen=True, eq=False)
class _Dates:
    """Which of the written numbers are year, month and day; the same for all blocks of a column.

    ``order`` names them in this order. Where no year is written, ``years`` has one for each time, block by block.
    """

    order: tuple[str, ...] = ("y", "mo", "d")
    years: tuple[Numbers, ...] = ()
    notes: tuple[str, ...] = ()

    def times_of(self, number: int, written: Written) -> Times:
        """The times of one block; NaT where they are no date, such as 31 February."""
        if written.epoch is not None:
            return written.epoch
        if not len(written):
            return np.empty(0, dtype="datetime64[ms]")
        year = self.years[number] if self.years else full_years(written.numbers[self.order[0]])
        month, day = (written.numbers[name] for name in self.order[1:])
        clock = written.numbers["clock"].astype("timedelta64[ms]")
        clock[written.numbers["clock"] == NO_CLOCK] = np.timedelta64("NaT")
        times: Times = _dates(year, month, day) + clock
        return times


def _decide(
    written: list[Written],
    *,
    in_lines: bool,
    not_after: np.datetime64 | None = None,
    day_first: bool | None = None,
) -> _Dates:
    """What a whole column decides: the order of day and month, and the years where none is written."""
    numbers = next((block.numbers for block in written if len(block)), {})
    if "a" in numbers:
        return _order_numbers(written, in_lines, day_first)
    if "mo" in numbers and "y" not in numbers:
        return _with_years(written, not_after)
    return _Dates()


def _with_years(written: list[Written], not_after: np.datetime64 | None) -> _Dates:
    """Times whose year is not written: it changes where December meets January, and the last is the latest possible."""
    months = np.concatenate([block.numbers["mo"] for block in written])
    steps = np.diff(months, prepend=months[:1])
    passed = np.cumsum((steps < -6).astype(np.int32) - (steps > 6).astype(np.int32), dtype=np.int32)
    bounds = np.cumsum([len(block) for block in written])[:-1]
    if not_after is None:
        shown = tuple(np.split(_NO_YEAR + passed, bounds))
        return _Dates(years=shown, notes=(f"The times carry no year; {_NO_YEAR} is shown.",))
    behind = np.split(passed - passed.max(initial=0), bounds)
    newest = int(not_after.astype("datetime64[Y]").astype(np.int64)) + 1970
    best, year, most = _Dates(years=tuple(newest + part for part in behind)), newest, 0
    for candidate in range(newest, newest - _SHIFTS, -1):
        dates = _Dates(years=tuple(candidate + part for part in behind))
        found = [dates.times_of(number, block) for number, block in enumerate(written)]
        known = [times[~np.isnat(times)] for times in found]
        n_known = sum(map(len, known))
        if n_known > most and max(times.max() for times in known if len(times)) <= not_after:
            best, year, most = dates, candidate, n_known
    first = year + int(min((part.min(initial=0) for part in behind), default=0))
    years = str(year) if first == year else f"{first} to {year}"
    latest = not_after.astype("datetime64[D]")
    note = f"The times carry no year; {years} was taken, the latest that puts none of them behind {latest}."
    return _Dates(years=best.years, notes=(note,))


_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST = _Dates(("c", "b", "a")), _Dates(("c", "a", "b")), _Dates(("a", "b", "c"))


def _order_numbers(written: list[Written], in_lines: bool, chosen: bool | None) -> _Dates:
    """Which of three numbers is the day and which the month: as chosen, else decided from the whole column."""
    n_day_first, n_month_first = (_n_dates(dates, written) for dates in (_DAY_FIRST, _MONTH_FIRST))
    n_chosen = n_day_first if chosen else n_month_first
    is_short = all((block.numbers["c"] < 32).all() for block in written if len(block))
    if in_lines and is_short and (chosen is None or n_chosen < sum(map(len, written))):
        return _YEAR_FIRST
    if chosen is not None:
        is_day_first, how = chosen, ", as chosen."
    elif n_day_first != n_month_first:
        is_day_first, how = n_day_first > n_month_first, "."
    else:
        # Lines are written one after the other; the rows of a table may stand in any order, which decides nothing.
        in_order = _sorted_share(_DAY_FIRST, written) - _sorted_share(_MONTH_FIRST, written) if in_lines else 0.0
        separator = next(block.separator for block in written if len(block))
        is_day_first = in_order > 0 or (in_order == 0 and separator != "/")
        is_open = any((block.numbers["a"] != block.numbers["b"]).any() for block in written if len(block))
        how = _why_undecided(in_order) if is_open else "."
    note = f"Dates were read with the {'day' if is_day_first else 'month'} first{how}"
    return _Dates((_DAY_FIRST if is_day_first else _MONTH_FIRST).order, notes=(note,))


def _why_undecided(in_order: float) -> str:
    if in_order:
        return ", in which the lines stand in the order of time."
    return (
        "; no date in the column decides it. If it is the other way, choose --day-first or --month-first, or the order "
        "of day and month in the preview."
    )


def _n_dates(dates: _Dates, written: list[Written]) -> int:
    return sum(int((~np.isnat(dates.times_of(number, block))).sum()) for number, block in enumerate(written))


def _sorted_share(dates: _Dates, written: list[Written]) -> float:
    """How well the rows are in the order of time, forwards or backwards."""
    times = np.concatenate([dates.times_of(number, block) for number, block in enumerate(written)])
    known = times[~np.isnat(times)].astype(np.int64)
    steps = np.diff(known)
    return float(max((steps >= 0).mean(), (steps <= 0).mean())) if len(steps) else 0.0


def _dates(year: Numbers, month: Numbers, day: Numbers) -> Times:
    is_month = (month >= 1) & (month <= 12) & (year >= 1) & (year <= 9999)
    months = np.where(is_month, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_date = is_month & (day >= 1) & (dates.astype("datetime64[M]") == months)
    dates[~is_date] = np.datetime64("NaT")
    in_ms: Times = dates.astype("datetime64[ms]")
    return in_ms


def _zones(written: list[Written]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones as written, most frequent first, and a note about those that could not be understood."""
    counted = sum((block.zones for block in written), Counter[str]())
    zones = tuple(sorted(counted, key=lambda zone: (-counted[zone], zone)))
    unknown = [zone for zone in zones if not is_known_zone(zone)]
    note = f"The zone {', '.join(unknown[:6])} has no one meaning; those times are taken as UTC."
    return zones, (note,) if unknown else ()
