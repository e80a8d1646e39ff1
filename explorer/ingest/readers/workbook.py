"""Workbooks: one sheet as a table, every cell as the text that the sheet shows."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from explorer.errors import InputError, UnreadableFileError, nearest_name
from explorer.ingest.readers.base import Confidence, FileRows, Tick, rejected_row, report
from explorer.ingest.readers.grid import HEAD_ROWS, Body, GridSink, Header, Merge, SheetRow, find_header
from explorer.ingest.readers.html_tables import HtmlBook
from explorer.ingest.readers.markup import markup_kind
from explorer.ingest.readers.ods import OdsBook
from explorer.ingest.readers.xls import is_xls, open_xls
from explorer.ingest.readers.xlsb import open_xlsb
from explorer.ingest.readers.xlsx import XlsxBook
from explorer.ingest.readers.xml_parts import DamagedError, Parts
from explorer.ingest.readers.xml_workbook import XmlBook
from explorer.ingest.source import Source
from explorer.params import ReadParams

_ZIP = b"PK\x03\x04"
# RuntimeError is a part that wants a password; the others come from parts that are cut or altered.
_DAMAGED = (
    DamagedError,
    ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    IndexError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


class Book(Protocol):
    """An open workbook; ``sheets`` have a ``name`` and say whether they are ``is_visible``."""

    @property
    def sheets(self) -> Sequence[Any]: ...
    @property
    def n_without_value(self) -> int:
        """Formulas of the sheet read last whose value is not stored."""
        ...

    @property
    def notes(self) -> Sequence[str]:
        """What had to be mended in the file."""
        ...

    def rows(self, sheet: Any) -> Iterator[SheetRow]: ...
    def merged(self, sheet: Any) -> Sequence[Merge]: ...


class WorkbookReader:
    """One kind of workbook. ``is_own`` tells it by its bytes and ``open_book`` opens it.

    Of several sheets the one with the most filled cells beneath a header is read, or the one that the user names.
    ``is_text``: the file is text in an encoding; ``words`` are what it and its sheets are called.
    """

    is_lines = False

    def __init__(
        self,
        name: str,
        is_own: Callable[[Source], bool],
        open_book: Callable[[Source], Book],
        *,
        is_text: bool = False,
        words: tuple[str, str] = ("workbook", "sheet"),
    ) -> None:
        self.name = name
        self._is_own = is_own
        self._open_book = open_book
        self._is_text = is_text
        self._words = words

    def sniff(self, source: Source) -> Confidence:
        return Confidence.PLAIN if self._is_own(source) else Confidence.NO

    def read(self, source: Source, tick: Tick) -> FileRows:
        try:
            book = self._open_book(source)
            sheet = _choose_sheet(book, source, self._words[1])
            return self._read_sheet(source, book, sheet, tick)
        except _DAMAGED as error:
            raise UnreadableFileError(
                f"{source.name} is damaged or password-protected. Open it in a spreadsheet and save it again as XLSX."
            ) from error

    def _read_sheet(self, source: Source, book: Book, sheet: Any, tick: Tick) -> FileRows:
        head, rows = _head(book, sheet)
        header = find_header(head, book.merged(sheet), source.params)
        if header is None:
            first = source.params.first_line
            where = f" from row {first:,} on" if first else ""
            word = self._words[1]
            raise InputError(f"The {word} {sheet.name!r} of {source.name} has no rows{where}. Choose another {word}.")
        body = Body(rows, header)
        sink = GridSink(source, tick)
        for row in body:
            sink.add(row)
        rejected = [
            rejected_row(source, row.number, reason, "; ".join(row.cells.values()))
            for reason, rows in (
                ("the header once more", body.repeated),
                ("a total or remark beneath the table", body.footer),
            )
            for row in rows
        ]
        cells, lines, notes = sink.finish(header.titles)
        visible = tuple(one.name for one in book.sheets if one.is_visible)
        made = report(
            source,
            self.name,
            n_kept=len(lines),
            n_rejected=len(rejected),
            sheet=sheet.name,
            sheets=visible,
            header=header.shown,
            n_cells_repaired=sink.n_repaired,
            encoding=source.encoding.name if self._is_text else None,
            notes=(
                *(source.encoding.notes if self._is_text else ()),
                *_sheet_notes(sheet, visible, *self._words),
                *_header_notes(header),
                *notes,
                *_value_notes(book),
            ),
        )
        return FileRows(cells, lines, made, tuple(rejected))


def _head(book: Book, sheet: Any) -> tuple[list[SheetRow], Iterator[SheetRow]]:
    """The first rows of a sheet, and all of them."""
    rows = book.rows(sheet)
    head = list(islice(rows, HEAD_ROWS))
    return head, chain(head, rows)


def _choose_sheet(book: Book, source: Source, word: str) -> Any:
    chosen = source.params.sheet
    if chosen is not None:
        return _named_sheet(book.sheets, chosen, source, word)
    visible = [sheet for sheet in book.sheets if sheet.is_visible]
    if len(visible) == 1:
        best, n_cells = visible[0], _n_cells(book, visible[0], limit=HEAD_ROWS)
    else:
        counted = [(sheet, _n_cells(book, sheet)) for sheet in visible]
        best, n_cells = max(counted, key=lambda pair: pair[1], default=(None, 0))
    if n_cells == 0:
        hidden = [sheet.name for sheet in book.sheets if not sheet.is_visible]
        where = f", and the hidden ones ({_listed(hidden)}) are not looked at" if hidden else ""
        raise InputError(f"{source.name} has no {word} with a header and rows{where}. Check which holds the data.")
    return best


def _named_sheet(sheets: Sequence[Any], name: str, source: Source, word: str) -> Any:
    """The sheet of that name, letter case ignored where that leaves no doubt."""
    for same in (str, str.casefold):
        found = [sheet for sheet in sheets if same(sheet.name) == same(name)]
        if len(found) == 1:
            return found[0]
    names = [sheet.name for sheet in sheets]
    near = nearest_name(name, names)
    hint = f" Did you mean {near!r}?" if near is not None else ""
    raise InputError(f"{source.name} has no {word} {name!r}.{hint} The {word}s are: {_listed(names)}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names[:12]) + (", ..." if len(names) > 12 else "")


def _n_cells(book: Book, sheet: Any, limit: int | None = None) -> int:
    """Filled cells beneath the header of a sheet, in its first ``limit`` rows."""
    head, rows = _head(book, sheet)
    header = find_header(head, book.merged(sheet), ReadParams())
    if header is None:
        return 0
    return sum(len(row.cells) for row in islice(rows, limit) if row.number >= header.first_data)


def _sheet_notes(sheet: Any, visible: Sequence[str], book_word: str, word: str) -> list[str]:
    notes = []
    n_sheets = len({*visible, sheet.name})
    if n_sheets > 1:
        notes.append(f"The {book_word} has {n_sheets} {word}s; only {sheet.name!r} was read.")
    if not sheet.is_visible:
        notes.append(f"The sheet {sheet.name!r} is hidden in the workbook.")
    return notes


def _header_notes(header: Header) -> list[str]:
    notes = list(header.notes)
    if header.above:
        n = len(header.above)
        rows = f"1 row (row {header.above[0]:,})" if n == 1 else f"{n:,} rows ({_ranges(header.above)})"
        notes.append(f"{rows} above the header {'is' if n == 1 else 'are'} no part of the table.")
    return notes


def _ranges(numbers: Sequence[int]) -> str:
    return f"rows {numbers[0]:,} to {numbers[-1]:,}"


def _value_notes(book: Book) -> list[str]:
    n = book.n_without_value
    if not n:
        return list(book.notes)
    cells = "1 cell has a formula" if n == 1 else f"{n:,} cells have a formula"
    said = f"{cells} whose value is not stored in the file. Open it in a spreadsheet and save it to fill it in."
    return [*book.notes, said]


def is_xlsx(source: Source) -> bool:
    """Whether a file is a zipped workbook in XML, by what the archive holds."""
    names = archive_names(source)
    return any(name.startswith("xl/") for name in names) and "xl/workbook.bin" not in names


def archive_names(source: Source) -> set[str]:
    """Names of the parts of an archive in lower case; none where it is no archive or a damaged one."""
    if not source.data.startswith(_ZIP):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            return {name.replace("\\", "/").lstrip("/").lower() for name in archive.namelist()}
    except _DAMAGED:
        return set()


def is_ods(source: Source) -> bool:
    """Whether a file is a spreadsheet of the OpenDocument kind: a text document has the same parts."""
    names = archive_names(source)
    return "content.xml" in names and not any(name.startswith("xl/") for name in names) and _is_spreadsheet(source)


def _is_spreadsheet(source: Source) -> bool:
    try:
        content = b"".join(islice(Parts(source).chunks("content.xml"), 4))
    except (*_DAMAGED, InputError):
        return True  # reading it says what is wrong
    return b":spreadsheet" in content


XLSX = WorkbookReader("xlsx", is_xlsx, XlsxBook)
ODS = WorkbookReader("ods", is_ods, OdsBook)
XLS = WorkbookReader("xls", is_xls, open_xls)
HTML = WorkbookReader(
    "html", lambda source: markup_kind(source) == "html", HtmlBook, is_text=True, words=("page", "table")
)
XML_WORKBOOK = WorkbookReader("xml workbook", lambda source: markup_kind(source) == "workbook", XmlBook, is_text=True)
XLSB = WorkbookReader("xlsb", lambda source: "xl/workbook.bin" in archive_names(source), open_xlsb)
