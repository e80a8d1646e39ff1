"""Logs: records of one line, or of a line and those that continue it, in a format that is recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from explorer.ingest import continuation
from explorer.ingest.encodings import decode_all
from explorer.ingest.log_columns import LINE, MAIN_COLUMNS, MESSAGE
from explorer.ingest.log_formats import choose_format, format_named, is_general, is_json
from explorer.ingest.log_formats.base import LogFormat, without_colours
from explorer.ingest.log_formats.nested import NestedFormat
from explorer.ingest.prefixed_traces import as_views, in_prefixed_trace
from explorer.ingest.readers.base import Confidence, FileRows, Tick, repair_text, report
from explorer.ingest.readers.line_arrays import Lines, encode_lines, nonblank_lines, split_lines, take_records
from explorer.ingest.source import Source
from explorer.ingest.spool import Spool
from explorer.types import Bools, Ints

_SUFFIXES = {"log", "txt", "out", "err"}
_TABLE_SUFFIXES = {"csv", "tsv", "tab", "psv", "json", "jsonl", "ndjson", "jl", "xml", "html", "md"}
_PIECE = 2 << 20  # characters taken apart at a time
_MAX_COLUMNS = 500
_SAMPLE_BLOCKS = 5
_SAMPLE_CHARACTERS = 40_000  # of each block
_SAMPLE_LINES = 60
_MAX_SAMPLE_LINE = 4_000
_NOTHING_KNOWN = "Neither a table nor a known log format was recognised, so lines are taken as they are."


class LinesReader:
    """Reads any text file line by line."""

    name = "log lines"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        # Of JSON lines only logs are read here; others are a table.
        begins_so = source.head.lstrip("\ufeff \t\r\n").startswith("{")
        if begins_so and is_json(choose_format(sample_lines(source.head))):
            return Confidence.PLAIN
        if source.suffix in _SUFFIXES:
            return Confidence.NAMED
        if source.suffix in _TABLE_SUFFIXES:
            return Confidence.FALLBACK
        # A table may begin with a column of times too; a format that says more than that is a log's.
        known = choose_format(sample_lines(source.head))
        return Confidence.FALLBACK if known is None or is_general(known) else Confidence.LIKELY

    def read(self, source: Source, tick: Tick) -> FileRows:
        chosen = source.params.log_format
        sample = _sample(source)
        known = format_named(chosen, sample) if chosen else choose_format(sample)
        log = _Log(source, known, tick)
        cells, lines = log.read()
        is_last_resort = known is None and source.params.as_lines is None
        made = report(
            source,
            self.name if known is None else known.name,
            n_kept=len(lines),
            n_rejected=0,
            encoding=source.encoding.name,
            n_lines_joined=log.n_joined,
            n_cells_repaired=log.n_repaired,
            notes=(*source.encoding.notes, *((_NOTHING_KNOWN,) if is_last_resort else ()), *log.notes()),
        )
        return FileRows(cells, lines, made, ())


def physical_lines(text: str) -> list[str]:
    """Lines as an editor counts them, without their ends; a separator such as U+2028 is part of a line."""
    if "\n" not in text:
        return text.split("\r")
    if "\r" not in text:
        return text.split("\n")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _sample(source: Source) -> list[str]:
    """Lines from places spread evenly over a file, see :func:`sample_lines`."""
    n_bytes = len(source.data)
    length = 4 * _SAMPLE_CHARACTERS  # bytes that hold as many characters in any encoding
    if n_bytes <= _SAMPLE_BLOCKS * length:
        return sample_lines(source.decoded.text)
    # Multiples of 4 are where characters of UTF-16 and UTF-32 begin.
    starts = [int(at) // 4 * 4 for at in np.linspace(0, n_bytes - length, _SAMPLE_BLOCKS)]
    inside = replace(source.encoding, mark=0)
    blocks = [decode_all(source.data[at : at + length], inside if at else source.encoding) for at in starts]
    return [line for n, block in enumerate(blocks) for line in _inner_lines(block, is_first=n == 0, is_whole=False)]


def _inner_lines(block: str, *, is_first: bool, is_whole: bool) -> list[str]:
    """Some lines of a block, without those that its ends may cut."""
    lines = physical_lines(block.lstrip("\x00"))
    inner = lines[0 if is_first else 1 : len(lines) if is_whole or len(lines) < 3 else -1]
    n = _SAMPLE_LINES * (_SAMPLE_BLOCKS if is_whole else 1)
    return [repair_text(line[:_MAX_SAMPLE_LINE]) for line in inner[:n]]


def sample_lines(text: str) -> list[str]:
    """Whole lines from places spread evenly over a text, the beginning among them; long ones are cut."""
    if len(text) <= _SAMPLE_BLOCKS * _SAMPLE_CHARACTERS:
        return _inner_lines(text, is_first=True, is_whole=True)
    starts = [int(at) for at in np.linspace(0, len(text) - _SAMPLE_CHARACTERS, _SAMPLE_BLOCKS)]
    blocks = [text[start : start + _SAMPLE_CHARACTERS] for start in starts]
    return [line for n, block in enumerate(blocks) for line in _inner_lines(block, is_first=n == 0, is_whole=False)]


class _Records(NamedTuple):
    """Records of one piece of a text: string columns, the position of each one's first line in the piece, and counts.

    ``n_settled`` lines of the piece belong to records that no later line can join.
    """

    cells: pa.Table
    first: Ints
    n_settled: int
    n_joined: int
    n_cut: int
    n_strange: int
    n_left_out: int


class _Log:
    """Takes a text apart piece by piece, so that memory holds little more than the file's own bytes."""

    def __init__(self, source: Source, known: LogFormat | None, tick: Tick) -> None:
        self.n_joined = 0
        self.n_repaired = 0
        self._n_cut = 0
        self._n_strange = 0
        self._n_left_out = 0
        self._source = source
        self._known = known
        self._tick = tick
        self._rest = b""  # lines of the piece before that may yet be continued

    def read(self) -> tuple[pa.Table, Ints]:
        """The columns that have any value, the raw line first, and the line number of each record."""
        spool = Spool()
        lines: list[Ints] = []
        n_lines = n_records = 0
        for piece, is_last in self._pieces():
            records = _find_records(piece, self._known, is_last=is_last)
            spool.add(records.cells)
            lines.append(records.first + n_lines + 1)
            n_lines += records.n_settled
            n_records += len(records.first)
            self.n_joined += records.n_joined
            self._n_cut += records.n_cut
            self._n_strange += records.n_strange
            self._n_left_out = max(self._n_left_out, records.n_left_out)
            is_settled = records.n_settled == len(piece.starts)
            self._rest = b"" if is_settled else piece.data[piece.starts[records.n_settled] :].tobytes()
            self._tick(n_records)
        cells = spool.finish()
        names = [name for name in MAIN_COLUMNS if name in cells.column_names]
        names += [name for name in cells.column_names if name not in names]
        self._n_left_out += max(len(names) - _MAX_COLUMNS, 0)
        names = names[:_MAX_COLUMNS]
        kept = [name for name in names if name == LINE or cells.column(name).null_count < cells.num_rows]
        pa.default_memory_pool().release_unused()
        return cells.select(kept), np.concatenate(lines)

    def notes(self) -> list[str]:
        notes = []
        if self.n_joined:
            lines = "1 line was" if self.n_joined == 1 else f"{self.n_joined:,} lines were"
            notes.append(f"{lines} joined to the record above, such as lines of a stack trace.")
        if self._n_cut:
            records = "1 record" if self._n_cut == 1 else f"{self._n_cut:,} records"
            notes.append(f"{records} of more than {continuation.MAX_JOINED:,} lines became several.")
        if self._n_strange:
            records = "1 record is" if self._n_strange == 1 else f"{self._n_strange:,} records are"
            notes.append(f"{records} not in the format of the others and kept as a whole line.")
        if self._n_left_out:
            notes.append(
                f"{self._n_left_out:,} of the different fields got no column; they stand in the record's line."
            )
        return notes

    def _pieces(self) -> Iterator[tuple[Lines, bool]]:
        """Lines of the text, those first that the piece before left over; and whether the piece is the last."""
        end_of_line = "\n" if b"\n" in self._source.data or "\n" in self._source.head else "\r"
        whole: str | None = None
        for text in self._texts(end_of_line):
            if whole is not None:
                yield self._lines(whole, end_of_line), False
            whole = text
        yield self._lines(whole or "", end_of_line), True

    def _texts(self, end_of_line: str) -> Iterator[str]:
        """The text in pieces of whole lines."""
        waiting = ""
        for piece in self._source.pieces():
            waiting += piece
            # Where all of a piece was left over, one record fills it: the next is larger, so that time stays linear.
            while len(waiting) >= (size := max(_PIECE, len(self._rest))):
                end = waiting.find(end_of_line, size - 1) + 1
                if not end:
                    break
                yield waiting[:end]
                waiting = waiting[end:]
        yield waiting

    def _lines(self, text: str, end_of_line: str) -> Lines:
        encoded, n_repaired = encode_lines(text, end_of_line)
        self.n_repaired += n_repaired
        return split_lines(self._rest + encoded)


