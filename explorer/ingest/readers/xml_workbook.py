"""Workbooks in one XML file ("XML Spreadsheet 2003"), as many web tools write them under the name of an XLS.

Format: Microsoft's XML Spreadsheet Reference; the elements are Workbook, Worksheet, Table, Row, Cell and Data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.grid import Merge, SheetRow
from explorer.ingest.readers.xml_parts import Attributes, DamagedError, local_name
from explorer.ingest.readers.xml_text import XmlParser, XmlText
from explorer.ingest.source import Source

_MAX_DEPTH = 60
_MAX_NUMBER = 1 << 21  # of a row or column; a sheet has half as many
_MERGED_ROWS = 1_000  # merged cells matter in headers


class XmlSheet(NamedTuple):
    """A sheet; ``position`` counts from 0."""

    name: str
    is_visible: bool
    position: int


class XmlBook:
    """An open workbook. Raises UnreadableFileError where it is no XML."""

    n_without_value = 0

    def __init__(self, source: Source) -> None:
        text = XmlText(source)
        cells, problem, place = _parse(text)
        if problem and text.mend():
            cells, problem, place = _parse(text)
        if problem or not cells.is_over:
            problem = problem or "the file ends in the middle"
            raise UnreadableFileError(
                f"{source.name} is a damaged workbook in XML: {problem} (line {text.line_of(place):,}). Open it in a "
                "spreadsheet and save it again as XLSX."
            )
        self.notes: Sequence[str] = tuple(text.notes)
        self.sheets = tuple(cells.sheets)
        self._cells = cells

    def rows(self, sheet: XmlSheet) -> Iterator[SheetRow]:
        """Every row with a filled cell, in the order of the sheet."""
        return iter(self._cells.rows[sheet.position])

    def merged(self, sheet: XmlSheet) -> Sequence[Merge]:
        """Merged cells of the first rows."""
        return self._cells.merges[sheet.position]


def _parse(text: XmlText) -> tuple[_Cells, str, int]:
    """The cells; why parsing stopped, "" where it did not, and at which byte."""
    cells = _Cells()
    parser = XmlParser((cells.start, cells.end, cells.text))
    problem = parser.feed(text.data)
    return cells, problem, max(parser.place, 0)


class _Cells:
    """Handlers that put the rows of every sheet together."""

    def __init__(self) -> None:
        self.sheets: list[XmlSheet] = []
        self.rows: list[list[SheetRow]] = []
        self.merges: list[list[Merge]] = []
        self.is_over = False
        self._depth = 0
        self._row: dict[int, str] = {}
        self._number = 0
        self._column = -1
        self._covered = 0  # columns to the right that the last cell covers
        self._kind = ""
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = tag.rpartition(":")[2]
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DamagedError(f"elements more than {_MAX_DEPTH} deep")
        if tag == "Data":
            self._kind, self._text = _get(attributes, "Type"), []
        elif tag == "Cell":
            self._start_cell(attributes)
        elif tag == "Row":
            self._number = _place(attributes, self._number)
            self._row, self._column, self._covered = {}, -1, 0
        elif tag == "Visible":
            self._text = []
        elif tag == "Worksheet":
            name = _get(attributes, "Name") or f"sheet {len(self.sheets) + 1}"
            self.sheets.append(XmlSheet(name, True, len(self.sheets)))
            self.rows.append([])
            self.merges.append([])
            self._number = 0

    def _start_cell(self, attributes: Attributes) -> None:
        self._column += self._covered + 1
        self._covered = 0
        if attributes:
            stated = _number(attributes, "Index") - 1
            self._column = max(stated, self._column)
            self._covered, tall = _number(attributes, "MergeAcross"), _number(attributes, "MergeDown")
            if (self._covered or tall) and self._number <= _MERGED_ROWS and self.merges:
                bottom, right = self._number + tall, self._column + self._covered
                self.merges[-1].append(Merge(self._number, self._column, bottom, right))

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self._depth -= 1
        if tag == "Data" and self._text is not None:
            shown = _shown("".join(self._text), self._kind)
            if shown:
                self._row[self._column] = shown
            self._text = None
        elif tag == "Row" and self._row and self.rows:
            self.rows[-1].append(SheetRow(self._number, self._row))
            self._row = {}
        elif tag == "Visible" and self._text is not None:
            if self.sheets and "".join(self._text).strip() != "SheetVisible":
                self.sheets[-1] = self.sheets[-1]._replace(is_visible=False)
            self._text = None
        elif tag == "Workbook":
            self.is_over = True

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def _get(attributes: Attributes, name: str) -> str:
    """An attribute, whatever the prefix of its namespace."""
    for key, value in attributes.items():
        if key.endswith(name) and local_name(key) == name:
            return value
    return ""


def _number(attributes: Attributes, name: str) -> int:
    text = _get(attributes, name)
    return min(int(text), _MAX_NUMBER) if text.isascii() and text.isdigit() else 0


def _place(attributes: Attributes, before: int) -> int:
    """The 1-based number of a row: as stated, where that is not behind, or the next."""
    return max(_number(attributes, "Index"), before + 1) if attributes else before + 1


def _shown(text: str, kind: str) -> str:
    if kind == "DateTime":
        date, _, clock = text.strip().partition("T")
        clock = clock.removesuffix(".000")
        return f"{date} {clock}".strip()
    if kind == "Boolean":
        return "TRUE" if text.strip() in ("1", "true") else "FALSE"
    return text.strip() if kind == "Number" else text
