"""Parquet files; every value becomes the text a person would write for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.arrow_text import TextBudget, text_columns
from explorer.ingest.readers.base import BATCH_ROWS, Confidence, FileRows, Tick, check_size, column_names, report
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
        except (pa.ArrowException, ValueError, OSError, KeyError) as error:
            raise UnreadableFileError(
                f"{source.name} is damaged or uses Parquet features we do not read. Export it again, or as CSV."
            ) from error

    def _read(self, source: Source, tick: Tick) -> FileRows:
        footer = pq.read_metadata(pa.BufferReader(source.data))
        _check(source, footer)
        # A text that is stored once may stand in every row: its length is looked at before it is repeated.
        dictionaries = _dictionaries(footer)
        if dictionaries:
            budget = TextBudget(source)
            for batch in _open(source, dictionaries).iter_batches(batch_size=BATCH_ROWS):
                budget.spend(batch)
        file = _open(source, dictionaries)
        if not file.schema_arrow.names:
            raise UnreadableFileError(f"{source.name} has no columns. Check how it was exported.")
        names, notes = column_names(file.schema_arrow.names, source)
        schema = pa.schema([(name, pa.string()) for name in names])
        tables, n_rows, n_repaired = [schema.empty_table()], 0, 0
        budget = TextBudget(source)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            budget.spend(batch)
            table, n = text_columns(batch.columns, schema)
            tables.append(table)
            n_rows += batch.num_rows
            n_repaired += n
            tick(n_rows)
        made = report(source, self.name, n_kept=n_rows, n_rejected=0, n_cells_repaired=n_repaired, notes=tuple(notes))
        return FileRows(pa.concat_tables(tables), np.arange(1, n_rows + 1, dtype=np.int64), made, ())


def _open(source: Source, dictionaries: list[str]) -> Any:
    return pq.ParquetFile(pa.BufferReader(source.data), read_dictionary=dictionaries)


def _check(source: Source, footer: Any) -> None:
    """Refuse what declares too many cells or bytes, or values so wide that rows times width are too many bytes."""
    check_size(source, footer.num_rows, footer.num_columns)
    widths = [footer.schema.column(i) for i in range(footer.num_columns)]
    n_wide = sum(c.length for c in widths if c.physical_type == "FIXED_LEN_BYTE_ARRAY" and c.length > 16)
    n_bytes = sum(footer.row_group(i).total_byte_size for i in range(footer.num_row_groups))
    n_bytes = max(n_bytes, n_wide * footer.num_rows)
    if n_bytes > MAX_BYTES:
        raise UnreadableFileError(
            f"{source.name} unpacks to {n_bytes:,} bytes, more than the {MAX_BYTES:,} we read. Split it."
        )


def _dictionaries(footer: Any) -> list[str]:
    """Paths of the columns of texts or bytes that have a dictionary in any row group."""
    paths = set()
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        for position in range(row_group.num_columns):
            column = row_group.column(position)
            if column.physical_type == "BYTE_ARRAY" and any("DICTIONARY" in one for one in column.encodings):
                paths.add(column.path_in_schema)
    return sorted(paths)
