"""XLSB workbooks ([MS-XLSB]): cells by calamine, numbers as shown by the formats in the file.

As for XLS, the records are gone through before calamine opens the workbook.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from explorer.ingest.readers.grid import far_cell
from explorer.ingest.readers.number_formats import BUILT_IN, NumberFormat, parse_format, show_number
from explorer.ingest.readers.xls import MAX_BOX, CalamineBook, unpacked_number
from explorer.ingest.readers.xlsx import relations
from explorer.ingest.readers.xml_parts import DamagedError, Parts
from explorer.ingest.source import Source

_BOOK, _STYLES = "xl/workbook.bin", "xl/styles.bin"
_ROW, _CELL_RK, _CELL_REAL, _FORMULA_NUMBER, _LAST_CELL = 0, 2, 5, 9, 11
_FORMAT, _STYLE, _SHEET, _BOOK_PROPERTIES = 44, 47, 156, 153
_BEGIN_STYLES, _END_STYLES = 617, 618


def open_xlsb(source: Source) -> CalamineBook:
    """An open workbook. Raises DamagedError or struct.error for damage, InputError for a cell too far out."""
    parts = Parts(source)
    targets = {key: part for key, (_, part) in relations(parts, _BOOK).items()}
    formats = _read_formats(parts)
    numbers, from_1904 = [], False
    for kind, data in _records(b"".join(parts.chunks(_BOOK))):
        if kind == _BOOK_PROPERTIES:
            from_1904 = bool(data[:1] and data[0] & 1)
        elif kind == _SHEET:
            (n,) = struct.unpack_from("<I", data, 8)
            part = targets.get(data[12 : 12 + 2 * n].decode("utf-16-le", "replace"))
            if part is None:
                raise DamagedError("a sheet that is not there")
            numbers.append(_read_sheet(source, parts.read(part), formats, from_1904=from_1904))
    return CalamineBook(source, numbers)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record; both lengths are written in 7 bits per byte."""
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] << 7)
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, data[at : at + size]
        at += size


def _read_formats(parts: Parts) -> list[NumberFormat | None]:
    """The number format of each cell style; None shows numbers as they are."""
    codes = dict(BUILT_IN)
    formats: list[NumberFormat | None] = []
    is_inside = False
    for kind, data in _records(parts.read(_STYLES)) if _STYLES in parts else ():
        if kind == _FORMAT:
            number, n = struct.unpack_from("<HI", data)
            codes[number] = data[6 : 6 + 2 * n].decode("utf-16-le", "replace")
        elif kind in (_BEGIN_STYLES, _END_STYLES):
            is_inside = kind == _BEGIN_STYLES
        elif kind == _STYLE and is_inside:
            parsed = parse_format(codes.get(struct.unpack_from("<H", data, 2)[0], "General"))
            formats.append(None if parsed.kind in ("general", "text") else parsed)
    return formats


def _read_sheet(
    source: Source, data: bytes, formats: list[NumberFormat | None], *, from_1904: bool
) -> dict[tuple[int, int], str]:
    """The formatted numbers of a sheet as shown, by 0-based row and column."""
    shown: dict[tuple[int, int], str] = {}
    row = last_column = 0
    for kind, content in _records(data):
        if kind == _ROW:
            row = max(row, struct.unpack_from("<I", content)[0])
        elif kind <= _LAST_CELL:
            column, style = struct.unpack_from("<II", content)
            last_column = max(last_column, column)
            number_format = formats[style & 0xFFFFFF] if style & 0xFFFFFF < len(formats) else None
            if number_format is not None and kind in (_CELL_RK, _CELL_REAL, _FORMULA_NUMBER):
                value = (
                    unpacked_number(struct.unpack_from("<I", content, 8)[0])
                    if kind == _CELL_RK
                    else struct.unpack_from("<d", content, 8)[0]
                )
                shown[row, column] = show_number(repr(value), number_format, from_1904=from_1904)
        if (row + 1) * (last_column + 1) > MAX_BOX:
            raise far_cell(source, row + 1, last_column + 1)
    return shown
