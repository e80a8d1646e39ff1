"""Workbooks: cells as the sheet shows them, the right sheet, the right header, and no harm from hostile ones."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.ingest.readers.number_formats import parse_format, show_number
from tests.reading import notes, read, read_with_little_memory, refusal, rows
from tests.workbooks import ods, ods_cell, record, styles, xls, xlsb, xlsx, xlsx_by_hand, zipped

TABLE = [["id", "subject", "state"], ["1", "printer jams", "open"], ["2", "no network", "open"], ["3", "ok", "done"]]


def written(fill, **options) -> bytes:
    """A workbook that ``fill(book)`` wrote."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        fill(book)
    return buffer.getvalue()


# --- numbers and dates as shown ---


@pytest.mark.parametrize(
    ("stored", "code", "shown"),
    [
        ("0.5", "0%", "50%"),
        ("0.1234", "0.0%", "12.3%"),
        ("123", "00000", "00123"),
        ("7", '"INC"0000000', "INC0000007"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        ("-3", "0", "-3"),
        ("-0.001", "0.00", "0.00"),
        ("0.005", "0.00", "0.01"),
        ("2.5", "0.###", "2.5"),
        ("2", "0.0##", "2.0"),
        ("1234567", "#,##0,", "1,235"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("1234.5", '#,##0.00 "EUR"', "1,234.50 EUR"),
        ("5551234567", "(000) 000-0000", "(555) 123-4567"),
        ("12345.678", "0.00E+00", "1.23E+04"),
        ("0", '"Yes";;"No"', "No"),
        ("150", "[>=100]0;[<100]0.0", "150"),
        ("1.5", "# ?/?", "1.5"),
        ("42", "General", "42"),
        ("42", "@", "42"),
        ("4711", ";;;", "4711"),  # hidden, but there
        ("12345678901234567", "0", "12345678901234567"),
        ("0.30000000000000004", "General", "0.3"),
        ("1e999999999", "0.00", "1e999999999"),
        ("not a number", "0.00", "not a number"),
        ("45293", "dd/mm/yyyy", "2024-01-02"),
        ("45293", "d. mmm yy", "2024-01-02"),
        ("45293.5", "dd/mm/yyyy", "2024-01-02 12:00:00"),
        ("45293", "m/d/yy h:mm", "2024-01-02 00:00:00"),
        ("45293.424444444", "yyyy-mm-dd hh:mm", "2024-01-02 10:11:12"),
        ("0.424444444", "h:mm AM/PM", "10:11:12"),
        ("1.0625", "[h]:mm", "25:30:00"),
        ("60", "yyyy-mm-dd", "1900-02-29"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("99999999", "yyyy-mm-dd", "99999999"),
    ],
)
def test_a_stored_number_is_written_as_the_sheet_shows_it(stored, code, shown):
    assert show_number(stored, parse_format(code)) == shown


@given(st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=4), st.integers(0, 6))
def test_a_number_with_fixed_places_is_rounded_to_them(value, places):
    shown = show_number(str(value), parse_format("0" if places == 0 else "0." + "0" * places))
    assert abs(Decimal(shown) - value) * 2 <= Decimal(1).scaleb(-places)


@given(st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)).map(lambda one: one.replace(microsecond=0)))
def test_every_time_comes_back_from_a_number_of_days(when):
    days = Decimal((when - dt.datetime(1899, 12, 30)) // dt.timedelta(seconds=1)) / 86_400
    assert show_number(f"{days:.11f}", parse_format("dd.mm.yy hh:mm")) == when.isoformat(sep=" ")


@given(st.text(st.sampled_from('0#?.,%E+-/;@"\\_*[]$>=<hmsydGAP/ x1'), max_size=30), st.floats(allow_nan=False))
def test_no_format_code_and_no_number_does_harm(code, value):
    assert show_number(repr(value), parse_format(code))


def test_formats_of_a_workbook_are_used():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "share", "opened", "cost", "ok", "done"])
        sheet.write_number(1, 0, 123, book.add_format({"num_format": "00000"}))
        sheet.write_number(1, 1, 0.5, book.add_format({"num_format": 9}))
        sheet.write_datetime(1, 2, dt.datetime(2024, 1, 2, 10, 11, 12), book.add_format({"num_format": "d.m.yy h:mm"}))
        sheet.write_number(1, 3, 1234.5, book.add_format({"num_format": '#,##0.00 "€"'}))
        sheet.write_boolean(1, 4, True)
        sheet.write_datetime(1, 5, dt.date(2024, 1, 2), book.add_format({"num_format": 14}))

    assert rows(read(written(fill), "t.xlsx")) == [
        ["00123", "50%", "2024-01-02 10:11:12", "1,234.50 €", "TRUE", "2024-01-02"]
    ]


