"""ODS workbooks (OpenDocument 1.3): the text that stands in each cell, which is the value as shown.

Rows and cells may say that they repeat, a million times over; only filled ones are unfolded, and within limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.ingest.readers.base import MAX_COLUMNS
from explorer.ingest.readers.grid import Merge, SheetRow, far_cell
from explorer.ingest.readers.xml_parts import Attributes, Parts, local_name, make_parser
from explorer.ingest.source import Source

_CONTENT = "content.xml"
_MAX_ROWS = 1 << 21  # a sheet has half as many
_MAX_MERGES = 10_000
_MAX_SPACES = 1_000  # that one element stands for
_DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")


class OdsSheet(NamedTuple):
    """A table of the document; ``position`` counts tables from 0."""

    name: str
    is_visible: bool
    position: int


class OdsBook:
    """An open workbook. Raises DamagedError or one of the errors of zipfile and expat where it is damaged."""

    n_without_value = 0
    notes: Sequence[str] = ()

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parts = Parts(source)
        self.sheets = self._read_sheets()

    def rows(self, sheet: OdsSheet) -> Iterator[SheetRow]:
        """Every row with a filled cell, in the order of the sheet."""
        cells = _Cells(self._source, sheet.position)
        parser = make_parser(cells.start, cells.end, cells.text)
        for chunk in self._parts.chunks(_CONTENT):
            parser.Parse(chunk, False)
            yield from cells.take()
            if cells.is_over:
                return
        parser.Parse(b"", True)
        yield from cells.take()

    def merged(self, sheet: OdsSheet) -> Sequence[Merge]:
        """Merged cells of the first rows."""
        cells = _Cells(self._source, sheet.position)
        parser = make_parser(cells.start, cells.end, cells.text)
        for chunk in self._parts.chunks(_CONTENT):
            parser.Parse(chunk, False)
            for row in cells.take():
                if row.number > 1_000:
                    return cells.merges
            if cells.is_over:
                break
        return cells.merges

    def _read_sheets(self) -> tuple[OdsSheet, ...]:
        tables: list[tuple[str, str]] = []
        hidden: set[str] = set()
        style = [""]
        depth = [0]

        def start(tag: str, attributes: Attributes) -> None:
            tag = local_name(tag)
            if tag == "style":
                style[0] = _get(attributes, "name")
            elif tag == "table-properties" and _get(attributes, "display") == "false":
                hidden.add(style[0])
            elif tag == "table":
                if depth[0] == 0:
                    tables.append((_get(attributes, "name"), _get(attributes, "style-name")))
                depth[0] += 1

        def end(tag: str) -> None:
            depth[0] -= local_name(tag) == "table"

        parser = make_parser(start, end, lambda _: None)
        for chunk in self._parts.chunks(_CONTENT):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return tuple(OdsSheet(name, styled not in hidden, n) for n, (name, styled) in enumerate(tables))


class _Cells:
    """Handlers that put the rows of one table together."""

    def __init__(self, source: Source, position: int) -> None:
        self._source = source
        self.merges: list[Merge] = []
        self.is_over = False
        self._position = position
        self._table = -1
        self._depth = 0  # of tables within cells, which are no part of the sheet
        self._done: list[tuple[int, int, dict[int, str]]] = []
        self._row: dict[int, str] = {}
        self._number = self._column = 0
        self._repeats_row = 1
        self._cell: Attributes | None = None
        self._paragraphs: list[list[str]] = []
        self._n_aside = 0  # inside a remark, a picture or a reading aid
        self._in_paragraph = 0

    def take(self) -> Iterator[SheetRow]:
        """The rows so far, repeated ones one by one."""
        done, self._done = self._done, []
        for number, n_times, cells in done:
            if number + n_times > _MAX_ROWS:
                raise far_cell(self._source, number + n_times - 1, max(cells) + 1)
            for further in range(n_times):
                yield SheetRow(number + further, cells)

    def start(self, tag: str, attributes: Attributes) -> None:
        tag, prefix = local_name(tag), tag.partition(":")[0]
        if tag == "table" and prefix != "draw":
            self._depth += 1
            self._table += self._depth == 1
        if self._table != self._position or self._depth != 1:
            return
        if tag == "table-row":
            self._repeats_row = _count(attributes, "number-rows-repeated")
            self._row, self._column = {}, 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell, self._paragraphs = attributes, []
        elif self._cell is None:
            return
        elif tag in ("annotation", "ruby-text") or prefix == "draw":
            self._n_aside += 1
        elif not self._n_aside:
            self._start_text(tag, attributes)

    def _start_text(self, tag: str, attributes: Attributes) -> None:
        if tag == "p":
            self._paragraphs.append([])
            self._in_paragraph += 1
        elif self._in_paragraph:
            shown = {"tab": "\t", "line-break": "\n"}.get(tag, "")
            if tag == "s":
                shown = " " * min(_count(attributes, "c"), _MAX_SPACES)
            self._paragraphs[-1].append(shown)

    def end(self, tag: str) -> None:
        tag, prefix = local_name(tag), tag.partition(":")[0]
        if tag == "table" and prefix != "draw":
            self.is_over = self.is_over or (self._depth == 1 and self._table == self._position)
            self._depth -= 1
        if self._table != self._position or self._depth != 1:
            return
        if tag == "table-row":
            if self._row:
                self._done.append((self._number + 1, self._repeats_row, self._row))
            self._number += self._repeats_row
        elif tag in ("table-cell", "covered-table-cell"):
            self._close_cell()
        elif self._cell is not None and (tag in ("annotation", "ruby-text") or prefix == "draw"):
            self._n_aside -= 1
        elif tag == "p" and self._cell is not None and not self._n_aside:
            self._in_paragraph -= 1

    def text(self, data: str) -> None:
        if self._in_paragraph and not self._n_aside:
            self._paragraphs[-1].append(data)

    def _close_cell(self) -> None:
        cell = self._cell or {}
        n_times = _count(cell, "number-columns-repeated")
        shown = _shown(cell, "\n".join("".join(pieces) for pieces in self._paragraphs))
        if shown:
            for column in range(self._column, min(self._column + n_times, MAX_COLUMNS + 1)):
                self._row[column] = shown
            wide, tall = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
            if (wide > 1 or tall > 1) and len(self.merges) < _MAX_MERGES:
                top = self._number + 1
                self.merges.append(Merge(top, self._column, top + tall - 1, self._column + wide - 1))
        self._column += n_times
        self._cell = None


def _shown(cell: Attributes, text: str) -> str:
    """A cell's text; dates are written year first, times and truth values as in other workbooks."""
    kind = _get(cell, "value-type")
    if kind == "date":
        return _get(cell, "date-value").replace("T", " ") or text
    if kind == "time":
        return _duration(_get(cell, "time-value")) or text
    if kind == "boolean":
        return _get(cell, "boolean-value").upper() or text
    if kind in ("float", "percentage", "currency"):
        return text or _get(cell, "value")
    return text or _get(cell, "string-value")


def _duration(value: str) -> str:
    match = _DURATION.fullmatch(value)
    if match is None or not any(match.groups()[1:]):
        return ""
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    return f"{match[1]}{24 * days + hours:02d}:{minutes:02d}:{seconds:02d}"


def _get(attributes: Attributes, name: str) -> str:
    """An attribute by its name without the prefix."""
    for key, value in attributes.items():
        if local_name(key) == name:
            return value
    return ""


def _count(attributes: Attributes, name: str) -> int:
    stated = _get(attributes, name)
    return max(int(stated), 1) if stated.isdecimal() and len(stated) < 12 else 1
