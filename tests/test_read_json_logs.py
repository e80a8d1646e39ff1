"""JSON that clouds and trackers send: pages put together, lists offered, log entries as logs, rich text as text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.ingest.corpus import build_corpus
from explorer.ingest.readers.json_values import Parser
from explorer.ingest.readers.rich_text import is_rich_text, rich_text
from tests.reading import notes, read, rows

TICKETS = [{"id": n, "subject": f"printer {n} jams", "tags": ["a"], "via": {"channel": "mail"}} for n in range(6)]


# --- pages and lists ---


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "upload"])
@pytest.mark.parametrize("between", ["\n", "", "\n\n"])
def test_pages_behind_one_another_are_one_list(name, between):
    pages = [{"tickets": TICKETS[at : at + 2], "next_page": f"https://x/{at}", "count": 6} for at in (0, 2, 4)]
    table = read(between.join(map(json.dumps, pages)), name)
    assert [row["id"] for row in table.cells.to_pylist()] == [str(n) for n in range(6)]
    assert "'tickets'" in notes(table)


def test_an_empty_last_page_and_a_second_list_on_each_page_are_fine():
    pages = [{"tickets": TICKETS[:3], "users": [{"id": 1}]}, {"tickets": TICKETS[3:], "users": []}, {"tickets": []}]
    text = "\n".join(map(json.dumps, pages))
    table = read(text, "t.json")
    assert table.n_rows == 6
    assert "'users' (1) too" in notes(table)
    assert read(text, "t.json", sheet="users").n_rows == 1


def test_records_with_a_list_of_their_own_are_no_pages():
    text = "\n".join(json.dumps({"id": n, "subject": "VPN", "comments": [{"by": "Ann"}]}) for n in range(5))
    table = read(text, "t.jsonl")
    assert table.n_rows == 5
    assert table.columns == ["id", "subject", "comments"]


def test_the_lines_of_log_streams_are_records_with_their_labels():
    result = [
        {"stream": {"app": "web", "level": "error"}, "values": [["1709283600000000000", "boom 1"], ["2", "boom 2"]]},
        {"stream": {"app": "db", "line": "x"}, "values": [["1709283601000000000", "slow query", {"trace": "t1"}]]},
    ]
    text = json.dumps({"status": "success", "data": {"resultType": "streams", "result": result}})
    table = read(text, "loki.json")
    assert table.is_lines
    assert table.cells.column("message").to_pylist() == ["boom 1", "boom 2", "slow query"]
    assert table.cells.column("level").to_pylist() == ["ERROR", "ERROR", None]
    as_table = read(text, "loki.json", as_lines=False)
    assert as_table.columns == ["time", "app", "level", "line", "line (label)", "trace"]
    assert rows(as_table)[2] == ["1709283601000000000", "db", None, "slow query", "x", "t1"]


def test_fields_with_their_values_are_one_record():
    times = (f"2024-03-01 09:00:0{n}.000" for n in range(3))
    results = [
        [{"field": "@timestamp", "value": stamp}, {"field": "@message", "value": f"m {n}"}]
        for n, stamp in enumerate(times)
    ]
    table = read(json.dumps({"results": results, "status": "Complete"}), "q.json")
    assert table.cells.column("message").to_pylist() == ["m 0", "m 1", "m 2"]


# --- log entries ---

STAMP = "2024-03-01T09:00:0{}Z"
ENTRIES = {
    "GCP": ({"insertId": "x", "timestamp": STAMP, "severity": "ERROR", "textPayload": "boom"}, "ERROR", "boom"),
    "CloudWatch": ({"logStreamName": "s", "timestamp": 1709283600000, "message": "[ERROR] boom"}, None, "[ERROR] boom"),
    "CloudTrail": (
        {"eventTime": STAMP, "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "errorCode": "AccessDenied"},
        None,
        "GetObject AccessDenied",
    ),
    "Vercel": ({"TimestampInMs": 1709283600000, "message": "boom", "level": "error"}, "ERROR", "boom"),
    "Splunk": ({"_time": STAMP, "_raw": "ERROR boom", "sourcetype": "app"}, None, "ERROR boom"),
    "access log": (
        {"time_local": "01/Mar/2024:09:00:00 +0100", "request": "GET /a HTTP/1.1", "status": "502"},
        None,
        "GET /a HTTP/1.1 502",
    ),
    "access log in parts": (
        {"time": STAMP, "request_uri": "/a", "request_method": "GET", "status": 200, "request_time": 0.01},
        None,
        "GET /a 200",
    ),
    "Traefik": (
        {
            "time": STAMP, "level": "info", "msg": "", "RequestMethod": "GET", "RequestPath": "/",
            "DownstreamStatus": 404,
        },
        "INFO",
        "GET / 404",
    ),
    "Kubernetes events": (
        {"lastTimestamp": STAMP, "type": "Warning", "reason": "BackOff", "message": "restarting", "count": 3},
        "WARN",
        "BackOff restarting",
    ),
    "Azure": ({"time": STAMP, "operationName": "Delete VM", "resultType": "Failed"}, None, "Delete VM Failed"),
    "no message": (
        {"time": STAMP, "level": "info", "action": "login", "outcome": "failure"},
        "INFO",
        "action=login outcome=failure",
    ),
}  # fmt: skip


def entries_of(kind: str, n: int = 6) -> list[dict[str, object]]:
    made = ENTRIES[kind][0]
    return [{k: v.format(i % 10) if isinstance(v, str) else v for k, v in made.items()} for i in range(n)]


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize("shape", ["array", "envelope", "lines", "wrapped lines"])
def test_log_entries_in_any_shape_are_a_log(kind, shape):
    made = entries_of(kind)
    text = {
        "array": json.dumps(made, indent=1),
        "envelope": json.dumps({"nextToken": None, "events": made}),
        "lines": "\n".join(map(json.dumps, made)),
        "wrapped lines": "\n".join(json.dumps({"preview": False, "result": one}) for one in made),
    }[shape]
    table = read(text, "log.json")
    assert table.is_lines
    _, level, message = ENTRIES[kind]
    assert table.cells.column("message").to_pylist() == [message] * 6
    if level is not None:
        assert table.cells.column("level").to_pylist() == [level] * 6
    corpus = build_corpus(table)
    assert (corpus.kind, corpus.mask) == ("logs", True)
    assert corpus.times is not None
    assert read(text, "log.json", as_lines=False).n_rows == 6


def test_the_record_of_an_entry_is_all_of_it():
    made = entries_of("GCP", 3)
    table = read(json.dumps(made), "t.json")
    assert [json.loads(line) for line in table.cells.column("line").to_pylist()] == made


@pytest.mark.parametrize(
    "ticket",
    [
        {"id": 1, "title": "Printer is jammed again", "created_at": STAMP, "state": "open", "level": "info"},
        {"id": 1, "subject": "Login fails for all", "date": STAMP, "severity": "high", "message": "it does not work"},
        {"key": "A-1", "time": STAMP, "level": "error", "title": "The printer is broken", "owner": "Ann"},
        {"number": 1, "request": "new laptop please", "status": 2, "time": STAMP},
        {"id": 1, "reason": "broken", "message": "please help me with this", "type": "bug", "created": STAMP},
    ],
)
def test_tickets_stay_a_table(ticket):
    made = [{k: v.format(n) if isinstance(v, str) else v for k, v in ticket.items()} for n in range(6)]
    assert not read(json.dumps(made), "t.json").is_lines
    assert not read("\n".join(map(json.dumps, made)), "t.jsonl").is_lines


def test_a_damaged_line_and_a_cut_array_are_listed():
    lines = [json.dumps(one) for one in entries_of("access log")]
    table = read("\n".join([*lines[:3], '{"broken', *lines[3:]]), "t.log")
    assert (table.n_rows, [row.line for row in table.rejected]) == (6, [4])
    whole = json.dumps(entries_of("GCP", 9))
    cut = read(whole[: len(whole) * 2 // 3], "t.json")
    assert cut.is_lines
    assert cut.n_rows + len(cut.rejected) <= 7
    assert "breaks off" in notes(cut)


def test_elements_that_are_no_objects_are_listed():
    table = read(json.dumps([*entries_of("GCP", 4), "text", None]), "t.json")
    assert (table.n_rows, len(table.rejected)) == (4, 2)


# --- rich text ---


def node(kind: str, *content: object, **attributes: object) -> dict[str, object]:
    return {"type": kind, "content": list(content), **({"attrs": attributes} if attributes else {})}


def text(words: str, **mark: str) -> dict[str, object]:
    return {"type": "text", "text": words, **({"marks": [{"type": "link", "attrs": mark}]} if mark else {})}


def paragraph(*words: str) -> dict[str, object]:
    return node("paragraph", *map(text, words))


DOCUMENT = node(
    "doc",
    node("heading", text("Steps"), level=2),
    node("paragraph", text("Hi "), {"type": "mention", "attrs": {"text": "@Ann"}}, {"type": "hardBreak"}, text("bye")),
    node("bulletList", node("listItem", paragraph("one"), node("orderedList", node("listItem", paragraph("in"))))),
    node("codeBlock", text("a = 1\nb = 2"), language="py"),
    node("blockquote", paragraph("said"), paragraph("more")),
    node("table", node("tableRow", node("tableHeader", paragraph("k")), node("tableCell", paragraph("v")))),
    node("paragraph", text("see", href="https://x"), {"type": "emoji", "attrs": {"shortName": ":x:"}}),
    node("panel", node("unknownThing", paragraph("kept"))),
    {"type": "rule"},
    node("paragraph", {"type": "date", "attrs": {"timestamp": "1709251200000"}}),
)
WORDS_OF_DOCUMENT = (
    "## Steps\n\nHi @Ann\nbye\n\n- one\n  1. in\n\n```\na = 1\nb = 2\n```\n\n> said\n> \n> more\n\nk | v\n\n"
    "see (https://x):x:\n\nkept\n\n2024-03-01"
)


def test_a_tree_of_nodes_is_read_as_its_words():
    assert rich_text(DOCUMENT) == WORDS_OF_DOCUMENT


def test_rich_text_is_text_wherever_it_stands():
    issue = {"key": "A-1", "fields": {"description": DOCUMENT, "comments": [{"by": "Ann", "body": DOCUMENT}]}}
    for made, name in (
        (json.dumps([issue, issue]), "t.json"),
        (json.dumps(issue) + "\n" + json.dumps(issue), "t.jsonl"),
    ):
        table = read(made, name)
        assert table.columns == ["key", "fields.description", "fields.comments"]
        assert rows(table)[0][1] == WORDS_OF_DOCUMENT
        assert json.loads(rows(table)[0][2] or "") == [{"by": "Ann", "body": WORDS_OF_DOCUMENT}]
        assert "4 texts were written as a tree of nodes" in notes(table)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "doc", "content": [{"type": "paragraph"}], "id": 7},
        {"type": "doc", "content": ["a"]},
        {"type": "doc"},
        {"type": "page", "content": []},
    ],
)
def test_a_record_that_only_looks_like_it_stays_one(value):
    assert not is_rich_text(value)
    assert Parser().parse(json.dumps(value)) == json.loads(json.dumps(value), parse_int=str)


NODES = st.recursive(
    st.builds(lambda words: {"type": "text", "text": words}, st.text(st.characters(codec="utf-8"), max_size=9))
    | st.fixed_dictionaries({"type": st.sampled_from(["hardBreak", "rule", "emoji", "mention", "x"])})
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["text", "date"]), "attrs": st.none() | st.just({"timestamp": "x"})}
    ),
    lambda inner: st.fixed_dictionaries(
        {
            "type": st.sampled_from(["paragraph", "bulletList", "listItem", "table", "tableRow", "codeBlock", "x"]),
            "content": st.lists(inner, max_size=3) | st.none(),
        }
    ),
    max_leaves=12,
)


def words_in(nodes: object) -> list[str]:
    if isinstance(nodes, list):
        return [word for one in nodes for word in words_in(one)]
    if isinstance(nodes, dict):
        own = nodes["text"].split() if isinstance(nodes.get("text"), str) else []
        return own + words_in(nodes.get("content"))
    return []


@given(st.lists(NODES, max_size=5))
@settings(max_examples=150, deadline=None)
def test_no_word_of_any_tree_is_lost(nodes):
    shown = rich_text({"type": "doc", "content": nodes})
    for word in words_in(nodes):
        assert word in shown


def test_nesting_without_end_is_refused_or_listed():
    deep = '{"type":"x","content":[' * 3_000 + "]}" * 3_000
    made = '{"a": 1, "b": {"type":"doc","content":[' + deep + "]}}"
    table = read(f'{{"a": 1, "b": 2}}\n{made}\n{{"a": 3, "b": 4}}', "t.jsonl")
    assert (table.n_rows, len(table.rejected)) == (2, 1)
