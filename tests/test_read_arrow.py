"""Parquet, Feather and Arrow streams: values as a person would write them, and sizes looked at before reading."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.errors import InputError
from tests.reading import read, read_with_little_memory, refusal, rows


def as_parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def as_feather(table: pa.Table, compression: str = "lz4") -> bytes:
    buffer = io.BytesIO()
    feather.write_feather(table, buffer, compression=compression)
    return buffer.getvalue()


def as_stream(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


every_format = pytest.mark.parametrize("write", [as_parquet, as_feather, as_stream])
Write = Callable[[pa.Table], bytes]


@every_format
def test_values_become_text(write: Write):
    when = dt.datetime(2024, 1, 2, 10, 11, 12)
    table = pa.table(
        {
            "text": ["ü\x00", None],
            "big": pa.array([2**63 - 1, None]),
            "decimal": pa.array([Decimal("1.10"), None]),
            "date": pa.array([dt.date(2024, 1, 2), None]),
            "time": pa.array([when, None], pa.timestamp("us")),
            "zone": pa.array([when, None], pa.timestamp("us", "Europe/Berlin")),
            "clock": pa.array([dt.time(1, 2, 3), None]),
            "list": pa.array([["a", "b"], None]),
            "record": pa.array([{"x": "y", "z": 1}, None]),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int64())),
            "level": pa.array(["high", None]).dictionary_encode(),
            "levels": pa.array([["high", "high"], None], pa.list_(pa.string())),
        }
    )
    first, second = rows(read(write(table), "t"))
    assert first == [
        "ü\ufffd", "9223372036854775807", "1.10", "2024-01-02", "2024-01-02 10:11:12", "2024-01-02 11:11:12+0100",
        "01:02:03", '["a", "b"]', '{"x": "y", "z": 1}', '[["k", 1]]', "high", '["high", "high"]',
    ]  # fmt: skip
    assert second == [None] * 12


@every_format
@settings(max_examples=30)
@given(names=st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True), data=st.data())
def test_any_texts_come_back(write: Write, names, data):
    cells = st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=9)))
    columns = {name: data.draw(cells.map(lambda column: (column + [None] * 3)[:3])) for name in names}
    assume(any((cell or "").strip() for column in columns.values() for cell in column))
    back = read(write(pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})), "t")
    assert back.cells.to_pydict() == columns


def test_many_batches_are_read_in_order():
    table = pa.table({"n": [str(n) for n in range(70_000)]})
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        for start in range(0, 70_000, 25_000):
            writer.write_table(table.slice(start, 25_000))
    back = read(buffer.getvalue(), "t.arrow")
    assert back.cells.equals(table)
    assert back.reports[0].format == "feather"


@every_format
def test_a_damaged_file_gets_a_sentence_or_is_read(write: Write):
    table = pa.table({"id": [str(n) for n in range(200)], "tags": [["a", str(n)] for n in range(200)]})
    data, said = bytearray(write(table)), []
    for position in range(8, len(data), max(len(data) // 60, 1)):
        broken = data.copy()
        broken[position] ^= 0xFF
        for attempt in (broken, data[:position]):
            try:
                read(bytes(attempt), "t.bin")
            except InputError as error:
                said.append(str(error))
    assert all("t.bin" in sentence for sentence in said)


def test_types_whose_values_may_overlap_are_refused():
    views = pa.ListViewArray.from_arrays([0, 0], [1, 1], pa.array(["a"]))
    assert "Save it as Parquet or CSV" in refusal(as_stream(pa.table({"a": views})), "t.arrow")


def test_small_files_that_unfold_to_gigabytes_are_refused(tmp_path):
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["x" * 100_000]))
    inside = pa.ListArray.from_arrays(pa.array(range(1_000_001), pa.int32()), repeated)
    wide = pa.FixedSizeListArray.from_arrays(pa.nulls(200_000_000), 100_000_000)
    files = {
        "repeated.parquet": as_parquet(pa.table({"a": repeated})),
        "repeated.feather": as_feather(pa.table({"a": repeated}), "zstd"),
        "inside.arrow": as_feather(pa.table({"a": inside}), "zstd"),
        "rows.feather": as_feather(pa.table({"a": pa.nulls(250_000_000)}), "uncompressed"),
        "wide.feather": as_feather(pa.table({"a": wide}), "uncompressed"),
        "zeros.feather": as_feather(pa.table({"a": pa.array([0] * 5_000_000)}), "zstd"),
    }
    data = bytearray(files.pop("zeros.feather"))
    at = data.index((65_536 * 8).to_bytes(8, "little"))
    data[at : at + 8] = (1 << 50).to_bytes(8, "little")  # what a buffer says it unpacks to
    files["declared.feather"] = bytes(data)
    said = read_with_little_memory(files, tmp_path)
    assert list(said) == list(files)
    assert all(name in sentence for name, sentence in said.items())
    assert "rows" in said["rows.feather"]
    assert "unpacks to" in said["declared.feather"]
    assert "unpacks to" in said["repeated.parquet"]


def test_a_table_without_columns_is_refused() -> None:
    out = io.BytesIO()
    with pa.ipc.new_file(out, pa.schema([])) as writer:
        writer.write_table(pa.table({}))
    assert "has no columns" in refusal(out.getvalue(), "empty.arrow")
