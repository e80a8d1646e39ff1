"""Tables with a delimiter: CSV, TSV, and the same with any other delimiter, quote and escape."""

from __future__ import annotations

import csv
from dataclasses import replace

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest.encodings import decode_all
from explorer.ingest.readers.base import (
    MAX_COLUMNS,
    Confidence,
    FileRows,
    RowSink,
    Tick,
    check_size,
    column_names,
    report,
)
from explorer.ingest.readers.delimiters import SPACES
from explorer.ingest.readers.dialect import Dialect, Sample, sniff_dialect
from explorer.ingest.readers.layout import find_layout
from explorer.ingest.readers.records import RecordReader, unwrapped
from explorer.ingest.readers.rows import TableRows
from explorer.ingest.source import Source

_SUFFIXES = {"csv", "tsv", "tab", "psv"}
_JSON = {"json", "jsonl", "ndjson"}
_NOT_TABLES = {"log", "txt", "out", "err", *_JSON}
_MAYBE_TABLES = {"txt"}  # where a name says little, a table must leave no doubt
_ESCAPE_REGION = 64 << 10
_LEAST_RECORDS = 3  # in the head of a file, to decide by
_LONG_HEAD = 16 << 20
MAX_LINES = 20_000_000

# The limit guards against a quote that is never closed; records.py finds those itself.
csv.field_size_limit(2**31 - 1)


class DelimitedReader:
    """Finds the dialect and the header from the content, keeps every cell as text, and lists every other line."""

    name = "csv"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        if source.suffix in _SUFFIXES:
            return Confidence.NAMED
        is_misnamed = source.suffix in _JSON and not source.head.lstrip().startswith(("{", "["))
        if source.suffix in _MAYBE_TABLES or is_misnamed:
            return Confidence.PLAIN if _is_plain(source, least_rows=5) else Confidence.FALLBACK
        if source.suffix not in _NOT_TABLES and _is_plain(source, least_rows=1):
            return Confidence.LIKELY
        return Confidence.FALLBACK

    def read(self, source: Source, tick: Tick) -> FileRows:
        _check_lines(source)
        sample = _sniff(source)
        check_size(source, 0, sample.width)
        layout = find_layout(sample, source.params)
        if not sample.records:
            raise InputError(f"{source.name} has no text in it, only blank lines. Check how it was exported.")
        dialect = _with_late_escapes(source, sample.dialect, sample.width)
        names, name_notes = column_names(layout.names, source)
        pieces = unwrapped(source.pieces()) if dialect.is_wrapped else source.pieces()
        records = RecordReader(pieces, dialect.splitter, len(names), dialect.start)
        rows = TableRows(source, RowSink(names, tick), layout, dialect)
        if dialect.above:
            rows.reject_above(next(source.pieces())[: dialect.start])
        for record in records.read(None):
            if not rows.take_top(record):
                break
        for record in records.read(rows.take):
            rows.take_any(record)
        rows.finish()
        cells, lines = rows.sink.finish()
        notes = (
            *source.encoding.notes,
            *name_notes,
            *_notes(dialect, source.data),
            *layout.notes,
            *rows.notes(),
            *records.notes(),
        )
        made = report(
            source,
            "tsv" if dialect.delimiter == "\t" else "csv",
            n_kept=len(lines),
            n_rejected=len(rows.rejected),
            encoding=source.encoding.name,
            delimiter=" " if dialect.delimiter == SPACES else dialect.delimiter,
            quote=dialect.quote,
            header=layout.header,
            n_cells_repaired=rows.sink.n_repaired,
            notes=notes,
        )
        return FileRows(cells, lines, made, tuple(rows.rejected))


def _check_lines(source: Source) -> None:
    n_lines = source.data.count(b"\n")
    if n_lines > MAX_LINES:
        raise UnreadableFileError(
            f"{source.name} has {n_lines:,} lines, more than the {MAX_LINES:,} we read. Split it and read the parts."
        )


