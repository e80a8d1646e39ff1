"""HTML tables, workbooks in one XML file and XML with repeated elements: the right table, every row, and no harm."""

from __future__ import annotations

import time
from contextlib import suppress
from html import escape
from xml.sax.saxutils import escape as xml_escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from tests.reading import notes, read, refusal, rows

SHEET = "urn:schemas-microsoft-com:office:spreadsheet"
PRINTABLE = st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Zs", "Zl", "Zp"), blacklist_characters="\ufeff")
WORDS = st.lists(st.text(PRINTABLE, min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)


def html_table(table: list[list[str]], cell: str = "td") -> str:
    lines = (f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in row)}</tr>" for row in table)
    return f"<table>{''.join(lines)}</table>"


def page(*tables: str, head: str = "") -> str:
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>{''.join(tables)}</body></html>"


def workbook(*sheets: tuple[str, str]) -> str:
    inside = "".join(f'<Worksheet ss:Name="{name}"><Table>{table}</Table></Worksheet>' for name, table in sheets)
    return f'<?xml version="1.0"?>\n<Workbook xmlns="{SHEET}" xmlns:ss="{SHEET}">{inside}</Workbook>'


def xml_row(*cells: str) -> str:
    made = (f'<Cell><Data ss:Type="String">{xml_escape(cell)}</Data></Cell>' for cell in cells)
    return f"<Row>{''.join(made)}</Row>"


# --- HTML ---


@pytest.mark.parametrize("name", ["tickets.xls", "tickets.html", "upload", "tickets.txt"])
def test_a_page_under_any_name_is_its_table(name):
    made = page(html_table([["id", "text"]], "th"), html_table([["id", "text"], ["1", "a b"], ["2", "a < b & c"]]))
    table = read(made, name)
    assert table.reports[0].format == "html"
    assert table.columns == ["id", "text"]
    assert rows(table) == [["1", "a b"], ["2", "a < b & c"]]


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_every_cell_of_a_table_comes_back(cells):
    made = "<html><table><thead><tr><th>id</th><th>text</th></tr></thead><tbody>"
    made += "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in cells)
    assert rows(read(made + "</tbody></table></html>", "t.html")) == [list(pair) for pair in cells]


def test_a_cell_is_the_text_that_a_browser_shows():
    cell = (
        "\n  <div>Dear   team,</div><p>the&nbsp;printer<br>jams &amp; <b>smo</b>kes</p><!-- <td>x</td> -->"
        "<script>var a = '<td>';</script><ul><li>one<li>two</ul><img alt='shot'><pre>a\n    at b</pre>\n"
    )
    table = read(page(f"<table><tr><th>id<th>text<tr><td>1<td>{cell}<tr><td>2<td>ok</table>"), "t.html")
    assert rows(table)[0] == ["1", "Dear team,\nthe printer\njams & smokes\none\ntwo\nshot\na\n    at b"]


def test_the_largest_table_is_read_and_any_other_can_be_chosen():
    small = html_table([["page", "size"], ["1", "20"]])
    made = page(small, f"<table><caption>All tickets</caption>{html_table([['id', 'text'], *[['1', 'x']] * 9])[7:]}")
    table = read(made, "t.html")
    assert (table.reports[0].sheet, table.reports[0].sheets) == ("All tickets", ("table 1", "All tickets"))
    assert "2 tables" in notes(table)
    assert rows(read(made, "t.html", sheet="table 1")) == [["1", "20"]]
    assert "Did you mean 'All tickets'" in refusal(made, "t.html", sheet="all ticket")


def test_of_very_many_tables_the_longest_can_be_chosen_and_it_is_said():
    made = page(html_table([["a", "b"], ["1", "2"]]) * 300, html_table([["id", "text"], *[["1", "x"]] * 9]))
    table = read(made, "t.html")
    assert (table.n_rows, len(table.reports[0].sheets)) == (9, 200)
    assert "301 tables" in notes(table)


def test_a_table_inside_a_layout_is_found():
    inner = html_table([["id", "text"], ["1", "a"], ["2", "b"]])
    table = read(page(f"<table><tr><td>menu</td><td>{inner}</td></tr><tr><td>foot</td></tr></table>"), "t.html")
    assert rows(table) == [["1", "a"], ["2", "b"]]


