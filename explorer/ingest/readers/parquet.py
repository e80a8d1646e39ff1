"""Parquet files; every value becomes the text a person would write for it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.base import (
    BATCH_ROWS,
    Confidence,
    FileRows,
    Tick,
    check_size,
    column_names,
    report,
    string_column,
)
from explorer.ingest.source import MAX_BYTES, Source

_MAGIC = b"PAR1"


class ParquetReader:
    """Looks at the sizes in the footer before it reads: a file of 4 KB can unpack to gigabytes."""

    name = "parquet"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if source.data.startswith(_MAGIC) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        try:
            return self._read(source, tick)
        except (pa.ArrowException, ValueError, OSError) as error:
            raise UnreadableFileError(
                f"{source.name} is damaged or uses Parquet features we do not read. Export it again, or as CSV."
            ) from error

    def _read(self, source: Source, tick: Tick) -> FileRows:
        file = pq.ParquetFile(pa.BufferReader(source.data))
        self._check(source, file.metadata)
        names, notes = column_names(file.schema_arrow.names, source)
        schema = pa.schema([(name, pa.string()) for name in names])
        tables, n_rows, n_repaired = [schema.empty_table()], 0, 0
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            batch.validate(full=True)
            columns = [_text_column(column) for column in batch.columns]
            tables.append(pa.table([array for array, _ in columns], schema=schema))
            n_rows += batch.num_rows
            n_repaired += sum(n for _, n in columns)
            tick(n_rows)
        made = report(source, self.name, n_kept=n_rows, n_rejected=0, n_cells_repaired=n_repaired, notes=tuple(notes))
        return FileRows(pa.concat_tables(tables), np.arange(1, n_rows + 1, dtype=np.int64), made, ())

    def _check(self, source: Source, footer: Any) -> None:
        check_size(source, footer.num_rows, footer.num_columns)
        n_bytes = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
        if n_bytes > MAX_BYTES:
            raise UnreadableFileError(
                f"{source.name} unpacks to {n_bytes:,} bytes, more than the {MAX_BYTES:,} we read. Split it."
            )


def _text_column(array: Any) -> tuple[Any, int]:
    """An Arrow array of any type as text, and how many cells had to be repaired."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _text_column(array.dictionary_decode())
    if pa.types.is_floating(kind):
        array = pc.if_else(pc.is_nan(array), None, array)
        array = array.cast(pa.float64()) if pa.types.is_float16(kind) else array
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return string_column([None if v is None else v.decode("utf-8", "replace") for v in array.to_pylist()])
    elif pa.types.is_nested(kind):
        return string_column([None if v is None else _json_text(v) for v in array.to_pylist()])
    elif pa.types.is_duration(kind):
        return string_column([None if v is None else str(v) for v in array.to_pylist()])
    text = array.cast(pa.string())
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        text = pc.replace_substring_regex(text, r"\.0+([+Z-].*)?$", r"\1")
    if pc.any(pc.match_substring(text, "\x00")).as_py():
        return string_column(text.to_pylist())
    return text, 0


def _json_text(value: Any) -> str:
    """A list or struct as JSON; maps come as lists of pairs."""
    return json.dumps(value, ensure_ascii=False, default=str)
