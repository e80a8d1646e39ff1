"""XML whose records are elements that repeat: Bugzilla, Jira's RSS, ServiceNow, database dumps and any other.

Elements and attributes inside a record become columns with dotted names, as those of JSON objects do. A damaged record
costs no other: reading goes on with the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from explorer.errors import InputError, UnreadableFileError, nearest_name
from explorer.ingest.readers.base import Confidence, FileRows, Tick, rejected_row, report
from explorer.ingest.readers.json_values import Cells, ObjectSink
from explorer.ingest.readers.markup import markup_kind
from explorer.ingest.readers.xml_outline import MAX_DEPTH, NAME, Node, Outline, find_record_paths, node_at
from explorer.ingest.readers.xml_parts import Attributes, DamagedError, local_name
from explorer.ingest.readers.xml_text import XmlParser, XmlText
from explorer.ingest.source import Source
from explorer.types import RejectedRow

_MAX_DAMAGED = 1_000  # places behind which reading begins anew
_LISTED = 12
_CUT = "the file ends in the middle of an element"
#: Elements of a text with markup that stand for a line of their own.
_LINES = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre", "blockquote", "title", "para"})
_VALUES = frozenset({"value", "values"})  # say no more than the name of the field around them


class XmlReader:
    """Reads the elements that repeat, one record each; of several kinds the one with the most text, or as chosen."""

    name = "xml"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if markup_kind(source) == "xml" else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        sink = ObjectSink(source, tick)
        records = open_records(source, sink)
        records.run()
        cells = sink.finish()
        made = report(
            source,
            self.name,
            n_kept=len(sink.lines),
            n_rejected=len(records.rejected),
            encoding=source.encoding.name,
            sheet=records.sheet,
            sheets=records.sheets,
            n_cells_repaired=sink.n_repaired,
            notes=(*source.encoding.notes, *records.notes, *sink.notes),
        )
        return FileRows(cells, np.asarray(sink.lines, dtype=np.int64), made, tuple(records.rejected))


class Sink(Protocol):
    """Takes records as they are read."""

    lines: list[int]

    def add(self, cells: Cells, line: int) -> None:
        """The columns of one record and its number."""
        ...


def open_records(source: Source, sink: Sink) -> XmlRecords:
    """The records of a file; call ``run`` to read them into ``sink``. Raises InputError where there are none."""
    text = XmlText(source)
    outline, problem = _outline(text, source)
    paths = find_record_paths(outline.root)
    if not paths:
        what = problem or "no element repeats, so there are no records"
        raise UnreadableFileError(
            f"{source.name} is XML that is no table: {what}. Export it as CSV or JSON, or read it as plain lines."
        )
    path = _choose(paths, source)
    records = XmlRecords(source, text, path, node_at(outline.root, path), sink)
    counts = {".".join(one): node_at(outline.root, one).n for one in paths}
    if len(paths) > 1:
        records.sheet, records.sheets = ".".join(path), tuple(counts)
    records.notes += [*text.notes, *_path_notes(path, counts)]
    if problem == _CUT:
        records.notes.append("The file breaks off; what was complete was kept. Check how it was exported.")
    return records


def _outline(text: XmlText, source: Source) -> tuple[Outline, str]:
    """The document's elements as far as it is XML, and what is wrong with it or ""."""
    while True:
        outline = Outline()
        parser = XmlParser((outline.start, outline.end, outline.text))
        try:
            problem = parser.feed(text.data)
        except DamagedError as error:
            raise UnreadableFileError(
                f"{source.name} has {error} (line {text.line_of(parser.place):,}), which no table has. Export it as "
                "CSV."
            ) from error
        if not problem:
            return outline, _CUT if outline.depth else ""
        if not text.mend():
            return outline, f"{problem} in line {text.line_of(parser.place):,}"


def _choose(paths: Sequence[tuple[str, ...]], source: Source) -> tuple[str, ...]:
    name = source.params.sheet
    if name is None or len(paths) == 1:
        return paths[0]
    names = [".".join(path) for path in paths]
    if name in names:
        return paths[names.index(name)]
    near = nearest_name(name, names)
    hint = f" Did you mean {near!r}?" if near is not None else ""
    listed = ", ".join(map(repr, names[:_LISTED]))
    raise InputError(f"{source.name} has no records in {name!r}.{hint} There are records in {listed}.")


def _path_notes(path: tuple[str, ...], counts: dict[str, int]) -> list[str]:
    own = ".".join(path)
    notes = [f"Each element {own!r} is a record; what stands around them was left out."]
    others = [f"{name!r} ({n:,})" for name, n in counts.items() if name != own]
    if others:
        listed = ", ".join(others[:_LISTED]) + (", ..." if len(others) > _LISTED else "")
        notes.append(f"There are records in {listed} too, which were not read; choose them as the sheet.")
    return notes


class _Element:
    """An element inside a record: what its column is called, its texts, and the columns of what it holds."""

    __slots__ = ("all", "cells", "label", "n_inside", "node", "own")

    def __init__(self, label: str, node: Node) -> None:
        self.label = label
        self.node = node
        self.own: list[str] = []
        self.all: list[str] = []  # those of elements inside too, in order
        self.cells: Cells = {}
        self.n_inside = 0


