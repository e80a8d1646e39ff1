"""XLS workbooks (BIFF5 and BIFF8, [MS-XLS]): cells by calamine, numbers as shown by the formats in the file.

The records are gone through before calamine opens the workbook, which takes memory for every cell up to the last one.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import python_calamine as calamine

from explorer.ingest.readers.compound_file import MAGIC, CompoundFile
from explorer.ingest.readers.grid import Merge, SheetRow, far_cell
from explorer.ingest.readers.number_formats import BUILT_IN, NumberFormat, parse_format, show_number
from explorer.ingest.readers.xml_parts import DamagedError
from explorer.ingest.source import Source

MAX_BOX = 32_000_000  # cells between A1 and the last cell
_BOF, _EOF, _FILEPASS = 0x0809, 0x000A, 0x002F
_BOUNDSHEET, _FORMAT, _XF, _DATEMODE, _DIMENSIONS = 0x0085, 0x041E, 0x00E0, 0x0022, 0x0200
_NUMBER, _RK, _MULRK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
#: Records that begin with a row and a column: cells of every kind.
_CELLS = {_NUMBER, _RK, _MULRK, _FORMULA, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0204, 0x0205}
_BIFF8 = 0x0600


class XlsSheet(NamedTuple):
    """A sheet; ``numbers`` are its formatted numbers as shown, by 0-based row and column."""

    name: str
    is_visible: bool
    numbers: dict[tuple[int, int], str]


class CalamineBook:
    """A workbook that calamine opens; ``numbers`` of each sheet take the place of what calamine says."""

    n_without_value = 0
    notes: Sequence[str] = ()

    def __init__(self, source: Source, numbers: Sequence[dict[tuple[int, int], str]]) -> None:
        self._book = guarded(lambda: calamine.load_workbook(io.BytesIO(source.data)))
        metadata = self._book.sheets_metadata
        if len(metadata) != len(numbers):
            numbers = [{}] * len(metadata)
        self.sheets = tuple(
            XlsSheet(one.name, one.visible == calamine.SheetVisibleEnum.Visible, shown)
            for one, shown in zip(metadata, numbers, strict=True)
            if one.typ == calamine.SheetTypeEnum.WorkSheet
        )

    def rows(self, sheet: XlsSheet) -> Iterator[SheetRow]:
        opened = self._opened(sheet)
        for number, values in enumerate(opened.iter_rows(), start=1):
            cells: dict[int, str] = {}
            for column, value in enumerate(values):
                shown = sheet.numbers.get((number - 1, column)) or cell_text(value)
                if shown:
                    cells[column] = shown
            if cells:
                yield SheetRow(number, cells)

    def merged(self, sheet: XlsSheet) -> Sequence[Merge]:
        ranges = self._opened(sheet).merged_cell_ranges or []
        return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    def _opened(self, sheet: XlsSheet) -> Any:
        return guarded(lambda: self._book.get_sheet_by_name(sheet.name))


def guarded(call: Any) -> Any:
    """What calamine answers. Raises DamagedError where it fails, also where it gives up altogether."""
    try:
        return call()
    except calamine.CalamineError as error:
        raise DamagedError("calamine cannot open it") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of native code, and no Exception
            raise DamagedError("calamine gave up") from error
        raise


def cell_text(value: Any) -> str:
    """A cell without a format as the sheet shows it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return show_number(repr(value))
    return "" if value is None else str(value)


def is_xls(source: Source) -> bool:
    """Whether a file is a workbook in a compound file; other Office files and encrypted ones are not."""
    if not source.data.startswith(MAGIC):
        return False
    try:
        return _stream_name(CompoundFile(source.data)) is not None
    except (DamagedError, struct.error, ValueError, IndexError):
        return False


def _stream_name(file: CompoundFile) -> str | None:
    return next((name for name in ("Workbook", "Book") if name in file), None)


def open_xls(source: Source) -> CalamineBook:
    """An open workbook. Raises DamagedError or struct.error for damage, InputError for a cell too far out."""
    file = CompoundFile(source.data)
    name = _stream_name(file)
    if name is None:
        raise DamagedError("no workbook inside")
    return CalamineBook(source, _Scan(source, file.stream(name)).numbers)