def _sniff(source: Source) -> Sample:
    """The dialect and the first records; from more than the head of the file where that holds hardly a record."""
    sample = sniff_dialect(source.head, source.suffix, source.params, is_cut=source.is_head_cut)
    if source.is_head_cut and len(sample.records) < _LEAST_RECORDS:
        head = decode_all(source.data[:_LONG_HEAD], source.encoding)
        is_cut = len(source.data) > _LONG_HEAD
        sample = sniff_dialect(head, source.suffix, source.params, is_cut=is_cut, n_characters=_LONG_HEAD)
    return sample


def _is_plain(source: Source, *, least_rows: int) -> bool:
    """Whether the content alone shows a table: rows of one width below a header."""
    sample = _sniff(source)
    if not sample.records or sample.width > MAX_COLUMNS or sample.dialect.above:
        return False
    layout = find_layout(sample, source.params)
    if sample.dialect.delimiter is None or layout.n_header_rows == 0 or layout.first_line > sample.records[0].line:
        return False
    rows = sample.rows
    n_even = sum(len(row) == sample.width for row in rows)
    # Bars at the edges of the lines, as around a drawn table, make columns without a name and a value.
    drawn = [not name.strip() and kind == "empty" for name, kind in zip(layout.names, layout.types, strict=False)]
    names = [name.strip() for name, is_drawn in zip(layout.names, drawn, strict=False) if not is_drawn]
    named = bool(names) and all(0 < len(name) <= 60 and not name.isdigit() for name in names)
    if least_rows > 1 and not layout.is_proven:
        return False
    if least_rows > 1 and sample.width < 3 and (sample.dialect.delimiter != "\t" or n_even < len(rows)):
        return False  # nothing else that stands once in each line separates columns
    is_unique = len(set(layout.names)) == len(layout.names)
    return named and is_unique and len(rows) > least_rows and n_even >= 0.9 * len(rows)


def _with_late_escapes(source: Source, dialect: Dialect, width: int) -> Dialect:
    """The dialect with backslash escapes, where they are first seen behind the beginning of a long file."""
    is_wide = source.encoding.codec.startswith(("utf-16", "utf-32"))
    if not source.is_head_cut or dialect.delimiter is None or dialect.is_wrapped or is_wide:
        return dialect
    if not dialect.escape and dialect.quote == '"' and source.params.quote is None:
        dialect = _better(source, b'\\"', dialect, replace(dialect, escape="\\"), width)
    if not dialect.joins_lines:
        sign = b"\\\r\n" if "\r\n" in source.head else b"\\\n"
        dialect = _better(source, sign, dialect, replace(dialect, joins_lines=True), width)
    return dialect


def _better(source: Source, sign: bytes, plain: Dialect, escaped: Dialect, width: int) -> Dialect:
    """The dialect that reads more rows as wide as the table around the first ``sign`` behind the beginning."""
    place = source.data.find(sign, len(source.head))
    if place < 0:
        return plain
    start = source.data.rfind(b"\n", 0, place) + 1
    region = source.data[start : start + _ESCAPE_REGION].decode(source.encoding.codec, "replace")

    def n_whole(candidate: Dialect) -> int:
        reader = RecordReader([region], replace(candidate, start=0).splitter, width)
        return sum(1 if len(record.cells) == width else -1 for record in reader) - 2 * len(reader.notes())

    return escaped if n_whole(escaped) > n_whole(plain) else plain


def _notes(dialect: Dialect, data: bytes) -> list[str]:
    notes = []
    written = [one for one, _ in dialect.splitter.restores]
    if any(one.encode("utf-8") in data or one.encode("utf-16-le") in data for one in written):
        notes.append("The text holds characters that Unicode keeps for inside use; they were read as the delimiter.")
    if dialect.start and not dialect.above:
        notes.append("The first line states the delimiter and is no row.")
    if dialect.escape:
        what = "quotes" if dialect.quote else "delimiters"
        notes.append(f"Backslashes in front of {what} were taken as escapes and left out.")
    if dialect.joins_lines:
        notes.append("Backslashes in front of line ends were taken as escapes: such a line continues the one above.")
    if dialect.is_wrapped:
        notes.append("Each row stands in quotes as if it were one cell; they were taken off.")
    if dialect.delimiter == SPACES:
        notes.append("Columns are separated by runs of spaces.")
    return notes