def _find_records(piece: Lines, known: LogFormat | None, *, is_last: bool) -> _Records:
    rows = nonblank_lines(piece)
    lines = without_colours(piece.array if len(rows) == len(piece.array) else piece.array.take(pa.array(rows)))
    parsed = None if known is None else known.parse(lines)
    is_head = np.zeros(len(rows), np.bool_) if parsed is None else _numpy(parsed.is_head)
    views = lines if parsed is None or parsed.views is None else parsed.views
    has_format = known is not None and not (isinstance(known, NestedFormat) and known.inner is None)
    begins = continuation.begins_record(
        views, is_head, has_format=has_format, continues=known.continues if known else None
    )
    joined = None if parsed is None else in_prefixed_trace(parsed)
    if parsed is not None and joined is not None:
        begins &= ~joined
        parsed = parsed._replace(views=as_views(parsed, lines), is_known=parsed.is_head)
    begins, n_cut = continuation.cap_joined(begins)
    n_kept = len(rows) if is_last else _settled(begins, is_head)
    first = np.flatnonzero(begins[:n_kept])
    last = np.append(first[1:], n_kept) - 1 if len(first) else first
    raw = take_records(piece, rows[first], rows[last])
    columns: dict[str, pa.Array] = {LINE: raw}
    is_known = is_head
    if parsed is not None:
        is_whole = len(first) == len(rows)
        heads = {name: col if is_whole else col.take(pa.array(first)) for name, col in parsed.columns.items()}
        is_known = is_head if parsed.is_known is None else _numpy(parsed.is_known)
        said = heads.get(MESSAGE, pa.nulls(len(first), pa.string()))
        heads[MESSAGE] = _messages(said, without_colours(raw), is_known[first], last > first)
        if parsed.views is not None:
            is_rest = np.zeros(len(rows), np.bool_) if parsed.is_rest is None else _numpy(parsed.is_rest)
            heads[MESSAGE] = _joined_views(said, heads[MESSAGE], parsed.views, is_rest, first, last)
        columns |= {name: column for name, column in heads.items() if name != LINE}
    return _Records(
        cells=pa.table({name: column.cast(pa.string()) for name, column in columns.items()}),
        first=rows[first],
        n_settled=int(rows[n_kept]) if n_kept < len(rows) else len(piece.array),
        n_joined=n_kept - len(first),
        n_cut=n_cut,
        n_strange=0 if known is None else int((~is_known[first]).sum()),
        n_left_out=0 if parsed is None else parsed.n_left_out,
    )


