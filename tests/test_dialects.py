"""Delimiters, quotes, headers and what surrounds a table: small files with their answers, and round trips."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.ingest import read_table
from explorer.params import ReadParams
from explorer.types import Table


def read(data: str | bytes, name: str = "t.csv", **reading) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stored"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_table([path], names=[name], params=ReadParams(**reading))


def rows(table: Table) -> list[list[str | None]]:
    return [list(row.values()) for row in table.cells.to_pylist()]


class Case(NamedTuple):
    name: str
    data: str
    columns: list[str]
    rows: list[list[str | None]]
    rejected: list[tuple[int, str]] = []  # line and reason  # noqa: RUF012


BODY = [["1", "2024-01-02", "jam"], ["2", "2024-01-03", "dark"], ["3", "2024-01-04", "lost"]]
LINES = "".join(",".join(row) + "\n" for row in BODY)
NAMES = ["id", "day", "text"]

CASES = [
    Case("plain", "id,day,text\n" + LINES, NAMES, BODY),
    Case("one column of sentences", "text\nhello, world\nagain, and again\n", ["text"],
         [["hello, world"], ["again, and again"]]),
    Case("one column of sentences without a name", "the door is open\nthe door is shut now\nthe lamp is broken again\n",
         ["column 1"], [["the door is open"], ["the door is shut now"], ["the lamp is broken again"]]),
    Case("one column of answers", "What can we do?\nmore light in the room\nless noise in the hall\nthe menu is slow\n",
         ["What can we do?"],
         [["more light in the room"], ["less noise in the hall"], ["the menu is slow"]]),
    Case("one column of names", "name\nDoe, John\nRoe, Jane\nPoe, Max\n", ["name"],
         [["Doe, John"], ["Roe, Jane"], ["Poe, Max"]]),
    Case("one column of two words", "name\nJohn Doe\nJane Roe\nMax Poe\n", ["name"],
         [["John Doe"], ["Jane Roe"], ["Max Poe"]]),
    Case("one column of clocks", "clock\n10:11:12\n11:12:13\n12:13:14\n", ["clock"],
         [["10:11:12"], ["11:12:13"], ["12:13:14"]]),
    Case("decimal commas", "id;hours\n1;1,5\n2;2,5\n3;3,5\n", ["id", "hours"],
         [["1", "1,5"], ["2", "2,5"], ["3", "3,5"]]),
    Case("columns named by years", "country,2019,2020,2021\nFrance,5,6,7\nSpain,8,9,10\n",
         ["country", "2019", "2020", "2021"], [["France", "5", "6", "7"], ["Spain", "8", "9", "10"]]),
    Case("no header, numbers", "1,jam\n2,dark\n3,lost\n", ["column 1", "column 2"],
         [["1", "jam"], ["2", "dark"], ["3", "lost"]]),
    Case("no header, repeated values", "jam,open\ndark,open\nlost,shut\n", ["column 1", "column 2"],
         [["jam", "open"], ["dark", "open"], ["lost", "shut"]]),
    Case("all text", "name,city\nAnn,Oslo\nBob,Rome\n", ["name", "city"], [["Ann", "Oslo"], ["Bob", "Rome"]]),
    Case("all text, trailing delimiters below the header", "name,city\nAnn,Oslo,\nBob,Rome,\n", ["name", "city"],
         [["Ann", "Oslo"], ["Bob", "Rome"]]),
    Case("a record of placeholders first", "id,day,text\n0,N/A,-\n" + LINES, NAMES, [["0", "N/A", "-"], *BODY]),
    Case("aligned columns", "NAME      READY  AGE\napi-1     1/1    5\napi-22    0/1    17\nweb       1/1    3\n",
         ["NAME", "READY", "AGE"], [["api-1", "1/1", "5"], ["api-22", "0/1", "17"], ["web", "1/1", "3"]]),
    Case("ruled table", " id | day        | text \n----+------------+------\n 1 | 2024-01-02 | jam \n"
         " 2 | 2024-01-03 | dark \n(2 rows)\n", ["id", "day", "text"],
         [["1", "2024-01-02", "jam"], ["2", "2024-01-03", "dark"]], [(5, "after the table")]),
    Case("comments", "# made at noon\n# by hand\nid,day,text\n" + LINES, NAMES, BODY,
         [(1, "before the header"), (2, "before the header")]),
    Case("comment between", "id,day,text\n1,2024-01-02,jam\n# checked\n2,2024-01-03,dark\n", NAMES, BODY[:2],
         [(3, "a comment")]),
    Case("title", "All tickets\n\nid,day,text\n" + LINES, NAMES, BODY, [(1, "before the header")]),
    Case("header again", "id,day,text\n" + LINES + "id,day,text\n4,2024-01-05,hot\n", NAMES,
         [*BODY, ["4", "2024-01-05", "hot"]], [(5, "the header once more")]),
    Case("two header rows", "Ticket,,Text\nid,day,text\n" + LINES,
         ["Ticket / id", "Ticket / day", "Text / text"], BODY),
    Case("two header rows, the first one merged and of years", ",,2023,2023,2024,2024\nArea,Text,Q1,Q2,Q1,Q2\n"
         + "".join(f"R{i},jam {i},1,2,3,4\n" for i in range(4)),
         ["Area", "Text", "2023 / Q1", "2023 / Q2", "2024 / Q1", "2024 / Q2"],
         [[f"R{i}", f"jam {i}", "1", "2", "3", "4"] for i in range(4)]),
    Case("two header rows, the first one with empty cells behind a merged one", ",,2023,,2024,\n"
         "Area,Text,Q1,Q2,Q1,Q2\n" + "".join(f"R{i},jam {i},1,2,3,4\n" for i in range(4)),
         ["Area", "Text", "2023 / Q1", "2023 / Q2", "2024 / Q1", "2024 / Q2"],
         [[f"R{i}", f"jam {i}", "1", "2", "3", "4"] for i in range(4)]),
    Case("units", "id,day,hours\n,(date),(h)\n1,2024-01-02,5\n2,2024-01-03,6\n3,2024-01-04,7\n", ["id", "day", "hours"],
         [["1", "2024-01-02", "5"], ["2", "2024-01-03", "6"], ["3", "2024-01-04", "7"]],
         [(2, "units or types below the header")]),
    Case("footer", "id,day,text\n" + LINES + "\nTotal: 3\n", NAMES, BODY, [(6, "after the table")]),
    Case("a short last record is no footer", "id,day,text\n" + LINES + "4,2024-01-05\n", NAMES,
         [*BODY, ["4", "2024-01-05", None]]),
    Case("apostrophes in text are no quotes", "id,text\n1,'tis late\n2,it's dark\n3,'twas lost'\n", ["id", "text"],
         [["1", "'tis late"], ["2", "it's dark"], ["3", "'twas lost'"]]),
    Case("backslashes at the end of a cell", 'id,path\n1,"C:\\temp\\"\n2,"C:\\new\\"\n', ["id", "path"],
         [["1", "C:\\temp\\"], ["2", "C:\\new\\"]]),
    Case("backslash escapes leave paths alone", 'id,path\n1,"say \\"hi\\", then C:\\new"\n2,"x \\"y\\" z"\n',
         ["id", "path"],
         [["1", 'say "hi", then C:\\new'], ["2", 'x "y" z']]),
    Case("escaped delimiters without quotes", "id,text\n1,a\\, b\n2,c\\, d\n3,e\n", ["id", "text"],
         [["1", "a, b"], ["2", "c, d"], ["3", "e"]]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_small_file_has_one_answer(case: Case):
    table = read(case.data)
    assert table.columns == case.columns
    assert rows(table) == case.rows
    assert [(row.line, row.reason) for row in table.rejected] == case.rejected


def test_the_report_says_where_the_header_stands():
    assert read("id,day,text\n" + LINES).reports[0].header == "line 1"
    assert read("All tickets\n\nid,day,text\n" + LINES).reports[0].header == "line 3"
    assert read("Ticket,,Text\nid,day,text\n" + LINES).reports[0].header == "lines 1 to 2"
    assert read(LINES).reports[0].header == "none"
    assert read("'id','text'\n'1','a, b'\n").reports[0].quote == "'"


LONG_DELIMITERS = ["||", "~|~", "|;|", "::", "^^", "|~|", "$$$", "#|#"]


@pytest.mark.parametrize("delimiter", LONG_DELIMITERS)
def test_text_may_hold_parts_of_a_delimiter_of_several_characters(delimiter: str):
    part = delimiter[len(delimiter) // 2]
    texts = ["printer jam", f"yes {part} no", f"a {part} b {part} c {part} d", f"x {delimiter[0]} y", "no disk"]
    body = [[str(i), texts[i % 5], "", f"2024-03-{i % 28 + 1:02}"] for i in range(20)]
    for n in (3, 20):
        lines = [delimiter.join(row) for row in [["id", "text", "note", "when"], *body[:n]]]
        table = read("\n".join(lines) + "\n")
        assert (table.reports[0].delimiter, rows(table)) == (delimiter, body[:n])


@pytest.mark.parametrize("quote", "'`~")
@pytest.mark.parametrize("delimiter", ",;\t")
def test_a_quote_around_every_cell_is_a_quote_and_no_part_of_the_delimiter(quote: str, delimiter: str):
    body = [[str(i), f"jam{delimiter} again", f"no {quote}{quote} paper", f"2024-03-{i + 1:02}"] for i in range(9)]
    lines = [[f"{quote}{cell}{quote}" for cell in row] for row in [["id", "text", "note", "when"], *body]]
    table = read("\n".join(map(delimiter.join, lines)) + "\n")
    assert (table.reports[0].delimiter, table.reports[0].quote) == (delimiter, quote)
    assert rows(table) == [[cell.replace(quote * 2, quote) for cell in row] for row in body]


@pytest.mark.parametrize("delimiter", "|~^:")
def test_empty_cells_make_no_longer_delimiter(delimiter: str):
    body = [[str(i), "", "jam", "", "", "open"] for i in range(8)]
    lines = [delimiter.join(row) for row in [["id", "day", "text", "note", "more", "state"], *body]]
    table = read("\n".join(lines) + "\n")
    assert (table.reports[0].delimiter, rows(table)) == (delimiter, body)


PREAMBLES = {
    "remarks": lambda i: f"# remark {i}, it's 5\" long",
    "parameters": lambda i: f"Parameter {i}: some value",
    "sentences": lambda i: "All rights reserved, whatever happens." if i % 3 else "Terms of use",
}


@pytest.mark.parametrize("n_lines", [31, 60, 300])
@pytest.mark.parametrize("kind", PREAMBLES)
@pytest.mark.parametrize("blank", ["", "\n"], ids=["", "blank"])
def test_a_table_below_a_long_preamble_is_found(kind: str, n_lines: int, blank: str):
    body = [[str(i), "2024-01-02", "jam, again", "open"] for i in range(12)]
    above = "".join(PREAMBLES[kind](i) + "\n" for i in range(n_lines)) + blank
    table = read(above + "id,day,text,state\n" + "".join(f'{a},{b},"{c}",{d}\n' for a, b, c, d in body))
    assert table.columns == ["id", "day", "text", "state"]
    assert rows(table) == body
    assert [row.line for row in table.rejected] == list(range(1, n_lines + 1))
    assert {row.reason for row in table.rejected} == {"before the header"}
    assert table.reports[0].header == f"line {n_lines + 1 + len(blank)}"


def test_a_table_below_many_names_and_values_is_found():
    body = [[str(i), "2024-01-02", "jam", "open"] for i in range(120)]
    above = "".join(f"Name {i},value {i % 7}\n" for i in range(45))
    table = read(above + "\nid,day,text,state\n" + "".join(",".join(row) + "\n" for row in body))
    assert table.columns == ["id", "day", "text", "state"]
    assert (rows(table), len(table.rejected)) == (body, 45)


def test_texts_in_one_column_hide_no_table():
    texts = [f"we tried, tested and failed, number {i}" if i % 50 > 44 else f"jam {i}" for i in range(400)]
    table = read("text\n" + "\n".join(texts) + "\n")
    assert rows(table) == [[text] for text in texts]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", ["", ",,,"])
@pytest.mark.parametrize(
    "above",
    [
        ["Tickets", "From,2024-01-01,To,2024-02-01"],
        ["Tickets,,,", "From,2024-01-01,To,2024-02-01"],
        ["Report,Tickets,,", "From,2024-01-01,,", "To,2024-02-01,,", 'Filters,"a, b, c",,'],
        ["Open,Closed,Waiting,All", "12,5,3,20"],
    ],
)
def test_filters_and_totals_above_a_header_are_no_records(above: list[str], blank: str, end: str):
    header = ["id", "title", "text", "created"]
    body = [[str(i), f"jam {i}", f"jam in tray {i}", f"2024-01-{i:02}"] for i in range(1, 13)]
    table = read(end.join([*above, blank, ",".join(header), *map(",".join, body)]))
    assert (table.columns, rows(table)) == (header, body)
    assert [row.text for row in table.rejected if row.text != blank] == above


@pytest.mark.parametrize("title", ["", "Tickets\n"])
def test_a_narrow_table_at_the_end_is_set_aside(title: str):
    body = [[str(i), "jam", f"jam in tray {i}"] for i in range(1, 9)]
    first = title + "id,title,text\n" + "".join(",".join(row) + "\n" for row in body)
    table = read(first + "\nproduct,count\nprinter,4\nscreen,3\n")
    assert (table.columns, rows(table)) == (["id", "title", "text"], body)
    assert [row.text for row in table.rejected][-3:] == ["product,count", "printer,4", "screen,3"]
    assert "Another table begins" in " ".join(table.reports[0].notes)


def test_short_records_below_a_blank_line_stay():
    body = [[str(i), "jam", f"jam in tray {i}"] for i in range(1, 9)]
    text = "id,title,text\n" + "".join(",".join(row) + "\n" for row in body) + "\n9,dark\n10,lost\n"
    assert rows(read(text)) == [*body, ["9", "dark", None], ["10", "lost", None]]


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.xlsx", "t.parquet", "t.xml", "t.html", "t"])
def test_a_table_is_read_whatever_its_name(name: str):
    body = [[str(i), f"2024-01-{i:02}", f"jam in tray {i}"] for i in range(1, 13)]
    table = read(",".join(NAMES) + "\n" + "".join(",".join(row) + "\n" for row in body), name)
    assert (table.columns, rows(table)) == (NAMES, body)


def test_a_larger_first_table_stays_the_table():
    body = [[str(i), "jam", f"2024-01-{i:02}"] for i in range(1, 9)]
    other = [["7", "dark", "x"], ["8", "lost", "x"], ["9", "more", "x"]]
    table = read(
        ",".join(NAMES) + "\n" + "\n".join(map(",".join, body)) + "\n\na,b,c\n" + "\n".join(map(",".join, other))
    )
    assert rows(table)[: len(body)] == body


def test_a_line_of_spaces_is_set_aside_for_what_it_is():
    table = read("id,day,text\n" + LINES + "   \n" + LINES)
    assert (rows(table), [(row.line, row.reason) for row in table.rejected]) == (
        BODY * 2,
        [(5, "nothing but white space")],
    )


def test_a_text_file_whose_lines_stand_between_bars_is_a_table():
    body = [[str(i), f"2024-01-{i % 28 + 1:02}", f"jam in tray {i}"] for i in range(12)]
    table = read("|id|day|text|\n" + "".join(f"|{'|'.join(row)}|\n" for row in body), "t.txt")
    assert table.cells.select(NAMES).to_pylist() == [dict(zip(NAMES, row, strict=True)) for row in body]


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("text", ["jam at tray {0} of {1}", "dear team, jam, dark, thanks", "jam: tray {0}: lamp: off"])
@pytest.mark.parametrize("is_quoted", [False, True])
def test_texts_that_are_even_themselves_hide_no_delimiter(text: str, delimiter: str, is_quoted: bool):
    body = [[str(i), text.format(i, 3 * i)] for i in range(20)]
    quote = '"' if is_quoted or delimiter in text else ""
    lines = [delimiter.join((row[0], f"{quote}{row[1]}{quote}")) for row in body]
    table = read("\n".join([f"id{delimiter}text", *lines]))
    assert (table.columns, rows(table), table.rejected) == (["id", "text"], body, ())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("header", ["id\ttext\tnote\n", ""], ids=["header", "no header"])
@pytest.mark.parametrize("every", [1, 3])
def test_a_line_end_behind_a_backslash_is_part_of_the_cell(header: str, end: str, every: int):
    body = [[str(i), "first line\nsecond" if i % every == 0 else "one line", "\\N"] for i in range(12)]
    data = header + "".join("\t".join(row).replace("\n", "\\\n") + "\n" for row in body)
    table = read(data.replace("\n", end))
    assert rows(table) == body
    assert table.lines[-1] == data.count("\n") - (every == 1)
    assert "Backslashes in front of line ends" in " ".join(table.reports[0].notes)


def test_escaped_line_ends_at_the_end_of_a_piece_are_joined(monkeypatch):
    monkeypatch.setattr("explorer.ingest.encodings.PIECE", 7)
    body = [[str(i), f"line {i}\nmore\n{'x' * (i % 9)}", "end"] for i in range(40)]
    data = "id,text,more\n" + "".join(",".join(row).replace("\n", "\\\n") + "\n" for row in body)
    table = read(data)
    assert rows(table) == body
    assert list(table.lines) == [2 + 3 * i for i in range(40)]


@pytest.mark.parametrize("n_others", [0, 1, 9])
def test_a_path_at_the_end_of_a_row_escapes_nothing(n_others: int):
    body = [[str(i), "C:\\temp\\"] for i in range(9)] + [[str(i), "C:\\temp"] for i in range(n_others)]
    table = read("id,path\n" + "".join(",".join(row) + "\n" for row in body))
    assert rows(table) == body


@pytest.mark.parametrize("header", ['"id,text,state"\n', ""], ids=["header", "no header"])
def test_rows_that_were_wrapped_in_quotes_are_unwrapped(header: str):
    body = [[str(i), 'jam, "bad"\nagain' if i % 3 == 0 else "dark, now", "open"] for i in range(9)]
    inner = ['{},"{}",{}'.format(row[0], row[1].replace('"', '""'), row[2]) for row in body]
    table = read(header + "".join('"' + line.replace('"', '""') + '"\n\n' for line in inner))
    assert rows(table) == body
    assert list(table.lines)[:3] == ([2, 5, 7] if header else [1, 4, 6])
    assert "they were taken off" in " ".join(table.reports[0].notes)


@pytest.mark.parametrize(
    "cells", [["hello, world", "again, and again"], ['say "hi", then go', 'or "bye", not'], ["1", "2"]]
)
def test_one_column_of_quoted_texts_stays_one(cells: list[str]):
    data = "".join('"' + cell.replace('"', '""') + '"\n' for cell in ["text", *cells * 3])
    assert rows(read(data)) == [[cell] for cell in cells * 3]


# --- what the user decides ---


def test_the_users_delimiter_and_quote_are_used():
    data = "id,a;text\n1,b;'x;y'\n"
    assert read(data, delimiter=",").columns == ["id", "a;text"]
    assert rows(read(data, delimiter=";", quote="'")) == [["1,b", "x;y"]]
    assert rows(read('id,text\n1,"a"\n', quote="")) == [["1", '"a"']]
    assert rows(read("id##text\n1##a\n", delimiter="##")) == [["1", "a"]]
    assert read("id,text\n1,a\n", delimiter="").columns == ["id,text"]


def test_the_users_header_is_used():
    data = "x,y\nid,text\n1,a\n2,b\n"
    table = read(data, first_line=2)
    assert table.columns == ["id", "text"]
    assert [(row.line, row.reason) for row in table.rejected] == [(1, "before the header")]
    assert rows(read("id,text\n1,a\n", header_rows=0)) == [["id", "text"], ["1", "a"]]
    assert read(data, header_rows=2).columns == ["x / id", "y / text"]
    assert rows(read("1,a\n2,b\n", header_rows=1)) == [["2", "b"]]


def test_the_users_encoding_is_used():
    data = "id,text\n1,Ошибка\n".encode("koi8-r")
    assert rows(read(data, encoding="koi8-r")) == [["1", "Ошибка"]]
    assert "not UTF-8" in " ".join(read(data, encoding="utf-8").reports[0].notes)


# --- rows that do not fit ---


def test_a_row_with_an_empty_field_in_the_middle_is_not_shifted_into_the_wrong_columns():
    data = (
        "id,day,text,note\n" + "".join(f"{i},2024-01-{i + 1:02},jam,\n" for i in range(1, 9)) + "9,,2024-01-09,jam,\n"
    )
    table = read(data)
    assert table.n_rows == 8
    assert [row.line for row in table.rejected] == [10]


def test_a_row_in_another_dialect_is_read_and_said():
    table = read("id,day,text\n" + LINES + "4;2024-01-05;hot, very\n" + LINES)
    assert rows(table)[3] == ["4", "2024-01-05", "hot, very"]
    assert "line 5" in table.reports[0].notes[0]


def test_a_second_table_is_set_aside_with_all_its_rows():
    table = read("id,day,text\n" + LINES + "\nname,city,zip\nAnn,Oslo,1\nBob,Rome,2\n")
    assert rows(table) == BODY
    assert [row.line for row in table.rejected] == [6, 7, 8]
    assert "Another table begins at line 6" in " ".join(table.reports[0].notes)


def test_an_odd_quote_is_said():
    assert "line 3" in " ".join(read('id,text\n1,a\n2,6" pipe\n').reports[0].notes)


# --- size ---


def test_a_line_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("explorer.ingest.encodings.LONGEST_LINE", 1_000_000)
    with pytest.raises(InputError, match="has a line of more than"):
        read("x" * 3_000_000)


def test_a_long_header_is_read_whole():
    names = [f"a rather long name of column {i}" for i in range(9_000)]
    table = read(",".join(names) + "\n" + ",".join("7" * 9_000) + "\n")
    assert table.columns == names


def test_text_in_pieces_is_the_same_text(monkeypatch):
    monkeypatch.setattr("explorer.ingest.encodings.PIECE", 7)
    body = [[str(i), f"ä„{i}\r\nlang\n\r{'x' * (i % 9)}", "öß"] for i in range(50)]
    for end in ("\r\n", "\n", "\r"):
        for encoding in ("utf-8", "utf-16", "cp1252"):
            text = end.join(["id,text,more", *(f'{a},"{b}",{c}' for a, b, c in body)])
            assert rows(read(text.encode(encoding))) == body, (end, encoding)


def test_escaped_line_ends_first_seen_far_into_a_file_are_found():
    data = "id\ttext\tn\n" + "".join(f"{i}\tplain text, no escapes\t{i}\n" for i in range(12_000))
    table = read(data + "".join(f"{i}\tan \\\nescaped end\t{i}\n" for i in range(50)))
    assert rows(table)[-1][1] == "an \nescaped end"
    assert table.n_rows == 12_050
    assert table.lines[-1] == 12_001 + 99


def test_escapes_first_seen_far_into_a_file_are_found():
    data = "id,text,n\n" + "".join(f'{i},"plain text, no escapes",{i}\n' for i in range(12_000))
    table = read(data + "".join(f'{i},"an \\"odd\\", quoted",{i}\n' for i in range(50)))
    assert rows(table)[-1][1] == 'an "odd", quoted'
    assert not table.rejected


# --- round trips ---

WORD = st.text(st.characters(codec="utf-8", categories=("L",)), min_size=3, max_size=8)
CELL = st.one_of(
    WORD,
    st.integers(0, 10**6).map(str),
    # Unicode keeps U+FDD0 and its like out of files; the reader works with them and says so where one occurs.
    st.text(st.characters(codec="utf-8", exclude_characters="\x00\\\ufdd0\ufdd1\ufdd2"), max_size=12),
    st.sampled_from(["", "N/A", "2024-01-02", "a, b; c | d", 'it\'s "so"', "x\ny", "||", "::", "'", '"']),
)


@st.composite
def tables(draw):
    names = draw(st.lists(WORD, min_size=3, max_size=5, unique_by=str.casefold))
    n = len(names)
    body = draw(st.lists(st.lists(CELL, min_size=n - 1, max_size=n - 1), min_size=3, max_size=8))
    return names, [[str(1_000 + i), *row] for i, row in enumerate(body)]


@settings(max_examples=150)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|", "~", "^", "\x1f", "\x01", "||", "::", "~|~", ", "]),
    st.sampled_from("\"'`"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_a_table_in_any_dialect_comes_back_the_same(table, delimiter, quote, end, encoding):
    names, body = table
    assume(all(any(row[i].strip() for row in body) for i in range(len(names))))
    lines = [delimiter.join(quote + c.replace(quote, quote * 2) + quote for c in row) for row in [names, *body]]
    read_back = read((end.join(lines) + end).encode(encoding))
    assert read_back.columns == names
    assert rows(read_back) == body


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_with_all_their_rows_or_refused(data):
    try:
        table = read(data)
    except InputError:
        return
    report = table.reports[0]
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
    assert (report.n_rows_kept, report.n_rows_rejected) == (table.n_rows, len(table.rejected))