def test_header_rows_that_the_page_marks_are_the_header_wherever_they_stand():
    made = (
        "<html><table><tr><th colspan=3>Report of March</th></tr>"
        "<tr><th rowspan=2>id</th><th colspan=2>person</th></tr><tr><th>first</th><th>last</th></tr>"
        "<tr><td>1</td><td>Ann</td><td>Lee</td></tr><tr><td>2</td><td>Bo</td><td>Chan</td></tr></table>"
    )
    table = read(made, "t.html")
    assert table.columns == ["id", "person / first", "person / last"]
    assert rows(table) == [["1", "Ann", "Lee"], ["2", "Bo", "Chan"]]
    assert "1 row (row 1) above the header" in notes(table)


def test_a_header_on_each_page_of_a_report_is_set_aside_and_counted():
    head = "<tr><th>id</th><th>text</th></tr>"
    body = "".join(f"<tr><td>{n}</td><td>text {n}</td></tr>" for n in range(20))
    table = read(f"<html><table>{head}{body}{head}{body}</table></html>", "t.html")
    assert table.n_rows == 40
    assert [row.reason for row in table.rejected] == ["the header once more"]


def test_a_cell_that_covers_several_rows_stands_in_each_of_them():
    made = "<html><table><tr><th>team<th>text<tr><td rowspan=2>IT<td>a<tr><td>b<tr><td>HR<td>c</table></html>"
    assert rows(read(made, "t.html")) == [["IT", "a"], ["IT", "b"], ["HR", "c"]]


def test_links_whose_addresses_are_left_out_are_said():
    cells = "<tr><td><a href='https://x/{0}'>T-{0}</a><td>text <a href='#'>top</a>"
    table = read("<html><table><tr><th>id<th>text" + "".join(cells.format(n) for n in range(3)), "t.html")
    assert rows(table)[2] == ["T-2", "text top"]
    assert "3 cells hold links; only the words are kept." in notes(table)


@pytest.mark.parametrize(("declared", "codec"), [("iso-8859-2", "iso8859-2"), ("windows-1251", "cp1251")])
def test_the_encoding_that_a_page_declares_is_used(declared, codec):
    text = {"cp1251": "Принтер не печатает", "iso8859-2": "Tiskárna nefunguje, pomůžete?"}[codec]
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    made = page(html_table([["id", "text"], ["1", text], ["2", text]]), head=head)
    table = read(made.encode(codec), "t.xls")
    assert rows(table)[0] == ["1", text]
    assert "as the file itself declares" in notes(table)


@pytest.mark.parametrize("declared", ["utf-7", "rot13", "base64", "no-such", "utf-16", "idna"])
def test_a_false_declaration_does_no_harm(declared):
    made = page(html_table([["id", "text"], ["1", "Drücker"]]), head=f"<meta charset='{declared}'>")
    assert rows(read(made.encode(), "t.html")) == [["1", "Drücker"]]
    assert rows(read(made.encode("cp1252"), "t.html")) == [["1", "Drücker"]]


def test_a_page_without_a_table_is_refused_in_a_sentence_and_can_be_read_as_lines():
    made = page("<h1>Log</h1><p>nothing here</p>")
    assert "without a table" in refusal(made, "t.html")
    assert read(made, "t.html", as_lines=True).is_lines


def test_lines_that_begin_with_a_name_in_angle_brackets_stay_lines():
    assert read("<ann> hello there\n<bob> hi\n<ann> bye\n", "chat.log").is_lines
    assert read("<34>Oct 11 22:14:15 host su: failed\n", "sys.log").is_lines


# --- workbooks in one XML file ---


def test_a_workbook_in_xml_has_sheets_places_and_types():
    table = (
        xml_row("id", "made", "open", "text")
        + '<Row ss:Index="4"><Cell><Data ss:Type="Number">7</Data></Cell>'
        + '<Cell><Data ss:Type="DateTime">2024-03-01T09:00:00.000</Data></Cell>'
        + '<Cell ss:Index="4"><Data ss:Type="String">a<B xmlns="http://www.w3.org/TR/REC-html40">b</B>c</Data></Cell></Row>'
        + '<Row><Cell><Data ss:Type="Number">8</Data></Cell><Cell/><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>'
    )
    made = read(workbook(("notes", xml_row("x")), ("tickets", table)), "t.xls")
    assert (made.reports[0].format, made.reports[0].sheet) == ("xml workbook", "tickets")
    assert rows(made) == [["7", "2024-03-01 09:00:00", None, "abc"], ["8", None, "TRUE", None]]
    assert made.lines.tolist() == [4, 5]


