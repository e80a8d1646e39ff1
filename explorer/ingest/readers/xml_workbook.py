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
        self._text = XmlText(source)
        cells = _Cells(-1)
        problem, place = _parse(cells, self._text)
        if problem and self._text.mend():
            cells = _Cells(-1)
            problem, place = _parse(cells, self._text)
        if problem or not cells.is_over:
            problem = problem or "the file ends in the middle"
            line = self._text.line_of(place)
            raise UnreadableFileError(
                f"{source.name} is a damaged workbook in XML: {problem} (line {line:,}). Open it in a spreadsheet and "
                "save it again as XLSX."
            )
        self.notes = tuple(self._text.notes)
        self.sheets = tuple(cells.sheets)
        self._read: dict[int, tuple[list[SheetRow], list[Merge]]] = {}

    def rows(self, sheet: XmlSheet) -> Iterator[SheetRow]:
        """Every row with a filled cell, in the order of the sheet."""
        return iter(self._sheet(sheet)[0])

    def merged(self, sheet: XmlSheet) -> Sequence[Merge]:
        """Merged cells of the first rows."""
        return self._sheet(sheet)[1]

    def _sheet(self, sheet: XmlSheet) -> tuple[list[SheetRow], list[Merge]]:
        if sheet.position not in self._read:
            cells = _Cells(sheet.position)
            _parse(cells, self._text)
            self._read = {sheet.position: (cells.rows, cells.merges)}  # one sheet at a time is held
        return self._read[sheet.position]


def _parse(cells: _Cells, text: XmlText) -> tuple[str, int]:
    """Why parsing stopped, "" where it did not, and at which byte."""
    parser = XmlParser((cells.start, cells.end, cells.text))
    return parser.feed(text.data), max(parser.place, 0)


class _Cells:
    """Handlers that list the sheets, and put the rows of one together."""

    def __init__(self, position: int) -> None:
        self.sheets: list[XmlSheet] = []
        self.rows: list[SheetRow] = []
        self.merges: list[Merge] = []
        self.is_over = False
        self._position = position
        self._depth = 0
        self._row: dict[int, str] = {}
        self._number = 0
        self._column = -1
        self._covered = 0  # columns to the right that the last cell covers
        self._kind = ""
        self._text: list[str] | None = None

    @property
    def _is_chosen(self) -> bool:
        return len(self.sheets) - 1 == self._position

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = local_name(tag)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DamagedError(f"elements more than {_MAX_DEPTH} deep")
        if tag == "Worksheet":
            name = _get(attributes, "Name") or f"sheet {len(self.sheets) + 1}"
            self.sheets.append(XmlSheet(name, True, len(self.sheets)))
            self._number = 0
        elif tag == "Visible" or not self._is_chosen:
            self._text = [] if tag == "Visible" else None
        elif tag == "Row":
            self._number = _place(attributes, self._number)
            self._row, self._column, self._covered = {}, -1, 0
        elif tag == "Cell":
            self._column = _place(attributes, self._column + self._covered + 1, first=1) - 1
            self._covered = _number(attributes, "MergeAcross")
            tall = _number(attributes, "MergeDown")
            if (self._covered or tall) and self._number <= _MERGED_ROWS:
                bottom, right = self._number + tall, self._column + self._covered
                self.merges.append(Merge(self._number, self._column, bottom, right))
        elif tag == "Data":
            self._kind, self._text = _get(attributes, "Type"), []

    def end(self, tag: str) -> None:
        tag = local_name(tag)
        self._depth -= 1
        if tag == "Data" and self._text is not None:
            shown = _shown("".join(self._text), self._kind)
            if shown:
                self._row[self._column] = shown
            self._text = None
        elif tag == "Visible" and self._text is not None:
            if self.sheets and "".join(self._text).strip() != "SheetVisible":
                self.sheets[-1] = self.sheets[-1]._replace(is_visible=False)
            self._text = None
        elif tag == "Row" and self._is_chosen and self._row:
            self.rows.append(SheetRow(self._number, self._row))
            self._row = {}
        elif tag == "Workbook":
            self.is_over = True

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def _get(attributes: Attributes, name: str) -> str:
    """An attribute, whatever the prefix of its namespace."""
    return next((value for key, value in attributes.items() if local_name(key) == name), "")


def _number(attributes: Attributes, name: str) -> int:
    text = _get(attributes, name)
    return min(int(text), _MAX_NUMBER) if text.isascii() and text.isdigit() else 0


def _place(attributes: Attributes, before: int, first: int = 1) -> int:
    """The 1-based number of a row or cell: as stated, where that is not behind, or the next."""
    stated = _number(attributes, "Index")
    return stated if stated > before else before + first


def _shown(text: str, kind: str) -> str:
    if kind == "DateTime":
        date, _, clock = text.strip().partition("T")
        clock = clock.removesuffix(".000")
        return f"{date} {clock}".strip()
    if kind == "Boolean":
        return "TRUE" if text.strip() in ("1", "true") else "FALSE"
    return text.strip() if kind == "Number" else text
