"""Times from text: a rule for a whole column, chosen on a sample, never guessed cell by cell.

Cells that the rule does not read, because a person wrote them or another program did, get a rule of their own; a note
says how many. All results are UTC in ``datetime64[ms]``; a time without a zone is taken as UTC.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from explorer.ingest.date_order import Order, dates_of, order_of_numbers
from explorer.ingest.time_rules import LEADING_CHARACTERS, NO_CLOCK, Numbers, Place, Written, full_years, match
from explorer.ingest.time_spellings import RULES, TimeRule
from explorer.ingest.time_zones import from_place, zone_notes
from explorer.types import Ints, Times

Strings = Any  # a sequence of str or None, an Arrow array or a chunked array

SAMPLE = 300
MOST_RULES = 4  # for one column
_LEAST_OF_REST = 0.5  # of the log lines that no rule has read, for a further one to be taken
_FEWEST_OF_REST = 10  # log lines from which a share of them says anything
_AT_ONCE = 50_000  # texts whose times are taken apart at a time: the parts take many times what the times do
_NO_YEAR = 2000  # the year shown where lines carry none; a leap year, so that 29 February exists
_SHIFTS = 9  # years tried for times without one: 29 February needs a leap year, eight years back at the most
_SHOWN = 40  # characters of a cell in a note
# What a time may look like: at most three words, then two numbers or a long one; or a month and a day.
_LIKE_TIME = re.compile(
    r"\s*(?:(?:[^\s\d]{1,15}\s+){0,3}[^\s\d]{0,15}\d+[^\d]{1,30}\d|\d{8,}|[^\W\d]{3,12}\.?\s+\d{1,2}\s*\Z)"
)
_SMALL = re.compile(r"\s*[-+]?[0-9]{1,7}(?:[.,][0-9]+)?\s*\Z")


@dataclass(frozen=True, eq=False)
class ParsedTimes:
    """``times`` (n,) with NaT where a cell is empty or could not be read; ``n_unread`` counts the latter.

    ``rule`` is the rule that read most. ``zones`` counts the times by their zone as written, "" for none; it is empty
    where no clock was read. ``order`` is that of year, month and day where the dates tell day from month, and
    ``is_order_open`` says that they fit several.
    """

    times: Times
    rule: str | None
    n_unread: int
    notes: tuple[str, ...]
    zones: Counter[str] = field(default_factory=Counter)
    order: Order | None = None
    is_order_open: bool = False

    @property
    def zone_note(self) -> str:
        """A sentence on the zones of the times, "" where there is nothing to say."""
        return zone_note(self)


def zone_note(*parsed: ParsedTimes) -> str:
    """A sentence on the zones of some times, "" where there is nothing to say."""
    zones = _by_frequency(sum((part.zones for part in parsed), Counter[str]()))
    named = [zone for zone in zones if zone]
    if not zones:
        return ""
    if not named:
        return "The times carry no zone; they are taken as UTC."
    listed = ", ".join(named[:6]) + (", ..." if len(named) > 6 else "")
    without = "; times without a zone are taken as UTC" if "" in zones else ""
    return f"Times are shown in UTC; as written their zone is {listed}{without}."


def parse_times(
    values: Strings,
    *,
    in_lines: bool = False,
    is_rest: bool = False,
    not_after: np.datetime64 | None = None,
    day_first: bool | None = None,
    elsewhere: Order | None = None,
) -> ParsedTimes:
    """Times of cells (n,), or with ``in_lines`` the times near the start of log lines.

    ``is_rest`` says that the lines are those that a log's format left without a time, so that most may have none: then
    a rule has to read half of them, or their very beginning. Times without a year get the latest one that puts none of
    them later than ``not_after``, and the year _NO_YEAR where that is None. ``day_first`` says how dates such as
    01/02/2024 are meant; None decides it from all of them, and where they leave it open, from what was found
    ``elsewhere``.
    """
    blocks = list(_blocks(values))
    left = [np.flatnonzero(_is_filled(block)).astype(np.int64) for block in blocks]
    starts = np.cumsum([0, *map(len, blocks)])
    times = np.full(int(starts[-1]), "NaT", dtype="datetime64[ms]")
    readings: list[_Reading] = []
    while len(readings) < MOST_RULES and any(map(len, left)):
        rule, place = _next_rule(_sample(blocks, left, in_lines=in_lines), in_lines, is_rest or bool(readings))
        if rule is None:
            break
        written = [_match_some(rule, block, rows, place) for block, rows in zip(blocks, left, strict=True)]
        known = times[~np.isnat(times)]
        ends = np.array([known.min(), known.max()]) if len(known) else known
        dates = _decide(
            written, in_lines=in_lines, not_after=not_after, day_first=day_first, beside=ends, elsewhere=elsewhere
        )
        reading = _Reading(rule, dates)
        for number, said in enumerate(written):
            found = dates.times_of(number, said)
            reading.add(said, found)
            is_read = ~np.isnat(found)
            times[starts[number] + said.rows[is_read]] = found[is_read]
            left[number] = left[number][~np.isin(left[number], said.rows[is_read], assume_unique=True)]
        if readings and not in_lines:
            cells = [block.take(pa.array(said.rows)) for block, said in zip(blocks, written, strict=True)]
            reading.example = example_of(pa.chunked_array(cells))
        readings.append(reading)
    zones = sum((reading.zones for reading in readings), Counter[str]())
    notes = [note for number, reading in enumerate(readings) for note in reading.all_notes(is_first=not number)]
    notes += zone_notes(_by_frequency(zones), sum(reading.n_unsure for reading in readings))
    name = readings[0].rule.name if readings else None
    order = next((reading.dates.order for reading in readings if reading.dates.is_told), None)
    is_open = any(reading.dates.is_open for reading in readings)
    return ParsedTimes(times, name, sum(map(len, left)), tuple(notes), zones, order, is_open)


@dataclass(eq=False)
class _Reading:
    """What one rule read of a column."""

    rule: TimeRule
    dates: _Dates
    zones: Counter[str] = field(default_factory=Counter)
    n_read: int = 0
    n_unsure: int = 0
    example: str = ""

    def add(self, written: Written, times: Times) -> None:
        """One block; ``times`` are put to UTC where they are those of a place."""
        for place, positions in written.places.items():
            times[positions], is_unsure = from_place(times[positions], place)
            self.n_unsure += int(is_unsure.sum())
        self.n_read += int((~np.isnat(times)).sum())
        self.zones += written.zones

    def all_notes(self, *, is_first: bool) -> tuple[str, ...]:
        """What was decided, and for a further rule how many times are written in its way."""
        if is_first:
            return self.dates.notes
        written = "time is" if self.n_read == 1 else "times are"
        such = f", such as {self.example}" if self.example else ""
        return f"{self.n_read:,} {written} written in another way than most{such}.", *self.dates.notes


def best_rule(sample: Sequence[str], *, in_lines: bool = False) -> tuple[TimeRule | None, float]:
    """The rule that reads most of a sample, and the share that it and others behind it read; (None, 0.0) for none."""
    left = [text for text in sample if in_lines or _may_be_time(text)]
    n_read, first = 0, None
    for _ in range(MOST_RULES):
        texts = pa.array(left, pa.string())
        rule, place = _next_rule(texts, in_lines, first is not None)
        if rule is None:
            break
        first = first or rule
        read = set(_read_rows(match(rule, texts, place)).tolist())
        n_read += len(read)
        left = [text for row, text in enumerate(left) if row not in read]
    return first, n_read / len(sample) if n_read else 0.0


def _next_rule(sample: pa.Array, in_lines: bool, is_rest: bool) -> tuple[TimeRule | None, Place]:
    """The rule for a sample of texts, and where in them it finds the times."""
    if not in_lines:
        return _best_rule(sample, "cell")[0], "cell"
    rule, share = _best_rule(sample, "line")
    if rule is None or not is_rest or (len(sample) >= _FEWEST_OF_REST and share >= _LEAST_OF_REST):
        return rule, "line"
    return _best_rule(sample, "start")[0], "start"


def _best_rule(sample: pa.Array, place: Place) -> tuple[TimeRule | None, float]:
    best, most = None, 0
    for rule in RULES:
        if most == len(sample):
            break
        written = match(rule, sample, place)
        n_read = len(_read_rows(written)) if len(written) > most else 0
        if n_read > most:
            best, most = rule, n_read
    return best, most / max(len(sample), 1)


def _read_rows(written: Written) -> Ints:
    """The rows of a sample that have a date, whatever its order of day and month."""
    times = _decide([written], in_lines=False).times_of(0, written)
    rows: Ints = written.rows[~np.isnat(times)]
    return rows


def _match_some(rule: TimeRule, block: pa.Array, rows: Ints, place: Place) -> Written:
    """What a rule finds in some rows of a block."""
    if len(rows) == len(block):
        return match(rule, block, place)
    written = match(rule, block.take(pa.array(rows)), place)
    return replace(written, rows=rows[written.rows])


def _may_be_time(text: str) -> bool:
    """Whether it is worth while to look for a time, which takes a hundred times longer than this."""
    return len(text) <= LEADING_CHARACTERS and bool(_LIKE_TIME.match(text)) and not _SMALL.match(text)


def example_of(cells: pa.ChunkedArray) -> str:
    """The beginning of one of some cells, in quotes; the same in any order of the rows. "" where there are none."""
    least = pc.min(pc.utf8_slice_codeunits(cells, 0, LEADING_CHARACTERS)).as_py() if len(cells) else None
    if least is None:
        return ""
    text = " ".join(least.split())
    return repr(text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3].rstrip()}...")


def _by_frequency(counted: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counted, key=lambda zone: (-counted[zone], zone)))


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

    order: Order = ("y", "mo", "d")
    years: tuple[Numbers, ...] = ()
    notes: tuple[str, ...] = ()
    is_told: bool = False
    is_open: bool = False

    def times_of(self, number: int, written: Written) -> Times:
        """The times of one block, with those of a place as its clocks show them; NaT where they are no date."""
        if written.epoch is not None:
            return written.epoch
        if not len(written):
            return np.empty(0, dtype="datetime64[ms]")
        year = self.years[number] if self.years else full_years(written.numbers[self.order[0]])
        month, day = (written.numbers[name] for name in self.order[1:])
        clock = written.numbers["clock"].astype("timedelta64[ms]")
        clock[written.numbers["clock"] == NO_CLOCK] = np.timedelta64("NaT")
        times: Times = dates_of(year, month, day).astype("datetime64[ms]") + clock
        return times


def _decide(
    written: list[Written],
    *,
    in_lines: bool,
    not_after: np.datetime64 | None = None,
    day_first: bool | None = None,
    beside: Times | None = None,
    elsewhere: Order | None = None,
) -> _Dates:
    """What a whole column decides: the order of day and month, and the years where none is written.

    ``beside`` are other times of the column that are known already; ``elsewhere`` is the order of other dates.
    """
    numbers = next((block.numbers for block in written if len(block)), {})
    if "a" in numbers:
        order, note, is_told, is_open = order_of_numbers(
            written, in_lines=in_lines, not_after=not_after, day_first=day_first, beside=beside, elsewhere=elsewhere
        )
        return _Dates(order, notes=(note,), is_told=is_told, is_open=is_open)
    if "mo" in numbers and "y" not in numbers:
        return _with_years(written, not_after)
    return _Dates()


def _with_years(written: list[Written], not_after: np.datetime64 | None) -> _Dates:
    """Times whose year is not written: it changes where December meets January, and the last is the latest possible."""
    months = np.concatenate([block.numbers["mo"] for block in written if len(block)])
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
            if most == len(months):
                break
    first = year + int(min((part.min(initial=0) for part in behind), default=0))
    years = str(year) if first == year else f"{first} to {year}"
    latest = not_after.astype("datetime64[D]")
    note = f"The times carry no year; {years} was taken, the latest that puts none of them behind {latest}."
    return _Dates(years=best.years, notes=(note,))