class _Scan:
    """Goes through the records of a workbook: how far the cells reach, and the numbers that have a format."""

    def __init__(self, source: Source, stream: bytes) -> None:
        self._source = source
        self._stream = stream
        self._is_biff8 = True
        self._from_1904 = False
        self._codes: dict[int, str] = dict(BUILT_IN)
        self._formats: list[NumberFormat | None] = []
        offsets = self._read_globals()
        self.numbers = [self._read_sheet(offset) for offset in offsets]

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """Kind and content of each record up to the end of the part that begins here; charts inside are passed over."""
        depth = 0
        while at + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, at)
            if kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif kind == _BOF:
                depth += 1
            if depth <= 1:
                yield kind, self._stream[at + 4 : at + 4 + size]
            at += 4 + size

    def _read_globals(self) -> list[int]:
        offsets: list[int] = []
        ids: list[int] = []
        for kind, data in self._records(0):
            if kind == _BOF:
                self._is_biff8 = struct.unpack_from("<H", data)[0] == _BIFF8
            elif kind == _FILEPASS:
                raise DamagedError("encrypted")
            elif kind == _BOUNDSHEET:
                offsets.append(struct.unpack_from("<I", data)[0])
            elif kind == _DATEMODE:
                self._from_1904 = data[:2] == b"\x01\x00"
            elif kind == _FORMAT:
                (number,) = struct.unpack_from("<H", data)
                self._codes[number] = self._format_code(data)
            elif kind == _XF:
                ids.append(struct.unpack_from("<H", data, 2)[0])
        parsed = [parse_format(self._codes.get(number, "General")) for number in ids]
        self._formats = [None if one.kind in ("general", "text") else one for one in parsed]
        return offsets

    def _format_code(self, data: bytes) -> str:
        if not self._is_biff8:
            return data[3 : 3 + data[2]].decode("cp1252", "replace")
        n, flags = struct.unpack_from("<HB", data, 2)
        return data[5 : 5 + 2 * n].decode("utf-16-le", "replace") if flags & 1 else data[5 : 5 + n].decode("latin-1")

    def _read_sheet(self, offset: int) -> dict[tuple[int, int], str]:
        shown: dict[tuple[int, int], str] = {}
        last_row = last_column = 0
        for kind, data in self._records(offset):
            if kind == _DIMENSIONS:
                form = ("<4xI2xH", 12) if self._is_biff8 else ("<2xH2xH", 8)
                bottom, right = struct.unpack_from(form[0], data) if len(data) >= form[1] else (0, 0)
                # calamine believes this record, and takes memory for all of it
                self._check(bottom, right)
            elif kind in _CELLS and len(data) >= 6:
                row, column = struct.unpack_from("<HH", data)
                last_row, last_column = max(last_row, row), max(last_column, column)
                if kind == _MULRK:
                    last_column = max(last_column, column + (len(data) - 6) // 6 - 1)
                for place, style, value in _numbers(kind, data, column):
                    number_format = self._formats[style] if style < len(self._formats) else None
                    if number_format is not None:
                        shown[row, place] = show_number(repr(value), number_format, from_1904=self._from_1904)
        self._check(last_row + 1, last_column + 1)
        return shown

    def _check(self, n_rows: int, n_columns: int) -> None:
        if n_rows * n_columns > MAX_BOX:
            raise far_cell(self._source, n_rows, n_columns)


def _numbers(kind: int, data: bytes, column: int) -> Iterator[tuple[int, int, float]]:
    """Column, style and value of each number in a record."""
    if kind == _NUMBER or (kind == _FORMULA and data[12:14] != b"\xff\xff"):
        yield column, *struct.unpack_from("<Hd", data, 4)
    elif kind == _RK:
        style, packed = struct.unpack_from("<HI", data, 4)
        yield column, style, unpacked_number(packed)
    elif kind == _MULRK:
        for further in range((len(data) - 6) // 6):
            style, packed = struct.unpack_from("<HI", data, 4 + 6 * further)
            yield column + further, style, unpacked_number(packed)


def unpacked_number(packed: int) -> float:
    """A number in 30 bits: a whole one or the upper half of a double, perhaps a hundredfold."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0])
    return value / 100 if packed & 1 else value
