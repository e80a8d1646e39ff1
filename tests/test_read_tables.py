"""read_table on tables: every record is kept or listed, and every cell is what stands in the file."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest import archives, read_table
from explorer.params import ReadParams
from explorer.types import Progress, Table


def read(data: str | bytes, name: str = "tickets.csv", *, progress=None, **reading) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stored"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        table = read_table([path], names=[name], params=ReadParams(**reading), progress=progress)
    report = table.reports[0]
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
    assert report.n_rows_kept == table.n_rows == len(table.lines) == len(table.sources)
    assert report.n_rows_rejected == len(table.rejected)
    assert len(set(table.columns)) == len(table.columns)
    return table


def rows(table: Table) -> list[list[str | None]]:
    return [list(row.values()) for row in table.cells.to_pylist()]


def notes(table: Table) -> str:
    return " ".join(table.reports[0].notes)


def refusal(data: str | bytes, name: str = "tickets.csv", **options) -> str:
    with pytest.raises(InputError) as caught:
        read(data, name, **options)
    message = str(caught.value)
    assert name in message
    assert message.endswith(".")
    return message


# --- delimited ---


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_finds_the_delimiter(delimiter):
    table = read(f"id{delimiter}text\n1{delimiter}a, b; c\n".replace("a, b; c", '"a, b; c"'))
    assert rows(table) == [["1", "a, b; c"]]
    assert table.reports[0].delimiter == delimiter
    assert table.reports[0].format == ("tsv" if delimiter == "\t" else "csv")


def test_a_first_column_called_pk_is_no_archive():
    assert read("PK,text\n1,a\n").columns == ["PK", "text"]


def test_decimal_commas_do_not_make_a_comma_file():
    table = read("id;hours;text\n1;1,5;late, again\n2;2,5;ok\n")
    assert table.columns == ["id", "hours", "text"]
    assert rows(table)[0] == ["1", "1,5", "late, again"]


def test_the_delimiter_stated_for_excel_is_used():
    table = read("sep=;\nid;a,b\n1;x,y\n")
    assert table.columns == ["id", "a,b"]
    assert list(table.lines) == [3]


def test_cells_stay_text_exactly_as_in_the_file():
    cells = ["00123", "1.10", "NA", "null", "nan", "TRUE", " padded ", "1e5", "2024-01-02", ""]
    table = read(",".join(f"c{i}" for i in range(len(cells))) + "\n" + ",".join(cells) + "\n")
    assert rows(table) == [cells]


def test_one_column_may_hold_any_delimiter():
    table = read("text\nhello, world; and | more\nplain\n")
    assert rows(table) == [["hello, world; and | more"], ["plain"]]
    assert table.reports[0].delimiter is None


def test_quoted_line_breaks_and_quotes_are_part_of_the_cell():
    table = read('id,text\n1,"first\r\nsecond ""quoted"""\n2,x\n')
    assert rows(table) == [["1", 'first\r\nsecond "quoted"'], ["2", "x"]]
    assert list(table.lines) == [2, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_understood(end):
    table = read(end.join(["id,text", "1,a", "2,b", ""]))
    assert rows(table) == [["1", "a"], ["2", "b"]]
    assert list(table.lines) == [2, 3]


def test_blank_lines_are_no_records():
    table = read("\n\nid,text\n\n1,a\n\n\n2,b\n\n")
    assert table.reports[0].n_rows_read == 2
    assert list(table.lines) == [5, 8]


def test_a_row_with_too_many_fields_is_listed_with_its_line_and_reason():
    table = read("a,b,c\n1,2,3\n1,2,3,4\n5,6,7\n")
    assert rows(table) == [["1", "2", "3"], ["5", "6", "7"]]
    [rejected] = table.rejected
    assert (rejected.line, rejected.reason, rejected.text) == (3, "4 fields where the header has 3", "1,2,3,4")


def test_a_short_row_is_kept_and_counted():
    table = read("a,b,c\n1,2,3\n4\n5,6\n")
    assert rows(table) == [["1", "2", "3"], ["4", None, None], ["5", "6", None]]
    assert "2 rows have fewer fields" in notes(table)


def test_empty_fields_beyond_the_header_do_not_cost_a_row():
    table = read("a,b\n1,2\n3,4,,\n")
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert "1 row ends with empty fields" in notes(table)


def test_a_header_shorter_than_every_row_gets_numbered_columns():
    table = read("a,b\n" + "1,2,3\n" * 5)
    assert table.columns == ["a", "b", "column 3"]
    assert table.n_rows == 5


def test_a_file_without_a_header_loses_no_row():
    table = read("2024-01-02 10:11:12,printer jams\n2024-01-03 11:00:00,screen is dark\n")
    assert table.columns == ["column 1", "column 2"]
    assert table.n_rows == 2
    assert "no header" in notes(table)


def test_column_names_become_unique_and_are_never_empty():
    table = read("id,text,text,,text (2)\n1,a,b,c,d\n")
    assert table.columns == ["id", "text", "text (3)", "column 4", "text (2)"]
    assert "repeated name" in notes(table)
    assert "without a name" in notes(table)


def test_quotes_inside_quoted_cells_are_text():
    table = read('id,text\n1,"He said "hi" to me"\n2,"over\na "pair" of lines"\n3,fine\n')
    assert rows(table) == [["1", 'He said "hi" to me'], ["2", 'over\na "pair" of lines'], ["3", "fine"]]
    assert "2 rows have single quotes" in notes(table)


def test_a_quote_that_is_never_closed_does_not_swallow_the_file():
    body = "".join(f"{i},text {i},open\n" for i in range(3_000))
    table = read("id,text,state\n" + body + '9000,"never closed,open\n' + body)
    assert table.n_rows == 6_001
    assert rows(table)[3_000] == ["9000", '"never closed', "open"]
    assert "Line 3002 opens a quote that is never closed" in notes(table)


def test_a_quote_closed_thousands_of_lines_later_does_not_merge_them():
    body = "".join(f"{i},text {i},open\n" for i in range(3_000))
    table = read("id,text,state\n" + '1,"left open,open\n' + body + '2,closed here",open\n' + body)
    assert table.n_rows >= 6_000
    assert all("\n" not in (cell or "") for row in rows(table) for cell in row)


@pytest.mark.parametrize("n", [1, 2, 500])
def test_open_quotes_on_every_line_stay_cheap_and_lose_nothing(n):
    table = read("id,text\n" + '1,"a"" b\n' * n)
    assert table.reports[0].n_rows_read >= 1
    assert sum(len((row[1] or "").splitlines()) for row in rows(table)) + len(table.rejected) >= n


def test_ten_thousand_broken_rows_are_read_in_linear_time():
    table = read("id,text,state\n" + '1,"say "hi" again",open\n' * 10_000 + '2,"left open,open\n' * 10_000)
    assert table.n_rows == 20_000


def test_a_long_row_that_could_be_read_two_ways_loses_nothing():
    table = read('a,b\n1,x,"y\nz",w\n2,v\n')
    assert rows(table) == [["2", "v"]]
    assert table.rejected[0].text == '1,x,"y\nz",w'


def test_a_cell_of_200_kb_is_read():
    table = read("id,text\n1," + "x" * 200_000 + "\n")
    assert len(rows(table)[0][1]) == 200_000


def test_too_many_columns_are_refused():
    assert "20,000 columns" in refusal(",".join(f"c{i}" for i in range(20_000)) + "\n1\n")


NAME = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=",;|"), min_size=1, max_size=8
)
# U+FEFF at the beginning of a line is the mark of a file that was put behind another one.
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), max_size=40)