def test_dates_count_from_1904_where_the_workbook_says_so():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "opened"])
        sheet.write_datetime(1, 1, dt.date(2024, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))

    assert rows(read(written(fill, date_1904=True), "t.xlsx"))[0][1] == "2024-01-02"


def test_values_errors_and_texts_of_formulas():
    data = xlsx_by_hand(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>v</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"a"</f><v>a_x000D_b</v></c></row>'
        '<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3" t="d"><v>2024-01-02T10:11:12</v></c></row>'
        '<row r="4"><c r="A4"><f>1+1</f></c><c r="B4" t="b"><v>1</v></c></row>'
    )
    table = read(data, "t.xlsx")
    assert rows(table) == [["2", "a\rb"], ["#N/A", "2024-01-02 10:11:12"], [None, "TRUE"]]
    assert "1 cell has a formula whose value is not stored" in notes(table)


def test_runs_of_a_text_are_joined_and_readings_left_out():
    data = xlsx_by_hand(
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c t="s"><v>2</v></c><c><v>5</v></c></row>',
        strings='<si><t>name</t></si><si><r><t>pri</t></r><r><rPr/><t xml:space="preserve">ority </t></r></si>'
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>",
    )
    table = read(data, "t.xlsx")
    assert table.columns == ["name", "priority"]
    assert rows(table) == [["東京", "5"]]


def test_long_whole_numbers_keep_every_digit():
    data = xlsx_by_hand(
        '<row><c t="inlineStr"><is><t>id</t></is></c></row><row><c><v>12345678901234567890</v></c></row>'
        '<row><c s="1"><v>0.5</v></c></row>',
        styles=styles("0.00"),
    )
    assert rows(read(data, "t.xlsx")) == [["12345678901234567890"], ["0.50"]]


@pytest.mark.parametrize(("style", "shown"), [(0, "1234567890123457000"), (1, "1234567890123457000.00")])
def test_long_whole_numbers_that_are_stored_as_powers_keep_every_digit(style, shown):
    data = xlsx_by_hand(
        f'<row><c t="inlineStr"><is><t>id</t></is></c></row><row><c s="{style}"><v>1.234567890123457E+18</v></c></row>',
        styles=styles("0.00"),
    )
    assert rows(read(data, "t.xlsx")) == [[shown]]


@pytest.mark.parametrize(
    "above",
    [
        [["Ticket report"], ["From", "2024-01-01", "To", "2024-02-01"], [""]],
        [["Open", "Closed", "Waiting", "All"], ["12", "5", "3", "20"], [""]],
        [["From", "2024-01-01", "To", "2024-02-01"]],
    ],
)
def test_filters_and_totals_above_a_header_are_no_records(above):
    header = ["id", "title", "text", "created"]
    body = [[str(i), f"jam {i}", f"jam in tray {i}", f"2024-01-{i:02}"] for i in range(1, 13)]
    table = read(xlsx([*above, header, *body]), "t.xlsx")
    assert (table.columns, rows(table)) == (header, body)
    assert "above the header" in notes(table)


@pytest.mark.parametrize("make", [xls, xlsb])
def test_binary_workbooks_show_numbers_and_texts(make):
    data = make([["id", "when", "share"], [(7, 0), (45293.5, 1), (0.5, 2)]], codes=["00000", "dd/mm/yyyy hh:mm", "0%"])
    assert rows(read(data, "upload")) == [["00007", "2024-01-02 12:00:00", "50%"]]