def test_a_sheet_without_a_header_loses_no_row():
    table = read(workbook(("S", "".join(xml_row(str(n), f"ticket {n} is open") for n in range(9)))), "t.xml")
    assert table.n_rows == 9
    assert table.reports[0].header == "none"


def test_numbers_that_count_up_are_names_of_columns():
    years = [xml_row("region", "2023", "2024"), xml_row("north", "17", "4"), xml_row("south", "9", "11")]
    months = [xml_row("region", "1", "2", "3"), xml_row("north", "17", "4", "8"), xml_row("south", "9", "11", "2")]
    assert read(workbook(("S", "".join(years))), "t.xml").columns == ["region", "2023", "2024"]
    assert read(workbook(("S", "".join(months))), "t.xml").columns == ["region", "1", "2", "3"]


def test_a_damaged_workbook_says_where():
    made = workbook(("S", xml_row("id", "text") + xml_row("1", "a")))
    assert "line 2" in refusal(made[:-60], "t.xml")


# --- XML ---


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_every_text_of_an_element_comes_back(cells):
    made = "".join(f"<t><id>{xml_escape(a)}</id><text>{xml_escape(b)}</text></t>" for a, b in cells)
    table = read(f'<?xml version="1.0"?><all>{made}</all>', "t.xml")
    assert table.columns == ["id", "text"]
    assert rows(table) == [list(pair) for pair in cells]


BUG = (
    "<bug><bug_id>{n}</bug_id><short_desc>printer {n}</short_desc><keywords/><who name='Ann'>a@b</who>"
    "<long_desc isprivate='0'><thetext>it jams</thetext></long_desc><long_desc isprivate='1'><thetext>still</thetext>"
    "</long_desc></bug>"
)


def test_elements_and_attributes_become_dotted_columns_and_repeated_ones_stand_below_each_other():
    bugs = "".join(BUG.format(n=n) for n in (1, 2))
    made = (
        f'<?xml version="1.0"?><!DOCTYPE bugzilla SYSTEM "https://b/page.dtd"><bugzilla version="5">{bugs}</bugzilla>'
    )
    table = read(made, "bugs.xml")
    assert table.cells.to_pylist()[0] == {
        "bug_id": "1", "short_desc": "printer 1", "keywords": None, "who.name": "Ann", "who": "a@b",
        "long_desc.isprivate": "0\n1", "long_desc.thetext": "it jams\nstill",
    }  # fmt: skip
    assert "'bugzilla.bug' is a record" in notes(table)


def test_a_single_item_of_a_feed_is_one_record_and_not_its_comments():
    item = "<item><title>x</title><comments><comment>a</comment><comment>b</comment></comments></item>"
    table = read(f'<rss version="2.0"><channel><title>t</title>{item}</channel></rss>', "feed.xml")
    assert rows(table) == [["x", "a\nb"]]


def test_fields_that_an_attribute_names_are_columns():
    def issue(n):
        return (
            f"<issue id='X-{n}'><field name='summary'><value>text {n}</value></field>"
            f"<field name='state'><value>open</value></field><watcher name='Ann{n}'/><watcher name='Bo{n}'/></issue>"
        )

    table = read(f"<issues>{''.join(map(issue, range(30)))}</issues>", "t.xml")
    assert table.columns == ["id", "summary", "state", "watcher.name"]
    dump = "<row><field name='id'>{n}</field><field name='t'>a {n}</field></row>"
    table = read(f"<resultset>{''.join(dump.format(n=n) for n in range(5))}</resultset>", "t.xml")
    assert rows(table)[4] == ["4", "a 4"]


def test_a_text_with_markup_inside_is_read_in_order():
    one = "<e><body>The <b>printer</b> jams.<br/>Again<p>and again</p></body></e>"
    assert rows(read(f"<r>{one}{one}</r>", "t.xml"))[0] == ["The printer jams.\nAgain\nand again"]


def test_an_empty_element_is_a_record_with_nothing_in_it():
    assert rows(read("<r><e/><e><id>1</id></e><e></e></r>", "t.xml")) == [[None, None], [None, "1"], [None, None]]
    assert "cells are empty" in refusal("<r><e/><e></e></r>", "t.xml")


def test_several_kinds_of_records_are_counted_and_offered():
    tickets = "".join(f"<ticket><id>{n}</id><text>long text {n} here</text></ticket>" for n in range(3))
    users = "".join(f"<user><id>{n}</id></user>" for n in range(5))
    made = f"<unload>{users}{tickets}</unload>"
    table = read(made, "t.xml")
    assert (table.n_rows, table.reports[0].sheets) == (3, ("unload.ticket", "unload.user"))
    assert "'unload.user' (5)" in notes(table)
    assert read(made, "t.xml", sheet="unload.user").n_rows == 5
    assert "Did you mean 'unload.user'" in refusal(made, "t.xml", sheet="unload.users")


