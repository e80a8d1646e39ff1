"""Which of three numbers is the year, which the month and which the day: decided from all dates of a column or log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.ingest.time_rules import Numbers, Written, full_years
from explorer.types import Ints, Times

Order = tuple[str, str, str]  # names of the numbers that are year, month and day

DAY_FIRST: Order = ("c", "b", "a")
MONTH_FIRST: Order = ("c", "a", "b")
YEAR_FIRST: Order = ("a", "b", "c")
_NAMES = {DAY_FIRST: "day", MONTH_FIRST: "month", YEAR_FIRST: "year"}
#: The end of a note on dates that can be read both ways: what asks the user.
CHOOSE_ORDER = (
    "If it is the other way, choose --day-first or --month-first, or the order of day and month in the preview."
)


class Decision(NamedTuple):
    """The order of year, month and day, and a note on it.

    ``is_told`` says that the dates tell the day from the month: they are none the other way round, or less likely.
    ``is_open`` says that they fit another order as well.
    """

    order: Order
    note: str
    is_told: bool
    is_open: bool


@dataclass(frozen=True, eq=False)
class _Fit:
    """What the dates would be in one order: their number, and that of those that are not later than they can be.

    ``days`` are the dates one after the other, a day that repeats once; ``in_order`` (0 to 1) says how many steps
    between them lead the same way in time, ``n_days`` how long the time is that they cover, ``latest`` its last day.
    """

    order: Order
    days: Times
    n_dates: int
    n_possible: int
    in_order: float
    n_days: int
    latest: int


def order_of_numbers(
    written: Sequence[Written],
    *,
    in_lines: bool,
    not_after: np.datetime64 | None = None,
    day_first: bool | None = None,
    beside: Times | None = None,
    elsewhere: Order | None = None,
) -> Decision:
    """The order of year, month and day.

    ``day_first`` is what the user chose. Else what counts, one after the other: how many of the numbers are dates at
    all, and not later than ``not_after``; in a log, that its lines are written one after the other, and in a short
    time. Two digits may also be a year in front. The rows of a table may stand in any order, which decides nothing; but
    where other times of the column are known, ``beside``, it covers a short time with them. Where all this leaves it
    open, the order found ``elsewhere`` counts, such as in the other files of a log.
    """
    numbers, lengths = _runs(written)
    separators = sum((block.separators for block in written), Counter[str]())
    is_slash = 2 * separators["/"] > separators.total()
    orders = [MONTH_FIRST, DAY_FIRST] if is_slash else [DAY_FIRST, MONTH_FIRST]
    fits = [_fit(order, numbers, lengths, not_after, beside) for order in orders]
    if (numbers["c"] < 100).all():
        fits.append(_fit(YEAR_FIRST, numbers, lengths, not_after, beside))
    if day_first is not None:
        chosen = next(fit for fit in fits if fit.order == (DAY_FIRST if day_first else MONTH_FIRST))
        if fits[-1].order != YEAR_FIRST or fits[-1].n_dates <= chosen.n_dates:
            return Decision(
                chosen.order, f"Dates were read with the {_NAMES[chosen.order]} first, as chosen.", False, False
            )
    left, why = _decide(fits, not_after, in_lines=in_lines, is_beside=beside is not None and len(beside) > 0)
    best, is_open = left[0], len(left) > 1
    if is_open and (alike := [fit for fit in left if fit.order == elsewhere]):
        best, is_open, why = alike[0], False, ", as in the other files of this format."
    elif is_open:
        best, why = _usual(left, in_lines=in_lines), f"; no date in the column decides it. {CHOOSE_ORDER}"
    is_same = any(fit is not best and _is_same(fit, best) for fit in fits)
    is_told = not is_same and not {DAY_FIRST, MONTH_FIRST} <= {fit.order for fit in left}
    return Decision(best.order, f"Dates were read with the {_NAMES[best.order]} first{why}", is_told, is_open)


def _decide(
    fits: Sequence[_Fit], not_after: np.datetime64 | None, *, in_lines: bool, is_beside: bool
) -> tuple[Sequence[_Fit], str]:
    """Which of several orders fit best, and what speaks for them as the end of a sentence."""
    left = _best(fits, [fit.n_possible if in_lines else fit.n_dates for fit in fits])
    left = _best(left, [fit.n_dates if in_lines else fit.n_possible for fit in left])
    if len(left) == 1 or all(_is_same(fit, left[0]) for fit in left):
        best = left[0]
        is_calendar = all(fit is best or fit.n_dates < best.n_dates for fit in fits)
        day = "" if not_after is None else str(not_after.astype("datetime64[D]"))
        return [best], "." if is_calendar or len(left) > 1 else f", as otherwise some would lie behind {day}."
    if in_lines:
        left = _best(left, [fit.in_order for fit in left])
        if len(left) == 1:
            return left, ", in which the lines stand in the order of time."
    # Of day and month no time covered tells which it is where rows stand alone; a year for a day makes years of days.
    years = [fit for fit in left if fit.order == YEAR_FIRST]
    others = [fit for fit in left if fit.order != YEAR_FIRST]
    if in_lines or is_beside or (years and others and years[0].n_days < min(fit.n_days for fit in others)):
        left = _best(left, [-fit.n_days for fit in left])
    elif others:
        left = others
    return left, ", in which they cover the shortest time."


def _usual(fits: Sequence[_Fit], *, in_lines: bool) -> _Fit:
    """Of several orders that fit, in the order of how common they are. A log is more often new than old."""
    last = [fit for fit in fits if fit.order != YEAR_FIRST]
    if in_lines and len(last) < len(fits):
        year = next(fit for fit in fits if fit.order == YEAR_FIRST)
        return year if all(fit.latest < year.latest for fit in last) else last[0]
    return fits[0]


def _best(fits: Sequence[_Fit], values: Sequence[float]) -> list[_Fit]:
    return [fit for fit, value in zip(fits, values, strict=True) if value == max(values)]


def _is_same(one: _Fit, other: _Fit) -> bool:
    return np.array_equal(one.days, other.days, equal_nan=True)


def _runs(written: Sequence[Written]) -> tuple[dict[str, Numbers], Ints]:
    """The three numbers of each date, and how often it stands there one time after the other."""
    parts: dict[str, list[Numbers]] = {name: [] for name in "abc"}
    lengths: list[Ints] = []
    for block in written:
        if not len(block):
            continue
        three = [block.numbers[name] for name in "abc"]
        changes = np.zeros(len(block), dtype=np.bool_)
        changes[0] = True
        for numbers in three:
            changes[1:] |= numbers[1:] != numbers[:-1]
        starts = np.flatnonzero(changes)
        for name, numbers in zip("abc", three, strict=True):
            parts[name].append(numbers[starts])
        lengths.append(np.diff(np.append(starts, len(block))).astype(np.int64))
    none = np.empty(0, dtype=np.int32)
    return {name: np.concatenate([none, *found]) for name, found in parts.items()}, np.concatenate(
        [none.astype(np.int64), *lengths]
    )


def _fit(
    order: Order,
    numbers: dict[str, Numbers],
    lengths: Ints,
    not_after: np.datetime64 | None,
    beside: Times | None,
) -> _Fit:
    year, month, day = (numbers[name] for name in order)
    days = dates_of(full_years(year), month, day)
    is_date = ~np.isnat(days)
    is_possible = is_date if not_after is None else is_date & (days <= not_after)
    steps = np.diff(days[is_possible].astype(np.int64))
    steps = steps[steps != 0]
    known = days[is_possible] if is_possible.any() else days[is_date]
    covered = known if beside is None else np.concatenate([known, beside.astype("datetime64[D]")])
    return _Fit(
        order=order,
        days=days,
        n_dates=int(lengths[is_date].sum()),
        n_possible=int(lengths[is_possible].sum()),
        in_order=float(max((steps > 0).mean(), (steps < 0).mean())) if len(steps) else 0.0,
        n_days=int((covered.max() - covered.min()).astype(np.int64)) if len(covered) else 0,
        latest=int(known.max().astype(np.int64)) if len(known) else 0,
    )


def dates_of(year: Numbers, month: Numbers, day: Numbers) -> Times:
    """Dates (n,) as ``datetime64[D]``; NaT where the numbers are none, such as 31 February."""
    is_month = (month >= 1) & (month <= 12) & (year >= 1) & (year <= 9999)
    months = np.where(is_month, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    dates: Times = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    is_date = is_month & (day >= 1) & (dates.astype("datetime64[M]") == months)
    dates[~is_date] = np.datetime64("NaT")
    return dates
