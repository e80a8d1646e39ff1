"""What the times in texts say, as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.time_spellings import TimeRule
from explorer.ingest.time_zones import is_zone, zone_meaning
from explorer.types import Ints, Times

LEADING_CHARACTERS = 100  # where in a log line its time stands
NO_CLOCK = np.iinfo(np.int32).min  # for a clock that shows no time, such as 25:00

Numbers = npt.NDArray[np.int32]
Place = Literal["cell", "line", "start"]  # the whole text, the first part of a line, or its very beginning

# How the names of months begin, in about twenty European languages; the longest beginning that fits counts.
_MONTH_WORDS = (
    "jan ene gen ian янв sty led oca tam січ 一月",
    "feb fév fev фев lut úno şub hel лют 二月",
    "mar mär mrz mrt már maa bře мар бер 三月",
    "apr abr avr ápr kwi dub nis huh апр кві 四月",
    "may mai mag maj mei máj kvě tou май мая тра 五月",
    "jun juin jún giu iun cze čvn červn červen haz kes июн чер 六月",
    "jul juil júl lug iul lip čvc červenc červenec tem hei июл лип 七月",
    "aug ago aoû aou sie srp ağu elo авг сер 八月",
    "sep set sze wrz zář eyl syy сен вер 九月",
    "oct okt ott out paź říj eki lok окт жов 十月",
    "nov noi noe lis kas marr ноя лис 十一月",
    "dec dez dic déc des dék gru pro ara jou дек гру 十二月",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_LONGEST_BEGINNING = max(map(len, _MONTHS))


@dataclass(frozen=True, eq=False)
class Written:
    """What the times in some texts say.

    ``rows`` (m,) are those whose time a rule matches; ``numbers`` (m,) each, by the rule's names for them: "y", "mo",
    "d", or "a", "b", "c", and "clock" in milliseconds since midnight, UTC but for the times of ``places``: positions
    among the m for each place whose clock was written. Where the rule is an epoch there is ``epoch`` (m,) instead.
    ``zones`` counts the zones as written, "" for none, and is empty where no clock is shown; ``separators`` counts what
    stands between the numbers.
    """

    rows: Ints
    numbers: dict[str, Numbers]
    epoch: Times | None = None
    separators: Counter[str] = field(default_factory=Counter)
    zones: Counter[str] = field(default_factory=Counter)
    places: dict[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)


def match(rule: TimeRule, values: pa.Array, place: Place) -> Written:
    """The times that a rule finds in texts (n,)."""
    heads = pc.utf8_slice_codeunits(values, 0, LEADING_CHARACTERS)
    rows, parts = _parts(heads, getattr(rule, place))
    if not len(rows):
        return Written(rows, {})
    if "epoch" in parts:
        return Written(rows, {}, _from_epoch(parts["epoch"]))
    numbers = {name: _numbers(parts[name]) for name in ("y", "mo", "d", "a", "b", "c") if name in parts}
    if "mon" in parts:
        numbers["mo"] = _of_few(parts["mon"], _month_number)
    separators = _counts(parts["sep"]) if "sep" in parts else Counter()
    clock = _clock(parts)
    zones, places = _zones(parts, clock, in_lines=place != "cell")
    return Written(rows, numbers | {"clock": clock}, None, separators, zones, places)


def _parts(values: pa.Array, expressions: tuple[str, ...]) -> tuple[Ints, dict[str, pa.Array]]:
    """The rows (m,) of texts (n,) that one of some expressions describes, and its groups (m,), "" where it has not
    all. Each expression is applied to what the ones before it left."""
    left = np.arange(len(values), dtype=np.int64)
    rows: list[Ints] = []
    tables: list[pa.Table] = []
    for expression in expressions:
        if not len(left):
            break
        found = pc.extract_regex(values if len(left) == len(values) else values.take(pa.array(left)), expression)
        is_found = pc.is_valid(found).to_numpy(zero_copy_only=False)
        kept = found if is_found.all() else found.filter(pa.array(is_found))
        rows.append(left[is_found])
        tables.append(pa.table(dict(zip([item.name for item in found.type], kept.flatten(), strict=True))))
        left = left[~is_found]
    tables = [table for table in tables if table.num_rows]
    if not tables:
        return np.empty(0, dtype=np.int64), {}
    if len(tables) == 1:
        return np.concatenate(rows), {name: _one_array(tables[0][name]) for name in tables[0].column_names}
    at = np.concatenate(rows)
    order = np.argsort(at, kind="stable")
    united = pa.concat_tables(tables, promote_options="default").take(pa.array(order))
    return at[order], {name: _one_array(pc.fill_null(united[name], "")) for name in united.column_names}


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def full_years(years: Numbers) -> Numbers:
    """Two digits mean 1970 to 2069."""
    return np.where(years >= 100, years, np.where(years < 70, 2000 + years, 1900 + years)).astype(np.int32)


def _counts(column: pa.Array) -> Counter[str]:
    return Counter({row["values"]: row["counts"] for row in pc.value_counts(column).to_pylist()})


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
    beginnings = (folded[:length] for length in range(_LONGEST_BEGINNING, 1, -1))
    return next((_MONTHS[beginning] for beginning in beginnings if beginning in _MONTHS), 0)


def _half(word: str) -> int:
    """0 for nothing, 1 for before noon, 2 for after it."""
    if not word:
        return 0
    return 2 if word[0] in "pP" or word.startswith(("μ", "下", "午後", "오후")) else 1


def _clock(parts: dict[str, pa.Array]) -> Numbers:
    """Milliseconds since midnight as shown; NO_CLOCK where the clock shows no time."""
    hour, minute, second = (_numbers(parts[part]) for part in "HMS")
    for name in ("ap", "half"):
        if name in parts:
            half = _of_few(parts[name], _half)
            hour = np.where(half == 0, hour, hour % 12 + 12 * (half == 2)).astype(np.int32)
    clock = ((hour * 60 + minute) * 60 + second) * 1000
    if "f" in parts:
        clock += _numbers(_padded(parts["f"]))
    clock[(hour > 24) | (minute > 59) | (second > 60)] = NO_CLOCK
    return clock


def _padded(fractions: pa.Array) -> pa.Array:
    """Fractions of a second as three digits, whatever their length."""
    return pc.utf8_slice_codeunits(pc.binary_join_element_wise(fractions, "000", ""), 0, 3)


def _zones(parts: dict[str, pa.Array], clock: Numbers, *, in_lines: bool) -> tuple[Counter[str], dict[str, Ints]]:
    """How often each zone is written, and which times are by the clocks of a place; ``clock`` (m,) is put to UTC.

    Nothing is counted where no clock is written. In log lines other words may follow a time ("tz"), but for those that
    stand before a year ("zone").
    """
    if not pc.any(pc.not_equal(parts["H"], "")).as_py():
        return Counter(), {}
    if not parts.keys() & {"tz", "zone"}:
        return Counter({"": len(clock)}), {}
    is_sure = "zone" in parts or not in_lines
    encoded = parts["zone" if "zone" in parts else "tz"].dictionary_encode()
    found = [zone if is_sure or is_zone(zone) else "" for zone in encoded.dictionary.to_pylist()]
    indices = encoded.indices.to_numpy()
    counts = np.bincount(indices, minlength=len(found)).tolist()
    meanings = [zone_meaning(zone) for zone in found]
    ahead = np.array([said if isinstance(said, int) else 0 for said in meanings], dtype=np.int32)
    if ahead.any():
        shift = 60_000 * ahead[indices]
        clock[clock != NO_CLOCK] -= shift[clock != NO_CLOCK]
    named = {number: said for number, said in enumerate(meanings) if isinstance(said, str)}
    places = {said: np.flatnonzero(indices == number).astype(np.int64) for number, said in named.items()}
    zones: Counter[str] = Counter()
    for zone, count in zip(found, counts, strict=True):
        zones[zone] += count
    return zones, places


def _from_epoch(column: pa.Array) -> Times:
    """Seconds, milli-, micro- or nanoseconds since 1970, told apart by their length."""
    split = pc.extract_regex(column, r"^(?P<whole>\d+)(?:\.(?P<fraction>\d*))?$")
    whole, fraction = split.field("whole"), split.field("fraction")
    is_seconds = pc.less_equal(pc.binary_length(whole), 10).to_numpy(zero_copy_only=False)
    digits = pc.utf8_slice_codeunits(whole, 0, 13).cast(pa.int64()).to_numpy()
    ms = np.where(is_seconds, digits * 1000 + _numbers(_padded(fraction)), digits)
    times: Times = ms.astype("datetime64[ms]")
    return times
