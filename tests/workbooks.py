"""Workbooks for tests: made by hand where a writer would not make what is tested."""

from __future__ import annotations

import io
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
