"""Logs of the journal, of Windows and in the W3C format: every block is a record or set aside, with its line."""

from __future__ import annotations

import struct
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import build_corpus
from explorer.ingest.readers.windows_text import BEFORE, WindowsTextReader
from explorer.ingest.source import Source
from tests.patience import no_hang
from tests.reading import notes, read, refusal

SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"
MAIN = ("time", "level", "component", "message")


def main(table, row=0):
    record = table.cells.slice(row, 1).to_pylist()[0]
    return tuple(record.get(name) for name in MAIN)


def field(name: str, value: bytes) -> bytes:
    """A field of the journal, written as journalctl writes it."""
    if value.isascii() and value.decode().isprintable():
        return name.encode() + b"=" + value + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"


def entry(message: bytes, **more: bytes) -> bytes:
    known = {"__CURSOR": b"s=1;i=2", "__REALTIME_TIMESTAMP": b"1795243691123456", "MESSAGE": message}
    return b"".join(field(name, value) for name, value in {**known, **more}.items()) + b"\n"


def event(system: str = "", data: str = "", message: str | None = None) -> str:
    rendered = "" if message is None else f"<RenderingInfo Culture='en-US'><Message>{message}</Message></RenderingInfo>"
    return (
        f"<Event xmlns='{SCHEMA}'><System><Provider Name='Service Control Manager' Guid='{{5}}'/>"
        f"<EventID Qualifiers='49152'>7000</EventID><Level>2</Level>"
        f"<TimeCreated SystemTime='2026-11-21T06:48:11.1234567Z'/><EventRecordID>17</EventRecordID>{system}"
        f"<Channel>System</Channel><Computer>PC-1</Computer></System><EventData>{data}</EventData>{rendered}</Event>"
    )


def test_journal_entries_have_time_level_component_and_fields():
    data = entry(b"Disk full", PRIORITY=b"3", SYSLOG_IDENTIFIER=b"kernel", _PID=b"0") + entry(b"a\nb\n\nc", _PID=b"7")
    table = read(data, "upload")
    assert table.reports[0].format == "journald export"
    assert main(table) == ("1795243691123456", "ERROR", "kernel", "Disk full")
    assert main(table, 1)[3] == "a\nb\n\nc"
    assert table.cells.column("_PID").to_pylist() == ["0", "7"]
    assert list(table.lines) == [1, 8]
    assert str(build_corpus(table).times[0]) == "2026-11-21T06:48:11.123"


VERBOSE = """-- Boot 5f2e --
Sat 2026-11-21 06:48:11.123456 UTC [s=abc;i=0;b=def;m=1;t=2;x=3]
    PRIORITY=3
    SYSLOG_IDENTIFIER=app
    __REALTIME_TIMESTAMP=1795243691123456
    MESSAGE=it failed
            a=b at x
    _PID=12
-- Boot 6f2e --
Sat 2026-11-21 06:48:12.123456 UTC [s=abc;i=1;b=def;m=1;t=2;x=3]
    MESSAGE=going on
"""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=8))
def test_any_message_of_the_journal_comes_back(messages):
    table = read(b"".join(map(entry, messages)), "journal.export")
    shown = [message.decode("utf-8", "replace").replace("\x00", "\ufffd") for message in messages]
    assert table.cells.column("message").to_pylist() == shown
    assert len(table.rejected) == 0


def test_a_damaged_block_of_the_journal_costs_no_other():
    good, wrong = entry(b"one"), b"__CURSOR=s=1\nMESSAGE\n" + struct.pack("<Q", 3) + b"four\n\n"
    table = read(good + wrong + entry(b"two") + b"__CURSOR=x\nMESSAGE\n" + struct.pack("<Q", 1 << 60) + b"cut", "j")
    assert table.cells.column("message").to_pylist() == ["one", "two"]
    assert [(row.line, row.reason) for row in table.rejected] == [
        (5, "a binary field that does not end where its length says"),
        (13, "a binary field that is longer than the file"),
    ]
    assert list(table.lines) == [1, 9]


