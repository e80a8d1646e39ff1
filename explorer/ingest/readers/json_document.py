"""JSON documents: an array of objects, an object around one such array, or one object."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest.readers import json_values
from explorer.ingest.readers.base import Confidence, FileRows, Tick, rejected_row, report
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_SUFFIXES = {"json", "geojson"}
_KEY = r'\{\s*"(?:[^"\\]|\\.)*+"\s*:'
_PLAIN = re.compile(rf"\s*(?:\[\s*)?{_KEY}")
_ENVELOPE_DEPTH = 3


class JsonReader:
    """Reads a whole document; the elements of its array are the records."""

    name = "json"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text:
            return Confidence.NO
        # Log lines may begin with a brace too; a document also ends with one.
        if _PLAIN.match(source.head) and source.data[-4096:].rstrip(b" \t\r\n\x00")[-1:] in (b"}", b"]"):
            return Confidence.PLAIN
        return Confidence.NAMED if source.suffix in _SUFFIXES else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        records, where = _records(_parse(text, source), source)
        is_objects = any(isinstance(item, dict) for item in records)
        sink = json_values.ObjectSink(source, tick)
        rejected: list[RejectedRow] = []
        for number, item in enumerate(records, start=1):
            try:
                if isinstance(item, dict):
                    sink.add(json_values.flatten(item), number)
                elif is_objects or item is None:
                    reason = f"element {number} is {_kind(item)}, not an object"
                    rejected.append(rejected_row(source, number, reason, json_values.to_text(item) or "null"))
                else:
                    sink.add({json_values.VALUE_COLUMN: json_values.to_text(item)}, number)
            except RecursionError:
                rejected.append(rejected_row(source, number, f"element {number} is nested too deeply", ""))
        cells = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(sink.lines),
            n_rejected=len(rejected),
            encoding=encoding,
            n_cells_repaired=sink.n_repaired,
            notes=(*notes, *where, *sink.notes),
        )
        return FileRows(cells, np.asarray(sink.lines, dtype=np.int64), made, tuple(rejected))


def _parse(text: str, source: Source) -> Any:
    try:
        return json_values.parse(text)
    except RecursionError as error:
        raise UnreadableFileError(
            f"{source.name} is nested too deeply. Export it as a flat array of objects."
        ) from error
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            f"{source.name} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "Export it again, or read it as plain lines."
        ) from error


def _records(document: Any, source: Source) -> tuple[list[Any], tuple[str, ...]]:
    """The records of a document, and a note on where they were found."""
    if isinstance(document, list):
        return _some(document, source), ()
    if not isinstance(document, dict):
        raise InputError(f"{source.name} holds only {_kind(document)}. We read an array of objects, or one object.")
    arrays = dict(_arrays(document, "", _ENVELOPE_DEPTH))
    if len(arrays) == 1:
        (path, records), *_ = arrays.items()
        return _some(records, source), (f"The records are the array {path!r}; what stands around it was left out.",)
    if not document:
        raise InputError(f"{source.name} holds an empty object. We read an array of objects, or one object.")
    return [document], ()


def _some(records: list[Any], source: Source) -> list[Any]:
    if not records:
        raise InputError(f"{source.name} holds an empty array, so there are no records. Check how it was exported.")
    return records


def _arrays(document: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Every array of objects (or empty array) inside an object, with its dotted path."""
    for key, value in document.items():
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            yield prefix + key, value
        elif isinstance(value, dict) and depth > 1:
            yield from _arrays(value, f"{prefix}{key}.", depth - 1)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, json_values.Number):
        return "a number"
    return {bool: "true or false", str: "a text", list: "an array", dict: "an object"}[type(value)]
