"""No line of a log is lost: traces join their record, files come in the order of time, hostile lines take no time."""

from __future__ import annotations

import csv
import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.cli import main
from explorer.ingest import build_corpus, continuation, read_table
from explorer.ingest.inspection import inspect_table
from explorer.ingest.log_formats import LOG_FORMATS
from explorer.ingest.readers import lines as lines_reader
from explorer.ingest.readers.lines import LinesReader
from explorer.ingest.source import Source
from explorer.params import ReadParams
from explorer.types import Table
from tests.patience import no_hang
from tests.test_log_formats import EXAMPLES

HEAD = "2026-11-21 06:48:11,123 ERROR [main] com.x.Foo: it failed"
NEXT = "2026-11-21 06:48:12,123 INFO [main] com.x.Foo: going on"

TRACES = {
    "Java": """java.lang.IllegalStateException: no
more to say
\tat com.x.Foo.bar(Foo.java:17)
\tat com.x.Foo$$Lambda$1/0x1.run(Unknown Source)
\tSuppressed: java.io.IOException: closed
\t\tat com.x.Foo.close(Foo.java:1)
Caused by: java.sql.SQLException: ORA-1
\t... 12 more""",
    "Python": """Traceback (most recent call last):
  File "/app/a.py", line 3, in <module>
    run()
requests.exceptions.Timeout: slow

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/a.py", line 5, in <module>
    raise Gone
app.Gone""",
    "Go": """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
\t/app/main.go:8 +0x1d
created by net/http.(*Server).Serve
\t/usr/lib/go/src/net/http/server.go:2969 +0x36c
exit status 2""",
    "JavaScript": """TypeError: Cannot read properties of undefined (reading 'x')
    at run (/app/a.js:3:7)
    at async Promise.all (index 0) {
  code: 'E'
}""",
    ".NET": """System.InvalidOperationException: no
 ---> System.Exception: inner
   at Shop.A.B() in C:\\\\a.cs:line 3
   --- End of inner exception stack trace ---
   at Shop.C.D()""",
    "Rust": """thread 'main' panicked at src/main.rs:4:5:
index out of bounds: the len is 3 but the index is 99
stack backtrace:
   0: rust_begin_unwind
             at /rustc/x/library/std/src/panicking.rs:578:5
note: run with `RUST_BACKTRACE=full` for a verbose backtrace.""",
    "Ruby": """app.rb:3:in `foo': undefined method (NoMethodError)
\tfrom app.rb:7:in `bar'
\tfrom app.rb:9:in `<main>'""",
    "Rails": """RuntimeError (boom):
app/models/order.rb:12:in `total'
app/views/orders/index.html.erb:5:in 'block in render'""",
    "JSON payload": """{
  "order": 17,
  "lines": [
    1
  ]
}""",
    "PHP": """[stacktrace]
#0 /var/www/b.php(10): foo()
#1 [internal function]: Shop->bar()
#2 {main}
"} """,
    "XML payload": """<order>
  <id>17</id>
</order>""",
}


def read_text(text: str, **reading) -> Table:
    made = LinesReader().read(
        Source("app.log", "log", text.encode("utf-8", "surrogatepass"), params=ReadParams(**reading)), lambda _: None
    )
    assert made.report.n_rows_read == made.report.n_rows_kept == len(made.lines) == made.cells.num_rows
    return Table(made.cells, made.lines, np.zeros(len(made.lines), np.int64), (made.report,), (), True)


def filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line and not line.isspace()]


@pytest.mark.parametrize("language", TRACES)
def test_a_trace_joins_its_record(language):
    table = read_text("\n".join([NEXT, HEAD, TRACES[language], NEXT]))
    assert table.cells.column("line").to_pylist() == [NEXT, f"{HEAD}\n{TRACES[language]}", NEXT]
    assert table.cells.column("message").to_pylist()[1] == f"it failed\n{TRACES[language]}"
    assert list(table.lines) == [1, 2, 3 + len(TRACES[language].split("\n"))]
    assert table.reports[0].n_lines_joined == len(filled(TRACES[language].split("\n")))


@pytest.mark.parametrize("language", ["Java", "Python", "Go", ".NET", "JavaScript"])
def test_a_trace_is_one_record_of_a_plain_text_too(language):
    table = read_text("\n".join(["the first", "the second", TRACES[language], "the third"]))
    lines = table.cells.column("line").to_pylist()
    assert lines[:2] == ["the first", "the second"]
    assert lines[-1] == "the third"
    assert "\n".join(lines[2:-1]) == TRACES[language]
    assert len(lines) <= (5 if language == "Java" else 4)  # the second line of a message may as well be another record