@st.composite
def tables(draw):
    names = draw(st.lists(NAME, min_size=2, max_size=5, unique=True))
    cells = st.lists(CELL, min_size=len(names), max_size=len(names))
    return names, draw(st.lists(cells, min_size=1, max_size=8))


@settings(deadline=None, max_examples=100)
@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_written_as_csv_comes_back_the_same(table, delimiter, quoting, end, encoding):
    names, body = table
    buffer = io.StringIO(newline="")
    # csv.writer does not quote a lone carriage return at every place; QUOTE_ALL does.
    writer = csv.writer(
        buffer,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if any("\r" in cell for row in body for cell in row) else quoting,
        lineterminator=end,
    )
    writer.writerows([names, *body])
    if not any(cell.strip() for row in body for cell in row):
        return
    read_back = read(buffer.getvalue().encode(encoding))
    if "no header" in notes(read_back):
        assert rows(read_back) == [names, *body]
    else:
        assert read_back.columns == names
        assert rows(read_back) == body


# --- files put behind one another ---


def test_byte_order_marks_between_files_are_left_out_and_their_headers_set_aside():
    whole = "".join(f'\ufeff"id",text\n1,first\n2,{part}\n' for part in ("a", "b", "c"))
    table = read(whole)
    assert rows(table) == [[n, text] for part in "abc" for n, text in (("1", "first"), ("2", part))]
    assert [(row.line, row.reason) for row in table.rejected] == [
        (4, "the header once more"),
        (7, "the header once more"),
    ]
    assert "2 byte order marks begin a row (lines 4, 7)" in notes(table)


