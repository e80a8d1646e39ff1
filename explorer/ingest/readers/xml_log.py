"""Logs as XML: java.util.logging, log4j's XMLLayout and any other elements that have a time, a level and a message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from explorer.errors import InputError
from explorer.ingest.readers.base import Confidence, FileRows, Tick
from explorer.ingest.readers.json_events import Entries, find_entries
from explorer.ingest.readers.json_values import Cells
from explorer.ingest.readers.log_blocks import Block, read_blocks
from explorer.ingest.readers.markup import markup_kind
from explorer.ingest.readers.xml_records import XmlRecords, open_records
from explorer.ingest.source import Source

_SAMPLE = 100
_BATCH = 1_000


class XmlLogReader:
    """Reads elements that are log entries, one record each."""

    name = "XML log"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if markup_kind(source) != "xml":
            return Confidence.NO
        params = replace(source.params, encoding="utf-8", sheet=None)
        head = replace(source, data=source.head.encode("utf-8"), params=params)
        try:
            return Confidence.NO if _entries(_Collected(head)) is None else Confidence.PLAIN
        except InputError:
            return Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        collected = _Collected(source)
        entries = _entries(collected)
        log = read_blocks(source, _blocks(collected, entries), tick)
        log.rejected.extend(collected.records.rejected)
        named = [f"The records are log entries as in: {entries.name}."] if entries else []
        notes = (*source.encoding.notes, *named, *collected.records.notes)
        made = log.finish(self.name, source.encoding.name, notes)
        report = replace(made.report, sheet=collected.records.sheet, sheets=collected.records.sheets)
        return made._replace(report=report)


class _Collected:
    """The records of a file with the text of each."""

    def __init__(self, source: Source) -> None:
        self.lines: list[int] = []
        self.cells: list[Cells] = []
        self.raws: list[str] = []
        self.records: XmlRecords = open_records(source, self)
        self.records.run()

    def add(self, cells: Cells, line: int) -> None:
        self.cells.append(cells)
        self.lines.append(line)
        self.raws.append(self.records.text_of_record())


def _entries(collected: _Collected) -> Entries | None:
    sample = collected.cells[:_SAMPLE]
    return find_entries([_as_json(cells) for cells in sample], sample)


def _as_json(cells: Cells) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _blocks(collected: _Collected, entries: Entries | None) -> Iterator[Block]:
    """Each record taken apart, a batch at a time."""
    items = iter(zip(collected.lines, collected.raws, collected.cells, strict=True))
    while batch := list(islice(items, _BATCH)):
        values: Sequence[Cells] = [cells for *_, cells in batch]
        fields = entries.columns([_as_json(cells) for cells in values], values) if entries else iter(values)
        for (line, raw, _), own in zip(batch, fields, strict=True):
            yield Block(line, raw, own)
