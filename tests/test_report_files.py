import csv
import io

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from explorer.errors import StorageError
from explorer.params import NeighbourParams, Params
from explorer.report.csv_files import neighbours_of_records, write_csv, write_records_parquet
from explorer.report.files import replacing
from tests.factories import HOSTILE_TEXTS, make_analysis


def test_a_csv_file_reads_back_as_it_was(tmp_path):
    table = pd.DataFrame(
        {
            "n": [1, 2, 3],
            "x": [0.5, np.nan, -0.25],
            "group": pd.array([None, 7, 0], dtype="Int64"),
            "yes": [True, False, True],
            "text": pd.Series(['a "quoted", b', "two\r\nlines \r and more", ""], dtype="str"),
        }
    )
    write_csv([table], tmp_path / "t.csv")
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b'"n","x","group","yes","text"\n1,0.5,,true,"a ""quoted"", b"\n')
    back = pd.read_csv(
        tmp_path / "t.csv",
        dtype={"text": "str", "group": "Int64"},
        keep_default_na=False,
        na_values={"x": [""], "group": [""]},
    )
    pd.testing.assert_frame_equal(back, table)


def test_headers_are_escaped_as_well(tmp_path):
    write_csv([pd.DataFrame({"=cmd": [1]})], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == '"\'=cmd"\n1\n'


def test_every_hostile_text_stays_in_its_cell(tmp_path):
    table = pd.DataFrame({"row": range(len(HOSTILE_TEXTS)), "text": pd.Series(HOSTILE_TEXTS, dtype=object)})
    table["text"] = table["text"].map(lambda text: text.encode("utf-8", "replace").decode()).astype("str")
    write_csv([table], tmp_path / "t.csv")
    content = (tmp_path / "t.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert [row[0] for row in rows[1:]] == [str(i) for i in range(len(HOSTILE_TEXTS))]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half" * (1 // 0 or 1))
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_disk_that_refuses_is_reported_in_words(tmp_path):
    with (
        pytest.raises(StorageError, match=r"a\.txt could not be written"),
        replacing(tmp_path / "no" / "a.txt") as temporary,
    ):
        temporary.write_text("x")


def test_parquet_carries_texts_times_and_neighbours(tmp_path):
    analysis = make_analysis(["vpn down", "", "=1+1", "vpn down"], times=["2026-01-01", "NaT", "2026-01-02", "NaT"])
    write_records_parquet(analysis, tmp_path / "r.parquet")
    table = pq.read_table(tmp_path / "r.parquet").to_pydict()
    assert table["text"] == ["vpn down", "", "=1+1", "vpn down"]
    assert [time is None for time in table["time"]] == [False, True, False, True]
    assert table["neighbors"][0]["ids"] == [3, 2]
    assert table["neighbors"][1] == {"ids": [], "distances": []}
    assert table["duplicate_group"] == [0, None, None, 0]


def test_neighbours_put_copies_first_and_leave_out_the_record_itself():
    texts = ["a"] * 6 + ["b", "c", ""]
    analysis = make_analysis(texts, vectors={"a": [1, 0], "b": [0.9, 0.43589], "c": [0.5, 0.866025]})
    found = neighbours_of_records(analysis).to_pylist()
    for row in range(6):
        copies = [other for other in range(6) if other != row]
        assert found[row]["ids"] == [*copies, 6, 7]
        assert found[row]["distances"] == pytest.approx([0] * 5 + [0.1, 0.5], abs=1e-5)
    assert found[6]["ids"] == [0, 7]
    assert found[8]["ids"] == []


@pytest.mark.parametrize("k", [2, 3, 5])
def test_no_record_has_more_neighbours_than_asked_for(k):
    analysis = make_analysis(["a"] * 9 + ["b"] * 2 + ["c", "d"])
    object.__setattr__(analysis, "params", Params(neighbours=NeighbourParams(k=k)))
    n_copies = [8] * 9 + [1] * 2 + [0, 0]
    for row, item in enumerate(neighbours_of_records(analysis).to_pylist()):
        assert len(item["ids"]) == len(set(item["ids"])) == len(item["distances"]) == min(k, n_copies[row] + 3)
        assert row not in item["ids"]
        assert item["distances"] == sorted(item["distances"])
        if row < 9:
            assert item["distances"] == [0.0] * k
