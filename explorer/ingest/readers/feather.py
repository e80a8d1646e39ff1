"""Feather and Arrow IPC files and streams; every value becomes the text a person would write for it.

The sizes of compressed buffers stand in front of them and are added up before anything is unpacked. How messages are
built: "Encapsulated message format" of the Arrow columnar format, and Message.fbs for the tables inside.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.arrow_text import TextBudget, is_readable, text_columns
from explorer.ingest.readers.base import BATCH_ROWS, Confidence, FileRows, Tick, check_size, column_names, report
from explorer.ingest.source import MAX_BYTES, Source

_FILE = b"ARROW1\x00\x00"
_STREAM = b"\xff\xff\xff\xff"
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3  # kinds of message


class FeatherReader:
    """Reads the stream of batches that files hold as well, so that what was checked is what is read."""

    name = "feather"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if source.data.startswith(_FILE):
            return Confidence.PLAIN
        if not source.data.startswith(_STREAM) or len(source.data) < 16:
            return Confidence.NO
        (size,) = struct.unpack_from("<i", source.data, 4)
        return Confidence.PLAIN if 0 < size < len(source.data) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        try:
            return self._read(source, tick)
        except (pa.ArrowException, ValueError, OSError, KeyError, IndexError, struct.error) as error:
            raise UnreadableFileError(
                f"{source.name} is damaged or uses Arrow features we do not read. Save it as Parquet or CSV."
            ) from error

    def _read(self, source: Source, tick: Tick) -> FileRows:
        stream = pa.py_buffer(source.data)
        if source.data.startswith(_FILE):
            stream = stream.slice(len(_FILE))
        reader = pa.ipc.open_stream(pa.BufferReader(stream))
        if not all(map(is_readable, reader.schema.types)):
            raise ValueError("a type that is not read")
        if not reader.schema.names:
            raise UnreadableFileError(f"{source.name} has no columns. Check how it was exported.")
        names, notes = column_names(reader.schema.names, source)
        _check(source, stream, len(names))
        if any("dictionary" in str(kind) for kind in reader.schema.types):
            ahead = TextBudget(source)  # a text that is stored once may stand in every row
            for batch in pa.ipc.open_stream(pa.BufferReader(stream)):
                ahead.spend(batch)
        schema = pa.schema([(name, pa.string()) for name in names])
        tables, n_rows, n_repaired = [schema.empty_table()], 0, 0
        budget = TextBudget(source)
        for batch in reader:
            budget.spend(batch)
            for start in range(0, batch.num_rows, BATCH_ROWS):
                part = batch.slice(start, BATCH_ROWS)
                table, n = text_columns(part.columns, schema)
                tables.append(table)
                n_rows += part.num_rows
                n_repaired += n
                tick(n_rows)
        made = report(source, self.name, n_kept=n_rows, n_rejected=0, n_cells_repaired=n_repaired, notes=tuple(notes))
        return FileRows(pa.concat_tables(tables), np.arange(1, n_rows + 1, dtype=np.int64), made, ())


def _check(source: Source, stream: pa.Buffer, n_columns: int) -> None:
    """Refuse what declares too many cells, or buffers that unpack to too much."""
    n_rows = n_bytes = 0
    for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(stream)):
        table = _Table.root(message.metadata.to_pybytes())
        kind, header = table.number(1, "<B"), table.table(2)
        if header is None or kind not in (_DICTIONARY_BATCH, _RECORD_BATCH):
            continue
        batch = header.table(1) if kind == _DICTIONARY_BATCH else header
        if batch is None:
            continue
        n_rows = max(n_rows, 0) + (batch.number(0, "<q") if kind == _RECORD_BATCH else 0)
        body = message.body
        for offset, length in batch.pairs(2):
            if batch.table(3) is not None and length >= 8:
                (unpacked,) = struct.unpack_from("<q", body.slice(offset, 8).to_pybytes())
                length = length if unpacked == -1 else unpacked
            if length < 0:
                raise ValueError("a negative size")
            n_bytes += length
        check_size(source, n_rows, n_columns)
        if n_bytes > MAX_BYTES:
            raise UnreadableFileError(
                f"{source.name} unpacks to {n_bytes:,} bytes, more than the {MAX_BYTES:,} we read. Split it."
            )


class _Table:
    """A table in a FlatBuffer. Raises struct.error where an offset leads out of it."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self._fields = at - self._unpack("<i", at)
        self._size = self._unpack("<H", self._fields)

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, struct.unpack_from("<I", data)[0])

    def number(self, field: int, kind: str) -> int:
        at = self._place(field)
        return self._unpack(kind, at) if at else 0

    def table(self, field: int) -> _Table | None:
        at = self._place(field)
        return _Table(self._data, at + self._unpack("<I", at)) if at else None

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """A vector of pairs of 64-bit numbers."""
        at = self._place(field)
        if at:
            at += self._unpack("<I", at)
            for number in range(self._unpack("<I", at)):
                yield struct.unpack_from("<qq", self._data, at + 4 + 16 * number)

    def _place(self, field: int) -> int:
        """Where a field stands, or 0 where the table does not have it."""
        entry = 4 + 2 * field
        offset = self._unpack("<H", self._fields + entry) if entry < self._size else 0
        return self._at + offset if offset else 0

    def _unpack(self, kind: str, at: int) -> int:
        if at < 0:
            raise ValueError("an offset before the beginning")
        return int(struct.unpack_from(kind, self._data, at)[0])
