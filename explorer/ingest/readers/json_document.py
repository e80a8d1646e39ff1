"""JSON documents: arrays of records, or objects in which one is found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from explorer.errors import InputError, UnreadableFileError, nearest_name
from explorer.ingest.readers import json_values
from explorer.ingest.readers.base import Confidence, FileRows, Tick, rejected_row, report
from explorer.ingest.readers.json_documents import parse_documents
from explorer.ingest.readers.json_lines import JsonLinesReader, has_array_lines, is_array_of_lines
from explorer.ingest.readers.json_shapes import (
    Found,
    Records,
    at_path,
    find_all,
    is_page,
    is_wrapped,
    to_records,
    unite_pages,
)
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_SUFFIXES = {"json", "geojson"}
_LINE_SUFFIXES = {"json", "jsonl", "ndjson", "jl"}
_KEY = r'\{\s*"(?:[^"\\]|\\.)*+"\s*:'
_PLAIN = re.compile(rf"\s*(?:\[\s*)?{_KEY}")
_LISTED = 12
_PROSE_WORDS = 4


class JsonReader:
    """Reads a whole document; the elements of its largest array of objects are the records."""

    name = "json"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        # Log lines may begin with a brace too; a document also ends with one.
        if _PLAIN.match(source.head) and source.data[-4096:].rstrip(b" \t\r\n\x00")[-1:] in (b"}", b"]"):
            return Confidence.PLAIN
        if source.suffix in _LINE_SUFFIXES and has_array_lines(source.head):
            return Confidence.PLAIN
        return Confidence.NAMED if source.suffix in _SUFFIXES else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        try:
            documents, cut, parse_notes = parse_documents(text, source)
        except UnreadableFileError:
            if not is_array_of_lines(text):
                raise
            return JsonLinesReader().read(source, tick)  # what is damaged costs no other record
        try:
            records, chosen, paths = find_records(documents, source)
        except RecursionError as error:
            raise UnreadableFileError(
                f"{source.name} is nested too deeply. Export it as a flat array of objects."
            ) from error
        sink = json_values.ObjectSink(source, tick)
        rejected = _fill(sink, records, source)
        shape_notes = list(records.notes)
        if cut is not None:
            shape_notes.append(
                f"The file breaks off in line {cut.line:,}; what was complete was kept. Check how it was exported."
            )
            if cut.text:
                number = records.first + len(records.items)
                reason = f"element {number} is not complete: the file ends (line {cut.line})"
                rejected.append(rejected_row(source, number, reason, cut.text))
        cells = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(sink.lines),
            n_rejected=len(rejected),
            encoding=encoding,
            sheet=chosen if len(paths) > 1 else None,
            sheets=paths if len(paths) > 1 else (),
            n_cells_repaired=sink.n_repaired,
            notes=(*notes, *shape_notes, *parse_notes, *sink.notes),
        )
        return FileRows(cells, np.asarray(sink.lines, dtype=np.int64), made, tuple(rejected))


def _fill(sink: json_values.ObjectSink, records: Records, source: Source) -> list[RejectedRow]:
    """Put objects into columns; elements that are none beside others that are, are rejected."""
    rejected: list[RejectedRow] = []
    for number, item in enumerate(records.items, start=records.first):
        try:
            if isinstance(item, dict):
                sink.add(json_values.flatten(item), number)
            else:
                reason = f"element {number} is {_kind(item)}, not an object"
                rejected.append(rejected_row(source, number, reason, json_values.to_text(item) or "null"))
        except RecursionError:
            rejected.append(rejected_row(source, number, f"element {number} is nested too deeply", ""))
    return rejected


class FoundRecords(NamedTuple):
    """The records, the path where they stand, and the paths there are to choose from."""

    records: Records
    chosen: str
    paths: tuple[str, ...]


def find_records(documents: list[Any], source: Source) -> FoundRecords:
    """The records of a file's documents. Raises InputError where there are none."""
    document, notes = documents[0], []
    if len(documents) > 1:
        document, note = _united(documents)
        notes.append(note)
    if not isinstance(document, list | dict):
        raise InputError(f"{source.name} holds only {_kind(document)}. We read an array of objects, or one object.")
    if document == {}:
        raise InputError(f"{source.name} holds an empty object. We read an array of objects, or one object.")
    found = find_all(document)
    # A ticket whose list of comments is empty is a record, an answer without hits is not.
    if not found or (not found[0].value and isinstance(document, dict) and _has_prose(document)):
        return FoundRecords(Records([document], notes), "", ())
    found = [one for one in found if one.value] or found[:1]
    paths = tuple(one.path for one in found)
    chosen = _named(found, source) if source.params.sheet is not None and len(found) > 1 else found[0]
    if not chosen.value:
        raise InputError(f"{source.name} holds an empty array, so there are no records. Check how it was exported.")
    header_rows = source.params.header_rows
    records = to_records(chosen, has_header=None if header_rows is None else header_rows > 0)
    if chosen.path:
        notes.append(f"The records are in {chosen.path!r}; what stands around them was left out{_around(document)}.")
    if len(found) > 1:
        others = [f"{_short(one.path)} ({_n_records(one):,})" for one in found if one is not chosen]
        listed = ", ".join(others[:_LISTED]) + (", ..." if len(others) > _LISTED else "")
        notes.append(f"There are records in {listed} too, which were not read; choose them as the sheet.")
    return FoundRecords(records._replace(notes=[*notes, *records.notes]), chosen.path, paths)


