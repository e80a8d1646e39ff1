"""JSON in every usual shape: where the records are, what a cell is, and what becomes of damage."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.ingest import read_table
from tests.reading import notes, read, read_with_little_memory, refusal, rows

TWO = '[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]'


# --- shapes ---


@pytest.mark.parametrize(
    ("document", "note"),
    [
        (TWO, ""),
        (f'{{"data": {{"total": 2, "issues": {TWO}}}}}', "'data.issues'"),
        (f'{{"value": {TWO}, "next": null, "count": 2}}', "('next', 'count')"),
        ('{"edges": [{"node": {"id": 1, "text": "a"}}, {"node": {"id": 2, "text": "b"}}]}', "'node'"),
        ('[{"ticket": {"id": 1, "text": "a"}}, {"ticket": {"id": 2, "text": "b"}}]', "'ticket'"),
        ('{"hits": {"hits": [{"_source": {"id": 1, "text": "a"}}, {"_source": {"id": 2, "text": "b"}}]}}', "'_source'"),
        ('[["id", "text"], [1, "a"], [2, "b"]]', "first array holds the column names"),
        ('{"columns": ["id", "text"], "index": [0, 1], "data": [[1, "a"], [2, "b"]]}', "beside the rows"),
        ('{"fields": [{"name": "id"}, {"name": "text"}], "rows": [[1, "a"], [2, "b"]]}', "beside the rows"),
        ('{"id": [1, 2], "text": ["a", "b"]}', "is a column"),
        ('{"id": {"0": 1, "1": 2}, "text": {"0": "a", "1": "b"}}', "is a column"),
        ('[[{"id": 1, "text": "a"}], [{"id": 2, "text": "b"}]]', "put together"),
        ('{"id": 1,\n "text": "a"}\n{"id": 2,\n "text": "b"}', "2 documents"),
        ('[{"id": 1, "text": "a"}]\n[{"id": 2, "text": "b"}]', "2 documents"),
        ('{"issues":\n [{"id": 1, "text": "a"}]}\n{"issues":\n [{"id": 2, "text": "b"}]}', "2 documents"),
        ("\ufeff" + TWO, ""),
    ],
)
def test_the_records_are_found_whatever_stands_around_them(document, note):
    table = read(document, "t.json")
    assert table.columns == ["id", "text"]
    assert rows(table) == [["1", "a"], ["2", "b"]]
    assert note in notes(table)


def test_objects_by_their_ids_keep_them():
    table = read('{"T-1": {"text": "a", "state": "open"}, "T-2": {"text": "b"}}', "t.json")
    assert table.columns == ["key", "text", "state"]
    assert rows(table) == [["T-1", "a", "open"], ["T-2", "b", None]]


def test_arrays_of_arrays_without_names_lose_no_row():
    table = read('[[1, "printer jams"], [2, "again", "more"]]', "t.json")
    assert table.columns == ["column 1", "column 2", "column 3"]
    assert rows(table) == [["1", "printer jams", None], ["2", "again", "more"]]


def test_columns_of_different_lengths_are_filled_up_and_said():
    table = read('{"id": [1, 2, 3], "text": ["a"]}', "t.json")
    assert rows(table) == [["1", "a"], ["2", None], ["3", None]]
    assert "not equally long" in notes(table)


def test_of_several_arrays_the_one_with_most_text_is_read_and_the_user_may_choose():
    document = json.dumps({"users": [{"id": n} for n in range(9)], "tickets": [{"id": 1, "text": "printer jams " * 9}]})
    table = read(document, "t.json")
    assert (table.reports[0].sheet, table.reports[0].sheets) == ("tickets", ("tickets", "users"))
    assert "'users' (9) too" in notes(table)
    assert read(document, "t.json", sheet="users").n_rows == 9
    assert "Did you mean 'users'" in refusal(document, "t.json", sheet="user")


def test_documents_with_lists_of_their_own_are_records():
    one = '{"subject": "the printer on floor 2 jams",\n "comments": [{"by": "Ann"}, {"by": "Bob"}]}'
    table = read(f"{one}\n{one}", "t.json")
    assert table.n_rows == 2
    assert table.columns == ["subject", "comments"]


# --- cells ---


def test_nothing_of_a_cell_is_changed():
    document = (
        '[{"a": 1.0, "b": 1e5, "c": "00123", "d": 123456789012345678901, "e": -0, "f": {}, "g": [],'
        ' "h": {"i": [1.50, {"j": null}]}}]'
    )
    table = read(document, "t.json")
    assert table.columns == ["a", "b", "c", "d", "e", "f", "g", "h.i"]
    assert rows(table) == [["1.0", "1e5", "00123", "123456789012345678901", "-0", "{}", "[]", '[1.50, {"j": null}]']]


def test_a_repeated_key_loses_no_value():
    table = read('[{"a": 1, "a": 2, "b": 3, "a": 4}]', "t.json")
    assert table.columns == ["a", "a (2)", "b", "a (3)"]
    assert rows(table) == [["1", "2", "3", "4"]]
    assert "2 keys stand twice" in notes(table)


def test_numbers_that_json_does_not_have_are_said():
    table = read('{"a": NaN}\n{"a": -Infinity}\n{"a": NaN}', "t.jsonl")
    assert rows(table) == [["NaN"], ["-Infinity"], ["NaN"]]
    assert "2 values are NaN" in notes(table)
    assert "1 value is -Infinity" in notes(table)


# --- damage ---

RECORDS = [{"id": n, "text": f"printer {n}\n jams", "by": {"name": "Ann"}, "tags": ["x", n]} for n in range(5)]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_file_cut_anywhere_keeps_its_complete_records_and_lists_the_rest(indent, wrapped):
    whole = json.dumps({"page": 1, "data": {"issues": RECORDS}} if wrapped else RECORDS, indent=indent)
    begins = [whole.index(f'"id": {n}') for n in range(5)]
    for end in range(begins[1], len(whole), 7):
        table = read(whole[:end], "t.json")
        n_complete = sum(end > begin for begin in begins[1:])
        assert table.n_rows in (n_complete, n_complete + 1)
        assert table.n_rows + len(table.rejected) >= n_complete
        assert rows(table) == [[str(n), f"printer {n}\n jams", "Ann", f'["x", {n}]'] for n in range(table.n_rows)]
        assert "breaks off" in notes(table)


def test_a_record_that_is_cut_off_is_listed_with_its_line():
    table = read('[\n{"id": 1},\n{"id": 2, "te', "t.json")
    [rejected] = table.rejected
    assert (rejected.line, rejected.text) == (2, '{"id": 2, "te')
    assert "line 3" in rejected.reason


@pytest.mark.parametrize("end", [",\n]", ",]", ", \n ]\n"])
def test_a_comma_before_a_closing_bracket_costs_no_record(end):
    records = [{"id": str(i), "text": f'jam ,] and ,}} in "tray" {i}'} for i in range(5)]
    table = read("[\n" + ",\n".join(json.dumps(record) for record in records) + end, "t.json")
    assert table.cells.to_pylist() == records
    assert "A comma before a closing bracket (in line 6) was left out." in notes(table)


@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.txt"])
def test_lines_cut_out_of_an_array_are_records(name):
    records = [{"id": str(i), "text": f"jam in tray {i},"} for i in range(5)]
    table = read("".join(json.dumps(record) + ",\n" for record in records), name)
    assert table.cells.to_pylist() == records
    assert "5 lines end with a comma" in notes(table)


def test_a_sequence_of_json_texts_is_read():
    records = [{"id": str(i), "text": f"jam in tray {i}"} for i in range(5)]
    table = read("".join(f"\x1e{json.dumps(record)}\n" for record in records), "t.json-seq")
    assert table.cells.to_pylist() == records


@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
@pytest.mark.parametrize("columns", [["id", "text"], []])
def test_arrays_of_cells_on_lines_of_their_own_are_rows(name, columns):
    body = [[str(i), f"jam in tray {i}"] for i in range(5)]
    numbered = [[int(i), text] for i, text in body]
    table = read("".join(json.dumps(row) + "\n" for row in [*filter(None, [columns]), *numbered]), name)
    assert table.columns == (columns or ["column 1", "column 2"])
    assert rows(table) == body


@pytest.mark.parametrize("document", ['[{"a": 1},\n{"a" 2}]', '{"a": 1}\n}', '[{"a": 1}],\n[]'])
def test_damage_in_the_middle_is_refused_with_its_line(document):
    assert "line 2" in refusal(document, "t.json") or "line 1" in refusal(document, "t.json")


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ("[\n", "\n]"), ("\n[\n", "\n]\n")])
def test_a_damaged_line_of_an_array_costs_no_other_record(begin, end):
    records = [{"id": str(i), "text": f"jam [in] tray {i}"} for i in range(9)]
    lines = [json.dumps(record) for record in records]
    lines[4] = '{"id": "4", "text": "the "red" tray"}'
    table = read(begin + ",\n".join(lines) + end, "t.json")
    assert table.cells.to_pylist() == records[:4] + records[5:]
    assert [row.text for row in table.rejected] == [lines[4] + ","]
    assert "read one by one" in notes(table)


def test_lines_of_an_array_without_commas_are_records():
    assert rows(read('[{"a": 1}\n{"a": 2}]', "t.json")) == [["1"], ["2"]]


# --- round trips ---

NAMES = st.text(st.characters(codec="utf-8", exclude_characters=".\x00", exclude_categories=("Z", "C")), min_size=1)


@settings(max_examples=60)
@given(st.lists(NAMES, min_size=2, max_size=4, unique=True), st.data())
def test_any_table_comes_back_from_every_shape(names, data):
    cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
    body = data.draw(st.lists(st.lists(cells, min_size=len(names), max_size=len(names)), min_size=2, max_size=4))
    assume(any(cell.strip() for row in body for cell in row))
    records = [dict(zip(names, row, strict=True)) for row in body]
    columns = {name: [row[position] for row in body] for position, name in enumerate(names)}
    shapes = [records, {"a": {"b": records}}, columns, {"columns": names, "data": body}]
    texts = [json.dumps(shape) for shape in shapes]
    texts += ["\n".join(json.dumps(one) for one in records), "\n".join(json.dumps(one, indent=1) for one in records)]
    for text in texts:
        back = read(text, "t.json")
        assert back.columns == names
        assert rows(back) == body


# --- hostile files ---


def test_hostile_documents_are_refused_with_little_memory(tmp_path):
    files = {
        "null.json": b"null",
        "deep.json": b"[" * 1_000_000,
        "deep_objects.json": b'{"a":' * 1_000_000,
        "deep_cell.json": b'[{"a":' + b"[" * 900 + b"]" * 900 + b"}]",
        "columns.json": ("[{" + ",".join(f'"k{n}": 1' for n in range(300_000)) + "}]").encode(),
        "rows.json": ("[[" + ",".join(["1"] * 300_000) + "], [1]]").encode(),
        "keys.json": ("[{" + ",".join(['"k": 1'] * 300_000) + "}]").encode(),
        "many.json": b"[" + b",".join(b'{"k%d": 1}' % n for n in range(100_000)) + b"]",
        "number.json": b'[{"a": ' + b"9" * 1_000_000 + b"}]",
        "line.jsonl": b'{"a": 1}\n' + b'{"a":' * 100_000 + b'\n{"a": 2}\n',
    }
    said = read_with_little_memory(files, tmp_path)
    assert list(said) == list(files)
    assert "columns" in said["columns.json"]
    assert "columns" in said["rows.json"]
    assert "columns" in said["many.json"]
    assert "nested too deeply" in said["deep.json"]
    assert said["number.json"] == "read 1"
    assert said["line.jsonl"] == "read 2"
    assert all(name in sentence or sentence.startswith("read ") for name, sentence in said.items())


def test_the_json_test_suite_is_accepted_refused_or_survived():
    folder = os.environ.get("EXPLORER_CORPORA")
    suite = Path(folder or "") / "JSONTestSuite" / "test_parsing"
    if not folder or not suite.is_dir():
        pytest.skip("set EXPLORER_CORPORA to a folder that holds JSONTestSuite")
    for path in sorted(suite.glob("*.json")):
        try:
            table = read_table([path])
        except InputError as error:
            said = str(error)
            if path.name.startswith("y_"):  # valid, but perhaps without a record
                assert "not valid" not in said, path.name
            continue
        report = table.reports[0]
        if path.name.startswith("n_"):
            assert table.rejected or " line " in " ".join(report.notes) or "not valid" in " ".join(report.notes), (
                path.name
            )