NODE = """/app/index.js:10
    throw new Error('boom');
    ^

Error: boom
    at Object.<anonymous> (/app/index.js:10:11) {
  code: 'E_BOOM',
  cause: TypeError: x
      at y (/app/z.js:1:1)
}

Node.js v18.17.1"""


@pytest.mark.parametrize("others", [("server is listening", "started again"), (NEXT, NEXT)])
def test_what_node_prints_when_it_dies_is_one_record(others):
    before, after = others
    table = read_text("\n".join([before, NODE, after]))
    assert table.cells.column("line").to_pylist() == [before, NODE, after]


ANDROID = "03-01 09:00:0{}.123  1000  {} E {}: {}"
CRASH = [
    "FATAL EXCEPTION: main",
    "Process: com.x, PID: 1000",
    "java.lang.NullPointerException: x",
    "\tat a.b.c(D.java:1)",
    "\tat a.b.c(D.java:2)",
    "Caused by: java.io.IOException: y",
    "\t... 12 more",
]


def test_a_trace_of_lines_with_a_prefix_each_is_one_record():
    own = [ANDROID.format(7, 1001, "AndroidRuntime", one) for one in CRASH]
    other = [ANDROID.format(7, 1001, "App", "tick"), ANDROID.format(8, 1001, "App", "\tat a.b.c(D.java:1)")]
    table = read_text("\n".join([other[0], *own, *other]))
    assert table.cells.column("message").to_pylist() == ["tick", "\n".join(CRASH), "tick", "\tat a.b.c(D.java:1)"]
    assert table.cells.column("line").to_pylist() == [other[0], "\n".join(own), *other]
    assert list(table.lines) == [1, 2, 9, 10]
    assert table.reports[0].n_lines_joined == 6


def test_words_of_the_same_second_are_not_part_of_a_trace():
    said = ["request 1", "java.lang.NullPointerException: x", "\tat a.b.c(D.java:1)", "request 2"]
    table = read_text("\n".join(f"Nov 21 06:48:11 web app[12]: {one}" for one in said))
    assert table.cells.column("message").to_pylist() == [said[0], "\n".join(said[1:3]), said[3]]


def test_a_python_trace_of_syslog_is_one_record():
    said = [
        "Traceback (most recent call last):", '  File "a.py", line 3, in f', "    run()", "ValueError: x", "going on",
    ]  # fmt: skip
    table = read_text("\n".join(f"Nov 21 06:48:11 web app[12]: {one}" for one in said))
    assert table.cells.column("message").to_pylist() == ["\n".join(said[:4]), "going on"]


def test_a_trace_of_syslog_goes_on_in_the_next_second():
    java = [
        "java.lang.RuntimeException: x",
        "\tat a.b.c(D.java:1)",
        "Caused by: java.io.IOException: y",
        "\t... 3 more",
    ]
    python = ["Traceback (most recent call last):", '  File "a.py", line 3, in f', "    run()", "ValueError: x"]
    chained = [*python, "During handling of the above exception, another exception occurred:", *python]
    for trace in (java, chained):
        said = ["request 1", *trace, "request 2"]
        table = read_text("\n".join(f"Nov 21 06:48:{11 + i:02} web app[12]: {one}" for i, one in enumerate(said)))
        assert table.cells.column("message").to_pylist() == ["request 1", "\n".join(trace), "request 2"]


@pytest.mark.parametrize("end", ["Request body:", "-", "c.e.Sql -"])
def test_what_a_head_announces_joins_it_up_to_what_may_be_of_another_log(end):
    head = f"2026-11-21 06:48:11,123 INFO [main] com.x.Web {end}"
    other = '10.0.0.1 - - [21/Nov/2026:06:48:12 +0000] "GET /a HTTP/1.1" 200 12'
    table = read_text(
        "\n".join([NEXT, head, "select a", "  from b", "where c", "WARN: low", NEXT, head, other, "more"])
    )
    records = [NEXT, f"{head}\nselect a\n  from b\nwhere c", "WARN: low", NEXT, head, other, "more"]
    assert table.cells.column("line").to_pylist() == records


