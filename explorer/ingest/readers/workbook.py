"""XLSX workbooks: the first visible sheet with rows, every cell as the text it shows."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import python_calamine as calamine

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest.readers.base import Confidence, FileRows, RowSink, Tick, column_names, report
from explorer.ingest.source import Source

# RuntimeError is a part that wants a password; the others come from parts that are cut or altered.
_DAMAGED = (
    calamine.CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    NotImplementedError,
    RuntimeError,
)
_MAX_UNPACKED = 1 << 30
_MAX_BOX = 32_000_000  # cells between A1 and the last cell: the reader takes memory for all of them
_CHUNK = 4 << 20
# A cell with content and where it stands; cells that are only formatted close themselves with "/>".
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']\$?([A-Za-z]{1,4})\$?(\d{1,12})[\"'][^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br\s*=\s*[\"'](\d{1,12})[\"']")


class WorkbookReader:
    """Checks how far the cells reach before it opens a workbook: one cell at XFD1048576 would end the process."""

    name = "xlsx"
    is_lines = False

    def sniff(self, source: Source) -> Confidence:
        if not source.data.startswith(b"PK\x03\x04"):
            return Confidence.NO
        try:
            with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            # A damaged workbook is still one, and read() says so.
            return Confidence.NAMED if source.suffix in ("xlsx", "xlsm") else Confidence.NO
        return Confidence.PLAIN if any(name.startswith("xl/") for name in names) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        damaged = f"{source.name} is damaged or password-protected. Open it in a spreadsheet and save it again as XLSX."
        try:
            _check(source)
            workbook = calamine.load_workbook(io.BytesIO(source.data))
            sheets = [sheet.name for sheet in workbook.sheets_metadata if _is_visible_table(sheet)]
            for name in sheets:
                sheet = workbook.get_sheet_by_name(name)
                rows = _filled_rows(sheet)
                header = next(rows, None)
                first = next(rows, None)
                if header is not None and first is not None:
                    return self._read_sheet(source, (name, len(sheets)), [header, first], rows, tick)
        except _DAMAGED as error:
            raise UnreadableFileError(damaged) from error
        raise InputError(f"{source.name} has no sheet with a header and rows. Check which sheet holds the data.")

    def _read_sheet(
        self,
        source: Source,
        sheet: tuple[str, int],
        first_rows: list[tuple[int, list[str | None]]],
        rows: Iterator[tuple[int, list[str | None]]],
        tick: Tick,
    ) -> FileRows:
        (_, header), first = first_rows
        name, n_sheets = sheet
        names, notes = column_names([cell or "" for cell in header], source)
        sink = RowSink(names, tick)
        sink.add(first[1], first[0])
        for line, cells in rows:
            sink.add(cells, line)
        cells, lines = sink.finish()
        unused = [
            n for n, title in zip(names, header, strict=True) if title is None and cells[n].null_count == len(lines)
        ]
        if n_sheets > 1:
            notes.append(f"The workbook has {n_sheets} sheets; only {name!r} was read.")
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=0,
            sheet=name,
            n_cells_repaired=sink.n_repaired,
            notes=tuple(notes),
        )
        return FileRows(cells.drop_columns(unused), lines, made, ())


def _is_visible_table(sheet: Any) -> bool:
    return bool(sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible)


def _filled_rows(sheet: Any) -> Iterator[tuple[int, list[str | None]]]:
    """Row number in the sheet and cells, for every row that is not blank."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell_text(value) for value in row]
        if any(cell is not None for cell in cells):
            yield number, cells


def _cell_text(value: Any) -> str | None:
    """A cell as the sheet shows it; None for an empty one."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return None if value is None else str(value)


def _check(source: Source) -> None:
    """Refuse a workbook that unpacks to too much, or whose last cell is too far out."""
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        n_bytes = sum(entry.file_size for entry in archive.infolist())
        if n_bytes > _MAX_UNPACKED:
            raise UnreadableFileError(
                f"{source.name} unpacks to {n_bytes:,} bytes, more than the {_MAX_UNPACKED:,} we read. Save it as CSV."
            )
        for entry in archive.infolist():
            _check_part(source, archive, entry)


def _check_part(source: Source, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    last_row = last_column = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            chunk = tail + chunk
            cells = _CELL.findall(chunk)
            if cells:
                last_column = max(last_column, *map(_column_number, {letters for letters, _ in cells}))
                last_row = max(last_row, *(int(row) for row in {row for _, row in cells}))
            last_row = max([last_row, *map(int, _ROW.findall(chunk))])
            # A tag may be cut between two chunks.
            opened = chunk.rfind(b"<")
            tail = chunk[opened:] if opened >= 0 and len(chunk) - opened < 10_000 else b""
    if last_row * last_column > _MAX_BOX:
        raise UnreadableFileError(
            f"{source.name} has a cell in row {last_row:,}, column {last_column:,}, far from the others. "
            "Delete the empty rows and columns behind the data and save it again, or save it as CSV."
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
