"""Tables with a delimiter: CSV, TSV, and the same with semicolons or pipes."""

from __future__ import annotations

import csv
from collections.abc import Sequence

from explorer.errors import InputError
from explorer.ingest.readers.base import Confidence, FileRows, RowSink, Tick, column_names, rejected_row, report
from explorer.ingest.readers.dialect import Dialect, sniff_dialect
from explorer.ingest.readers.records import Record, RecordReader
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_SUFFIXES = {"csv", "tsv", "tab", "psv"}
_NOT_TABLES = {"log", "txt", "out", "err", "json", "jsonl", "ndjson"}

# The limit guards against a quote that is never closed; records.py finds those itself.
csv.field_size_limit(2**31 - 1)


class DelimitedReader:
    """Finds the delimiter from the content, keeps every cell as text, and lists every row it could not use."""

    name = "csv"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        if source.suffix in _SUFFIXES:
            return Confidence.NAMED
        if source.suffix not in _NOT_TABLES and sniff_dialect(source.head, source.suffix).is_plain:
            return Confidence.LIKELY
        return Confidence.FALLBACK

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        dialect = sniff_dialect(text[: len(source.head)], source.suffix)
        records = RecordReader(text, dialect.delimiter, dialect.start)
        header = records.read_header()
        if header is None:
            raise InputError(f"{source.name} has no text in it, only blank lines. Check how it was exported.")
        names, name_notes = column_names(_named_header(header, dialect), source)
        rows = _Rows(source, RowSink(names, tick), records)
        if not dialect.has_header:
            rows.add(header)
        width, add = len(names), rows.sink.add
        for record in records:
            if len(record.cells) == width:
                add(record.cells, record.line)
            else:
                rows.add(record)
        cells, lines = rows.sink.finish()
        made = report(
            source,
            "tsv" if dialect.delimiter == "\t" else "csv",
            n_kept=len(lines),
            n_rejected=len(rows.rejected),
            encoding=encoding,
            delimiter=dialect.delimiter,
            n_cells_repaired=rows.sink.n_repaired,
            notes=(*notes, *name_notes, *dialect.notes, *rows.notes(), *records.notes()),
        )
        return FileRows(cells, lines, made, tuple(rows.rejected))


class _Rows:
    """Fits records to the header: short ones are filled up, too long ones rejected."""

    def __init__(self, source: Source, sink: RowSink, records: RecordReader) -> None:
        self.source = source
        self.sink = sink
        self.records = records
        self.rejected: list[RejectedRow] = []
        self._short_lines: list[int] = []
        self._n_trimmed = 0
        records.width = len(sink.names)

    def add(self, record: Record) -> None:
        cells: Sequence[str | None] = record.cells
        width = len(self.sink.names)
        if record.problem:
            self.rejected.append(rejected_row(self.source, record.line, record.problem, self.records.text_of(record)))
            return
        if len(cells) != width:
            if len(cells) < width:
                self._short_lines.append(record.line)
                cells = [*cells, *[None] * (width - len(cells))]
            elif not any(cells[width:]):
                self._n_trimmed += 1
                cells = cells[:width]
            else:
                reason = f"{len(cells)} fields where the header has {width}"
                self.rejected.append(rejected_row(self.source, record.line, reason, self.records.text_of(record)))
                return
        self.sink.add(cells, record.line)

    def notes(self) -> list[str]:
        notes = []
        if self._short_lines:
            n = len(self._short_lines)
            rows = "1 row has" if n == 1 else f"{n:,} rows have"
            where = ", ".join(f"{line:,}" for line in self._short_lines[:10]) + (", ..." if n > 10 else "")
            notes.append(
                f"{rows} fewer fields than the header; the missing cells are left empty (line{'s'[: n > 1]} {where})."
            )
        if self._n_trimmed:
            rows = "1 row ends" if self._n_trimmed == 1 else f"{self._n_trimmed:,} rows end"
            notes.append(f"{rows} with empty fields beyond the header, which were left out.")
        return notes


def _named_header(header: Record, dialect: Dialect) -> list[str]:
    """Names for every column, also where the header is shorter than the rows or is missing."""
    names = list(header.cells) if dialect.has_header else []
    while len(names) > 1 and not names[-1].strip() and len(names) > dialect.width:
        names.pop()
    return names + [""] * (dialect.width - len(names))