def test_documents_behind_one_another_and_pieces_without_a_root_are_read():
    one = '<?xml version="1.0" encoding="UTF-8"?>\n<r><e><id>{}</id></e><e><id>{}</id></e></r>\n'
    assert rows(read(one.format(1, 2) + one.format(3, 4), "t.xml")) == [["1"], ["2"], ["3"], ["4"]]
    pieces = "".join(f'<x:event logger="a"><x:message>m {n}</x:message></x:event>\n' for n in range(3))
    assert rows(read(pieces, "app.log")) == [["a", f"m {n}"] for n in range(3)]


@pytest.mark.parametrize(
    ("begin", "one", "end"),
    [
        (
            '<?xml version="1.0"?>\n<!DOCTYPE log SYSTEM "logger.dtd">\n<log>\n',
            "<record><date>2024-03-01T09:00:0{0}</date><logger>a.b</logger><level>SEVERE</level>"
            "<message>boom {0}</message></record>\n",
            "",  # a program that is still running has not written the end
        ),
        (
            "",
            '<log4j:event logger="a.b" timestamp="170928360000{0}" level="ERROR" thread="main">'
            "<log4j:message><![CDATA[boom {0}]]></log4j:message></log4j:event>\n",
            "",
        ),
    ],
)
def test_a_log_in_xml_is_a_log(begin, one, end):
    made = begin + "".join(one.format(n) for n in range(5)) + end
    table = read(made, "java0.log")
    assert table.is_lines
    assert table.cells.column("message").to_pylist() == [f"boom {n}" for n in range(5)]
    assert set(table.cells.column("level").to_pylist()) == {"ERROR"}
    assert set(table.cells.column("component").to_pylist()) == {"a.b"}
    assert table.cells.column("line").to_pylist()[4] == one.format(4).strip()
    assert read(made, "java0.log", as_lines=False).n_rows == 5
    damaged = read(made.replace("boom 2", "boom ]]> < 2"), "java0.log")
    assert (damaged.n_rows, len(damaged.rejected)) == (4, 1)


def test_what_is_not_quite_xml_is_mended_and_said():
    made = "<r><e><t>AT&T &nbsp;&eacute; \x08 &#x1b;</t></e><e><t><![CDATA[AT&T &nbsp;]]></t></e></r>"
    table = read(made, "t.xml")
    assert rows(table) == [["AT&T \xa0é \ufffd \ufffd"], ["AT&T &nbsp;"]]
    assert "1 ampersand" in notes(table)
    assert "2 characters are not allowed in XML" in notes(table)


def test_a_damaged_record_costs_no_other():
    good, bad = "<e><id>{}</id><t>x</t></e>\n", "<e><id>9</id><t>a < b</t></e>\n"
    table = read(f"<r>\n{good.format(1)}{good.format(2)}{bad}{good.format(3)}{bad}{good.format(4)}</r>", "t.xml")
    assert [row[0] for row in rows(table)] == ["1", "2", "3", "4"]
    assert [row.line for row in table.rejected] == [3, 5]
    assert "(line 4)" in table.rejected[0].reason
    assert table.rejected[0].text.startswith("<e><id>9</id>")


def test_names_with_prefixes_are_found_again_behind_a_damaged_record():
    one = "<x:e><x:id>{}</x:id></x:e>"
    made = f"<x:r xmlns:x='urn:x'>{one.format(1)}{one.format(2)}<x:e><x:id>a < b</x:id></x:e>{one.format(3)}</x:r>"
    table = read(made, "t.xml")
    assert rows(table) == [["1"], ["2"], ["3"]]
    assert len(table.rejected) == 1
    assert "no XML" not in notes(table)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.95])
