"""JSON values as cells: numbers keep their spelling, nested objects become dotted columns, lists JSON text.

Texts that are written as a tree of nodes (:mod:`explorer.ingest.readers.rich_text`) become text as they are parsed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from explorer.ingest.readers.base import BATCH_ROWS, Tick, check_size, column_names, string_table
from explorer.ingest.readers.rich_text import is_rich_text, rich_text
from explorer.ingest.source import Source
from explorer.ingest.spool import Spool

Cells = dict[str, str | None]

#: The column for values that are not objects, as in ``["first text", "second text"]``.
VALUE_COLUMN = "value"


class Number(str):
    """A number as it is spelled in the file, so that 1.10 stays 1.10 and no digit of a long id is lost."""

    __slots__ = ()


class Parser:
    """Parses JSON and counts what is read although it is not quite JSON: see :meth:`notes`."""

    def __init__(self) -> None:
        self._n_repeated = 0
        self._n_rich = 0
        self._constants: Counter[str] = Counter()
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=Number,
            parse_int=Number,
            parse_constant=self._constant,
        )

    def parse(self, text: str) -> Any:
        """Parse one document. Raises ValueError for what is not JSON, RecursionError for what is nested too deeply."""
        return self._decoder.decode(text)

    def parse_at(self, text: str, start: int) -> tuple[Any, int]:
        """The value that begins exactly at ``start``, and where it ends. Raises as :meth:`parse` does."""
        return self._decoder.raw_decode(text, start)

    def add_counts(self, other: Parser) -> None:
        """Count what another parser met as well."""
        self._n_repeated += other._n_repeated
        self._n_rich += other._n_rich
        self._constants += other._constants

    def notes(self) -> list[str]:
        """Sentences about keys that an object repeats, and about numbers that JSON does not have."""
        notes = []
        if self._n_repeated:
            keys = "1 key stands" if self._n_repeated == 1 else f"{self._n_repeated:,} keys stand"
            notes.append(f"{keys} twice in one object; the later value is in a column with a number after the name.")
        if self._n_rich:
            texts = "1 text was" if self._n_rich == 1 else f"{self._n_rich:,} texts were"
            notes.append(f"{texts} written as a tree of nodes (Atlassian Document Format) and read as plain text.")
        for name, n in sorted(self._constants.items()):
            values = "1 value is" if n == 1 else f"{n:,} values are"
            notes.append(f"{values} {name}, which is not valid JSON, and kept as text.")
        return notes

    def _constant(self, name: str) -> Number:
        self._constants[name] += 1
        return Number(name)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any] | str:
        made = dict(pairs)
        if len(made) == len(pairs):
            if made.get("type") == "doc" and is_rich_text(made):
                self._n_rich += 1
                return rich_text(made)
            return made
        made = {}
        copies: Counter[str] = Counter()
        for key, value in pairs:
            name = key
            while name in made:
                copies[key] += 1
                name = f"{key} ({copies[key] + 1})"
            self._n_repeated += name != key
            made[name] = value
        return made


def to_text(value: Any) -> str | None:
    """A value as a cell; None for null."""
    if value is None or isinstance(value, str):
        return value
    return _json_text(value)


def flatten(value: Mapping[str, Any], prefix: str = "", into: Cells | None = None) -> Cells:
    """One object as column -> cell; the keys of objects inside are joined by dots, empty ones are "{}"."""
    cells: Cells = {} if into is None else into
    for key, item in value.items():
        name = prefix + key
        if isinstance(item, Mapping) and item:
            flatten(item, name + ".", cells)
            continue
        # {"a.b": 1, "a": {"b": 2}} would write two cells to one column
        while name in cells:
            name += "'"
        cells[name] = to_text(item)
    return cells


def _json_text(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_json_text(str(k))}: {_json_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False, default=str)


class ObjectSink:
    """Collects objects whose keys differ from one to the next."""

    def __init__(self, source: Source, tick: Tick) -> None:
        self.n_repaired = 0
        self.lines: list[int] = []
        self.notes: list[str] = []
        self._source = source
        self._tick = tick
        self._columns: dict[str, None] = {}
        self._rows: list[Mapping[str, str | None]] = []
        self._spool = Spool()

    def add(self, cells: Mapping[str, str | None], line: int) -> None:
        self._rows.append(cells)
        self.lines.append(line)
        self._columns.update(dict.fromkeys(cells))
        if len(self._rows) == BATCH_ROWS:
            self._flush()

    def finish(self) -> pa.Table:
        """All rows; a key that an object does not have is null."""
        if self._rows or not self.lines:
            self._flush()
        names, self.notes = column_names(list(self._columns), self._source)
        table = self._spool.finish()
        return table.rename_columns(names)

    def _flush(self) -> None:
        check_size(self._source, len(self.lines), len(self._columns))
        keys: Sequence[str] = list(self._columns)
        # Keys may hold what Arrow cannot: their positions stand for them until the end.
        table, n_repaired = string_table([str(position) for position in range(len(keys))], self._cells(keys))
        self._spool.add(table)
        self.n_repaired += n_repaired
        self._rows = []
        self._tick(len(self.lines))

    def _cells(self, keys: Sequence[str]) -> Iterator[list[str | None]]:
        """One column at a time: thousands of columns of a batch would not fit into memory together."""
        for key in keys:
            yield [row.get(key) for row in self._rows]
