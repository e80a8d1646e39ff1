"""The ways in which times are written, and what they say as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.types import Ints, Times

LEADING_CHARACTERS = 100  # where in a log line its time stands
NO_CLOCK = np.iinfo(np.int32).min  # for a clock that shows no time, such as 25:00

Numbers = npt.NDArray[np.int32]

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
class Written:
    """What the times in some texts say.

    ``rows`` (m,) are those whose time a rule matches; ``numbers`` (m,) each, by the rule's names for them: "y", "mo",
    "d", or "a", "b", "c", and "clock" in milliseconds since midnight UTC. Where the rule is an epoch there is ``epoch``
    (m,) instead. ``zones`` counts the zones as written, "" for none, and is empty where no clock is shown;
    ``separator`` is the first one between numbers.
    """

    rows: Ints
    numbers: dict[str, Numbers]
    epoch: Times | None
    separator: str
    zones: Counter[str]

    def __len__(self) -> int:
        return len(self.rows)


def match(rule: TimeRule, values: pa.Array, *, in_lines: bool) -> Written:
    """The times that a rule finds in texts (n,): whole cells, or the beginnings of log lines."""
    expression = rule.line if in_lines else rule.cell
    if expression is None:
        return Written(np.empty(0, dtype=np.int64), {}, None, "", Counter())
    found = pc.extract_regex(pc.utf8_slice_codeunits(values, 0, LEADING_CHARACTERS), expression)
    rows = np.flatnonzero(pc.is_valid(found).to_numpy(zero_copy_only=False)).astype(np.int64)
    if len(rows) < len(found):
        found = found.take(pa.array(rows))
    parts = {found.type.field(i).name: found.field(i) for i in range(found.type.num_fields)}
    if "epoch" in parts:
        return Written(rows, {}, _from_epoch(parts["epoch"]), "", Counter())
    numbers = {name: _numbers(parts[name]) for name in ("y", "mo", "d", "a", "b", "c") if name in parts}
    if "mon" in parts:
        numbers["mo"] = _of_few(parts["mon"], _month_number)
    separator = parts["sep"][0].as_py() if "sep" in parts and len(rows) else ""
    return Written(rows, numbers | {"clock": _clock(parts)}, None, separator, _zones(parts))


def full_years(years: Numbers) -> Numbers:
    """Two digits mean 1970 to 2069."""
    return np.where(years >= 100, years, np.where(years < 70, 2000 + years, 1900 + years)).astype(np.int32)


def is_known_zone(zone: str) -> bool:
    """Whether what is written says how far from UTC it is."""
    return not zone or zone[0] in "+-" or zone in _ZONE_MINUTES


def _numbers(column: pa.Array) -> Numbers:
    """Digits as numbers; 0 where there are none."""
    digits = pc.if_else(pc.equal(column, ""), "0", pc.utf8_trim_whitespace(column))
    numbers: Numbers = digits.cast(pa.int32()).to_numpy().astype(np.int32)
    return numbers


def _of_few(column: pa.Array, number_of: Callable[[str], int]) -> Numbers:
    """A number for each different text of a column that has few of them."""
    encoded = column.dictionary_encode()
    numbers = np.array([number_of(text) for text in encoded.dictionary.to_pylist()], dtype=np.int32)
    spread: Numbers = numbers[encoded.indices.to_numpy()]
    return spread


def _month_number(name: str) -> int:
    folded = name.casefold()
    return _MONTHS.get(folded[:4], _MONTHS.get(folded[:3], 0))


def _clock(parts: dict[str, pa.Array]) -> Numbers:
    """Milliseconds since midnight UTC; NO_CLOCK where the clock shows no time."""
    hour, minute, second = (_numbers(parts[part]) for part in "HMS")
    if "ap" in parts:
        half = _of_few(parts["ap"], lambda letter: " ap".index(letter.lower() or " "))
        hour = np.where(half == 0, hour, hour % 12 + 12 * (half == 2)).astype(np.int32)
    clock = ((hour * 60 + minute) * 60 + second) * 1000
    if "f" in parts:
        clock += _numbers(_padded(parts["f"]))
    if "tz" in parts:
        clock -= 60_000 * _of_few(parts["tz"], _offset_minutes)
    clock[(hour > 24) | (minute > 59) | (second > 60)] = NO_CLOCK
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


def _zones(parts: dict[str, pa.Array]) -> Counter[str]:
    """How often each zone is written; nothing where no clock is."""
    if not pc.any(pc.not_equal(parts["H"], "")).as_py():
        return Counter()
    if "tz" not in parts:
        return Counter({"": len(parts["H"])})
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(parts["tz"]).to_pylist()})


def _from_epoch(column: pa.Array) -> Times:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their length."""
    split = pc.extract_regex(column, r"^(?P<whole>\d+)(?:\.(?P<fraction>\d*))?$")
    whole, fraction = split.field("whole"), split.field("fraction")
    is_seconds = pc.less_equal(pc.binary_length(whole), 10).to_numpy(zero_copy_only=False)
    digits = pc.utf8_slice_codeunits(whole, 0, 13).cast(pa.int64()).to_numpy()
    ms = np.where(is_seconds, digits * 1000 + _numbers(_padded(fraction)), digits)
    times: Times = ms.astype("datetime64[ms]")
    return times
