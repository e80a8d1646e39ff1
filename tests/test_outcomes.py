"""Records that differ in what happened are never one text, wherever it is written: level, status, outcome, error."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest import build_corpus, collapse, read_table
from explorer.ingest.outcomes import find_outcomes, with_outcomes
from explorer.ingest.templates import template_values
from explorer.types import Distinct, ReadReport, Table


@pytest.fixture
def templates(tmp_path):
    def read(text: str, name: str = "app.log") -> Distinct:
        (tmp_path / name).write_text(text)
        distinct = collapse(build_corpus(read_table([tmp_path / name])))
        assert distinct.counts.sum() + distinct.n_empty == len(distinct.text_of_row)
        assert len(set(distinct.texts)) == distinct.n_texts
        return distinct

    return read


N = 12
IIS = "#Software: IIS\n#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status time-taken\n"

#: One line of each format with a place for what happened, and what the texts are called then.
SHAPES = {
    "combined": (
        '10.0.0.{i} - - [01/Mar/2024:09:00:{i:02} +0000] "GET /items/{i} HTTP/1.1" {x} {i} "-" "curl/8"\n',
        {"200": "GET /items/<num> HTTP/1.1 200", "500": "GET /items/<num> HTTP/1.1 500"},
    ),
    "common, no request": (
        '10.0.0.{i} - - [01/Mar/2024:09:00:{i:02} +0000] "-" {x} {i}\n',
        {"400": "- status=400", "408": "- status=408"},
    ),
    "logfmt": (
        'ts=2024-03-01T09:00:{i:02}Z level=info msg="auth" result={x} user=u{i}\n',
        {"ok": "auth result=ok", "denied": "auth result=denied"},
    ),
    "logfmt, boolean": (
        'ts=2024-03-01T09:00:{i:02}Z level=info msg="login of u{i}" authenticated=no retried=true success={x}\n',
        {"true": "login of <id> success=true", "false": "login of <id> success=false"},
    ),
    "JSON": (
        '{{"ts": "2024-03-01T09:00:{i:02}Z", "level": "info", "msg": "paid", "result": "{x}", '
        '"order": {{"n": {i}}}}}\n',
        {"ok": "paid result=ok", "failed": "paid result=failed"},
    ),
    "JSON, status": (
        '{{"time": "2024-03-01T09:00:{i:02}Z", "level": "info", "msg": "done", '
        '"http": {{"status_code": {x}}}, "n": {i}}}\n',
        {"200": "done status_code=200", "503": "done status_code=503"},
    ),
    "JSON, error": (
        '{{"time": "2024-03-01T09:00:{i:02}Z", "level": "error", "msg": "sync", "error": "{x} after {i} s"}}\n',
        {"refused": "sync error=refused after <duration>", "timed out": "sync error=timed out after <duration>"},
    ),
    "JSON, states": (
        '{{"time": "2024-03-01T09:00:{i:02}Z", "level": "info", "msg": "lookup", "cache": "{x}", "n": {i}}}\n',
        {"found": "lookup cache=found", "missing": "lookup cache=missing"},
    ),
    "level in a column": (
        "2024-03-01 09:00:{i:02},123 {x} [main] com.acme.App - connection {i} closed by peer\n",
        {"INFO": "INFO connection <num> closed by peer", "ERROR": "ERROR connection <num> closed by peer"},
    ),
    "level of syslog": (
        "<{x}>1 2024-03-01T09:00:{i:02}Z web su {i} ID47 - disk sda{i} was looked at\n",
        {"11": "ERROR disk <id> was looked at", "14": "INFO disk <id> was looked at"},
    ),
    "HAProxy": (
        "Mar  1 09:00:{i:02} lb haproxy[1]: 10.0.1.2:330{i:02} [01/Mar/2024:09:00:{i:02}.655] web app/web{i} "
        '10/0/30/69/1{i:02} {x} 27{i} - - ---- 1/1/1/1/0 0/0 "GET /index{i}.html HTTP/1.1"\n',
        {
            status: f"<ip> [<time>] web app/<id> <num>/<num>/<num>/<num>/<num> {status} <num> - - ---- "
            '<num>/<num>/<num>/<num>/<num> <num>/<num> "GET /<id>.html HTTP/1.1"'
            for status in ("200", "503")
        },
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_happened_tells_records_apart_in_every_format(templates, name):
    line, expected = SHAPES[name]
    values = list(expected)
    distinct = templates("".join(line.format(i=i, x=values[i % len(values)]) for i in range(N)))
    assert sorted(distinct.texts) == sorted(expected.values())
    assert list(distinct.counts) == [N // 2] * 2


def test_the_status_of_iis(templates):
    lines = "".join(f"2024-03-01 09:00:{i:02} GET /a/{i} - 10.0.0.2 {(200, 500)[i % 2]} {i}\n" for i in range(N))
    assert templates(IIS + lines).texts == ("GET /a/<num> 200", "GET /a/<num> 500")


def test_a_table_of_log_lines_has_levels_and_statuses_too(templates):
    rows = "".join(
        f"2024-03-01 09:00:{i:02},{('Info', 'Error')[i % 2]},2024-03-01 09:00:{i:02} took request {i},"
        f"{(200, 503)[i % 2]}\n"
        for i in range(N)
    )
    distinct = templates(f"date,severity,message,http_status\n{rows}", "logs.csv")
    assert distinct.texts == ("<time> took request <num> http_status=200", "<time> took request <num> http_status=503")
    rows = rows.replace(",503\n", ",200\n")
    distinct = templates(f"date,severity,message,http_status\n{rows}", "logs.csv")
    told = "<time> took request <num> http_status=200"
    assert distinct.texts == (f"ERROR {told}", f"INFO {told}")


def test_a_level_is_shown_only_where_it_differs(templates):
    line = "2024-03-01 09:00:01,123 {} [main] a.B - {}\n"
    said = [("INFO", "up"), ("INFO", "going down"), ("ERROR", "going down"), ("WARN", "slow"), ("WARN", "slow")]
    assert templates("".join(line.format(*one) for one in said)).texts == (
        "ERROR going down", "INFO going down", "slow", "up",
    )  # fmt: skip


def test_levels_tell_apart_texts_that_are_not_masked_too(tmp_path):
    (tmp_path / "a.log").write_text(
        "".join(f"2024-03-01 09:00:0{i} {x} gone\n" for i, x in enumerate(["INFO", "ERROR"]))
    )
    table = read_table([tmp_path / "a.log"])
    assert collapse(build_corpus(table, mask=False)).texts == ("ERROR gone", "INFO gone")


def test_values_stand_behind_the_wildcards_of_a_template_with_its_level():
    found = template_values("ERROR user <*> took <duration>", ["user bob took 5 ms", "user eve took 7 ms", "x"])
    assert (found.n_aligned, found.n_records) == (2, 3)
    assert [wildcard.values for wildcard in found.wildcards] == [(("bob", 1), ("eve", 1)), (("5 ms", 1), ("7 ms", 1))]
    assert template_values("ERROR disk <num>", ["ERROR disk 7"]).wildcards[0].values == (("7", 1),)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("zip_code", ["80331", "10115"]),  # a code, but of what
        ("bytes", ["200", "500"]),
        ("user", ["bob", "eve"]),
        ("debug", ["true", "false"]),
        ("state", [f"s{i}" for i in range(3)]),  # ids
        ("reason", [f"because of {'x' * i}" for i in range(50)]),
        ("result", ["ok"]),  # the same in every record
        ("kind", ["error", "info"]),  # levels
        ("mode", ["up", "down", "blue"]),
        ("status", ["x" * 41, "y"]),
    ],
)
def test_what_says_nothing_of_what_happened_stays_out(name, values):
    assert find_outcomes(make_table({name: values * (60 // len(values))})) == ()


def make_table(fields: dict[str, list[str | None]], messages: list[str | None] | None = None) -> Table:
    n = len(next(iter(fields.values())))
    said = messages or [f"message {i}" for i in range(n)]
    cells = pa.table(
        {
            "line": pa.array([f"line {i}: {one}" for i, one in enumerate(said)], pa.string()),
            "message": pa.array(said, pa.string()),
            **{name: pa.array(values, pa.string()) for name, values in fields.items()},
        }
    )
    report = ReadReport("a.log", "log lines", None, None, None, n, n, 0)
    return Table(cells, np.arange(n), np.zeros(n, np.int64), (report,), (), True)


def told(table: Table) -> list[str | None]:
    return with_outcomes(table.cells.column("message"), table).to_pylist()


def test_fields_stand_behind_the_first_line_and_in_a_fixed_order():
    table = make_table(
        {
            "outcome": ["lost", "found"],
            "rc": ["3", "0"],
            "error.message": ["bad\n  at x", None],
            "cached": ["yes", "no"],
        },
        ["went\n\tat a.B", ""],
    )
    assert told(table) == ["went rc=3 outcome=lost message=bad\n\tat a.B", " rc=0 outcome=found"]


def test_a_record_that_is_its_whole_line_has_its_fields_in_it():
    table = make_table({"result": ["ok", "denied"]}, ["x", "y"])
    whole = table.cells.set_column(1, "message", table.cells.column("line"))
    assert told(make_table({"result": ["ok", "denied"]}, ["x", None])) == ["x result=ok", None]
    assert with_outcomes(
        whole.column("message"), Table(whole, table.lines, table.sources, table.reports, (), True)
    ) == (whole.column("message"))


def test_what_a_message_says_is_not_said_again():
    table = make_table(
        {"status": ["502", "200", "404"], "result": ["lost", "found", "found"]},
        ["GET /x HTTP/1.1 502", "at=info status=200 result=found", "POST /y"],
    )
    assert told(table) == [
        "GET /x HTTP/1.1 502 result=lost",
        "at=info status=200 result=found",
        "POST /y 404 result=found",
    ]


def test_fields_of_the_same_name_keep_their_whole_names():
    table = make_table({"elb.status": ["502", "200"], "target.status": ["200", None]}, ["GET /x HTTP/1.1", "sync"])
    assert told(table) == ["GET /x HTTP/1.1 502 target.status=200", "sync elb.status=200"]


VALUES = st.sampled_from(["ok", "denied", "200", "404", "true", "no", "ERROR", None, "", " ", "a\nb", "x" * 50, "é"])
NAMES = st.sampled_from(
    ["status", "result", "error", "a.code", "b.code", "enabled", "x", "level", "state", "exit-code"]
)


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_nothing_is_lost_and_the_order_of_records_makes_no_difference(data):
    names = data.draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    n = data.draw(st.integers(1, 12))
    fields = {name: data.draw(st.lists(VALUES, min_size=n, max_size=n)) for name in names}
    messages = data.draw(st.lists(st.sampled_from(["a", "b\nc", "GET /x", None, ""]), min_size=n, max_size=n))
    out = told(make_table(fields, messages))
    for message, text in zip(messages, out, strict=True):
        assert (text is None) == (message is None)
        if text is not None and message is not None:
            first, _, rest = message.partition("\n")
            assert text.startswith(first)
            assert text.endswith(rest)
    order = list(range(n))
    random.Random(n).shuffle(order)
    moved = make_table({k: [v[i] for i in order] for k, v in fields.items()}, [messages[i] for i in order])
    assert told(moved) == [out[i] for i in order]
