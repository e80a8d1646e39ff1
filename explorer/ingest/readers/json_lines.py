"""JSON Lines: one object per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.errors import InputError
from explorer.ingest.readers import json_values
from explorer.ingest.readers.base import Confidence, FileRows, Tick, rejected_row, report
from explorer.ingest.readers.json_shapes import is_page, is_wrapped
from explorer.ingest.readers.lines import physical_lines
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_SUFFIXES = {"jsonl", "ndjson", "jl"}
_SAMPLE_LINES = 20
_LEAST_WHOLE = 0.5
_BY_LINES = "The array of records is damaged as a whole, so its lines were read one by one."


class JsonLinesReader:
    """Reads each line by itself; a line that is not an object is rejected and the others are kept."""

    name = "jsonl"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.is_text or not source.head.lstrip().startswith("{"):
            if source.is_text and has_array_lines(source.head):
                return Confidence.NO  # rows of cells, which the reader of documents puts together
            return Confidence.NAMED if source.is_text and source.suffix in _SUFFIXES else Confidence.NO
        sample = [line for line in physical_lines(source.head)[: 4 * _SAMPLE_LINES] if line.strip()][:_SAMPLE_LINES]
        parser = json_values.Parser()
        n_objects = sum(_read_line(parser, line)[1] == "" for line in sample)
        if len(sample) > 1 and n_objects == len(sample) and _are_envelopes(sample):
            return Confidence.NO  # the pages of one answer, which the reader of documents puts together
        # One line is as well a JSON document; there the name decides.
        if len(sample) > 1 and n_objects > len(sample) / 2:
            return Confidence.PLAIN
        if source.suffix not in _SUFFIXES:
            return Confidence.NO
        return Confidence.PLAIN if n_objects else Confidence.NAMED

    def read(self, source: Source, tick: Tick) -> FileRows:
        text, encoding, notes = source.decoded
        sink, parser = json_values.ObjectSink(source, tick), json_values.Parser()
        rejected: list[RejectedRow] = []
        n_commas = 0
        in_array = text.lstrip().startswith("[")
        for number, line in enumerate(physical_lines(text), start=1):
            if in_array:
                line = _inside_array(line)
            if not line or line.isspace():
                continue
            n_commas += not in_array and line.rstrip().endswith("},")
            cells, problem = _read_line(parser, line)
            if problem:
                rejected.append(rejected_row(source, number, problem, line))
            else:
                sink.add(cells, number)
        if not sink.lines and not rejected:
            raise InputError(f"{source.name} has no text in it, only blank lines. Check how it was exported.")
        table = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(sink.lines),
            n_rejected=len(rejected),
            encoding=encoding,
            n_cells_repaired=sink.n_repaired,
            notes=(*notes, *([_BY_LINES] if in_array else []), *_said(n_commas), *parser.notes(), *sink.notes),
        )
        return FileRows(table, np.asarray(sink.lines, dtype=np.int64), made, tuple(rejected))


def has_array_lines(head: str) -> bool:
    """Whether the first line is an array of plain values and the second one begins like that too."""
    lines = [line.strip() for line in physical_lines(head)[:_SAMPLE_LINES] if line.strip()][:2]
    if len(lines) < 2 or not all(line.startswith("[") for line in lines):
        return False
    try:
        value = json_values.Parser().parse(lines[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(value, list) and bool(value) and not any(isinstance(item, list | dict) for item in value)


def is_array_of_lines(text: str) -> bool:
    """Whether a text is an array whose elements are objects on lines of their own, at least nearly all of them."""
    if not text.lstrip().startswith("["):
        return False
    lines = [inner for line in physical_lines(text) if (inner := _inside_array(line).strip())]
    parser = json_values.Parser()
    n_objects = sum(_read_line(parser, line)[1] == "" for line in lines)
    return n_objects >= 2 and n_objects >= _LEAST_WHOLE * len(lines)


def _inside_array(line: str) -> str:
    """A line without the brackets of the array around all lines."""
    inner = line.strip()
    inner = inner[1:] if inner == "[" or inner.startswith("[{") else inner
    return inner[:-1] if inner in ("]", ",]") or inner.endswith("}]") else inner


def _said(n_commas: int) -> list[str]:
    lines = "1 line ends" if n_commas == 1 else f"{n_commas:,} lines end"
    return [f"{lines} with a comma behind the object, which was left out."] if n_commas else []


def _are_envelopes(lines: Sequence[str]) -> bool:
    """Whether each line holds a list of records, or one record inside another object, and no record itself."""
    parser = json_values.Parser()
    values = [parser.parse(line.strip().removesuffix(",")) for line in lines]
    return all(map(is_page, values)) or all(map(is_wrapped, values))


def _read_line(parser: json_values.Parser, line: str) -> tuple[Mapping[str, str | None], str]:
    """The cells of the object on a line, and why there are none or "".

    White space is taken off, the record separator of JSON text sequences among it (RFC 7464), and so is the comma of an
    array whose elements are the lines.
    """
    line = line.strip()
    line = line[:-1] if line.endswith("},") else line
    try:
        value = parser.parse(line)
        if isinstance(value, dict):
            return json_values.flatten(value), ""
    except RecursionError:
        return {}, "nested too deeply"
    except ValueError:
        return {}, "not valid JSON"
    return {}, "valid JSON, but not an object"