def _settled(begins: Bools, is_head: Bools) -> int:
    """How many lines lie before the last record, which lines of the next piece may join."""
    heads = np.flatnonzero(begins & is_head)
    if len(heads) and heads[-1] > 0:
        return int(heads[-1])
    others = np.flatnonzero(begins[: -continuation.BRIDGE])
    return int(others[-1]) if len(others) else 0


def _messages(said: pa.Array, raw: pa.Array, is_head: Bools, is_joined: Bools) -> pa.Array:
    """What the heads say, with the lines that continue them; the whole record where the head says nothing."""
    rows = np.flatnonzero(is_joined & is_head)
    if len(rows):
        picked = pa.array(rows)
        rests = [record.partition("\n")[2] for record in raw.take(picked).to_pylist()]
        firsts = said.take(picked).to_pylist()
        whole = [f"{first}\n{rest}" if first else rest for first, rest in zip(firsts, rests, strict=True)]
        said = pc.replace_with_mask(said, pa.array(is_joined & is_head), pa.array(whole, pa.string()))
    return pc.coalesce(said, raw)


def _joined_views(
    said: pa.Array, messages: pa.Array, views: pa.Array, is_rest: Bools, first: Ints, last: Ints
) -> pa.Array:
    """``messages``, those of several lines put together from what heads ``said`` and the lines without prefixes."""
    rows = np.flatnonzero(last > first)
    if not len(rows):
        return messages
    begun = pc.coalesce(said, views.take(pa.array(first))).take(pa.array(rows)).to_pylist()
    spans = [np.arange(first[row] + 1, last[row] + 1) for row in rows.tolist()]
    rests = [views.take(pa.array(span[~is_rest[span]])).to_pylist() for span in spans]
    whole = ["\n".join([begin, *rest] if begin else rest) for begin, rest in zip(begun, rests, strict=True)]
    return pc.replace_with_mask(messages, pa.array(last > first), pa.array(whole, pa.string()))


def _numpy(flags: pa.Array) -> Bools:
    values: Bools = flags.to_numpy(zero_copy_only=False).astype(np.bool_)
    return values