def test_ods_shows_the_text_of_a_cell_and_dates_year_first():
    body = (
        '<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50 %</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2024-01-02T10:11:12"><text:p>2.1.24</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="time" office:time-value="PT25H30M00S"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p>'
        "<office:annotation><text:p>a remark</text:p></office:annotation></table:table-cell>"
    )
    header = "".join(map(ods_cell, ["share", "when", "took", "ok", "text"]))
    data = ods(f"<table:table-row>{header}</table:table-row><table:table-row>{body}</table:table-row>")
    assert rows(read(data, "t.ods")) == [["50 %", "2024-01-02 10:11:12", "25:30:00", "TRUE", "a  b\nc"]]


# --- sheets ---


def test_the_sheet_with_the_most_cells_is_read_and_others_are_named():
    table = read(xlsx([["Exported tickets"]], [["a", "b"], ["1", "2"]], TABLE), "t.xlsx")
    report = table.reports[0]
    assert (report.sheet, report.sheets) == ("Sheet3", ("Sheet1", "Sheet2", "Sheet3"))
    assert table.n_rows == 3


@pytest.mark.parametrize("name", ["Sheet1", "sheet1"])
def test_a_sheet_is_chosen_by_name(name):
    table = read(xlsx([["a", "b"], ["1", "2"]], TABLE), "t.xlsx", sheet=name)
    assert table.reports[0].sheet == "Sheet1"
    assert rows(table) == [["1", "2"]]


def test_a_sheet_that_is_not_there_is_said_with_the_nearest_name():
    assert "Did you mean 'Sheet2'" in refusal(xlsx(TABLE, TABLE), "t.xlsx", sheet="Shet2")


def test_an_empty_sheet_that_was_chosen_is_said():
    assert "'Sheet2'" in refusal(xlsx(TABLE, []), "t.xlsx", sheet="Sheet2")


def test_hidden_sheets_are_read_only_when_they_are_named():
    def fill(book):
        book.add_worksheet("Shown").write_column(0, 0, ["id", "1"])
        hidden = book.add_worksheet("Hidden")
        hidden.write_column(0, 0, ["id", "1", "2", "3"])
        hidden.hide()

    data = written(fill)
    assert read(data, "t.xlsx").reports[0].sheet == "Shown"
    assert read(data, "t.xlsx").reports[0].sheets == ("Shown",)
    table = read(data, "t.xlsx", sheet="Hidden")
    assert table.n_rows == 3
    assert "is hidden" in notes(table)


# --- headers ---


def test_titles_above_the_header_and_totals_beneath_are_no_records():
    above = [["Tickets of January"], ["Made by:", "Ann"], []]
    table = read(xlsx([*above, *TABLE, ["Total", "3"], [], ["Confidential"]]), "t.xlsx")
    assert table.columns == TABLE[0]
    assert rows(table) == TABLE[1:]
    assert table.reports[0].header == "line 4"
    assert "2 rows (rows 1 to 2) above the header" in notes(table)
    assert [(row.line, row.text) for row in table.rejected] == [(8, "Total; 3"), (10, "Confidential")]


def test_merged_header_cells_are_joined_with_the_names_beneath():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 4, "All tickets")
        sheet.merge_range(1, 0, 2, 0, "ID")
        sheet.merge_range(1, 1, 1, 2, "Customer")
        sheet.merge_range(1, 3, 1, 4, "Ticket")
        sheet.write_row(2, 1, ["Name", "Mail", "Subject", "State"])
        for row in range(3, 6):
            sheet.write_row(row, 0, [f"T-{row}", "Ann", "a@b.org", "printer jams", "open"])

    table = read(written(fill), "t.xlsx")
    assert table.columns == ["ID", "Customer / Name", "Customer / Mail", "Ticket / Subject", "Ticket / State"]
    assert table.reports[0].header == "lines 2 to 3"
    assert list(table.lines) == [4, 5, 6]