def test_a_mark_inside_quotes_is_text():
    table = read('id,text\n1,"a\n\ufeffb"\n2,c\n')
    assert rows(table)[0] == ["1", "a\n\ufeffb"]
    assert not notes(table)


def test_a_mark_before_a_broken_row_is_left_out():
    table = read('id,text\n1,a\n\ufeff"2","say "hi" now"\n3,b\n')
    assert rows(table)[1] == ["2", 'say "hi" now']


# --- encodings ---

TEXT = "id,text\n1,Ärger mit dem Drucker – heute\n2,naïve façade\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_the_encoding_is_recognised(data, name):
    table = read(data)
    assert table.columns == ["id", "text"]
    assert rows(table)[0][1] == "Ärger mit dem Drucker – heute"
    assert table.reports[0].encoding == name


def test_windows_1252_is_said():
    assert "Windows-1252" in notes(read(TEXT.encode("cp1252")))


def test_one_damaged_byte_does_not_turn_utf8_into_gibberish():
    table = read(TEXT.encode() + "3,größer".encode()[:-4] + b"\xff\n")
    assert rows(table)[0][1] == "Ärger mit dem Drucker – heute"
    assert "1 damaged" in notes(table)


@pytest.mark.parametrize("text", ["ระบบล่ม", "🙂👨‍👩‍👧", "Ошибка печати", "打印机卡纸"])
def test_every_script_comes_through(text):
    assert rows(read(f"id,text\n1,{text}\n"))[0][1] == text


def test_nul_characters_are_replaced_and_counted():
    table = read("id,text\n1,a\x00b\n2,fine\n")
    assert rows(table)[0][1] == "a\ufffdb"
    assert table.reports[0].n_cells_repaired == 1


# --- files that cannot be used ---


def test_an_empty_file_is_refused():
    assert "is empty" in refusal(b"")


@pytest.mark.parametrize("name", ["tickets.csv", "app.log", "tickets.jsonl"])
def test_blank_lines_only_are_refused(name):
    refusal(b"\n\n \n", name)


def test_a_header_without_rows_is_refused():
    assert "a header but no rows" in refusal("id,text\n")


def test_cells_that_are_all_empty_are_refused():
    assert "all their cells are empty" in refusal('id,text\n,\n" ",\n')


def test_rows_that_all_fail_are_refused_with_the_first_reason():
    data = '{"a": 1\n{"b": [2\n'
    assert "not valid JSON (line 1)" in refusal(data, "tickets.jsonl")


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 50, b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, b"%PDF-1.7\n", b"\x00" * 5_000, b"\x7fELF\x02"],
)
def test_a_binary_file_called_csv_is_refused(data):
    with pytest.raises(UnreadableFileError, match=r"tickets\.csv is"):
        read(data)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        read_table([tmp_path / "none.csv"])
    with pytest.raises(InputError, match="is a folder"):
        read_table([tmp_path])


def test_names_are_shown_and_never_opened(tmp_path):
    stored = tmp_path / "a1b2"
    stored.write_text("id,text\n1,a\n")
    table = read_table([stored], names=["../../etc/passwd\n.csv"])
    assert table.reports[0].source == "passwd\ufffd.csv"


def test_a_message_never_holds_a_record():
    secret = "SECRET-TEXT"
    for data, name in [
        (f'[{{"a": "{secret}"}} {secret}', "x.json"),
        (f"{secret}\n", "x.csv"),
        (f"{secret}\n{{\n", "x.jsonl"),
        (f'"{secret}"', "x.json"),
    ]:
        assert secret not in refusal(data, name)


# --- gzip ---


