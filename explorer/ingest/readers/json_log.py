"""Logs as JSON documents: arrays and envelopes as the tools of the clouds write them, and lines without a message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from explorer.errors import InputError
from explorer.ingest.readers import json_values
from explorer.ingest.readers.base import Confidence, FileRows, Tick, repair_text
from explorer.ingest.readers.json_document import find_records
from explorer.ingest.readers.json_documents import parse_documents
from explorer.ingest.readers.json_events import Entries, find_entries
from explorer.ingest.readers.json_shapes import is_page, is_wrapped
from explorer.ingest.readers.lines import physical_lines
from explorer.ingest.readers.log_blocks import Block, read_blocks
from explorer.ingest.source import Source

_SAMPLE = 100
_BATCH = 1_000


class _Item(NamedTuple):
    """An entry: its number, the JSON text, the object, and what is wrong or ""."""

    number: int
    raw: str
    value: Mapping[str, Any]
    problem: str = ""


class JsonLogReader:
    """Reads log entries from one document, or from one on each line."""

    name = "JSON log"
    is_lines = True

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text or source.head.lstrip("\ufeff \t\r\n")[:1] not in ("[", "{"):
            return Confidence.NO
        try:
            return Confidence.NO if _find(source) is None else Confidence.PLAIN
        except (InputError, RecursionError):
            return Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        entries = _find(source)
        parser = json_values.Parser()
        notes: list[str] = []
        path, paths = "", tuple[str, ...]()
        if _is_by_line(source.head):
            items = _line_items(source.decoded.text, parser)
        else:
            text, _, _ = source.decoded
            documents, cut, parse_notes = parse_documents(text, source)
            found = find_records(documents, source)
            path, paths = found.chosen, found.paths
            notes += [*found.records.notes, *parse_notes]
            items = _document_items(found.records.items, found.records.first)
            if cut is not None:
                notes.append(f"The file breaks off in line {cut.line:,}; what was complete was kept.")
                if cut.text:
                    number = found.records.first + len(found.records.items)
                    reason = f"element {number} is not complete: the file ends (line {cut.line})"
                    items = _chained(items, _Item(number, cut.text, {}, reason))
        log = read_blocks(source, _blocks(items, entries), tick)
        named = [f"The records are log entries as in: {entries.name}."] if entries else []
        made = log.finish(self.name, source.encoding.name, (*source.encoding.notes, *named, *notes, *parser.notes()))
        if len(paths) < 2:
            return made
        return made._replace(report=replace(made.report, sheet=path, sheets=paths))


def _chained(items: Iterator[_Item], last: _Item) -> Iterator[_Item]:
    yield from items
    yield last


def _is_by_line(head: str) -> bool:
    """Whether each line is an object by itself."""
    lines = [line for line in islice(physical_lines(head.lstrip("\ufeff")), 50) if line.strip()]
    whole = lines[:-1] if len(lines) > 1 else lines
    objects = [value for line in whole if (value := _object(json_values.Parser(), line)) is not None]
    if len(lines) < 2 or len(objects) <= len(whole) / 2:
        return False
    return not (all(map(is_page, objects)) or all(map(is_wrapped, objects)))


def _find(source: Source) -> Entries | None:
    """How the entries at the beginning of a file are written; None where they are no log."""
    head = source.head.lstrip("\ufeff")
    if _is_by_line(head):
        lines = physical_lines(head)[: 2 * _SAMPLE]
        values = [value for line in lines if (value := _object(json_values.Parser(), line)) is not None]
        return find_entries([_text(value) for value in values[:_SAMPLE]], values[:_SAMPLE])
    documents, _, _ = parse_documents(head.rstrip("\x00"), source)
    items = [item for item in find_records(documents, source).records.items if isinstance(item, dict)]
    sample = items[:_SAMPLE]
    return find_entries([_text(item) for item in sample], sample)


def _object(parser: json_values.Parser, line: str) -> Mapping[str, Any] | None:
    try:
        value = parser.parse(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(value: Mapping[str, Any]) -> str:
    return repair_text(json_values.to_text(value) or "")


def _line_items(text: str, parser: json_values.Parser) -> Iterator[_Item]:
    for number, line in enumerate(physical_lines(text), start=1):
        if line and not line.isspace():
            value = _object(parser, line)
            problem = "" if value is not None else "not a JSON object, as the other lines are"
            yield _Item(number, line, value or {}, problem)


def _document_items(items: Sequence[Any], first: int) -> Iterator[_Item]:
    for number, item in enumerate(items, start=first):
        if isinstance(item, dict):
            try:
                yield _Item(number, _text(item), item)
            except RecursionError:
                yield _Item(number, "", {}, f"element {number} is nested too deeply")
        else:
            yield _Item(number, json_values.to_text(item) or "null", {}, f"element {number} is not an object")


def _blocks(items: Iterator[_Item], entries: Entries | None) -> Iterator[Block]:
    """Each entry taken apart, a batch at a time."""
    while batch := list(islice(items, _BATCH)):
        good = [item for item in batch if not item.problem]
        taken = entries.columns([item.raw for item in good], [item.value for item in good]) if entries else iter(())
        for item in batch:
            fields = {} if item.problem else next(taken, {})
            yield Block(item.number, item.raw, fields, item.problem)
