"""XLSX and XLSM workbooks (ECMA-376): the cells of a sheet, row by row, as the sheet shows them.

Only filled cells take memory, so a lone cell at the far end of a sheet costs nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from explorer.ingest.readers.grid import Merge, SheetRow
from explorer.ingest.readers.number_formats import BUILT_IN, NumberFormat, parse_format, show_number
from explorer.ingest.readers.xml_parts import Attributes, DamagedError, Parts, elements, local_name, make_parser
from explorer.ingest.source import Source

MAX_STRINGS = 20_000_000
_MAX_STYLES = 70_000  # a spreadsheet allows 65,490
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_MAX_MERGE_ROW = 1_000  # merged cells matter in headers
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DIGITS = "0123456789"
_MAX_COLUMN = 1 << 14  # the first that no sheet has; stands for all behind it


class SheetInfo(NamedTuple):
    """A sheet of a workbook; ``part`` is where it is stored."""

    name: str
    is_visible: bool
    part: str


class XlsxBook:
    """An open workbook. Raises DamagedError, ValueError or one of zipfile's errors where it is damaged."""

    notes: Sequence[str] = ()

    def __init__(self, source: Source) -> None:
        self._parts = Parts(source)
        main = _target(self._parts, "", "/officeDocument") or "xl/workbook.xml"
        self.n_without_value = 0  # formulas whose value was not stored
        self.from_1904 = False
        self.sheets = self._read_sheets(main)
        styles = _target(self._parts, main, "/styles")
        self._formats = _read_formats(self._parts, styles) if styles else []
        self._strings_part = _target(self._parts, main, "/sharedStrings")
        self._strings: list[str] | None = None

    def rows(self, sheet: SheetInfo) -> Iterator[SheetRow]:
        """Every row with a filled cell, in the order of the sheet."""
        if self._strings is None:
            self._strings = _read_strings(self._parts, self._strings_part) if self._strings_part else []
        cells = _Cells(self._strings, self._formats, self.from_1904)
        parser = make_parser(cells.start, cells.end, cells.text)
        for chunk in self._parts.chunks(sheet.part):
            parser.Parse(chunk, False)
            yield from cells.take()
        parser.Parse(b"", True)
        yield from cells.take()
        self.n_without_value = cells.n_without_value

    def merged(self, sheet: SheetInfo) -> Sequence[Merge]:
        """Merged cells among the first rows; they are listed behind the cells of a sheet."""
        found: list[Merge] = []
        tail = b""
        for chunk in self._parts.chunks(sheet.part):
            text = tail + chunk
            for left, top, right, bottom in _MERGE.findall(text):
                if int(top) <= _MAX_MERGE_ROW:
                    found.append(Merge(int(top), _column(left.decode()), int(bottom), _column(right.decode())))
            opened = text.rfind(b"<")
            tail = text[opened:] if opened >= 0 and len(text) - opened < 1_000 else b""
        return found

    def _read_sheets(self, main: str) -> tuple[SheetInfo, ...]:
        targets = {key: part for key, (kind, part) in relations(self._parts, main).items() if kind == "/worksheet"}
        sheets = []
        for parent, tag, attributes in elements(self._parts, main):
            if tag == "workbookPr":
                self.from_1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")
            elif tag == "sheet" and parent == "sheets":
                key = next((v for k, v in attributes.items() if ":" in k and local_name(k) == "id"), "")
                if key in targets:
                    is_visible = attributes.get("state", "visible") == "visible"
                    sheets.append(SheetInfo(attributes.get("name", ""), is_visible, targets[key]))
        return tuple(sheets)


