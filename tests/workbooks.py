"""Workbooks for tests: made by hand where a writer would not make what is tested."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsx(*sheets: Sequence[Sequence[str]]) -> bytes:
    """A workbook of text cells."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, cell)
    return buffer.getvalue()


def xlsx_by_hand(rows: str, *, strings: str = "", styles: str = "", after: str = "", book: str = "") -> bytes:
    """A workbook with one sheet from raw XML: its ``<row>``s, what comes ``after`` them, ``<si>``s and styles."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

    def related(*targets: tuple[str, str]) -> str:
        items = "".join(
            f'<Relationship Id="r{n}" Type="{relations}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets, start=1)
        )
        return f'<Relationships xmlns="{package}">{items}</Relationships>'

    return zipped(
        {
            "_rels/.rels": related(("officeDocument", "xl/workbook.xml")),
            "xl/_rels/workbook.xml.rels": related(
                ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
            ),
            "xl/workbook.xml": (
                f'<workbook {main} xmlns:r="{relations}">{book}'
                '<sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>'
            ),
            "xl/sharedStrings.xml": f"<sst {main}>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet {main}>{styles}</styleSheet>",
            "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{rows}</sheetData>{after}</worksheet>",
        }
    )


def styles(*codes: str) -> str:
    """Styles in which cell style 1, 2, ... has the given number format; style 0 has none."""
    formats = "".join(
        f'<numFmt numFmtId="{200 + n}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for n, code in enumerate(codes)
    )
    cells = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(codes)))
    return f'<numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{cells}</cellXfs>'


def ods(rows: Iterable[Sequence[str]] | str, *, name: str = "Data", before: str = "", head: str = _ODS_HEAD) -> bytes:
    """A workbook of text cells, or of rows in raw XML; ``before`` stands in front of the sheet."""
    if not isinstance(rows, str):
        rows = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'{head}<office:body><office:spreadsheet>{before}<table:table table:name="{name}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def ods_cell(text: str) -> str:
    """A text cell; white space that XML would lose is written as elements."""
    paragraphs = "".join(f"<text:p>{_ods_text(line)}</text:p>" for line in text.split("\n")) if text else ""
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def _ods_text(line: str) -> str:
    shown = escape(line).replace("\t", "<text:tab/>").replace("\r", "&#13;")
    return shown.replace(" ", "<text:s/>")


def xls(
    rows: Sequence[Sequence[str | tuple[float, int]]],
    *,
    codes: Sequence[str] = (),
    size: tuple[int, int] | None = None,
    more: bytes = b"",
) -> bytes:
    """A BIFF8 workbook with one sheet: texts, or numbers with the position of their format among ``codes``.

    ``size`` is what the sheet declares as its rows and columns, ``more`` are further records of it.
    """
    cells = b""
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                cells += record(0x0204, struct.pack("<HHHHB", number, column, 0, len(text) // 2, 1) + text)
            else:
                cells += record(0x0203, struct.pack("<HHHd", number, column, cell[1] + 1, cell[0]))
    n_rows, n_columns = size or (len(rows), max(map(len, rows)))
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += record(0x0200, struct.pack("<IIHHH", 0, n_rows, 0, n_columns, 0)) + cells + more + record(0x000A)
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    for number, code in enumerate(codes):
        text = code.encode("utf-16-le")
        start += record(0x041E, struct.pack("<HHB", 200 + number, len(code), 1) + text)
    for number in [0, *(200 + number for number in range(len(codes)))]:
        start += record(0x00E0, struct.pack("<HH", 0, number) + bytes(16))
    name = b"Data"
    offset = len(start) + 4 + 8 + len(name) + 4
    start += record(0x0085, struct.pack("<IHBB", offset, 0, len(name), 0) + name) + record(0x000A)
    return compound_file("Workbook", start + sheet)


def record(kind: int, data: bytes = b"") -> bytes:
    """A record of an XLS workbook."""
    return struct.pack("<HH", kind, len(data)) + data


def compound_file(name: str, stream: bytes) -> bytes:
    """A compound file with one stream."""
    stream = stream.ljust(4096, b"\x00")
    n_sectors = -(-len(stream) // 512)
    stream = stream.ljust(n_sectors * 512, b"\x00")
    n_tables = -(-(n_sectors + 1) // 127)
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    following = [table] * n_tables + [end] + [n_tables + 2 + n for n in range(n_sectors - 1)] + [end]
    following += [free] * (n_tables * 128 - len(following))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIIII", n_tables, n_tables, 0, 4096, end, 0, end, 0, 0)
    listed = list(range(n_tables))
    header += struct.pack("<108I", *listed, *[free] * (108 - n_tables))
    return (
        header + struct.pack(f"<{len(following)}I", *following) + _directory(name, n_tables + 1, len(stream)) + stream
    )


def _directory(name: str, start: int, size: int) -> bytes:
    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = (name + "\x00").encode("utf-16-le")
        none = 0xFFFFFFFF
        links = struct.pack("<HBBIII", len(text), kind, 1, none, none, child)
        return text.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<IQ", start, size)

    return (entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, start, size)).ljust(512, b"\x00")


def xlsb(
    rows: Sequence[Sequence[str | tuple[float, int]]], *, codes: Sequence[str] = (), far: tuple[int, int] | None = None
) -> bytes:
    """A binary workbook with one sheet, cells as for :func:`xls`; ``far`` is the row and column of one more cell."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    item = '<Relationship Id="{}" Type="' + relations + '/{}" Target="{}"/>'
    related = item.format("r1", "worksheet", "worksheets/sheet1.bin") + item.format("r2", "styles", "styles.bin")
    cells = b""
    for number, row in enumerate(rows):
        cells += _binary_row(number)
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                cells += binary(6, struct.pack("<II", column, 0) + _wide(cell))
            else:
                cells += binary(5, struct.pack("<IId", column, cell[1] + 1, cell[0]))
    if far is not None:
        cells += _binary_row(far[0]) + binary(5, struct.pack("<IId", far[1], 0, 1.0))
    n_rows, n_columns = far or (len(rows), len(rows[0]))
    size = binary(148, struct.pack("<IIII", 0, n_rows, 0, n_columns))
    formats = b"".join(binary(44, struct.pack("<H", 200 + n) + _wide(code)) for n, code in enumerate(codes))
    ids = [0, *(200 + n for n in range(len(codes)))]
    chosen = b"".join(binary(47, struct.pack("<HH", 0, number) + bytes(12)) for number in ids)
    counted = binary(615, struct.pack("<I", len(codes))) + formats + binary(616)
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}">{related}</Relationships>',
            "xl/workbook.bin": binary(131)
            + binary(143)
            + binary(156, struct.pack("<II", 0, 1) + _wide("r1") + _wide("Data"))
            + binary(144)
            + binary(132),
            "xl/styles.bin": binary(278)
            + counted
            + binary(617, struct.pack("<I", len(ids)))
            + chosen
            + binary(618)
            + binary(279),
            "xl/worksheets/sheet1.bin": binary(129) + size + binary(145) + cells + binary(146) + binary(130),
        }
    )


def binary(kind: int, data: bytes = b"") -> bytes:
    """A record of an XLSB workbook."""
    start = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, n = b"", len(data)
    while n > 127:
        size, n = size + bytes([n & 0x7F | 0x80]), n >> 7
    return start + size + bytes([n]) + data


def _binary_row(number: int) -> bytes:
    return binary(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")
