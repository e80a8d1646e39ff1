"""Times from text: one rule for a whole column, chosen on a sample, never guessed cell by cell.

All results are UTC in ``datetime64[ms]``; a time without a zone is taken as UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.types import Ints, Times

SAMPLE = 300
_LEADING_CHARACTERS = 100  # where in a log line its time stands
_NO_YEAR = 2000  # the year shown where lines carry none; a leap year, so that 29 February exists

_CLOCK = r"(?P<H>\d{1,2})[:.](?P<M>\d\d)(?:[:.](?P<S>\d\d)(?:[.,:](?P<f>\d{1,9}))?)?(?:\s?(?P<ap>[AaPp])\.?[Mm]\b\.?)?"
_ZONE = r"(?:\s?(?P<tz>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)\b)?"
_TIME = _CLOCK + _ZONE
_WEEKDAY = r"(?:[^\W\d_]{2,9}\.?,?\s+)?"
_MONTH = r"(?P<mon>[^\W\d_]{3,9})\.?"
_NUMERIC = r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})[./-](?P<c>\d{4}|\d\d)(?!\d)"
_MONTH_WORDS = (
    "jan ene gen янв", "feb fév fev фев", "mar mär mrz мар", "apr abr avr апр", "may mai mag мая май mei",
    "jun juin giu июн", "jul juil lug июл", "aug ago aoû авг", "sep set sept сен", "oct okt ott out окт",
    "nov ноя", "dec dez dic déc дек",
)  # fmt: skip
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}


class TimeRule(NamedTuple):
    """One way of writing times: as a whole cell (None where that may as well be a number), and in a log line."""

    name: str
    cell: re.Pattern[str] | None
    line: re.Pattern[str]


def _rule(name: str, date: str, between: str, *, clock: str = _TIME, cells: bool = True) -> TimeRule:
    """A rule for ``date``, in cells also without a clock."""
    whole = re.compile(rf"\s*{date}(?:{between}{clock})?\s*\Z") if cells else None
    return TimeRule(name, whole, re.compile(rf"(?<![\w.]){date}{between}{clock}"))


_EPOCH = r"(?P<epoch>\d{9,10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})"
RULES: tuple[TimeRule, ...] = (
    TimeRule("epoch", re.compile(rf"\s*{_EPOCH}\s*\Z"), re.compile(rf"\A(?:[-\w]{{1,12}}\s)?\[?{_EPOCH}(?![\w.])")),
    _rule("ISO 8601", r"(?P<y>\d{4})[-/.](?P<mo>\d\d?)[-/.](?P<d>\d\d?)", r"[T\s_-]+"),
    _rule("year to second", r"(?P<y>(?:19|20)\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"[T\s-]?",
          clock=r"(?P<H>\d\d):?(?P<M>\d\d):?(?P<S>\d\d)(?:[:.,](?P<f>\d{1,9}))?" + _ZONE),
    _rule("day, month name, year", rf"{_WEEKDAY}(?P<d>\d\d?)[\s/.-]+{_MONTH}[\s/.,-]+(?P<y>\d{{4}}|\d\d)",
          r"[:,\s]\s*"),
    _rule("month name, day, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})", r",?\s+"),
    _rule("month name, day, clock, year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+",
          clock=_CLOCK + r"(?:\s+[A-Z]{3,5})?\s+(?P<y>\d{4})"),
    _rule("month name, day, no year", rf"{_WEEKDAY}{_MONTH}\s+(?P<d>\d\d?)", r"\s+", clock=_CLOCK),
    _rule("numbers", _NUMERIC, r"[,\s]\s*"),
    _rule("yymmdd hhmmss", r"(?P<y>\d\d)(?P<mo>\d\d)(?P<d>\d\d)", r"\s",
          clock=r"(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?!\d)", cells=False),
    _rule("month, day, no year", r"(?P<mo>\d\d)[-.](?P<d>\d\d)", r"\s+", clock=_CLOCK, cells=False),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ParsedTimes:
    """``times`` (n,) with NaT where a cell is empty or could not be read; ``n_unread`` counts the latter."""

    times: Times
    rule: str | None
    n_unread: int
    notes: tuple[str, ...]


def parse_times(values: Sequence[str | None], *, in_lines: bool = False) -> ParsedTimes:
    """Times of cells (n,), or with ``in_lines`` the times near the start of log lines."""
    filled = [row for row, value in enumerate(values) if value and not value.isspace()]
    step = max(len(filled) // SAMPLE, 1)
    rule, _ = best_rule([values[row] or "" for row in filled[::step]], in_lines=in_lines)
    times = np.full(len(values), "NaT", dtype="datetime64[ms]")
    if rule is None:
        return ParsedTimes(times, None, len(filled), ())
    rows, parts = _match(rule, ((row, values[row] or "") for row in filled), in_lines)
    found, notes = _to_times(parts, in_lines)
    times[rows] = found
    n_unread = len(filled) - int((~np.isnat(found)).sum())
    return ParsedTimes(times, rule.name, n_unread, notes)


def best_rule(sample: Sequence[str], *, in_lines: bool = False) -> tuple[TimeRule | None, float]:
    """The rule that reads most of a sample, and the share it reads; (None, 0.0) when none reads any."""
    best, best_share = None, 0.0
    for rule in RULES:
        rows, parts = _match(rule, enumerate(sample), in_lines)
        if len(rows) > best_share * len(sample):
            share = float((~np.isnat(_to_times(parts, in_lines)[0])).sum()) / len(sample)
            if share > best_share:
                best, best_share = rule, share
    return best, best_share


_Parts = dict[str, tuple[str | None, ...]]


def _match(rule: TimeRule, values: Iterable[tuple[int, str]], in_lines: bool) -> tuple[list[int], _Parts]:
    """Rows that the rule matches, and the parts (year, month, ...) of their times."""
    pattern = rule.line if in_lines else rule.cell
    rows: list[int] = []
    found: list[tuple[str | None, ...]] = []
    if pattern is None:
        return rows, {}
    search = pattern.search
    for row, value in values:
        match = search(value, 0, _LEADING_CHARACTERS) if in_lines else pattern.match(value)
        if match is not None:
            rows.append(row)
            found.append(match.groups())
    columns = list(zip(*found, strict=True)) if found else [()] * pattern.groups
    return rows, {name: columns[index - 1] for name, index in pattern.groupindex.items()}


def _to_times(parts: _Parts, in_lines: bool) -> tuple[Times, tuple[str, ...]]:
    """Parts as times; NaT where they are no date, such as 31 February."""
    if not parts:
        return np.empty(0, dtype="datetime64[ms]"), ()
    if "epoch" in parts:
        return _from_epoch(parts["epoch"]), ()
    notes: tuple[str, ...] = ()
    if "a" in parts:
        year, month, day, notes = _order_numbers(parts, in_lines)
    else:
        day = _numbers(parts["d"])
        month = _numbers(parts["mo"]) if "mo" in parts else _month_numbers(parts["mon"])
        if "y" in parts:
            year = _full_years(_numbers(parts["y"]))
        else:
            year, notes = _count_years(month), (f"The times carry no year; {_NO_YEAR} is shown.",)
    return _dates(year, month, day) + _clock(parts), notes


def _numbers(column: Iterable[str | None]) -> Ints:
    return np.array([int(part) if part else 0 for part in column], dtype=np.int64)


def _month_numbers(names: Iterable[str | None]) -> Ints:
    known: dict[str | None, int] = {}
    for name in set(names):
        folded = (name or "").casefold()
        known[name] = _MONTHS.get(folded[:4], _MONTHS.get(folded[:3], 0))
    return np.array([known[name] for name in names], dtype=np.int64)


def _full_years(years: Ints) -> Ints:
    """Two digits mean 1970 to 2069."""
    return np.where(years >= 100, years, np.where(years < 70, 2000 + years, 1900 + years))


def _count_years(months: Ints) -> Ints:
    """A year for every row in file order: it changes where December meets January."""
    steps = np.diff(months, prepend=months[:1])
    return _NO_YEAR + np.cumsum((steps < -6).astype(np.int64) - (steps > 6).astype(np.int64))


def _order_numbers(parts: _Parts, in_lines: bool) -> tuple[Ints, Ints, Ints, tuple[str, ...]]:
    """Which of three numbers is the day and which the month, decided from the whole column."""
    a, b, c = _numbers(parts["a"]), _numbers(parts["b"]), _numbers(parts["c"])
    if in_lines and (c < 32).all():
        return _full_years(a), b, c, ()
    years = _full_years(c)
    day_first, month_first = _dates(years, b, a), _dates(years, a, b)
    n_day_first, n_month_first = int((~np.isnat(day_first)).sum()), int((~np.isnat(month_first)).sum())
    if n_day_first != n_month_first:
        is_day_first, how = n_day_first > n_month_first, ""
    else:
        # Lines are written one after the other; the rows of a table may stand in any order, which decides nothing.
        in_order = _sorted_share(day_first) - _sorted_share(month_first) if in_lines else 0.0
        is_day_first = in_order > 0 or (in_order == 0 and parts["sep"][0] != "/")
        how = "; no date in the column decides it" if (a != b).any() else ""
    note = f"Dates were read with the {'day' if is_day_first else 'month'} first{how}."
    return (years, b, a, (note,)) if is_day_first else (years, a, b, (note,))


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
        half = np.array([(part or "").lower() for part in parts["ap"]])
        hour = np.where(half == "", hour, hour % 12 + 12 * (half == "p"))
    ms = ((hour * 60 + minute) * 60 + second) * 1000
    if "f" in parts:
        ms += np.array([int((part + "00")[:3]) if part else 0 for part in parts["f"]], dtype=np.int64)
    if "tz" in parts:
        known = {zone: _offset_minutes(zone) for zone in set(parts["tz"])}
        ms -= 60_000 * np.array([known[zone] for zone in parts["tz"]], dtype=np.int64)
    clock = ms.astype("timedelta64[ms]")
    clock[(hour > 24) | (minute > 59) | (second > 60)] = np.timedelta64("NaT")
    return clock


def _offset_minutes(zone: str | None) -> int:
    if zone is None or zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = 60 * int(digits[:2]) + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def _from_epoch(column: Iterable[str | None]) -> Times:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their length."""
    ms: list[int] = []
    for part in column:
        whole, _, fraction = (part or "").partition(".")
        scale = len(whole) - 10
        ms.append(int(whole) * 1000 + int((fraction + "000")[:3]) if scale <= 0 else int(whole) // 10 ** (scale - 3))
    return np.array(ms, dtype=np.int64).astype("datetime64[ms]")