def test_a_file_that_was_cut_keeps_its_complete_records(share):
    made = f"<r>{''.join(f'<e><id>{n}</id><t>text {n}</t></e>' for n in range(50))}</r>"
    cut = made[: int(len(made) * share)]
    table = read(f'<?xml version="1.0"?>{cut}', "t.xml")
    assert table.n_rows == cut.count("</e>")
    assert len(table.rejected) == (cut.count("<e>") > cut.count("</e>"))
    assert "breaks off" in notes(table)


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [
        ("ISO-8859-1", "cp1252", "Größe – “x”"),
        ("windows-1251", "cp1251", "Принтер"),
        ("UTF-8", "utf-16", "Größe"),
        ("UTF-16", "utf-8", "Größe"),
        ("ISO-8859-1", "utf-8", "Größe"),
        ("rot13", "utf-8", "Größe"),
    ],
)
def test_the_bytes_decide_and_then_what_is_declared(declared, written, text):
    made = f'<?xml version="1.0" encoding="{declared}"?><r><e><t>{text}</t></e><e><t>b</t></e></r>'
    assert rows(read(made.encode(written), "t.xml")) == [[text], ["b"]]


# --- what is not read ---


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        ("<?xml version='1.0'?><project><name>x</name><version>1</version></project>", "pom.xml", "no element repeats"),
        ("-- MySQL dump 10.13\nCREATE TABLE `t` (id int);\n", "dump.txt", "dump of a database"),
        ("INSERT INTO t (id) VALUES\n(1),\n(2);\n", "t.sql", "dump of a database"),
        ("# tickets\n- id: 1\n  text: a\n- id: 2\n", "t.yml", "YAML"),
        ("%YAML 1.2\n---\ntickets:\n  - a\n", "t.yaml", "YAML"),
    ],
)
def test_what_holds_no_table_is_refused_in_a_sentence_and_can_be_read_as_lines(data, name, what):
    assert what in refusal(data, name)
    assert read(data, name, as_lines=True).is_lines


def test_a_log_of_statements_is_no_dump():
    assert read("INSERT INTO t VALUES (1)\nSELECT 1\n", "queries.log").is_lines


BOMB = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (f'<?xml version="1.0"?><!DOCTYPE r [{BOMB}]><r><e>&b;</e><e>x</e></r>', "document type of its own"),
        (
            '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><e>&x;</e></r>',
            "document type",
        ),
        (f'<?xml version="1.0"?><r><e>1</e><e>{"<a>" * 5_000}', "deep"),
        (workbook(("S", "<Row>" * 500)), "damaged"),
        ("<html><table>" + "<tr>" + "<td colspan=1000>x</td>" * 30 + "</tr>" + "<tr><td>a</td></tr>" * 3, "column"),
        (
            "<html><table><tr>"
            + "<td rowspan=1000>x</td>" * 9_000
            + "</tr>"
            + "<tr><td>y</td></tr>" * 900
            + "</table>",
            "cells that cover",
        ),
    ],
    ids=["entities", "external entity", "deep", "deep workbook", "colspan", "rowspan"],
)
def test_bombs_are_refused(data, said):
    assert said in refusal(data, "t.xml" if data.startswith("<?") else "t.html")


N = 20_000


@pytest.mark.parametrize(
    "data",
    [
        "<html><table><tr><td>a</td></tr><tr><td>b" + "<a " * N,
        "<html><table><tr><td>a</td></tr><tr><td>b" + '<a x="' * N,
        "<html><table><tr><td>a</td></tr><tr><td>b" + "<!-- " * N,
        "<html><table><tr><td>a</td></tr><tr><td>b" + "<script>" * N,
        "<html>" + "<table><tr><td>a<tr>" * N,
        "<html><table>" + "<tr><td>x" * N,
        "<html>" + "<table><caption>a<tr><td>a<tr><td>b</table>" * N,
        "<?xml version='1.0'?><r><e>1</e><e>2</e><!-- " + "x" * 500_000,
        "<?xml version='1.0'?><r><e>1</e><e>2</e><f a='" + "x" * 500_000,
        "<?xml version='1.0'?><r>" + "<e><t>a</t></e>" + "<e><t>a < b</t></e>" * 3_000 + "<e><t>a</t></e></r>",
        "<?xml version='1.0'?><r><e/><e>" + "".join(f"<n{i}/>" for i in range(9_000)) + "</e></r>",
        "<?xml version='1.0'?>" + "<![CDATA[" * N,
        "<?xml version='1.0'?>" + "<!-- " * N,
    ],
    ids=["tags", "quotes", "comments", "scripts", "nested", "rows", "captions", "long remark", "long tag", "damage",
         "names", "cdata", "remarks"],
)  # fmt: skip
def test_time_grows_with_the_length_and_nothing_worse(data):
    began = time.process_time()
    with suppress(InputError):
        read(data, "t.html" if data.startswith("<html") else "t.xml")
    assert time.process_time() - began < 8