def test_a_blank_row_beneath_a_header_of_groups_does_not_hide_it():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 1, 0, 2, "Ticket")
        sheet.write_row(1, 1, ["Subject", "State"])
        for row in range(3, 6):
            sheet.write_row(row, 0, [row, "printer jams", "open"])

    table = read(written(fill), "t.xlsx")
    assert table.columns == ["column 1", "Ticket / Subject", "Ticket / State"]
    assert table.n_rows == 3


def test_cells_merged_in_the_body_do_not_become_a_header():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TABLE[0])
        sheet.merge_range(1, 0, 2, 0, "1")
        sheet.write_row(1, 1, ["printer jams", "open"])
        sheet.write_row(2, 1, ["again", "open"])

    table = read(written(fill), "t.xlsx")
    assert table.columns == TABLE[0]
    assert rows(table) == [["1", "printer jams", "open"], [None, "again", "open"]]


def test_the_user_says_where_the_header_is():
    data = xlsx([["x", "y", "z"], *TABLE])
    assert read(data, "t.xlsx", first_line=2).columns == TABLE[0]
    assert read(data, "t.xlsx", header_rows=2).columns == ["x / id", "y / subject", "z / state"]
    without = read(data, "t.xlsx", header_rows=0)
    assert without.columns == ["column 1", "column 2", "column 3"]
    assert without.n_rows == 5
    assert without.reports[0].header == "none"


def test_a_sheet_without_a_header_loses_no_row():
    table = read(xlsx([["2024-01-02 10:11:12", "printer jams"], ["2024-01-03 10:11:12", "again"]]), "t.xlsx")
    assert table.n_rows == 2
    assert "no header" in notes(table)


def test_a_table_that_begins_further_right_and_down_is_found():
    data = xlsx([[], [], *[["", "", *row] for row in TABLE]])
    assert read(data, "t.xlsx").columns == TABLE[0]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 4))
    cells = st.lists(CELL, min_size=width, max_size=width)
    return [[f"name {n}" for n in range(width)], *draw(st.lists(cells, min_size=1, max_size=5))]


def kept(table: list[list[str]]) -> list[list[str | None]]:
    """Cells as they should come back: an empty one is not there, nor is a row of them."""
    body = [[cell or None for cell in row] for row in table[1:]]
    return [row for row in body if any(row)]


@settings(max_examples=60)
@given(tables())
def test_any_texts_come_back_from_xlsx(table):
    assume(any(cell.strip() for row in table[1:] for cell in row))
    back = read(xlsx(table), "t.xlsx", header_rows=1, first_line=1)
    assert rows(back) + [[row.text] for row in back.rejected] == kept(table)


@settings(max_examples=60)
@given(tables())
def test_any_texts_come_back_from_ods(table):
    table = [["".join(c for c in cell if c >= " " or c in "\t\n\r") for cell in row] for row in table]
    table = [[cell.replace("\ufffe", "").replace("\uffff", "") for cell in row] for row in table]
    assume(any(cell.strip() for row in table[1:] for cell in row))
    back = read(ods(table), "t.ods", header_rows=1, first_line=1)
    assert rows(back) + [[row.text] for row in back.rejected] == kept(table)


@settings(max_examples=60)
@given(tables())
def test_any_texts_come_back_from_xls(table):
    # calamine takes what looks like a byte order mark at the beginning of a cell for one
    table = [[cell.lstrip("\ufeff\ufffe\ubbef") for cell in row] for row in table]
    assume(any(cell.strip() for row in table[1:] for cell in row))
    back = read(xls(table), "t.xls", header_rows=1, first_line=1)
    assert rows(back) + [[row.text] for row in back.rejected] == [
        [cell and cell.replace("\x00", "\ufffd") for cell in row] for row in kept(table)
    ]


# --- hostile and damaged files ---