class XmlRecords:
    """Handlers that make a row of each record."""

    def __init__(self, source: Source, text: XmlText, path: tuple[str, ...], node: Node, sink: Sink) -> None:
        self.sheet: str | None = None
        self.sheets: tuple[str, ...] = ()
        self._sink = sink
        self.rejected: list[RejectedRow] = []
        self.notes: list[str] = []
        self._source = source
        self._text = text
        self._path = path
        self._node = node
        self._tags = list(path)  # the path with the prefixes that the file writes
        self._begin()

    def _begin(self, n_around: int = 0) -> None:
        """Nothing is open but the first elements of the path."""
        self._depth = self._matched = n_around
        self._open: list[_Element] = []

    def run(self) -> None:
        """All records; those that are damaged are set aside."""
        start, around, n_damaged = 0, 0, 0
        data, tag = self._text.data, self._path[-1].encode()
        while True:
            self._begin(around)
            parser = XmlParser((self.start, self.end, self.text), self._tags[:around])
            self._parser = parser
            try:
                problem = parser.feed(data, start)
            except DamagedError as error:
                problem = str(error)
            place = parser.place if problem else len(data)
            if not problem and not self._open:
                return
            n_damaged += 1
            if self._open:
                self._reject(problem, place)
            elif problem:
                self.notes.append(f"What stands in line {self._text.line_of(place):,} is no XML ({problem}).")
            start = _next_element(data, tag, max(place, self._record_place + 1 if self._open else 0, start + 1))
            around = len(self._path) - 1
            if start < 0 or not problem:
                return
            if n_damaged == _MAX_DAMAGED:
                self.notes.append(
                    f"More than {_MAX_DAMAGED:,} places are no XML; nothing was read from line "
                    f"{self._text.line_of(place):,} on."
                )
                return

    def text_of_record(self) -> str:
        """The record that was just read, as it stands in the file."""
        data = self._text.data
        return data[self._record_place : data.find(b">", self._parser.place) + 1].decode("utf-8", "replace")

    def _reject(self, problem: str, place: int) -> None:
        number = len(self._sink.lines) + len(self.rejected) + 1
        where = f"line {self._text.line_of(min(place, len(self._text.data))):,}"
        what = f"is no XML: {problem}" if problem else "is not complete: the file ends"
        raw = self._text.data[self._record_place : max(place, self._record_place)][:4_000]
        self.rejected.append(
            rejected_row(self._source, number, f"element {number} {what} ({where})", raw.decode("utf-8", "replace"))
        )

    def start(self, tag: str, attributes: Attributes) -> None:
        written = tag
        tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._open:
            self._start_inside(tag, attributes)
        elif self._matched == self._depth - 1 < len(self._path) and tag == self._path[self._depth - 1]:
            self._tags[self._matched] = written
            self._matched += 1
            if self._matched == len(self._path):
                self._record_place = self._parser.place
                self._open.append(_Element("", self._node))
                self._add_attributes(attributes)

    def _start_inside(self, tag: str, attributes: Attributes) -> None:
        if len(self._open) > MAX_DEPTH:
            raise DamagedError(f"elements more than {MAX_DEPTH} deep")
        above = self._open[-1]
        above.n_inside += 1
        node = above.node.children.get(tag) or Node(tag)
        name = attributes.get(NAME) if node.is_field else None
        is_value = above.node.is_field and tag.lower() in _VALUES
        label = name if name is not None else "" if is_value else tag
        if tag.lower() in _LINES:
            _break(above.all)
        self._open.append(_Element(f"{above.label}.{label}" if above.label and label else above.label or label, node))
        if attributes:
            self._add_attributes({key: value for key, value in attributes.items() if name is None or key != NAME})

    def _add_attributes(self, attributes: Attributes) -> None:
        element = self._open[-1]
        for key, value in attributes.items():
            if key.startswith(("xmlns", "xsi:", "xml:")) or not value:
                continue
            own = local_name(key)
            shown = f"@{own}" if own in element.node.children else own
            _put(element.cells, ".".join(filter(None, (element.label, shown))), value)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if not self._open:
            self._matched = min(self._matched, max(self._depth, 0))
            return
        element = self._open.pop()
        text = "".join(element.own).strip()
        if text and element.n_inside:  # a text with markup: its words in order
            element.cells = {element.label: "".join(element.all).strip()}
        elif text:
            _put(element.cells, element.label or self._path[-1], text)
        elif not element.n_inside and element.label and not element.cells:
            element.cells[element.label] = None
        if self._open:
            above = self._open[-1]
            above.all += element.all
            if local_name(tag).lower() in _LINES:
                _break(above.all)
            for name, value in element.cells.items():
                _put(above.cells, name, value)
        else:
            self._matched = len(self._path) - 1
            cells = element.cells or {self._path[-1]: None}
            self._sink.add(cells, len(self._sink.lines) + len(self.rejected) + 1)

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].own.append(data)
            self._open[-1].all.append(data)


def _break(pieces: list[str]) -> None:
    if pieces and not pieces[-1].endswith("\n"):
        pieces.append("\n")


def _put(cells: Cells, name: str, value: str | None) -> None:
    """Add a cell; further values of the same name stand below the first."""
    before = cells.get(name)
    cells[name] = value if not before else f"{before}\n{value}" if value else before


def _next_element(data: bytes, tag: bytes, start: int) -> int:
    """Where the next element of a name begins, whatever the prefix of its namespace; -1 where none does."""
    while True:
        at = data.find(tag, start)
        if at < 0:
            return -1
        if data[at + len(tag) : at + len(tag) + 1] in (b">", b" ", b"\n", b"\r", b"\t", b"/"):
            opened = data.rfind(b"<", max(at - 100, 0), at)
            prefix = data[opened + 1 : at]
            if opened >= 0 and (not prefix or (prefix.endswith(b":") and prefix[:-1].replace(b"-", b"").isalnum())):
                return max(opened, start) if opened >= start else _next_element(data, tag, at + 1)
        start = at + 1