def test_a_value_of_the_journal_that_is_not_utf8_is_noted():
    assert "1 value is not UTF-8" in notes(read(entry(b"caf\xe9"), "j"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("frame", ["{}", '<?xml version="1.0" encoding="utf-16"?><Events>{}</Events>', "Record 1\n{}"])
def test_events_in_xml(encoding, frame):
    data = "<Data Name='param1'>Spooler &amp; co</Data><Data Name='Level'>high</Data><Data>a</Data><Data>b</Data>"
    text = frame.format(event("<Execution ProcessID='4' ThreadID='8'/>", data, "The &lt;x&gt; failed.\r\nTwice."))
    table = read(text.encode(encoding), "upload")
    assert table.reports[0].format == "Windows events (XML)"
    assert main(table) == (
        "2026-11-21T06:48:11.1234567Z", "ERROR", "Service Control Manager", "The <x> failed.\nTwice.",
    )  # fmt: skip
    record = table.cells.to_pylist()[0]
    expected = {"EventID": "7000", "Qualifiers": "49152", "EventRecordID": "17", "Channel": "System",
                "Computer": "PC-1", "ProcessID": "4", "ThreadID": "8", "param1": "Spooler & co", "Data.Level": "high",
                "Data": "a\nb", "Culture (shown)": "en-US"}  # fmt: skip
    assert {name: record[name] for name in expected} == expected
    assert str(build_corpus(table).times[0]) == "2026-11-21T06:48:11.123"


def test_an_event_without_a_message_says_its_number_and_data():
    table = read(event(data="<Data Name='User'>ann</Data><Data>plain</Data>"), "e.xml")
    assert main(table)[3] == "Event 7000 of Service Control Manager\nUser: ann\nplain"
    assert "1 event holds no message" in notes(table)


def test_data_of_a_provider_of_its_own():
    own = "<UserData><EventXML xmlns='urn:x'><Param1>p</Param1><Inner><Deep>q</Deep></Inner></EventXML></UserData>"
    record = read(event().replace("<EventData></EventData>", own), "e.xml").cells.to_pylist()[0]
    assert (record["Param1"], record["Inner.Deep"]) == ("p", "q")


def test_a_damaged_event_costs_no_other():
    cut = event(message="cut")[:-20]
    wrong = event(message="x < y")
    text = "\n".join([event(message="one"), cut, event(message="two"), "Access is denied.", wrong, cut])
    table = read(text, "e.xml")
    assert table.cells.column("message").to_pylist() == ["one", "two"]
    assert list(table.lines) == [1, 3]
    assert [row.line for row in table.rejected] == [2, 4, 5, 6]
    assert table.rejected[1].reason == "text between events"
    assert table.rejected[2].reason.startswith("not valid XML")


def test_characters_that_xml_does_not_allow_are_shown_and_counted():
    table = read(event(message="a\x01b&#x2;c&#65;"), "e.xml")
    assert main(table)[3] == "a\ufffdb\ufffdcA"
    assert "1 event has characters that XML does not allow" in notes(table)


def test_a_document_type_is_refused_and_entities_are_not_followed():
    doctype = '<?xml version="1.0"?><!DOCTYPE Events [<!ENTITY a "aaaa">]>'
    assert "document type" in refusal(f"{doctype}<Events>{event(message='&a;')}</Events>", "e.xml")
    table = read(event(message="fine") + event(message="&a;"), "e.xml")
    assert table.rejected[0].reason.startswith("not valid XML: undefined entity")


def test_an_event_nested_without_end_is_set_aside():
    table = read(event(message="fine") + event(data="<a>" * 50_000 + "</a>" * 50_000), "e.xml")
    assert [row.reason for row in table.rejected] == ["not valid XML: elements more than 40 deep"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40), min_size=1, max_size=5))
def test_any_message_of_an_event_comes_back(messages):
    table = read("\n".join(event(message=escape(message)) for message in messages), "e.xml")
    kept = table.cells.column("message").to_pylist()
    for message, shown in zip(messages, kept, strict=True):
        whole = message.strip()
        assert shown == (whole.replace("\uffff", "\ufffd").replace("\ufffe", "\ufffd") or shown)


EVENT_TEXT = """Event[{}]{}
  Log Name: Application
  Source: MsiInstaller
  Date: 2026-11-21T06:48:11.250
  Event ID: 1033
  Task: N/A
  Level: {}
  Opcode: Info
  Keyword: Classic
  User: S-1-5-18
  User Name: NT AUTHORITY\\SYSTEM
  Computer: PC-1
  {}:\x20
Windows Installer said: {}

  Status: 0

"""