def test_a_damaged_gzip_file_is_refused():
    packed = gzip.compress(b"id,text\n1,a\n" * 100)
    assert "damaged gzip" in refusal(packed[:-20], "tickets.csv.gz")
    assert "damaged gzip" in refusal(packed[:20] + b"\xff" * 30, "tickets.csv.gz")


def test_a_small_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 1_000_000)
    assert "unpacked" in refusal(gzip.compress(b"a" * 2_000_000), "tickets.csv.gz")
    assert "larger than" in refusal(b"a" * 2_000_000, "tickets.csv")


# --- XLSX ---


def workbook(*sheets: list[list[object]], start: int = 0) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        for cells in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(cells):
                sheet.write_row(number + start, 0, row)
    return buffer.getvalue()


def test_workbook_cells_show_as_in_the_sheet():
    when = np.datetime64("2024-01-02T10:11:12").astype(object)
    table = read(
        workbook([["id", "n", "when", "ok"], [17, 1.5, when, True], [12345678901, "017", None, False]]), "t.xlsx"
    )
    assert rows(table) == [
        ["17", "1.5", "2024-01-02 10:11:12", "TRUE"],
        ["12345678901", "017", None, "FALSE"],
    ]


def test_the_first_sheet_with_rows_is_read_and_said():
    table = read(workbook([], [["only a header"]], [["id", "text"], ["1", "a"]]), "t.xlsx")
    assert table.reports[0].sheet == "Sheet3"
    assert "3 sheets" in notes(table)


def test_lines_are_the_rows_of_the_sheet():
    table = read(workbook([["id", "text"], [1, "a"], [], [2, "b"]], start=4), "t.xlsx")
    assert list(table.lines) == [6, 8]


def test_a_workbook_without_rows_is_refused():
    refusal(workbook([["id", "text"]]), "t.xlsx")


def edited_workbook(find: bytes, replace: bytes) -> bytes:
    original, edited = io.BytesIO(workbook([["id", "text"], ["1", "a"]])), io.BytesIO()
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(edited, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry).replace(find, replace))
    return edited.getvalue()


@pytest.mark.parametrize(
    "cell", [b'<c r="XFD1048576"', b"<c r='XFD1048576'", b'<x:c  t="n" r = "XFD1048576"', b'<c r="ZZZ1048576"']
)
def test_a_cell_at_the_far_end_is_refused_before_it_is_opened(cell):
    close = b"</x:c>" if b"x:" in cell else b"</c>"
    far = b"<row r='1048576'>" + cell + b"><v>1</v>" + close + b"</row></sheetData>"
    assert "far from the others" in refusal(edited_workbook(b"</sheetData>", far), "t.xlsx")


def test_formatted_empty_cells_far_out_do_no_harm():
    far = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    assert read(edited_workbook(b"</sheetData>", far), "t.xlsx").n_rows == 1


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a workbook", workbook([["id"], [1]])[:-200]])
def test_a_damaged_workbook_is_refused(data):
    with pytest.raises(UnreadableFileError, match=r"t\.xlsx is"):
        read(data, "t.xlsx")


def test_a_table_in_an_archive_is_read_whatever_its_name():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tickets.csv", "id,text\n1,a\n")
    table = read(buffer.getvalue(), "t.xlsx")
    assert rows(table) == [["1", "a"]]
    assert table.reports[0].source == "t.xlsx/tickets.csv"


# --- JSON ---


def test_an_array_of_objects_is_a_table():
    table = read('[{"id": 1, "text": "a"}, {"text": "b", "more": null}]', "t.json")
    assert table.columns == ["id", "text", "more"]
    assert rows(table) == [["1", "a", None], [None, "b", None]]
    assert list(table.lines) == [1, 2]


def test_nested_objects_get_dotted_names_and_lists_stay_json():
    table = read(
        '[{"id": 1, "fields": {"summary": "x", "by": {"name": "y"}}, "labels": ["a", "ü", 1.50, true]}]', "t.json"
    )
    assert table.columns == ["id", "fields.summary", "fields.by.name", "labels"]
    assert rows(table) == [["1", "x", "y", '["a", "ü", 1.50, true]']]


def test_a_dotted_name_beside_a_nested_one_loses_neither():
    table = read('[{"a.b": 1, "a": {"b": 2}}]', "t.json")
    assert rows(table) == [["1", "2"]]