def test_a_crash_of_ruby_below_an_unrelated_record_is_a_record_of_its_own():
    table = read_text("\n".join([NEXT, NEXT, TRACES["Ruby"].replace("app.rb", "/srv/app.rb"), NEXT]))
    assert table.n_rows == 4


def test_a_crash_below_an_unrelated_record_is_a_record_of_its_own():
    table = read_text("\n".join([NEXT, NEXT, TRACES["Go"]]))
    assert table.cells.column("line").to_pylist() == [NEXT, NEXT, TRACES["Go"]]
    assert table.cells.column("level").to_pylist() == ["INFO", "INFO", None]


def test_lines_of_no_known_format_are_kept_whole_and_counted():
    table = read_text("\n".join([HEAD, NEXT, "=== a banner ===", HEAD]))
    assert table.cells.column("message").to_pylist() == ["it failed", "going on", "=== a banner ===", "it failed"]
    assert any("1 record is not in the format" in note for note in table.reports[0].notes)


def test_an_endless_trace_is_cut_and_the_report_says_so():
    table = read_text("\n".join([HEAD, *["\tat a.b(C.java:1)"] * (continuation.MAX_JOINED + 5), NEXT]))
    assert table.n_rows == 3
    assert any("became several" in note for note in table.reports[0].notes)


any_line = st.sampled_from(
    [HEAD, NEXT, "", "  ", "plain", "\tat a.b(C.java:1)", "Caused by: x", "}", "  indented", "é\u2028x"]
)
in_parts = st.sampled_from(
    [
        "2026-11-21T06:48:11.1Z stdout P one ",
        "2026-11-21T06:48:11.2Z stdout F two",
        "2026-11-21T06:48:11.2Z stderr F \tat a.b(C.java:1)",
        "03-01 09:00:07.123  1000  1001 E App: java.lang.Error: x",
        "03-01 09:00:07.123  1000  1001 E App: \tat a.b(C.java:1)",
        "/app/index.js:10",
        "    ^",
        "\x1b[31mERROR\x1b[0m gone",
        '{"log":"one ","stream":"stdout","time":"2026-11-21T06:48:11.1Z"}',
        '{"log":"two\\n","stream":"stdout","time":"2026-11-21T06:48:11.1Z"}',
    ]
)
some_line = st.one_of(
    any_line,
    in_parts,
    st.sampled_from([line for text, *_ in EXAMPLES.values() for line in text.splitlines()]),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=20),
)


@settings(deadline=None, max_examples=60)
@given(
    st.one_of(st.lists(lines, min_size=1, max_size=30) for lines in (some_line, in_parts)).filter(filled),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(40, 400),
)
def test_no_line_is_lost_or_changed_however_the_text_is_cut_into_pieces(lines, end, piece):
    before = lines_reader._PIECE
    lines_reader._PIECE = piece
    try:
        table = read_text(end.join(lines))
    finally:
        lines_reader._PIECE = before
    records = table.cells.column("line").to_pylist()
    physical = [line.removeprefix("\ufeff") if number == 0 else line for number, line in enumerate(lines)]
    assert filled("\n".join(records).split("\n")) == filled(physical)
    for record, line in zip(records, table.lines.tolist(), strict=True):
        assert physical[line - 1 : line - 1 + record.count("\n") + 1] == record.split("\n")


@pytest.mark.parametrize("name", LOG_FORMATS)
def test_no_line_takes_long(name):
    starts = [line for text, *_ in EXAMPLES.values() for line in text.splitlines()[:1]]
    attacks = [
        "[" * 50_000,
        "a=" * 30_000,
        '"' + "\\" * 50_001,
        "{" * 50_000,
        "1:" * 30_000,
        "a.b" * 20_000,
        "<1>" * 20_000,
    ]
    text = "\n".join([*attacks, *(start + attack for start in starts[:6] for attack in attacks[:4]), "x" * 5_000_000])
    with no_hang():
        table = read_text(text, log_format=name)
    assert filled("\n".join(table.cells.column("line").to_pylist()).split("\n")) == text.split("\n")


def test_the_lines_of_several_formats_in_one_file_are_all_kept():
    text = "\n".join(line for text, *_ in EXAMPLES.values() for line in text.splitlines())
    table = read_text(text)
    assert filled("\n".join(table.cells.column("line").to_pylist()).split("\n")) == filled(text.split("\n"))