def _united(documents: list[Any]) -> tuple[Any, str]:
    """Several documents as one: the pages of one answer are put together, others are records themselves."""
    said = f"The file holds {len(documents):,} documents behind one another"
    if all(isinstance(document, list) for document in documents):
        if all(item and not any(isinstance(cell, list | dict) for cell in item) for item in documents):
            return documents, f"{said}; each is a row of cells."
        return [item for document in documents for item in document], f"{said}; their arrays were put together."
    if all(map(is_wrapped, documents)):
        return documents, f"{said}; each holds a record."
    if all(map(is_page, documents)) or _are_pages(documents):
        united = unite_pages(documents)
        return united, f"{said}; their arrays {_listed(list(united))} were put together."
    return documents, f"{said}; each is a record."


def _are_pages(documents: Sequence[Any]) -> bool:
    """Whether every document has the same one list of records and says nothing itself."""
    if any(not isinstance(document, dict) or _has_prose(document) for document in documents):
        return False
    found = find_all(documents[0])
    if len(found) != 1 or found[0].shape != "objects" or not found[0].path:
        return False
    return all(isinstance(at_path(document, found[0].path), list) for document in documents)


def _has_prose(document: dict[str, Any]) -> bool:
    """Whether an object says something itself: a ticket with comments does, a page of tickets does not."""
    return any(isinstance(value, str) and len(value.split()) >= _PROSE_WORDS for value in document.values())


def _named(found: Sequence[Found], source: Source) -> Found:
    name = source.params.sheet or ""
    paths = [one.path for one in found]
    if name in paths:
        return found[paths.index(name)]
    near = nearest_name(name, paths)
    hint = f" Did you mean {near!r}?" if near is not None else ""
    raise InputError(f"{source.name} has no records in {name!r}.{hint} There are records in {_listed(paths)}.")


def _around(document: Any) -> str:
    """The names of the plain values beside the records, such as "total" and "page"."""
    names = [key for key, value in document.items() if not isinstance(value, list | dict)]
    return f" ({_listed(names)})" if names else ""


def _n_records(found: Found) -> int:
    """How many records choosing it would give."""
    return len(to_records(found).items) if found.shape != "rows" else len(found.value)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_short, names[:_LISTED])) + (", ..." if len(names) > _LISTED else "")


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else f"{name[:60]}...")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, json_values.Number):
        return "a number"
    return {bool: "true or false", str: "a text", list: "an array", dict: "an object"}[type(value)]