def test_numbers_keep_their_spelling():
    table = read('[{"a": 1.10, "b": 12345678901234567890123, "c": 1E5, "d": NaN, "e": true}]', "t.json")
    assert rows(table) == [["1.10", "12345678901234567890123", "1E5", "NaN", "true"]]


def test_the_one_array_inside_an_object_holds_the_records():
    table = read('{"total": 2, "data": {"issues": [{"id": 1}, {"id": 2}], "tags": ["x"]}}', "t.json")
    assert rows(table) == [["1"], ["2"]]
    assert "data.issues" in notes(table)


def test_one_object_is_one_row():
    assert rows(read('{"id": 1, "text": "a"}', "t.json")) == [["1", "a"]]


def test_a_list_of_texts_is_one_column():
    table = read('["first", "second"]', "t.json")
    assert table.columns == ["value"]
    assert rows(table) == [["first"], ["second"]]


def test_elements_that_are_no_objects_are_listed():
    table = read('[{"id": 1}, 5, null, {"id": 2}]', "t.json")
    assert table.n_rows == 2
    assert [row.reason for row in table.rejected] == [
        "element 2 is a number, not an object",
        "element 3 is null, not an object",
    ]


@pytest.mark.parametrize("data", ["null", "17", '"text"', "[]", "{}", '{"issues": []}', "[null]", "true"])
def test_documents_without_records_are_refused(data):
    refusal(data, "t.json")


def test_deep_nesting_is_refused_not_followed():
    assert "nested too deeply" in refusal("[" * 100_000, "t.json")
    assert "nested too deeply" in refusal('{"a":' * 100_000 + "1" + "}" * 100_000, "t.json")


def test_json_errors_name_the_line():
    assert "line 2" in refusal('[{"a": 1},\n{"a" 2}]', "t.json")


def test_lone_surrogates_are_replaced_and_counted():
    table = read('[{"id": "1", "text": "a\\ud800b"}, {"id": "2", "text": "\\ud83d\\ude42"}]', "t.json")
    assert rows(table) == [["1", "a\ufffdb"], ["2", "🙂"]]
    assert table.reports[0].n_cells_repaired == 1


def test_bad_lines_of_json_lines_are_listed_and_the_rest_kept():
    table = read('{"id": 1}\nnot json\n\n[1]\n{"id": 2, "n": {"m": "x"}}\n', "t.jsonl")
    assert rows(table) == [["1", None], ["2", "x"]]
    assert table.columns == ["id", "n.m"]
    assert list(table.lines) == [1, 5]
    assert [(row.line, row.reason) for row in table.rejected] == [
        (2, "not valid JSON"),
        (4, "valid JSON, but not an object"),
    ]


@pytest.mark.parametrize("name", ["t.json", "t.log", "t.txt", "t", "t.csv"])
def test_json_lines_are_recognised_under_other_names(name):
    table = read('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n', name)
    assert table.reports[0].format == "jsonl"
    assert table.n_rows == 2


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.dictionaries(NAME.filter(lambda name: "." not in name), st.text(max_size=10), min_size=1, max_size=4),
        min_size=1,
        max_size=6,
    )
)
def test_any_objects_come_back_from_json_and_json_lines(objects):
    if not any(value.strip() for one in objects for value in one.values()):
        return
    document = read(json.dumps(objects), "t.json")
    lines = read("\n".join(json.dumps(one) for one in objects), "t.jsonl")
    assert document.cells.equals(lines.cells)
    keys = list(dict.fromkeys(key for one in objects for key in one))
    written = [[one[key].replace("\x00", "\ufffd") if key in one else None for key in keys] for one in objects]
    assert rows(document) == written


# --- Parquet ---


