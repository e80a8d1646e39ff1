"""What every reader promises, run over the registry: a new reader joins by adding an example of its format."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from email.message import EmailMessage

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from explorer.errors import InputError
from explorer.ingest import read_table
from explorer.ingest.readers import READERS, Confidence, Reader, choose_reader
from explorer.ingest.source import Source
from tests.workbooks import ods, xls, xlsb, xlsx

COLUMNS = ["id", "text"]
ROWS = [["00123", "Printer on floor 2 is jammed"], ["T-7", "Ärger mit dem Drucker 🙂"], ["T-8", "NA"], ["T-9", "null"]]


def csv_bytes() -> bytes:
    return "\n".join([",".join(COLUMNS), *(",".join(row) for row in ROWS)]).encode()


def lines_bytes() -> bytes:
    return "\n".join(" ".join(row) for row in ROWS).encode()


def drawn_bytes() -> bytes:
    lines = [" | ".join(["", *row, ""]).strip() for row in [COLUMNS, ["---", "---"], *ROWS]]
    return "\n".join(lines).encode()


def aligned_bytes() -> bytes:
    return "\n".join(f"{a:<6} {b}" for a, b in [COLUMNS, ["-" * 6, "-" * 30], *ROWS]).encode()


def jsonl_bytes() -> bytes:
    return "\n".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in ROWS).encode()


def json_bytes() -> bytes:
    return json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in ROWS], indent=1).encode()


def xlsx_bytes() -> bytes:
    return xlsx([COLUMNS, *ROWS])


def ods_bytes() -> bytes:
    return ods([COLUMNS, *ROWS])


def parquet_bytes() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(dict(zip(COLUMNS, zip(*ROWS, strict=True), strict=True))), buffer)
    return buffer.getvalue()


def feather_bytes() -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(pa.table(dict(zip(COLUMNS, zip(*ROWS, strict=True), strict=True))), buffer)
    return buffer.getvalue()


def message(number: int) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "ann@example.org", "help@example.org", f"<{number}@example.org>"
    made["Subject"] = ROWS[number][0]
    made.set_content(ROWS[number][1], cte="base64")
    return made.as_bytes()


def mbox_bytes() -> bytes:
    return b"\n".join(b"From ann Tue Jan  2 10:11:12 2024\n" + message(number) for number in range(len(ROWS)))


def journal_bytes() -> bytes:
    blocks = (
        f"__CURSOR=s={i}\n__REALTIME_TIMESTAMP=17{i:014}\nMESSAGE={' '.join(row)}\n" for i, row in enumerate(ROWS)
    )
    return "\n".join(blocks).encode()


def journal_verbose_bytes() -> bytes:
    head = "Sat 2026-11-21 06:48:11.123456 UTC [s=abc;i={}]\n    _PID=1\n    MESSAGE={}\n"
    return "".join(head.format(i, " ".join(row)) for i, row in enumerate(ROWS)).encode()


def event_xml_bytes() -> bytes:
    schema = "http://schemas.microsoft.com/win/2004/08/events/event"
    events = (
        f"<Event xmlns='{schema}'><RenderingInfo><Message>{' '.join(row)}</Message></RenderingInfo></Event>"
        for row in ROWS
    )
    return "\n".join(events).encode("utf-16")


def event_text_bytes() -> bytes:
    head = "  Log Name: System\n  Source: EventLog\n  Date: 2026-11-21T06:48:11.000\n  Description: \n"
    return "\n".join(f"Event[{i}]:\n{head}{' '.join(row)}\n" for i, row in enumerate(ROWS)).encode()


def event_csv_bytes() -> bytes:
    head = "Level,Date and Time,Source,Event ID,Task Category"
    return "\n".join([head, *(f"Error,11/21/2026 6:48:11 AM,App,7,None,{' '.join(row)}" for row in ROWS)]).encode()


def w3c_bytes() -> bytes:
    lines = (f"2026-11-21\t06:48:11\t{' '.join(row)}" for row in ROWS)
    return "\n".join(["#Version: 1.0", "#Fields: date time x-text", *lines]).encode()


def json_log_bytes() -> bytes:
    entries = [
        {"timestamp": f"2026-11-21T06:48:1{i}Z", "severity": "ERROR", "message": " ".join(row)}
        for i, row in enumerate(ROWS)
    ]
    return json.dumps({"entries": entries}).encode()


def html_bytes() -> bytes:
    rows = (f"<tr><td>{key}</td><td>{text}</td></tr>" for key, text in ROWS)
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    return f"<html><body><table><tr>{head}</tr>{''.join(rows)}</table></body></html>".encode()


def xml_workbook_bytes() -> bytes:
    cells = ("".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) for row in [COLUMNS, *ROWS])
    rows = "".join(f"<Row>{row}</Row>" for row in cells)
    schema = "urn:schemas-microsoft-com:office:spreadsheet"
    sheet = f'<Worksheet ss:Name="S"><Table>{rows}</Table></Worksheet>'
    return f'<?xml version="1.0"?><Workbook xmlns="{schema}" xmlns:ss="{schema}">{sheet}</Workbook>'.encode()


def xml_bytes() -> bytes:
    tickets = (f"<ticket><id>{key}</id><text>{text}</text></ticket>" for key, text in ROWS)
    return f'<?xml version="1.0"?>\n<tickets>{"".join(tickets)}</tickets>'.encode()


def xml_log_bytes() -> bytes:
    records = (
        f"<record><date>2026-11-21T06:48:1{i}</date><level>SEVERE</level><message>{' '.join(row)}</message></record>"
        for i, row in enumerate(ROWS)
    )
    return f'<?xml version="1.0"?>\n<log>{"".join(records)}</log>'.encode()


EXAMPLES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "csv": ("tickets.csv", csv_bytes),
    "log lines": ("app.log", lines_bytes),
    "drawn table": ("tickets.md", drawn_bytes),
    "fixed width": ("tickets.txt", aligned_bytes),
    "journald export": ("journal.export", journal_bytes),
    "journald verbose": ("journal.txt", journal_verbose_bytes),
    "Windows events (XML)": ("events.xml", event_xml_bytes),
    "Windows events (text)": ("events.txt", event_text_bytes),
    "Windows events (CSV)": ("events.csv", event_csv_bytes),
    "W3C extended log": ("u_ex261121.log", w3c_bytes),
    "JSON log": ("entries.json", json_log_bytes),
    "jsonl": ("tickets.jsonl", jsonl_bytes),
    "json": ("tickets.json", json_bytes),
    "xlsx": ("tickets.xlsx", xlsx_bytes),
    "ods": ("tickets.ods", ods_bytes),
    "xls": ("tickets.xls", lambda: xls([COLUMNS, *ROWS])),
    "xlsb": ("tickets.xlsb", lambda: xlsb([COLUMNS, *ROWS])),
    "html": ("tickets.xls", html_bytes),
    "xml workbook": ("tickets.xls", xml_workbook_bytes),
    "XML log": ("java0.log", xml_log_bytes),
    "xml": ("tickets.xml", xml_bytes),
    "mbox": ("tickets.mbox", mbox_bytes),
    "eml": ("ticket.eml", lambda: message(0)),
    "feather": ("tickets.feather", feather_bytes),
    "parquet": ("tickets.parquet", parquet_bytes),
}

#: Formats with columns of their own, and the two that hold what COLUMNS hold elsewhere.
OWN_COLUMNS = {"mbox": ["subject", "body"], "eml": ["subject", "body"]}
#: Formats that hold one record.
SINGLE = {"eml"}

every_reader = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


def example(reader: Reader) -> Source:
    name, make = EXAMPLES[reader.name]
    return Source(name, name.rpartition(".")[2], make())


def example_rows(reader: Reader) -> list[list[str]]:
    return ROWS[:1] if reader.name in SINGLE else ROWS


def read_or_refuse(reader: Reader, source: Source) -> str:
    """The sentence of a refusal, or "" for a file that was read."""
    try:
        report = reader.read(source, lambda _: None).report
    except InputError as error:
        return str(error)
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected
    return ""


@every_reader
def test_has_an_example(reader: Reader) -> None:
    assert reader.name in EXAMPLES, "add an example of the new format to EXAMPLES"


@every_reader
def test_is_chosen_for_its_own_format(reader: Reader) -> None:
    assert choose_reader(example(reader)) is reader


@every_reader
def test_counts_rows_and_names_their_lines(reader: Reader) -> None:
    ticks: list[int] = []
    cells, lines, report, rejected = reader.read(example(reader), ticks.append)
    assert report.n_rows_read == report.n_rows_kept + report.n_rows_rejected == len(example_rows(reader))
    assert cells.num_rows == len(lines) == report.n_rows_kept
    assert len(rejected) == report.n_rows_rejected
    assert lines.dtype == np.int64
    assert (np.diff(lines) > 0).all()
    assert lines[0] >= 1
    assert ticks[-1] == report.n_rows_kept
    assert report.format == reader.name
    assert all(kind == pa.string() for kind in cells.schema.types)


@every_reader
def test_keeps_every_cell_as_it_is(reader: Reader) -> None:
    cells = reader.read(example(reader), lambda _: None).cells
    if reader.is_lines:
        name = "line" if reader.name == "log lines" else "message"
        assert cells.column(name).to_pylist() == [" ".join(row) for row in ROWS]
    else:
        names = OWN_COLUMNS.get(reader.name, cells.column_names)
        assert reader.name in OWN_COLUMNS or names == COLUMNS
        assert [list(row.values()) for row in cells.select(names).to_pylist()] == example_rows(reader)


@every_reader
def test_reads_the_same_from_gzip(reader: Reader, tmp_path) -> None:
    name, make = EXAMPLES[reader.name]
    plain, packed = tmp_path / name, tmp_path / f"{name}.gz"
    plain.write_bytes(make())
    packed.write_bytes(gzip.compress(make()))
    one, two = read_table([plain]), read_table([packed])
    assert one.cells.equals(two.cells)
    assert one.reports[0].format == two.reports[0].format == reader.name


@every_reader
def test_is_chosen_whatever_the_file_is_called(reader: Reader) -> None:
    source = example(reader)
    renamed = Source("upload", "", source.data)
    assert choose_reader(renamed) is reader


@every_reader
@pytest.mark.parametrize(
    "data", [b"\x00", b"\x00" * 100, bytes(range(256)) * 40, b"PK\x03\x04", b"PAR1PAR1", b"[", b"{", b'"']
)
def test_strange_bytes_get_a_sentence_or_nothing(reader: Reader, data: bytes) -> None:
    for suffix in ("", example(reader).suffix):
        source = Source(f"strange.{suffix}", suffix, data)
        if reader.sniff(source) == Confidence.NO:
            continue
        message = read_or_refuse(reader, source)
        assert message == "" or "strange." in message


@every_reader
def test_a_file_cut_anywhere_is_read_or_refused_in_a_sentence(reader: Reader) -> None:
    source = example(reader)
    for end in range(1, len(source.data), max(len(source.data) // 40, 1)):
        cut = Source(source.name, source.suffix, source.data[:end])
        if reader.sniff(cut) == Confidence.NO:
            continue
        message = read_or_refuse(reader, cut)
        assert message == "" or message.startswith(source.name)