@dataclass
class _Cells:
    """Handlers that put rows together from the elements of a sheet."""

    strings: Sequence[str]
    formats: Sequence[NumberFormat | None]
    from_1904: bool

    def __post_init__(self) -> None:
        self.n_without_value = 0
        self._done: list[SheetRow] = []
        self._columns: dict[str, int] = {}
        self._row: dict[int, str] = {}
        self._number = 0
        self._column = -1
        self._kind = self._style = ""
        self._has_formula = False
        self._text: list[str] = []
        self._value = ""
        self._n_phonetic = 0
        self._is_open = False

    def take(self) -> list[SheetRow]:
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._column = self._place(attributes.get("r"))
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._has_formula = "", False
        elif tag in ("v", "t"):
            self._text, self._is_open = [], True
        elif tag == "row":
            stated = int(attributes.get("r", "0"))
            self._number = stated if stated > self._number else self._number + 1
            self._column, self._row = -1, {}
        elif tag == "rPh":
            self._n_phonetic += 1
        elif tag == "f":
            self._has_formula = True

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._close_cell()
        elif tag in ("v", "t"):
            if not self._n_phonetic:
                self._value += "".join(self._text)
            self._is_open = False
        elif tag == "row":
            if self._row:
                self._done.append(SheetRow(self._number, self._row))
        elif tag == "rPh":
            self._n_phonetic -= 1

    def text(self, data: str) -> None:
        if self._is_open:
            self._text.append(data)

    def _place(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        letters = reference.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column(letters)
        return column

    def _close_cell(self) -> None:
        value = self._value
        if not value:
            self.n_without_value += self._has_formula and self._kind != "str"
            return
        if self._kind == "s":
            shown = self.strings[int(value)] if -1 < int(value) < len(self.strings) else _no_string()
        elif self._kind == "n":
            style = int(self._style) if self._style else 0
            number_format = self.formats[style] if style < len(self.formats) else None
            if number_format is None and value.isdecimal():
                shown = value
            else:
                shown = show_number(value, number_format, from_1904=self.from_1904)
        elif self._kind == "b":
            shown = "TRUE" if value.strip() in ("1", "true") else "FALSE"
        elif self._kind == "d":
            shown = value.replace("T", " ")
        else:
            shown = unescape(value)
        if shown:
            self._row[min(self._column, _MAX_COLUMN)] = shown


def _no_string() -> str:
    raise DamagedError("a cell names a shared text that is not there")


def unescape(text: str) -> str:
    """Characters that XML cannot hold are written as _xHHHH_."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _column(letters: str) -> int:
    """0-based column of "A", "$AB"; Raises ValueError for what is no reference."""
    number = 0
    for letter in letters.strip("$").upper():
        if not "A" <= letter <= "Z" or number > 1_000_000:
            raise ValueError("not a column")
        number = number * 26 + ord(letter) - 64
    return number - 1 if number else _no_column()


def _no_column() -> int:
    raise ValueError("a cell without a column")


def _read_strings(parts: Parts, name: str) -> list[str]:
    """The texts that cells share. Runs of one text are joined; readings above East Asian text are no part of it."""
    strings: list[str] = []
    pieces: list[str] = []
    state = {"t": 0, "rPh": 0}

    def start(tag: str, _: Attributes) -> None:
        tag = tag.rpartition(":")[2]
        if tag in state:
            state[tag] += 1

    def end(tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in state:
            state[tag] -= 1
        elif tag == "si":
            strings.append(unescape("".join(pieces)))
            pieces.clear()
            if len(strings) > MAX_STRINGS:
                raise DamagedError("too many texts")

    def text(data: str) -> None:
        if state["t"] and not state["rPh"]:
            pieces.append(data)

    parser = make_parser(start, end, text)
    for chunk in parts.chunks(name):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return strings


def _read_formats(parts: Parts, name: str) -> list[NumberFormat | None]:
    """The number format of each cell style; None shows numbers as they are."""
    codes: dict[int, str] = dict(BUILT_IN)
    formats: list[NumberFormat | None] = []
    for parent, tag, attributes in elements(parts, name):
        if tag == "numFmt" and parent == "numFmts":
            codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "xf" and parent == "cellXfs" and len(formats) < _MAX_STYLES:
            code = codes.get(int(attributes.get("numFmtId", "0")), "General")
            parsed = parse_format(code)
            formats.append(None if parsed.kind in ("general", "text") else parsed)
    return formats


def relations(parts: Parts, part: str) -> dict[str, tuple[str, str]]:
    """Id -> (last word of the kind, part) of everything that a part refers to."""
    folder, file = posixpath.split(part)
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    if name not in parts:
        return {}
    found = {}
    for _, tag, attributes in elements(parts, name):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = ("/" + attributes.get("Type", "").rpartition("/")[2], target.lstrip("/"))
    return found


def _target(parts: Parts, part: str, kind: str) -> str | None:
    return next((target for found, target in relations(parts, part).values() if found == kind), None)