@pytest.mark.parametrize(("name", "make"), [("t.xlsx", xlsx), ("t.ods", ods), ("t.xls", xls), ("t.xlsb", xlsb)])
def test_a_damaged_workbook_gets_a_sentence_or_is_read(name, make):
    data, said = bytearray(make(TABLE)), []
    for position in range(0, len(data), max(len(data) // 150, 1)):
        broken = data.copy()
        broken[position] ^= 0xFF
        try:
            read(bytes(broken), name)
        except InputError as error:
            said.append(str(error))
    assert all(name in sentence for sentence in said)


def bombs() -> dict[str, bytes]:
    """Small workbooks that ask for gigabytes."""
    head = "<row><c t='inlineStr'><is><t>id</t></is></c><c t='inlineStr'><is><t>b</t></is></c></row>"
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>1</v></c></row>'
    long_text = "x" * 32_000
    one_string = f"<si><t>{long_text}</t></si>"
    return {
        "far.xlsx": xlsx_by_hand(head + row + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "implicit.xlsx": xlsx_by_hand(head + row + '<row r="1048576">' + "<c/>" * 16_383 + "<c><v>1</v></c></row>"),
        "columns.xlsx": xlsx_by_hand(head + "<row>" + "<c><v>1</v></c>" * 300_000 + "</row>" + row * 2),
        "deep.xlsx": xlsx_by_hand(head + row + "<a>" * 200_000),
        "entities.xlsx": with_entities(
            xlsx_by_hand(head + row + "<row><c t='inlineStr'><is><t>&b;</t></is></c></row>")
        ),
        "shared.xlsx": xlsx_by_hand("<row><c t='s'><v>0</v></c></row>" * 60_000, strings=one_string),
        "rows.ods": ods(ods_row("a") + ods_row("b", times=1_000_000_000)),
        "empty.ods": ods(ods_row("a") * 3 + "<table:table-row table:number-rows-repeated='1048573'/>"),
        "cells.ods": ods(ods_row("a") + ods_row("b").replace("<table:table-cell ", f"<table:table-cell {WIDE} ", 1)),
        "texts.ods": ods(ods_row("a") + ods_row(long_text, times=1_000_000)),
        "spaces.ods": ods(ods_row("a") * 2 + ods_row("c").replace("<text:p>", "<text:p><text:s text:c='999999999'/>")),
        "far.xlsb": xlsb(TABLE, far=(1_048_575, 16_383)),
        "declared.xls": xls(TABLE, size=(0xFFFFFFFF, 0xFFFF)),
        "far.xls": xls(TABLE, more=record(0x0203, struct.pack("<HHHd", 0xFFFF, 0xFFFF, 0, 1.0))),
    }


WIDE = "table:number-columns-repeated='999999999'"


def ods_row(text: str, times: int = 1) -> str:
    return f"<table:table-row table:number-rows-repeated='{times}'>{ods_cell(text)}{ods_cell('b')}</table:table-row>"


def with_entities(data: bytes) -> bytes:
    """The same workbook with a document type that defines &b; as a text that unfolds."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + parts[sheet]
    return zipped(parts)


@pytest.mark.slow
def test_bombs_are_refused_or_read_with_little_memory(tmp_path):
    files = bombs()
    said = read_with_little_memory(files, tmp_path)
    assert list(said) == list(files)
    assert "far from the others" in said["far.xlsx"]
    assert "far from the others" in said["columns.xlsx"]
    assert "characters" in said["shared.xlsx"]
    assert "damaged" in said["entities.xlsx"]
    assert "far from the others" in said["rows.ods"]
    assert "far from the others" in said["cells.ods"]
    assert said["empty.ods"] == "read 2"
    assert "characters" in said["texts.ods"]
    assert "far from the others" in said["declared.xls"]
    assert "far from the others" in said["far.xlsb"]
    assert all(name in sentence or sentence.startswith("read ") for name, sentence in said.items())


def test_a_part_that_declares_too_much_is_refused(monkeypatch):
    from explorer.ingest.readers import xml_parts

    monkeypatch.setattr(xml_parts, "MAX_UNPACKED", 1_000)
    assert "unpacks to" in refusal(xlsx(TABLE), "t.xlsx")
    assert "unpacks to" in refusal(ods(TABLE), "t.ods")
