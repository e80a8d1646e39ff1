"""What a log format is: an expression for the head of a record, or any other way to find its parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest.levels import first_filled, name_levels, severity_level
from explorer.ingest.log_columns import LEVEL, MESSAGE
from explorer.ingest.log_parts import COLOUR
from explorer.types import Ints

_VARIANT = re.compile(r"_\d\Z")


class Parsed(NamedTuple):
    """Lines (n,) taken apart: which of them are the head of a record, and string columns (n,) with null elsewhere.

    ``n_left_out`` fields got no column, because there are too many different ones. Where each line has a prefix, such
    as that of a container, ``views`` (n,) are the lines without it and ``is_known`` (n,) says which of them had one;
    ``is_rest`` (n,) are parts of a line whose text the first part has.
    """

    is_head: pa.Array
    columns: Mapping[str, pa.Array]
    n_left_out: int = 0
    views: pa.Array | None = None
    is_known: pa.Array | None = None
    is_rest: pa.Array | None = None


class LogFormat(Protocol):
    """One way of writing logs. ``name`` is shown to the user and chosen by."""

    @property
    def name(self) -> str:
        """What users know the format by."""
        ...

    @property
    def continues(self) -> str | None:
        """An expression (RE2) for lines that belong to the record above, beside indented ones and stack traces."""
        ...

    def parse(self, lines: pa.Array) -> Parsed:
        """The parts of each line. Never raises, whatever the lines hold, and takes time linear in their length."""
        ...


@dataclass(frozen=True)
class ExpressionFormat:
    """A format whose records begin with a line that one expression describes.

    ``expression`` is RE2 (linear in time whatever the text, no look-around or possessive repeats), anchored with ``^``.
    Its named groups are the columns; ``level_1`` and ``level_2`` are two places where the level may stand. The group
    ``priority`` is a syslog priority. ``nil`` is how the format writes that a value other than the
    message is missing. ``usual`` is an
    expression for what most lines look like, tried first: a narrow one, in which each character decides how to go on,
    is several times as fast. It finds what ``expression`` finds, or nothing.
    """

    name: str
    expression: str
    nil: str | None = None
    continues: str | None = None
    usual: str | None = None

    def parse(self, lines: pa.Array) -> Parsed:
        """One pass over all lines, and another over those that are not the usual ones."""
        if self.usual is None:
            return self._apply(self.expression, lines)
        first = self._apply(self.usual, lines)
        others = np.flatnonzero(~first.is_head.to_numpy(zero_copy_only=False))
        if not len(others):
            return first
        return _merge(first, self._apply(self.expression, lines.take(pa.array(others))), others)

    def _apply(self, expression: str, lines: pa.Array) -> Parsed:
        found = pc.extract_regex(lines, expression)
        variants: dict[str, list[pa.Array]] = {}
        for position in range(found.type.num_fields):
            name = found.type.field(position).name
            variants.setdefault(_VARIANT.sub("", name), []).append(found.field(position))
        columns = {name: self._column(name, groups, found) for name, groups in variants.items()}
        if LEVEL in columns:
            columns[LEVEL] = name_levels(columns[LEVEL])
        if "priority" in columns:
            level = map_values(columns["priority"], severity_level)
            columns[LEVEL] = pc.coalesce(columns[LEVEL], level) if LEVEL in columns else level
        return Parsed(pc.is_valid(found), columns)

    def _column(self, name: str, groups: list[pa.Array], found: pa.Array) -> pa.Array:
        value = first_filled(groups, found)
        return value if self.nil is None or name == MESSAGE else pc.if_else(pc.equal(value, self.nil), None, value)


def _merge(first: Parsed, second: Parsed, rows: Ints) -> Parsed:
    """``first`` (n,), with what ``second`` found out about some of its ``rows``."""
    n = len(first.is_head)
    place = np.arange(n)
    place[rows] = n + np.arange(len(rows))
    order = pa.array(place)

    def joined(name: str) -> pa.Array:
        parts = [parsed.columns.get(name, pa.nulls(len(parsed.is_head), pa.string())) for parsed in (first, second)]
        return pa.concat_arrays(parts).take(order)

    is_head = pa.concat_arrays([first.is_head, second.is_head]).take(order)
    return Parsed(is_head, {name: joined(name) for name in {**second.columns, **first.columns}})


def without_colours(lines: pa.Array) -> pa.Array:
    """The lines (n,) without the escape sequences that colour them on a terminal."""
    if not pc.any(pc.match_substring(lines, "\x1b")).as_py():
        return lines
    return pc.replace_substring_regex(lines, COLOUR, "")


def map_values(column: pa.Array, change: Any) -> pa.Array:
    """``change`` applied to each different value of a column that has few of them."""
    encoded = column.dictionary_encode()
    return pa.array([change(value) for value in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)
