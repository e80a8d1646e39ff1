"""Times from text: one rule for a whole column, chosen on a sample, never guessed cell by cell.

All results are UTC in ``datetime64[ms]``; a time without a zone is taken as UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from explorer.types import Bools, Ints, Times

Strings = Any  # a sequence of str or None, an Arrow array or a chunked array

SAMPLE = 300
_LEADING_CHARACTERS = 100  # where in a log line its time stands
_NO_YEAR = 2000  # the year shown where lines carry none; a leap year, so that 29 February exists

# Expressions are RE2, which takes time linear in the text whatever the text is; it has no look-around.
_CLOCK = (
    r"(?P<H>\d{1,2})[:.](?P<M>\d\d)(?:[:.](?P<S>\d\d)(?:[.,:](?P<f>\d{1,9}))?)?"
    r"(?:[\s\x{a0}\x{202f}]?(?P<ap>[AaPp])\.?[Mm]\b\.?)?"
)
#: Zones that RFC 5322 names, and the European ones: minutes ahead of UTC. Other abbreviations mean several zones.
_ZONE_MINUTES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
    "PST": -480, "PDT": -420, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180,
}  # fmt: skip
_ZONE_NAMES = "|".join(sorted(_ZONE_MINUTES, key=len, reverse=True))
_ZONE = rf"(?:\s?(?P<tz>(?:{_ZONE_NAMES})\b|[+-]\d\d:?(?:\d\d)?\b))?"
_TIME = _CLOCK + _ZONE
# Latin and Cyrillic; the class of all letters takes RE2 long to compile.
_LETTER = r"[A-Za-z\x{c0}-\x{24f}\x{400}-\x{4ff}]"
_WEEKDAY = rf"(?:{_LETTER}{{2,9}}\.?,?\s+)?"
_MONTH = rf"(?P<mon>{_LETTER}{{3,9}})\.?"
_NUMERIC = r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})[./-](?P<c>\d{4}|\d\d)"
_MONTH_WORDS = (
    "jan ene gen янв", "feb fév fev фев", "mar mär mrz мар", "apr abr avr апр", "may mai mag мая май mei",
    "jun juin giu июн", "jul juil lug июл", "aug ago aoû авг", "sep set sept сен", "oct okt ott out окт",
    "nov ноя", "dec dez dic déc дек",
)  # fmt: skip
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}


class TimeRule(NamedTuple):
    """One way of writing times: as a whole cell (None where that may as well be a number), and in a log line."""

    name: str
    cell: str | None
    line: str


def _rule(name: str, date: str, between: str, *, clock: str = _TIME, cells: bool = True) -> TimeRule:
    """A rule for ``date``, in cells also without a clock."""
    whole = rf"^\s*{date}(?:{between}{clock})?\s*$" if cells else None
    return TimeRule(name, whole, rf"(?:^|[^\w.]){date}{between}{clock}")


_EPOCH = r"(?P<epoch>\d{9,10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})"
RULES: tuple[TimeRule, ...] = (
    TimeRule("epoch", rf"^\s*{_EPOCH}\s*$", rf"^(?:[-\w]{{1,12}}\s)?\[?{_EPOCH}(?:$|[^\w.])"),
    _rule("ISO 8601", r"(?P<y>\d{4})[-/.](?P<mo>\d\d?)[-/.](?P<d>\d\d?)", r"[T\s_-]+"),
    _rule("year to second", r"(?P<y>(?:19|20)\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"[T\s_-]?",
          clock=r"(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:[:.,](?P<f>\d{1,9}))?" + _ZONE),
    # Programs that do not pad their numbers: "20171224-0:7:20:444".
    _rule("year to second, unpadded", r"(?P<y>(?:19|20)\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"[T\s_-]",
          clock=r"(?P<H>\d\d?):(?P<M>\d\d?):(?P<S>\d\d?)(?:[:.,](?P<f>\d{1,9}))?" + _ZONE, cells=False),
    _rule("day, month name, year", rf"{_WEEKDAY}(?P<d>\d\d?)[\s/.-]+{_MONTH}[\s/.,-]+(?P<y>\d{{4}}|\d\d)",
          r"[:,\s]\s*"),
    _rule("month name, day, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})", r",?\s+"),
    _rule("month name, day, clock, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+",
          clock=_CLOCK + r"(?:\s+(?P<tz>[A-Z]{3,5}))?\s+(?P<y>\d{4})\b"),
    _rule("month name, day, no year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+", clock=_CLOCK),
    _rule("numbers", _NUMERIC, r"[,\s]\s*"),
    _rule("yymmdd hhmmss", r"(?P<y>\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"\s",
          clock=r"(?P<H>[ \d]\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:$|\D)", cells=False),
    _rule("month, day, no year", r"(?P<mo>\d\d)[-.](?P<d>\d\d)", r"\s+", clock=_CLOCK, cells=False),
    TimeRule("month and day in digits, no year", None, rf"^[IWEF]?(?P<mo>\d\d)(?P<d>\d\d)\s+{_CLOCK}"),
)  # fmt: skip


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
    cells = _array(values)
    filled = np.flatnonzero(_flags(pc.fill_null(pc.match_substring_regex(cells, r"\S"), False)))
    picked = filled[:: max(len(filled) // SAMPLE, 1)] if in_lines else _picked_by_value(cells, filled)
    sample = cells.take(pa.array(picked))
    rule, _ = _best_rule(sample, in_lines=in_lines)
    times = np.full(len(cells), "NaT", dtype="datetime64[ms]")
    if rule is None:
        return ParsedTimes(times, None, len(filled), ())
    rows, parts = _match(rule, cells, in_lines)
    found, notes = _to_times(parts, in_lines, not_after, day_first)
    times[rows] = found
    n_unread = len(filled) - int((~np.isnat(found)).sum())
    zones, zone_notes = _zones(parts)
    return ParsedTimes(times, rule.name, n_unread, (*notes, *zone_notes), zones)


def _picked_by_value(cells: pa.Array, filled: Ints) -> Ints:
    """Rows of a sample that does not depend on the order of the rows."""
    if len(filled) <= SAMPLE:
        return filled
    values = cells.take(pa.array(filled)).to_numpy(zero_copy_only=False)
    picked: Ints = filled[np.argsort(hash_array(values, categorize=False), kind="stable")[:SAMPLE]]
    return picked


def best_rule(sample: Sequence[str], *, in_lines: bool = False) -> tuple[TimeRule | None, float]:
    """The rule that reads most of a sample, and the share it reads; (None, 0.0) when none reads any."""
    return _best_rule(_array(sample), in_lines=in_lines)


def _best_rule(sample: pa.Array, *, in_lines: bool) -> tuple[TimeRule | None, float]:
    best, best_share = None, 0.0
    for rule in RULES:
        rows, parts = _match(rule, sample, in_lines)
        if len(rows) > best_share * len(sample):
            share = float((~np.isnat(_to_times(parts, in_lines)[0])).sum()) / len(sample)
            if share > best_share:
                best, best_share = rule, share
    return best, best_share


_Parts = dict[str, pa.Array]


def _array(values: Strings) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks() if values.num_chunks != 1 else values.chunk(0)
    return values if isinstance(values, pa.Array) else pa.array(values, pa.string())


def _flags(array: pa.Array) -> Bools:
    flags: Bools = array.to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags


def _match(rule: TimeRule, values: pa.Array, in_lines: bool) -> tuple[Ints, _Parts]:
    """Rows that the rule matches, and the parts (year, month, ...) of their times; "" for a part that is not there."""
    expression = rule.line if in_lines else rule.cell
    if expression is None:
        return np.empty(0, dtype=np.int64), {}
    found = pc.extract_regex(pc.utf8_slice_codeunits(values, 0, _LEADING_CHARACTERS), expression)
    rows = np.flatnonzero(_flags(pc.is_valid(found)))
    if len(rows) < len(found):
        found = found.take(pa.array(rows))
    return rows, {found.type.field(i).name: found.field(i) for i in range(found.type.num_fields)}


def _to_times(
    parts: _Parts, in_lines: bool, not_after: np.datetime64 | None = None, day_first: bool | None = None
) -> tuple[Times, tuple[str, ...]]:
    """Parts as times; NaT where they are no date, such as 31 February."""
    if not parts:
        return np.empty(0, dtype="datetime64[ms]"), ()
    if "epoch" in parts:
        return _from_epoch(parts["epoch"]), ()
    notes: tuple[str, ...] = ()
    if "a" in parts:
        year, month, day, notes = _order_numbers(parts, in_lines, day_first)
    else:
        day = _numbers(parts["d"])
        month = _numbers(parts["mo"]) if "mo" in parts else _of_few(parts["mon"], _month_number)
        if "y" not in parts:
            return _with_years(month, day, _clock(parts), not_after)
        year = _full_years(_numbers(parts["y"]))
    return _dates(year, month, day) + _clock(parts), notes


def _numbers(column: pa.Array) -> Ints:
    """Digits as numbers; 0 where there are none."""
    digits = pc.if_else(pc.equal(column, ""), "0", pc.utf8_trim_whitespace(column))
    numbers: Ints = digits.cast(pa.int64()).to_numpy().astype(np.int64)
    return numbers


def _of_few(column: pa.Array, number_of: Callable[[str], int]) -> Ints:
    """A number for each different text of a column that has few of them."""
    encoded = column.dictionary_encode()
    numbers = np.array([number_of(text) for text in encoded.dictionary.to_pylist()], dtype=np.int64)
    spread: Ints = numbers[encoded.indices.to_numpy()]
    return spread


def _month_number(name: str) -> int:
    folded = name.casefold()
    return _MONTHS.get(folded[:4], _MONTHS.get(folded[:3], 0))


def _full_years(years: Ints) -> Ints:
    """Two digits mean 1970 to 2069."""
    return np.where(years >= 100, years, np.where(years < 70, 2000 + years, 1900 + years))


def _with_years(
    month: Ints, day: Ints, clock: npt.NDArray[np.timedelta64], not_after: np.datetime64 | None
) -> tuple[Times, tuple[str, ...]]:
    """Times whose year is not written: it changes where December meets January, and the last is the latest possible."""
    steps = np.diff(month, prepend=month[:1])
    passed = np.cumsum((steps < -6).astype(np.int64) - (steps > 6).astype(np.int64))
    if not_after is None:
        return _dates(_NO_YEAR + passed, month, day) + clock, (f"The times carry no year; {_NO_YEAR} is shown.",)
    behind = passed - passed.max(initial=0)
    newest = int(not_after.astype("datetime64[Y]").astype(np.int64)) + 1970
    best = np.full(len(month), "NaT", dtype="datetime64[ms]")
    year = newest
    for candidate in range(newest, newest - 9, -1):  # 29 February needs a leap year, eight years back at the most
        times = _dates(candidate + behind, month, day) + clock
        known = times[~np.isnat(times)]
        if len(known) and known.max() <= not_after and len(known) > (~np.isnat(best)).sum():
            best, year = times, candidate
    first = year + int(behind.min(initial=0))
    years = str(year) if first == year else f"{first} to {year}"
    latest = not_after.astype("datetime64[D]")
    return best, (f"The times carry no year; {years} was taken, the latest that puts none of them behind {latest}.",)


def _order_numbers(parts: _Parts, in_lines: bool, chosen: bool | None) -> tuple[Ints, Ints, Ints, tuple[str, ...]]:
    """Which of three numbers is the day and which the month: as chosen, else decided from the whole column."""
    a, b, c = _numbers(parts["a"]), _numbers(parts["b"]), _numbers(parts["c"])
    years = _full_years(c)
    day_first, month_first = _dates(years, b, a), _dates(years, a, b)
    n_day_first, n_month_first = int((~np.isnat(day_first)).sum()), int((~np.isnat(month_first)).sum())
    n_chosen = n_day_first if chosen else n_month_first
    if in_lines and (c < 32).all() and (chosen is None or n_chosen < len(a)):
        return _full_years(a), b, c, ()
    if chosen is not None:
        is_day_first, how = chosen, ", as chosen."
    elif n_day_first != n_month_first:
        is_day_first, how = n_day_first > n_month_first, "."
    else:
        # Lines are written one after the other; the rows of a table may stand in any order, which decides nothing.
        in_order = _sorted_share(day_first) - _sorted_share(month_first) if in_lines else 0.0
        is_day_first = in_order > 0 or (in_order == 0 and parts["sep"][0].as_py() != "/")
        how = _why_undecided(in_order) if (a != b).any() else "."
    note = f"Dates were read with the {'day' if is_day_first else 'month'} first{how}"
    return (years, b, a, (note,)) if is_day_first else (years, a, b, (note,))


def _why_undecided(in_order: float) -> str:
    if in_order:
        return ", in which the lines stand in the order of time."
    return (
        "; no date in the column decides it. If it is the other way, choose --day-first or --month-first, or the order "
        "of day and month in the preview."
    )


def _sorted_share(times: Times) -> float:
    """How well the rows are in the order of time, forwards or backwards."""
    known = times[~np.isnat(times)].astype(np.int64)
    steps = np.diff(known)
    return float(max((steps >= 0).mean(), (steps <= 0).mean())) if len(steps) else 0.0


def _dates(year: Ints, month: Ints, day: Ints) -> Times:
    is_month = (month >= 1) & (month <= 12) & (year >= 1) & (year <= 9999)
    months = np.where(is_month, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_date = is_month & (day >= 1) & (dates.astype("datetime64[M]") == months)
    dates[~is_date] = np.datetime64("NaT")
    in_ms: Times = dates.astype("datetime64[ms]")
    return in_ms


def _clock(parts: _Parts) -> npt.NDArray[np.timedelta64]:
    """Milliseconds since midnight UTC; NaT where the clock shows no time."""
    hour, minute, second = (_numbers(parts[part]) for part in "HMS")
    if "ap" in parts:
        half = _of_few(parts["ap"], lambda letter: " ap".index(letter.lower() or " "))
        hour = np.where(half == 0, hour, hour % 12 + 12 * (half == 2))
    ms = ((hour * 60 + minute) * 60 + second) * 1000
    if "f" in parts:
        ms += _numbers(_padded(parts["f"]))
    if "tz" in parts:
        ms -= 60_000 * _of_few(parts["tz"], _offset_minutes)
    clock = ms.astype("timedelta64[ms]")
    clock[(hour > 24) | (minute > 59) | (second > 60)] = np.timedelta64("NaT")
    return clock


def _padded(fractions: pa.Array) -> pa.Array:
    """Fractions of a second as three digits, whatever their length."""
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(fractions, "000", ""), 0, 3)


def _offset_minutes(zone: str) -> int:
    if not zone or zone[0] not in "+-":
        return _ZONE_MINUTES.get(zone, 0)
    digits = zone[1:].replace(":", "")
    minutes = 60 * int(digits[:2]) + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def _zones(parts: _Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The zones as written, most frequent first, and a note about those that could not be understood."""
    if "H" not in parts or not pc.any(pc.not_equal(parts["H"], "")).as_py():
        return (), ()
    if "tz" not in parts:
        return ("",), ()
    counts = sorted((-row["counts"], row["values"]) for row in pc.value_counts(parts["tz"]).to_pylist())
    zones = tuple(zone for _, zone in counts)
    unknown = [zone for zone in zones if zone and zone[0] not in "+-" and zone not in _ZONE_MINUTES]
    note = f"The zone {', '.join(unknown[:6])} has no one meaning; those times are taken as UTC."
    return zones, (note,) if unknown else ()


def _from_epoch(column: pa.Array) -> Times:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their length."""
    split = pc.extract_regex(column, r"^(?P<whole>\d+)(?:\.(?P<fraction>\d*))?$")
    whole, fraction = split.field("whole"), split.field("fraction")
    is_seconds = pc.less_equal(pc.binary_length(whole), 10).to_numpy(zero_copy_only=False)
    digits = _numbers(pc.utf8_slice_codeunits(whole, 0, 13))
    ms = np.where(is_seconds, digits * 1000 + _numbers(_padded(fraction)), digits)
    return ms.astype("datetime64[ms]")