def parquet(columns: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_parquet_values_become_text():
    when = np.array(["2024-01-02T10:11:12", "NaT"], dtype="datetime64[us]")
    table = read(
        parquet(
            {
                "i": pa.array([17, None]),
                "f": pa.array([17.0, float("nan")]),
                "g": pa.array([1.5, 0.1]),
                "b": pa.array([True, False]),
                "t": pa.array(when),
                "z": pa.array(when, pa.timestamp("us", "UTC")),
                "l": pa.array([["ü", "b"], None]),
                "s": pa.array([{"x": 1}, None]),
                "d": pa.array(["red", "red"]).dictionary_encode(),
                "y": pa.array([b"bytes", None]),
                "n": pa.nulls(2),
            }
        ),
        "t.parquet",
    )
    first, second = rows(table)
    assert first == [
        "17",
        "17",
        "1.5",
        "true",
        "2024-01-02 10:11:12",
        "2024-01-02 10:11:12Z",
        '["ü", "b"]',
        '{"x": 1}',
        "red",
        "bytes",
        None,
    ]
    assert second == [None, None, "0.1", "false", None, None, None, None, "red", None, None]


def test_parquet_that_declares_too_much_is_refused_before_reading(monkeypatch):
    from explorer.ingest.readers import base
    from explorer.ingest.readers import parquet as parquet_reader

    data = parquet({"a": pa.array(["x"] * 5_000).dictionary_encode()})
    monkeypatch.setattr(base, "MAX_CELLS", 1_000)
    assert "5,000 rows" in refusal(data, "t.parquet")
    monkeypatch.setattr(base, "MAX_CELLS", 1_000_000)
    monkeypatch.setattr(parquet_reader, "MAX_BYTES", 10)
    assert "unpacks to" in refusal(data, "t.parquet")


def test_damaged_parquet_is_refused():
    data = bytearray(parquet({"a": [str(i) for i in range(1_000)]}))
    for position in range(4, len(data), max(len(data) // 60, 1)):
        broken = data.copy()
        broken[position] ^= 0xFF
        with contextlib.suppress(InputError):
            read(bytes(broken), "t.parquet")


# --- several files ---


def test_several_files_are_read_as_one(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,a\n2,b\n")
    (tmp_path / "b.json").write_text('[{"text": "c", "state": "open"}]')
    table = read_table([tmp_path / "a.csv", str(tmp_path / "b.json")])
    assert table.columns == ["id", "text", "state"]
    assert rows(table) == [["1", "a", None], ["2", "b", None], [None, "c", "open"]]
    assert list(table.sources) == [0, 0, 1]
    assert list(table.lines) == [2, 3, 1]
    assert [report.source for report in table.reports] == ["a.csv", "b.json"]
    assert "state" in table.reports[0].notes[-1]


def test_lines_and_tables_do_not_mix(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    (tmp_path / "b.log").write_text("line\n")
    with pytest.raises(InputError, match=r"b\.log is read as plain lines and a\.csv as a table"):
        read_table([tmp_path / "a.csv", tmp_path / "b.log"])


def test_names_must_match_the_files(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n1,a\n")
    with pytest.raises(InputError, match="1 files and 2 names"):
        read_table([tmp_path / "a.csv"], names=["a", "b"])
    with pytest.raises(InputError, match="No file"):
        read_table([])


def test_progress_counts_rows_and_names_the_file():
    seen: list[Progress] = []
    read("id,text\n" + "1,a\n" * 45_000, progress=seen.append)
    assert [one.done for one in seen] == [0, 20_000, 40_000, 45_000]
    assert {(one.stage, one.note) for one in seen} == {("read", "tickets.csv")}


# --- corpora of hostile files ---


def corpora(name: str) -> Path:
    folder = os.environ.get("EXPLORER_CORPORA")
    if not folder or not (Path(folder) / name).is_dir():
        pytest.skip(f"set EXPLORER_CORPORA to a folder that holds {name}")
    return Path(folder) / name


def test_csv_spectrum_is_read_exactly():
    folder = corpora("csv-spectrum")
    for path in sorted((folder / "csvs").glob("*.csv")):
        expected = json.loads((folder / "json" / f"{path.stem}.json").read_text(encoding="utf-8"))
        assert read_table([path]).cells.to_pylist() == expected, path.name


def test_json_test_suite_is_read_or_refused():
    for path in sorted((corpora("JSONTestSuite") / "test_parsing").glob("*.json")):
        with contextlib.suppress(InputError):
            table = read_table([path])
            assert table.n_rows >= 1
            assert table.reports[0].format in ("json", "jsonl"), path.name


def test_naughty_strings_come_back_from_csv():
    strings = json.loads((corpora("blns") / "blns.json").read_text(encoding="utf-8"))
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["id", "text"], *([str(i), s] for i, s in enumerate(strings))])
    table = read(buffer.getvalue())
    assert [row[1] for row in rows(table)] == [s.replace("\x00", "\ufffd") for s in strings]