# --- several files of one log ---


def log_lines(first: int, n: int, step: int = 1) -> str:
    return "".join(
        f"2026-11-21 06:{i // 60:02}:{i % 60:02},000 INFO [main] a.B: n{i}\n"
        for i in range(first, first + n * step, step)
    )


def test_rotated_files_come_in_the_order_of_time(tmp_path):
    (tmp_path / "app.log").write_text(log_lines(20, 10))
    (tmp_path / "app.log.1").write_text(log_lines(10, 10) + "    tail\n")
    (tmp_path / "app.log.2.gz").write_bytes(gzip.compress(log_lines(0, 10).encode()))
    corpus = build_corpus(read_table([tmp_path / name for name in ("app.log", "app.log.1", "app.log.2.gz")]))
    assert [text.split("\n")[0] for text in corpus.texts] == [f"n{i}" for i in range(30)]
    assert list(corpus.sources) == [2] * 10 + [1] * 10 + [0] * 10
    assert list(corpus.lines) == [*range(1, 11)] * 3
    assert corpus.ids[0] == "app.log.2.gz:1"
    assert corpus.times is not None
    assert (np.diff(corpus.times) >= np.timedelta64(0)).all()
    assert any(
        "order of time, beginning with app.log.2.gz, app.log.1, app.log" in note for note in corpus.reports[0].notes
    )


def test_files_of_one_log_by_their_names_come_in_the_order_of_time_whatever_their_formats(tmp_path):
    other = log_lines(0, 6).replace(" INFO [main] a.B:", "")
    for newest, oldest, is_one in (("app.log", "app.log.1", True), ("app.log", "app-2026-11-20.log.gz", True),
                                   ("app.log", "web.log.1", False)):  # fmt: skip
        (tmp_path / newest).write_text(log_lines(20, 6))
        (tmp_path / oldest).write_bytes(gzip.compress(other.encode()) if oldest.endswith(".gz") else other.encode())
        corpus = build_corpus(read_table([tmp_path / newest, tmp_path / oldest]))
        assert len({report.format for report in corpus.reports}) == 2
        assert (list(corpus.sources) == [1] * 6 + [0] * 6) is is_one


def test_what_is_shown_and_written_of_rotated_files_is_in_the_order_that_the_note_names(tmp_path, capsys):
    (tmp_path / "app.log").write_text(log_lines(1, 30, 2))
    (tmp_path / "app.log.1").write_text(log_lines(0, 30, 2) + "    tail\n")
    (tmp_path / "one.log").write_text(log_lines(5, 3))
    paths = [tmp_path / name for name in ("app.log", "app.log.1")]
    table = read_table(paths)
    inspection, corpus = inspect_table(table), build_corpus(table)
    message = inspection.columns.index("message")
    assert [row[message].split("\n")[0] for row in inspection.sample] == [f"n{i}" for i in range(20)]
    assert list(inspection.sample_lines) == list(corpus.lines[:20]) == [line for line in range(1, 11) for _ in range(2)]
    assert main(["inspect", *map(str, paths), "--to", str(tmp_path / "out.csv")]) == 0
    assert "order of time, beginning with app.log.1, app.log" in capsys.readouterr().out
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        written = [row["message"] for row in csv.DictReader(file)]
    assert written == list(corpus.texts)
    alone = inspect_table(read_table([tmp_path / "one.log"]))
    assert list(alone.sample_lines) == [1, 2, 3]


def test_files_written_at_the_same_time_are_merged(tmp_path):
    (tmp_path / "a.log").write_text(log_lines(1, 10, 2))
    (tmp_path / "b.log").write_text(log_lines(0, 10, 2))
    corpus = build_corpus(read_table([tmp_path / "a.log", tmp_path / "b.log"]))
    assert corpus.texts == tuple(f"n{i}" for i in range(20))


def test_a_file_that_is_not_in_order_itself_keeps_its_lines_as_they_are(tmp_path):
    (tmp_path / "a.log").write_text(log_lines(10, 3))
    (tmp_path / "b.log").write_text(log_lines(5, 2) + log_lines(1, 2))
    corpus = build_corpus(read_table([tmp_path / "a.log", tmp_path / "b.log"]))
    assert corpus.texts == ("n5", "n6", "n1", "n2", "n10", "n11", "n12")