@pytest.mark.parametrize("colon", [":", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_events_as_wevtutil_prints_them(colon, encoding):
    text = "".join(EVENT_TEXT.format(i, colon, "Warning", "Description", i) for i in range(2))
    table = read(text.replace("\n", "\r\n").encode(encoding), "events.txt")
    assert table.reports[0].format == "Windows events (text)"
    said = "Windows Installer said: 1\n\n  Status: 0"
    assert main(table, 1) == ("2026-11-21T06:48:11.250", "WARN", "MsiInstaller", said)
    assert list(table.lines) == [1, 18]
    assert table.cells.column("Event ID").to_pylist() == ["1033", "1033"]
    assert "Task" not in table.columns


def test_wevtutil_in_another_language_is_read_by_the_order_of_its_lines():
    text = EVENT_TEXT.format(0, ":", "Fehler", "Beschreibung", "x").replace("  Level:", "  Ebene:")
    assert main(read(text.replace("  Source:", "  Quelle:"), "e.log"))[1:3] == ("ERROR", "MsiInstaller")


def test_text_without_the_lines_of_an_event_is_set_aside():
    text = "Event[0]:\n  Log Name: x\nnothing\n" + EVENT_TEXT.format(1, ":", "Error", "Description", "x")
    table = read(text, "e.txt")
    assert [row.line for row in table.rejected] == [1]
    assert list(table.lines) == [4]


@pytest.mark.parametrize(
    ("header", "level", "when"),
    [
        ("Level,Date and Time,Source,Event ID,Task Category", "Error", "11/21/2026 6:48:11 PM"),
        ("Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie", "Fehler", "21.11.2026 18:48:11"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_events_saved_by_the_event_viewer(header, level, when, delimiter):
    row = f'{level},{when},Disk,7,None,"It said ""no"".\r\n\r\nSubject:\r\n\tID: 1"'
    text = "\r\n".join([header, row, f"{level},{when},App,8,(1),short", f"{level},{when},App,9,None"]) + "\r\n"
    table = read(("\ufeff" + text.replace(",", delimiter)).encode(), "events.csv" if delimiter == "," else "e.txt")
    assert table.reports[0].format == "Windows events (CSV)"
    assert main(table) == (when, "ERROR", "Disk", 'It said "no".\n\nSubject:\n\tID: 1')
    assert main(table, 2)[3] is None
    assert list(table.lines) == [2, 6, 7]
    assert str(build_corpus(table).times[0]) == "2026-11-21T18:48:11.000"


def test_a_row_of_other_columns_is_set_aside():
    text = "Level,Date and Time,Source,Event ID,Task Category\nError,11/21/2026 6:48:11 PM,Disk,7,None,bad\nstopped\n"
    table = read(text, "events.csv")
    assert [(row.line, row.reason) for row in table.rejected] == [(3, "1 cell where an event has 6")]


@pytest.mark.parametrize("header", ["Keywords,Date and Time,Source,Event ID,Task Category", "S,DuU,Q,Ereignis-ID,A"])
def test_events_of_a_security_log_have_no_level(header):
    row = (
        "Audit Failure,21.11.2026 06:48:11,Microsoft-Windows-Security-Auditing,4625,Logon,An account failed to log on."
    )
    table = read(f"{header}\n{row}\n", "security.csv")
    assert main(table)[1:] == (None, "Microsoft-Windows-Security-Auditing", "An account failed to log on.")
    assert table.cells.column("Keywords").to_pylist() == ["Audit Failure"]


@pytest.mark.parametrize("data", [b"ElfFile\x00" + b"\x00" * 99, b"LPKSHHRH" + b"\x00" * 99])
def test_logs_that_have_to_be_exported_say_how(data):
    assert "Export it" in refusal(data, "x.log") or "Save it as XML" in refusal(data, "x.log")


def test_an_export_of_events_can_be_read_as_a_table():
    row = "Error,11/21/2026 6:48:11 PM,Disk,7,None,the disk is bad\n"
    text = "Level,Date and Time,Source,Event ID,Task Category\n" + row * 5
    assert not read(text, "events.csv", as_lines=False).is_lines


def test_a_table_of_the_users_is_no_export_of_events():
    text = "id,Date and Time,Source,Event ID,text\n1,11/21/2026 6:48:11 PM,a,7,hello\n"
    assert not read(text, "tickets.csv").is_lines


IIS = """#Software: Microsoft Internet Information Services 10.0
#Version: 1.0
#Date: 2026-11-21 06:48:11
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status time-taken
2026-11-21 06:48:11 10.0.0.1 GET /a id=7 Mozilla/5.0+(x) 500 12
2026-11-21 06:48:12 10.0.0.1 GET /b - - 200 3
2026-11-21 06:48:12 10.0.0.1 GET
#Fields: time s-sitename cs-method cs-uri-stem sc-status
06:48:13 W3SVC1 POST /c 404
"""


def test_w3c_logs_follow_their_fields_line():
    table = read("stray\n" + IIS.replace("\n", "\r\n") + "\x00" * 300, "u_ex261121.log")
    assert table.reports[0].format == "W3C extended log"
    assert main(table) == ("2026-11-21 06:48:11", None, "10.0.0.1", "GET /a?id=7")
    assert main(table, 1)[3] == "GET /b"
    assert main(table, 2) == ("2026-11-21 06:48:13", None, "W3SVC1", "POST /c")
    assert table.cells.column("sc-status").to_pylist() == ["500", "200", "404"]
    assert list(table.lines) == [6, 7, 10]
    assert [(row.line, row.reason) for row in table.rejected] == [
        (1, "stands before the first #Fields line, which would name its values"),
        (8, "4 values where #Fields names 9"),
    ]
    assert "change inside the file (line 9)" in notes(table)
    assert "no date" in notes(table)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_of_w3c_logs_count_as_an_editor_counts_them(line_end):
    table = read(IIS.replace("\n", line_end), "x.log")
    assert (list(table.lines), table.rejected[0].line) == ([5, 6, 9], 7)
    inside = read(IIS.replace("/a id=7 M", "/a\rb id=7 M"), "x.log")
    assert (list(inside.lines), [row.line for row in inside.rejected]) == ([6, 9], [5, 7])


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("#Fields: date time x-edge cs-method cs-uri-stem agent\n2026-11-21\t06:48:11\tFRA 1\tGET\t/x\tA b", "GET /x"),
        ('#Fields: date time cs-uri agent\n2026-11-21 06:48:11 http://x/ "A ""b"" c"', "http://x/"),
        ('#Fields: date time cs-uri agent\n2026-11-21 06:48:11 http://y/?q="a "one"', 'http://y/?q="a'),
        ("#Fields: date-time,event-id,subject\n2026-11-21T06:48:11.1Z,SEND,\"Hi, you\"", "SEND Hi, you"),
        ("#separator \\x09\n#path\tconn\n#fields\tts\tuid\tservice\n1795243691.123456\tC1\tdns\n#close\tx", "C1 dns"),
        ("#Fields: date time action protocol\n2026-11-21 06:48:11 DROP TCP", "DROP TCP"),
    ],
)  # fmt: skip
def test_w3c_logs_of_other_programs(lines, message):
    table = read(f"#Software: x\n{lines}\n", "x.log")
    assert main(table)[3] == message
    assert str(build_corpus(table).times[0]).startswith("2026-11-21T06:48:11")


def test_a_format_of_lines_that_the_user_names_wins():
    assert read(IIS, "x.log", log_format="time, message").reports[0].format == "time, message"


@pytest.mark.parametrize(
    "data",
    [
        entry(b"a") + b"__CURSOR=1\nX\n" * 100_000,
        (event() + "<Event " * 100_000).encode(),
        (event() + "<!--<?xml<Events" * 100_000).encode(),
        (EVENT_TEXT + "Event[1]:\n" * 100_000).encode(),
        (IIS + '"a ' * 200_000).encode(),
        (VERBOSE + "Sat 2026-11-21 06:48:11 UTC [s=\n" * 60_000 + "    A=\n" + "        b\n" * 100_000).encode(),
    ],
    ids=["journal", "events", "frames", "text", "w3c", "verbose"],
)
def test_hostile_files_take_time_linear_in_their_length(data):
    with no_hang():
        read(data, "upload")


def test_what_journalctl_prints_with_all_fields():
    table = read(VERBOSE, "journal.log")
    assert table.reports[0].format == "journald verbose"
    assert main(table) == ("2026-11-21 06:48:11.123456 UTC", "ERROR", "app", "it failed\na=b at x")
    assert main(table, 1) == ("2026-11-21 06:48:12.123456 UTC", None, None, "going on")
    assert table.cells.column("_PID").to_pylist() == ["12", None]
    assert list(table.lines) == [2, 10]
    assert table.cells.column("line").to_pylist()[0].startswith("Sat 2026-11-21 06:48:11.123456 UTC [s=abc")
    assert str(build_corpus(table).times[0]) == "2026-11-21T06:48:11.123"
    assert (
        read(VERBOSE.replace("\n", "\r\n"), "journal.log").cells.column("message").equals(table.cells.column("message"))
    )


def test_an_entry_without_fields_is_set_aside():
    bare = "Sat 2026-11-21 06:48:13.123456 UTC [s=abc;i=2]\n"
    table = read(VERBOSE + bare, "journal.log")
    assert table.n_rows == 2
    assert [(row.line, row.reason) for row in table.rejected] == [(12, "an entry without fields")]


def test_events_whose_beginnings_are_all_damaged_are_no_fault() -> None:
    damaged = (
        b"\xff\xff\xff\xffEvent[0]:\n  Log Name: System\n  Source: EventLog\n  Date: 2026-11-21T06\x0148:11.000\n"
        b" \x01Event[0]:\n  LOg Nam\xff\x94Of:- sy\x00\x00em\xff\xff\n  So~rce: E\x01veEEvent[0]:\n"
        b"  Log Name: System\n  Source: Eve\x01Event[0]:\n  Description: \n00123\xff\xffrinter\x96is jam\n"
    )
    source = Source("events.txt", "txt", damaged)
    rows = WindowsTextReader().read(source, lambda _: None)
    assert (rows.report.n_rows_kept, [row.reason for row in rows.rejected]) == (0, [BEFORE])
