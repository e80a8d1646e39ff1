"""Windows events as the Event Viewer saves them: CSV, or text with tabs.

The header names the columns that were shown, and behind them stands one without a name that holds the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.dialect import Dialect
from explorer.ingest.readers.log_blocks import Block, Fields, main_columns, put, read_blocks, take_first
from explorer.ingest.readers.records import Record, RecordReader
from explorer.ingest.readers.windows_levels import is_level, level_of
from explorer.ingest.source import Source

#: The columns in the order in which they stand where nobody chose others.
_NAMES = ("Level", "Date and Time", "Source", "Event ID", "Task Category")
_NEEDED = {"Date and Time", "Source", "Event ID"}
_TIME = re.compile(r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}\D{1,5}\d{1,2}[:.]\d\d.{0,12}")
_LINE_END = re.compile(r"\r\n|\n|\r")


class WindowsCsvReader:
    """Reads events one by one; a row with other columns than the header's is set aside."""

    name = "Windows events (CSV)"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        first = _LINE_END.split(source.head[:2_000], maxsplit=1)[0]
        if not 3 <= first.count(_delimiter(first)) <= 15:
            return Confidence.NO
        top = list(islice(_records([source.head], _delimiter(first)), 2))
        is_own = len(top) == 2 and _is_event(_header(top[0].cells), top[1].cells)
        return Confidence.PLAIN if is_own else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        delimiter = _delimiter(_LINE_END.split(text[:2_000], maxsplit=1)[0])
        records = _records([text], delimiter)
        log = read_blocks(source, _blocks(text, records), tick)
        return log.finish(self.name, encoding, (*notes, *records.notes()))


def _delimiter(line: str) -> str:
    return "\t" if "\t" in line else ","


def _records(pieces: Sequence[str], delimiter: str) -> RecordReader:
    return RecordReader(pieces, Dialect(delimiter).splitter)


def _header(cells: Sequence[str]) -> list[str]:
    return [cell.strip("\ufeff ") for cell in cells]


def _is_event(header: Sequence[str], first: Sequence[str]) -> bool:
    """Whether two rows are the header and the first event of an export, in any language."""
    if not all(header) or len(first) != len(header) + 1:
        return False
    if set(header) >= _NEEDED:
        return True
    is_known = is_level(first[0]) or first[2].startswith("Microsoft-Windows-")
    return len(header) == len(_NAMES) and is_known and bool(_TIME.fullmatch(first[1])) and first[3].isdigit()


def _blocks(text: str, records: RecordReader) -> Iterator[Block]:
    """Every event of a file that begins with a header and an event."""
    found = iter(records)
    names = _header(next(found).cells)
    previous = next(found)
    if not set(names) >= _NEEDED:
        # Security logs have no level; their first column says whether something was allowed.
        names = ["Level" if is_level(previous.cells[0]) else "Keywords", *_NAMES[1:]]
    records.width = len(names) + 1
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    for record in found:
        yield _block(previous, names, _raw(text, starts, previous.line, record.line))
        previous = record
    yield _block(previous, names, _raw(text, starts, previous.line, len(starts) + 1))


def _raw(text: str, starts: Sequence[int], line: int, next_line: int) -> str:
    """The lines of a record as they stand in the file."""
    end = starts[next_line - 1] if next_line <= len(starts) else len(text)
    return text[starts[line - 1] : end].strip("\r\n").replace("\r\n", "\n")


def _block(record: Record, names: Sequence[str], raw: str) -> Block:
    n = len(record.cells)
    if record.problem or not len(names) <= n <= len(names) + 1:
        cells = "1 cell" if n == 1 else f"{n:,} cells"
        problem = record.problem or f"{cells} where an event has {len(names) + 1:,}"
        return Block(record.line, raw, {}, problem)
    fields: Fields = {}
    for name, cell in zip(names, record.cells, strict=False):
        put(fields, name, "" if cell == "N/A" else cell)
    message = record.cells[-1].strip().replace("\r\n", "\n") if n > len(names) else None
    level = level_of(None, fields.pop("Level", None))
    time, component = take_first(fields, ("Date and Time",)), take_first(fields, ("Source",))
    main = main_columns(fields, time=time, level=level, component=component, message=message)
    return Block(record.line, raw, main)