def test_a_missing_year_comes_from_the_name_of_the_file(tmp_path):
    path = tmp_path / "messages-20240301"
    path.write_text("Dec 31 23:59:59 host a[1]: x\nJan  1 00:00:01 host a[1]: y\nFeb 29 12:00:00 host a[1]: z\n")
    corpus = build_corpus(read_table([path]))
    assert corpus.times is not None
    assert [str(one) for one in corpus.times] == [
        "2023-12-31T23:59:59.000",
        "2024-01-01T00:00:01.000",
        "2024-02-29T12:00:00.000",
    ]
    assert any("2023 to 2024 was taken" in note for note in corpus.reports[0].notes)
    assert any("no zone" in note for note in corpus.reports[0].notes)


# --- containers ---


def in_container(text: str, style: str) -> str:
    prefix = {"CRI": "2026-11-21T06:48:11.{:09}Z stderr F ", "Compose": "web_1  | "}[style]
    return "".join(prefix.format(number) + line + "\n" for number, line in enumerate(text.split("\n")))


@pytest.mark.parametrize("style", ["CRI", "Compose"])
@pytest.mark.parametrize("language", ["Java", "Python", "Go", "JavaScript"])
def test_a_trace_joins_its_record_behind_the_prefix_of_a_container(style, language):
    table = read_text(in_container("\n".join([NEXT, HEAD, TRACES[language], NEXT]), style))
    assert table.cells.column("message").to_pylist() == ["going on", f"it failed\n{TRACES[language]}", "going on"]
    assert table.cells.column("level").to_pylist() == ["INFO", "ERROR", "INFO"]
    assert table.cells.column("component").to_pylist() == ["com.x.Foo"] * 3
    assert table.reports[0].format.endswith(": log4j or logback")


def test_lines_of_a_container_in_no_known_format_are_records():
    table = read_text(in_container("\n".join(["one", "two", TRACES["Ruby"], "three"]), "CRI"))
    assert table.cells.column("message").to_pylist() == ["one", "two", TRACES["Ruby"], "three"]
    assert table.reports[0].format == "Kubernetes (CRI)"
    assert not any("not in the format" in note for note in table.reports[0].notes)


CRI = "2026-11-21T06:48:11.{:09}Z {} {} {}"


def test_parts_of_a_long_line_are_one_line_again():
    parts = [
        ("stdout", "P", '{"level":"info","ts":"2026-11-21T06:4'),
        ("stdout", "P", '8:11Z","msg":"a'),
        ("stdout", "F", ' b"}'),
    ]
    lines = [CRI.format(i, *one) for i, one in enumerate(parts)]
    whole = CRI.format(9, "stdout", "F", '{"level":"error","ts":"2026-11-21T06:48:12Z","msg":"c"}')
    table = read_text("\n".join([whole, *lines, whole]))
    assert table.cells.column("message").to_pylist() == ["c", "a b", "c"]
    assert table.cells.column("level").to_pylist() == ["ERROR", "INFO", "ERROR"]
    assert table.cells.column("line").to_pylist() == [whole, "\n".join(lines), whole]


def test_a_trace_may_follow_a_line_in_parts():
    said = [("stderr", "P", HEAD[:40]), ("stderr", "F", HEAD[40:]), ("stderr", "F", "\tat a.b(C.java:1)")]
    table = read_text("\n".join(CRI.format(i, *one) for i, one in enumerate(said)))
    assert table.cells.column("message").to_pylist() == ["it failed\n\tat a.b(C.java:1)"]


def test_parts_of_two_streams_are_not_mixed():
    said = [("stdout", "P", "a "), ("stderr", "F", "b"), ("stdout", "P", "c "), ("stdout", "F", "d")]
    table = read_text("\n".join(CRI.format(i, *one) for i, one in enumerate(said)))
    assert table.cells.column("message").to_pylist() == ["a ", "b", "c d"]


def docker(messages: list[str]) -> str:
    return "\n".join(json.dumps({"log": one, "stream": "stdout", "time": "2026-11-21T06:48:11.1Z"}) for one in messages)


def test_a_message_of_docker_without_a_line_end_goes_on():
    table = read_text(docker(["one ", "and two\n", "three\n"]))
    assert table.cells.column("message").to_pylist() == ["one and two", "three"]
    table = read_text(docker(["one", "two", "three"]))  # whoever passed them on took all line ends off
    assert table.cells.column("message").to_pylist() == ["one", "two", "three"]
