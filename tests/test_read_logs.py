"""read_table and build_corpus on log files: every line that is not blank is a record, with its time and level."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import InputError, UnreadableFileError
from explorer.ingest import build_corpus, read_table
from explorer.params import ReadParams
from explorer.types import Table

LINES = [
    "2026-11-21 06:48:11,123 INFO [main] Server started on port 8080",
    "2026-11-21 06:48:12,001 WARN [pool-1] Slow query took 1200 ms",
    "2026-11-21 06:48:13,456 ERROR [pool-2] Connection to 10.0.0.7:5432 refused",
]


@pytest.fixture
def read(tmp_path):
    def read_log(data: str | bytes, name: str = "app.log", **reading) -> Table:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_table([path], params=ReadParams(**reading))

    return read_log


@pytest.mark.parametrize("name", ["app.log", "notes.txt", "APP.LOG", "app.log.1", "app.log.2026-11-21", "messages"])
def test_text_files_are_read_line_by_line(read, name):
    table = read("\n".join(LINES), name)
    assert table.is_lines
    assert table.columns[0] == "line"
    assert table.cells.column("line").to_pylist() == LINES
    assert table.reports[0].format == "log4j or logback"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_are_passed_over_but_counted_as_lines(read, end):
    table = read(end.join(["", LINES[0], "", "   ", LINES[1], ""]))
    assert table.cells.column("line").to_pylist() == LINES[:2]
    assert list(table.lines) == [2, 5]
    assert table.reports[0].n_rows_read == 2


def test_separators_inside_a_line_do_not_split_it(read):
    line = "one\u2028two\x0bthree\x0cfour\x85five"
    assert read(line + "\nnext\n").cells.column("line").to_pylist() == [line, "next"]


def test_quotes_and_delimiters_mean_nothing_in_a_log(read):
    lines = ['a,"b', "c;d", '"']
    assert read("\n".join(lines)).cells.column("line").to_pylist() == lines


def test_the_user_decides_how_a_text_file_is_read(read):
    data = "id,text\n1,a\n"
    assert read(data, "t.csv", as_lines=True).cells.column("line").to_pylist() == ["id,text", "1,a"]
    assert read(data, "t.log", as_lines=False).columns == ["id", "text"]
    assert read(data, "t.log").is_lines
    assert not read(data, "t.dat").is_lines
    assert read("Nov 21 06:48:11 h a[1]: x, y, z\n" * 5, "messages-20261121.dat").is_lines
    assert not read("time,text,state\n" + "2026-11-21 06:48:11,a text,open\n" * 5, "export.dat").is_lines


def test_a_workbook_cannot_be_read_as_lines(read):
    with pytest.raises(UnreadableFileError, match="not a text file"):
        read(b"PAR1" + b"\x00" * 20 + b"PAR1", "t.parquet", as_lines=True)


def test_nul_bytes_left_by_log_rotation_are_replaced_and_counted(read):
    table = read(b"\x00" * 500_000 + LINES[0].encode() + b"\n" + LINES[1].replace(" ", "\x00", 1).encode())
    assert table.cells.column("line").to_pylist() == [LINES[0], LINES[1].replace(" ", "\ufffd", 1)]
    assert table.reports[0].n_cells_repaired == 2


def test_lines_have_times_levels_and_places(read):
    corpus = build_corpus(read("\n".join([*LINES, "    at com.example.Main.run(Main.java:17)"])))
    assert corpus.kind == "logs"
    assert corpus.mask
    assert corpus.ids == ("app.log:1", "app.log:2", "app.log:3")
    assert corpus.times is not None
    assert [str(time) for time in corpus.times] == [
        "2026-11-21T06:48:11.123",
        "2026-11-21T06:48:12.001",
        "2026-11-21T06:48:13.456",
    ]
    assert corpus.fields.column("level").to_pylist() == ["INFO", "WARN", "ERROR"]
    assert corpus.roles.categories == ("level",)
    assert corpus.roles.text == ("message",)
    assert any("1 line" in note for note in corpus.reports[0].notes)
    assert any("masked" in note for note in corpus.reports[0].notes)


def test_lines_without_times_or_levels_have_none(read):
    corpus = build_corpus(read("first\nsecond\n"))
    assert corpus.times is None
    assert corpus.fields.column_names == ["line"]
    assert corpus.roles.categories == ()


def test_each_file_has_its_own_way_of_writing_times(tmp_path):
    (tmp_path / "a.log").write_text("2026-11-21 06:48:11 INFO a\n2026-11-21 06:48:12 INFO b\n")
    (tmp_path / "b.log").write_text('1.2.3.4 - - [21/Nov/2026:06:48:13 +0000] "GET / HTTP/1.1" 200 5\n')
    corpus = build_corpus(read_table([tmp_path / "a.log", tmp_path / "b.log"]))
    assert corpus.times is not None
    assert not np.isnat(corpus.times).any()
    assert corpus.ids == ("a.log:1", "a.log:2", "b.log:1")
    assert list(corpus.sources) == [0, 0, 1]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-21 06:48:11 ERROR disk is full", "ERROR"),
        ("[error] disk is full", "ERROR"),
        ('{"x" level="warning" msg', "WARN"),
        ("level=info msg=started", "INFO"),
        ("E1121 06:48:11.000001 1 main.go:5] disk is full", "ERROR"),
        ("03-17 16:13:38.811  1702  2395 D WindowManager: x", "DEBUG"),
        ("RAS KERNEL FATAL data storage interrupt", "FATAL"),
        ("SEVERE: cannot start", "ERROR"),
        ("an error happened while the info page was open", None),
        ("ERROR_CODE_NAMES loaded from /etc/ERROR.txt", None),
    ],
)
def test_the_level_of_a_line_is_found(read, line, level):
    corpus = build_corpus(read(f"{line}\nplain\n"))
    levels = corpus.fields.column("level").to_pylist() if level else [None]
    assert levels[0] == level


def test_a_table_of_log_lines_is_known_as_logs(read):
    data = "id,message,host\n" + "".join(f'{i},"{line}",h{i % 3}\n' for i, line in enumerate(LINES * 5))
    corpus = build_corpus(read(data, "logs.csv"))
    assert corpus.kind == "logs"
    assert corpus.mask
    assert corpus.roles.text == ("message",)
    assert corpus.times is not None
    assert not build_corpus(read(data, "logs.csv"), mask=False).mask


def test_a_log_of_nothing_but_blanks_is_refused(read):
    with pytest.raises(InputError, match=r"app\.log has blank lines but no rows"):
        read("\n\n   \n")
